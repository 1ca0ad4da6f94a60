"""Which events a lecture stops at: at most about thirty, of every kind the first and the longest.

What can never be left out (a deadlock, a failure, a note of the user's) comes first.  Then the kinds
of event take turns, so that a run with a thousand lock waits still shows how its threads began.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator

import numpy as np
from numpy.typing import NDArray

from engine.agent.layout import Wait
from engine.model import EndKind, MarkKind, SpanFlag, State, Track, TrackKind
from engine.steps.events import EVENT_DTYPE, EventIndex, Events, What, exhausted
from engine.store import Store

#: Steps of a run unless all events are asked for.
MOST_STEPS = 30
#: Of one kind on one track no more than these are looked at: the first, and the longest.
_FIRST, _LONGEST = 24, 8
_LOOKED_AT = 4_000

#: How many of its kind go before it, how long its state lasted, the event.
_Candidate = tuple[int, int, np.void]

#: How many others of a kind go before the first of this one.
_LATER = {
    What.RUNS_FIRST: 0,
    What.TAKES_LOCK: 1,
    What.WANTS_LOCK: 1,
    What.WAITS: 1,
    What.SUSPENDED: 1,
    What.GOES_ON: 2,
    What.GETS_GIL: 2,
    What.WANTS_GIL: 2,
    What.ENDS: 2,
    What.SLEEPS: 3,
    What.NATIVE: 3,
    What.IO: 4,
    What.READY: 4,
    What.STARTED: 6,
    What.RELEASES_LOCK: 6,
    What.MARK: 6,
}
_LEAST = 12
#: What was there before in the same form, and what the next step tells as well.
_AGAIN = 6
_TOLD_ELSEWHERE = 8
_ALWAYS_MARKS = (MarkKind.EXCEPTION, MarkKind.NOTE, MarkKind.SIGNAL, MarkKind.STOP)
_NEVER_MARKS = (MarkKind.IMPORT, MarkKind.GC)
#: Without a line of the program these say nothing to who reads it: the interpreter starting up.
_NEEDS_LINE = (
    *(What.NATIVE, What.IO, What.BACK, What.NO_CORE, What.GETS_CORE, What.WANTS_GIL, What.GETS_GIL),
    *(What.GOES_ON, What.SLEEPS),
)
_NEEDS_OBJECT = (What.WAITS, What.WANTS_LOCK, What.SUSPENDED)


def chosen(index: EventIndex, most: int = MOST_STEPS) -> Events:
    """The events that matter most, in the order of time; about ``most`` of them."""
    return exhausted(choosing(index, most))


def choosing(index: EventIndex, most: int = MOST_STEPS) -> Generator[None, None, Events]:
    """The same in slices, between which something else can be done, but not to the index."""
    store = index.store
    loops = {t.parent for t in store.tracks.values() if t.kind is TrackKind.TASK}
    picked: list[_Candidate] = []
    always: list[np.void] = []
    parts = [part for part in index.parts() if len(part)]
    share = max(2, _LOOKED_AT // max(1, len(parts)) // 4)
    for part in parts:
        for row, length in _candidates(part, min(_FIRST, share), min(_LONGEST, share)):
            if _never_left_out(store, row):
                always.append(row)
            elif (later := _later(store, row, loops)) is not None:
                picked.append((later, length, row))
        yield
    ranked = _take_turns(picked)
    rows = [*always[:most], *ranked[: max(0, most - len(always))]]
    if not rows:
        return np.empty(0, EVENT_DTYPE)
    together: Events = np.zeros(len(rows), EVENT_DTYPE)
    for at, row in enumerate(rows):
        together[at] = row
    return _one_a_moment(together[np.lexsort((together["what"], together["time"]))])


def _candidates(part: Events, first: int, longest: int) -> list[tuple[np.void, int]]:
    """Of one track: the first and the longest events of each kind, with how long the state lasted."""
    times = part["time"]
    lengths: NDArray[np.int64] = np.zeros(len(part), np.int64)
    lengths[:-1] = times[1:] - times[:-1]
    places: list[int] = []
    whats = np.ascontiguousarray(part["what"])
    for what in np.unique(whats):
        at = np.flatnonzero(whats == what)
        places.extend(at[:first].tolist())
        if len(at) > first:
            rest = at[first:]
            if len(rest) > longest:
                rest = rest[np.argpartition(lengths[rest], -longest)[-longest:]]
            places.extend(rest.tolist())
    return [(part[i], int(lengths[i])) for i in sorted(places)]


def _never_left_out(store: Store, row: np.void) -> bool:
    what = What(int(row["what"]))
    if what is What.DEADLOCK:
        return True
    if what is What.MARK:
        return store.marks[int(row["index"])].kind in _ALWAYS_MARKS
    if what is What.ENDS:
        track = store.tracks[int(row["track"])]
        return track.end.kind in (EndKind.FAILED, EndKind.KILLED) and not _ends_with_process(store, track)
    return False


def _ends_with_process(store: Store, track: Track) -> bool:
    """A thread that was there when its process ended: the process says the same."""
    process = store.tracks.get(track.parent)
    while process is not None and process.kind is not TrackKind.PROCESS:
        process = store.tracks.get(process.parent)
    return process is not None and track.end == process.end and track.end_ns == process.end_ns


def _later(store: Store, row: np.void, loops: set[int]) -> int | None:
    """How many others of its kind go before an event; None: it is never chosen."""
    what = What(int(row["what"]))
    track = store.tracks.get(int(row["track"]))
    if track is None:
        return None
    if what is What.MARK and store.marks[int(row["index"])].kind in _NEVER_MARKS:
        return None
    if what in _NEEDS_LINE and int(row["location"]) < 0:
        return None
    if what in _NEEDS_OBJECT and int(row["object"]) < 0 and not int(row["reason"]):
        return None
    if what is What.GOES_ON and int(row["object"]) < 0 and row["before"] not in (State.SLEEP, State.IO):
        return None
    if what is What.STARTED and track.kind is TrackKind.PROCESS and track.parent < 0:
        return None
    if what is What.ENDS and track.kind is not TrackKind.PROCESS and _ends_with_process(store, track):
        return None
    later = _LATER.get(what, _LEAST)
    if int(row["reason"]) == Wait.START or (what is What.WANTS_GIL and int(row["object"]) >= 0):
        later += _TOLD_ELSEWHERE
    if what is What.NATIVE and _only_sampled(store, row):
        later += _TOLD_ELSEWHERE
    if track.id in loops and what is not What.RUNS_FIRST:
        later += _TOLD_ELSEWHERE  # what the loop's thread does, its tasks do
    return later


def _only_sampled(store: Store, row: np.void) -> bool:
    """Seen from outside, without a call that says what it does."""
    return bool(int(store.spans(int(row["track"]))[int(row["index"])]["flags"]) & SpanFlag.AFTER_LINE)


def _take_turns(picked: list[_Candidate]) -> list[np.void]:
    """Kind after kind; of a kind first what is new (on this track, for this object, on this line), then
    what took longest."""
    seen: Counter[tuple[int, ...]] = Counter()
    new: list[tuple[tuple[int, int, int], np.void]] = []
    for later, length, row in sorted(picked, key=lambda one: int(one[2]["time"])):
        key = tuple(int(row[name]) for name in ("what", "track", "object", "location"))
        again = _AGAIN if seen[key] else 0
        new.append(((later + again, seen[key], -length if again else 0), row))
        seen[key] += 1
    turn: Counter[int] = Counter()
    ranked: list[tuple[tuple[int, int], np.void]] = []
    for (later, _, _), row in sorted(new, key=lambda one: one[0]):
        what = int(row["what"])
        ranked.append(((later + turn[what], int(row["time"])), row))
        turn[what] += 1
    return [row for _, row in sorted(ranked, key=lambda one: one[0])]


def _one_a_moment(rows: Events) -> Events:
    """Of events of one track at one moment the later one."""
    keep = np.ones(len(rows), np.bool_)
    keep[:-1] = (rows["time"][:-1] != rows["time"][1:]) | (rows["track"][:-1] != rows["track"][1:])
    kept: Events = rows[keep]
    return kept
