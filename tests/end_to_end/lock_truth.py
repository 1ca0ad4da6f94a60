"""A program's own clock readings around a lock, held against what was recorded of it."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np

from engine.agent.layout import Wait
from engine.model import State, TrackKind
from engine.store import Store

#: A wait shorter than this is no contention.
WAITED_NS = 300_000


@dataclass(frozen=True)
class LockComparison:
    """``begin_ns`` and ``end_ns``: recorded edge minus the program's reading, one a contended call.

    ``overlooked``: contended calls without a recorded wait; ``late``: those of threads that had lost
    their core, perhaps before they asked for the lock, and may have found it free.  Owners are counted
    where the recorded wait has one: at its beginning, against the thread that had the lock then by the
    program's clock (``between``: where that does not say, since somebody was just taking it or giving
    it back).
    """

    calls: int
    begin_ns: np.ndarray
    end_ns: np.ndarray
    overlooked: int
    late: int
    owners_right: int
    owners_wrong: int
    owners_unknown: int
    between: int
    lock_after_release_ns: np.ndarray  # how long after the release by the owner the wait was called a lock's
    unobserved_share: float

    def percentile(self, share: float) -> tuple[float, float]:
        """|begin| and |end| in ns that ``share`` percent stay under."""
        return (
            float(np.percentile(np.abs(self.begin_ns), share)),
            float(np.percentile(np.abs(self.end_ns), share)),
        )


_PART_OF_WAIT = (State.WAIT_LOCK, State.WAIT_GIL, State.UNOBSERVED, State.WAIT_CPU)


def compare_locks(output: bytes, store: Store) -> LockComparison:
    """``output`` is what ``programs/contended.py`` printed."""
    readings = {tid: np.array(rounds, dtype=np.int64) for tid, rounds in map(json.loads, output.splitlines())}
    tracks = {track.tid: track for track in store.tracks.values() if track.kind is TrackKind.THREAD}
    holds = np.concatenate(
        [np.column_stack([np.full(len(r), tid), r[:, 1], r[:, 2]]) for tid, r in readings.items()]
    )
    holds = holds[np.argsort(holds[:, 1])]
    begins: list[int] = []
    ends: list[int] = []
    after_release: list[int] = []
    calls = overlooked = late = right = wrong = unknown = between = 0
    wait_ns = unobserved_ns = 0
    tid_of = {track.id: track.tid for track in store.tracks.values()}
    for tid, rounds in readings.items():
        spans = store.spans(tracks[tid].id)
        for wanted, got, _, away in rounds.tolist():
            holder = holds[(holds[:, 1] <= wanted) & (holds[:, 2] > wanted)]
            if got - wanted < WAITED_NS or not len(holder):
                continue
            calls += 1
            inside = spans[(spans["end"] > wanted - 100_000) & (spans["start"] < got + 100_000)]
            ours = (inside["state"] == State.WAIT_LOCK) & (inside["reason"] == Wait.LOCK)
            waiting = np.flatnonzero(ours & (inside["end"] > wanted))
            if not len(waiting):
                late += away > 0
                overlooked += not away
                continue
            first = last = int(waiting[0])
            lock_end = int(inside["end"][first])
            # one call: its spans stand gapless one behind the other
            while (
                last + 1 < len(inside)
                and inside["state"][last + 1] in _PART_OF_WAIT
                and inside["reason"][last + 1] == Wait.LOCK
            ):
                last += 1
                if inside["state"][last] == State.WAIT_LOCK:
                    lock_end = int(inside["end"][last])
            begins.append(int(inside["start"][first]) - wanted)
            ends.append(int(inside["end"][last]) - got)
            part = inside[first : last + 1]
            wait_ns += int((part["end"] - part["start"]).sum())
            dark = part[part["state"] == State.UNOBSERVED]
            unobserved_ns += int((dark["end"] - dark["start"]).sum())
            released = holds[(holds[:, 2] <= got) & (holds[:, 2] > wanted)]
            if len(released):
                after_release.append(lock_end - int(released[:, 2].max()))
            begin = int(inside["start"][first])
            certain = holds[(holds[:, 1] <= begin) & (holds[:, 2] > begin)]
            if not len(certain):  # somebody was just taking it or giving it back
                between += 1
                continue
            owner = int(inside["owner"][first])
            if owner < 0:
                unknown += 1
            elif tid_of.get(owner) == int(certain[0, 0]):
                right += 1
            else:
                wrong += 1
    return LockComparison(
        calls,
        np.array(begins),
        np.array(ends),
        overlooked,
        late,
        right,
        wrong,
        unknown,
        between,
        np.array(after_release),
        unobserved_ns / wait_ns if wait_ns else 0.0,
    )
