"""The few figures that matter about a recording, from its store.  No Qt, no language.

What is counted is said by ``Figure.kind``; ``gui.panels.sentence`` has the words.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.model import EndKind, State, TrackKind
from engine.store import Store


class FigureKind(enum.Enum):
    SPEED_UP = "speed_up"  # value: factor against the sequential run
    GIL_WAIT = "gil_wait"  # value: share of the time threads wanted to run
    GIL_SWITCHES = "gil_switches"  # value: count; other: missed
    NOT_SEEN = "not_seen"  # value: share of the time not observed
    LONGEST_LOCK_WAIT = "longest_lock_wait"  # value: ns; track: the lock, object: its object
    NATIVE = "native"  # value: share of running time outside the GIL
    READY = "ready"  # value: longest wait of a task for its busy loop, ns; track: the task
    TASKS = "tasks"  # value: count
    PROCESSES = "processes"  # value: count
    FAILED = "failed"  # value: tracks that failed or were killed
    NO_CORE = "no_core"  # value: share of the time threads wanted to run


@dataclass(frozen=True, slots=True)
class Figure:
    kind: FigureKind
    value: float
    other: float = 0.0
    track: int = -1
    object: int = -1


def figures(
    store: Store, start_ns: int | None = None, end_ns: int | None = None, *, stopped: bool = False
) -> list[Figure]:
    """The figures of the whole recording, or of a stretch of it, those that matter most first.

    ``stopped``: somebody stopped the run, so that a process that was killed did not end badly."""
    whole = start_ns is None
    sums = np.zeros(len(State), np.int64)
    for track in store.tracks.values():
        if track.kind is TrackKind.THREAD:
            sums += store.totals(track.id, start_ns, end_ns)
    wanted = int(sums[State.RUNNING] + sums[State.NATIVE] + sums[State.WAIT_GIL] + sums[State.WAIT_CPU])
    found: list[Figure] = []
    # What is killed is the process; its threads merely go with it.
    bad = [
        t
        for t in store.tracks.values()
        if t.end.kind is EndKind.FAILED
        or (t.end.kind is EndKind.KILLED and t.kind is TrackKind.PROCESS and not stopped)
    ]
    if bad and whole:
        found.append(Figure(FigureKind.FAILED, len(bad), track=bad[0].id))
    if wanted and sums[State.WAIT_GIL]:
        found.append(Figure(FigureKind.GIL_WAIT, sums[State.WAIT_GIL] / wanted))
    found += _longest(store, start_ns, end_ns)
    if whole and store.gil:
        seen = [g for g in store.gil if g.observed]
        switches = sum(g.switches for g in seen)
        if seen and switches:
            found.append(Figure(FigureKind.GIL_SWITCHES, switches, sum(g.missed for g in seen)))
    busy = int(sums[State.RUNNING] + sums[State.NATIVE])
    if busy and sums[State.NATIVE] > 0.01 * busy:
        found.append(Figure(FigureKind.NATIVE, sums[State.NATIVE] / busy))
    if wanted and sums[State.WAIT_CPU] > 0.01 * wanted:
        found.append(Figure(FigureKind.NO_CORE, sums[State.WAIT_CPU] / wanted))
    for kind, name in ((TrackKind.TASK, FigureKind.TASKS), (TrackKind.PROCESS, FigureKind.PROCESSES)):
        count = len(store.of_kind(kind))
        if whole and count > 1:
            found.append(Figure(name, count))
    total = int(sums.sum())
    if total and sums[State.UNOBSERVED]:
        found.append(Figure(FigureKind.NOT_SEEN, sums[State.UNOBSERVED] / total))
    return found


def _longest(store: Store, start_ns: int | None, end_ns: int | None) -> list[Figure]:
    """The longest wait for a lock, and of a task for its loop."""
    best: dict[State, Figure] = {}
    kinds = {
        State.WAIT_LOCK: (TrackKind.THREAD, FigureKind.LONGEST_LOCK_WAIT),
        State.READY: (TrackKind.TASK, FigureKind.READY),
    }
    for state, (track_kind, kind) in kinds.items():
        for track in store.of_kind(track_kind):
            if not store.totals(track.id, start_ns, end_ns)[state]:
                continue
            spans = (
                store.spans(track.id)
                if start_ns is None or end_ns is None
                else store.window(track.id, start_ns, end_ns)
            )
            chosen = spans[spans["state"] == state]
            if not len(chosen):
                continue
            # A wait goes on when the lock has gone to somebody else: parts that follow each other.
            same = (chosen["start"][1:] == chosen["end"][:-1]) & (
                chosen["object"][1:] == chosen["object"][:-1]
            )
            first = np.flatnonzero(np.concatenate([[True], ~same]))
            last = np.append(first[1:], len(chosen)) - 1
            lengths = chosen["end"][last] - chosen["start"][first]
            at = int(lengths.argmax())
            known = best.get(state)
            if known is None or lengths[at] > known.value:
                best[state] = Figure(
                    kind, int(lengths[at]), track=track.id, object=int(chosen["object"][first[at]])
                )
    return list(best.values())


def observed_rate(store: Store) -> tuple[float, float] | None:
    """How often the GIL was looked at, in hertz, and the share of time it was not seen; None
    where it was not observed at all."""
    seen = [g for g in store.gil if g.observed]
    observed = sum(g.observed_ns for g in seen)
    unobserved = sum(g.unobserved_ns for g in seen)
    for figures in seen:  # what goes on still is counted in none of them: a GIL can be free for minutes
        going_on = store.spans(figures.track)[store.final_count(figures.track) :]
        lengths = going_on["end"] - going_on["start"]
        unseen = going_on["state"] == State.UNOBSERVED
        observed += int(lengths[~unseen].sum())
        unobserved += int(lengths[unseen].sum())
    if not seen or observed + unobserved <= 0:
        return None
    samples = sum(g.samples for g in seen)
    return samples / ((observed + unobserved) / 1e9), unobserved / (observed + unobserved)


def chosen_states(store: Store, tracks: Sequence[int], start_ns: int, end_ns: int) -> dict[State, int]:
    """ns in each state over several tracks between two moments."""
    sums = np.zeros(len(State), np.int64)
    for track_id in tracks:
        sums += store.totals(track_id, start_ns, end_ns)
    return {State(int(i)): int(sums[i]) for i in np.flatnonzero(sums)}
