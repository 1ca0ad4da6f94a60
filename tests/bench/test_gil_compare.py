"""The judge judged: comparisons whose outcome can be counted on one's fingers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from engine.model import SPAN_DTYPE, State, Track, TrackKind
from tests.bench import kernel_probes as probes
from tests.bench.gil_compare import Comparison, compare
from tests.bench.gil_truth import Core, Truth, timeline
from tests.bench.kernel_probes import EVENT_DTYPE, Capture, ProbeError, ProbePoints

PID, OTHER = 100, 101


class FakeStore:
    """Spans by track, given as ``(start, end, state, owner)``."""

    def __init__(self, spans: dict[int, list[tuple[int, int, State, int]]]) -> None:
        self._spans = spans
        kinds = {0: TrackKind.GIL, 1: TrackKind.THREAD, 2: TrackKind.THREAD}
        tids = {0: 0, 1: PID, 2: OTHER}
        self.tracks: Mapping[int, Track] = {
            i: Track(i, kinds[i], f"t{i}", PID, tids[i], -1, 0, 0) for i in spans
        }

    def spans(self, track_id: int) -> np.ndarray:
        spans = np.zeros(len(self._spans[track_id]), dtype=SPAN_DTYPE)
        for number, (start, end, state, owner) in enumerate(self._spans[track_id]):
            spans[number]["start"], spans[number]["end"] = start, end
            spans[number]["state"], spans[number]["owner"] = state, owner
        return spans


def capture(*events: tuple[int, int, int], missed: bool = False) -> Capture:
    """From ``(time, tid, kind)``."""
    array = np.array([(time, tid, 0, kind) for time, tid, kind in events], dtype=EVENT_DTYPE)
    array = np.concatenate([np.array([(0, PID, OTHER, probes.NEW_THREAD)], dtype=EVENT_DTYPE), array])
    return Capture(array, missed, ProbePoints(Path("x"), {}, True))


#: PID has it 100…400, nobody 400…410, OTHER (which wants it from 200) 410…900, PID wants it from 500.
PLAIN = (
    (90, PID, probes.TAKE),
    (100, PID, probes.GOT),
    (200, OTHER, probes.TAKE),
    (400, PID, probes.RELEASED),
    (410, OTHER, probes.GOT),
    (500, PID, probes.TAKE),
    (900, OTHER, probes.RELEASED),
)


def compared(
    gil: list[tuple[int, int, State, int]], *, first: list[tuple[int, int, State, int]]
) -> Comparison:
    store = FakeStore({0: gil, 1: first, 2: []})
    return compare(timeline(capture(*PLAIN), PID), store, PID)


def test_a_recording_that_is_right_gets_full_marks() -> None:
    result = compared(
        [(100, 400, State.OWNED, 1), (400, 410, State.FREE, -1), (410, 900, State.OWNED, 2)],
        first=[(100, 400, State.RUNNING, -1), (400, 500, State.SLEEP, -1), (500, 900, State.WAIT_GIL, -1)],
    )
    assert result.holder_right == 1.0
    assert result.held_right == 1.0
    assert result.unobserved == 0
    assert result.threads[0].right == 1.0
    assert result.threads[0].running.agreement == 1.0
    assert result.threads[0].wait_gil.agreement == 1.0


def test_an_owner_that_is_no_known_track_is_wrong_not_unobserved() -> None:
    result = compared(
        [(100, 400, State.OWNED, -1), (400, 900, State.OWNED, 2)], first=[(100, 900, State.RUNNING, -1)]
    )
    assert result.unobserved == 0
    assert result.holder_right == pytest.approx(490 / 800)


def test_both_kinds_of_error_and_the_unobserved_are_told_apart() -> None:
    store = FakeStore(
        {
            0: [(100, 500, State.OWNED, 1), (500, 600, State.UNOBSERVED, -1), (600, 900, State.OWNED, 2)],
            1: [
                (100, 300, State.RUNNING, -1),
                (300, 420, State.UNOBSERVED, -1),
                (420, 600, State.WAIT_GIL, -1),
                (600, 900, State.IO, -1),
            ],
            2: [(200, 900, State.WAIT_GIL, -1)],
        }
    )
    result = compare(timeline(capture(*PLAIN), PID), store, PID)
    assert result.unobserved == pytest.approx(100 / 800)
    # wrong: 400…500, where PID had already let go
    assert result.holder_right == pytest.approx(600 / 700)
    assert result.held_right == pytest.approx(600 / 690)
    first, second = result.threads
    assert (first.unobserved_ns, first.compared_ns) == (120, 680)
    # 420…500 invented wait_gil, 600…900 overlooked
    assert (first.wait_gil.right, first.wait_gil.invented, first.wait_gil.overlooked) == (100, 80, 300)
    assert first.right == pytest.approx(300 / 680)
    # waits from 200 to 410, then runs
    assert second.right == pytest.approx(210 / 700)
    assert second.running.overlooked == 490
    assert sum(result.holders.values()) == result.whole_ns == 800


def test_wait_cpu_is_right_only_where_the_scheduler_agrees() -> None:
    events = (*PLAIN, (150, PID, probes.PREEMPTED), (250, PID, probes.SWITCHED_IN))
    truth = timeline(capture(*sorted(events)), PID)
    gil = [(100, 400, State.OWNED, 1)]
    right = compare(
        truth, FakeStore({0: gil, 1: [(100, 150, State.RUNNING, -1), (150, 250, State.WAIT_CPU, -1)]}), PID
    )
    wrong = compare(
        truth, FakeStore({0: gil, 1: [(100, 250, State.RUNNING, -1), (250, 350, State.WAIT_CPU, -1)]}), PID
    )
    assert right.threads[0].right == 1.0
    assert wrong.threads[0].right == pytest.approx(150 / 250)


def test_giving_way_is_left_out() -> None:
    events = (*PLAIN, (401, PID, probes.FORCED), (430, PID, probes.WOKEN))
    truth = timeline(capture(*sorted(events)), PID)
    assert truth.threads[PID].at(np.array([400, 401, 429, 430])).tolist() == [
        Truth.OUTSIDE,
        Truth.GIVING_WAY,
        Truth.GIVING_WAY,
        Truth.OUTSIDE,
    ]
    store = FakeStore(
        {0: [(100, 900, State.OWNED, 1)], 1: [(100, 400, State.RUNNING, -1), (400, 900, State.WAIT_GIL, -1)]}
    )
    thread = compare(truth, store, PID).threads[0]
    assert thread.giving_way_ns == 29
    assert thread.wait_gil.invented == 71


def test_a_thread_woken_before_it_slept_stays_on_its_core() -> None:
    events = (
        *PLAIN,
        (110, PID, probes.SWITCHED_IN),
        (120, PID, probes.WOKEN_UP),
        (130, PID, probes.WENT_TO_SLEEP),
    )
    truth = timeline(capture(*sorted(events)), PID)
    assert truth.cores[PID].at(np.array([105, 115, 125, 135])).tolist() == [
        Core.UNKNOWN,
        Core.ON,
        Core.ON,
        Core.SLEEPS,
    ]


def test_probes_that_contradict_themselves_are_refused() -> None:
    with pytest.raises(ProbeError, match="while"):
        timeline(capture((100, PID, probes.GOT), (200, OTHER, probes.GOT)), PID)
    with pytest.raises(ProbeError, match="lost"):
        timeline(capture(*PLAIN, missed=True), PID)
