"""The view a check reads: rows, sleeps, output, and what got in the way."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.agent.layout import Wait
from engine.model import (
    ARROW_DTYPE,
    SORT_HELPER,
    SPAN_DTYPE,
    Deadlock,
    GilFigures,
    Location,
    Mark,
    ObjectInfo,
    OutputChunk,
    SpanFlag,
    State,
    Track,
    TrackKind,
)
from engine.scenarios.outcome import Verdict, fails, holds
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import Machine, View

MS = 1_000_000
LINUX = Machine(system="Linux", cpus=2, version=(3, 13), free_threaded=False)


@dataclass
class Recorded:
    """A store with nothing in it but what a test puts there."""

    tracks: dict[int, Track] = field(default_factory=dict)
    spans_of: dict[int, list[tuple[int, int, State, int]]] = field(default_factory=dict)
    #: (track, index) of spans that are a later part of their call
    later_parts: set[tuple[int, int]] = field(default_factory=set)
    output: list[OutputChunk] = field(default_factory=list)
    lost: int = 0
    gil: list[GilFigures] = field(default_factory=list)
    deadlocks: list[Deadlock] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    objects: dict[int, ObjectInfo] = field(default_factory=dict)
    locations: dict[int, Location] = field(default_factory=dict)
    start_ns: int = 0
    end_ns: int = 100 * MS

    @property
    def arrows(self) -> NDArray[np.void]:
        return np.zeros(0, ARROW_DTYPE)

    def track(self, kind: TrackKind, name: str, parent: int, *spans: tuple[int, int, State, int]) -> int:
        """Add a track with spans (start ms, end ms, state, reason); returns its id."""
        number = len(self.tracks)
        start = spans[0][0] * MS if spans else 0
        end = spans[-1][1] * MS if spans else 0
        self.tracks[number] = Track(number, kind, name, 10, 10 + number, parent, start, end)
        self.spans_of[number] = list(spans)
        return number

    def totals(
        self, track_id: int, start_ns: int | None = None, end_ns: int | None = None
    ) -> NDArray[np.int64]:
        raise NotImplementedError("a view does not ask for totals")

    def spans(self, track_id: int) -> NDArray[np.void]:
        spans = np.zeros(len(self.spans_of[track_id]), SPAN_DTYPE)
        for row, (start, end, state, reason) in zip(spans, self.spans_of[track_id], strict=True):
            row["start"], row["end"], row["state"], row["reason"] = start * MS, end * MS, state, reason
        for _, index in filter(lambda part: part[0] == track_id, self.later_parts):
            spans["flags"][index] = SpanFlag.CONTINUES
        return spans


def program(*threads: list[tuple[int, int, State, int]], recorded: Recorded | None = None) -> View:
    """One process with these threads, the first one its main thread."""
    recorded = recorded or Recorded()
    process = recorded.track(TrackKind.PROCESS, "program", -1)
    for number, spans in enumerate(threads):
        recorded.track(TrackKind.THREAD, f"thread {number}", process, *spans)
    return View(recorded, LINUX, {"workers": 2})


def test_the_first_thread_is_the_main_one_and_the_rest_are_workers() -> None:
    view = program([(0, 9, State.RUNNING, 0)], [(2, 5, State.RUNNING, 0)], [(1, 4, State.RUNNING, 0)])
    assert view.main.name == "thread 0"
    assert [row.name for row in view.workers] == ["thread 2", "thread 1"]
    assert view["workers"] == 2


def test_children_are_those_the_program_asked_for() -> None:
    recorded = Recorded()
    for name in ("program", "fork server", "resource tracker", "child"):
        number = recorded.track(TrackKind.PROCESS, name, -1 if name == "program" else 0)
        if name not in ("program", "child"):
            recorded.tracks[number].sort = SORT_HELPER
    view = View(recorded, LINUX, {})
    assert [row.name for row in view.processes] == ["program", "fork server", "resource tracker", "child"]
    assert [row.name for row in view.children] == ["child"]


def test_a_recording_that_has_just_begun_has_no_workers() -> None:
    view = View(Recorded(), LINUX, {})
    assert view.workers == []
    assert view.processes == []


def test_sleeps_are_those_the_thread_recorded_itself() -> None:
    view = program(
        [(0, 10, State.SLEEP, Wait.SLEEP), (10, 11, State.SLEEP, 0), (11, 20, State.IO, Wait.READ)]
    )
    assert view.main.sleeps.tolist() == [[0, 10 * MS]]
    assert view.main.total(State.SLEEP) == 11 * MS
    assert view.main.total() == 20 * MS
    assert view.main.share(State.IO) == pytest.approx(9 / 20)


def test_a_sleep_drawn_in_parts_is_one_call() -> None:
    first, second = Wait.SLEEP, Wait.SLEEP
    view = program(
        [
            (0, 4, State.SLEEP, first),
            (4, 5, State.RUNNING, 0),
            (5, 8, State.SLEEP, first),
            (8, 9, State.WAIT_GIL, first),
            (10, 12, State.UNOBSERVED, second),
            (12, 20, State.SLEEP, second),
        ],
        recorded=Recorded(later_parts={(1, 2), (1, 3), (1, 5)}),
    )
    assert view.main.sleeps.tolist() == [[0, 9 * MS], [10 * MS, 20 * MS]]
    assert view.main.calls(Wait.LOCK).tolist() == []


def test_output_is_read_by_pattern_and_by_stream() -> None:
    pieces = [(1, b"got item 1\r\ngot it"), (2, b"Error: item 7\n"), (1, b"em 2\r\n")]
    recorded = Recorded(
        output=[OutputChunk(time, stream, text) for time, (stream, text) in enumerate(pieces)]
    )
    view = View(recorded, LINUX, {})
    assert view.printed(r"got item (\d)") == ["1", "2"]
    assert view.stdout == "got item 1\ngot item 2\n"
    assert view.stderr == "Error: item 7\n"


def test_a_quiet_machine_disturbs_nothing() -> None:
    view = program([(0, 10, State.RUNNING, 0)], [(0, 10, State.WAIT_GIL, 0)])
    assert view.disturbance() == ""


def test_cores_that_others_had_disturb() -> None:
    view = program([(0, 6, State.RUNNING, 0), (6, 10, State.WAIT_CPU, 0)])
    assert view.disturbance() == "other programs had 40% of the cores' time that this one wanted"


def test_cores_that_the_program_fills_itself_do_not_disturb() -> None:
    busy = [(0, 10, State.RUNNING, 0)]
    waits = [(0, 10, State.WAIT_CPU, 0)]
    assert program(busy, busy, waits, waits).disturbance() == ""


def test_what_was_not_seen_disturbs() -> None:
    view = program([(0, 6, State.SLEEP, Wait.SLEEP), (6, 10, State.UNOBSERVED, 0)])
    assert view.disturbance() == "40% of the threads' time was not observed"
    assert View(Recorded(lost=3), LINUX, {}).disturbance() == "records were lost"


def test_why_the_gil_was_not_seen() -> None:
    unseen = GilFigures(10, 0, -1, observed=False, reason="no permission")
    seen = GilFigures(10, 0, 1, observed=True, reason="")
    assert program(recorded=Recorded()).gil_problem == "nothing is known of it"
    assert program(recorded=Recorded(gil=[unseen])).gil_problem == "no permission"
    assert program(recorded=Recorded(gil=[unseen, seen])).gil_problem == ""


def scenario(reading: Reading) -> Scenario:
    return Scenario(id="threads_five_workers", read=lambda view: reading, expected="at_once")


def test_a_disturbed_run_is_never_said_to_have_failed() -> None:
    disturbed = program([(0, 6, State.RUNNING, 0), (6, 10, State.WAIT_CPU, 0)])
    quiet = program([(0, 10, State.RUNNING, 0)])
    failing, holding = scenario(Reading(fails("two of three"))), scenario(Reading(holds("three of three")))
    assert failing.check(quiet).verdict is Verdict.FAILS
    assert failing.check(disturbed).verdict is Verdict.TOO_DISTURBED
    assert "two of three" in failing.check(disturbed).why
    assert holding.check(disturbed).verdict is Verdict.HOLDS


def test_the_machine_of_a_session() -> None:
    session = {
        "machine": {"system": "Linux", "cpus": 4},
        "interpreter": {"version": "3.12.1 (main)", "free_threaded": False},
    }
    assert Machine.of_session(session) == Machine("Linux", 4, (3, 12), free_threaded=False)
    assert Machine.of_session({}).cpus == 1
