"""Layer HOLD: who holds each interpreter's GIL, from samples and from the agents' records together.

*Evidence* is a moment at which the holder is known: a record of a thread (it holds the GIL while
it writes), or a sample.  The sampler writes only changes: between two of its records every sample
showed the same.  Where it was not looking (from the sample before a change to the one that
showed it; a gap), only the switch number counts what happened: it is raised whenever the GIL is
taken by another thread than the last one (Python/ceval_gil.c, ``take_gil``).  So no change of it
means that no other thread held the GIL, and when the records explain every change of it, nobody
else did in between.

From two neighbouring pieces of evidence (A at t, B at u) follows what was in between:
a thread that begins a blocking call lets go just then, one that ends such a call has just taken
it; without such a record a change lies in the middle of a short uncertainty, and a long one is
known to be A's or B's only (``Holder.first``/``second``), or nobody's knows.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from engine.assembler import groups
from engine.assembler.rows import Hold, Layer, Rows, make_rows

#: Holders that are no threads of the recording.
FREE = -1
UNKNOWN = -2  # anybody
FOREIGN = -3  # a thread state that nobody registered: none of ours
NOT_SET = -9

#: A change within so short a time is put in its middle; a longer one is not known.
SHORT_NS = 400_000
#: About one period of the sampler: how long a hold between two samples can go unseen.
PERIOD_NS = 120_000
#: From the release of the GIL until the thread that waited for it has it, at most: it has to wake up.
HANDOVER_NS = 25_000


class Source(IntEnum):
    """Where evidence comes from."""

    AGENT = 0
    SAMPLE = 1  # a sample showed a change: samples show this from here on
    LAST = 2  # the last sample that showed what was before: from here on it is not known
    STILL = 3  # samples up to here showed what they did
    AWAY = 4  # the sampler stops looking ...
    BACK = 5  # ... and finds everything as it was


EVIDENCE_DTYPE = np.dtype(
    [
        ("time", "<i8"),
        ("switches", "<i8"),  # samples: the switch number; -1 not known
        ("interp", "<i4"),
        ("who", "<i4"),  # thread index, FREE or FOREIGN
        ("source", "u1"),
        ("drops", "?"),  # lets go of the GIL right after
        ("took", "?"),  # has taken the GIL right before
        ("looking", "?"),  # carried evidence: whether samples show everything from here on
        ("last", "<i4"),  # carried, samples: the last thread known to have held it, NOT_SET
        ("run", "<i4"),  # carried: what the samples show
        ("missed", "?"),  # AWAY, carried: anything may happen in the stretch that begins here
    ]
)
HOLDER_DTYPE = np.dtype([("time", "<i8"), ("interp", "<i4"), ("first", "<i4"), ("second", "<i4")])

Evidence = NDArray[np.void]
Holders = NDArray[np.void]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Threads = NDArray[np.int32]


@dataclass(slots=True)
class Settled:
    """Who held the GIL: from each ``time`` on it was ``first`` (== ``second``), or one of the two.

    ``switches``, and those of them that nobody saw, by interpreter index.  ``carried``: the last row
    of every interpreter, to stand in front of what comes next."""

    holders: Holders
    missed: dict[int, int]
    switches: dict[int, int]
    carried: Evidence


def settle(evidence: Evidence, crowded: NDArray[np.bool_] | None = None) -> Settled:
    """What follows from evidence in the order of (interp, time).

    The first row of every interpreter is the one carried from before (its ``looking``, ``last``,
    ``run`` and ``missed`` count) or the very first; what lies behind the last row is not settled
    yet.  ``crowded``, by row: some other thread waits for the GIL from that row on, so that the
    holder cannot let go of it without a switch.
    """
    n = len(evidence)
    if not n:
        return Settled(np.empty(0, HOLDER_DTYPE), {}, {}, evidence)
    interp = evidence["interp"]
    first = groups.first_of_group(interp)
    state = _state_after(evidence, first)
    pair = np.flatnonzero(~first) - 1  # index of each pair's first row
    crowd = np.zeros(n, np.bool_) if crowded is None else crowded
    holders = _between(evidence, state, pair, crowd)
    missed, switches = _count(evidence, state)
    last = np.flatnonzero(groups.last_of_group(interp))
    carried = evidence[last].copy()
    carried["looking"], carried["run"] = state.looking[last], state.run[last]
    carried["last"], carried["missed"] = state.last[last], state.missed[last]
    return Settled(holders, missed, switches, carried)


@dataclass(slots=True)
class _State:
    """What is known after each row of evidence."""

    looking: Bools
    run: NDArray[np.int32]  # what samples show while looking
    last: NDArray[np.int32]  # the last thread known to hold it
    missed: Bools  # while not looking: not every switch is explained
    lost_switches: Ints  # at SAMPLE rows: switches since the sample before that nobody saw
    all_switches: Ints


def _state_after(evidence: Evidence, first: Bools) -> _State:
    n = len(evidence)
    start = groups.group_start(first)
    source, who = evidence["source"], evidence["who"]
    carried = first

    sets = carried | (source != Source.AGENT)
    looks = (source == Source.SAMPLE) | (source == Source.STILL) | (source == Source.BACK)
    # STILL says nothing about later on while nobody looks: only its own past; but it is a sample
    looking_value = np.where(carried & (source == Source.AGENT), evidence["looking"], looks)
    index = groups.last_where(sets, start)
    looking = looking_value[index]

    is_run = (source == Source.SAMPLE) | carried
    run_value = np.where(carried & (source != Source.SAMPLE), evidence["run"], who)
    run = run_value[groups.last_where(is_run, start)].astype(np.int32)

    # the last known holder; that nobody has it now does not say who had
    told = ((source == Source.SAMPLE) | carried) & (evidence["last"] != NOT_SET)
    known = (who != FREE) | told | carried
    last_value = np.where(who != FREE, who, np.where(told, evidence["last"], NOT_SET))
    last = last_value[groups.last_where(known, start)].astype(np.int32)

    # Each stretch without looking, from LAST or AWAY to SAMPLE or BACK.
    changed = np.zeros(n, np.int64)
    changed[1:] = (last[1:] != last[:-1]) & ~first[1:] & (last[:-1] != NOT_SET)
    explained = np.cumsum(changed)
    opens = (source == Source.LAST) | (source == Source.AWAY)
    closes = (source == Source.SAMPLE) | (source == Source.BACK)
    opened = groups.before(groups.last_where(opens | first, start), first)
    number = evidence["switches"]
    closed_before = groups.before(groups.last_where(closes, start), first)
    closing = np.flatnonzero(closes & (opened >= 0) & (closed_before <= opened))
    begin = opened[closing]
    both = (number[begin] >= 0) & (number[closing] >= 0)
    all_switches = np.zeros(n, np.int64)
    all_switches[closing] = np.where(both, (number[closing] - number[begin]) & 0x7FFFFFFF, 0)
    lost_switches = np.zeros(n, np.int64)
    lost_switches[closing] = np.maximum(0, all_switches[closing] - (explained[closing] - explained[begin]))
    vague = np.zeros(n, np.bool_)
    vague[begin] = lost_switches[closing] > 0
    vague |= evidence["missed"] & (opens | carried)
    missed = vague[groups.last_where(sets, start)]
    return _State(looking, run, last, missed & ~looking, lost_switches, all_switches)


def _count(evidence: Evidence, state: _State) -> tuple[dict[int, int], dict[int, int]]:
    missed: dict[int, int] = {}
    switches: dict[int, int] = {}
    some = np.flatnonzero(state.all_switches > 0)
    for interp in np.unique(evidence["interp"][some]).tolist():
        mine = some[evidence["interp"][some] == interp]
        switches[interp] = int(state.all_switches[mine].sum())
        missed[interp] = int(state.lost_switches[mine].sum())
    return missed, switches


def _between(evidence: Evidence, state: _State, pair: Ints, crowd: Bools) -> Holders:
    """Holder steps for every pair of neighbours (``pair``: index of the first of the two)."""
    after = pair + 1
    t, u = evidence["time"][pair], evidence["time"][after]
    length = u - t
    a, b = evidence["who"][pair], evidence["who"][after]
    drops, took = evidence["drops"][pair], evidence["took"][after]
    looking, run, missed = state.looking[pair], state.run[pair], state.missed[pair]
    short = length <= SHORT_NS
    middle = t + length // 2
    half = np.minimum(length // 2, PERIOD_NS // 2)
    m = len(pair)

    # A holds until ``leave``, B from ``enter`` on, in between it is ``x`` or ``y``.
    leave, enter = u.copy(), u.copy()
    x = np.full(m, FREE, np.int32)
    y = np.full(m, FREE, np.int32)
    undecided = np.ones(m, np.bool_)

    def decide(where: Bools, leave_: Ints, enter_: Ints, x_: int | Threads, y_: int | Threads) -> None:
        rows = np.flatnonzero(where & undecided)
        if not len(rows):
            return
        leave[rows] = leave_[rows]
        enter[rows] = enter_[rows]
        x[rows] = x_ if isinstance(x_, int) else x_[rows]
        y[rows] = y_ if isinstance(y_, int) else y_[rows]
        undecided[rows] = False

    same, thread_a, thread_b = a == b, a >= 0, b >= 0
    blocked = drops & took & same & thread_a

    # Not looking, and more switches than can be explained: anybody may have held it.
    decide(~looking & missed, t, u, UNKNOWN, UNKNOWN)
    # Somebody unregistered: known not to be one of ours while seen.
    odd = (a == FOREIGN) | (b == FOREIGN)
    decide(odd & looking & same, u, u, FREE, FREE)
    decide(odd & short, middle, middle, FREE, FREE)
    decide(odd & ~same, t, u, UNKNOWN, UNKNOWN)

    # Every sample in between showed the same.
    decide(looking & same & ~thread_a, u, u, FREE, FREE)
    decide(looking & blocked & ((run != a) | (length <= 2 * PERIOD_NS)), t, u, FREE, FREE)
    decide(looking & same & ((run == a) | (length <= PERIOD_NS)), u, u, FREE, FREE)
    leaves = np.where(drops, t, t + half)
    enters = np.where(took, u, u - half)
    decide(looking & same, leaves, enters, run, run)
    decide(looking & ~thread_a & (run == a), enters, enters, FREE, FREE)
    decide(looking & ~thread_b & (run == b), leaves, leaves, FREE, FREE)
    decide(looking & (run == a), enters, enters, FREE, FREE)
    decide(looking & (run == b), leaves, leaves, FREE, FREE)
    decide(looking, leaves, enters, run, run)

    # From here on nobody looked, and all switches are explained.
    decide(same & ~thread_a, u, u, FREE, FREE)
    decide(blocked, t, u, FREE, FREE)
    late = np.where(short, middle, u)
    early = np.where(short, middle, t)
    # A sample that still shows a thread after it announced a call: it has not let go yet.
    decide(same & drops & (evidence["source"][after] != Source.AGENT) & short, u, u, FREE, FREE)
    decide(same & drops, t, late, np.where(short, FREE, a), FREE)
    decide(same & (short | crowd[pair]), u, u, FREE, FREE)
    decide(same, t, u, a, FREE)
    decide(~thread_a & took, u, u, FREE, FREE)
    decide(~thread_a, early, late, b, FREE)
    decide(~thread_b & drops, t, t, FREE, FREE)
    decide(~thread_b, early, late, a, FREE)
    decide(drops & took, t, u, FREE, FREE)
    waking = np.minimum(length // 2, HANDOVER_NS)
    decide(drops, t, np.where(short, t + waking, u), np.where(short, FREE, b), FREE)
    decide(took, np.where(short, u - waking, t), u, np.where(short, FREE, a), FREE)
    decide(short, middle, middle, FREE, FREE)
    decide(undecided, t, u, a, b)

    steps = np.empty(3 * m, HOLDER_DTYPE)
    interp = evidence["interp"][pair]
    for offset, time, one, two in ((0, t, a, a), (1, leave, x, y), (2, enter, b, b)):
        part = steps[offset::3]
        part["time"], part["interp"], part["first"], part["second"] = time, interp, one, two
    ends = np.empty(3 * m, np.int64)
    ends[0::3], ends[1::3], ends[2::3] = leave, enter, u
    steps = steps[ends > steps["time"]]
    return compress(steps)


def compress(steps: Holders) -> Holders:
    """Leave out steps that change nothing; in the order of (interp, time)."""
    if len(steps) < 2:
        return steps
    keep = np.empty(len(steps), np.bool_)
    keep[0] = True
    keep[1:] = (
        (steps["interp"][1:] != steps["interp"][:-1])
        | (steps["first"][1:] != steps["first"][:-1])
        | (steps["second"][1:] != steps["second"][:-1])
    )
    return steps[keep]


def hold_rows(
    steps: Holders, before: dict[int, tuple[int, int]], threads_of: dict[int, NDArray[np.int32]]
) -> Rows:
    """Layer HOLD from holder steps in the order of (interp, time).

    ``before``: (first, second) of each interpreter ahead of its first step (NOT_SET, NOT_SET at
    the beginning).  ``threads_of``: the threads of an interpreter, for stretches in which it may
    have been anybody.
    """
    if not len(steps):
        return make_rows(Layer.HOLD, np.empty(0, np.int32), np.empty(0, np.int64), 0)
    interp = steps["interp"]
    first = groups.first_of_group(interp)
    old_one = np.empty_like(steps["first"])
    old_two = np.empty_like(steps["second"])
    old_one[1:], old_two[1:] = steps["first"][:-1], steps["second"][:-1]
    for row in np.flatnonzero(first):
        old_one[row], old_two[row] = before.get(int(interp[row]), (NOT_SET, NOT_SET))
    one, two, time = steps["first"], steps["second"], steps["time"]
    parts = []
    for who in (old_one, old_two, one, two):
        mine = np.flatnonzero(who >= 0)
        thread = who[mine]
        holds = (one[mine] == thread) & (two[mine] == thread)
        maybe = (one[mine] == thread) | (two[mine] == thread) | (one[mine] == UNKNOWN)
        code = np.where(holds, Hold.YES, np.where(maybe, Hold.UNKNOWN, Hold.NO))
        had = (old_one[mine] == thread) & (old_two[mine] == thread)
        # also where nobody saw when the other took it, only that nobody else had it in between
        had_last = (old_one[mine] == thread) & ((old_two[mine] == thread) | (old_two[mine] == one[mine]))
        taken_over = had_last & (one[mine] == two[mine]) & (one[mine] >= 0) & ~holds
        code[taken_over] = Hold.TAKEN_OVER
        may_have = (old_one[mine] == thread) | (old_two[mine] == thread) | (old_one[mine] == UNKNOWN)
        old = np.where(had, Hold.YES, np.where(may_have, Hold.UNKNOWN, Hold.NO))
        new = (code != old) | (old_one[mine] == NOT_SET)
        parts.append(make_rows(Layer.HOLD, thread[new], time[mine][new], code[new]))
    vague = (one == UNKNOWN) & (two == UNKNOWN)
    was_vague = (old_one == UNKNOWN) & (old_two == UNKNOWN)
    was_vague |= old_one == NOT_SET
    for row in np.flatnonzero(vague != was_vague):
        threads = threads_of.get(int(interp[row]), np.empty(0, np.int32))
        others = threads[(threads != one[row]) & (threads != two[row])]
        code = np.full(len(others), Hold.UNKNOWN if vague[row] else Hold.NO)
        parts.append(make_rows(Layer.HOLD, others, np.full(len(others), time[row]), code))
    return np.concatenate(parts)
