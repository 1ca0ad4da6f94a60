"""Arithmetic on stretches of time, against counting moment by moment."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.scenarios import intervals
from engine.scenarios.intervals import Intervals

SPAN = 30


def stretch(pairs: list[tuple[int, int]]) -> Intervals:
    return np.array(sorted((min(p), max(p)) for p in pairs), np.int64).reshape(-1, 2)


some_intervals = st.lists(st.tuples(st.integers(0, SPAN), st.integers(0, SPAN)), max_size=6).map(stretch)


def moments(group: Intervals) -> set[int]:
    """The unit steps inside."""
    return {t for start, end in group.tolist() for t in range(start, end)}


@given(some_intervals)
def test_merged_has_the_same_moments_and_no_touching(group: Intervals) -> None:
    merged = intervals.merged(group)
    assert moments(merged) == moments(group)
    assert all(merged[1:, 0] > merged[:-1, 1])


@given(st.lists(some_intervals, max_size=5), st.integers(1, 5))
def test_together_and_most_at_once(groups: list[Intervals], at_least: int) -> None:
    counts = [sum(t in moments(group) for group in groups) for t in range(SPAN)]
    assert intervals.together(groups, at_least) == sum(count >= at_least for count in counts)
    # stretches without length are inside nothing for any time, but may count at their moment
    lasting = [intervals.lasting(group, 1) for group in groups]
    assert intervals.most_at_once(lasting) == max(counts, default=0)


@given(some_intervals, st.integers(0, SPAN), st.integers(0, SPAN))
def test_clipped(group: Intervals, start: int, end: int) -> None:
    start, end = min(start, end), max(start, end)
    clipped = intervals.clipped(group, start, end)
    assert moments(clipped) == {t for t in moments(group) if start <= t < end}


def test_following_each_other_is_not_being_together() -> None:
    first, second = stretch([(0, 5)]), stretch([(5, 9)])
    assert intervals.most_at_once([first, second]) == 1
    assert intervals.together([first, second]) == 0
    assert intervals.total(first) == 5


@given(st.lists(some_intervals, max_size=3), st.lists(some_intervals, max_size=3))
def test_beside(first: list[Intervals], second: list[Intervals]) -> None:
    lengths, one, two = intervals.beside(first, second)
    of_first = [sum(t in moments(group) for group in first) for t in range(SPAN)]
    of_second = [sum(t in moments(group) for group in second) for t in range(SPAN)]
    assert int((lengths * one).sum()) == sum(of_first)
    assert int((lengths * two).sum()) == sum(of_second)
    assert int((lengths * one * two).sum()) == sum(a * b for a, b in zip(of_first, of_second, strict=True))
