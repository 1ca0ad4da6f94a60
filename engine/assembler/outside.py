"""What the operating system says, window after window.

Feeds ``system_layer`` and keeps what is not settled.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engine.agent.layout import Kind, Os
from engine.assembler import groups, system_layer
from engine.assembler.rows import NO_ROWS, Layer, Rows, make_rows

Ints = NDArray[np.int64]

#: A look at a thread, or at its time on and off a core, with its thread known.
LOOK_DTYPE = np.dtype(
    [
        ("time", "<i8"),
        ("value", "<i8"),  # OS_STATE: ns since the look before; CPU: ns waited for a core; OS_GAP: length
        ("pid", "<i4"),
        ("tid", "<i4"),
        ("thread", "<i4"),  # -1: nobody registered this native id yet
        ("process", "<i4"),
        ("kind", "<u2"),  # OS_STATE, CPU, OS_GAP, or BORN
        ("state", "u1"),
    ]
)
#: A thread has written its first record.
BORN = 1
#: A change is not dated back further than this.
LONGEST_NS = 2_000_000_000

Looks = NDArray[np.void]


@dataclass(slots=True)
class OutsideBook:
    """Everything carried from window to window."""

    pending: Looks = field(default_factory=lambda: np.empty(0, LOOK_DTYPE))
    #: by process index: the moments of its last LOOKED records, in the order of time
    looked: dict[int, list[int]] = field(default_factory=dict)
    #: by process index: when it was looked at for the first time
    since: dict[int, int] = field(default_factory=dict)
    #: by (pid, native id): what was seen before the thread registered
    early: dict[tuple[int, int], int] = field(default_factory=dict)
    #: by thread: state as seen last, when, and the end of its last CPU stretch (-1 none)
    state: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(0, np.uint8))
    cpu_until: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    taken: Ints = field(default_factory=lambda: np.zeros(0, np.int64))  # last change of HOLD before ``holds``
    holds: Rows = field(default_factory=lambda: NO_ROWS)  # layer HOLD, as far as a look may need it

    def copy(self) -> OutsideBook:
        return OutsideBook(
            self.pending,
            {process: list(times) for process, times in self.looked.items()},
            dict(self.since),
            dict(self.early),
            self.state.copy(),
            self.cpu_until.copy(),
            self.taken.copy(),
            self.holds,
        )

    def grow(self, threads: int) -> None:
        """Make room for so many threads."""
        have = len(self.state)
        if threads > have:
            more = threads - have
            self.state = np.concatenate([self.state, np.zeros(more, np.uint8)])
            self.cpu_until = np.concatenate([self.cpu_until, np.full(more, -1, np.int64)])
            self.taken = np.concatenate([self.taken, np.full(more, -1, np.int64)])


def seen_states(book: OutsideBook, looks: Looks, ended_ns: Ints) -> Rows:
    """States as they were seen (not when they changed), in the order of (thread, time); before the
    first, what was seen last.  Nothing is seen of a thread from ``ended_ns`` (by thread) on."""
    states = np.concatenate([book.pending, looks])
    states = states[(states["kind"] == Kind.OS_STATE) & (states["thread"] >= 0)]
    states = states[states["time"] < ended_ns[states["thread"]]]
    known = np.flatnonzero(book.state).astype(np.int32)
    over = np.flatnonzero(ended_ns[: len(book.state)] != np.iinfo(np.int64).max).astype(np.int32)
    rows = np.concatenate(
        [
            make_rows(Layer.SYSTEM, known, np.full(len(known), -1, np.int64), book.state[known]),
            make_rows(Layer.SYSTEM, states["thread"], states["time"], states["state"]),
            make_rows(Layer.SYSTEM, over, ended_ns[over], system_layer.NOT_SEEN),
        ]
    )
    return rows[groups.order_by(rows["thread"], rows["time"])]


def advance(
    book: OutsideBook,
    looks: Looks,
    looked: list[tuple[int, int]],
    hold_rows: Rows,
    settled: NDArray[np.int64],
    thread_process: NDArray[np.int32],
) -> tuple[Rows, Ints]:
    """Rows of the layers SYSTEM and CORE that are settled, and up to when they are, by process.

    ``looks`` are new, in the order of time; ``looked``: (process, time) of LOOKED records;
    ``settled``: by process index, up to when layer HOLD is.
    """
    for process, time in looked:
        book.looked.setdefault(process, []).append(time)
        book.since.setdefault(process, time)
    outside_looks = looks[looks["kind"] != BORN]
    processes, first = np.unique(outside_looks["process"], return_index=True)
    for process, row in zip(processes.tolist(), first.tolist(), strict=True):
        time = int(outside_looks["time"][row])
        book.since[process] = min(time, book.since.get(process, time))
    holds = np.concatenate([book.holds, hold_rows]) if len(hold_rows) else book.holds
    if len(hold_rows):
        holds = holds[groups.order_by(holds["thread"], holds["time"])]
    everything = np.concatenate([book.pending, looks])
    everything = everything[np.argsort(everything["time"], kind="stable")]
    ready = everything["time"] < settled[everything["process"]]
    book.pending = everything[~ready]
    now = everything[ready].copy()
    _births(book, now)
    earliest = _earliest(book, now)
    rows = [
        _gaps(book, now, earliest, thread_process),
        _states(book, now, earliest, holds),
        _cores(book, now, earliest, holds),
    ]
    limits = _limits(book, settled)
    _forget(book, holds, limits, thread_process)
    return np.concatenate(rows), limits


def _earliest(book: OutsideBook, looks: Looks) -> Ints:
    """The moment before which no look says anything new: the last LOOKED but one before it."""
    earliest = np.maximum(looks["time"] - LONGEST_NS, 0)
    for process in np.unique(looks["process"]).tolist():
        mine = np.flatnonzero(looks["process"] == process)
        earliest[mine] = np.maximum(earliest[mine], book.since.get(process, 0))
        times = np.array(book.looked.get(process, ()), np.int64)
        at = np.searchsorted(times, looks["time"][mine], "left") - 2
        if len(times):
            bound = np.where(at >= 0, times[np.maximum(at, 0)], 0)
            earliest[mine] = np.maximum(earliest[mine], bound)
    back = np.where(looks["kind"] == BORN, 0, np.maximum(looks["value"], 0))
    result: Ints = np.minimum(np.maximum(earliest, looks["time"] - back), looks["time"])
    return result


def _births(book: OutsideBook, looks: Looks) -> None:
    """What was seen of a thread before it registered holds from its first record on: BORN becomes a look."""
    nobody = (looks["thread"] < 0) & (looks["kind"] == Kind.OS_STATE)
    for row in np.flatnonzero(nobody | (looks["kind"] == BORN)).tolist():
        key = (int(looks["pid"][row]), int(looks["tid"][row]))
        if looks["kind"][row] != BORN:
            book.early[key] = int(looks["state"][row])
            continue
        seen = book.early.pop(key, 0)
        if seen and seen != Os.GONE:
            looks["kind"][row], looks["state"][row], looks["value"][row] = Kind.OS_STATE, seen, 0


def _states(book: OutsideBook, looks: Looks, earliest: Ints, holds: Rows) -> Rows:
    rows = np.flatnonzero((looks["kind"] == Kind.OS_STATE) & (looks["thread"] >= 0))
    if not len(rows):
        return NO_ROWS
    mine = looks[rows]
    result = system_layer.state_rows(
        mine["thread"], mine["time"], mine["state"], earliest[rows], holds, book.taken
    )
    order = groups.order_by(mine["thread"], mine["time"])
    last = order[groups.last_of_group(mine["thread"][order])]
    book.state[mine["thread"][last]] = mine["state"][last]
    return result


def _gaps(book: OutsideBook, looks: Looks, earliest: Ints, thread_process: NDArray[np.int32]) -> Rows:
    """Threads whose state was not looked at for a while, and is not told anew at the end of it."""
    gaps = np.flatnonzero(looks["kind"] == Kind.OS_GAP)
    if not len(gaps):
        return NO_ROWS
    states = looks[(looks["kind"] == Kind.OS_STATE) & (looks["thread"] >= 0)]
    states = states[groups.order_by(states["thread"], states["time"])]
    which, threads = _threads_of_gaps(looks[gaps], thread_process[: len(book.state)])
    end, begin = looks["time"][gaps][which], earliest[gaps][which]
    # the state before the gap: of this batch, or as it was when the batch began
    found = groups.find_in(states["thread"], states["time"], threads, begin)
    last = groups.find_in(states["thread"], states["time"], threads, end)
    before = groups.pick(states["state"], found, 0) if len(states) else book.state[threads]
    before = np.where(found >= 0, before, book.state[threads])
    untold = last == found
    rows = system_layer.gap_rows(threads[untold], begin[untold], end[untold], before[untold])
    # begin, end, begin, end: a gap may begin where the one before it ends
    return rows.reshape(2, -1).T.ravel()


def _threads_of_gaps(
    gaps: Looks, thread_process: NDArray[np.int32]
) -> tuple[NDArray[np.intp], NDArray[np.int32]]:
    """Pairs of a gap (its index) and a thread: the one it names, else all of its process.

    In the order of the gaps.
    """
    order = np.argsort(thread_process, kind="stable").astype(np.int32)
    first = np.searchsorted(thread_process[order], gaps["process"], "left")
    count = np.searchsorted(thread_process[order], gaps["process"], "right") - first
    named = gaps["thread"] >= 0
    count[named] = 1
    which = np.repeat(np.arange(len(gaps)), count)
    number = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)  # within its gap
    if not len(which):
        return which, np.empty(0, np.int32)
    threads = np.where(
        named[which], gaps["thread"][which], order[np.minimum(first[which] + number, len(order) - 1)]
    )
    return which, threads.astype(np.int32)


def _cores(book: OutsideBook, looks: Looks, earliest: Ints, holds: Rows) -> Rows:
    """Time on and off a core.  Where the thread took or let go of the GIL meanwhile, nobody can tell
    which part of the time it waited for a core."""
    rows = np.flatnonzero((looks["kind"] == Kind.CPU) & (looks["thread"] >= 0))
    if not len(rows):
        return NO_ROWS
    mine = looks[rows]
    order = groups.order_by(mine["thread"], mine["time"])
    mine = mine[order]
    first = groups.first_of_group(mine["thread"])
    begin = np.empty(len(mine), np.int64)
    begin[1:] = mine["time"][:-1]
    begin[first] = book.cpu_until[mine["thread"][first]]
    last = groups.last_of_group(mine["thread"])
    book.cpu_until[mine["thread"][last]] = mine["time"][last]
    use = begin >= 0
    begin = np.maximum(begin, _bound(book, mine))
    found = groups.find_in(holds["thread"], holds["time"], mine["thread"], mine["time"], side_right=False)
    changed = book.taken[mine["thread"]]
    changed[found >= 0] = holds["time"][found[found >= 0]]
    use &= changed <= begin
    return system_layer.core_rows(mine["thread"][use], begin[use], mine["time"][use], mine["value"][use])


def _bound(book: OutsideBook, looks: Looks) -> Ints:
    zero = looks.copy()
    zero["value"] = LONGEST_NS
    return _earliest(book, zero)


def _limits(book: OutsideBook, settled: NDArray[np.int64]) -> Ints:
    """Up to when nothing more will be said, by process: looks to come date back to the last LOOKED but
    one before them."""
    limits = settled.copy()
    for process, since in book.since.items():
        before = [time for time in book.looked.get(process, ()) if time < settled[process]]
        back = settled[process] - LONGEST_NS
        limit = max(since, back, before[-2]) if len(before) >= 2 else max(since, back)
        limits[process] = min(limits[process], limit)
    return limits


def _forget(book: OutsideBook, holds: Rows, limits: Ints, thread_process: NDArray[np.int32]) -> None:
    """Keep of the rows of layer HOLD what later looks may need."""
    for process, times in book.looked.items():
        needed = [time for time in times if time >= limits[process]]
        book.looked[process] = [*times[: len(times) - len(needed)][-2:], *needed]
    old = holds["time"] < limits[thread_process[holds["thread"]]]
    gone = holds[old]
    last = groups.last_of_group(gone["thread"])
    threads = gone["thread"][last]
    book.taken[threads] = np.maximum(book.taken[threads], gone["time"][last])
    book.holds = holds[~old]
