"""A store as it stands at one moment, or a stretch of it, to be read in another thread."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engine.analysis.source import Source
from engine.model import ObjectInfo, State, Track

Spans = NDArray[np.void]


class Growing(Source, Protocol):
    """A store that a snapshot is taken of: the first ``final_count`` spans of a track stay as they are."""

    def final_count(self, track_id: int) -> int: ...


class Snapshot:
    """Made in the thread that the store belongs to, then read in any one thread.

    Spans that are final stay where they are, those still open are copied, so that it costs next to
    nothing however long the run is.  With ``start_ns`` and ``end_ns`` every span is cut to that
    stretch; :attr:`cut` tells whether it is one.
    """

    def __init__(self, store: Growing, start_ns: int | None = None, end_ns: int | None = None) -> None:
        self.tracks: dict[int, Track] = dict(store.tracks)
        self.objects: dict[int, ObjectInfo] = dict(store.objects)
        self.gil = list(store.gil)
        self.deadlocks = list(store.deadlocks)
        self.cut = start_ns is not None or end_ns is not None
        self.start_ns = store.start_ns if start_ns is None else start_ns
        self.end_ns = store.end_ns if end_ns is None else end_ns
        self._parts: dict[int, tuple[Spans, Spans]] = {}
        for track_id in self.tracks:
            spans, final = store.spans(track_id), store.final_count(track_id)
            self._parts[track_id] = (spans[:final], spans[final:].copy())
        self._known: dict[int, Spans] = {}

    def spans(self, track_id: int) -> Spans:
        """The spans of a track, cut to the stretch."""
        known = self._known.get(track_id)
        if known is None:
            known = self._known[track_id] = self._make(track_id)
        return known

    def totals(
        self, track_id: int, start_ns: int | None = None, end_ns: int | None = None
    ) -> NDArray[np.int64]:
        """ns in each state; shape (len(State),)."""
        spans = self.spans(track_id)
        start, end = spans["start"], spans["end"]
        if start_ns is not None:
            start = np.maximum(start, start_ns)
        if end_ns is not None:
            end = np.minimum(end, end_ns)
        sums = np.bincount(spans["state"], np.maximum(end - start, 0), minlength=len(State))
        return np.rint(sums).astype(np.int64)

    def _make(self, track_id: int) -> Spans:
        final, still_open = self._parts[track_id]
        if not self.cut:
            return np.concatenate([final, still_open]) if len(still_open) else final
        both = [self._stretch(part) for part in (final, still_open)]
        spans = np.concatenate(both)
        spans["start"] = np.maximum(spans["start"], self.start_ns)
        spans["end"] = np.minimum(spans["end"], self.end_ns)
        return spans[spans["end"] > spans["start"]]

    def _stretch(self, spans: Spans) -> Spans:
        """Those that touch the stretch; starts and ends both rise."""
        if not len(spans):
            return spans
        first = int(np.searchsorted(spans["end"], self.start_ns, "right"))
        last = int(np.searchsorted(spans["start"], self.end_ns, "left"))
        return spans[first : max(first, last)]
