"""Lock tracks: who has each lock, from when to when, and how many wait; and layer LOCK of those who wait.

A lock is taken by a waiter when it is released, not when the waiter's ``acquire`` returns: that
needs the GIL as well.  So an acquisition that waited owns the lock from the release before it.
While a released lock has waiters, it is not settled whose it is until the next record of it.

A semaphore has no owner, unless it has one permit; ``reason`` of its spans says how many are
inside.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engine.agent.layout import Acquired, Kind
from engine.assembler import groups
from engine.assembler.agent_layer import OPEN, Waits
from engine.assembler.rows import Layer, LockView, Rows, make_rows
from engine.model import SPAN_DTYPE, State

Ints = NDArray[np.int64]

#: A waiter is told of so many changes of owner while it waits; after that the owner is not named.
MOST_OWNERS = 64
NOBODY = -1

#: A record about a lock, or half of one.
EVENT_DTYPE = np.dtype(
    [
        ("time", "<i8"),
        ("wait_begin", "<i8"),  # acquisitions after a wait: when it began, else -1
        ("value", "<i8"),
        ("lock", "<i4"),  # index of the lock
        ("who", "<i4"),  # track
        ("location", "<i4"),
        ("kind", "<u2"),
        ("flags", "<u2"),
    ]
)
#: From ``time`` on the lock is in ``state``.
STEP_DTYPE = np.dtype(
    [
        ("time", "<i8"),
        ("lock", "<i4"),
        ("owner", "<i4"),
        ("location", "<i4"),
        ("number", "<i4"),  # counts the steps of a lock
        ("state", "u1"),
        ("inside", "u1"),
    ]
)
#: ``by`` more threads (or tasks) wait for the lock.
QUEUE_DTYPE = np.dtype([("time", "<i8"), ("lock", "<i4"), ("by", "<i4")])
CLOSING_DTYPE = np.dtype([("time", "<i8"), ("lock", "<i4")])
#: A wait for a lock, as long as something about it is not settled.
CLAIM_DTYPE = np.dtype(
    [
        ("thread", "<i4"),
        ("lock", "<i4"),
        ("track", "<i4"),
        ("begin", "<i8"),
        ("end", "<i8"),
        ("ours", "<i8"),  # when the lock became ours, -1
        ("number", "<i4"),  # of the lock's step at ``begin``; -1: not settled yet
    ]
)
#: What is known of a lock now, by index.
STATE_DTYPE = np.dtype(
    [
        ("start", "<i8"),  # of the open span
        ("owner", "<i4"),
        ("location", "<i4"),
        ("depth", "<i4"),
        ("steps", "<i4"),
        ("permits", "<i4"),  # semaphores: how many there are, -1 not known; 0: no semaphore
        ("count", "<i4"),  # semaphores without known permits: taken and not given back
        ("state", "u1"),  # State.NONE: nothing known yet
        ("inside", "u1"),
        ("released", "<i8"),  # when it was released last; -1 while owned
        ("settled", "<i8"),  # up to here
    ]
)

Events = NDArray[np.void]
Steps = NDArray[np.void]


@dataclass(slots=True)
class LockBook:
    """Everything carried from window to window."""

    states: NDArray[np.void] = field(default_factory=lambda: np.zeros(0, STATE_DTYPE))
    pending: Events = field(default_factory=lambda: np.empty(0, EVENT_DTYPE))
    queue: NDArray[np.void] = field(default_factory=lambda: np.empty(0, QUEUE_DTYPE))
    claims: NDArray[np.void] = field(default_factory=lambda: np.empty(0, CLAIM_DTYPE))

    def copy(self) -> LockBook:
        return LockBook(self.states.copy(), self.pending, self.queue, self.claims.copy())

    def add(self, permits: list[int], start_ns: list[int]) -> None:
        """New locks, with the next indices; ``permits`` as in STATE_DTYPE."""
        rows = np.zeros(len(permits), STATE_DTYPE)
        rows["start"] = start_ns
        rows["owner"] = rows["location"] = rows["released"] = NOBODY
        rows["permits"] = permits
        self.states = np.concatenate([self.states, rows])


@dataclass(slots=True)
class Settled:
    """``steps``: owner changes, in the order of (lock, time); ``views``: layer LOCK; ``spans`` with
    ``span_lock``: of the lock tracks; ``limits``: (thread, time): nothing is known of the thread's
    wait from there on."""

    steps: Steps
    views: Rows
    spans: NDArray[np.void]
    span_lock: NDArray[np.int32]
    limit_thread: NDArray[np.int32]
    limit_time: Ints


def new_claims(waits: Waits, lock: NDArray[np.int32], tracks: NDArray[np.int32]) -> NDArray[np.void]:
    """Waits for locks as claims; ``lock`` is each one's index, ``tracks`` the track by thread."""
    claims = np.zeros(len(waits), CLAIM_DTYPE)
    claims["thread"], claims["lock"] = waits["thread"], lock
    claims["track"] = tracks[waits["thread"]]
    claims["begin"], claims["end"] = waits["begin"], waits["end"]
    claims["ours"] = claims["number"] = -1
    return claims


def settle(
    book: LockBook,
    events: Events,
    queue: NDArray[np.void],
    closing: NDArray[np.void],
    until: int,
    *,
    final: bool,
) -> Settled:
    """Bring the book up to ``until``.

    ``events`` (in the order of time) and ``queue`` are new; ``book.claims`` must have the new
    claims and the ends of older ones.  ``closing``: (time, lock) where tracks end.  ``final``:
    nothing follows, so everything is settled.
    """
    events = np.concatenate([book.pending, events]) if len(book.pending) else events
    events = events[groups.order_by_group(events["lock"])]
    events, book.pending, limit = _hold_back(book, events, until, final=final)
    steps, ours_event, ours_time = _steps(book, events)
    if len(closing):
        steps = _close(book, steps, closing)
        limit[closing["lock"]] = until
    claims = _give_ours(book, events, ours_event, ours_time)
    queue = np.concatenate([book.queue, queue])
    # a waiter whose the lock has become waits for it no more
    if len(claims):
        moved = queue["by"] < 0
        _move_ends(queue, moved, claims)
    ready = queue["time"] < limit[queue["lock"]]
    book.queue = queue[~ready]
    views = _views(book, claims, steps, limit)
    spans, span_lock = _spans(book, steps, queue[ready], limit)
    unsettled = claims["end"] > limit[claims["lock"]]
    unsettled &= claims["begin"] < until
    blocked = unsettled & (limit[claims["lock"]] < np.minimum(claims["end"], until))
    book.claims = claims[unsettled | (claims["begin"] >= until)]
    held = claims[blocked]
    touched = np.flatnonzero(limit > book.states["settled"])
    book.states["settled"][touched] = limit[touched]
    return Settled(
        steps, views, spans, span_lock, held["thread"], np.maximum(held["begin"], limit[held["lock"]])
    )


def _hold_back(book: LockBook, events: Events, until: int, *, final: bool) -> tuple[Events, Events, Ints]:
    """Keep back the last release of locks that somebody waits for.

    Gives the events that are settled, the others, and up to when each lock is."""
    limit = np.full(len(book.states), until, np.int64)
    claims = book.claims
    if final or not len(claims):
        return events, events[:0], limit
    waited_for = np.zeros(len(book.states), np.bool_)
    waited_for[claims["lock"][(claims["end"] == OPEN) | (claims["end"] >= until)]] = True
    last = groups.last_of_group(events["lock"])
    hold = last & _releases(book, events) & waited_for[events["lock"]]
    limit[events["lock"][hold]] = events["time"][hold]
    # released in an earlier window, when nobody waited: that is settled
    return events[~hold], events[hold], limit


def _releases(book: LockBook, events: Events) -> NDArray[np.bool_]:
    """Releases that leave a mutex free."""
    frees: NDArray[np.bool_] = book.states["permits"][events["lock"]] == 0
    frees &= events["kind"] == Kind.RELEASED
    frees &= events["value"] <= 0
    return frees


def _steps(book: LockBook, events: Events) -> tuple[Steps, Ints, Ints]:
    """Owner changes, and for acquisitions that waited: (index of the event, when it became theirs)."""
    states = book.states
    lock, kind = events["lock"], events["kind"]
    permits = states["permits"][lock]
    mutex = permits == 0
    acquired = kind == Kind.ACQUIRED
    frees = _releases(book, events)
    reentered = (events["flags"] & Acquired.REENTERED) != 0
    changes = np.where(mutex, (acquired & ~reentered) | frees, True)
    events, frees = events[changes], frees[changes]
    index = np.flatnonzero(changes)
    lock, kind, permits, mutex = lock[changes], kind[changes], permits[changes], mutex[changes]
    acquired = acquired[changes]
    n = len(events)
    first = groups.first_of_group(lock)

    # when the lock was released before each event, -1: it was not
    released = np.where(frees, events["time"], -1)
    before = np.empty(n, np.int64)
    if n:
        before[0] = -1
        before[1:] = released[:-1]
        before[first] = states["released"][lock[first]]
    waited = acquired & mutex & (events["wait_begin"] >= 0) & (before >= 0)
    time = np.where(waited, np.maximum(before, events["wait_begin"]), events["time"])
    time = np.minimum(time, events["time"])

    steps = np.zeros(n, STEP_DTYPE)
    steps["time"], steps["lock"] = time, lock
    handed = (events["flags"] & Acquired.HANDED) != 0
    named = acquired & ~handed & (permits <= 1) & (permits >= 0)
    steps["owner"] = np.where(named, events["who"], NOBODY)
    steps["location"] = np.where(acquired, events["location"], -1)
    inside = _inside(book, lock, acquired, permits, events["value"], first)
    steps["inside"] = np.where(mutex, 0, np.clip(inside, 0, 255))
    steps["state"] = np.where(np.where(mutex, acquired, inside > 0), State.OWNED, State.FREE)
    steps["owner"][steps["state"] == State.FREE] = NOBODY
    ours = index[waited]
    last = np.flatnonzero(groups.last_of_group(lock))
    states["released"][lock[last]] = released[last]
    # steps that take no time are none: the lock went from hand to hand
    lasting = np.ones(n, np.bool_)
    if n > 1:
        lasting[:-1] = (time[1:] > time[:-1]) | (lock[1:] != lock[:-1])
    steps = steps[lasting]
    start = groups.group_start(groups.first_of_group(steps["lock"]))
    steps["number"] = states["steps"][steps["lock"]] + 1 + (np.arange(len(steps)) - start)
    return steps, ours, time[waited]


def _close(book: LockBook, steps: Steps, closing: NDArray[np.void]) -> Steps:
    """Steps that end tracks, behind all others of their locks."""
    ends = np.zeros(len(closing), STEP_DTYPE)
    ends["lock"] = closing["lock"]
    ends["owner"] = ends["location"] = NOBODY
    ends["state"] = State.NONE
    last = steps[groups.last_of_group(steps["lock"])]
    latest = {lock: (time, number) for lock, time, number in last[["lock", "time", "number"]].tolist()}
    for row, (time, lock) in enumerate(closing[["time", "lock"]].tolist()):
        at, number = latest.get(lock, (0, int(book.states["steps"][lock])))
        ends["time"][row], ends["number"][row] = max(time, at), number + 1
    steps = np.concatenate([steps, ends])
    return steps[groups.order_by_group(steps["lock"])]


def _inside(
    book: LockBook,
    lock: NDArray[np.int32],
    acquired: NDArray[np.bool_],
    permits: NDArray[np.int32],
    value: Ints,
    first: NDArray[np.bool_],
) -> Ints:
    """How many have the semaphore after each event."""
    known = permits - value
    if not (permits < 0).any():
        return known
    count = groups.running_sum(np.where(acquired, 1, -1), groups.group_start(first))
    count += book.states["count"][lock]
    last = np.flatnonzero(groups.last_of_group(lock))
    book.states["count"][lock[last]] = count[last]
    return np.where(permits < 0, count, known)


def _give_ours(book: LockBook, events: Events, index: Ints, time: Ints) -> NDArray[np.void]:
    """Tell the claims when the lock became theirs."""
    claims = book.claims
    if not len(claims) or not len(index):
        return claims
    claims = claims[groups.order_by(claims["track"], claims["begin"])]
    got = events[index]
    found = groups.find_in(claims["track"], claims["begin"], got["who"], got["wait_begin"])
    fits = found >= 0
    fits &= claims["lock"][np.maximum(found, 0)] == got["lock"]
    fits &= claims["begin"][np.maximum(found, 0)] == got["wait_begin"]
    claims["ours"][found[fits]] = time[fits]
    return claims


def _move_ends(queue: NDArray[np.void], moved: NDArray[np.bool_], claims: NDArray[np.void]) -> None:
    """Ends of waiting that lie behind the moment when the lock became the waiter's move to it."""
    ours = claims[(claims["ours"] >= 0) & (claims["ours"] < claims["end"]) & (claims["end"] != OPEN)]
    if not len(ours) or not moved.any():
        return
    ends = np.flatnonzero(moved)
    ends = ends[groups.order_by(queue["lock"][ends], queue["time"][ends])]
    ours = ours[groups.order_by(ours["lock"], ours["end"])]
    found = groups.find_in(queue["lock"][ends], queue["time"][ends], ours["lock"], ours["end"])
    fits = found >= 0
    fits &= queue["time"][ends[np.maximum(found, 0)]] == ours["end"]
    # two waits for one lock do not end in the same nanosecond; if they did, one would stay
    queue["time"][ends[found[fits]]] = ours["ours"][fits]


def _views(book: LockBook, claims: NDArray[np.void], steps: Steps, limit: Ints) -> Rows:
    """Layer LOCK for all claims, as far as their locks are settled."""
    lock = claims["lock"]
    begins = (claims["number"] < 0) & (claims["begin"] < limit[lock])
    fresh = np.flatnonzero(begins)
    parts = []
    states = book.states
    if len(fresh):
        found = groups.find_in(steps["lock"], steps["time"], lock[fresh], claims["begin"][fresh])
        old = states[lock[fresh]]
        state = groups.pick(steps["state"], found, 0)
        owner = np.where(found >= 0, groups.pick(steps["owner"], found, NOBODY), old["owner"])
        state = np.where(found >= 0, state, old["state"])
        number = np.where(found >= 0, groups.pick(steps["number"], found, 0), old["steps"])
        claims["number"][fresh] = number
        mine = claims[fresh]
        # Whoever had the lock when its wait began waits for itself.
        parts.append(_view(mine["thread"], mine["begin"], state, owner))
    if len(steps):
        after = np.maximum(claims["begin"], states["settled"][lock] - 1)
        low = groups.find_in(steps["lock"], steps["time"], lock, after)
        end = np.minimum(claims["end"], limit[lock])
        high = groups.find_in(steps["lock"], steps["time"], lock, end, side_right=False)
        # -1: no step of this lock that early; count from its first one
        begin_of = np.searchsorted(steps["lock"], lock, "left")
        low = np.where(low < 0, begin_of, low + 1)
        high = np.where(high < 0, begin_of, high + 1)
        counts = np.clip(high - low, 0, None)
        counts[claims["number"] < 0] = 0
        first_number = steps["number"][np.minimum(low, len(steps) - 1)]
        room = claims["number"] + MOST_OWNERS + 2 - first_number
        counts = np.minimum(counts, np.clip(room, 0, None))
        which, offset = groups.expand(counts)
        step = steps[low[which] + offset]
        too_many = step["number"] - claims["number"][which] > MOST_OWNERS
        owner = np.where(too_many, NOBODY, step["owner"])
        state = np.where(too_many, State.OWNED, step["state"])
        ours = owner == claims["track"][which]
        parts.append(_view(claims["thread"][which], step["time"], state, owner, ours))
    ours = claims[(claims["ours"] >= 0) & (claims["number"] >= 0)]
    parts.append(make_rows(Layer.LOCK, ours["thread"], ours["ours"], LockView.OURS))
    return np.concatenate(parts)


def _view(
    thread: NDArray[np.int32],
    time: Ints,
    state: NDArray[np.generic],
    owner: NDArray[np.generic],
    ours: NDArray[np.bool_] | bool = False,
) -> Rows:
    """Rows of layer LOCK; ``ours``: where the lock came to the waiting thread."""
    code = np.where(state == State.FREE, LockView.FREE, LockView.UNKNOWN)
    code = np.where(state == State.OWNED, LockView.TAKEN, code)
    return make_rows(Layer.LOCK, thread, time, np.where(ours, LockView.OURS, code), owner=owner)


def _spans(
    book: LockBook, steps: Steps, queue: NDArray[np.void], limit: Ints
) -> tuple[NDArray[np.void], NDArray[np.int32]]:
    """Spans of lock tracks that ended, and their locks; brings ``book.states`` up to date."""
    states = book.states
    n_steps, n_queue = len(steps), len(queue)
    if not n_steps and not n_queue:
        return np.empty(0, SPAN_DTYPE), np.empty(0, np.int32)
    touched = np.unique(np.concatenate([steps["lock"], queue["lock"]]))
    lock = np.concatenate([touched, steps["lock"], queue["lock"]]).astype(np.int32)
    old_start = states["start"][touched]
    time = np.concatenate([old_start, steps["time"], queue["time"]])
    order = groups.order_by(lock, time)  # what was known before stands first
    is_step = np.zeros(len(lock), np.bool_)
    is_step[: len(touched) + n_steps] = True
    by = np.concatenate([states["depth"][touched], np.zeros(n_steps, np.int32), queue["by"]])

    def column(name: str) -> NDArray[np.generic]:
        return np.concatenate([states[name][touched], steps[name], np.zeros(n_queue, states[name].dtype)])

    lock, time, is_step = lock[order], time[order], is_step[order]
    first = groups.first_of_group(lock)
    start = groups.group_start(first)
    from_step = groups.last_where(is_step, start)
    depth = groups.running_sum(by[order], start).astype(np.int32)
    values = {name: column(name)[order][from_step] for name in ("state", "owner", "location", "inside")}
    last = groups.last_of_group(lock)
    # one stretch a moment: its last row
    lasting = last.copy()
    lasting[:-1] |= (lock[1:] != lock[:-1]) | (time[1:] > time[:-1])
    lock, time, depth = lock[lasting], time[lasting], depth[lasting]
    values = {name: column[lasting] for name, column in values.items()}
    keep = groups.first_of_group(lock)
    for column_ in (depth, *values.values()):
        keep[1:] |= column_[1:] != column_[:-1]
    lock, time, depth = lock[keep], time[keep], depth[keep]
    values = {name: column[keep] for name, column in values.items()}
    last = groups.last_of_group(lock)
    ending = np.flatnonzero(~last)
    spans = np.zeros(len(ending), SPAN_DTYPE)
    spans["start"], spans["end"] = time[ending], time[ending + 1]
    spans["state"], spans["owner"] = values["state"][ending], values["owner"][ending]
    spans["location"], spans["reason"] = values["location"][ending], values["inside"][ending]
    spans["depth"], spans["object"] = np.maximum(depth[ending], 0), -1
    wanted = spans["state"] != State.NONE
    now = lock[last]
    states["start"][now], states["depth"][now] = time[last], depth[last]
    for name in ("state", "owner", "location", "inside"):
        states[name][now] = values[name][last]
    if n_steps:
        end = np.flatnonzero(groups.last_of_group(steps["lock"]))
        states["steps"][steps["lock"][end]] = steps["number"][end]
    return spans[wanted], lock[ending][wanted]


def open_spans(book: LockBook, now_ns: int) -> tuple[NDArray[np.void], Ints]:
    """What every lock's track shows at ``now_ns``, and which lock each span is of."""
    going = np.flatnonzero((book.states["state"] != State.NONE) & (book.states["start"] < now_ns))
    states = book.states[going]
    spans = np.zeros(len(going), SPAN_DTYPE)
    spans["start"], spans["end"] = states["start"], now_ns
    spans["state"], spans["owner"] = states["state"], states["owner"]
    spans["location"], spans["reason"] = states["location"], states["inside"]
    spans["depth"], spans["object"] = np.maximum(states["depth"], 0), -1
    return spans, going
