"""Arithmetic on stretches of time: arrays of shape (n, 2), start and end in ns, sorted by start."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Intervals = NDArray[np.int64]
NONE: Intervals = np.empty((0, 2), np.int64)


def total(intervals: Intervals) -> int:
    """Sum of the lengths, ns."""
    return int((intervals[:, 1] - intervals[:, 0]).sum())


def merged(intervals: Intervals) -> Intervals:
    """The same moments with no two intervals touching."""
    result: list[list[int]] = []
    for start, end in intervals[np.argsort(intervals[:, 0], kind="stable")].tolist():
        if result and start <= result[-1][1]:
            result[-1][1] = max(result[-1][1], end)
        else:
            result.append([start, end])
    return np.array(result, np.int64).reshape(-1, 2)


def clipped(intervals: Intervals, start_ns: int, end_ns: int) -> Intervals:
    """What of ``intervals`` lies between two moments."""
    cut = np.clip(intervals, start_ns, end_ns)
    return cut[cut[:, 1] > cut[:, 0]]


def lasting(intervals: Intervals, at_least_ns: int) -> Intervals:
    """Those that last at least so long."""
    return intervals[intervals[:, 1] - intervals[:, 0] >= at_least_ns]


def depth(groups: Sequence[Intervals]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How many of ``groups`` are inside one of their intervals, over time.

    Returns the moments of change and the count that holds from each of them on.  At one
    moment ends count before starts, so that following each other is not being together.
    """
    inside = [merged(group) for group in groups if len(group)]
    if not inside:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    every = np.concatenate(inside)
    moments = np.concatenate([every[:, 0], every[:, 1]])
    steps = np.concatenate([np.ones(len(every), np.int64), -np.ones(len(every), np.int64)])
    order = np.lexsort((steps, moments))
    return moments[order], np.cumsum(steps[order])


def beside(
    first: Sequence[Intervals], second: Sequence[Intervals]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """How many of ``first`` and of ``second`` are inside an interval, on one axis.

    Returns stretches of time: their lengths in ns, and the two counts during each.
    """
    axes = [depth(first), depth(second)]
    moments = np.unique(np.concatenate([axis[0] for axis in axes]))
    counts = []
    for changes, values in axes:
        index = np.searchsorted(changes, moments[:-1], side="right") - 1
        padded = np.append(values, 0)  # index -1: before the first change there is nobody
        counts.append(padded[index])
    return np.diff(moments), counts[0], counts[1]


def most_at_once(groups: Sequence[Intervals]) -> int:
    """The largest number of ``groups`` that are inside an interval at one moment."""
    _, counts = depth(groups)
    return int(counts.max()) if len(counts) else 0


def together(groups: Sequence[Intervals], at_least: int = 2) -> int:
    """For how long at least so many of ``groups`` are inside an interval, ns."""
    moments, counts = depth(groups)
    if len(moments) < 2:
        return 0
    return int((np.diff(moments) * (counts[:-1] >= at_least)).sum())
