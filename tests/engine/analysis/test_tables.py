"""The tables of figures, on recordings made by hand."""

from __future__ import annotations

import numpy as np
import pytest

from engine.analysis import Snapshot, tables
from engine.analysis.tables import Abandoned
from engine.bench.synthetic import many
from engine.model import State, TrackKind
from tests.helpers.synthetic_store import MS, StoreBuilder, contended


def with_lock() -> StoreBuilder:
    """A lock that "a" has from 10 to 30 ms and "b", which waited from 15 on, until 40."""
    builder = StoreBuilder()
    process = builder.process()
    a, b = builder.thread("a", process, 1), builder.thread("b", process, 2)
    track, lock = builder.lock("counter", process)
    builder.span(a, 0, 50, State.RUNNING)
    builder.span(b, 0, 15, State.RUNNING)
    builder.span(b, 15, 25, State.WAIT_LOCK, object=lock, owner=a)
    builder.span(b, 25, 30, State.WAIT_LOCK, object=lock, owner=a)
    builder.span(b, 30, 50, State.RUNNING)
    builder.span(track, 0, 10, State.FREE, object=lock)
    builder.span(track, 10, 30, State.OWNED, object=lock, owner=a)
    builder.span(track, 30, 40, State.OWNED, object=lock, owner=b)
    builder.span(track, 40, 50, State.FREE, object=lock)
    return builder


def with_tasks() -> StoreBuilder:
    """Two tasks of one loop: "slow" has a step of 30 ms, in which "quick" is ready for 20."""
    builder = StoreBuilder()
    process = builder.process()
    main = builder.thread("MainThread", process)
    slow = builder.track(TrackKind.TASK, "slow", parent=main)
    quick = builder.track(TrackKind.TASK, "quick", parent=main)
    builder.span(main, 0, 60, State.RUNNING)
    builder.span(slow, 0, 10, State.RUNNING, depth=1)
    builder.span(slow, 10, 20, State.SUSPENDED, depth=1)
    builder.span(slow, 20, 35, State.RUNNING, depth=2)
    builder.span(slow, 35, 50, State.IO, depth=2)
    builder.span(quick, 0, 10, State.READY, depth=0)
    builder.span(quick, 10, 11, State.RUNNING, depth=1)
    builder.span(quick, 11, 30, State.SUSPENDED, depth=1)
    builder.span(quick, 30, 50, State.READY, depth=1)
    builder.span(quick, 50, 52, State.RUNNING, depth=2)
    return builder


def test_time_in_each_state_and_hold_of_the_gil() -> None:
    store = contended()
    found = tables(Snapshot(store))
    assert found.whole
    by_track = {one.track: one for one in found.tracks}
    workers = [t.id for t in store.of_kind(TrackKind.THREAD) if t.badge]
    for worker in workers:
        assert list(by_track[worker].totals) == list(store.totals(worker))
        assert by_track[worker].gil_ns == store.totals(worker)[State.RUNNING]
        assert by_track[worker].gil_holds > 0
    assert {one.track for one in found.tracks} == {t.id for t in store.of_kind(TrackKind.THREAD)}


def test_locks_say_who_waited_longest_and_when() -> None:
    builder = with_lock()
    (lock,) = tables(Snapshot(builder.store())).locks
    assert (lock.acquisitions, lock.contended) == (2, 1)
    assert (lock.wait_ns, lock.longest_wait_ns, lock.hold_ns) == (15 * MS, 15 * MS, 30 * MS)
    assert (lock.longest_wait_track, lock.longest_wait_at_ns) == (2, builder.at(15))
    assert (lock.longest_hold_ns, lock.longest_hold_at_ns) == (20 * MS, builder.at(10))


def test_a_stretch_counts_what_is_in_it() -> None:
    builder = with_lock()
    found = tables(Snapshot(builder.store(), builder.at(20), builder.at(35)))
    assert not found.whole
    (lock,) = found.locks
    # "a" had acquired it before; "b" acquired it at 30.
    assert lock.acquisitions == 1
    assert (lock.hold_ns, lock.wait_ns) == (15 * MS, 10 * MS)
    b = next(one for one in found.tracks if one.track == 2)
    assert b.life_ns == 15 * MS
    assert b.totals[State.WAIT_LOCK] == 10 * MS
    assert [(w.track, w.length_ns, w.start_ns) for w in found.waits] == [(2, 10 * MS, builder.at(20))]


@pytest.mark.parametrize("seed", range(5))
def test_a_stretch_agrees_with_the_store(seed: int) -> None:
    store = many(3, 500, 100.0, seed)
    random = np.random.default_rng(seed)
    start, end = sorted(int(t) for t in random.integers(store.start_ns, store.end_ns, 2))
    snapshot = Snapshot(store, start, end)
    for track in store.of_kind(TrackKind.THREAD):
        assert list(snapshot.totals(track.id)) == list(store.totals(track.id, start, end))


def test_tasks_say_which_step_blocked_the_loop() -> None:
    builder = with_tasks()
    found = tables(Snapshot(builder.store()))
    slow, quick = found.tasks
    assert (slow.steps, slow.step_ns, slow.suspended_ns) == (2, 40 * MS, 10 * MS)
    assert (slow.longest_step_ns, slow.longest_step_at_ns) == (30 * MS, builder.at(20))
    assert slow.held_up == 1
    assert (quick.steps, quick.ready_ns, quick.longest_ready_ns) == (2, 30 * MS, 20 * MS)
    assert quick.held_up == 0


def test_an_empty_recording_has_empty_tables() -> None:
    found = tables(Snapshot(StoreBuilder().store()))
    assert (found.tracks, found.locks, found.tasks, found.waits) == ([], [], [], [])


def test_nobody_waits_for_tables_that_are_not_wanted_any_more() -> None:
    with pytest.raises(Abandoned):
        tables(Snapshot(contended()), lambda: False)
