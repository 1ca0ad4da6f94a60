"""Working on many small sequences at once: rows that belong to groups, in one set of arrays.

A *group* is a thread, a lock, a task ...; rows stand in the order of (group, time).  All
functions are pure and take and give arrays of one length unless they say otherwise.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
AnyInts = NDArray[np.signedinteger] | NDArray[np.unsignedinteger]

_NARROW = 1 << 16
_KEY_BITS = 62


def order_by(group: AnyInts, time: Ints) -> Ints:
    """The stable order by (group, time)."""
    n = len(time)
    if n < 2:
        return np.arange(n)
    low, high = int(time.min()), int(time.max())
    width = max(1, (high - low).bit_length())
    groups = int(group.max()) + 2 if n else 2
    if int(group.min()) >= -1 and width + groups.bit_length() <= _KEY_BITS:
        key = (group.astype(np.int64) + 1) << width
        key += time
        key -= low
        return np.argsort(key, kind="stable")
    return np.lexsort((time, group))


def order_by_group(group: AnyInts) -> Ints:
    """The stable order by group of rows that are in the order of time already."""
    if len(group) and int(group.min()) >= 0 and int(group.max()) < _NARROW:
        return np.argsort(group.astype(np.uint16), kind="stable")  # a radix sort
    return np.argsort(group, kind="stable")


def first_of_group(group: AnyInts) -> Bools:
    """True where a group begins."""
    first = np.empty(len(group), np.bool_)
    if len(group):
        first[0] = True
        np.not_equal(group[1:], group[:-1], out=first[1:])
    return first


def last_of_group(group: AnyInts) -> Bools:
    """True where a group ends."""
    last = np.empty(len(group), np.bool_)
    if len(group):
        last[-1] = True
        np.not_equal(group[1:], group[:-1], out=last[:-1])
    return last


def group_start(first: Bools) -> Ints:
    """For every row the index of its group's first row, from ``first_of_group``."""
    start = np.where(first, np.arange(len(first)), 0)
    return np.maximum.accumulate(start) if len(start) else start


def last_where(mask: Bools, start: Ints) -> Ints:
    """For every row the index of the last row up to it, in its group, where ``mask``; -1 none."""
    index = np.where(mask, np.arange(len(mask)), -1)
    if len(index):
        np.maximum.accumulate(index, out=index)
        index[index < start] = -1
    return index


def before(index: Ints, first: Bools) -> Ints:
    """What ``last_where`` gives for the row before each row; -1 at the beginning of a group."""
    result = np.empty_like(index)
    if len(index):
        result[0] = -1
        result[1:] = index[:-1]
        result[first] = -1
    return result


def running_sum(values: AnyInts, start: Ints) -> Ints:
    """Cumulative sum within each group, the row itself included."""
    total = np.cumsum(values, dtype=np.int64)
    if not len(total):
        return total
    base = total[start] - values[start]
    return total - base


def pick(values: NDArray[np.generic], index: Ints, default: int) -> NDArray[np.generic]:
    """``values[index]`` where the index is not negative, else ``default``."""
    if not len(values):
        return np.full(len(index), default, values.dtype)
    result = values[np.maximum(index, 0)]
    missing = index < 0
    if missing.any():
        result = result.copy()
        result[missing] = default
    return result


def expand(counts: Ints) -> tuple[Ints, Ints]:
    """For ``counts[i]`` repetitions of each i: (i repeated, 0..counts[i]-1)."""
    which = np.repeat(np.arange(len(counts)), counts)
    if not len(which):
        return which, which
    begin = np.cumsum(counts) - counts
    return which, np.arange(len(which)) - begin[which]


def find_in(
    group: AnyInts, time: Ints, wanted_group: AnyInts, wanted_time: Ints, *, side_right: bool = True
) -> Ints:
    """For each wanted (group, time) the index of the last row of that group at or before the time
    (strictly before with ``side_right=False``); -1 none.  Rows are in the order of (group, time)."""
    n, m = len(time), len(wanted_time)
    if not n or not m:
        return np.full(m, -1, np.int64)
    low = min(int(time.min()), int(wanted_time.min()))
    high = max(int(time.max()), int(wanted_time.max()))
    width = max(1, (high - low).bit_length())
    groups = max(int(group.max()), int(wanted_group.max())) + 2
    if width + groups.bit_length() <= _KEY_BITS:
        key = ((group.astype(np.int64) + 1) << width) + (time - low)
        wanted = ((wanted_group.astype(np.int64) + 1) << width) + (wanted_time - low)
        index = np.searchsorted(key, wanted, "right" if side_right else "left") - 1
    else:
        # rare: a very long stretch and very many groups
        both = np.lexsort(
            (
                np.concatenate([np.zeros(n, np.int8), np.full(m, 1 if side_right else -1, np.int8)]),
                np.concatenate([time, wanted_time]),
                np.concatenate([group.astype(np.int64), wanted_group.astype(np.int64)]),
            )
        )
        seen = np.cumsum(both < n) - 1
        index = np.empty(m, np.int64)
        asked = both >= n
        index[both[asked] - n] = seen[asked]
    found = group[np.maximum(index, 0)]
    index[(index < 0) | (found != wanted_group)] = -1
    return index
