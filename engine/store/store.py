"""Everything known of a run, kept for looking at it."""

from __future__ import annotations

import bisect
import math
from collections import deque
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.agent.layout import Wait
from engine.analysis.deadlocks import DeadlockFinder
from engine.assembler.delta import Delta
from engine.model import (
    SPAN_DTYPE,
    Deadlock,
    GilFigures,
    Location,
    Mark,
    ObjectInfo,
    OutputChunk,
    State,
    Track,
    TrackKind,
)
from engine.store.arrows import ArrowLog
from engine.store.levels import Levels
from engine.store.rows import GrowingRows

Spans = NDArray[np.void]

#: Tracks with fewer spans are searched without an index.
SMALL = 64
#: New spans from which the levels of detail are brought up to date at once and not when a view
#: asks for them, so that no frame pays for a large batch.
MANY_NEW = 4096
#: Captured output that is kept; the recording has all of it.
MOST_OUTPUT = 64 << 20

_NO_SPANS: Spans = np.empty(0, SPAN_DTYPE)
#: How far back a place is looked for: a track without any must not cost a look at all its spans.
PLACES_BACK = 4096
_WAITING = (State.WAIT_LOCK, State.WAIT, State.SUSPENDED)


class _TrackSpans:
    """The spans of one track: final ones, and behind them those that will be replaced."""

    __slots__ = ("final", "levels", "revision", "rows")

    def __init__(self) -> None:
        self.rows = GrowingRows(SPAN_DTYPE)
        self.final = 0
        self.levels: Levels | None = None
        self.revision = 0

    def replace_open(self, final: Spans, provisional: Spans) -> None:
        self.rows.truncate(self.final)
        if self.levels is not None:
            self.levels.truncate(self.final)
        if len(final):
            self.rows.append(final)
            self.final += len(final)
        if len(provisional):
            self.rows.append(provisional)
        if len(final) >= MANY_NEW:
            self.current_levels()

    def current_levels(self) -> Levels:
        if self.levels is None:
            self.levels = Levels()
        self.levels.extend(self.rows.view)
        return self.levels

    def index(self, time_ns: int) -> int:
        """The last span that starts at ``time_ns`` or before; -1 if there is none."""
        if self.rows.count <= SMALL:
            starts = np.ascontiguousarray(self.rows.view["start"])
            return int(starts.searchsorted(time_ns, "right")) - 1
        return self.current_levels().index(time_ns)


class Store:
    """A recording in memory, growing by deltas.

    It changes in :meth:`apply` alone, and belongs to the thread that calls it: arrays that are
    handed out show the state of their moment and are to be used before the next ``apply``.
    Identifiers are those of ``engine.model``.  A span is named by its track and its index;
    indices of final spans (the first ``final_count``) never change.

    A moment belongs to the span with ``start <= moment < end``; to the last of a track that
    goes on also at its end.
    """

    def __init__(self) -> None:
        self.tracks: dict[int, Track] = {}
        self.objects: dict[int, ObjectInfo] = {}
        self.locations: dict[int, Location] = {}
        self.gil: list[GilFigures] = []
        self.deadlocks: list[Deadlock] = []
        #: what could not be understood: code → how often
        self.problems: dict[str, int] = {}
        self.records = 0
        self.lost = 0
        self.size_bytes = 0
        #: nothing will be added
        self.complete = False
        #: raised by every apply that changed something
        self.revision = 0
        #: bytes of captured output that are not kept any more, from its beginning
        self.output_dropped = 0
        self._now_ns = 0
        self._start_ns: int | None = None
        self._spans: dict[int, _TrackSpans] = {}
        self._open: set[int] = set()
        self._arrows = ArrowLog()
        self._marks: list[Mark] = []
        self._mark_times: list[int] = []
        self._output: deque[OutputChunk] = deque()
        self._output_bytes = 0
        self._deadlock_finder = DeadlockFinder()

    # --- growing ----------------------------------------------------------------------------

    def apply(self, delta: Delta) -> None:
        """Take in what is new."""
        for track in (*delta.new_tracks, *delta.changed_tracks):
            self.tracks[track.id] = track
            if self._start_ns is None or track.start_ns < self._start_ns:
                self._start_ns = track.start_ns
        for info in (*delta.new_objects, *delta.changed_objects):
            self.objects[info.id] = info
        for location in delta.new_locations:
            self.locations[len(self.locations)] = location
        self.locations.update(delta.changed_locations)
        for track_id in self._open.union(delta.spans, delta.open_spans):
            spans = self._spans.get(track_id)
            if spans is None:
                spans = self._spans[track_id] = _TrackSpans()
            spans.replace_open(
                delta.spans.get(track_id, _NO_SPANS), delta.open_spans.get(track_id, _NO_SPANS)
            )
            spans.revision += 1
        self._open = {track_id for track_id, spans in delta.open_spans.items() if len(spans)}
        self._arrows.append(delta.arrows)
        self._add_marks(delta.marks)
        self._add_output(delta.output)
        self.gil = delta.gil
        changed = delta.spans.keys() | delta.open_spans.keys()
        self.deadlocks = delta.deadlocks or self._deadlock_finder.update(self, changed)
        self.problems = delta.problems
        self.records = delta.records
        self.lost = delta.lost
        self.size_bytes = delta.size_bytes
        self.complete = delta.complete
        self._now_ns = max(self._now_ns, delta.now_ns)
        self.revision += 1

    def add_note(self, mark: Mark) -> None:
        """A mark of the user's own."""
        self._add_marks([mark])
        self.revision += 1

    def _add_marks(self, marks: Sequence[Mark]) -> None:
        for mark in marks:
            if not self._mark_times or mark.time_ns >= self._mark_times[-1]:
                self._marks.append(mark)
                self._mark_times.append(mark.time_ns)
            else:
                at = bisect.bisect_right(self._mark_times, mark.time_ns)
                self._marks.insert(at, mark)
                self._mark_times.insert(at, mark.time_ns)

    def _add_output(self, chunks: Sequence[OutputChunk]) -> None:
        for chunk in chunks:
            self._output.append(chunk)
            self._output_bytes += len(chunk.text)
        while self._output_bytes > MOST_OUTPUT and len(self._output) > 1:
            dropped = len(self._output.popleft().text)
            self._output_bytes -= dropped
            self.output_dropped += dropped

    # --- what there is ----------------------------------------------------------------------

    @property
    def track_ids(self) -> list[int]:
        """Ids of all tracks, in the order they appeared."""
        return list(self.tracks)

    def of_kind(self, kind: TrackKind) -> list[Track]:
        """The tracks of one kind, in the order they appeared."""
        return [track for track in self.tracks.values() if track.kind is kind]

    @property
    def start_ns(self) -> int:
        """The first moment of any track; 0 while there is none."""
        return self._start_ns or 0

    @property
    def end_ns(self) -> int:
        """The last moment anything is known of."""
        return 0 if self._start_ns is None else max(self._now_ns, self._start_ns)

    @property
    def arrows(self) -> NDArray[np.void]:
        """All arrows (``ARROW_DTYPE``), in the order they were found."""
        return self._arrows.all

    @property
    def marks(self) -> Sequence[Mark]:
        """All marks in the order of time."""
        return self._marks

    @property
    def output(self) -> Sequence[OutputChunk]:
        """Captured output in order, without the first ``output_dropped`` bytes."""
        return self._output

    def answered(self) -> NDArray[np.int64]:
        """When a call of ``input()`` had been given its line, ns, in order."""
        ends = [
            rows["end"][(rows["state"] == State.IO) & (rows["reason"] == Wait.INPUT)]
            for rows in (spans.rows.view for spans in self._spans.values())
        ]
        return np.sort(np.concatenate([*ends, np.empty(0, np.int64)]))

    def track_revision(self, track_id: int) -> int:
        """Raised whenever spans of the track changed."""
        spans = self._spans.get(track_id)
        return spans.revision if spans is not None else 0

    # --- spans ------------------------------------------------------------------------------

    def spans(self, track_id: int) -> Spans:
        """All spans of a track (``SPAN_DTYPE``), its open part included; not copied."""
        spans = self._spans.get(track_id)
        return spans.rows.view if spans is not None else _NO_SPANS

    def final_count(self, track_id: int) -> int:
        """How many of its spans will not change any more."""
        spans = self._spans.get(track_id)
        return spans.final if spans is not None else 0

    def span_index(self, track_id: int, time_ns: int) -> int:
        """The span at a moment; -1 where there is none."""
        spans = self._spans.get(track_id)
        if spans is None or not spans.rows.count:
            return -1
        time_ns = int(time_ns)
        index = spans.index(time_ns)
        if index < 0:
            return -1
        end = int(spans.rows.view["end"][index])
        if time_ns < end or (time_ns == end and index >= spans.final):
            return index
        return -1

    def at(self, track_id: int, time_ns: int) -> np.void | None:
        """The span at a moment, or None."""
        index = self.span_index(track_id, time_ns)
        return None if index < 0 else self._row(track_id, index)

    def next_index(self, track_id: int, time_ns: int) -> int:
        """The first span that starts after a moment; -1 if there is none."""
        spans = self._spans.get(track_id)
        if spans is None:
            return -1
        index = spans.index(int(time_ns)) + 1
        return index if index < spans.rows.count else -1

    def previous_index(self, track_id: int, time_ns: int) -> int:
        """The last span that starts before a moment; -1 if there is none."""
        spans = self._spans.get(track_id)
        return -1 if spans is None else spans.index(int(time_ns) - 1)

    def next_span(self, track_id: int, time_ns: int) -> np.void | None:
        """The first span that starts after a moment, or None."""
        index = self.next_index(track_id, time_ns)
        return None if index < 0 else self._row(track_id, index)

    def previous_span(self, track_id: int, time_ns: int) -> np.void | None:
        """The last span that starts before a moment, or None."""
        index = self.previous_index(track_id, time_ns)
        return None if index < 0 else self._row(track_id, index)

    def range(self, track_id: int, start_ns: float, end_ns: float) -> tuple[int, int]:
        """Indices (first, one past the last) of the spans that touch ``[start_ns, end_ns]``."""
        spans = self._spans.get(track_id)
        if spans is None or not spans.rows.count or end_ns < start_ns:
            return 0, 0
        before = spans.index(math.ceil(start_ns) - 1)  # the last one that starts before the window
        first = max(before, 0)
        if before >= 0 and spans.rows.view["end"][before] < start_ns:
            first += 1
        return first, max(first, spans.index(int(end_ns // 1)) + 1)

    def window(self, track_id: int, start_ns: float, end_ns: float) -> Spans:
        """The spans that touch ``[start_ns, end_ns]``; not copied."""
        first, last = self.range(track_id, start_ns, end_ns)
        return self.spans(track_id)[first:last]

    def count(self, track_id: int, start_ns: float, end_ns: float) -> int:
        """How many spans touch ``[start_ns, end_ns]``."""
        first, last = self.range(track_id, start_ns, end_ns)
        return last - first

    def columns(self, track_id: int, start_ns: float, end_ns: float, count: int) -> NDArray[np.float32]:
        """The share of each state in each of ``count`` pixel columns of a window.

        Shape (count, len(State)); a row adds up to less than 1 where the track has no span.
        The window may reach beyond the run.
        """
        spans = self._spans.get(track_id)
        if spans is None:
            return np.zeros((max(count, 0), len(State)), np.float32)
        return spans.current_levels().shares(spans.rows.view, start_ns, end_ns, count)

    def totals(
        self, track_id: int, start_ns: int | None = None, end_ns: int | None = None
    ) -> NDArray[np.int64]:
        """ns in each state, over the whole track or between two moments; shape (len(State),)."""
        spans = self._spans.get(track_id)
        if spans is None or not spans.rows.count:
            return np.zeros(len(State), np.int64)
        rows = spans.rows.view
        if start_ns is None:
            start_ns = int(rows["start"][0])
        if end_ns is None:
            end_ns = int(rows["end"][-1])
        return spans.current_levels().totals(rows, int(start_ns), int(end_ns))

    def place_at(self, track_id: int, time_ns: int) -> int:
        """The last location the track is known to have been at, up to a moment; -1 if there is none
        among the ``PLACES_BACK`` spans before."""
        spans = self._spans.get(track_id)
        if spans is None:
            return -1
        last = spans.index(int(time_ns)) + 1
        locations = spans.rows.view["location"][max(0, last - PLACES_BACK) : last]
        known = np.flatnonzero(locations >= 0)
        return int(locations[known[-1]]) if len(known) else -1

    # --- between tracks ---------------------------------------------------------------------

    def arrows_in(self, start_ns: float, end_ns: float, most: int | None = None) -> NDArray[np.void]:
        """The arrows that touch ``[start_ns, end_ns]``; of more than ``most`` an even choice."""
        return self._arrows.window(start_ns, end_ns, most)

    def arrows_into(self, track_id: int, start_ns: int, end_ns: int) -> NDArray[np.void]:
        """The arrows that end on a track between two moments: what let it go on."""
        return self._arrows.into(track_id, start_ns, end_ns)

    def marks_in(self, start_ns: float, end_ns: float) -> Sequence[Mark]:
        """The marks in ``[start_ns, end_ns]``, in the order of time."""
        first = bisect.bisect_left(self._mark_times, start_ns)
        return self._marks[first : bisect.bisect_right(self._mark_times, end_ns)]

    def holder_at(self, track_id: int, time_ns: int) -> int:
        """The track that has a lock or GIL (its track given) at a moment; -1: nobody, or not known."""
        span = self.at(track_id, time_ns)
        return int(span["owner"]) if span is not None and span["state"] == State.OWNED else -1

    def waiters_of(self, object_id: int, time_ns: int) -> list[int]:
        """The tracks of threads and tasks that wait for an object at a moment."""
        waiting = []
        for track in self.tracks.values():
            if track.kind in (TrackKind.THREAD, TrackKind.TASK):
                span = self.at(track.id, time_ns)
                if span is not None and span["object"] == object_id and span["state"] in _WAITING:
                    waiting.append(track.id)
        return waiting

    def _row(self, track_id: int, index: int) -> np.void:
        row: np.void = self._spans[track_id].rows.view[index]
        return row
