"""The recordings that come with Lockstep: they open, and show what their scenarios are about."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.recording import load
from engine.scenarios import get
from engine.scenarios.outcome import Verdict
from engine.scenarios.recordings import FOLDER, MOST_BYTES, shipped
from engine.scenarios.view import Machine, View

RECORDINGS = sorted(FOLDER.glob("*.lockstep"))


def test_there_are_many_and_they_are_small() -> None:
    assert len(RECORDINGS) > 60
    assert sum(path.stat().st_size for path in RECORDINGS) <= MOST_BYTES


def test_who_has_none_is_told() -> None:
    assert shipped("no such scenario") is None
    assert shipped("thread_pool") == FOLDER / "thread_pool.lockstep"


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_a_recording_shows_what_its_scenario_teaches(path: Path) -> None:
    scenario = get(path.stem)
    recording = load(path)
    assert not recording.truncated
    assert recording.info.scenario == scenario.id
    assert scenario.checked(recording.info.parameters) == scenario.checked({})
    view = View(recording.store, Machine.of_session(recording.session), scenario.checked({}))
    reading = scenario.reading(view)
    assert reading.outcome.verdict is Verdict.HOLDS, reading.outcome.why
    assert reading.answer == scenario.expected


def test_lines_that_two_threads_print_into_each_other_are_still_read() -> None:
    """print writes a line and its end one after the other: "own student 1thread 2: …" is common."""
    recording = load(FOLDER / "thread_local.lockstep")
    scenario = get("thread_local")
    machine = Machine.of_session(recording.session)
    apart = View(recording.store, machine, scenario.checked({}))
    mixed = View(recording.store, machine, scenario.checked({}))
    mixed.stdout = apart.stdout.replace("\nthread", "thread") + "\n\n"
    assert "1thread" in mixed.stdout
    assert scenario.reading(mixed) == scenario.reading(apart)


def test_what_waited_in_a_buffer_got_lost_in_the_run_that_comes_with_it() -> None:
    """Made where Python is told not to buffer, it would show the contrary of what it is about."""
    recording = load(FOLDER / "process_end_os_exit.lockstep")
    scenario = get("process_end_os_exit")
    view = View(recording.store, Machine.of_session(recording.session), scenario.checked({}))
    assert "the child has begun" in view.stdout
    assert "not flushed" not in view.stdout
