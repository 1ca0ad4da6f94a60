"""A recording held against kernel probes: how often it has the GIL's holder and each thread's state right.

Shares are of observed time; what the recording itself calls ``unobserved`` is left out of them and
reported beside them.  Neither figure means anything without the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

from engine.model import State, Track, TrackKind
from tests.bench.gil_truth import NOBODY, Core, Steps, Truth, TruthTimeline, breakpoints

#: Holder in the recording when it says it does not know.
NOT_SEEN = -1
#: Holder in the recording that is a track without a native id, or no track at all.
SOMEBODY_UNKNOWN = -2


class HasSpans(Protocol):
    """What is needed of a Store."""

    @property
    def tracks(self) -> Mapping[int, Track]: ...

    def spans(self, track_id: int) -> np.ndarray: ...


@dataclass(frozen=True)
class StateShare:
    """One state of one thread, in ns: said and true, said but not true, true but not said."""

    right: int
    invented: int
    overlooked: int

    @property
    def agreement(self) -> float:
        """Time on which both agree, of the time at which at least one says so; 1.0 if neither ever does."""
        whole = self.right + self.invented + self.overlooked
        return self.right / whole if whole else 1.0


@dataclass(frozen=True)
class ThreadComparison:
    """``right``: share of the compared time at which the recording was right about both ``running``
    and ``wait_gil`` (says so exactly when it is so)."""

    tid: int
    name: str
    compared_ns: int
    unobserved_ns: int
    giving_way_ns: int
    right: float
    running: StateShare
    wait_gil: StateShare
    #: ns by (truth, place of the scheduler, what the recording says)
    table: Mapping[tuple[str, str, str], int] = field(repr=False, default_factory=dict)


@dataclass(frozen=True)
class Comparison:
    """``holder_right``: share of the observed time with the right holder (nobody included).
    ``unobserved``: share of the whole time that the GIL track says it did not see."""

    whole_ns: int
    unobserved: float
    holder_right: float
    #: the same where the probes saw a thread hold it
    held_right: float
    #: ns by (true holder's tid, recorded holder's tid)
    holders: Mapping[tuple[int, int], int]
    threads: Sequence[ThreadComparison]
    switches: int

    @property
    def threads_right(self) -> float:
        """The share right over all threads, by time."""
        whole = sum(thread.compared_ns for thread in self.threads)
        return sum(thread.right * thread.compared_ns for thread in self.threads) / whole if whole else 1.0

    @property
    def threads_unobserved(self) -> float:
        """Share of all threads' time that is not compared because the recording did not see it."""
        unseen = sum(thread.unobserved_ns for thread in self.threads)
        whole = unseen + sum(thread.compared_ns + thread.giving_way_ns for thread in self.threads)
        return unseen / whole if whole else 0.0


def _steps(spans: np.ndarray, values: npt.NDArray[np.int64], between: int) -> Steps:
    """Spans in time order as a function; ``between`` where there is no span."""
    changes: list[tuple[int, int]] = []
    end = None
    for (start, stop), value in zip(spans[["start", "end"]].tolist(), values.tolist(), strict=True):
        if stop <= start:
            continue
        if end is not None and start > end:
            changes.append((end, between))
        changes.append((start, value))
        end = stop
    if end is not None:
        changes.append((end, between))
    return Steps.build(changes, between)


def _gil_steps(store: HasSpans, track: Track) -> Steps:
    tids = {other.id: other.tid for other in store.tracks.values()}
    spans = store.spans(track.id)
    holders = np.full(len(spans), NOT_SEEN, dtype=np.int64)
    holders[spans["state"] == State.FREE] = NOBODY
    for number in np.flatnonzero(spans["state"] == State.OWNED):
        holders[number] = tids.get(int(spans["owner"][number]), 0) or SOMEBODY_UNKNOWN
    return _steps(spans, holders, NOT_SEEN)


def compare(truth: TruthTimeline, store: HasSpans, pid: int) -> Comparison:
    """Hold the tracks of process ``pid`` against ``truth``.  Raises LookupError without a GIL track."""
    gil_tracks = [t for t in store.tracks.values() if t.kind is TrackKind.GIL and t.pid == pid]
    if not gil_tracks:
        raise LookupError(f"the recording has no GIL track of process {pid}")
    recorded = _gil_steps(store, gil_tracks[0])
    if not len(recorded.times):
        raise LookupError("the GIL track is empty")
    # from the first to the last moment that both speak about
    start = max(truth.start_ns, int(recorded.times[0]))
    end = min(truth.end_ns, int(recorded.times[-1]))
    if end <= start:
        raise LookupError("the recording and the probes have no moment in common")
    edges = breakpoints(start, end, truth.holder, recorded)
    lengths, at = np.diff(edges), edges[:-1]
    true, said = truth.holder.at(at), recorded.at(at)
    seen = said != NOT_SEEN
    right = seen & (true == said)
    held = seen & (true != NOBODY)
    observed_ns, held_ns = int(lengths[seen].sum()), int(lengths[held].sum())
    pairs, which = np.unique(np.stack([true, said]), axis=1, return_inverse=True)
    sums = np.bincount(which.ravel(), weights=lengths, minlength=pairs.shape[1])
    holders = {(int(a), int(b)): int(ns) for (a, b), ns in zip(pairs.T, sums, strict=True)}
    threads = [
        _compare_thread(truth, store, track, start, end)
        for track in store.tracks.values()
        if track.kind is TrackKind.THREAD and track.pid == pid and track.tid in truth.threads
    ]
    return Comparison(
        whole_ns=end - start,
        unobserved=1 - observed_ns / (end - start),
        holder_right=int(lengths[right].sum()) / observed_ns if observed_ns else 0.0,
        held_right=int(lengths[right & held].sum()) / held_ns if held_ns else 0.0,
        holders=holders,
        threads=[thread for thread in threads if thread is not None],
        switches=truth.switches,
    )


def _compare_thread(
    truth: TruthTimeline, store: HasSpans, track: Track, start: int, end: int
) -> ThreadComparison | None:
    spans = store.spans(track.id)
    if not len(spans):
        return None
    said_steps = _steps(spans, spans["state"].astype(np.int64), State.NONE)
    true_steps = truth.threads[track.tid]
    core_steps = truth.cores.get(track.tid, Steps.build([]))
    # a thread exists for us from its first event of the GIL on: ahead of that it is the system's
    start = max(start, int(true_steps.times[0]), int(said_steps.times[0]))
    end = min(end, int(said_steps.times[-1]))
    if end <= start:
        return None
    edges = breakpoints(start, end, true_steps, said_steps, core_steps)
    lengths, at = np.diff(edges), edges[:-1]
    true, said, core = true_steps.at(at), said_steps.at(at), core_steps.at(at)
    giving_way = true == Truth.GIVING_WAY
    unseen = (said == State.UNOBSERVED) | (said == State.NONE)
    compared = ~giving_way & ~unseen
    holds, wants = true == Truth.HOLDS, true == Truth.WANTS
    # The scheduler took its core away: ``wait_cpu`` is as right as what it was about to do.
    put_off = (said == State.WAIT_CPU) & (core == Core.WAITS_FOR_ONE)
    says_running = (said == State.RUNNING) | (put_off & holds)
    says_waiting = (said == State.WAIT_GIL) | (put_off & wants)
    good = compared & (says_running == holds) & (says_waiting == wants)
    compared_ns = int(lengths[compared].sum())

    def share(says: npt.NDArray[np.bool_], is_so: npt.NDArray[np.bool_]) -> StateShare:
        return StateShare(
            int(lengths[compared & says & is_so].sum()),
            int(lengths[compared & says & ~is_so].sum()),
            int(lengths[compared & ~says & is_so].sum()),
        )

    table: dict[tuple[str, str, str], int] = {}
    for what in np.unique(np.stack([true, core, said]), axis=1).T:
        chosen = (true == what[0]) & (core == what[1]) & (said == what[2])
        key = (Truth(what[0]).name.lower(), Core(what[1]).name.lower(), State(what[2]).word)
        table[key] = int(lengths[chosen].sum())
    return ThreadComparison(
        tid=track.tid,
        name=track.name,
        compared_ns=compared_ns,
        unobserved_ns=int(lengths[unseen & ~giving_way].sum()),
        giving_way_ns=int(lengths[giving_way].sum()),
        right=int(lengths[good].sum()) / compared_ns if compared_ns else 0.0,
        running=share(says_running, holds),
        wait_gil=share(says_waiting, wants),
        table=table,
    )
