"""What a thread is doing, from its layers: the table, and the spans that follow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.agent.layout import Os, Wait
from engine.assembler import groups
from engine.assembler.rows import ROW_DTYPE, Doing, Hold, Layer, LockView, Rows
from engine.assembler.system_layer import NOT_SEEN
from engine.model import SPAN_DTYPE, SpanFlag, State

_N_DOING, _N_HOLD, _N_OS, _N_LOCK = 5, 6, 9, 4
#: Whoever had the GIL this long when another thread took over was made to let go of it: nobody asks for
#: it before the switch interval (5 ms unless the program sets another) is over.
_FORCED_AFTER_NS = 4_500_000
#: … and so long at most the GIL is nobody's then: the one that has waited for it has to wake up.
_WAKING_NS = 1_000_000
#: In the table: the state that belongs to the reason of the wait.
_BY_REASON = 255

#: The state a wait is drawn as while it really waits.
REASON_STATE = np.full(256, State.WAIT, np.uint8)
REASON_STATE[[Wait.LOCK, Wait.SEMAPHORE]] = State.WAIT_LOCK
REASON_STATE[Wait.SLEEP] = State.SLEEP
REASON_STATE[[Wait.READ, Wait.WRITE, Wait.CONNECT, Wait.ACCEPT, Wait.SELECT, Wait.INPUT]] = State.IO

#: What a thread in Python code does that does not hold the GIL, by what the system says.
_OUTSIDE = {
    Os.RUNNING: State.NATIVE,
    Os.GIL_WAIT: State.WAIT_GIL,
    Os.FUTEX: State.WAIT_LOCK,  # a lock of native code, or one of the standard library's own
    Os.SLEEPING: State.SLEEP,
    Os.IO: State.IO,
    Os.OTHER_CALL: State.WAIT,
    Os.STOPPED: State.WAIT,
}


def _table() -> NDArray[np.uint8]:
    table = np.full((_N_DOING, _N_HOLD, _N_OS, _N_LOCK), State.UNOBSERVED, np.uint8)
    table[Doing.NOTHING] = State.NONE
    table[Doing.STARTING] = State.STARTING

    python = table[Doing.PYTHON]
    python[Hold.YES] = State.RUNNING
    for system, state in _OUTSIDE.items():
        python[Hold.NO, system] = state
        python[Hold.NO_GIL, system] = state
        if system is not Os.RUNNING:  # running and we do not know who holds the GIL: perhaps in C code
            python[Hold.UNKNOWN, system] = state
    python[Hold.NO_GIL, Os.RUNNING] = State.RUNNING

    table[:, Hold.TAKEN_OVER] = table[:, Hold.NO]
    for doing in (Doing.WAITING, Doing.LOCKING):
        table[doing] = _BY_REASON
        table[doing, :, Os.GIL_WAIT] = State.WAIT_GIL
        table[doing, Hold.YES] = State.RUNNING

    locking = table[Doing.LOCKING]
    for hold in (Hold.NO, Hold.TAKEN_OVER, Hold.UNKNOWN):
        locking[hold, :, LockView.OURS] = State.WAIT_GIL
    # Whose it is cannot be told: it may have been ours already.
    for hold in (Hold.NO, Hold.TAKEN_OVER, Hold.UNKNOWN):
        locking[hold, NOT_SEEN, LockView.UNKNOWN] = State.UNOBSERVED
        locking[hold, Os.RUNNING, LockView.UNKNOWN] = State.UNOBSERVED
    # Made to let go in the middle of its code: it asks for it again before it does anything else.
    table[Doing.PYTHON :, Hold.FORCED] = State.WAIT_GIL
    return table


_STATES = _table()
_PUT_OFF = np.zeros(256, np.bool_)  # states that need a core
_PUT_OFF[[State.RUNNING, State.NATIVE]] = True

#: One stretch of a thread: what its spans say and where they come from.
STRETCH_DTYPE = np.dtype(
    [
        ("time", "<i8"),
        ("call", "<i8"),  # when the call began that it is a part of, 0 none
        ("ended_call", "<i8"),  # the call that ``ended`` is about
        ("thread", "<i4"),
        ("object", "<i4"),
        ("owner", "<i4"),
        ("location", "<i4"),
        ("depth", "<i4"),  # tasks: number of the step
        ("state", "u1"),
        ("reason", "u1"),
        ("ended", "u1"),  # flags of the span that ends here
        ("exact", "u1"),  # the location is where it is
        ("cut", "u1"),  # open stretches: continues a part of the same call
        ("drawn", "<i8"),  # open stretches: the call of which a part was drawn last before them
        ("let_go", "u1"),  # it begins with letting go of the GIL after the switch interval
    ]
)
Stretches = NDArray[np.void]
_COPIED = ("object", "owner", "location", "state", "reason", "depth")


@dataclass(slots=True)
class LayerValues:
    """What every layer said last, by thread index; carried from window to window."""

    agent: NDArray[np.void]  # ROW_DTYPE, by thread
    hold: NDArray[np.uint8]
    held: NDArray[np.int64]  # when it was last known to hold the GIL
    held_since: NDArray[np.int64]  # when it took it then, at the earliest
    may_held: NDArray[np.int64]  # the last row of layer HOLD that says that it had it, or may have
    asked: NDArray[np.int64]  # when it was seen waiting for it last
    system: NDArray[np.uint8]
    seen: NDArray[np.int64]  # when the state of layer SYSTEM began
    lock: NDArray[np.uint8]
    owner: NDArray[np.int32]
    core: NDArray[np.uint8]

    def copy(self) -> LayerValues:
        """A copy that may be changed."""
        return LayerValues(**{name: getattr(self, name).copy() for name in self.__slots__})

    def grow(self, more: int) -> None:
        """Make room for so many more threads, of which nothing is known."""
        nothing = np.zeros(more, ROW_DTYPE)
        nothing["object"] = nothing["location"] = nothing["owner"] = -1
        defaults = {"agent": nothing, "hold": np.full(more, Hold.UNKNOWN, np.uint8)}
        for name in self.__slots__:
            have = getattr(self, name)
            new = defaults.get(name, np.full(more, -1 if name == "owner" else 0, have.dtype))
            setattr(self, name, np.concatenate([have, new]))


def combine(rows: Rows, values: LayerValues) -> Stretches:
    """Merge the layers of all threads.

    ``rows``: of all layers, in the order of (thread, time, layer); every thread's first row is
    preceded by ``values``, which are brought up to date.  Gives one stretch per row at which
    anything may have changed (one per moment), in the order of (thread, time).
    """
    n = len(rows)
    thread, layer = rows["thread"], rows["layer"]
    first = groups.first_of_group(thread)
    start = groups.group_start(first)

    def latest(which: Layer) -> NDArray[np.int64]:
        return groups.last_where(layer == which, start)

    code = rows["code"]
    at_agent = latest(Layer.AGENT)
    said = at_agent >= 0
    agent = np.where(said, at_agent, 0)
    old = values.agent[thread]
    doing = np.where(said, code[agent], old["code"])
    reason = np.where(said, rows["reason"][agent], old["reason"])
    at_hold = latest(Layer.HOLD)
    is_held = (layer == Layer.HOLD) & (code == Hold.YES)
    hold_before = _now(code, groups.before(at_hold, first), values.hold[thread])
    may_hold = (layer == Layer.HOLD) & ((code == Hold.YES) | (code == Hold.UNKNOWN))
    takes = groups.last_where(may_hold & (hold_before != Hold.YES) & (hold_before != Hold.UNKNOWN), start)
    # a thread that is new cannot have had it for longer than it is there
    old_since = np.where(values.held_since[thread] == 0, rows["time"][start], values.held_since[thread])
    held_since = _now(rows["time"], takes, old_since)
    may_held = _now(rows["time"], groups.last_where(may_hold, start), values.may_held[thread])
    is_long = (layer == Layer.HOLD) & (rows["time"] - held_since >= _FORCED_AFTER_NS)
    forced = is_long & (code == Hold.TAKEN_OVER)
    had = (hold_before == Hold.YES) | (hold_before == Hold.UNKNOWN)
    let_go = groups.last_where(is_long & (code == Hold.NO) & had, start)
    hold = _now(np.where(forced, Hold.FORCED, code), at_hold, values.hold[thread])
    at_system = latest(Layer.SYSTEM)
    system = _now(code, at_system, values.system[thread])
    seen = _now(rows["time"], at_system, values.seen[thread])
    asks = groups.last_where((layer == Layer.SYSTEM) & (code == Os.GIL_WAIT), start)
    asked = _now(rows["time"], asks, values.asked[thread])
    at_held = groups.last_where(is_held, start)
    held = _now(rows["time"], at_held, values.held[thread])
    at_agent_ns = np.where(said, rows["time"][agent], old["time"])
    # Whoever wrote a record or held the GIL since was on a core since.
    stale = (seen < np.maximum(held, at_agent_ns)) & (system != Os.RUNNING)
    believed = np.where(stale, NOT_SEEN, system)
    at_lock = latest(Layer.LOCK)
    lock = _now(code, at_lock, values.lock[thread])
    owner = _now(rows["owner"], at_lock, values.owner[thread])
    core = _now(code, latest(Layer.CORE), values.core[thread])

    state = _STATES[np.minimum(doing, _N_DOING - 1), hold, np.minimum(believed, _N_OS - 1), lock]
    # Out of the wait for the GIL leads one way only: to have it.  Until then it wants it, also on a core.
    without = (hold == Hold.NO) | (hold == Hold.TAKEN_OVER)
    state[(state == State.NATIVE) & without & np.greater(asked, may_held)] = State.WAIT_GIL
    by_reason = state == _BY_REASON
    state[by_reason] = REASON_STATE[reason[by_reason]]
    state[_PUT_OFF[state] & (core == 1)] = State.WAIT_CPU

    waits = (doing >= Doing.WAITING) & (state != State.RUNNING)
    stretch = np.zeros(n, STRETCH_DTYPE)
    stretch["time"], stretch["thread"], stretch["state"] = rows["time"], thread, state
    stretch["reason"] = np.where(waits, reason, 0)
    stretch["object"] = np.where(waits, np.where(said, rows["object"][agent], old["object"]), -1)
    stretch["call"] = np.where(waits, np.where(said, rows["call"][agent], old["call"]), 0)
    stretch["owner"] = np.where((doing == Doing.LOCKING) & (state == State.WAIT_LOCK), owner, -1)
    stretch["location"] = np.where(said, rows["location"][agent], old["location"])
    stretch["exact"] = waits | (at_agent_ns == rows["time"])
    if n:
        stretch["let_go"] = (let_go >= 0) & (rows["time"][np.maximum(let_go, 0)] == rows["time"])
    ended = np.where(layer == Layer.AGENT, rows["ended"], 0).astype(np.uint8)
    stretch["ended_call"] = np.where(ended > 0, rows["call"], 0)
    # several rows of one moment: the last one says how things are, each may end a span
    last = np.empty(n, np.bool_)
    if n:
        last[-1] = True
        last[:-1] = (thread[1:] != thread[:-1]) | (rows["time"][1:] != rows["time"][:-1])
        moment = np.cumsum(np.concatenate([[False], last[:-1]]))
        any_ended = np.zeros(int(moment[-1]) + 1, np.uint8)
        np.bitwise_or.at(any_ended, moment[ended > 0], ended[ended > 0])
        stretch["ended"] = any_ended[moment]
        ended_call = np.zeros(len(any_ended), np.int64)
        ended_call[moment[ended > 0]] = stretch["ended_call"][ended > 0]
        stretch["ended_call"] = ended_call[moment]
        stretch["exact"] = stretch["exact"] | (stretch["ended"] > 0)

    end = np.flatnonzero(groups.last_of_group(thread))
    who = thread[end]
    spoke = at_agent[end] >= 0
    values.agent[who[spoke]] = rows[at_agent[end][spoke]]
    values.hold[who], values.system[who], values.core[who] = hold[end], system[end], core[end]
    values.lock[who], values.owner[who] = lock[end], owner[end]
    values.held[who], values.seen[who] = held[end], seen[end]
    values.held_since[who], values.may_held[who] = held_since[end], may_held[end]
    values.asked[who] = asked[end]
    result: Stretches = stretch[last]
    return result


def _now(
    code: NDArray[np.generic], index: NDArray[np.int64], old: NDArray[np.generic]
) -> NDArray[np.generic]:
    if not len(code):
        return old
    return np.where(index >= 0, code[np.maximum(index, 0)], old)


@dataclass(slots=True)
class Closed:
    """``spans`` that ended, and whose they are; ``kept``: the stretches that differ from the one
    before them; ``open``: the last one of each thread."""

    spans: NDArray[np.void]
    thread: NDArray[np.int32]
    kept: Stretches
    open: Stretches


def spans_of(stretches: Stretches, open_: Stretches) -> Closed:
    """Spans from stretches in the order of (thread, time).

    ``open_``: for every thread that occurs, the stretch that is open before its first one, in the
    order of threads (state NONE: none).  ``thread`` may be the index of anything (a task).
    """
    everything = np.concatenate([open_, stretches])
    everything = everything[groups.order_by_group(everything["thread"])]
    _give_ends_to_calls(everything)
    first = groups.first_of_group(everything["thread"])
    keep = first.copy()
    for name in ("state", "object", "owner", "reason", "call", "depth"):
        column = everything[name]
        keep[1:] |= column[1:] != column[:-1]
    kept = _without_waking(everything[keep])
    thread, time, call = kept["thread"], kept["time"], kept["call"]
    same_call = np.zeros(len(kept) + 1, np.bool_)
    same_call[1:-1] = (call[1:] == call[:-1]) & (call[1:] != 0) & (thread[1:] == thread[:-1])
    continues = same_call[:-1] | (kept["cut"] > 0)
    last = groups.last_of_group(thread)
    ending = np.flatnonzero(~last)
    flags = kept["ended"][ending + 1].astype(np.uint16)
    flags |= _flag(kept["exact"][ending] == 0, SpanFlag.AFTER_LINE)
    flags |= _flag((continues | same_call[1:])[ending], SpanFlag.CUT)
    drawn = _drawn_before(kept)
    flags |= _flag(((call != 0) & (drawn == call))[ending], SpanFlag.CONTINUES)
    spans = np.zeros(len(ending), SPAN_DTYPE)
    spans["start"], spans["end"], spans["flags"] = time[ending], time[ending + 1], flags
    for name in _COPIED:
        spans[name] = kept[name][ending]
    wanted = (spans["state"] != State.NONE) & (spans["end"] > spans["start"])
    open_now = kept[last].copy()
    open_now["cut"], open_now["drawn"] = continues[last], drawn[last]
    return Closed(spans[wanted], thread[ending][wanted], kept, open_now)


def _drawn_before(stretches: Stretches) -> NDArray[np.int64]:
    """The call that each thread's last part of a call before each stretch is of, 0 none.

    The first stretch of each thread knows it from the window before; Python code in between does
    not count.
    """
    first = groups.first_of_group(stretches["thread"])
    start = groups.group_start(first)
    lasts = np.zeros(len(stretches), np.bool_)
    lasts[:-1] = (stretches["time"][1:] > stretches["time"][:-1]) & ~first[1:]
    part = groups.before(groups.last_where((stretches["call"] != 0) & lasts, start), first)
    result: NDArray[np.int64] = np.where(part >= 0, stretches["call"][part], stretches["drawn"][start])
    return result


def _without_waking(stretches: Stretches) -> Stretches:
    """A thread that let go of the GIL after the switch interval and waits for it right after did not
    run native code in between: the GIL was nobody's while the next one woke up."""
    waking = (stretches["state"] == State.NATIVE) & (stretches["let_go"] > 0)
    waking[-1:] = False
    at = np.flatnonzero(waking)
    if not len(at):
        return stretches
    here, then = stretches[at], stretches[at + 1]
    same = (here["thread"] == then["thread"]) & (then["state"] == State.WAIT_GIL)
    same &= then["time"] - here["time"] <= _WAKING_NS
    for name in ("object", "owner", "reason", "call", "depth"):
        same &= here[name] == then[name]
    result = stretches.copy()
    result["state"][at[same]] = State.WAIT_GIL
    left = np.ones(len(result), np.bool_)
    left[at[same] + 1] = False
    return result[left]


def _flag(where: NDArray[np.bool_], flag: SpanFlag) -> NDArray[np.uint16]:
    return np.where(where, int(flag), 0).astype(np.uint16)


def _give_ends_to_calls(stretches: Stretches) -> None:
    """A wait that timed out may be followed by Python code inside the same call: the flag belongs to
    the last stretch that waited."""
    ends = np.flatnonzero(stretches["ended"] > 0)
    if not len(ends):
        return
    first = groups.first_of_group(stretches["thread"])
    waited = groups.before(groups.last_where(stretches["call"] != 0, groups.group_start(first)), first)[ends]
    moves = (waited >= 0) & (waited + 1 != ends)
    moves &= stretches["call"][np.maximum(waited, 0)] == stretches["ended_call"][ends]
    flags = stretches["ended"][ends[moves]]
    stretches["ended"][ends[moves]] = 0
    np.bitwise_or.at(stretches["ended"], waited[moves] + 1, flags)


def open_spans(open_: Stretches, now_ns: int) -> NDArray[np.void]:
    """The spans that are going on at ``now_ns``, one for each stretch that is one."""
    going = open_[(open_["state"] != State.NONE) & (open_["time"] < now_ns)]
    spans = np.zeros(len(going), SPAN_DTYPE)
    spans["start"], spans["end"] = going["time"], now_ns
    for name in _COPIED:
        spans[name] = going[name]
    spans["flags"] = int(SpanFlag.OPEN)
    spans["flags"] |= _flag(going["exact"] == 0, SpanFlag.AFTER_LINE) | _flag(going["cut"] > 0, SpanFlag.CUT)
    again = (going["call"] != 0) & (going["drawn"] == going["call"])
    spans["flags"] |= _flag(again, SpanFlag.CONTINUES)
    return spans
