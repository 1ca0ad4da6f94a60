"""Layers SYSTEM and CORE: what the operating system says of a thread, seen from outside.

A change of state was seen at ``time``; it happened since the look before.  Where the thread took
or let go of the GIL within that time, it happened then: that is what changes a thread's state
as a rule.  Else it is put in the middle.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.agent.layout import Os
from engine.assembler import groups
from engine.assembler.rows import Layer, Rows, make_rows

Ints = NDArray[np.int64]

#: Layer SYSTEM's code for "not looked at"; the others are ``layout.Os``.
NOT_SEEN = 0
#: A thread that spent this share of a stretch waiting for a core is said to have waited for one.
MOSTLY = 0.5


def state_rows(
    thread: NDArray[np.int32],
    time: Ints,
    state: NDArray[np.uint8],
    earliest: Ints,
    holds: Rows,
    before: Ints,
) -> Rows:
    """Layer SYSTEM from states seen at ``time``, which changed after ``earliest``.

    ``holds``: rows of layer HOLD in the order of (thread, time), complete up to the last ``time``;
    ``before``: by thread, when the last one before them was.
    """
    found = groups.find_in(holds["thread"], holds["time"], thread, time)
    taken = before[thread]
    taken[found >= 0] = holds["time"][found[found >= 0]]
    at = np.where(taken > earliest, taken, earliest + (time - earliest) // 2)
    code = np.where(state == Os.GONE, NOT_SEEN, state)
    return make_rows(Layer.SYSTEM, thread, np.minimum(at, time), code)


def gap_rows(thread: NDArray[np.int32], begin: Ints, end: Ints, state: NDArray[np.uint8]) -> Rows:
    """Layer SYSTEM where nobody looked: ``state`` of each thread before the gap is not known in it.

    One that waits for the GIL goes on waiting for it until it takes it: that stays.
    """
    doubtful = (state != Os.GIL_WAIT) & (state != NOT_SEEN)
    thread, begin, end, state = thread[doubtful], begin[doubtful], end[doubtful], state[doubtful]
    away = make_rows(Layer.SYSTEM, thread, begin, NOT_SEEN)
    back = make_rows(Layer.SYSTEM, thread, end, state)
    return np.concatenate([away, back])


def core_rows(thread: NDArray[np.int32], begin: Ints, end: Ints, waited_ns: Ints) -> Rows:
    """Layer CORE from how long each thread waited for a core within a stretch."""
    length = end - begin
    waits = (waited_ns >= MOSTLY * length) & (length > 0)
    rows = np.concatenate(
        [
            make_rows(Layer.CORE, thread, begin, waits.astype(np.uint8)),
            make_rows(Layer.CORE, thread, end, 0),
        ]
    )
    # the end of one stretch is the begin of the next: the begin counts
    return rows[np.argsort(rows["time"] * 2 + np.repeat([1, 0], len(thread)), kind="stable")]
