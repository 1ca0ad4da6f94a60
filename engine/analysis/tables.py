"""The tables of figures: tracks, locks, tasks, the longest waits.  Pure; any thread.

All of it is made of one :class:`~engine.analysis.snapshot.Snapshot`, so that the tables agree with
each other, over the whole recording or over a stretch of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engine.analysis.lock_figures import lock_figures
from engine.analysis.snapshot import Snapshot
from engine.model import LockFigures, State, TrackKind

#: Waits in the table of the longest.
MOST_WAITS = 200
#: States in which a track waits for something that may be worth looking at.
WAITS = (State.WAIT_LOCK, State.WAIT_GIL, State.WAIT, State.WAIT_CPU, State.READY, State.IO)
#: States of a task while the loop is not in one of its steps.
_BETWEEN = (State.NONE, State.STARTING, State.READY, State.SUSPENDED)

Keep = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class TrackFigures:
    """``totals``: ns by ``State``.  ``gil_ns``, ``gil_holds``: how long it was seen to hold a GIL, and
    how often it got one; -1 where no GIL was observed."""

    track: int
    totals: NDArray[np.int64]
    life_ns: int
    gil_ns: int = -1
    gil_holds: int = -1


@dataclass(frozen=True, slots=True)
class TaskFigures:
    """``longest_step_ns`` from ``longest_step_at_ns`` on: for so long nothing else ran on its loop;
    ``held_up``: tasks of that loop that were ready meanwhile."""

    track: int
    steps: int
    step_ns: int
    longest_step_ns: int
    longest_step_at_ns: int
    held_up: int
    ready_ns: int
    longest_ready_ns: int
    suspended_ns: int


@dataclass(frozen=True, slots=True)
class LongWait:
    """One wait; parts of it that follow each other are one."""

    track: int
    state: State
    start_ns: int
    length_ns: int
    object: int
    owner: int


@dataclass(frozen=True, slots=True)
class Tables:
    """``start_ns``, ``end_ns``: the stretch; ``whole``: it is the recording."""

    start_ns: int
    end_ns: int
    whole: bool
    tracks: list[TrackFigures] = field(default_factory=list)
    locks: list[LockFigures] = field(default_factory=list)
    tasks: list[TaskFigures] = field(default_factory=list)
    waits: list[LongWait] = field(default_factory=list)


class Abandoned(Exception):
    """Nobody wants the tables any more."""


def tables(snapshot: Snapshot, keep: Keep = lambda: True) -> Tables:
    """All tables.  ``keep`` is asked now and then; Abandoned is raised once it says no."""

    def go_on() -> None:
        if not keep():
            raise Abandoned

    held, holds = _gil(snapshot)
    seen = any(g.observed for g in snapshot.gil)
    tracks: list[TrackFigures] = []
    waits: list[LongWait] = []
    threads = {t.parent for t in snapshot.tracks.values() if t.kind is TrackKind.THREAD}
    for track in snapshot.tracks.values():
        go_on()
        if track.kind in (TrackKind.LOCK, TrackKind.GIL):
            continue
        if track.kind is TrackKind.PROCESS and track.id in threads:
            continue  # its threads say it
        totals = snapshot.totals(track.id)
        life = int(totals.sum() - totals[State.NONE])
        if life <= 0:
            continue
        thread = seen and track.kind is TrackKind.THREAD
        tracks.append(
            TrackFigures(
                track.id,
                totals,
                life,
                held.get(track.id, 0) if thread else -1,
                holds.get(track.id, 0) if thread else -1,
            )
        )
        waits += _waits(track.id, snapshot.spans(track.id))
    go_on()
    waits.sort(key=lambda wait: (-wait.length_ns, wait.start_ns, wait.track))
    locks = lock_figures(snapshot, snapshot.start_ns if snapshot.cut else None)
    go_on()
    tasks = _tasks(snapshot, go_on)
    whole = not snapshot.cut
    return Tables(snapshot.start_ns, snapshot.end_ns, whole, tracks, locks, tasks, waits[:MOST_WAITS])


def _gil(snapshot: Snapshot) -> tuple[dict[int, int], dict[int, int]]:
    """By track: ns of holding a GIL, and how often it got it."""
    held: dict[int, int] = {}
    holds: dict[int, int] = {}
    for track in snapshot.tracks.values():
        if track.kind is not TrackKind.GIL:
            continue
        spans = snapshot.spans(track.id)
        owned = spans[(spans["state"] == State.OWNED) & (spans["owner"] >= 0)]
        if not len(owned):
            continue
        again = np.zeros(len(owned), np.bool_)
        again[1:] = (owned["owner"][1:] == owned["owner"][:-1]) & (owned["start"][1:] == owned["end"][:-1])
        for owner in np.unique(owned["owner"]):
            mine = owned["owner"] == owner
            number = int(owner)
            lengths = (owned["end"] - owned["start"])[mine]
            held[number] = held.get(number, 0) + int(lengths.sum())
            holds[number] = holds.get(number, 0) + int((mine & ~again).sum())
    return held, holds


def _waits(track_id: int, spans: NDArray[np.void]) -> list[LongWait]:
    """The longest waits of one track."""
    chosen = spans[np.isin(spans["state"], WAITS)]
    if not len(chosen):
        return []
    same = np.zeros(len(chosen), np.bool_)
    same[1:] = (
        (chosen["start"][1:] == chosen["end"][:-1])
        & (chosen["state"][1:] == chosen["state"][:-1])
        & (chosen["object"][1:] == chosen["object"][:-1])
    )
    first = np.flatnonzero(~same)
    last = np.append(first[1:], len(chosen)) - 1
    lengths = chosen["end"][last] - chosen["start"][first]
    best = np.argsort(-lengths, kind="stable")[:MOST_WAITS]
    return [
        LongWait(
            track_id,
            State(int(chosen["state"][first[i]])),
            int(chosen["start"][first[i]]),
            int(lengths[i]),
            int(chosen["object"][first[i]]),
            int(chosen["owner"][first[i]]),
        )
        for i in best
    ]


def _tasks(snapshot: Snapshot, go_on: Callable[[], None]) -> list[TaskFigures]:
    tasks = [t for t in snapshot.tracks.values() if t.kind is TrackKind.TASK]
    ready: dict[int, list[tuple[int, NDArray[np.void]]]] = {}
    for track in tasks:
        spans = snapshot.spans(track.id)
        ready.setdefault(track.parent, []).append((track.id, spans[spans["state"] == State.READY]))
    loops = {loop: _ReadyTimes(parts) for loop, parts in ready.items()}
    found = []
    for track in tasks:
        go_on()
        spans = snapshot.spans(track.id)
        if len(spans):
            found.append(_task(track.id, spans, loops[track.parent]))
    return found


class _ReadyTimes:
    """When the tasks of one loop were ready."""

    def __init__(self, parts: list[tuple[int, NDArray[np.void]]]) -> None:
        self._task = np.repeat([task for task, _ in parts], [len(spans) for _, spans in parts])
        self._start = np.concatenate([spans["start"] for _, spans in parts])
        self._end = np.concatenate([spans["end"] for _, spans in parts])

    def others(self, task: int, start_ns: int, end_ns: int) -> int:
        """How many other tasks were ready at some time between the two."""
        touch = (self._start < end_ns) & (self._end > start_ns) & (self._task != task)
        return len(np.unique(self._task[touch]))


def _task(track_id: int, spans: NDArray[np.void], loop: _ReadyTimes) -> TaskFigures:
    lengths = spans["end"] - spans["start"]
    inside = ~np.isin(spans["state"], _BETWEEN)
    ready = spans["state"] == State.READY
    steps = spans[inside]
    count = longest = longest_at = 0
    if len(steps):
        same = np.zeros(len(steps), np.bool_)
        same[1:] = (steps["depth"][1:] == steps["depth"][:-1]) & (steps["start"][1:] == steps["end"][:-1])
        first = np.flatnonzero(~same)
        last = np.append(first[1:], len(steps)) - 1
        whole = steps["end"][last] - steps["start"][first]
        at = int(whole.argmax())
        longest, longest_at = int(whole[at]), int(steps["start"][first[at]])
        count = len(np.unique(steps["depth"]))
    return TaskFigures(
        track_id,
        count,
        int(lengths[inside].sum()),
        longest,
        longest_at,
        loop.others(track_id, longest_at, longest_at + longest) if longest else 0,
        int(lengths[ready].sum()),
        int(lengths[ready].max()) if ready.any() else 0,
        int(lengths[spans["state"] == State.SUSPENDED].sum()),
    )
