"""How much each lock was used, waited for and held."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.agent.layout import Wait
from engine.analysis.source import Source
from engine.model import LockFigures, State, TrackKind

_SEMAPHORES = ("Semaphore", "BoundedSemaphore")
_LOCK_REASONS = (Wait.LOCK, Wait.SEMAPHORE)


def lock_figures(source: Source, since_ns: int | None = None) -> list[LockFigures]:
    """One entry for every lock that has a track, the one waited for longest first.

    ``since_ns``: where a stretch begins that the spans were cut to; what is held from then on was
    acquired before.
    """
    figures: dict[int, LockFigures] = {}
    for track in source.tracks.values():
        if track.kind is TrackKind.LOCK:
            one = LockFigures(track.object, track.id, track.name, track.sort)
            _holds(one, source.spans(track.id), since_ns)
            figures[track.object] = one
    for track in source.tracks.values():
        if track.kind in (TrackKind.THREAD, TrackKind.TASK):
            _waits(figures, track.id, source.spans(track.id))
    return sorted(figures.values(), key=lambda f: (-f.wait_ns, -f.acquisitions, f.object))


def _group_sums(lengths: NDArray[np.int64], begins: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The sums of ``lengths`` over groups that begin where ``begins`` says (the first does)."""
    return np.add.reduceat(lengths, np.flatnonzero(begins)) if len(lengths) else lengths


def _holds(figures: LockFigures, spans: NDArray[np.void], since_ns: int | None) -> None:
    owned = spans["state"] == State.OWNED
    if not owned.any():
        return
    adjacent = np.zeros(len(spans), np.bool_)
    adjacent[1:] = owned[:-1] & (spans["end"][:-1] == spans["start"][1:])
    if figures.kind in _SEMAPHORES:
        inside = np.where(owned, spans["reason"].astype(np.int64), 0)
        had = inside[0] if spans["start"][0] == since_ns else 0
        before = np.concatenate([[had], inside[:-1]])
        figures.acquisitions = int(np.maximum(inside - before, 0).sum())
    else:
        same = np.zeros(len(spans), np.bool_)
        same[1:] = adjacent[1:] & (spans["owner"][1:] == spans["owner"][:-1])
        begins = owned & ~same
        begins[0] &= spans["start"][0] != since_ns
        figures.acquisitions = int(begins.sum())
        adjacent = same
    lengths = (spans["end"] - spans["start"])[owned]
    sums = _group_sums(lengths, ~adjacent[owned])
    figures.hold_ns = int(lengths.sum())
    longest = int(sums.argmax())
    figures.longest_hold_ns = int(sums[longest])
    figures.longest_hold_at_ns = int(spans["start"][owned & ~adjacent][longest])


def _waits(figures: dict[int, LockFigures], track_id: int, spans: NDArray[np.void]) -> None:
    states = spans["state"]
    suspended = (states == State.SUSPENDED) & np.isin(spans["reason"], _LOCK_REASONS)
    waits = spans[(states == State.WAIT_LOCK) | suspended]
    if not len(waits):
        return
    same = np.zeros(len(waits), np.bool_)
    same[1:] = (waits["end"][:-1] == waits["start"][1:]) & (waits["object"][:-1] == waits["object"][1:])
    begins = ~same
    objects, starts = waits["object"][begins], waits["start"][begins]
    lengths = _group_sums(waits["end"] - waits["start"], begins)
    for obj in np.unique(objects):
        one = figures.get(int(obj))
        if one is not None:
            mine = lengths[objects == obj]
            one.contended += len(mine)
            one.wait_ns += int(mine.sum())
            longest = int(mine.argmax())
            if mine[longest] > one.longest_wait_ns:
                one.longest_wait_ns = int(mine[longest])
                one.longest_wait_track = track_id
                one.longest_wait_at_ns = int(starts[objects == obj][longest])
