"""Task tracks: ready, in a step, suspended.

In a step a task does what its thread does (runs, waits for the GIL, blocks the loop in a
``recv`` ...).  While an eager task runs its first step inside the step that made it, the outer
task could go on and does not: ``ready``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engine.agent.layout import Kind, Step, Wait
from engine.assembler import brackets, groups
from engine.assembler.combination import STRETCH_DTYPE, Stretches
from engine.assembler.rows import Window
from engine.model import State

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: Own kinds, beside those of ``layout.Kind``: an eager task's step begins on top of this one's, and ends.
COVERED, UNCOVERED = 1001, 1002
#: The timer that it sleeps on is due.
DUE = 1003
#: The process is gone.
GONE = 1004

EVENT_DTYPE = np.dtype(
    [
        ("time", "<i8"),
        ("value", "<i8"),  # AWAITS of a sleep, DUE: when it is due; DUE also needs ``number``
        ("task", "<i4"),  # index of the task
        ("object", "<i4"),  # AWAITS: what
        ("location", "<i4"),
        ("number", "<i4"),  # DUE: the step after which it slept
        ("kind", "<u2"),
        ("flags", "<u2"),
    ]
)
#: A step in progress, or one whose thread's states are not settled yet.
STEP_DTYPE = np.dtype(
    [
        ("begin", "<i8"),
        ("end", "<i8"),
        ("thread", "<i4"),
        ("task", "<i4"),
        ("number", "<i4"),
    ]
)
#: What is known of each task, by index.
STATE_DTYPE = np.dtype(
    [
        ("value", "<i8"),
        ("thread", "<i4"),
        ("object", "<i4"),  # of the last AWAITS since its step began
        ("location", "<i4"),
        ("number", "<i4"),  # steps begun
        ("reason", "u1"),
        ("stepping", "?"),
        ("ready", "?"),  # put on the loop again since its step began
        ("awaits", "?"),  # an AWAITS came since its step began
        ("over", "?"),
        ("awaited", "<i4"),  # while suspended: object id of what it awaits, -1
        ("why", "u1"),  # while suspended: layout.Wait
        ("shown", "u1"),  # state of its last row that was settled
    ]
)
OPEN = np.iinfo(np.int64).max
_IN_STEP = 254  # as a state: see the thread
_QUEUES = np.zeros(256, np.bool_)
_QUEUES[[Wait.LOCK, Wait.SEMAPHORE]] = True

Events = NDArray[np.void]


@dataclass(slots=True)
class TaskBook:
    """Everything carried from window to window."""

    states: NDArray[np.void] = field(default_factory=lambda: np.zeros(0, STATE_DTYPE))
    open_steps: NDArray[np.void] = field(default_factory=lambda: np.empty(0, STEP_DTYPE))
    due: Events = field(default_factory=lambda: np.empty(0, EVENT_DTYPE))
    rows: Stretches = field(default_factory=lambda: np.empty(0, STRETCH_DTYPE))  # not settled yet
    steps: NDArray[np.void] = field(default_factory=lambda: np.empty(0, STEP_DTYPE))

    def copy(self) -> TaskBook:
        return TaskBook(self.states.copy(), self.open_steps, self.due, self.rows, self.steps)

    def add(self, threads: list[int]) -> None:
        """New tasks, with the next indices, each on its thread."""
        rows = np.zeros(len(threads), STATE_DTYPE)
        rows["thread"] = threads
        rows["object"] = rows["location"] = rows["awaited"] = -1
        self.states = np.concatenate([self.states, rows])


@dataclass(slots=True)
class Stepping:
    """Which task each thread is busy with.

    ``current``: for every record of the window the index of the task whose step it is written in,
    -1 none.  ``events``: COVERED and UNCOVERED."""

    current: NDArray[np.int32]
    events: Events


def steps_in(book: TaskBook, window: Window, task: NDArray[np.int32]) -> Stepping:
    """Follow the steps of all threads; ``task``: index of each record's object as a task, -1.

    Adds to ``book.steps`` the steps that began in the window (and ends those that were open)."""
    at = np.flatnonzero(
        ((window.kind == Kind.TASK_STEP_BEGIN) | (window.kind == Kind.TASK_STEP_END)) & (task >= 0)
    )
    carried = book.open_steps
    n_old, n = len(carried), len(carried) + len(at)
    begins = np.concatenate([np.ones(n_old, np.bool_), window.kind[at] == Kind.TASK_STEP_BEGIN])
    thread = np.concatenate([carried["thread"], window.thread[at]])
    time = np.concatenate([carried["begin"], window.time[at]])
    who = np.concatenate([carried["task"], task[at]])
    order = groups.order_by_group(thread)
    partner = np.full(n, -1, np.int64)
    top = np.full(n, -1, np.int64)
    partner_o, top_o = brackets.match(thread[order], begins[order], who[order].astype(np.int64))
    has, inside = partner_o >= 0, top_o >= 0
    partner[order[has]] = order[partner_o[has]]
    top[order[inside]] = order[top_o[inside]]

    steps = np.zeros(int(begins.sum()), STEP_DTYPE)
    row_of = np.cumsum(begins) - 1
    rows = np.flatnonzero(begins)
    steps["thread"], steps["task"], steps["begin"] = thread[rows], who[rows], time[rows]
    steps["end"] = np.where(partner[rows] >= 0, time[partner[rows]], OPEN)
    # a step that an outer one's end closed over ended with it at the latest
    last = order[groups.last_of_group(thread[order])] if n else order
    open_now = np.zeros(len(steps), np.bool_)
    _keep_open(thread, begins, partner, top, last, row_of, open_now)
    lost = (steps["end"] == OPEN) & ~open_now
    if lost.any():
        final = dict(zip(thread[last].tolist(), time[last].tolist(), strict=True))
        steps["end"][lost] = [final[t] for t in steps["thread"][lost].tolist()]
    _number(book, steps, n_old)
    ended = dict(
        zip(zip(carried["task"].tolist(), carried["begin"].tolist(), strict=True), range(n_old), strict=True)
    )
    for going in np.flatnonzero(book.steps["end"] == OPEN):
        found = ended.get((int(book.steps["task"][going]), int(book.steps["begin"][going])))
        if found is not None:
            book.steps["end"][going] = steps["end"][found]
    book.steps = _one_at_a_time(np.concatenate([book.steps, steps[n_old:]]))
    book.open_steps = steps[open_now]

    current = np.full(len(window), -1, np.int32)
    if n:
        first = groups.first_of_group(window.thread)
        marked = np.zeros(len(window), np.bool_)
        marked[at] = True
        before = groups.last_where(marked, groups.group_start(first))
        number = np.full(len(window), -1, np.int64)
        number[at] = n_old + np.arange(len(at))
        row = np.where(before >= 0, number[np.maximum(before, 0)], -1)
        top_task = np.where(top >= 0, who[np.maximum(top, 0)], -1).astype(np.int32)
        current = np.where(row >= 0, top_task[np.maximum(row, 0)], -1).astype(np.int32)
        if n_old:
            innermost = {int(t): int(k) for t, k in zip(carried["thread"], carried["task"], strict=True)}
            for t, k in innermost.items():
                current[(row < 0) & (window.thread == t)] = k
    return Stepping(current, _covers(who, time, begins, top, partner, order, thread, n_old))


def _one_at_a_time(steps: NDArray[np.void]) -> NDArray[np.void]:
    """A task is in one step at a time: one whose end is missing ends where the next one begins."""
    if len(steps) > 1:
        steps = steps[groups.order_by(steps["task"], steps["begin"])]
        same = steps["task"][1:] == steps["task"][:-1]
        ends = steps["end"][:-1]
        ends[same] = np.minimum(ends[same], steps["begin"][1:][same])
    return steps


def _keep_open(
    thread: NDArray[np.int32],
    begins: Bools,
    partner: Ints,
    top: Ints,
    last: Ints,
    row_of: Ints,
    open_now: Bools,
) -> None:
    """Mark the steps that go on: the innermost of each thread, and those around it."""
    without_end = np.flatnonzero(begins & (partner < 0))
    if not len(without_end):
        return
    innermost = {int(thread[row]): int(top[row]) for row in last}
    for row in without_end:
        inner = innermost[int(thread[row])]
        if inner >= row:  # begins stand in the order of their beginning within a thread
            open_now[row_of[row]] = True


def _number(book: TaskBook, steps: NDArray[np.void], n_old: int) -> None:
    """Number each task's steps."""
    old = dict(zip(book.open_steps["begin"].tolist(), book.open_steps["number"].tolist(), strict=True))
    steps["number"][:n_old] = [old[b] for b in steps["begin"][:n_old].tolist()]
    new = steps[n_old:]
    order = groups.order_by(new["task"], new["begin"])
    start = groups.group_start(groups.first_of_group(new["task"][order]))
    number = np.empty(len(new), np.int64)
    number[order] = np.arange(len(new)) - start + 1
    new["number"] = book.states["number"][new["task"]] + number


def _covers(
    who: NDArray[np.int32],
    time: Ints,
    begins: Bools,
    top: Ints,
    partner: Ints,
    order: Ints,
    thread: NDArray[np.int32],
    n_old: int,
) -> Events:
    """COVERED and UNCOVERED events of outer tasks, where steps nest."""
    if len(order) < 2:
        return np.empty(0, EVENT_DTYPE)
    here, before = order[1:], order[:-1]
    same = thread[here] == thread[before]
    outer = np.where(same, top[before], -1)
    covers = (outer >= 0) & begins[here] & (who[np.maximum(outer, 0)] != who[here])
    covered, covered_by = here[covers], outer[covers]
    ends = here[~begins[here] & (partner[here] >= 0) & (top[here] >= 0)]
    ends = ends[who[top[ends]] != who[ends]]
    events = np.zeros(len(covered) + len(ends), EVENT_DTYPE)
    events["kind"] = np.repeat([COVERED, UNCOVERED], [len(covered), len(ends)])
    events["time"] = np.concatenate([time[covered], time[ends]])
    events["task"] = np.concatenate([who[covered_by], who[top[ends]]])
    events["object"] = events["location"] = -1
    fresh = np.concatenate([covered, ends]) >= n_old
    return events[fresh]


@dataclass(slots=True)
class Following:
    """``ends``: events that ended a task.  ``queue_object/time/by``: tasks that begin (1) or stop (-1)
    to wait for an asyncio lock.  ``resumed_...``: tasks that were suspended and went on."""

    ends: Events
    resumed_task: NDArray[np.int32]
    resumed_time: Ints
    resumed_object: NDArray[np.int32]
    resumed_reason: NDArray[np.uint8]
    queue_object: NDArray[np.int32]
    queue_time: Ints
    queue_by: NDArray[np.int32]


def follow(book: TaskBook, events: Events, until: int) -> Following:
    """Turn the events of all tasks into rows of their tracks (``book.rows``).

    ``events``: new ones in the order of time, all before ``until``.
    """
    # the timers of sleeps that begin here may be due here as well
    sleeps = events[
        (events["kind"] == Kind.TASK_AWAITS)
        & ((events["flags"] & 0xFF) == Wait.SLEEP)
        & (events["value"] > 0)
    ]
    due = np.concatenate([book.due, _timers(book, events, sleeps)])
    events = np.concatenate([events, due[due["time"] < until]])
    book.due = due[due["time"] >= until]
    events = events[groups.order_by(events["task"], events["time"])]
    n = len(events)
    states = book.states
    task, kind, time, flags = events["task"], events["kind"], events["time"], events["flags"]
    first = groups.first_of_group(task)
    start = groups.group_start(first)
    old = states[task]
    begin, end = kind == Kind.TASK_STEP_BEGIN, kind == Kind.TASK_STEP_END
    edge = groups.before(groups.last_where(begin | end, start), first)
    stepping = np.where(edge >= 0, begin[np.maximum(edge, 0)], old["stepping"])
    last_begin = groups.last_where(begin, start)
    number = groups.running_sum(begin.astype(np.int64), start) + old["number"]

    def since_begin(mask: Bools, carried: Bools) -> Bools:
        """Whether ``mask`` came since the last begin."""
        index = groups.last_where(mask, start)
        return ((index >= 0) & (index > last_begin)) | ((last_begin < 0) & carried)

    ready = since_begin(kind == Kind.TASK_READY, old["ready"])
    awaits = kind == Kind.TASK_AWAITS
    awaited = since_begin(awaits, old["awaits"])
    said = groups.last_where(awaits, start)

    def latest(values: NDArray[np.generic], before: NDArray[np.generic]) -> NDArray[np.generic]:
        return np.where(said >= 0, values[np.maximum(said, 0)], before) if n else before

    last_said = (
        latest((flags & 0xFF).astype(np.uint8), old["reason"]),
        latest(events["object"], old["object"]),
        latest(events["location"], old["location"]),
        latest(events["value"], old["value"]),
    )
    reason = np.where(awaited, last_said[0], 0).astype(np.uint8)
    object_ = np.where(awaited, last_said[1], -1)
    location, over_at = last_said[2], np.where(awaited, last_said[3], 0)

    finished = (end & ((flags & 0xFF) != 0)) | (kind == GONE)
    was_over = groups.before(groups.last_where(finished, start), first) >= 0
    was_over |= old["over"]
    suspends = end & ~finished & ~ready & ((flags & Step.READY) == 0)
    overslept = suspends & (reason == Wait.SLEEP) & (over_at > 0) & (over_at <= time)
    suspends &= ~overslept

    state = np.full(n, State.NONE, np.uint8)
    row = np.zeros(n, np.bool_)

    def give(where: Bools, what: int) -> None:
        state[where] = what
        row[where] = True

    give((kind == Kind.TASK_CREATED) & ~stepping, State.READY)
    give((kind == Kind.TASK_READY) & ~stepping, State.READY)
    give(begin | (kind == UNCOVERED), _IN_STEP)
    give(kind == COVERED, State.READY)
    give(end & ~finished, State.READY)
    give(suspends, State.SUSPENDED)
    give((kind == DUE) & ~stepping & (events["number"] == number), State.READY)
    give(finished, State.NONE)
    row &= ~was_over
    # a timer that is due, or a second call to go on, changes nothing for a task that is ready
    rows = np.zeros(int(row.sum()), STRETCH_DTYPE)
    suspended = state[row] == State.SUSPENDED
    rows["thread"], rows["time"], rows["state"] = task[row], time[row], state[row]
    rows["object"] = np.where(suspended, object_[row], -1)
    rows["reason"] = np.where(suspended, reason[row], 0)
    # a task that is ready is where it was suspended
    rows["location"] = np.where(suspended | (state[row] == State.READY), location[row], -1)
    rows["call"] = np.where(suspended, time[row], 0)
    rows["exact"] = suspended
    rows["owner"] = -1
    rows["depth"] = number[row]
    was_object, was_reason = _suspensions(book, rows)
    queue = _queues(rows, was_object, was_reason)
    resumed = was_reason > 0
    ends = events[finished & ~was_over]
    _keep(states, events, groups.last_of_group(task), begin, end, edge, number, ready, awaited,
          last_said, was_over | finished)  # fmt: skip
    book.rows = np.concatenate([book.rows, rows])
    return Following(
        ends,
        rows["thread"][resumed],
        rows["time"][resumed],
        was_object[resumed],
        was_reason[resumed],
        *queue,
    )


def _timers(book: TaskBook, events: Events, sleeps: Events) -> Events:
    """DUE events for sleeps; each knows after which step it slept."""
    timers = sleeps.copy()
    # what is said to be due before it began is due at once
    timers["time"], timers["kind"] = np.maximum(sleeps["value"], sleeps["time"]), DUE
    timers["number"] = book.states["number"][sleeps["task"]]
    begins = events[events["kind"] == Kind.TASK_STEP_BEGIN]
    if len(begins) and len(timers):
        order = groups.order_by(begins["task"], begins["time"])
        begins = begins[order]
        low = np.searchsorted(begins["task"], timers["task"], "left")
        found = groups.find_in(begins["task"], begins["time"], sleeps["task"], sleeps["time"])
        timers["number"] += np.where(found >= 0, found - low + 1, 0).astype(np.int32)
    return timers


def _suspensions(book: TaskBook, rows: Stretches) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """For every row what its task had awaited until then, and why (-1 and 0: it was not suspended)."""
    task = rows["thread"]
    suspended = rows["state"] == State.SUSPENDED
    awaited = np.where(suspended, rows["object"], -1).astype(np.int32)
    # a reason may be missing from the record; that it was suspended is certain
    why = np.where(suspended, np.maximum(rows["reason"], Wait.OTHER * (rows["reason"] == 0)), 0).astype(
        np.uint8
    )
    was_object, was_reason = np.full(len(rows), -1, np.int32), np.zeros(len(rows), np.uint8)
    if len(rows):
        first, last = groups.first_of_group(task), groups.last_of_group(task)
        was_object[1:], was_reason[1:] = awaited[:-1], why[:-1]
        was_object[first] = book.states["awaited"][task[first]]
        was_reason[first] = book.states["why"][task[first]]
        book.states["awaited"][task[last]], book.states["why"][task[last]] = awaited[last], why[last]
    return was_object, was_reason


def _queues(
    rows: Stretches, was_object: NDArray[np.int32], was_reason: NDArray[np.uint8]
) -> tuple[NDArray[np.int32], Ints, NDArray[np.int32]]:
    """Who begins and stops to wait for an asyncio lock."""
    joins = _QUEUES[rows["reason"]] & (rows["object"] >= 0) & (rows["state"] == State.SUSPENDED)
    leaves = _QUEUES[was_reason] & (was_object >= 0)
    objects = np.concatenate([rows["object"][joins], was_object[leaves]]).astype(np.int32)
    times = np.concatenate([rows["time"][joins], rows["time"][leaves]])
    by = np.repeat(np.array([1, -1], np.int32), [int(joins.sum()), int(leaves.sum())])
    return objects, times, by


def _keep(
    states: NDArray[np.void],
    events: Events,
    last: Bools,
    begin: Bools,
    end: Bools,
    edge: Ints,
    number: Ints,
    ready: Bools,
    awaited: Bools,
    awaits: tuple[NDArray[np.generic], ...],
    over: Bools,
) -> None:
    at = np.flatnonzero(last)
    task = events["task"][at]
    stepping = np.where(edge >= 0, begin[np.maximum(edge, 0)], states["stepping"][events["task"]])
    stepping = np.where(begin, True, np.where(end, False, stepping))
    states["stepping"][task] = stepping[at]
    states["number"][task] = number[at]
    states["ready"][task] = ready[at]
    states["awaits"][task] = awaited[at]
    states["reason"][task], states["object"][task] = awaits[0][at], awaits[1][at]
    states["location"][task], states["value"][task] = awaits[2][at], awaits[3][at]
    states["over"][task] = over[at]


def merge(book: TaskBook, horizon: Ints, before: Ints, thread_stretches: Stretches) -> Stretches:
    """Rows of task tracks that are settled, in the order of (task, time), and takes them off the book.

    ``horizon`` and ``before``: by thread, up to when its states are settled now and were before;
    ``thread_stretches``: in the order of (thread, time), from before ``before`` on.
    """
    task_thread = book.states["thread"]
    rows = book.rows
    ready = rows["time"] < horizon[task_thread[rows["thread"]]]
    book.rows = rows[~ready]
    rows = rows[ready]
    steps = book.steps
    begin = np.maximum(steps["begin"], before[steps["thread"]])
    end = np.minimum(steps["end"], horizon[steps["thread"]])
    now = end > begin
    inside = _inside(steps[now], begin[now], end[now], thread_stretches)
    book.steps = steps[steps["end"] > horizon[steps["thread"]]]
    # where a step covers another one, the inner one's own rows say _IN_STEP and the outer's READY
    all_rows = np.concatenate([rows, inside])
    from_thread = np.repeat([0, 1], [len(rows), len(inside)])
    order = np.lexsort((from_thread, all_rows["time"], all_rows["thread"]))
    all_rows, from_thread = all_rows[order], from_thread[order]
    task = all_rows["thread"]
    first = groups.first_of_group(task)
    own = groups.last_where(from_thread == 0, groups.group_start(first))
    shown = np.where(own >= 0, all_rows["state"][np.maximum(own, 0)], book.states["shown"][task])
    last = groups.last_of_group(task)
    book.states["shown"][task[last]] = shown[last]
    keep = (from_thread == 0) | (shown == _IN_STEP)
    begins = np.flatnonzero((from_thread == 0) & (all_rows["state"] == _IN_STEP))
    found = groups.find_in(
        thread_stretches["thread"],
        thread_stretches["time"],
        task_thread[task[begins]],
        all_rows["time"][begins],
    )
    keep[begins[found < 0]] = False
    begins, found = begins[found >= 0], found[found >= 0]
    doing = thread_stretches[found]
    for name in ("state", "object", "owner", "location", "reason", "call", "exact"):
        all_rows[name][begins] = doing[name]
    settled: Stretches = all_rows[keep]
    return settled


def _inside(steps: NDArray[np.void], begin: Ints, end: Ints, stretches: Stretches) -> Stretches:
    """The thread's stretches within each step, as rows of the task."""
    if not len(steps) or not len(stretches):
        return np.empty(0, STRETCH_DTYPE)
    low = groups.find_in(stretches["thread"], stretches["time"], steps["thread"], begin)
    high = groups.find_in(stretches["thread"], stretches["time"], steps["thread"], end, side_right=False)
    low = np.where(low < 0, np.searchsorted(stretches["thread"], steps["thread"], "left"), low)
    counts = np.clip(high - low + 1, 0, None)
    which, offset = groups.expand(counts)
    rows: Stretches = stretches[low[which] + offset]
    rows["time"] = np.maximum(rows["time"], begin[which])
    rows["thread"] = steps["task"][which]
    rows["depth"] = steps["number"][which]
    rows["cut"] = 0
    rows["ended"] = np.where(offset == 0, 0, rows["ended"])
    return rows
