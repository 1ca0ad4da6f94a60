"""Layer AGENT: what each thread's own records say it is doing.

Between records a thread is in Python code; between the begin and the end of a wait it waits.
Waits nest only when a signal handler or a finaliser waits inside a wait, or a Condition takes
its lock again; the innermost counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.agent.layout import Acquired, Kind, Result, Wait
from engine.assembler import brackets, groups
from engine.assembler.rows import Doing, Layer, Rows, Window, make_rows
from engine.model import SpanFlag

#: A wait of a thread, from its begin on.
WAIT_DTYPE = np.dtype(
    [
        ("thread", "<i4"),
        ("object", "<i4"),
        ("begin", "<i8"),
        ("end", "<i8"),  # OPEN while it goes on
        ("value", "<i8"),  # time-out ns, -1 none
        ("location", "<i4"),
        ("reason", "<u2"),
        ("result", "<u2"),  # layout.Result bits, or CUT
    ]
)
OPEN = np.iinfo(np.int64).max
#: ``result`` of a wait that no record ended: its thread or process did.
CUT = 1

_BEGINS = (Kind.WAIT_BEGIN, Kind.LOOP_WAIT_BEGIN)
_IS_EVENT = np.zeros(1 << 16, np.bool_)
for _kind in (
    Kind.WAIT_BEGIN, Kind.WAIT_END, Kind.LOOP_WAIT_BEGIN, Kind.LOOP_WAIT_END, Kind.ACQUIRED,
    Kind.THREAD_BEGIN, Kind.THREAD_END,
):  # fmt: skip
    _IS_EVENT[_kind] = True
_LOCKS = np.zeros(256, np.bool_)
_LOCKS[[Wait.LOCK, Wait.SEMAPHORE]] = True

Waits = NDArray[np.void]


@dataclass(slots=True)
class AgentLayer:
    """``rows`` of the layer; ``waits``: all that were open (the first ``carried``) or began in the
    window.  ``acquired_at``/``wait_begin``: records (index in the window) that ended a wait for a
    lock, and when it had begun.  ``ignored``: ends that fitted no wait."""

    rows: Rows
    waits: Waits
    carried: int
    acquired_at: NDArray[np.int64]
    wait_begin: NDArray[np.int64]
    ignored: int


def build(
    window: Window, carried: Waits, of_tasks: NDArray[np.bool_], ended: NDArray[np.bool_]
) -> AgentLayer:
    """Build the layer for ``window`` (in the order of (thread, time)).

    ``carried``: waits that were open before it, in the order of (thread, begin); ``of_tasks``: for
    every record whether its object belongs to asyncio; ``ended``: by thread, whether it had ended.
    """
    event = _IS_EVENT[window.kind]
    acquired = window.kind == Kind.ACQUIRED
    event &= ~acquired | (((window.flags & Acquired.AFTER_WAIT) != 0) & ~of_tasks)
    at = np.flatnonzero(event)
    at = at[~ended[window.thread[at]]]
    at = at[~_after_end(window, at)]
    events = window.take(at)
    begins = np.isin(events.kind, _BEGINS)
    reason = np.where(events.kind == Kind.LOOP_WAIT_BEGIN, Wait.SELECT, events.flags & 0xFF).astype(np.uint16)

    n_old = len(carried)
    waits = np.empty(n_old + int(begins.sum()), WAIT_DTYPE)
    waits[:n_old] = carried
    new = waits[n_old:]
    new["thread"] = events.thread[begins]
    new["object"] = events.object[begins]
    new["begin"] = events.time[begins]
    new["end"] = OPEN
    new["value"] = events.value[begins]
    new["location"] = events.location[begins]
    new["reason"] = reason[begins]
    new["result"] = 0

    # carried waits stand in front of their thread's events
    thread = np.concatenate([carried["thread"], events.thread])
    n = len(thread)
    order = groups.order_by_group(thread)
    wait_of = np.full(n, -1, np.int64)
    wait_of[:n_old] = np.arange(n_old)
    wait_of[n_old:][begins] = n_old + np.arange(len(new))
    begins = np.concatenate([np.ones(n_old, np.bool_), begins])
    kind = np.concatenate([np.zeros(n_old, np.uint16), events.kind])
    # a thread's begin and end are not ends of waits
    bracket = (kind != Kind.THREAD_BEGIN) & (kind != Kind.THREAD_END)
    tag = np.concatenate([carried["object"], events.object]).astype(np.int64)
    order_b = order[bracket[order]]
    partner_b, top_b = brackets.match(thread[order_b], begins[order_b], tag[order_b])
    partner = np.full(n, -1, np.int64)
    matched = partner_b >= 0
    partner[order_b[matched]] = order_b[partner_b[matched]]
    top = np.full(n, -1, np.int64)
    inside = top_b >= 0
    top[order_b[inside]] = order_b[top_b[inside]]

    flags = np.concatenate([np.zeros(n_old, np.uint16), events.flags])
    time = np.concatenate([carried["begin"], events.time])
    closing = np.flatnonzero(~begins & (partner >= 0))
    closed = wait_of[partner[closing]]
    waits["end"][closed] = time[closing]
    by_acquire = kind[closing] == Kind.ACQUIRED
    waits["result"][closed] = np.where(by_acquire, Result.GOT, flags[closing] & 0xFF00)
    # waits that an outer end, or the end of the thread, closed over
    _cut(waits, wait_of, thread, time, order[kind[order] == Kind.THREAD_END], order_b, top)

    rows = _rows(order[order >= n_old] - n_old, n_old, events, waits, wait_of, top, partner)
    got = closing[by_acquire]
    return AgentLayer(
        rows=rows,
        waits=waits,
        carried=n_old,
        acquired_at=at[got - n_old],
        wait_begin=waits["begin"][wait_of[partner[got]]],
        ignored=int((~begins & bracket & (partner < 0)).sum()),
    )


def _after_end(window: Window, at: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Events of a thread behind its THREAD_END."""
    ends = window.kind[at] == Kind.THREAD_END
    if not ends.any():
        return np.zeros(len(at), np.bool_)
    first = groups.first_of_group(window.thread[at])
    last_end = groups.before(groups.last_where(ends, groups.group_start(first)), first)
    return last_end >= 0


def _cut(
    waits: Waits,
    wait_of: NDArray[np.int64],
    thread: NDArray[np.int32],
    time: NDArray[np.int64],
    thread_ends: NDArray[np.int64],
    order: NDArray[np.int64],
    top: NDArray[np.int64],
) -> None:
    """Close waits that have no end of their own and are not open either."""
    open_ = np.flatnonzero(waits["end"] == OPEN)
    if not len(open_):
        return
    # Still open are, at the end of each thread, the innermost and those around it: as brackets
    # nest, exactly the begins without a partner that no later event of the thread lies outside of.
    last = order[groups.last_of_group(thread[order])]
    ended = np.isin(waits["thread"][open_], thread[thread_ends])
    for wait in open_[ended]:
        end = thread_ends[thread[thread_ends] == waits["thread"][wait]][0]
        waits["end"][wait] = max(int(time[end]), int(waits["begin"][wait]))
        waits["result"][wait] = CUT
    survivors = open_[~ended]
    if not len(survivors):
        return
    innermost = {int(thread[row]): int(top[row]) for row in last}
    depth_of: dict[int, list[int]] = {}
    for wait in survivors:
        depth_of.setdefault(int(waits["thread"][wait]), []).append(int(wait))
    for owner, mine in depth_of.items():
        row = innermost.get(owner, -1)
        keep = int(wait_of[row]) if row >= 0 else -1
        position = mine.index(keep) if keep in mine else -1
        for wait in mine[position + 1 :]:
            waits["end"][wait] = max(int(waits["begin"][wait]), int(time[last[thread[last] == owner][0]]))
            waits["result"][wait] = CUT


def _rows(
    index: NDArray[np.int64],
    n_old: int,
    events: Window,
    waits: Waits,
    wait_of: NDArray[np.int64],
    top: NDArray[np.int64],
    partner: NDArray[np.int64],
) -> Rows:
    """One row per event, in the order of (thread, time)."""
    top = top[index + n_old]
    wait = waits[wait_of[np.maximum(top, 0)]] if len(waits) else np.zeros(len(index), WAIT_DTYPE)
    inside = top >= 0
    reason = np.where(inside, wait["reason"], 0).astype(np.uint8)
    waiting = np.where(_LOCKS[reason] & (wait["object"] >= 0), Doing.LOCKING, Doing.WAITING)
    code = np.where(inside, waiting, Doing.PYTHON)
    code[events.kind[index] == Kind.THREAD_END] = Doing.NOTHING
    closed = partner[index + n_old]
    ends = closed >= 0
    ends &= wait_of[index + n_old] < 0
    location = events.location[index].copy()
    # the end of a wait may not say where it is: it is where the wait began
    unknown = np.flatnonzero(ends & (location < 0))
    location[unknown] = waits["location"][wait_of[closed[unknown]]]
    flags = events.flags[index]
    ended = np.where(ends & ((flags & Result.TIMEOUT) != 0), int(SpanFlag.TIMED_OUT), 0)
    ended |= np.where(ends & ((flags & (Result.FAILED | Result.CANCELLED)) != 0), int(SpanFlag.FAILED), 0)
    ended[events.kind[index] == Kind.ACQUIRED] = 0
    begun = np.zeros(len(index), np.int64)
    begun[ends] = waits["begin"][wait_of[closed[ends]]]
    return make_rows(
        Layer.AGENT,
        events.thread[index],
        events.time[index],
        code,
        reason=reason,
        object=np.where(inside, wait["object"], -1),
        location=np.where(inside, wait["location"], location),
        call=np.where(inside, wait["begin"], begun),
        ended=ended,
    )
