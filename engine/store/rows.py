"""Arrays that grow at their end."""

from __future__ import annotations

import mmap
import sys
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

_FIRST = 4
#: Bytes from which room is taken from the system directly.  What malloc is given back of this
#: size it often keeps: growing 16 tracks to 10 million spans left 100 MB of it unused.
_LARGE = 1 << 20
#: Windows counts addresses that were never touched as memory.
_LARGE_GROWS = 2 if sys.platform == "win32" else 4


class GrowingRows:
    """Rows of one dtype, appended in amortised constant time; room doubles, and once it is large grows
    by more, for whoever appends waits while the rows are copied.

    Room that is not filled is never touched, so that it takes addresses and no memory.
    """

    __slots__ = ("_room", "count")

    def __init__(self, dtype: DTypeLike, width: int | None = None) -> None:
        """``width``: rows of that many values instead of single ones."""
        self._room: NDArray[Any] = np.empty((0,) if width is None else (0, width), dtype)
        self.count = 0

    def append(self, rows: NDArray[Any]) -> None:
        """Put ``rows`` behind those there are."""
        end = self.count + len(rows)
        if end > len(self._room):
            factor = _LARGE_GROWS if self._room.nbytes >= _LARGE else 2
            length = max(end, _FIRST, len(self._room) * factor)
            room = _room(length, self._room)
            room[: self.count] = self._room[: self.count]
            self._room = room
        self._room[self.count : end] = rows
        self.count = end

    def truncate(self, count: int) -> None:
        """Forget all rows from ``count`` on."""
        self.count = min(self.count, count)

    @property
    def view(self) -> NDArray[Any]:
        """All rows, not copied; what is appended later is not in it, what is overwritten shows."""
        return self._room[: self.count]


def _room(length: int, like: NDArray[Any]) -> NDArray[Any]:
    """Unfilled room for ``length`` rows like those of ``like``."""
    shape = (length, *like.shape[1:])
    size = int(np.prod(shape)) * like.dtype.itemsize
    if size < _LARGE:
        return np.empty(shape, like.dtype)
    if sys.platform == "win32":
        memory = mmap.mmap(-1, size)
    else:  # the default, shared memory, is slower to fill
        memory = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    return np.frombuffer(memory, like.dtype).reshape(shape)
