"""Everything that is true at one moment of a recording.

The sentence at the cursor, the marks in the code, the wait-for graph and the inspector are
all drawn from one :class:`Moment`, so that they cannot contradict each other.  Who holds a
GIL is read off the GIL's own track and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engine.model import Location, ObjectInfo, SpanFlag, State, Track, TrackKind


class SpanSource(Protocol):
    """What a moment needs of a store (``engine.store.Store`` has it)."""

    @property
    def tracks(self) -> Mapping[int, Track]: ...
    @property
    def objects(self) -> Mapping[int, ObjectInfo]: ...
    @property
    def locations(self) -> Mapping[int, Location]: ...
    def span_index(self, track_id: int, time_ns: int) -> int: ...
    def spans(self, track_id: int) -> NDArray[np.void]: ...
    def place_at(self, track_id: int, time_ns: int) -> int: ...


@dataclass(frozen=True, slots=True)
class Doing:
    """What one thread, task or process does.

    ``index`` is the span's place on its track.  ``since_ns`` is where the state began: spans
    that merely continue the one before it (same state, same object) count as one.
    ``exact``: the location is where it is; else it is the last line known ("after line N").
    """

    track: int
    state: State
    index: int
    since_ns: int
    until_ns: int
    object: int
    owner: int
    location: int
    reason: int
    flags: int
    exact: bool


@dataclass(frozen=True, slots=True)
class Holding:
    """A lock or a GIL: who has it.  ``owner`` is -1 when nobody has it (``state`` FREE), or when
    that is not known (OWNED without an owner, UNOBSERVED).  ``location``: where a lock was taken, -1
    unknown."""

    track: int
    state: State
    owner: int
    since_ns: int
    waiting: int
    location: int = -1


@dataclass(frozen=True, slots=True)
class Edge:
    """``waiter`` (a track) waits for something that ``owner`` (a track, -1: nobody known) has.

    For a GIL ``gil`` is its track and ``object`` is -1; for all else ``object`` names it.
    """

    waiter: int
    gil: int
    object: int
    owner: int
    since_ns: int


@dataclass(frozen=True, slots=True)
class Moment:
    """The state of everything at ``time_ns``.

    ``doing``: by track id, threads, tasks and processes that exist then.  ``gils`` and
    ``locks``: by track id.  ``edges``: the wait-for graph.  ``cycles``: tracks that wait for
    each other in a circle, each circle in the order of waiting.
    """

    time_ns: int
    doing: Mapping[int, Doing]
    gils: Mapping[int, Holding]
    locks: Mapping[int, Holding]
    edges: tuple[Edge, ...]
    cycles: tuple[tuple[int, ...], ...]

    def holder(self, gil_track: int) -> int:
        """The thread that holds this GIL, -1 for nobody or not seen."""
        holding = self.gils.get(gil_track)
        return holding.owner if holding is not None and holding.state is State.OWNED else -1

    def in_state(self, *states: State, kind: Iterable[int] | None = None) -> list[Doing]:
        """Those in one of ``states``, in the order of their tracks; ``kind`` limits it to these tracks."""
        chosen = set(kind) if kind is not None else None
        return [d for d in self.doing.values() if d.state in states and (chosen is None or d.track in chosen)]


def gil_of(tracks: Mapping[int, Track], thread: Track) -> int:
    """The track of the GIL that ``thread`` (or a task on it) needs; -1 when there is none."""
    for track in tracks.values():
        if (
            track.kind is TrackKind.GIL
            and track.pid == thread.pid
            and track.interpreter == thread.interpreter
            and track.start_ns <= max(thread.end_ns, thread.start_ns)
            and thread.start_ns <= max(track.end_ns, track.start_ns)
        ):
            return track.id
    return -1


def _continues(before: np.void, after: np.void) -> bool:
    return bool(
        before["end"] == after["start"]
        and before["state"] == after["state"]
        and before["object"] == after["object"]
        and before["reason"] == after["reason"]
    )


def _doing(store: SpanSource, track_id: int, time_ns: int) -> Doing | None:
    index = store.span_index(track_id, time_ns)
    if index < 0:
        return None
    spans = store.spans(track_id)
    span = spans[index]
    state = State(int(span["state"]))
    if state in (State.NONE, State.FREE) or not span["start"] <= time_ns:
        return None
    first = index
    while first > 0 and index - first < 64 and _continues(spans[first - 1], spans[first]):
        first -= 1
    flags = int(span["flags"])
    location = int(span["location"])
    exact = not flags & SpanFlag.AFTER_LINE
    if state is State.RUNNING and time_ns > int(spans[first]["start"]):
        exact = False  # a record says where it was; it has run on since
    if location < 0:
        location = store.place_at(track_id, time_ns)
        exact = False
    return Doing(
        track=track_id,
        state=state,
        index=index,
        since_ns=int(spans[first]["start"]),
        until_ns=int(span["end"]),
        object=int(span["object"]),
        owner=int(span["owner"]),
        location=location,
        reason=int(span["reason"]),
        flags=flags,
        exact=exact,
    )


def _holding(store: SpanSource, track_id: int, time_ns: int) -> Holding:
    index = store.span_index(track_id, time_ns)
    if index < 0:
        return Holding(track_id, State.NONE, -1, time_ns, 0)
    spans = store.spans(track_id)
    span = spans[index]
    first = index
    while (
        first > 0
        and index - first < 64
        and spans[first - 1]["end"] == spans[first]["start"]
        and spans[first - 1]["state"] == span["state"]
        and spans[first - 1]["owner"] == span["owner"]
    ):
        first -= 1
    return Holding(
        track_id,
        State(int(span["state"])),
        int(span["owner"]),
        int(spans[first]["start"]),
        int(span["depth"]),
        int(span["location"]),
    )


def cycles(edges: Iterable[Edge]) -> tuple[tuple[int, ...], ...]:
    """Circles of tracks that wait for each other; waiting for a GIL never closes one.

    A track waits for one thing at a time, so following each edge once finds them all.
    """
    follows = {edge.waiter: edge.owner for edge in edges if edge.gil < 0 and edge.owner >= 0}
    found: list[tuple[int, ...]] = []
    done: set[int] = set()
    for start in follows:
        path: list[int] = []
        track = start
        while track in follows and track not in done:
            done.add(track)
            path.append(track)
            track = follows[track]
        if track in path:
            found.append(tuple(path[path.index(track) :]))
    return tuple(found)


def moment_at(store: SpanSource, time_ns: int) -> Moment:
    """The moment ``time_ns``.  Pure; costs a look-up per track.  Any thread that owns ``store``."""
    doing: dict[int, Doing] = {}
    gils: dict[int, Holding] = {}
    locks: dict[int, Holding] = {}
    gil_by_interpreter: dict[tuple[int, int], int] = {}
    lock_track: dict[int, int] = {}
    for track in store.tracks.values():
        if track.kind is TrackKind.GIL:
            holding = _holding(store, track.id, time_ns)
            if holding.state is not State.NONE:
                gils[track.id] = holding
                gil_by_interpreter[track.pid, track.interpreter] = track.id
        elif track.kind is TrackKind.LOCK:
            locks[track.id] = _holding(store, track.id, time_ns)
            lock_track[track.object] = track.id
        else:
            found = _doing(store, track.id, time_ns)
            if found is not None:
                doing[track.id] = found
    _place_by_locks(doing, locks.values(), time_ns)
    edges: list[Edge] = []
    for one in doing.values():
        track = store.tracks[one.track]
        if one.state is State.WAIT_GIL:
            gil = gil_by_interpreter.get((track.pid, track.interpreter), -1)
            if gil >= 0:
                holding = gils[gil]
                owner = holding.owner if holding.state is State.OWNED and holding.owner != one.track else -1
                edges.append(Edge(one.track, gil, -1, owner, one.since_ns))
        elif one.state in (State.WAIT_LOCK, State.WAIT, State.SUSPENDED) and one.object >= 0:
            owner = one.owner
            lock = locks.get(lock_track.get(one.object, -1))
            if lock is not None and lock.state is State.OWNED:
                owner = lock.owner
            if owner < 0:
                owner = _waited_for(store, one.object)
            edges.append(Edge(one.track, -1, one.object, owner, one.since_ns))
    return Moment(time_ns, doing, gils, locks, tuple(edges), cycles(edges))


def _place_by_locks(doing: dict[int, Doing], locks: Iterable[Holding], time_ns: int) -> None:
    """A thread that has taken a lock since its state began was on that line then, and is past it now."""
    for lock in sorted(locks, key=lambda one: one.since_ns):
        one = doing.get(lock.owner)
        if (
            one is not None
            and lock.location >= 0
            and one.since_ns < lock.since_ns <= time_ns
            and one.state in (State.RUNNING, State.NATIVE)
        ):
            doing[one.track] = replace(one, location=lock.location, exact=lock.since_ns == time_ns)


def _waited_for(store: SpanSource, object_id: int) -> int:
    """The track of a thread, task or process that is itself what is waited for (join, await)."""
    info = store.objects.get(object_id)
    if info is None or info.track < 0:
        return -1
    track = store.tracks.get(info.track)
    return -1 if track is None or track.kind in (TrackKind.LOCK, TrackKind.GIL) else track.id
