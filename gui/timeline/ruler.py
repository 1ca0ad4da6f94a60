"""The ruler above the lanes: ticks in readable units, and the cursor's time in a bubble.

A click sets the cursor, dragging selects a range.  GUI thread only.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from gui.document import Document
from gui.durations import moment
from gui.theme import SMALL, Theme, color
from gui.timeline.frame import scaled
from gui.timeline.ticks import Ticks, ruler_ticks
from gui.timeline.viewport import Viewport


class Ruler(QWidget):
    def __init__(
        self, theme: Theme, document: Document, viewport: Viewport, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._document = document
        self._viewport = viewport
        self._pressed: QPointF | None = None
        self._hover_ns: int | None = None
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(self.sizePolicy().Policy.Expanding, self.sizePolicy().Policy.Fixed)
        for signal in (
            viewport.moved,
            viewport.rows_changed,
            document.replaced,
            document.grew,
            document.cursor_moved,
            document.range_changed,
        ):
            signal.connect(lambda *_: self.update())
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def _on_theme_changed(self) -> None:
        self.setFixedHeight(self._theme.px(30))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(400, self._theme.px(30))

    def set_hover(self, time_ns: object) -> None:
        """The moment under the pointer in the lanes, or None."""
        self._hover_ns = time_ns if isinstance(time_ns, int) else None
        self.update()

    def ticks(self) -> Ticks:
        return ruler_ticks(self._viewport.transform, self._document.store.start_ns, self._label_px())

    def _label_px(self) -> float:
        return 82.0 * self._theme.px(100) / 100 * self.devicePixelRatioF()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        palette = self._theme.palette
        painter.fillRect(self.rect(), QColor(palette.surface))
        if not self._document.tracks:
            return
        density = self.devicePixelRatioF()
        painter.scale(1 / density, 1 / density)
        height = round(self.height() * density)
        width = self._viewport.transform.width_px
        font = scaled(self._theme.font(SMALL), density)
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        ticks = self.ticks()
        bubble = self._bubble(metrics, density, width)
        taken = [bubble[0]] if bubble else []
        if ticks.base:
            rect = QRectF(0, 0, metrics.horizontalAdvance(ticks.base) + 10 * density, height)
            painter.setPen(QColor(palette.text))
            painter.drawText(rect.adjusted(5 * density, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, ticks.base)
            taken.append(rect)
        for tick in ticks.ticks:
            x = round(tick.x)
            if not 0 <= x < width:
                continue
            painter.fillRect(x, round(height * 0.78), max(1, round(density)), height, QColor(palette.edge))
            rect = QRectF(x + 3 * density, 0, metrics.horizontalAdvance(tick.label) + 2 * density, height)
            if tick.label and rect.right() <= width and not any(rect.intersects(t) for t in taken):
                painter.setPen(QColor(palette.soft_text))
                painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, tick.label)
        self._paint_range(painter, height)
        if bubble:
            self._paint_bubble(painter, *bubble, height)

    def _bubble(
        self, metrics: QFontMetricsF, density: float, width: int
    ) -> tuple[QRectF, str, float, bool] | None:
        """Rectangle, text, x and whether it is the cursor's (else the pointer's)."""
        strong = self._document.cursor_ns is not None
        time = self._document.cursor_ns if strong else self._hover_ns
        if time is None:
            return None
        x = self._viewport.transform.x_of(time)
        if not -1 <= x <= width + 1:
            return None
        text = moment(time - self._document.store.start_ns, self._viewport.transform.ns_per_px)
        half = metrics.horizontalAdvance(text) / 2 + 9 * density
        left = min(max(x - half, 1.0), max(1.0, width - 2 * half - 1))
        top = 3 * density
        return QRectF(left, top, 2 * half, metrics.height() + 5 * density), text, x, strong

    def _paint_bubble(
        self, painter: QPainter, rect: QRectF, text: str, x: float, strong: bool, height: int
    ) -> None:
        palette = self._theme.palette
        density = self.devicePixelRatioF()
        fill, ink = (palette.accent, palette.on_accent) if strong else (palette.edge, palette.window)
        if not strong:
            fill, ink = palette.text, palette.window
        wide = max(2, round(2 * density))
        painter.fillRect(round(x) - wide // 2, round(rect.bottom()) - 2, wide, height, QColor(fill))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(fill))
        painter.drawRoundedRect(rect, 4 * density, 4 * density)
        font = painter.font()
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(QColor(ink))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_range(self, painter: QPainter, height: int) -> None:
        chosen = self._document.range
        if chosen is None:
            return
        x0, x1 = (self._viewport.transform.x_of(t) for t in chosen)
        painter.fillRect(QRectF(x0, 0, x1 - x0, height), color(self._theme.palette.accent, 60))
        painter.setPen(QPen(QColor(self._theme.palette.accent), 1))
        for x in (x0, x1):
            painter.drawLine(QPointF(round(x) + 0.5, 0), QPointF(round(x) + 0.5, height))

    # --- pointer --------------------------------------------------------------------------------

    def _time(self, position: QPointF) -> int:
        return self._viewport.transform.t_of(position.x() * self.devicePixelRatioF())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._document.tracks:
            self._pressed = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        if abs(event.position().x() - self._pressed.x()) >= QApplication.startDragDistance() / 2:
            self._document.set_range((self._time(self._pressed), self._time(event.position())))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        if pressed is None:
            return
        if abs(event.position().x() - pressed.x()) < QApplication.startDragDistance() / 2:
            self._document.set_range(None)
            self._document.set_cursor(self._time(event.position()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        notches = event.angleDelta().y() / 120
        if notches:
            self._viewport.zoom(1.25**notches, event.position().x() * self.devicePixelRatioF())
        event.accept()
