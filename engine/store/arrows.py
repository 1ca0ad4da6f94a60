"""Arrows, found by the stretch of time they cross."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.model import ARROW_DTYPE
from engine.store.rows import GrowingRows

#: Arrows that share one entry "earliest beginning, latest end".
BLOCK = 256

Arrows = NDArray[np.void]


class ArrowLog:
    """All arrows in the order they came; one thread at a time."""

    __slots__ = ("_earliest", "_latest", "_rows")

    def __init__(self) -> None:
        self._rows = GrowingRows(ARROW_DTYPE)
        self._earliest = GrowingRows(np.int64)
        self._latest = GrowingRows(np.int64)

    @property
    def all(self) -> Arrows:
        """Every arrow, not copied."""
        return self._rows.view

    def append(self, arrows: Arrows) -> None:
        if not len(arrows):
            return
        first = self._rows.count // BLOCK
        self._rows.append(arrows)
        self._earliest.truncate(first)
        self._latest.truncate(first)
        new = self._rows.view[first * BLOCK :]
        heads = np.arange(0, len(new), BLOCK)
        begin, end = new["from_time"].astype(np.int64), new["to_time"].astype(np.int64)
        self._earliest.append(np.minimum.reduceat(np.minimum(begin, end), heads))
        self._latest.append(np.maximum.reduceat(np.maximum(begin, end), heads))

    def window(self, start_ns: float, end_ns: float, most: int | None = None) -> Arrows:
        """The arrows that touch ``[start_ns, end_ns]``; of more than ``most`` an even choice."""
        blocks = np.flatnonzero((self._earliest.view <= end_ns) & (self._latest.view >= start_ns))
        if not len(blocks):
            return np.empty(0, ARROW_DTYPE)
        if most is not None and len(blocks) > 2 * most:
            blocks = blocks[np.linspace(0, len(blocks) - 1, 2 * most).astype(np.intp)]
        rows = self._rows.view
        index = (blocks[:, None] * BLOCK + np.arange(BLOCK)).reshape(-1)
        found: Arrows = rows.take(index[index < len(rows)])
        low = np.minimum(found["from_time"], found["to_time"])
        high = np.maximum(found["from_time"], found["to_time"])
        found = found[(low <= end_ns) & (high >= start_ns)]
        if most is not None and len(found) > most:
            found = found[np.linspace(0, len(found) - 1, most).astype(np.intp)]
        return found

    def into(self, track_id: int, start_ns: int, end_ns: int) -> Arrows:
        """The arrows that end on a track between two moments: what let it go on."""
        found = self.window(start_ns, end_ns)
        ends = found["to_time"]
        chosen: Arrows = found[(found["to_track"] == track_id) & (ends >= start_ns) & (ends <= end_ns)]
        return chosen
