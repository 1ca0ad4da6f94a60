"""What is drawn of a track at a scale: blocks where spans are wide enough, blended columns where
they are not.  Arithmetic on arrays, no Qt.

A span of at least :data:`BLOCK_PX` is a block with its state's height and pattern.  Narrower
ones share pixel columns; a column gets the states' colours mixed by their share of it.  With over
two spans a pixel the spans themselves are no longer looked at: the store's cumulative times give
each column's shares, and stretches of columns with one state alone become blocks again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engine.model import State
from gui.palette import linear, rgb
from gui.timeline.transform import TimeTransform

#: A span at least this wide is drawn as a block of its own.
BLOCK_PX = 3.0
#: More spans a pixel than this: columns from the store's cumulative times.
DENSE = 2.0
#: A column belongs to one state when that has at least this share of it.
PURE = 0.999
#: Less of a column than this is what rounding leaves of nothing.
NOTHING = 1e-7
STATES = len(State)
#: Which states are drawn at all, by number.
DRAWN = np.array([state not in (State.NONE, State.FREE) for state in State])

Spans = NDArray[np.void]
Ints = NDArray[np.int32]


class SpanSource(Protocol):
    """The part of ``engine.store.Store`` that is needed here."""

    def count(self, track_id: int, t0: int, t1: int) -> int: ...
    def window(self, track_id: int, t0: int, t1: int) -> Spans: ...
    def columns(self, track_id: int, t0: float, t1: float, n: int) -> NDArray[np.float32]: ...


@dataclass(frozen=True, slots=True)
class Blocks:
    """Rectangles, in time order.  Shapes: (n,).  ``x0`` and ``x1`` are pixel columns, ``x1`` not
    included; ``owner`` is a track id or -1; ``first`` is the span's index in ``window``'s answer or
    -1 where a block stands for many spans."""

    x0: Ints
    x1: Ints
    state: NDArray[np.uint8]
    owner: Ints
    first: Ints


@dataclass(frozen=True, slots=True)
class Columns:
    """Mixed pixel columns.  ``x``: (n,) pixel columns; ``states``: (k,) the states that occur;
    ``shares``: (k, n), each column sums to 1; ``step``: how many pixels wide each is."""

    x: Ints
    states: NDArray[np.intp]
    shares: NDArray[np.float32]
    step: int = 1


@dataclass(frozen=True, slots=True)
class Lane:
    """All that is drawn of one track.  ``spans`` are those that ``Blocks.first`` points into."""

    blocks: Blocks
    columns: Columns
    spans: Spans | None = None


def _no_ints() -> Ints:
    return np.empty(0, np.int32)


EMPTY_COLUMNS = Columns(_no_ints(), np.empty(0, np.intp), np.empty((0, 0), np.float32))
EMPTY_BLOCKS = Blocks(_no_ints(), _no_ints(), np.empty(0, np.uint8), _no_ints(), _no_ints())
EMPTY_LANE = Lane(EMPTY_BLOCKS, EMPTY_COLUMNS)


def lane(source: SpanSource, track_id: int, transform: TimeTransform, coarse: int = 1) -> Lane:
    """What is drawn of a track for this transform.  ``coarse``: blended columns may be this many
    pixels wide, which takes that much less time."""
    count = source.count(track_id, transform.start_ns, transform.end_ns)
    if count == 0:
        return EMPTY_LANE
    if count > DENSE * transform.width_px:
        number = -(-transform.width_px // coarse)
        end = transform.start_ns + transform.ns_per_px * number * coarse
        return dense_lane(source.columns(track_id, transform.start_ns, end, number), coarse)
    return sparse_lane(source.window(track_id, transform.start_ns, transform.end_ns), transform)


def sparse_lane(spans: Spans, transform: TimeTransform) -> Lane:
    """From the spans themselves."""
    width = transform.width_px
    left = np.clip(transform.xs_of(spans["start"]), -1.0, width + 1.0)
    right = np.clip(transform.xs_of(spans["end"]), -1.0, width + 1.0)
    state = np.ascontiguousarray(spans["state"])
    drawn = DRAWN[state]
    wide = drawn & (right - left >= BLOCK_PX)
    index = np.flatnonzero(wide)
    blocks = Blocks(
        np.rint(left[index]).astype(np.int32),
        np.rint(right[index]).astype(np.int32),
        state[index],
        spans["owner"][index],
        index.astype(np.int32),
    )
    narrow = np.flatnonzero(drawn & ~wide)
    return Lane(blocks, _narrow_columns(left[narrow], right[narrow], state[narrow], width), spans)


def _narrow_columns(
    left: NDArray[np.float64], right: NDArray[np.float64], state: NDArray[np.uint8], width: int
) -> Columns:
    """Spread spans narrower than a block over the columns they touch, normalised: a lone span far
    below a pixel is drawn in full colour, one pixel wide, rather than not at all."""
    if not len(left):
        return EMPTY_COLUMNS
    present = np.flatnonzero(np.bincount(state, minlength=STATES))
    row_of = np.zeros(STATES, np.int64)
    row_of[present] = np.arange(len(present))
    first = np.floor(left).astype(np.int64)
    touched = int((right - first).max()) + 1
    # One row for each column a span can touch.
    column = first + np.arange(touched)[:, None]
    part = np.minimum(right, column + 1) - np.maximum(left, column)
    np.maximum(part[0], 1e-6, out=part[0])  # an instant, too, is seen
    use = (part > 0) & (column >= 0) & (column < width)
    key = column + (row_of[state] * width)
    sums = np.bincount(key[use], weights=part[use], minlength=len(present) * width)
    return normalised(present, sums.reshape(len(present), width).astype(np.float32))


def dense_lane(shares: NDArray[np.float32], step: int = 1) -> Lane:
    """From the shares of each column (``Store.columns``: (n, len(State))), ``step`` pixels wide."""
    states, parts = _drawn(shares)
    if not len(states):
        return EMPTY_LANE
    total = parts.sum(axis=0)
    leading = parts.argmax(axis=0)
    most = parts.max(axis=0)
    # A state that fills the column, not just the part of it that is not empty.
    key = np.where((most >= PURE) | ((most >= PURE * total) & (total > 0.5)), leading, -1)
    edges = np.flatnonzero(key[1:] != key[:-1]) + 1
    starts = np.concatenate(([0], edges))
    ends = np.concatenate((edges, [len(key)]))
    keep = (key[starts] >= 0) & ((ends - starts) * step >= BLOCK_PX)
    alone = np.zeros(len(total) + 1, np.int32)  # +1 where a block begins, -1 where it ends
    np.add.at(alone, starts[keep], 1)
    np.add.at(alone, ends[keep], -1)
    x = np.flatnonzero((alone[:-1].cumsum() == 0) & (total > NOTHING))
    x0 = starts[keep].astype(np.int32)
    nothing = np.full(len(x0), -1, np.int32)
    state = states[key[x0]].astype(np.uint8)
    blocks = Blocks(x0 * step, ends[keep].astype(np.int32) * step, state, nothing, nothing)
    return Lane(blocks, Columns(x.astype(np.int32) * step, states, parts[:, x] / total[x], step))


def _drawn(shares: NDArray[np.float32]) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """The states that are drawn and occur, and their shares, one state a row."""
    across = np.ascontiguousarray(shares.T)
    states = np.flatnonzero(across.any(axis=1) & DRAWN)
    return states, across[states]


def summed(source: SpanSource, track_ids: tuple[int, ...], t0: float, t1: float, n: int) -> Columns:
    """Several tracks in one strip (minimap, collapsed process): shares of all their time in each
    of ``n`` columns of [t0, t1)."""
    total = np.zeros((n, STATES), np.float32)
    for track_id in track_ids:
        total += source.columns(track_id, t0, t1, n)
    return normalised(*_drawn(total))


#: From the bottom up where states are stacked: work, then waits for work, then the rest.
STACKING = (
    State.RUNNING,
    State.NATIVE,
    State.WAIT_GIL,
    State.WAIT_CPU,
    State.READY,
    State.WAIT_LOCK,
    State.HELD,
    State.STARTING,
    State.WAIT,
    State.SUSPENDED,
    State.IO,
    State.SLEEP,
    State.UNOBSERVED,
)


def stacked(total: NDArray[np.float32], height: int) -> NDArray[np.uint8]:
    """Shares of several tracks, summed (n, len(State)), as a picture of states, one above the
    other: (height, n), the top row first, ``State.NONE`` where nothing is drawn.  A column is as
    high as the share of tracks that have a state then, against the column with the most."""
    order = np.array([int(state) for state in STACKING])
    parts = total[:, order].T
    tops = parts.cumsum(axis=0)
    most = float(tops[-1].max()) if tops.size else 0.0
    picture = np.zeros((height, total.shape[0]), np.uint8)
    if most <= 0:
        return picture
    # Pixel rows counted from the bottom; a row belongs to the first state that reaches its middle.
    middles = (np.arange(height)[::-1] + 0.5) * (most / height)
    for number in range(len(order) - 1, -1, -1):
        picture[middles[:, None] < tops[number][None, :]] = order[number]
    return picture


def normalised(states: NDArray[np.intp], parts: NDArray[np.float32]) -> Columns:
    """Columns with anything to draw, their shares brought to a sum of 1; ``parts``: (k, n)."""
    if not len(states):
        return EMPTY_COLUMNS
    sums = parts.sum(axis=0)
    x = np.flatnonzero(sums > NOTHING)
    return Columns(x.astype(np.int32), states, parts[:, x] / sums[x])


class Blender:
    """Mixes states' colours by share, in linear light: half green and half orange then has the
    mean of their brightness, as the eye sees a fine pattern from afar."""

    def __init__(self, fills: dict[int, str], heights: dict[int, float]) -> None:
        self._linear = np.zeros((STATES, 3), np.float32)
        self._height = np.zeros(STATES, np.float32)
        for state, fill in fills.items():
            self._linear[state] = [linear(channel) for channel in rgb(fill)]
        for state, height in heights.items():
            self._height[state] = height
        steps = np.linspace(0, 1, 4097)
        encoded = np.where(steps <= 0.0031308, steps * 12.92, 1.055 * steps ** (1 / 2.4) - 0.055)
        self._encode = np.rint(encoded * 255).astype(np.uint32)

    def colors(self, columns: Columns) -> NDArray[np.uint32]:
        """0xffRRGGBB for each column."""
        light = self._linear[columns.states].T @ columns.shares
        bytes_ = self._encode[np.clip(light * 4096 + 0.5, 0, 4096).astype(np.int32)]
        result = bytes_[0] << 16 | bytes_[1] << 8 | bytes_[2]
        return np.asarray(result | np.uint32(0xFF000000), dtype=np.uint32)

    def heights(self, columns: Columns) -> NDArray[np.float32]:
        """Bar height of each column, 0 to 1: the mean of its states' heights, so that a track that
        mostly waits is lower than one that mostly runs, in grey as well."""
        return np.asarray(self._height[columns.states] @ columns.shares, dtype=np.float32)
