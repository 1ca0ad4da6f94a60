"""Circles of waiting: found while a program runs, and in finished recordings alike.

A thread or task waits for one thing at a time, so from each long wait one path leads from
owner to owner; when it comes back to where it began, nobody on it can go on (Coffman,
Elphick and Shoshani, System Deadlocks, 1971).  The last of the circle to begin its wait closes
it, so it is enough to follow every wait from a moment shortly after its beginning.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from engine.agent.layout import Wait
from engine.analysis.source import Waits
from engine.model import Deadlock, DeadlockLink, State, TrackKind

#: Shorter waits are not followed: a release may be on its way.
LONG_NS = 100_000_000

_JOINS = (Wait.THREAD_JOIN, Wait.PROCESS_JOIN, Wait.TASK)
_LOCKS = (Wait.LOCK, Wait.SEMAPHORE, *_JOINS)
_WAITING = (State.WAIT_LOCK, State.WAIT, State.SUSPENDED)


class DeadlockFinder:
    """Finds every circle once.

    ``update`` looks at the tracks that changed; used by the thread that owns the store.
    """

    def __init__(self) -> None:
        self.found: list[Deadlock] = []
        self._known: set[frozenset[tuple[int, int]]] = set()
        self._judged: dict[int, int] = {}

    def update(self, store: Waits, changed: Iterable[int]) -> list[Deadlock]:
        """All deadlocks known by now, in the order in which they closed.

        ``changed``: ids of tracks with new spans since the last call.
        """
        before = len(self.found)
        for track_id in changed:
            track = store.tracks.get(track_id)
            if track is not None and track.kind in (TrackKind.THREAD, TrackKind.TASK):
                self._look_at(store, track_id)
        if len(self.found) > before:
            self.found.sort(key=lambda deadlock: deadlock.time_ns)
        return list(self.found)

    def _look_at(self, store: Waits, track_id: int) -> None:
        spans = store.spans(track_id)
        first = self._judged.get(track_id, 0)
        fresh = spans[first:]
        if not len(fresh):
            return
        long = fresh["end"] - fresh["start"] >= LONG_NS
        waiting = np.isin(fresh["state"], [int(s) for s in _WAITING])
        for index in np.flatnonzero(long & waiting):
            span = fresh[int(index)]
            self._follow(store, track_id, int(span["start"]) + LONG_NS - 1)
        # the last span may still grow, and its owner may begin to wait later: his wait is looked at
        self._judged[track_id] = max(first, first + len(fresh) - 2)

    def _follow(self, store: Waits, start: int, time_ns: int) -> None:
        path: list[DeadlockLink] = []
        track = start
        while track >= 0 and len(path) <= len(store.tracks):
            link = _link(store, track, time_ns)
            if link is None:
                return
            path.append(link)
            track = link.owner
            if track == start:
                self._add(path)
                return
            if any(track == before.track for before in path):
                return  # a circle further on: found from there

    def _add(self, path: list[DeadlockLink]) -> None:
        key = frozenset((link.track, link.since_ns) for link in path)
        if key in self._known or all(_is_join(link) for link in path):
            return
        self._known.add(key)
        begins = max(link.since_ns for link in path)
        first = min(range(len(path)), key=lambda i: path[i].track)
        self.found.append(Deadlock(begins, tuple(path[first:] + path[:first])))


def _is_join(link: DeadlockLink) -> bool:
    return link.object < 0


def _link(store: Waits, track_id: int, time_ns: int) -> DeadlockLink | None:
    """What ``track_id`` waits for at ``time_ns``, and who has it; None when it does not wait or nobody
    is known to have it."""
    index = store.span_index(track_id, time_ns)
    if index < 0:
        return None
    spans = store.spans(track_id)
    span = spans[index]
    if State(int(span["state"])) not in _WAITING or int(span["reason"]) not in (0, *_LOCKS):
        return None
    obj, owner = int(span["object"]), int(span["owner"])
    if owner < 0 and int(span["reason"]) in _JOINS:
        info = store.objects.get(obj)
        owner = info.track if info is not None else -1
    if owner < 0:
        return None
    since = int(span["start"])
    while index > 0:
        before = spans[index - 1]
        if int(before["end"]) != since or int(before["object"]) != obj or obj < 0:
            break
        since = int(before["start"])
        index -= 1
    return DeadlockLink(track_id, obj, owner, since, int(span["location"]))
