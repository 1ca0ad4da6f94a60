"""The observed runs of the six ways under each other, on one axis of time.  GUI thread only."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.comparison import WAYS
from engine.model import State, Track, TrackKind
from engine.store import Store
from gui.compare.words import way_text
from gui.durations import duration
from gui.theme import SMALL, Theme
from gui.timeline.levels import lane
from gui.timeline.painting import Drawn, LanePainter, Picture, pixel
from gui.timeline.rows import Row, RowKind
from gui.timeline.styles import StateBrushes
from gui.timeline.ticks import nice_step
from gui.timeline.transform import TimeTransform

#: Of one way at most this many rows are drawn; what is left out is said.
MOST_ROWS = 9


def shown_tracks(store: Store) -> list[Track]:
    """Of each process its threads, or its tasks where it has some, in the order in which they began."""
    tasks = [track for track in store.tracks.values() if track.kind is TrackKind.TASK]
    threads = [
        track
        for track in store.tracks.values()
        if track.kind is TrackKind.THREAD and np.isin(store.spans(track.id)["state"], _AT_WORK).any()
    ]
    return sorted([*threads, *tasks], key=lambda track: (track.start_ns, track.id))


def stretch(store: Store) -> tuple[int, int]:
    """From the beginning of its first thread to the end, ns."""
    start = min((track.start_ns for track in shown_tracks(store)), default=store.start_ns)
    return start, max(store.end_ns, start + 1)


_AT_WORK = [State.RUNNING, State.NATIVE, State.SLEEP, State.IO]


class WayLanes(QWidget):
    """``way_chosen`` when one is clicked."""

    way_chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._stores: dict[str, Store] = {}
        self._chosen = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._on_changed)

    def clear(self) -> None:
        self._stores = {}
        self._chosen = 0
        self._on_changed()

    def add(self, way: str, store: Store) -> None:
        self._stores[way] = store
        self._on_changed()

    @property
    def ways(self) -> list[str]:
        """Those that were observed, in their order."""
        return [way for way in WAYS if way in self._stores]

    @property
    def longest_ns(self) -> int:
        """What the axis shows: the longest of the runs."""
        ends = (stretch(store) for store in self._stores.values())
        return max((end - start for start, end in ends), default=1)

    def _on_changed(self) -> None:
        self.setFixedHeight(self.sizeHint().height())
        self.updateGeometry()
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.update()
        super().changeEvent(event)

    # --- places ---------------------------------------------------------------------------------

    @property
    def _row_px(self) -> int:
        return self._theme.px(13)

    @property
    def _axis_px(self) -> int:
        return QFontMetrics(self._theme.font(SMALL)).height() + self._theme.px(6)

    @property
    def _head_px(self) -> int:
        metrics = QFontMetrics(self._theme.font(1.0, QFont.Weight.DemiBold))
        return max(metrics.horizontalAdvance(way_text(way)) for way in WAYS) + self._theme.px(14)

    def _block_px(self, way: str) -> int:
        rows = min(MOST_ROWS, len(shown_tracks(self._stores[way])))
        two_lines = QFontMetrics(self._theme.font()).height() + QFontMetrics(self._theme.font(SMALL)).height()
        return max(rows * self._row_px, two_lines) + self._theme.px(8)

    def place_of(self, way: str) -> QRect:
        """Where a way is drawn, with its name."""
        top = 0
        for each in self.ways:
            height = self._block_px(each)
            if each == way:
                return QRect(0, top, self.width(), height)
            top += height
        return QRect()

    def sizeHint(self) -> QSize:
        height = sum(self._block_px(way) for way in self.ways)
        return QSize(self._theme.px(500), height + (self._axis_px if self.ways else 0))

    # --- looks ----------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self.ways:
            return
        theme, palette = self._theme, self._theme.palette
        painter = QPainter(self)
        left = self._head_px
        room = max(10, self.width() - left)
        density = self.devicePixelRatioF()
        for way in self.ways:
            place = self.place_of(way)
            self._paint_way(painter, way, place, left, room, density)
        bottom = sum(self._block_px(way) for way in self.ways)
        painter.setFont(theme.font(SMALL))
        painter.setPen(QColor(palette.soft_text))
        step = nice_step(self.longest_ns * theme.px(90) / room)
        for time in range(0, self.longest_ns + 1, step):
            x = left + round(time / self.longest_ns * room)
            painter.drawLine(x, bottom, x, bottom + theme.px(3))
            text = duration(time) if time else "0"
            width = painter.fontMetrics().horizontalAdvance(text)
            x = min(max(left, x - width // 2), self.width() - width)
            painter.drawText(x, bottom + theme.px(4), width + 2, self._axis_px, 0, text)
        painter.end()

    def _paint_way(
        self, painter: QPainter, way: str, place: QRect, left: int, room: int, density: float
    ) -> None:
        theme, palette, store = self._theme, self._theme.palette, self._stores[way]
        tracks = shown_tracks(store)
        drawn_tracks = tracks[:MOST_ROWS]
        here = self.hasFocus() and self.ways[self._chosen % len(self.ways)] == way
        hovered = place.contains(self.mapFromGlobal(self.cursor().pos())) and self.underMouse()
        if here or hovered:
            painter.fillRect(place, QColor(palette.selection if here else palette.surface))
        painter.setPen(QColor(palette.selection_text if here else palette.text))
        painter.setFont(theme.font(1.0, QFont.Weight.DemiBold))
        line = painter.fontMetrics().height()
        top = place.top() + theme.px(4)
        painter.drawText(QRect(0, top, left, line), 0, way_text(way))
        painter.setFont(theme.font(SMALL))
        painter.setPen(QColor(palette.selection_text if here else palette.soft_text))
        start_ns, end_ns = stretch(store)
        told = [duration(end_ns - start_ns)]
        if len(tracks) > len(drawn_tracks):
            told.append(self.tr("{count} of {of}").format(count=len(drawn_tracks), of=len(tracks)))
        for number, text in enumerate(told):
            small = painter.fontMetrics().height()
            painter.drawText(QRect(0, top + line + number * small, left, small), 0, text)
        height = len(drawn_tracks) * self._row_px
        if not height:
            return
        scaled, row = max(1, round(room * density)), max(2, round(self._row_px * density))
        transform = TimeTransform(start_ns, self.longest_ns / scaled, scaled)
        picture = Picture(scaled, row * len(drawn_tracks), density)
        lanes = [
            Drawn(
                Row(RowKind.THREAD, track.id, 0, number * row, row, False),
                number * row,
                lane(store, track.id, transform),
                pixel(palette.lane),
            )
            for number, track in enumerate(drawn_tracks)
        ]
        font = theme.font(SMALL)
        brushes = StateBrushes(palette, density)
        maker = LanePainter(brushes, font, font, lambda _id: 0, lambda _id: "", lambda _span: "")
        maker.paint(picture, lanes, np.empty(0, np.int32), pixel(palette.lane), pixel(palette.line), False)
        painter.drawImage(QRect(left, top, room, height), picture.image)

    # --- choosing -------------------------------------------------------------------------------

    def way_at(self, point: QPoint) -> str:
        return next((way for way in self.ways if self.place_of(way).contains(point)), "")

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = self.way_at(event.position().toPoint())
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)
        self.setToolTip(self.tr("Open this run: {way}").format(way=way_text(over)) if over else "")
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self.update()
        super().leaveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        way = self.way_at(event.position().toPoint())
        if way and event.button() == Qt.MouseButton.LeftButton:
            self._chosen = self.ways.index(way)
            self.way_chosen.emit(way)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows choose, Return opens."""
        keys = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if self.ways and event.key() in keys:
            self._chosen = (self._chosen + keys[Qt.Key(event.key())]) % len(self.ways)
            self.update()
        elif self.ways and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.way_chosen.emit(self.ways[self._chosen % len(self.ways)])
        else:
            super().keyPressEvent(event)
