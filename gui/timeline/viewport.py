"""What part of the recording is in sight: time, rows, scroll, following a live run.

The timeline's parts (lanes, headers, ruler, minimap) share one :class:`Viewport` and repaint
when it says so; all navigation goes through it, and with it undo and redo.  GUI thread only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, QTimer, Signal

from engine.model import Track, TrackKind
from gui.timeline.history import NavigationHistory, Place
from gui.timeline.rows import Arrangement, Row, RowKind, RowSizes, arrange, matches, row_at, total_height
from gui.timeline.transform import TimeTransform

#: A gesture (a turn of the wheel, a drag) counts as one step of navigation when nothing moved
#: for this long.
REST_MS = 350
#: Live and following: a run that is shorter than this is shown whole, a longer one scrolls.
FOLLOW_NS = 1_000_000_000
#: The first moments of a run are not stretched beyond this.
FOLLOW_LEAST_NS = 100_000_000
#: Pinned rows stay at the top as long as they take no larger share of the height than this.
MOST_FIXED = 0.6
#: Following, the present stands this far from the left, as a share of the width.
FOLLOW_AT = 0.96


class Viewport(QObject):
    """Time window, rows and scroll position."""

    moved = Signal()  # the visible stretch of time changed
    scrolled = Signal()
    rows_changed = Signal()
    follow_changed = Signal(bool)
    history_changed = Signal()
    edited = Signal()  # tracks were arranged otherwise, which can be undone
    filter_left = Signal()  # a track is to be shown that the filter keeps out

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.transform = TimeTransform(0, 1_000_000.0, 1000)
        self.rows: list[Row] = []
        self.arrangement = Arrangement()
        self.sizes = RowSizes()
        self.stretch = 1.0
        self.scroll_px = 0
        self.height_px = 1
        self._fixed_px = 0
        self.start_ns = 0
        self.end_ns = 1
        self.live = False
        self._follow = False
        self.follow_live = True  # whether a run is followed from its start on
        self._whole_so_far = False  # of a young run, as long as nobody chose another scale
        self._tracks: Mapping[int, Track] = {}
        self._edits: list[tuple[Arrangement, float]] = []
        self._undone: list[tuple[Arrangement, float]] = []
        self.history = NavigationHistory()
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._on_rest)
        self._left: Place | None = None

    # --- the recording -------------------------------------------------------------------

    def show_recording(
        self, tracks: Mapping[int, Track], start_ns: int, end_ns: int, live: bool = False
    ) -> None:
        """Another recording: everything is fitted, history and arrangement begin anew."""
        self._tracks = tracks
        self.start_ns, self.end_ns = start_ns, max(end_ns, start_ns + 1)
        self.live = live
        self.arrangement = Arrangement()
        self._edits.clear()
        self._undone.clear()
        self.scroll_px = 0
        self.history.clear()
        self._left = None
        self._rest.stop()
        self.history_changed.emit()
        self.rearrange()
        if live:
            self._set_follow(True)
            self._whole_so_far = True
            self._show_present()
            self._set_follow(self.follow_live)
        else:
            self._set_follow(False)
            self._fit_program()
        self.moved.emit()

    def grow(self, start_ns: int, end_ns: int, tracks_changed: bool) -> None:
        """The recording got longer, or got more tracks."""
        self.start_ns, self.end_ns = start_ns, max(end_ns, start_ns + 1)
        if tracks_changed:
            self.rearrange()
        if self._follow:
            self._show_present()

    def finish(self) -> None:
        """The run is over: nothing to follow any more; who followed to the end sees all of it."""
        followed = self._follow
        self.live = False
        self._set_follow(False)
        if followed:
            self._fit_program()
            self.moved.emit()

    def _fit_program(self) -> None:
        """All of the run but the time in which the interpreter starts and nothing of the program does
        anything: half the picture of a short run."""
        starts = [track.start_ns for track in self._tracks.values() if track.kind is not TrackKind.PROCESS]
        begin = min(starts, default=self.start_ns)
        if not self.start_ns <= begin < self.end_ns:
            begin = self.start_ns
        self.transform = self.transform.fitted(begin, self.end_ns, 0.01)

    # --- sizes and rows ------------------------------------------------------------------

    def resize(self, width_px: int, height_px: int) -> None:
        """The size of the lanes' area, in the pixels they are painted in."""
        if (width_px, height_px) == (self.transform.width_px, self.height_px):
            return
        height_changed = height_px != self.height_px
        self.transform = self.transform.resized(width_px)
        self.height_px = max(1, height_px)
        if height_changed:
            self.rearrange()
        if self._follow:
            self._show_present()
        self.moved.emit()

    def rearrange(self) -> None:
        """Makes the rows anew: tracks, arrangement or sizes changed."""
        self.rows = arrange(self._tracks, self.arrangement, self.height_px, self.sizes, self.stretch)
        self._fixed_px = self._measure_fixed()
        self.scroll_px = min(self._to_edge(self.scroll_px), self.max_scroll_px)
        self.rows_changed.emit()

    @property
    def max_scroll_px(self) -> int:
        return self._to_edge(max(0, total_height(self.rows) - self.height_px), 1)

    @property
    def fixed_px(self) -> int:
        """How high the pinned rows are that stay at the top while the others scroll under them; 0
        where they would take most of the room: then they scroll with the others."""
        return self._fixed_px

    def _measure_fixed(self) -> int:
        fixed = next((row.y for row in self.rows if not row.pinned), 0)
        return fixed if fixed <= self.height_px * MOST_FIXED else 0

    def _to_edge(self, scroll_px: int, way: int = 0) -> int:
        """With rows that stay, the others scroll by whole rows: none shows half under them.  ``way``:
        -1 to the row's upper edge, 1 to its lower one, 0 to the nearer."""
        if not self._fixed_px or scroll_px <= 0:
            return scroll_px
        index = row_at(self.rows, scroll_px + self._fixed_px)
        if index < 0:
            return scroll_px
        row = self.rows[index]
        top = row.y - self._fixed_px
        up = top == scroll_px or way < 0 or (way == 0 and scroll_px - top < row.height / 2)
        return top if up else top + row.height

    def top_of(self, row: Row) -> int:
        """Where a row begins in the lanes' area; less than 0 or within the pinned rows: out of sight."""
        return row.y if row.pinned and self._fixed_px else row.y - self.scroll_px

    def in_sight(self, row: Row) -> bool:
        """Whether a row is at least partly in sight."""
        top = self.top_of(row)
        above = self._fixed_px if not row.pinned else 0
        return top + row.height > above and top < self.height_px

    def heading_above(self) -> tuple[Row, int] | None:
        """The heading of the process to which the topmost rows belong, where it is scrolled out of
        sight, and where it is shown over them; the next heading pushes it out."""
        first = row_at(self.rows, self.scroll_px + self._fixed_px) if self.scroll_px else -1
        if first < 0:
            return None
        for row in self.rows[first::-1]:
            if row.pinned:
                return None
            if row.kind is RowKind.PROCESS:
                after = self.rows[first + 1 :]
                following = next((r for r in after[:2] if r.kind is RowKind.PROCESS), None)
                top = self._fixed_px
                if following is not None:
                    top = min(top, self.top_of(following) - row.height)
                return None if row is self.rows[first] and self.top_of(row) >= top else (row, top)
        return None

    def visible_rows(self) -> list[Row]:
        """Rows that are at least partly in sight, top to bottom."""
        bottom = self.scroll_px + self.height_px
        first = max(0, row_at(self.rows, self.scroll_px + self._fixed_px)) if self.rows else 0
        result = [row for row in self.rows[:first] if row.pinned] if self._fixed_px else []
        for row in self.rows[first:]:
            if row.y >= bottom:
                break
            result.append(row)
        return result

    def row_under(self, y_px: float) -> Row | None:
        """The row at a height in the lanes' area."""
        above = self.heading_above()
        if above is not None and self._fixed_px <= y_px < above[1] + above[0].height:
            return above[0]
        index = row_at(self.rows, y_px if 0 <= y_px < self._fixed_px else y_px + self.scroll_px)
        return self.rows[index] if index >= 0 else None

    def row_of(self, track_id: int) -> Row | None:
        for row in self.rows:
            if row.track == track_id or track_id in row.summary:
                return row
        return None

    def edit(self, change: Callable[[Arrangement], None]) -> None:
        """Changes the arrangement; can be undone (``undo_edit``)."""
        self._edits.append((self.arrangement.copy(), self.stretch))
        del self._edits[:-100]
        self._undone.clear()
        change(self.arrangement)
        self.rearrange()
        self.edited.emit()
        self.history_changed.emit()

    @property
    def can_undo_edit(self) -> bool:
        return bool(self._edits)

    @property
    def can_redo_edit(self) -> bool:
        return bool(self._undone)

    def undo_edit(self) -> None:
        self._swap_edit(self._edits, self._undone)

    def redo_edit(self) -> None:
        self._swap_edit(self._undone, self._edits)

    def _swap_edit(
        self, source: list[tuple[Arrangement, float]], other: list[tuple[Arrangement, float]]
    ) -> None:
        if not source:
            return
        other.append((self.arrangement.copy(), self.stretch))
        self.arrangement, self.stretch = source.pop()
        self.rearrange()
        self.history_changed.emit()

    def set_filter(self, text: str) -> None:
        if text != self.arrangement.filter:
            self.arrangement.filter = text
            self.rearrange()

    def set_stretch(self, stretch: float) -> None:
        """Taller or lower rows: 1 fills the height there is."""
        self.stretch = min(6.0, max(0.4, stretch))
        self.rearrange()

    # --- navigation ----------------------------------------------------------------------

    @property
    def place(self) -> Place:
        return Place(self.transform.start_ns, self.transform.ns_per_px, self.scroll_px)

    def go(self, transform: TimeTransform, *, follow: bool = False) -> None:
        """Shows another stretch of time, kept to the run; leaves following unless told otherwise."""
        transform = transform.clamped(self.start_ns, self.end_ns)
        if not follow:
            self._set_follow(False)
            self._whole_so_far = False
        if transform == self.transform:
            return
        self._leave()
        self.transform = transform
        self.moved.emit()

    def zoom(self, factor: float, x_px: float | None = None) -> None:
        """About a pixel (the middle without one)."""
        if x_px is None:
            x_px = self.transform.width_px / 2
        if self._follow and factor != 1:  # stays with the present, closer or farther
            self._whole_so_far = False
            self.transform = self.transform.zoomed(factor, self.transform.x_of(self.end_ns))
            self._show_present()
            return
        self.go(self.transform.zoomed(factor, x_px))

    def pan(self, pixels: float) -> None:
        self.go(self.transform.panned(pixels))

    def scroll_to(self, scroll_px: int) -> None:
        scroll_px = min(max(0, scroll_px), self.max_scroll_px)
        scroll_px = self._to_edge(scroll_px)
        if scroll_px != self.scroll_px:
            self._leave()
            self.scroll_px = scroll_px
            self.scrolled.emit()

    def scroll_by(self, pixels: int) -> None:
        """At least by a row where rows scroll whole."""
        before = self.scroll_px
        self.scroll_to(before + pixels)
        if self.scroll_px == before and self._fixed_px and pixels:
            self.scroll_to(self._to_edge(before + pixels, 1 if pixels > 0 else -1))

    def fit(self, start_ns: int, end_ns: int, margin: float = 0.08) -> None:
        self._settle()
        self.go(self.transform.fitted(start_ns, end_ns, margin))
        self._settle()

    def fit_all(self) -> None:
        self.fit(self.start_ns, self.end_ns, 0.01)

    def show_row(self, track_id: int) -> None:
        """Scrolls just far enough that a track's row is in sight; opens its process if collapsed."""
        row = self.row_of(track_id)
        if row is None or (row.pinned and self._fixed_px):
            return
        headed = row.kind is not RowKind.PROCESS and any(r.kind is RowKind.PROCESS for r in self.rows)
        top = row.y - self._fixed_px - (self.sizes.heading if headed else 0)
        if top < self.scroll_px:
            self.scroll_to(top)
        elif row.y + row.height > self.scroll_px + self.height_px:
            self.scroll_to(row.y + row.height - self.height_px)

    def reveal(self, track_id: int) -> None:
        """Brings a track's row into sight, whatever keeps it out: hidden, collapsed, filtered out."""
        if track_id not in self._tracks:
            return
        row = self.row_of(track_id)
        if row is None or row.track != track_id:
            if not matches(self._tracks[track_id], self.arrangement.filter.casefold().split()):
                self.filter_left.emit()
            line = [track_id]
            while (parent := self._tracks[line[-1]].parent) in self._tracks and parent not in line:
                line.append(parent)
            hidden = self.arrangement.hidden.intersection(line)
            collapsed = {r.track for r in self.rows if r.collapsed}.intersection(line[1:])
            if hidden or collapsed:

                def change(arrangement: Arrangement) -> None:
                    arrangement.hidden.difference_update(line)
                    arrangement.collapsed.difference_update(line)
                    arrangement.expanded.update(line)

                self.edit(change)
        self.show_row(track_id)

    def show_moment(self, time_ns: int) -> None:
        """Pans just far enough that a moment is in sight."""
        x = self.transform.x_of(time_ns)
        width = self.transform.width_px
        if not 0 <= x < width:
            self.go(self.transform.panned(x - width * (0.25 if x > 0 else 0.75)))

    def back(self) -> None:
        self._settle()
        self._take(self.history.back(self.place))

    def forward(self) -> None:
        self._settle()
        self._take(self.history.forward(self.place))

    def _take(self, place: Place | None) -> None:
        if place is not None:
            self._set_follow(False)
            self.transform = TimeTransform(place.start_ns, place.ns_per_px, self.transform.width_px)
            self.scroll_px = self._to_edge(min(place.scroll_px, self.max_scroll_px))
            self.moved.emit()
            self.scrolled.emit()
        self.history_changed.emit()

    def _leave(self) -> None:
        if self._left is None:
            self._left = self.place
        self._rest.start()

    def _settle(self) -> None:
        """A gesture has come to rest: note it."""
        self._rest.stop()
        if self._left is not None:
            left, self._left = self._left, None
            self.history.visit(left, self.place)
            self.history_changed.emit()

    def _on_rest(self) -> None:
        self._settle()

    # --- following a live run ------------------------------------------------------------

    @property
    def following(self) -> bool:
        return self._follow

    def follow(self) -> None:
        """Goes back to the present of a live run and stays with it."""
        if self.live:
            self._set_follow(True)
            self._show_present()

    def leave_present(self) -> None:
        """Stays where it is while the run goes on."""
        self._set_follow(False)

    def _set_follow(self, on: bool) -> None:
        if on != self._follow:
            self._follow = on
            self.follow_changed.emit(on)

    def _show_present(self) -> None:
        width = self.transform.width_px
        scale = self.transform.ns_per_px
        length = self.end_ns - self.start_ns
        if self._whole_so_far:
            scale = min(max(length / FOLLOW_AT * 1.01, FOLLOW_LEAST_NS), FOLLOW_NS) / width
        if length > scale * width * FOLLOW_AT:
            start = self.end_ns - round(scale * width * FOLLOW_AT)
        else:
            start = self.start_ns - round(scale * width * 0.01)
        transform = TimeTransform(start, scale, width)
        if transform != self.transform:
            self.transform = transform
            self.moved.emit()
