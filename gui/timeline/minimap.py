"""The whole run in one strip, with the visible stretch as a window that can be dragged.

GUI thread only.  The strip stacks the share of threads in each state, work at the bottom.  While
a run is live it is made anew a few times a second, a slice of tracks at a time, so that no frame
waits for it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from engine.model import TrackKind
from gui.document import Document
from gui.theme import Theme, color
from gui.timeline.levels import STATES, stacked
from gui.timeline.painting import Picture, pixel
from gui.timeline.transform import TimeTransform
from gui.timeline.viewport import Viewport

#: Tracks whose columns are taken at one turn of the event loop.
SLICE = 12
#: While a run is live the strip is at most this old.
LIVE_MS = 400


class Minimap(QWidget):
    def __init__(
        self, theme: Theme, document: Document, viewport: Viewport, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._document = document
        self._viewport = viewport
        self._image: QImage | None = None
        self._picture: Picture | None = None
        self._grab_px: float | None = None
        self._edge = 0  # -1: the left edge of the window is dragged, 1: the right
        self._whole = self._shown = TimeTransform(0, 1.0, 1)  # of the strip being made, of the one shown
        self._sum: NDArray[np.float32] = np.zeros((1, STATES), np.float32)
        self._todo: list[int] = []
        self._work = QTimer(self)
        self._work.setInterval(0)
        self._work.timeout.connect(self._work_on)
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(LIVE_MS)
        self._again.timeout.connect(self._begin)
        self.setMouseTracking(True)
        viewport.moved.connect(self.update)
        document.replaced.connect(self._on_replaced)
        document.grew.connect(self._on_grew)
        document.phase_changed.connect(self._begin)
        document.cursor_moved.connect(self.update)
        document.notes.changed.connect(self.update)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def _on_theme_changed(self) -> None:
        self.setFixedHeight(self._theme.px(40))
        self._begin()

    def sizeHint(self) -> QSize:
        return QSize(400, self._theme.px(40))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._begin()
        super().resizeEvent(event)

    def _on_replaced(self) -> None:
        self._image = None
        self._begin()

    def _on_grew(self, _tracks_changed: bool) -> None:
        if self._whole.start_ns != self._document.store.start_ns:
            self._begin()  # nothing that is still true is shown
        elif not self._again.isActive() and not self._work.isActive():
            self._again.start()

    # --- the strip --------------------------------------------------------------------------

    def _begin(self) -> None:
        store = self._document.store
        density = self.devicePixelRatioF()
        width = max(1, round(self.width() * density))
        start, end = store.start_ns, max(store.end_ns, store.start_ns + 1)
        self._whole = TimeTransform(start, max((end - start) / width, 1e-9), width)
        self._sum = np.zeros((width, STATES), np.float32)
        kinds = (TrackKind.THREAD, TrackKind.PROCESS)
        self._todo = [t.id for t in store.tracks.values() if t.kind is kinds[0]] or [
            t.id for t in store.tracks.values() if t.kind is kinds[1]
        ]
        self._work.start()

    def _work_on(self) -> None:
        store = self._document.store
        whole = self._whole
        for track_id in self._todo[:SLICE]:
            if track_id in store.tracks:
                end = whole.start_ns + whole.ns_per_px * whole.width_px
                self._sum += store.columns(track_id, whole.start_ns, end, whole.width_px)
        del self._todo[:SLICE]
        if not self._todo:
            self._work.stop()
            self._draw()

    def _draw(self) -> None:
        density = self.devicePixelRatioF()
        height = max(4, round(self._theme.px(20) * density))
        picture = Picture(self._whole.width_px, height, density)
        colors = np.zeros(STATES, np.uint32)
        colors[:] = pixel(self._theme.palette.surface)
        for state, style in self._theme.palette.states.items():
            colors[int(state)] = pixel(style.fill)
        picture.pixels[:] = colors[stacked(self._sum, height)]
        self._picture = picture  # keeps the memory that the image shows
        self._shown = self._whole
        self._image = picture.image
        self.update()

    # --- painting ---------------------------------------------------------------------------

    def _lens(self) -> QRectF:
        """The visible stretch, in device pixels."""
        density = self.devicePixelRatioF()
        transform = self._viewport.transform
        x0 = self._map_x(transform.start_ns)
        x1 = self._map_x(transform.end_ns)
        least = 6 * density
        if x1 - x0 < least:
            middle = (x0 + x1) / 2
            x0, x1 = middle - least / 2, middle + least / 2
        width = self._whole.width_px
        x0, x1 = max(x0, density), min(x1, width - density)
        height = self.height() * density
        return QRectF(x0, 4 * density, max(least, x1 - x0), height - 8 * density)

    def _map_x(self, time_ns: int) -> float:
        store = self._document.store
        length = max(1, store.end_ns - store.start_ns)
        return (time_ns - store.start_ns) / length * self._whole.width_px

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        palette = self._theme.palette
        painter.fillRect(self.rect(), QColor(palette.surface))
        if not self._document.tracks:
            return
        density = self.devicePixelRatioF()
        painter.scale(1 / density, 1 / density)
        height = round(self.height() * density)
        if self._image is not None:
            target = QRectF(0, (height - self._image.height()) / 2, 0, self._image.height())
            target.setLeft(self._map_x(self._shown.start_ns))
            target.setRight(min(self._map_x(self._shown.end_ns), self._whole.width_px))
            painter.drawImage(target, self._image, QRectF(self._image.rect()))
        if self._document.cursor_ns is not None:
            x = round(self._map_x(self._document.cursor_ns))
            painter.fillRect(x - 1, 0, max(2, round(2 * density)), height, QColor(palette.accent))
        for note in self._document.notes.notes:
            x0, x1 = self._map_x(note.time_ns), self._map_x(note.end_ns)
            width = max(3 * density, x1 - x0)
            painter.fillRect(QRectF(round(x0), 0, width, 4 * density), QColor(palette.text))
        lens = self._lens()
        veil = color(palette.surface, 120)
        painter.fillRect(QRectF(0, 0, lens.left(), height), veil)
        painter.fillRect(QRectF(lens.right(), 0, self._whole.width_px - lens.right(), height), veil)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(palette.accent), 2 * density))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(lens, 3 * density, 3 * density)

    # --- pointer ----------------------------------------------------------------------------

    def _place(self, position: QPointF) -> tuple[float, QRectF]:
        return position.x() * self.devicePixelRatioF(), self._lens()

    def _edge_at(self, x: float, lens: QRectF) -> int:
        reach = 5 * self.devicePixelRatioF()
        if lens.width() > 4 * reach:
            if abs(x - lens.left()) <= reach:
                return -1
            if abs(x - lens.right()) <= reach:
                return 1
        return 0

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or not self._document.tracks:
            return
        x, lens = self._place(event.position())
        self._edge = self._edge_at(x, lens)
        if not self._edge and not lens.left() <= x <= lens.right():
            self._centre(x)
            x, lens = self._place(event.position())
        self._grab_px = x - lens.left()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x, lens = self._place(event.position())
        if self._grab_px is None:
            edge = self._edge_at(x, lens)
            inside = lens.left() <= x <= lens.right()
            shape = Qt.CursorShape.SizeHorCursor if edge else Qt.CursorShape.OpenHandCursor
            self.setCursor(shape if edge or inside else Qt.CursorShape.PointingHandCursor)
            return
        store, transform = self._document.store, self._viewport.transform
        length = max(1, store.end_ns - store.start_ns)
        time = store.start_ns + round(x / self._whole.width_px * length)
        if self._edge < 0 and time < transform.end_ns:
            self._viewport.go(transform.fitted(time, transform.end_ns))
        elif self._edge > 0 and time > transform.start_ns:
            self._viewport.go(transform.fitted(transform.start_ns, time))
        elif not self._edge:
            self._centre(x - self._grab_px + lens.width() / 2)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._grab_px = None
        self._edge = 0

    def wheelEvent(self, event: QWheelEvent) -> None:
        notches = event.angleDelta().y() / 120
        if notches:
            self._viewport.zoom(1.25**notches)
        event.accept()

    def _centre(self, x: float) -> None:
        store, transform = self._document.store, self._viewport.transform
        length = max(1, store.end_ns - store.start_ns)
        time = store.start_ns + round(x / self._whole.width_px * length)
        self._viewport.go(
            transform.panned((time - transform.start_ns) / transform.ns_per_px - transform.width_px / 2)
        )
