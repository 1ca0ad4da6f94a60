"""Sentence, GIL track, places and wait-for graph name the same at every step of real recordings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.model import ARROW_KINDS, State
from engine.moment import Moment, moment_at
from engine.recording import load
from engine.scenarios import get
from engine.scenarios.running import run
from engine.steps import MOST_STEPS, EventIndex, Telling, What, chosen, tell
from engine.store import Store

#: Run anew; of all others the recordings that come along are looked at.
SCENARIOS = ("deadlock_two_locks", "queue_producer_consumer")
RECORDINGS = sorted((Path(__file__).parents[3] / "resources" / "recordings").glob("*.lockstep"))
#: Of a long recording so many events, spread over all of it.
LOOKED_AT = 1_000
WITH_GIL = (What.GETS_GIL, What.RUNS_FIRST, What.GOES_ON, What.BACK, What.GETS_CORE)


def check(store: Store, moment: Moment, telling: Telling) -> None:
    if telling.what in WITH_GIL and telling.state is State.RUNNING:
        assert telling.holds_gil is not False, "it runs, and the GIL's track names somebody else"
    if telling.holds_gil:
        assert store.tracks[telling.track].id in [h.owner for h in moment.gils.values()] or store.tracks[
            telling.track
        ].parent in [h.owner for h in moment.gils.values()]
    doing = moment.doing.get(telling.track)
    if telling.what not in (What.ENDS, What.MARK, What.NOTHING) and doing is not None:
        assert (telling.location, telling.exact) == (doing.location, doing.exact), "the code marks' place"
    if telling.what in (What.WANTS_LOCK, What.WANTS_GIL) and telling.owner >= 0:
        edges = [e for e in moment.edges if e.waiter == telling.track]
        assert [e.owner for e in edges] == [telling.owner], "the graph's edge"
        if telling.what is What.WANTS_GIL and edges[0].gil >= 0:
            assert moment.holder(edges[0].gil) == telling.owner, "the GIL's track"
    if telling.what is What.TAKES_LOCK:
        assert telling.track in [lock.owner for lock in moment.locks.values()]
    if telling.what is What.DEADLOCK:
        assert set(telling.others) == set(moment.cycles[0])
    if telling.cause is not None:
        arrows = store.arrows
        fits = (
            (arrows["from_track"] == telling.cause.track)
            & (arrows["from_time"] == telling.cause.time_ns)
            & (arrows["kind"] == ARROW_KINDS.index(telling.cause.kind))
            & (arrows["to_track"] == telling.track)
        )
        assert fits.any(), "because, and no arrow"
        assert telling.cause.time_ns <= telling.time_ns, "a cause after its effect"


def walk(store: Store) -> None:
    """Every chosen step, and many of all events."""
    index = EventIndex(store)
    index.refresh()
    steps = chosen(index)
    assert 3 <= len(steps) <= MOST_STEPS
    every = index.every()
    some = every[np.unique(np.linspace(0, len(every) - 1, LOOKED_AT).astype(np.intp))]
    for row in (*steps, *some):
        moment = moment_at(store, int(row["time"]))
        check(store, moment, tell(store, row, moment))
    for row in steps:
        assert tell(store, row, moment_at(store, int(row["time"]))).what is not What.NOTHING


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_step_of_a_run_agrees_with_everything_else(scenario: str, tmp_path: Path) -> None:
    file = tmp_path / "run.lockstep"
    run(get(scenario), keep=file)
    walk(load(file).store)


@pytest.mark.parametrize("file", RECORDINGS, ids=lambda file: file.stem)
def test_every_step_of_a_recording_agrees_with_everything_else(file: Path) -> None:
    walk(load(file).store)
