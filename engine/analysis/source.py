"""What the analyses need of a store.  ``engine.store.Store`` has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engine.model import Deadlock, GilFigures, ObjectInfo, Track


class Source(Protocol):
    """Tracks, their spans (``SPAN_DTYPE``, in the order of time) and what they refer to."""

    @property
    def tracks(self) -> Mapping[int, Track]: ...
    @property
    def objects(self) -> Mapping[int, ObjectInfo]: ...
    @property
    def gil(self) -> list[GilFigures]: ...
    @property
    def deadlocks(self) -> list[Deadlock]: ...
    @property
    def start_ns(self) -> int: ...
    @property
    def end_ns(self) -> int: ...
    def spans(self, track_id: int) -> NDArray[np.void]: ...
    def totals(
        self, track_id: int, start_ns: int | None = None, end_ns: int | None = None
    ) -> NDArray[np.int64]: ...


class Waits(Protocol):
    """The part of a store that finding deadlocks needs."""

    @property
    def tracks(self) -> Mapping[int, Track]: ...
    @property
    def objects(self) -> Mapping[int, ObjectInfo]: ...
    def spans(self, track_id: int) -> NDArray[np.void]: ...
    def span_index(self, track_id: int, time_ns: int) -> int: ...
