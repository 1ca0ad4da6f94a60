"""Arrows: what let somebody go on.

Two ways to find the cause.  An item, a message, a job has a number of its own: its put and its get
are matched by that, in whatever order they were stamped.  A lock, an event, a future has none: whoever
goes on was let go by the last release, set or result before it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engine.agent.layout import Acquired, Kind, Result, Wait
from engine.assembler import groups
from engine.model import ARROW_DTYPE, ARROW_KINDS, ArrowKind

Ints = NDArray[np.int64]
IdArray = NDArray[np.int32]

#: An end that was stamped before its begin is still matched within this time.
OUT_OF_ORDER_NS = 1_000_000_000

_CODES = {kind: code for code, kind in enumerate(ARROW_KINDS)}

# Classes of causes: what is remembered of each object.
_RELEASE, _SET, _NOTIFY, _BARRIER, _RESULT = range(5)
_N_CLASSES = 5
_ARROW_OF_CLASS = np.array(
    [
        _CODES[ArrowKind.RELEASE],
        _CODES[ArrowKind.WAKE],
        _CODES[ArrowKind.WAKE],
        _CODES[ArrowKind.WAKE],
        _CODES[ArrowKind.RESULT],
    ],
    np.uint8,
)
_CAUSE = np.full(1 << 16, -1, np.int8)
_CAUSE[Kind.RELEASED] = _RELEASE
_CAUSE[Kind.EVENT_SET] = _SET
_CAUSE[Kind.NOTIFY] = _NOTIFY
_CAUSE[Kind.BARRIER_ARRIVED] = _BARRIER
_CAUSE[Kind.FUTURE_DONE] = _RESULT
_CAUSE[Kind.TASK_STEP_END] = _RESULT  # when it was the last one
#: Which cause ends a wait for what.
CLASS_OF_REASON = np.full(256, -1, np.int8)
CLASS_OF_REASON[[Wait.LOCK, Wait.SEMAPHORE]] = _RELEASE
CLASS_OF_REASON[Wait.EVENT] = _SET
CLASS_OF_REASON[Wait.CONDITION] = _NOTIFY
CLASS_OF_REASON[Wait.BARRIER] = _BARRIER
CLASS_OF_REASON[[Wait.FUTURE, Wait.RESULT, Wait.TASK]] = _RESULT

# Classes of numbered things.
_ITEM, _MESSAGE, _JOB = range(3)
_NUMBERED_ARROW = np.array(
    [_CODES[ArrowKind.ITEM], _CODES[ArrowKind.MESSAGE], _CODES[ArrowKind.SUBMIT]], np.uint8
)
_BEGIN_OF = {Kind.PUT: _ITEM, Kind.SEND: _MESSAGE, Kind.SUBMITTED: _JOB}
_END_OF = {Kind.GET: _ITEM, Kind.RECEIVE: _MESSAGE, Kind.JOB_BEGIN: _JOB}

_USED = np.zeros(1 << 16, np.bool_)
_USED[_CAUSE >= 0] = True
for _kind in (*_BEGIN_OF, *_END_OF, Kind.ACQUIRED, Kind.WAIT_END, Kind.CANCEL_REQUESTED):
    _USED[_kind] = True

#: One end of an arrow that has a number.
END_DTYPE = np.dtype(
    [
        ("time", "<i8"),
        ("number", "<i8"),
        ("object", "<i4"),
        ("track", "<i4"),
        ("kind", "u1"),  # _ITEM ...
        ("arrives", "?"),
    ]
)
#: Somebody went on at ``time``, having waited for ``object``.
RESUMED_DTYPE = np.dtype([("time", "<i8"), ("object", "<i4"), ("track", "<i4"), ("reason", "u1")])


@dataclass(slots=True)
class ArrowBook:
    """Everything carried from window to window."""

    pending: NDArray[np.void] = field(default_factory=lambda: np.empty(0, END_DTYPE))
    #: by class and object id: when, and which track, the last cause was
    last_time: Ints = field(default_factory=lambda: np.full((_N_CLASSES, 0), -1, np.int64))
    last_track: IdArray = field(default_factory=lambda: np.full((_N_CLASSES, 0), -1, np.int32))

    def grow(self, objects: int) -> None:
        """Make room for so many objects."""
        have = self.last_time.shape[1]
        if objects > have:
            more = max(objects - have, have, 64)
            self.last_time = np.concatenate(
                [self.last_time, np.full((_N_CLASSES, more), -1, np.int64)], axis=1
            )
            self.last_track = np.concatenate(
                [self.last_track, np.full((_N_CLASSES, more), -1, np.int32)], axis=1
            )


@dataclass(slots=True)
class Records:
    """Records of one window, in the order of time.

    ``object``: for RECEIVE the other end of the pipe; for a job's begin the job, wherever it was
    submitted.  ``track``: whose record it is."""

    time: Ints
    kind: NDArray[np.uint16]
    flags: NDArray[np.uint16]
    value: Ints
    object: IdArray
    track: IdArray


def used(kind: NDArray[np.uint16]) -> NDArray[np.bool_]:
    """Which records matter here."""
    return _USED[kind]


def advance(book: ArrowBook, records: Records, resumed: NDArray[np.void], until: int) -> NDArray[np.void]:
    """Arrows whose ends lie in this window.

    ``resumed``: tasks that went on, in any order."""
    if len(records.object):
        book.grow(int(records.object.max()) + 1)
    if len(resumed):
        book.grow(int(resumed["object"].max()) + 1)
    parts = [_let_go(book, records, resumed), _numbered(book, records, until), _cancelled(records)]
    arrows = np.concatenate(parts)
    return arrows[np.argsort(arrows["to_time"], kind="stable")]


def _let_go(book: ArrowBook, records: Records, resumed: NDArray[np.void]) -> NDArray[np.void]:
    kind, flags = records.kind, records.flags
    which = _CAUSE[kind]
    cause = (which >= 0) & (records.object >= 0)
    cause &= (kind != Kind.BARRIER_ARRIVED) | (flags == 1)
    cause &= (kind != Kind.TASK_STEP_END) | ((flags & 0xFF) != 0)
    causes = np.flatnonzero(cause)

    acquired = (kind == Kind.ACQUIRED) & ((flags & Acquired.AFTER_WAIT) != 0)
    ended = (kind == Kind.WAIT_END) & ((flags & Result.GOT) != 0)
    reason = np.where(acquired, Wait.LOCK, flags & 0xFF)
    effect = (acquired | ended) & (CLASS_OF_REASON[reason] >= 0) & (records.object >= 0)
    effects = np.flatnonzero(effect)
    tasks = resumed[(CLASS_OF_REASON[resumed["reason"]] >= 0) & (resumed["object"] >= 0)]

    to_time = np.concatenate([records.time[effects], tasks["time"]])
    to_object = np.concatenate([records.object[effects], tasks["object"]])
    to_track = np.concatenate([records.track[effects], tasks["track"]])
    to_class = CLASS_OF_REASON[np.concatenate([reason[effects], tasks["reason"]])].astype(np.int64)
    group = which[causes].astype(np.int64) + _N_CLASSES * records.object[causes].astype(np.int64)
    order = groups.order_by_group(group)
    causes, group = causes[order], group[order]
    found = groups.find_in(group, records.time[causes], to_class + _N_CLASSES * to_object, to_time)
    has = found >= 0
    from_time = book.last_time[to_class, to_object]
    from_track = book.last_track[to_class, to_object]
    from_time[has] = records.time[causes[found[has]]]
    from_track[has] = records.track[causes[found[has]]]
    last = groups.last_of_group(group)
    at = causes[last]
    book.last_time[which[at], records.object[at]] = records.time[at]
    book.last_track[which[at], records.object[at]] = records.track[at]
    # nobody wakes himself
    known = (from_time >= 0) & (from_track >= 0) & (to_track >= 0) & (from_track != to_track)
    return _arrows(
        from_time[known], to_time[known], from_track[known], to_track[known], to_object[known],
        _ARROW_OF_CLASS[to_class[known]],
    )  # fmt: skip


def _numbered(book: ArrowBook, records: Records, until: int) -> NDArray[np.void]:
    ends = [book.pending]
    for kinds, arrives in ((_BEGIN_OF, False), (_END_OF, True)):
        for kind, what in kinds.items():
            rows = np.flatnonzero((records.kind == kind) & (records.object >= 0))
            if what != _JOB:
                rows = rows[records.value[rows] != 0]
            mine = np.zeros(len(rows), END_DTYPE)
            mine["time"], mine["object"], mine["track"] = (
                records.time[rows],
                records.object[rows],
                records.track[rows],
            )
            mine["number"] = 0 if what == _JOB else records.value[rows]
            mine["kind"], mine["arrives"] = what, arrives
            ends.append(mine)
    everything = np.concatenate(ends)
    if not len(everything):
        return _arrows()
    order = np.lexsort(
        (everything["arrives"], everything["number"], everything["object"], everything["kind"])
    )
    everything = everything[order]
    one, two = everything[:-1], everything[1:]
    pair = ~one["arrives"] & two["arrives"] & (one["number"] == two["number"])
    pair &= (one["object"] == two["object"]) & (one["kind"] == two["kind"])
    pair &= two["time"] >= one["time"] - OUT_OF_ORDER_NS
    first = np.flatnonzero(pair)
    begin, end = everything[first], everything[first + 1]
    matched = np.zeros(len(everything), np.bool_)
    matched[first] = matched[first + 1] = True
    rest = everything[~matched]
    book.pending = rest[~rest["arrives"] | (rest["time"] > until - OUT_OF_ORDER_NS)]
    known = (begin["track"] >= 0) & (end["track"] >= 0)
    begin, end = begin[known], end[known]
    return _arrows(
        np.minimum(begin["time"], end["time"]), end["time"], begin["track"], end["track"], begin["object"],
        _NUMBERED_ARROW[begin["kind"]],
    )  # fmt: skip


def _cancelled(records: Records) -> NDArray[np.void]:
    """From who asks to the task that is asked; ``advance``'s caller knows the task's track."""
    rows = np.flatnonzero((records.kind == Kind.CANCEL_REQUESTED) & (records.object >= 0))
    time = records.time[rows]
    return _arrows(
        time, time, records.track[rows], np.full(len(rows), -1, np.int32), records.object[rows],
        np.full(len(rows), _CODES[ArrowKind.CANCEL], np.uint8),
    )  # fmt: skip


def _arrows(*columns: NDArray[np.generic]) -> NDArray[np.void]:
    """from_time, to_time, from_track, to_track, object, kind."""
    arrows = np.zeros(len(columns[0]) if columns else 0, ARROW_DTYPE)
    names = ("from_time", "to_time", "from_track", "to_track", "object", "kind")
    for name, values in zip(names, columns, strict=bool(columns)):
        arrows[name] = values
    return arrows


def single(
    kind: ArrowKind, from_time: int, to_time: int, tracks: tuple[int, int], obj: int
) -> NDArray[np.void]:
    """One arrow that was found elsewhere."""
    arrow = np.zeros(1, ARROW_DTYPE)
    arrow["from_time"], arrow["to_time"] = min(from_time, to_time), to_time
    arrow["from_track"], arrow["to_track"] = tracks
    arrow["object"], arrow["kind"] = obj, _CODES[kind]
    return arrow
