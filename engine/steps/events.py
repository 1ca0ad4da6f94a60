"""Every event of a recording, in the order of time: what stepping can stop at.

An event is the beginning of another state on a track, another owner of a lock, an end, a mark, a
deadlock.  Where nothing was seen nothing is counted: a state that goes on behind an ``unobserved``
stretch is no event.
"""

from __future__ import annotations

import enum
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from engine.model import EndKind, State, Track, TrackKind
from engine.store import Store
from engine.store.rows import GrowingRows

Events = NDArray[np.void]
T = TypeVar("T")

#: Spans that are looked at in one go: some milliseconds.
SLICE = 20_000


class What(enum.IntEnum):
    """What happened.  The values are kept in columns and mean nothing outside a run of Lockstep."""

    NOTHING = 0
    STARTED = 1  # was started, its code does not run yet
    RUNS_FIRST = 2  # its code runs for the first time
    GETS_GIL = 3
    GOES_ON = 4  # after a wait for something
    GETS_CORE = 5
    BACK = 6  # inside the GIL again
    WANTS_GIL = 7
    NO_CORE = 8
    WANTS_LOCK = 9
    WAITS = 10
    SLEEPS = 11
    IO = 12
    NATIVE = 13
    READY = 14
    SUSPENDED = 15
    HELD = 16
    TAKES_LOCK = 17  # on a lock's track
    RELEASES_LOCK = 18
    HOLDER = 19  # on a GIL's track: another holder
    NO_HOLDER = 20
    ENDS = 21
    MARK = 22
    DEADLOCK = 23


#: ``index``: the span on its track, the mark, or the deadlock in the store; -1 for an end.
#: ``object``: what is waited for, or was; ``state`` and ``before``: the new state and the one before it.
#: ``reason``: why it waits, or did (``engine.agent.layout.Wait``).
#: ``owner``: on lock and GIL tracks who has it from here on, or (released) who had it.
EVENT_DTYPE = np.dtype(
    [
        ("time", "<i8"),
        ("track", "<i4"),
        ("index", "<i4"),
        ("object", "<i4"),
        ("owner", "<i4"),
        ("location", "<i4"),
        ("what", "u1"),
        ("state", "u1"),
        ("before", "u1"),
        ("reason", "u1"),
    ]
)

_BY_STATE = np.zeros(len(State), np.uint8)
for _state, _what in {
    State.STARTING: What.STARTED,
    State.RUNNING: What.GOES_ON,
    State.NATIVE: What.NATIVE,
    State.WAIT_GIL: What.WANTS_GIL,
    State.WAIT_CPU: What.NO_CORE,
    State.WAIT_LOCK: What.WANTS_LOCK,
    State.WAIT: What.WAITS,
    State.SLEEP: What.SLEEPS,
    State.IO: What.IO,
    State.READY: What.READY,
    State.SUSPENDED: What.SUSPENDED,
    State.HELD: What.HELD,
}.items():
    _BY_STATE[_state] = _what
#: What it means to run again, by the state before.
_RUNS = np.full(len(State), What.GOES_ON, np.uint8)
_RUNS[[State.NONE, State.STARTING]] = What.RUNS_FIRST
_RUNS[State.WAIT_CPU] = What.GETS_CORE
_RUNS[State.NATIVE] = What.BACK
_ACTS = (State.RUNNING, State.NATIVE)
_UNSEEN = (State.NONE, State.FREE, State.UNOBSERVED)


@dataclass(slots=True)
class _Carry:
    """What the last state of a track was, where its next spans are looked at."""

    state: int = State.NONE
    object: int = -1
    reason: int = 0
    owner: int = -1
    ran: bool = False


@dataclass(slots=True)
class _TrackEvents:
    rows: GrowingRows = field(default_factory=lambda: GrowingRows(EVENT_DTYPE))
    done: int = 0
    carry: _Carry = field(default_factory=_Carry)
    revision: int = -1
    current: Events = field(default_factory=lambda: np.empty(0, EVENT_DTYPE))


class EventIndex:
    """The events of a store that may still grow; belongs to the store's thread.

    What is final is looked at once.  ``refresh`` costs little where nothing changed; bringing a
    million spans into the order of time took 60 ms here, stepping in them is a look-up.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._tracks: dict[int, _TrackEvents] = {}
        self._revision = -1
        self._ends: Events = np.empty(0, EVENT_DTYPE)
        self._marks: Events = np.empty(0, EVENT_DTYPE)
        self._every: Events | None = None

    def refresh(self) -> bool:
        """Takes up what the store has got since; whether there was anything."""
        return exhausted(self.refreshing())

    def refreshing(self) -> Generator[None, None, bool]:
        """The same in slices, between which something else can be done; the store may grow meanwhile."""
        revision = self.store.revision
        if self._revision == revision:
            return False
        self._every = None
        for track in list(self.store.tracks.values()):
            yield from self._refreshing_track(track)
        self._ends = _ends(self.store.tracks.values())
        self._marks = _marks(self.store)
        self._revision = revision
        return True

    def every(self) -> Events:
        """All events, in the order of time.  A GIL's own are left out: they are its threads' as well."""
        if self._every is None:
            parts = [
                self._tracks[t.id].current for t in self.store.tracks.values() if t.kind is not TrackKind.GIL
            ]
            self._every = _in_order([*parts, self._ends, self._marks])
        return self._every

    def of_track(self, track_id: int) -> Events:
        """The events of one track, in the order of time."""
        held = self._tracks.get(track_id)
        if held is None:
            return np.empty(0, EVENT_DTYPE)
        ends = self._ends[self._ends["track"] == track_id]
        marks = self._marks[self._marks["track"] == track_id]
        return _in_order([held.current, ends, marks])

    def parts(self) -> list[Events]:
        """The events track by track, without ends and marks; then these two."""
        tracks = self.store.tracks
        return [
            *(held.current for key, held in self._tracks.items() if tracks[key].kind is not TrackKind.GIL),
            self._ends,
            self._marks,
        ]

    def _refreshing_track(self, track: Track) -> Generator[None, None, None]:
        held = self._tracks.setdefault(track.id, _TrackEvents())
        revision = self.store.track_revision(track.id)
        if revision == held.revision:
            return
        final = self.store.final_count(track.id)
        while held.done < final:
            end = min(final, held.done + SLICE)
            spans = self.store.spans(track.id)[held.done : end]
            rows, held.carry = _events(track, spans, held.done, held.carry)
            held.rows.append(rows)
            held.done = end
            yield
        spans = self.store.spans(track.id)
        if len(spans) > final == self.store.final_count(track.id):
            rows, _ = _events(track, spans[final:], final, held.carry)
            held.current = np.concatenate([held.rows.view, rows])
        else:
            held.current = held.rows.view
        held.revision = revision


def exhausted(work: Generator[None, None, T]) -> T:
    """Does at once what is given in slices."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: T = end.value
            return result


def _in_order(parts: Sequence[Events]) -> Events:
    together = np.concatenate(parts) if parts else np.empty(0, EVENT_DTYPE)
    order = np.argsort(together["time"], kind="stable")
    ordered: Events = together[order]
    return ordered


def _events(track: Track, spans: NDArray[np.void], first: int, carry: _Carry) -> tuple[Events, _Carry]:
    if track.kind in (TrackKind.LOCK, TrackKind.GIL):
        return _owners(track, spans, first, carry)
    return _states(track, spans, first, carry)


def _states(track: Track, spans: NDArray[np.void], first: int, carry: _Carry) -> tuple[Events, _Carry]:
    """Where another state begins; a process has its beginning alone."""
    seen = np.flatnonzero(~np.isin(spans["state"], _UNSEEN))
    if not len(seen):
        return np.empty(0, EVENT_DTYPE), carry
    state, what_for, reason = (np.ascontiguousarray(spans[n][seen]) for n in ("state", "object", "reason"))
    before = np.concatenate([[carry.state], state[:-1]]).astype(np.uint8)
    object_before = np.concatenate([[carry.object], what_for[:-1]])
    reason_before = np.concatenate([[carry.reason], reason[:-1]])
    runs = state == State.RUNNING
    changed = (state != before) | (~runs & ((what_for != object_before) | (reason != reason_before)))
    if track.kind is TrackKind.PROCESS:
        changed &= before == State.NONE
    at = np.flatnonzero(changed)
    rows = np.zeros(len(at), EVENT_DTYPE)
    rows["time"] = spans["start"][seen[at]]
    rows["track"] = track.id
    rows["index"] = seen[at] + first
    rows["location"] = spans["location"][seen[at]]
    rows["owner"] = -1
    rows["state"], rows["before"] = state[at], before[at]
    what = _BY_STATE[state[at]]
    again = runs[at]
    what[again] = _RUNS[before[at][again]]
    # Once what was waited for has come, the GIL is what is missing; without that it is a mere turn.
    what[again & (before[at] == State.WAIT_GIL) & (object_before[at] < 0)] = What.GETS_GIL
    rows["object"] = np.where(again, object_before[at], what_for[at])
    rows["reason"] = np.where(again, reason_before[at], reason[at])
    ran = carry.ran
    if not ran:
        acts = np.flatnonzero(np.isin(state[at], _ACTS))
        if len(acts):
            ran = True
            what[acts[0]] = What.STARTED if track.kind is TrackKind.PROCESS else What.RUNS_FIRST
    rows["what"] = what
    last = _Carry(int(state[-1]), int(what_for[-1]), int(reason[-1]), -1, ran)
    return rows[rows["what"] != What.NOTHING], last


def _owners(track: Track, spans: NDArray[np.void], first: int, carry: _Carry) -> tuple[Events, _Carry]:
    """Where a lock or a GIL gets another owner, or none."""
    seen = np.flatnonzero(np.isin(spans["state"], (State.OWNED, State.FREE)))
    if not len(seen):
        return np.empty(0, EVENT_DTYPE), carry
    state, owner = (np.ascontiguousarray(spans[n][seen]) for n in ("state", "owner"))
    before = np.concatenate([[carry.state], state[:-1]]).astype(np.uint8)
    owner_before = np.concatenate([[carry.owner], owner[:-1]])
    owned = state == State.OWNED
    at = np.flatnonzero((state != before) | (owned & (owner != owner_before)))
    at = at[~((before[at] == State.NONE) & ~owned[at])]
    rows = np.zeros(len(at), EVENT_DTYPE)
    rows["time"] = spans["start"][seen[at]]
    rows["track"] = track.id
    rows["index"] = seen[at] + first
    rows["object"] = track.object
    rows["location"] = spans["location"][seen[at]]
    rows["state"], rows["before"] = state[at], before[at]
    takes, frees = (
        (What.HOLDER, What.NO_HOLDER)
        if track.kind is TrackKind.GIL
        else (What.TAKES_LOCK, What.RELEASES_LOCK)
    )
    rows["what"] = np.where(owned[at], takes, frees)
    rows["owner"] = np.where(owned[at], owner[at], owner_before[at])
    last = _Carry(int(state[-1]), -1, 0, int(owner[-1]), False)
    return rows[rows["owner"] >= 0], last


_ENDED = (EndKind.FINISHED, EndKind.FAILED, EndKind.CANCELLED, EndKind.KILLED)


def _ends(tracks: Iterable[Track]) -> Events:
    ended = [
        t
        for t in tracks
        if t.kind in (TrackKind.PROCESS, TrackKind.THREAD, TrackKind.TASK) and t.end.kind in _ENDED
    ]
    rows = _blank(len(ended), What.ENDS)
    for row, track in zip(rows, ended, strict=True):
        row["time"], row["track"], row["index"] = track.end_ns, track.id, -1
    return rows


def _marks(store: Store) -> Events:
    rows = _blank(len(store.marks) + len(store.deadlocks), What.MARK)
    for at, mark in enumerate(store.marks):
        rows[at]["time"], rows[at]["track"], rows[at]["index"] = mark.time_ns, mark.track, at
    for number, deadlock in enumerate(store.deadlocks):
        row = rows[len(store.marks) + number]
        row["time"], row["index"], row["what"] = deadlock.time_ns, number, What.DEADLOCK
        row["track"] = deadlock.links[0].track if deadlock.links else -1
    return rows


def _blank(count: int, what: What) -> Events:
    rows = np.zeros(count, EVENT_DTYPE)
    for name in ("track", "object", "owner", "location"):
        rows[name] = -1
    rows["what"] = what
    return rows
