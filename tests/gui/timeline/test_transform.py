"""Time to pixel and back."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gui.timeline.transform import MIN_NS_PER_PX, TimeTransform

#: perf_counter_ns of a machine that has been up for half a year
LONG_UP = 180 * 24 * 3600 * 10**9

transforms = st.builds(
    TimeTransform,
    st.integers(0, LONG_UP),
    st.floats(MIN_NS_PER_PX, 1e9),
    st.integers(1, 4000),
)


@given(transforms, st.integers(0, 4000))
def test_a_pixel_comes_back(transform: TimeTransform, x: int) -> None:
    assert abs(transform.x_of(transform.t_of(x)) - x) <= 0.5 / transform.ns_per_px + 1e-6


@given(transforms, st.floats(0.1, 10), st.integers(0, 4000))
def test_zooming_leaves_the_moment_under_the_pointer(transform: TimeTransform, factor: float, x: int) -> None:
    zoomed = transform.zoomed(factor, x)
    before = transform.start_ns + x * transform.ns_per_px - transform.start_ns
    after = (zoomed.start_ns - transform.start_ns) + x * zoomed.ns_per_px
    assert abs(after - before) <= 1.0 + 1e-9 * abs(before)
    assert zoomed.ns_per_px >= MIN_NS_PER_PX


def test_a_nanosecond_is_told_apart_after_months_of_uptime() -> None:
    transform = TimeTransform(LONG_UP, 1.0, 1500)
    assert transform.x_of(LONG_UP + 1) == 1.0
    assert transform.t_of(700) == LONG_UP + 700
    assert list(transform.xs_of(np.array([LONG_UP, LONG_UP + 3]))) == [0.0, 3.0]


@given(transforms, st.integers(0, 10**12), st.integers(1, 10**12))
def test_fitting_shows_all_of_it(transform: TimeTransform, start: int, length: int) -> None:
    fitted = transform.fitted(start, start + length, 0.05)
    assert fitted.x_of(start) >= -1
    assert fitted.x_of(start + length) <= fitted.width_px + 1


def test_fitting_an_instant_puts_it_in_the_middle() -> None:
    fitted = TimeTransform(0, 1e6, 1000).fitted(5_000, 5_000)
    assert abs(fitted.x_of(5_000) - 500) <= 1


def test_panning_moves_by_pixels() -> None:
    transform = TimeTransform(1_000_000, 1000.0, 800)
    assert transform.panned(10).start_ns == 1_010_000
    assert transform.panned(-10).start_ns == 990_000


def test_resizing_shows_the_same_time() -> None:
    transform = TimeTransform(0, 1000.0, 800).resized(400)
    assert transform.end_ns == 800_000
    assert transform.ns_per_px == 2000.0


@given(transforms, st.integers(0, 10**12), st.integers(1, 10**12))
def test_clamping_never_loses_the_run(transform: TimeTransform, low: int, length: int) -> None:
    clamped = transform.clamped(low, low + length)
    assert clamped.start_ns <= low + length
    assert clamped.end_ns >= low
    assert clamped.ns_per_px <= max(MIN_NS_PER_PX, length * 1.2 / clamped.width_px) + 1e-6


@given(transforms, st.integers(0, 10**12), st.integers(1, 10**12))
def test_clamping_twice_is_clamping_once(transform: TimeTransform, low: int, length: int) -> None:
    once = transform.clamped(low, low + length)
    twice = once.clamped(low, low + length)
    assert abs(once.start_ns - twice.start_ns) <= 1
    assert once.ns_per_px == twice.ns_per_px
