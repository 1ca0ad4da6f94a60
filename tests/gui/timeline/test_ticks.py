"""The ruler's ticks: round numbers, readable units, labels that do not run into each other."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.timeline.ticks import nice_step, ruler_ticks
from gui.timeline.transform import TimeTransform

ORIGIN = 432_000_000_000_000
NARROW = "\u00a0"


def labels(transform: TimeTransform) -> list[str]:
    return [t.label.replace(NARROW, " ") for t in ruler_ticks(transform, ORIGIN).ticks]


@pytest.mark.parametrize(
    ("at_least", "step"),
    [
        (0.4, 1),
        (3, 5),
        (7, 10),
        (120, 200),
        (4_000_000, 5_000_000),
        (61 * 10**9, 120 * 10**9),
        (55 * 10**9, 60 * 10**9),
    ],
)
def test_steps_are_round(at_least: float, step: int) -> None:
    assert nice_step(at_least) == step


def test_milliseconds_as_on_the_blackboard() -> None:
    transform = TimeTransform(ORIGIN, 60_000_000 / 950, 950)
    assert labels(transform)[:4] == ["0 ms", "10 ms", "20 ms", "30 ms"]


def test_seconds() -> None:
    transform = TimeTransform(ORIGIN, 2_000_000_000 / 900, 900)
    assert labels(transform)[:3] == ["0.0 s", "0.2 s", "0.4 s"]


def test_minutes() -> None:
    transform = TimeTransform(ORIGIN, 600 * 10**9 / 900, 900)
    assert labels(transform)[:3] == ["0 min", "1 min", "2 min"]


def test_close_up_the_shared_part_is_written_once() -> None:
    transform = TimeTransform(ORIGIN + 17_600_123_456, 1.0, 1000)
    ticks = ruler_ticks(transform, ORIGIN)
    assert ticks.base
    assert all(t.label.startswith("+") or not t.label for t in ticks.ticks)
    assert all(len(t.label) <= 10 for t in ticks.ticks)


def test_times_before_the_run_are_negative() -> None:
    transform = TimeTransform(ORIGIN - 100_000_000, 1_000_000, 500)
    assert labels(transform)[0].startswith("−")


@given(st.floats(1.0, 1e10), st.integers(0, 10**13), st.integers(50, 4000))
def test_ticks_are_evenly_spaced_and_never_closer_than_asked(scale: float, start: int, width: int) -> None:
    transform = TimeTransform(ORIGIN + start, scale, width)
    ticks = ruler_ticks(transform, ORIGIN, 82.0).ticks
    assert len(ticks) <= width / 82 + 3
    for one, other in itertools.pairwise(ticks):
        assert other.x - one.x >= 81.9
        assert other.time_ns > one.time_ns
    if scale * width > 200:
        assert ticks


@given(st.floats(1.0, 1e9), st.integers(0, 10**12))
def test_labels_of_one_ruler_differ(scale: float, start: int) -> None:
    found = [
        t.label for t in ruler_ticks(TimeTransform(ORIGIN + start, scale, 1500), ORIGIN).ticks if t.label
    ]
    assert len(set(found)) == len(found)
