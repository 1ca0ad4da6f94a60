"""Blocks and blended columns."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.bench.synthetic import many
from engine.model import State
from engine.store import Store
from gui.palette import LIGHT, rgb
from gui.timeline.levels import (
    BLOCK_PX,
    EMPTY_LANE,
    STACKING,
    Blender,
    Columns,
    Lane,
    dense_lane,
    lane,
    sparse_lane,
    stacked,
    summed,
)
from gui.timeline.transform import TimeTransform
from tests.helpers.synthetic_store import START_NS, StoreBuilder, spans_of

W = 100


def one_track(rows: list[tuple[int, int, State]]) -> tuple[Store, int]:
    builder = StoreBuilder()
    thread = builder.thread("t", builder.process(), 1)
    builder.add(thread, spans_of([(START_NS + a, START_NS + b, s) for a, b, s in rows]))
    return builder.store(), thread


def seen(result: Lane, width: int = W) -> set[int]:
    """The pixel columns on which something is drawn."""
    found = set(map(int, result.columns.x))
    for x0, x1 in zip(result.blocks.x0, result.blocks.x1, strict=True):
        found |= set(range(max(0, int(x0)), min(width, int(x1))))
    return found


def test_wide_spans_are_blocks_with_their_state_and_place() -> None:
    store, track = one_track([(0, 400, State.RUNNING), (400, 1000, State.WAIT_GIL)])
    result = lane(store, track, TimeTransform(START_NS, 10.0, W))
    assert list(result.blocks.x0) == [0, 40]
    assert list(result.blocks.x1) == [40, 100]
    assert list(result.blocks.state) == [State.RUNNING, State.WAIT_GIL]
    assert not len(result.columns.x)
    assert result.spans is not None
    assert result.spans["state"][result.blocks.first[1]] == State.WAIT_GIL


def test_a_blip_far_below_a_pixel_is_one_full_column() -> None:
    store, track = one_track([(0, 503, State.WAIT), (503, 504, State.RUNNING), (504, 1000, State.WAIT)])
    result = lane(store, track, TimeTransform(START_NS, 10.0, W))
    assert list(result.columns.x) == [50]
    assert list(result.columns.states) == [State.RUNNING]
    assert result.columns.shares[0, 0] == pytest.approx(1.0)


def test_nothing_is_drawn_for_none_and_free() -> None:
    spans = spans_of([(START_NS, START_NS + 500, State.NONE), (START_NS + 500, START_NS + 900, State.FREE)])
    result = sparse_lane(spans, TimeTransform(START_NS, 10.0, W))
    assert not seen(result)


def test_outside_the_window_there_is_nothing() -> None:
    store, track = one_track([(0, 400, State.RUNNING)])
    assert lane(store, track, TimeTransform(START_NS + 10_000, 10.0, W)) is EMPTY_LANE


def test_blocks_reach_just_beyond_the_edges() -> None:
    store, track = one_track([(0, 10**9, State.RUNNING)])
    result = lane(store, track, TimeTransform(START_NS + 5_000, 1.0, W))
    assert int(result.blocks.x0[0]) <= 0
    assert int(result.blocks.x1[0]) >= W
    assert abs(int(result.blocks.x1[0])) < 1000


def test_dense_columns_of_one_state_become_a_block_again() -> None:
    shares = np.zeros((W, len(State)), np.float32)
    shares[:40, State.WAIT] = 1.0
    shares[40:60, State.RUNNING] = 0.5
    shares[40:60, State.WAIT_GIL] = 0.5
    shares[60:80, State.SLEEP] = 1.0
    result = dense_lane(shares)
    assert list(zip(result.blocks.x0, result.blocks.x1, result.blocks.state, strict=True)) == [
        (0, 40, State.WAIT),
        (60, 80, State.SLEEP),
    ]
    assert list(result.columns.x) == list(range(40, 60))
    assert np.allclose(result.columns.shares.sum(axis=0), 1.0)
    assert set(map(int, result.columns.states)) >= {State.RUNNING, State.WAIT_GIL}


def test_what_rounding_leaves_of_nothing_is_nothing() -> None:
    shares = np.zeros((W, len(State)), np.float32)
    shares[:, State.RUNNING] = 1e-12
    shares[3, State.SLEEP] = 1e-44
    assert not len(dense_lane(shares).columns.x)
    assert not len(dense_lane(shares).blocks.x0)


def test_dense_with_nothing_is_empty() -> None:
    assert dense_lane(np.zeros((W, len(State)), np.float32)) is EMPTY_LANE


span_rows = st.lists(
    st.tuples(st.integers(1, 400), st.sampled_from([State.RUNNING, State.WAIT_GIL, State.SLEEP, State.NONE])),
    min_size=1,
    max_size=60,
)


@settings(deadline=None)
@given(span_rows, st.floats(1.0, 300.0))
def test_sparse_draws_where_spans_are_and_nowhere_else(steps: list[tuple[int, State]], scale: float) -> None:
    rows, time = [], 0
    for length, state in steps:
        rows.append((time, time + length, state))
        time += length
    store, track = one_track(rows)
    transform = TimeTransform(START_NS, scale, W)
    result = sparse_lane(store.window(track, transform.start_ns, transform.end_ns), transform)
    drawn = seen(result)
    for start, end, state in rows:
        first, last = start / scale, end / scale
        if state is State.NONE or first >= W:
            continue
        # Every span shows: as the column it starts in, or as a block round its edges.
        assert {int(first), min(W - 1, round(first))} & drawn, (start, end, state)
        assert min(int(last), W - 1) - 1 <= max(drawn)
    assert all(0 <= x < W for x in result.columns.x)
    assert np.allclose(result.columns.shares.sum(axis=0), 1.0, atol=1e-4)


def test_both_ways_draw_the_same_where_they_meet() -> None:
    store = many(1, 4000, 1000.0)
    track = store.tracks[1].id
    transform = TimeTransform(START_NS, 1e9 / 800, 800)
    spans = store.window(track, transform.start_ns, transform.end_ns)
    sparse = sparse_lane(spans, transform)
    dense = dense_lane(store.columns(track, START_NS, START_NS + 1e9, 800))
    missing = seen(dense, 800) ^ seen(sparse, 800)
    assert len(missing) <= 2


def test_sums_of_tracks() -> None:
    store = many(4, 100, 100.0)
    ids = tuple(t for t in store.tracks if t)
    columns = summed(store, ids, START_NS, START_NS + 100_000_000, 50)
    assert list(columns.x) == list(range(50))
    assert np.allclose(columns.shares.sum(axis=0), 1.0, atol=1e-4)


def test_stacking_is_as_high_as_its_shares() -> None:
    total = np.zeros((3, len(State)), np.float32)
    total[0, State.RUNNING], total[0, State.WAIT_GIL] = 1.0, 1.0
    total[1, State.RUNNING] = 0.5
    picture = stacked(total, 20)
    assert list(picture[:, 0] == State.RUNNING).count(True) == 10
    assert list(picture[:, 0] == State.WAIT_GIL).count(True) == 10
    assert picture[-1, 0] == State.RUNNING
    assert list(picture[:, 1] == State.RUNNING).count(True) == 5
    assert not picture[:, 2].any()
    assert set(STACKING) >= {s for s in State if s not in (State.NONE, State.OWNED, State.FREE)}


def columns_of(*shares: tuple[State, float]) -> Columns:
    return Columns(
        np.array([0], np.int32),
        np.array([int(state) for state, _ in shares]),
        np.array([[share] for _, share in shares], np.float32),
    )


def test_blending_keeps_pure_colours_and_mixes_in_linear_light() -> None:
    fills = {int(s): style.fill for s, style in LIGHT.states.items()}
    heights = {int(s): style.height for s, style in LIGHT.states.items()}
    blender = Blender(fills, heights)
    for state in (State.RUNNING, State.WAIT_GIL, State.SLEEP):
        red, green, blue = rgb(LIGHT.style(state).fill)
        got = int(blender.colors(columns_of((state, 1.0)))[0])
        for shift, want in ((16, red), (8, green), (0, blue)):
            assert abs((got >> shift & 255) - want) <= 1
    black_white = Blender({1: "#000000", 2: "#ffffff"}, {1: 1.0, 2: 0.5})
    half = Columns(np.array([0], np.int32), np.array([1, 2]), np.array([[0.5], [0.5]], np.float32))
    assert int(black_white.colors(half)[0]) & 255 == pytest.approx(188, abs=1)
    assert float(black_white.heights(half)[0]) == pytest.approx(0.75)


def test_a_block_is_wide_enough_for_its_pattern() -> None:
    assert BLOCK_PX >= 3
