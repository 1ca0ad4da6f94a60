"""Evidence about one interpreter's GIL, from the sampler's records and from those of its threads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.agent.layout import Acquired, Gil, Kind
from engine.assembler import gil_layer, groups
from engine.assembler.gil_layer import EVIDENCE_DTYPE, FOREIGN, FREE, NOT_SET, Evidence, Source

Ints = NDArray[np.int64]

#: So long without any record of the sampler, and it is taken to have been away.
DEAD_NS = 2_000_000_000

_DROPS = np.zeros(1 << 16, np.bool_)
_DROPS[[Kind.WAIT_BEGIN, Kind.LOOP_WAIT_BEGIN]] = True
_TOOK = np.zeros(1 << 16, np.bool_)
_TOOK[[Kind.WAIT_END, Kind.LOOP_WAIT_END, Kind.THREAD_BEGIN]] = True


@dataclass(slots=True)
class Samples:
    """The sampler's records about one interpreter, in the order of time.

    ``kind`` is GIL, GIL_GAP or LOOKED; ``holder`` the thread index of the interned holder
    (FOREIGN when nobody registered that state, NOT_SET for none)."""

    time: Ints
    kind: NDArray[np.uint16]
    flags: NDArray[np.uint16]
    value: Ints
    holder: NDArray[np.int32]


@dataclass(slots=True)
class Watching:
    """What the sampler last said of one interpreter."""

    time: int = -1  # its last record; -1: none yet
    who: int = FOREIGN
    last: int = NOT_SET
    switches: int = -1
    away: bool = False  # since more than DEAD_NS


def start_of_window(samples: Samples) -> int:
    """The earliest moment that one of ``samples`` says something new about; a very late one if none."""
    if not len(samples.time):
        return int(np.iinfo(np.int64).max)
    back = np.where(
        samples.kind == Kind.GIL,
        samples.value & 0xFFFFFFFF,
        np.where(samples.kind == Kind.GIL_GAP, samples.value, _age_of_look(samples.flags)),
    )
    return int((samples.time - back).min())


def _age_of_look(flags: NDArray[np.uint16]) -> Ints:
    """ns from the last sample to a LOOKED record; what was the same up to then may change right after."""
    return np.where(flags == Gil.NO_AGE, 0, flags.astype(np.int64) * 1_000) + 1


def from_samples(samples: Samples, watching: Watching, until: int) -> tuple[Evidence, Watching]:
    """Evidence from the sampler's records, in the order of time, and what it says last.

    ``until``: everything the sampler wrote before it is in ``samples`` or came earlier.
    """
    gil = samples.kind == Kind.GIL
    still = (samples.kind == Kind.LOOKED) & (samples.flags != Gil.NO_AGE)
    gap = (samples.kind == Kind.GIL_GAP) & ((samples.flags & Gil.UNCHANGED) != 0)
    use = gil | still | gap
    time, kind = samples.time[use], samples.kind[use]
    n = len(time)
    if not n:
        return _gone_away(watching, until)
    flags, value, holder = samples.flags[use], samples.value[use], samples.holder[use]
    gil, still, gap = gil[use], still[use], gap[use]
    # nothing is known before the first sample
    if watching.time < 0 and not gil[0]:
        begin = int(np.argmax(gil)) if gil.any() else n
        later = Samples(time[begin:], kind[begin:], flags[begin:], value[begin:], holder[begin:])
        return from_samples(later, watching, until)

    at = np.where(still, time - _age_of_look(flags), time)
    previous = np.empty(n, np.int64)
    previous[0] = watching.time
    previous[1:] = at[:-1]
    np.maximum.accumulate(previous, out=previous)
    at = np.maximum(at, previous)
    back = np.where(gil, value & 0xFFFFFFFF, np.where(gap, value, 0))
    since = np.clip(time - back, previous, at)
    gone = at - previous > DEAD_NS
    if watching.time < 0:
        gone[0] = False
        since[0] = at[0]

    zeros = np.zeros(n, np.int64)
    sampled = groups.last_where(gil, zeros)
    shown = np.where(gil & ((flags & Gil.LOCKED) != 0), np.where(holder == NOT_SET, FOREIGN, holder), FREE)
    who = groups.pick(shown, sampled, watching.who).astype(np.int32)
    number = groups.pick(np.where(gil, (value >> 32) & 0x7FFFFFFF, -1), sampled, watching.switches)
    who_before, number_before = np.empty_like(who), np.empty_like(number)
    who_before[0], number_before[0] = watching.who, watching.switches
    who_before[1:], number_before[1:] = who[:-1], number[:-1]

    # One piece of evidence for when it was last known, one for what is known now.
    evidence = np.zeros(2 * n, EVIDENCE_DTYPE)
    evidence["last"] = evidence["run"] = NOT_SET
    old, new = evidence[0::2], evidence[1::2]
    old["time"] = np.where(gone, previous, since)
    old["who"], old["switches"] = who_before, number_before
    old["source"] = np.where(gap | gone, Source.AWAY, Source.LAST)
    old["missed"] = gone
    new["time"], new["who"], new["switches"] = at, who, number
    new["source"] = np.where(gil, Source.SAMPLE, np.where(still & ~gone, Source.STILL, Source.BACK))
    new["last"] = np.where(gil, holder, NOT_SET)
    keep = np.ones(2 * n, np.bool_)
    keep[0::2] = gil | gap | gone
    if watching.time < 0:
        keep[0] = False
    if watching.away:
        keep[0] = False  # that it went away has been said
        if not gil[0]:
            new["source"][0] = Source.BACK
    told = np.flatnonzero(gil & (holder != NOT_SET))
    result = Watching(
        time=int(at[-1]),
        who=int(who[-1]),
        last=int(holder[told[-1]]) if len(told) else watching.last,
        switches=int(number[-1]),
    )
    evidence = evidence[keep]
    gone_away, result = _gone_away(result, until)
    return (np.concatenate([evidence, gone_away]) if len(gone_away) else evidence), result


def _gone_away(watching: Watching, until: int) -> tuple[Evidence, Watching]:
    if watching.time < 0 or watching.away or until - watching.time <= DEAD_NS:
        return np.empty(0, EVIDENCE_DTYPE), watching
    evidence = np.zeros(1, EVIDENCE_DTYPE)
    evidence["time"], evidence["who"], evidence["switches"] = watching.time, watching.who, watching.switches
    evidence["source"], evidence["missed"] = Source.AWAY, True
    evidence["last"] = evidence["run"] = NOT_SET
    return evidence, Watching(watching.time, watching.who, watching.last, watching.switches, away=True)


def from_records(
    time: Ints,
    kind: NDArray[np.uint16],
    flags: NDArray[np.uint16],
    thread: NDArray[np.int32],
    of_tasks: NDArray[np.bool_],
    sampled: Evidence,
    looking: bool,
    run: int,
) -> Evidence:
    """Evidence from the records of an interpreter's threads, in the order of time.

    Records that can tell nothing are left out: those between two of the same thread, while every
    sample shows that thread.  ``sampled`` is what ``from_samples`` gave for the same stretch;
    ``looking`` and ``run`` what held before it.
    """
    n = len(time)
    drops = _DROPS[kind]
    took = _TOOK[kind]
    acquired = kind == Kind.ACQUIRED
    if acquired.any():
        took |= acquired & ((flags & Acquired.AFTER_WAIT) != 0) & ~of_tasks
    if n > 2:
        # which stretch of the sampler each record lies in
        edges = np.searchsorted(time, sampled["time"], "left")
        stretch = np.zeros(n + 1, np.int64)
        np.add.at(stretch, edges, 1)
        stretch = np.cumsum(stretch[:n])
        looks = np.concatenate(
            [[looking], (sampled["source"] != Source.LAST) & (sampled["source"] != Source.AWAY)]
        )
        shows = np.concatenate([[run], sampled["who"]]).astype(np.int32)
        plain = looks[stretch] & (shows[stretch] == thread) & ~drops & ~took
        inner = plain[1:-1] & plain[:-2] & plain[2:]
        inner &= (thread[1:-1] == thread[:-2]) & (thread[1:-1] == thread[2:])
        inner &= stretch[:-2] == stretch[2:]
        keep = np.ones(n, np.bool_)
        keep[1:-1] = ~inner
        time, thread, drops, took = time[keep], thread[keep], drops[keep], took[keep]
    evidence = np.zeros(len(time), EVIDENCE_DTYPE)
    evidence["time"], evidence["who"] = time, thread
    evidence["drops"], evidence["took"] = drops, took
    evidence["source"] = Source.AGENT
    evidence["switches"] = -1
    evidence["last"] = evidence["run"] = NOT_SET
    return evidence


def join(parts: list[Evidence]) -> Evidence:
    """All evidence in the order of (interp, time); of one moment in the order given."""
    evidence = np.concatenate(parts) if parts else np.empty(0, gil_layer.EVIDENCE_DTYPE)
    return evidence[groups.order_by(evidence["interp"], evidence["time"])]
