"""The whole timeline: ruler, headers, lanes, minimap, legend, and the keys that act on them.

GUI thread only.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QScrollBar,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from engine.model import State, TrackKind
from gui.document import Document, Phase
from gui.durations import duration
from gui.theme import SMALL, Theme, color
from gui.timeline.arranging import Arranging
from gui.timeline.canvas import ZOOM_STEP, LaneCanvas
from gui.timeline.headers import TrackHeaders
from gui.timeline.legend import Legend
from gui.timeline.minimap import Minimap
from gui.timeline.note_strip import NoteStrip
from gui.timeline.note_tool import NoteTool
from gui.timeline.rows import RowSizes
from gui.timeline.ruler import Ruler
from gui.timeline.viewport import Viewport

#: From this many rows on the field that filters tracks is shown.
FILTER_FROM = 10
#: From the back row no more can be told apart.
PROJECTOR_ROWS = 8
#: How far A and D pan: this share of the width.
PAN_STEP = 0.12


class _Corner(QWidget):
    """The ground of the cells left of ruler, minimap and legend."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), color(self._theme.palette.surface))


class TimelineView(QWidget):
    """Everything in the middle above the sentence."""

    follow_wanted = Signal()

    def __init__(self, theme: Theme, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._document = document
        self.viewport = Viewport(self)
        self.canvas = LaneCanvas(theme, document, self.viewport, self)
        self.arranging = Arranging(document, self.viewport, self._select_on, self)
        self.headers = TrackHeaders(theme, document, self.viewport, self.arranging, self)
        self.ruler = Ruler(theme, document, self.viewport, self)
        self.strip = NoteStrip(theme, document, self.viewport, self)
        self.notes = NoteTool(theme, document, self.viewport, self.strip, self)
        self.minimap = Minimap(theme, document, self.viewport, self)
        self.legend = Legend(theme, document, self)
        self.filter = QLineEdit(self)
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self.viewport.set_filter)
        self.hidden_button = QPushButton(self)
        self.hidden_button.setObjectName("Link")
        self.hidden_button.clicked.connect(lambda: self.arranging.show_hidden())
        self.hidden_button.hide()
        self._notes_label = QLabel(self)
        self._notes_label.setObjectName("Soft")
        self._whole_label = QLabel(self)
        self._whole_label.setObjectName("Soft")
        self._scroll = QScrollBar(Qt.Orientation.Vertical, self)
        # A style sheet's scroll bar would ask for more height than a projector has.
        self._scroll.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Ignored)
        self._scroll.valueChanged.connect(self.viewport.scroll_to)
        self.follow_button = QPushButton(self.canvas)
        self.follow_button.setObjectName("Primary")
        self.follow_button.clicked.connect(self.go_to_end)
        self.follow_button.hide()
        self._tracks_seen = 0
        self._legend_later = QTimer(self)
        self._legend_later.setSingleShot(True)
        self._legend_later.setInterval(500)
        self._legend_later.timeout.connect(self._note_states)
        self._rows_later = QTimer(self)
        self._rows_later.setSingleShot(True)
        self._rows_later.setInterval(0)
        self._rows_later.timeout.connect(self._on_rows_changed)
        self._lay_out()
        self._connect()
        self._on_theme_changed()
        self.retranslate()
        self._show_notes()

    def _lay_out(self) -> None:
        corner = _Corner(self._theme, self)
        inside = QVBoxLayout(corner)
        inside.setContentsMargins(6, 2, 6, 2)
        inside.addWidget(self.filter)
        self._beside_notes, self._behind_notes = _Corner(self._theme, self), _Corner(self._theme, self)
        inside = QVBoxLayout(self._beside_notes)
        inside.setContentsMargins(14, 0, 4, 0)
        inside.addWidget(self._notes_label)
        below = self._below = _Corner(self._theme, self)
        self._below_right = _Corner(self._theme, self)
        inside = QVBoxLayout(below)
        inside.setContentsMargins(14, 0, 4, 0)
        inside.addWidget(self._whole_label)
        inside.addWidget(self.hidden_button, 0, Qt.AlignmentFlag.AlignLeft)
        for part in (corner, self._beside_notes, below):  # the names' column is as wide as the names
            part.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addWidget(corner, 0, 0)
        grid.addWidget(self.ruler, 0, 1, 1, 1)
        grid.addWidget(_Corner(self._theme, self), 0, 2)
        grid.addWidget(self._beside_notes, 1, 0)
        grid.addWidget(self.strip, 1, 1)
        grid.addWidget(self._behind_notes, 1, 2)
        grid.addWidget(self.headers, 2, 0)
        grid.addWidget(self.canvas, 2, 1)
        grid.addWidget(self._scroll, 2, 2)
        grid.addWidget(below, 3, 0)
        grid.addWidget(self.minimap, 3, 1)
        grid.addWidget(self._below_right, 3, 2)
        grid.addWidget(self.legend, 4, 0, 1, 3)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(2, 1)
        self.canvas.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def _connect(self) -> None:
        self.canvas.hovered.connect(self.ruler.set_hover)
        self.canvas.resized.connect(self._place_follow)
        self.canvas.menu_wanted.connect(self._on_menu_wanted)
        self._document.notes.changed.connect(self._show_notes)
        self.notes.editor.left.connect(self.canvas.setFocus)
        self.headers.track_clicked.connect(self._on_track_clicked)
        self.viewport.scrolled.connect(self._sync_scroll)
        self.viewport.rows_changed.connect(self._on_rows_changed)
        self.viewport.follow_changed.connect(self._show_follow)
        self.viewport.filter_left.connect(self.filter.clear)
        self._document.replaced.connect(self._on_replaced)
        self._document.grew.connect(self._on_grew)
        self._document.phase_changed.connect(self._on_phase_changed)
        self._theme.changed.connect(self._on_theme_changed)

    def minimumSizeHint(self) -> QSize:
        """Room for some lanes; the legend of a narrow view would otherwise ask for more than there is."""
        return QSize(super().minimumSizeHint().width(), self._theme.px(220))

    # --- texts and looks ---------------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def retranslate(self) -> None:
        self.filter.setPlaceholderText(self.tr("Find a track"))
        self.filter.setAccessibleName(self.tr("Find a track"))
        self.follow_button.setText(self.tr("Follow live (End)"))
        self.canvas.setAccessibleName(self.tr("Timeline"))
        self.canvas.setAccessibleDescription(
            self.tr("Tracks of threads, processes, tasks and locks over time")
        )
        self.headers.setAccessibleName(self.tr("Tracks"))
        self.ruler.setAccessibleName(self.tr("Ruler"))
        self.minimap.setAccessibleName(self.tr("The whole run"))
        self._show_hidden()
        self._notes_label.setText(self.tr("notes"))
        self.strip.setAccessibleName(self.tr("Notes"))
        self._show_whole()
        self._place_follow()

    def _on_theme_changed(self) -> None:
        density = self.devicePixelRatioF()
        px = self._theme.px
        self.viewport.sizes = RowSizes(
            tallest=round(px(92) * density),
            lowest=round(px(26) * density),
            heading=round(px(32) * density),
            most=PROJECTOR_ROWS if self._theme.projector else 0,
        )
        self.viewport.rearrange()
        self._whole_label.setFont(self._theme.font(SMALL))
        self.hidden_button.setFont(self._theme.font(SMALL))
        self._notes_label.setFont(self._theme.font(SMALL))
        self.filter.setFont(self._theme.font(SMALL))
        # Too small to be grasped from afar, and the lanes need its room.
        for part in (self.minimap, self._below, self._below_right):
            part.setVisible(not self._theme.projector)
        self._on_rows_changed()
        self._place_follow()

    def _show_notes(self) -> None:
        shown = bool(self._document.notes.notes)
        for part in (self.strip, self._beside_notes, self._behind_notes):
            part.setVisible(shown)

    def _on_menu_wanted(self, where: QPoint, time_ns: int) -> None:
        if self._document.tracks:
            menu = self.build_menu(time_ns)
            menu.exec(where)
            menu.deleteLater()

    def build_menu(self, time_ns: int) -> QMenu:
        """What can be done at a moment of the lanes."""
        menu = QMenu(self)
        menu.addAction(self.tr("Add a note here …"), lambda: self.notes.add_at(time_ns))
        if self._document.range is not None:
            menu.addAction(self.tr("Add a note to the selected range …"), self.notes.add)
            menu.addAction(self.tr("Let the selected range go"), lambda: self._document.set_range(None))
        return menu

    def _show_whole(self) -> None:
        store = self._document.store
        length = store.end_ns - store.start_ns
        text = self.tr("whole run {time}").format(time=duration(length)) if store.tracks else ""
        self._whole_label.setText(text)

    # --- the recording --------------------------------------------------------------------------

    def _on_replaced(self) -> None:
        store = self._document.store
        self._tracks_seen = len(store.tracks)
        self.filter.clear()
        self.viewport.show_recording(store.tracks, store.start_ns, store.end_ns, self._document.live)
        self._show_whole()
        self._note_states()
        self._show_follow()

    def _on_grew(self, tracks_changed: bool) -> None:
        store = self._document.store
        self.viewport.grow(store.start_ns, store.end_ns, tracks_changed)
        self._show_whole()
        if not self._legend_later.isActive():
            self._legend_later.start()

    def _on_phase_changed(self) -> None:
        if self.viewport.live and not self._document.live:
            self.viewport.finish()
            self._note_states()
        elif self._document.phase is Phase.RUNNING:
            self.viewport.live = True
        self._show_follow()

    def _note_states(self) -> None:
        store = self._document.store
        sums = np.zeros(len(State), np.int64)
        for track in store.tracks.values():
            if track.kind in (TrackKind.THREAD, TrackKind.TASK, TrackKind.PROCESS):
                sums += store.totals(track.id)
        self.legend.note(frozenset(State(int(i)) for i in np.flatnonzero(sums)))

    def _on_rows_changed(self) -> None:
        if self.canvas.resizing:
            # A part that comes or goes while the layout places them leaves those after it without a place.
            self._rows_later.start()
            return
        self._sync_scroll()
        self._show_hidden()
        many = len(self.viewport.rows) >= FILTER_FROM and not self._theme.projector
        self.filter.setVisible(many or bool(self.filter.text()))

    def _show_hidden(self) -> None:
        """The way back to tracks that were hidden."""
        count = len(self.viewport.arrangement.hidden)
        self.hidden_button.setVisible(count > 0)
        self.hidden_button.setText(self.tr("Show %n hidden", "", count))

    def _sync_scroll(self) -> None:
        most = self.viewport.max_scroll_px
        self._scroll.blockSignals(True)
        self._scroll.setRange(0, most)
        self._scroll.setPageStep(self.viewport.height_px)
        self._scroll.setSingleStep(40)
        self._scroll.setValue(self.viewport.scroll_px)
        self._scroll.blockSignals(False)
        if self.canvas.resizing:
            self._rows_later.start()
        else:
            self._scroll.setVisible(most > 0)

    # --- following ----------------------------------------------------------------------------

    def _show_follow(self, *_: object) -> None:
        self.follow_button.setVisible(self.viewport.live and not self.viewport.following)
        self._place_follow()

    def _place_follow(self) -> None:
        button = self.follow_button
        button.adjustSize()
        margin = self._theme.px(12)
        button.move(
            self.canvas.width() - button.width() - margin,
            self.canvas.height() - button.height() - margin,
        )

    # --- what the keys do -------------------------------------------------------------------------

    def zoom_in(self) -> None:
        self.viewport.zoom(ZOOM_STEP, self.canvas.pointer_x)

    def zoom_out(self) -> None:
        self.viewport.zoom(1 / ZOOM_STEP, self.canvas.pointer_x)

    def pan_left(self) -> None:
        self.viewport.pan(-PAN_STEP * self.viewport.transform.width_px)

    def pan_right(self) -> None:
        self.viewport.pan(PAN_STEP * self.viewport.transform.width_px)

    def fit_selection(self) -> None:
        """The selected range, else the selected span, else everything."""
        if self._document.range is not None:
            self.viewport.fit(*self._document.range)
        elif self._document.selection is not None:
            selection = self._document.selection
            self.viewport.fit(selection.start_ns, selection.end_ns, 0.3)
            self.viewport.show_row(selection.track)
        else:
            self.viewport.fit_all()

    def range_of_span(self) -> None:
        """The selected span's time as the selected range."""
        selection = self._document.selection
        if selection is not None:
            self._document.set_range((selection.start_ns, selection.end_ns))

    def show_line(self, file: str, line: int) -> bool:
        """Goes to the next span on a line of code and lights all of them; False: there is none."""
        places = self._document.places_on_line(file, line)
        found = self._document.next_span_at(places, self._document.now_ns) if places else None
        self._document.light_places(places if found is not None else frozenset())
        if found is None:
            return False
        self._document.select(*found)
        selection = self._document.selection
        if selection is not None:
            self._document.set_cursor(selection.start_ns)
            self.viewport.leave_present()
            self.viewport.show_moment(selection.start_ns)
            self.viewport.show_row(selection.track)
        return True

    def go_to(self, track_id: int, time_ns: int | None = None) -> None:
        """Selects a track's span at a moment and brings both into sight; without a moment the span at
        the cursor, else the track's first in sight."""
        self.viewport.reveal(track_id)
        if time_ns is None:
            self._on_track_clicked(track_id)
            return
        index = self._document.store.span_index(track_id, time_ns)
        self.viewport.leave_present()
        if index >= 0:
            self._document.select(track_id, index)
        self._document.set_cursor(time_ns)
        self.viewport.show_moment(time_ns)

    def go_to_moment(self, time_ns: int) -> None:
        """Puts the cursor at a moment and shows it."""
        self.viewport.leave_present()
        self._document.set_cursor(time_ns)
        self.viewport.show_moment(time_ns)

    def next_span(self) -> None:
        self._step(1)

    def previous_span(self) -> None:
        self._step(-1)

    def _step(self, step: int) -> None:
        if self._document.selection is None:
            self._select_somewhere()
        else:
            self._document.select_neighbour(step)
        if self._document.selection is not None:
            self.viewport.show_moment(self._document.selection.start_ns)
            self.viewport.show_row(self._document.selection.track)

    def _select_somewhere(self) -> None:
        """Without a selection: the first track in sight, where the cursor is."""
        store = self._document.store
        time = self._document.now_ns
        for row in self.viewport.visible_rows():
            track = self._document.tracks.get(row.track)
            if track is None or track.kind not in (TrackKind.THREAD, TrackKind.TASK):
                continue
            index = store.span_index(row.track, time)
            if index < 0:
                index = store.next_index(row.track, time)
            if index >= 0:
                self._document.select(row.track, index)
                return

    def next_track(self) -> None:
        self._step_track(1)

    def previous_track(self) -> None:
        self._step_track(-1)

    def _step_track(self, step: int) -> None:
        """Selects on the next track in view order, at the cursor."""
        stops = self.arranging.stops()
        tracks = list(stops.values())
        selection = self._document.selection
        row = self.viewport.row_of(selection.track) if selection is not None else None
        place = list(stops).index(row.track) + step if row is not None and row.track in stops else 0
        if 0 <= place < len(tracks):
            self._select_on(tracks[place])

    def _select_on(self, track_id: int) -> None:
        """Selects on a track at the cursor, which stays."""
        time = self._document.now_ns
        store = self._document.store
        index = store.span_index(track_id, time)
        index = index if index >= 0 else max(0, store.previous_index(track_id, time))
        cursor = self._document.cursor_ns
        self._document.select(track_id, index)
        if cursor is not None:
            self._document.set_cursor(cursor)
        self.viewport.show_row(track_id)

    def go_to_end(self) -> None:
        """Follows a live run; shows the end of a finished one."""
        if self.viewport.live:
            self._document.set_cursor(None)
            self.viewport.follow()
        else:
            store = self._document.store
            self._document.set_cursor(store.end_ns)
            self.viewport.show_moment(store.end_ns)

    def go_to_start(self) -> None:
        store = self._document.store
        self._document.set_cursor(store.start_ns)
        self.viewport.show_moment(store.start_ns)

    def taller(self) -> None:
        self.viewport.set_stretch(self.viewport.stretch * 1.25)

    def lower(self) -> None:
        self.viewport.set_stretch(self.viewport.stretch / 1.25)

    def find_track(self) -> None:
        self.filter.show()
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.selectAll()

    def _on_track_clicked(self, track_id: int) -> None:
        """Selects the track's span at the cursor, else its first in sight."""
        store = self._document.store
        time = self._document.now_ns
        index = store.span_index(track_id, time)
        if index < 0:
            first, last = store.range(
                track_id, self.viewport.transform.start_ns, self.viewport.transform.end_ns
            )
            index = first if last > first else (0 if len(store.spans(track_id)) else -1)
        cursor = self._document.cursor_ns
        if index >= 0:
            self._document.select(track_id, index)
            if cursor is not None and store.span_index(track_id, cursor) == index:
                self._document.set_cursor(cursor)

    def picture(self) -> QImage:
        """The timeline as it stands, for the clipboard."""
        return self.grab().toImage()
