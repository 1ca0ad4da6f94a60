"""Matching begins and ends that nest, for many threads at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.assembler import groups

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def match(group: NDArray[np.int32], begins: Bools, tag: Ints) -> tuple[Ints, Ints]:
    """Match each begin with its end.

    Rows stand in the order of (group, time).  An end closes the last open begin of its group
    that has its ``tag``, and all that were begun inside it; an end that fits none is ignored.
    Gives, for every row, its partner (-1: still open, closed by an outer end, or ignored), and
    the innermost begin that is open after it (-1 none).
    """
    n = len(group)
    partner = np.full(n, -1, np.int64)
    top = np.full(n, -1, np.int64)
    if not n:
        return partner, top
    first = groups.first_of_group(group)
    start = groups.group_start(first)
    after = groups.running_sum(np.where(begins, 1, -1), start)
    level = np.where(begins, after, after + 1)
    order = np.lexsort((level, group)) if int(level.max()) > 1 else np.arange(n)
    here, following = order[:-1], order[1:]
    pairs = begins[here] & ~begins[following]
    pairs &= (group[here] == group[following]) & (level[here] == level[following])
    open_, close = here[pairs], following[pairs]
    fits = tag[open_] == tag[close]
    partner[open_[fits]] = close[fits]
    partner[close[fits]] = open_[fits]
    # A group whose ends all fit is regular: a begin at a level can only follow the end of the one
    # before it at that level.
    irregular = ~begins & (partner < 0)
    _tops(level, begins, start, top)
    if irregular.any():
        bad = np.unique(group[irregular])
        for row_range in _ranges(group, bad):
            _match_slowly(row_range, begins, tag, partner, top)
    return partner, top


def _tops(level: Ints, begins: Bools, start: Ints, top: Ints) -> None:
    """The innermost open begin after each row, for groups that nest regularly."""
    n = len(level)
    rows = np.arange(n)
    top[begins] = rows[begins]
    deepest = int(level.max())
    for depth in range(1, deepest):
        opened = groups.last_where(begins & (level == depth), start)
        inner_end = ~begins & (level == depth + 1)
        top[inner_end] = opened[inner_end]
    top[~begins & (level <= 1)] = -1


def _ranges(group: NDArray[np.int32], wanted: NDArray[np.int32]) -> list[range]:
    first = np.flatnonzero(groups.first_of_group(group))
    names = group[first]
    ends = np.append(first[1:], len(group))
    chosen = np.isin(names, wanted)
    return [range(int(a), int(b)) for a, b in zip(first[chosen], ends[chosen], strict=True)]


def _match_slowly(rows: range, begins: Bools, tag: Ints, partner: Ints, top: Ints) -> None:
    stack: list[int] = []
    for row in rows:
        partner[row] = -1
        if begins[row]:
            stack.append(row)
        else:
            for depth in range(len(stack) - 1, -1, -1):
                if tag[stack[depth]] == tag[row]:
                    partner[row] = stack[depth]
                    partner[stack[depth]] = row
                    del stack[depth:]
                    break
        top[row] = stack[-1] if stack else -1
