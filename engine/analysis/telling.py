"""The moment of a recording that tells most in one picture, and how much around it to show.

Pure; reads a store.  Times are nanoseconds, as everywhere.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine.model import State, TrackKind
from engine.store import Store

#: What each thread and task in a state is worth: waiting for another's doing is what pictures are for.
_WORTH: Final = {
    State.WAIT_GIL: 6,
    State.WAIT_LOCK: 6,
    State.READY: 6,
    State.WAIT_CPU: 2,
    State.RUNNING: 2,
    State.NATIVE: 2,
    State.SLEEP: 1,
    State.IO: 1,
    State.WAIT: 1,
    State.SUSPENDED: 1,
    State.UNOBSERVED: -6,
}
#: A lock or GIL whose owner is known, so that it can be said who has what the others want.
_OWNER_KNOWN: Final = 3
#: How far into a deadlock, as a share of what is left of the recording.
_INTO_DEADLOCK: Final = 0.15
#: As many spans of the busiest track can be told apart in one picture.
SPANS_SHOWN: Final = 30
#: How much longer than the waits at the moment the stretch is at least.
_AROUND_WAITS: Final = 1.6


def telling_moment(store: Store) -> int:
    """When most threads and tasks wait for what another has, and it was seen who that is.

    In the middle of such a time, rather a long one; soon after everything stood still when there is a
    deadlock.  The start of a recording without spans.
    """
    start, end = store.start_ns, store.end_ns
    if store.deadlocks:
        closed = store.deadlocks[-1].time_ns
        return min(closed + round((end - closed) * _INTO_DEADLOCK), end)
    worth = np.zeros(max(State) + 1, np.int64)
    for state, value in _WORTH.items():
        worth[state] = value
    times, steps = [], []
    for track in store.tracks.values():
        spans = store.spans(track.id)
        if track.kind in (TrackKind.THREAD, TrackKind.TASK):
            values: NDArray[np.int64] = worth[spans["state"]]
        elif track.kind in (TrackKind.GIL, TrackKind.LOCK):
            values = np.where((spans["state"] == State.OWNED) & (spans["owner"] >= 0), _OWNER_KNOWN, 0)
        else:
            continue
        counts = values != 0
        times += [spans["start"][counts], spans["end"][counts]]
        steps += [values[counts], -values[counts]]
    if not times or not sum(map(len, times)):
        return start
    at = np.concatenate(times).astype(np.int64)
    order = np.argsort(at, kind="stable")
    at = at[order]
    level = np.cumsum(np.concatenate(steps)[order])
    held, length = level[:-1], np.diff(at)
    # Much for long: nothing that holds but for an instant, nothing long that says little.
    score = (held - _high(held, length) / 2) * np.sqrt(length)
    best = int(np.argmax(score))
    return int(at[best] + length[best] // 2)


def _high(level: NDArray[np.int64], length: NDArray[np.int64]) -> int:
    """The highest level, but for what all in all holds for less than a thousandth of the time."""
    order = np.argsort(-level, kind="stable")
    reached = np.cumsum(length[order])
    return int(level[order[int(np.searchsorted(reached, reached[-1] / 1000))]])


def telling_stretch(store: Store, moment_ns: int) -> tuple[int, int]:
    """From when to when to show: all of it but the start of the interpreter, or as much around the
    moment as can be told apart."""
    end = store.end_ns
    starts = [track.start_ns for track in store.tracks.values() if track.kind is not TrackKind.PROCESS]
    start = max(store.start_ns, min([*starts, moment_ns]))
    most = 0
    for track in store.tracks.values():
        if track.kind is not TrackKind.PROCESS:
            state = store.spans(track.id)["state"]
            most = max(most, int(np.count_nonzero((state != State.NONE) & (state != State.FREE))))
    if most <= 2 * SPANS_SHOWN:
        return start, end
    length = round((end - start) * SPANS_SHOWN / most)
    first, last = _waits_at(store, moment_ns)
    # What is waited for then is shown from its beginning to its end.
    length = min(max(length, round((last - first) * _AROUND_WAITS)), end - start)
    middle = (first + last) // 2 if length < (last - first) * 2 * _AROUND_WAITS else moment_ns
    first = min(max(middle - length // 2, start), end - length)
    return first, first + length


def _waits_at(store: Store, moment_ns: int) -> tuple[int, int]:
    """From when to when those wait who wait for what another has at the moment, the longest of them."""
    first, last = moment_ns, moment_ns
    for track in store.tracks.values():
        span = store.at(track.id, moment_ns)
        if span is not None and int(span["state"]) in (State.WAIT_GIL, State.WAIT_LOCK, State.READY):
            start, end = int(span["start"]), int(span["end"])
            if end - start > last - first:
                first, last = start, end
    return first, last
