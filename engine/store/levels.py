"""Levels of detail: how long a track was in each state up to any moment.

Per track the cumulative time in each state that occurs on it is kept for every fourth span,
and the start of every sixteenth; the rest of a look-up is looked at in the spans themselves.
A pixel column's share of a state is the difference of two look-ups, so that a view costs the
same however many spans it shows, and no share is ever an estimate.

Measured with 625,000 spans a track and 1,500 columns: plain ``searchsorted`` alone 0.37 ms,
through the starts of every sixteenth span 0.12 ms; time in each state kept for every second,
fourth and eighth span 0.28, 0.37 and 0.55 ms in all, for 4, 2 and 1 times 8 bytes times the
number of states, over 8, a span.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.model import State
from engine.store.rows import GrowingRows

STATES = len(State)
#: Spans between two kept cumulative times.
STRIDE = 4
#: Spans between two kept starts; a power of two.
FENCE = 16

Spans = NDArray[np.void]


class Levels:
    """What is kept of one track's spans to answer for any window quickly.

    It is valid for the spans it was last extended over; :meth:`truncate` before some of them
    are replaced.  One thread at a time.
    """

    __slots__ = ("_columns", "_count", "_fence", "_starts", "_sums", "_used")

    def __init__(self) -> None:
        self._count = 0
        self._used: list[int] = []  # the states that occur, in the order of their columns
        self._columns = np.zeros(STATES, np.intp)  # state → column
        self._starts = GrowingRows(np.int64)
        self._fence = GrowingRows(np.int64)  # the start of span 0, FENCE, 2 FENCE …
        self._sums = GrowingRows(np.int64, 0)  # times before span 0, STRIDE, 2 STRIDE …
        self._sums.append(np.zeros((1, 0), np.int64))

    def truncate(self, count: int) -> None:
        """Only the first ``count`` spans stay as they were."""
        if count < self._count:
            self._count = count
            self._starts.truncate(count)
            self._fence.truncate(-(-count // FENCE))
            self._sums.truncate(count // STRIDE + 1)

    def extend(self, spans: Spans) -> None:
        """Take in all of ``spans``, the first of which it knows already."""
        if len(spans) == self._count:
            return
        self._starts.append(spans["start"][self._count :])
        self._fence.append(spans["start"][self._fence.count * FENCE :: FENCE])
        self._count = len(spans)
        first = (self._sums.count - 1) * STRIDE
        blocks = (len(spans) - first) // STRIDE
        new = spans[first:]
        self._make_room(new["state"])
        if not blocks:
            return
        new = new[: blocks * STRIDE]
        width = len(self._used)
        where = np.repeat(np.arange(blocks) * width, STRIDE)
        where += self._columns.take(new["state"])
        # Four durations added in float64: exact while they stay below 104 days.
        sums = np.bincount(where, weights=new["end"] - new["start"], minlength=blocks * width)
        totals = sums.astype(np.int64).reshape(blocks, width).cumsum(axis=0)
        totals += self._sums.view[-1]
        self._sums.append(totals)

    def index(self, time_ns: int) -> int:
        """The last span that starts at ``time_ns`` or before; -1 if there is none."""
        return int(self._starts.view.searchsorted(time_ns, "right")) - 1

    def shares(self, spans: Spans, start_ns: float, end_ns: float, count: int) -> NDArray[np.float32]:
        """How much of each of ``count`` equal columns of a window each state takes.

        Shape (count, len(State)), each row adding up to 1 at most: where no span is, none is
        counted.  ``spans`` are those it was extended over.
        """
        result = np.zeros((count, STATES), np.float32)
        if self._count and end_ns > start_ns and count > 0:
            base = int(start_ns // 1)
            edges = np.linspace(start_ns - base, end_ns - base, count + 1)
            times = self._times(spans, base, edges)
            parts = np.diff(times, axis=0)
            parts *= count / (end_ns - start_ns)
            result[:, self._used] = parts
        return result

    def totals(self, spans: Spans, start_ns: int, end_ns: int) -> NDArray[np.int64]:
        """ns in each state between two moments; shape (len(State),)."""
        result = np.zeros(STATES, np.int64)
        if self._count and end_ns > start_ns:
            times = self._times(spans, start_ns, np.array([0, end_ns - start_ns], np.float64))
            result[self._used] = np.rint(times[1] - times[0]).astype(np.int64)
        return result

    def _times(self, spans: Spans, base_ns: int, edges: NDArray[np.float64]) -> NDArray[np.float64]:
        """Cumulative ns in each state in use at ``base_ns + edges``, up to a constant.

        Relative to ``base_ns``, so that float64 does not lose the nanoseconds.
        """
        last = self._count - 1
        whole = edges.astype(np.int64)
        whole += base_ns
        index = self._fence.view.searchsorted(whole, "right")
        index -= 1
        index *= FENCE
        starts = self._starts.view
        step = FENCE // 2
        while step:
            probe = np.minimum(index + step, last)
            index += (starts.take(probe, mode="clip") <= whole) * step
            step //= 2
        np.clip(index, 0, last, out=index)
        index //= STRIDE
        sums = self._sums.view.take(index, axis=0)
        sums -= sums[0].copy()
        times = sums.astype(np.float64)
        flat = times.reshape(-1)
        row = np.arange(len(edges)) * len(self._used)
        index *= STRIDE
        for part in range(STRIDE):
            if part:
                index += 1
            inside = index <= last
            block = spans.take(index, mode="clip")
            begin = block["start"] - base_ns
            passed = np.minimum(block["end"] - base_ns, edges)
            passed -= begin
            passed *= inside
            np.maximum(passed, 0.0, out=passed)
            column = self._columns.take(block["state"])
            column += row
            flat[column] += passed
        return times

    def _make_room(self, states: NDArray[np.uint8]) -> None:
        """Columns for the states that occur for the first time."""
        counts = np.bincount(states, minlength=STATES)
        new = [int(state) for state in np.flatnonzero(counts) if state not in self._used]
        if not new:
            return
        old = self._sums.view
        wider = np.zeros((len(old), len(self._used) + len(new)), np.int64)
        wider[:, : len(self._used)] = old
        for state in new:
            self._columns[state] = len(self._used)
            self._used.append(state)
        self._sums = GrowingRows(np.int64, len(self._used))
        self._sums.append(wider)
