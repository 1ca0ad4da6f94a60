"""The lanes: shows the picture of the tracks, and takes pointer and wheel.

Wheel zooms about the pointer, Shift+wheel pans, Ctrl+wheel scrolls the tracks; dragging pans,
with Shift it selects a range, with Ctrl or the right button it zooms into the box; a click sets
the cursor and selects, a double or middle click zooms to the span.
"""

from __future__ import annotations

import enum
from time import perf_counter

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from engine.model import State, TrackKind
from gui import wording
from gui.document import Document
from gui.theme import Theme
from gui.timeline import overlay
from gui.timeline.frame import FrameRenderer
from gui.timeline.rows import RowKind
from gui.timeline.transform import TimeTransform
from gui.timeline.viewport import Viewport

#: One notch of a wheel, and one press of W or S.
ZOOM_STEP = 1.25
#: A picture that took longer than this to paint makes the next ones coarser while things move, one
#: that took less makes them finer again.
SLOW_MS = 10.0
QUICK_MS = 4.0
COARSEST = 3
#: Nothing moved for this long: the picture is painted sharp.
REST_MS = 140


class Gesture(enum.Enum):
    NONE = enum.auto()
    PRESSED = enum.auto()  # may become a click or a pan
    PAN = enum.auto()
    RANGE = enum.auto()
    BOX = enum.auto()


class LaneCanvas(QWidget):
    """The picture of the tracks with cursor, selection and arrows over it."""

    hovered = Signal(object)  # the moment under the pointer, or None
    resized = Signal()
    span_clicked = Signal()  # the span that is selected then
    menu_wanted = Signal(object, object)  # where on the screen (QPoint), the moment there

    def __init__(
        self, theme: Theme, document: Document, viewport: Viewport, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._document = document
        self._viewport = viewport
        self.renderer = FrameRenderer(theme)
        #: we are being given a place by the layout
        self.resizing = False
        self._stale = True
        self._coarse = 1
        self._painted_coarse = 1
        self._gesture = Gesture.NONE
        self._pressed = QPointF()
        self._pressed_at: TimeTransform | None = None
        self._pressed_scroll = 0
        self._pointer: QPointF | None = None
        self._focus_shown = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(120, 60)
        viewport.moved.connect(self.invalidate)
        viewport.scrolled.connect(self.invalidate)
        viewport.rows_changed.connect(self.invalidate)
        document.replaced.connect(self._on_replaced)
        document.grew.connect(self._on_grew)
        document.cursor_moved.connect(self.update)
        document.selection_changed.connect(self.update)
        document.range_changed.connect(self.update)
        document.lit_changed.connect(self.update)
        document.notes.changed.connect(self.update)
        theme.changed.connect(self._on_theme_changed)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._sharpen)
        self._hover_later = QTimer(self)
        self._hover_later.setSingleShot(True)
        self._hover_later.setInterval(0)
        self._hover_later.timeout.connect(self._hover)

    # --- what makes the picture stale -----------------------------------------------------

    def invalidate(self) -> None:
        self._stale = True
        self.update()

    def _on_replaced(self) -> None:
        self._gesture = Gesture.NONE
        self.renderer.forget_theme()
        self.invalidate()

    def _on_grew(self, _tracks_changed: bool) -> None:
        if self._viewport.following or self._grown_in_sight():
            self.invalidate()

    def _grown_in_sight(self) -> bool:
        """New spans end at the present; an older stretch stays as it is, but for spans that were
        still open when it was painted."""
        return self._viewport.transform.end_ns > self._document.store.end_ns - 2_000_000_000

    def _on_theme_changed(self) -> None:
        self.renderer.forget_theme()
        self.invalidate()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._on_theme_changed()
        super().changeEvent(event)

    # --- painting --------------------------------------------------------------------------

    @property
    def density(self) -> float:
        return self.devicePixelRatioF()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.resizing = True
        try:
            self._fit_viewport()
        finally:
            self.resizing = False
        super().resizeEvent(event)
        self.resized.emit()

    def _fit_viewport(self) -> None:
        density = self.density
        self._viewport.resize(round(self.width() * density), round(self.height() * density))

    def paintEvent(self, _event: QPaintEvent) -> None:
        density = self.density
        width, height = round(self.width() * density), round(self.height() * density)
        if (width, height) != (self._viewport.transform.width_px, self._viewport.height_px):
            self._fit_viewport()
        if self._stale:
            self._render(width, height, density)
        painter = QPainter(self)
        if density != 1.0:
            painter.scale(1 / density, 1 / density)
        painter.drawImage(0, 0, self._picture.image)
        self._paint_over(painter, width, height)
        painter.end()

    def _render(self, width: int, height: int, density: float) -> None:
        """Paints the tracks anew.  Where that takes too long to be smooth, columns get wider while
        things move, and sharp again when they rest."""
        begin = perf_counter()
        self._painted_coarse = self._coarse
        self._picture = self.renderer.render(
            self._document.store, self._viewport, width, height, density, self._coarse
        )
        self._stale = False
        taken_ms = (perf_counter() - begin) * 1000
        if taken_ms > SLOW_MS:
            self._coarse = min(COARSEST, self._coarse + 1)
        elif taken_ms < QUICK_MS:
            self._coarse = max(1, self._coarse - 1)
        if self._painted_coarse > 1:
            self._rest.start()

    def _sharpen(self) -> None:
        if self._painted_coarse > 1 and self._gesture is Gesture.NONE:
            self._coarse = 1
            self.invalidate()

    def _paint_over(self, painter: QPainter, width: int, height: int) -> None:
        document, viewport = self._document, self._viewport
        if not document.tracks:
            return
        over = overlay.Overlay(painter, self._theme, document, viewport, self.renderer, self.density)
        over.marks()
        over.ends()
        over.range(height)
        over.notes(height)
        over.lit()
        over.selection()
        over.fixed(width)
        if self._gesture is Gesture.BOX and self._pointer is not None:
            over.box(self._pressed * self.density, self._pointer * self.density, height)
        elif self._pointer is not None and self._gesture is Gesture.NONE:
            over.pointer(self._pointer.x() * self.density, height)
        over.cursor(height)
        over.arrows(width, height)
        if self._focus_shown and self.hasFocus():
            painter.setPen(QColor(self._theme.palette.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(0, 0, width - 1, height - 1)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Shows the focus when it came by the keyboard, not after every click."""
        reason = Qt.FocusReason
        self._focus_shown = event.reason() in (reason.TabFocusReason, reason.BacktabFocusReason)
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    # --- pointer ---------------------------------------------------------------------------

    def _x(self, position: QPointF) -> float:
        return position.x() * self.density

    def time_at(self, position: QPointF) -> int:
        """The moment under a point of this widget."""
        return self._viewport.transform.t_of(self._x(position))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._pressed = event.position()
        self._pressed_at = self._viewport.transform
        self._pressed_scroll = self._viewport.scroll_px
        modifiers = event.modifiers()
        if event.button() == Qt.MouseButton.MiddleButton:
            self._fit_span_at(event.position())
        elif event.button() == Qt.MouseButton.RightButton or (
            event.button() == Qt.MouseButton.LeftButton and modifiers & Qt.KeyboardModifier.ControlModifier
        ):
            self._gesture = Gesture.BOX
        elif event.button() == Qt.MouseButton.LeftButton:
            shift = modifiers & Qt.KeyboardModifier.ShiftModifier
            self._gesture = Gesture.RANGE if shift else Gesture.PRESSED
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.position()
        moved = event.position() - self._pressed
        if (
            self._gesture is Gesture.PRESSED
            and moved.manhattanLength() >= QApplication.startDragDistance() / 2
        ):
            self._gesture = Gesture.PAN
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        if self._gesture is Gesture.PAN and self._pressed_at is not None:
            self._viewport.go(self._pressed_at.panned(-moved.x() * self.density))
            self._viewport.scroll_to(self._pressed_scroll - round(moved.y() * self.density))
        elif self._gesture is Gesture.RANGE:
            self._document.set_range((self.time_at(self._pressed), self.time_at(event.position())))
        elif self._gesture is Gesture.BOX:
            self.update()
        else:
            self._hover_later.start()
            self.update()
        self.hovered.emit(self.time_at(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        gesture, self._gesture = self._gesture, Gesture.NONE
        self.unsetCursor()
        if gesture is Gesture.PRESSED:
            self._click(event.position())
        elif gesture is Gesture.BOX:
            self._end_box(event.position(), event.button())
        self.update()

    def _end_box(self, position: QPointF, button: Qt.MouseButton) -> None:
        width = abs(position.x() - self._pressed.x())
        if width >= QApplication.startDragDistance():
            start, end = sorted((self.time_at(self._pressed), self.time_at(position)))
            self._viewport.fit(start, end, 0.0)
        elif button == Qt.MouseButton.RightButton:
            self.menu_wanted.emit(self.mapToGlobal(position.toPoint()), self.time_at(position))
        else:
            self._click(position)

    def _click(self, position: QPointF) -> None:
        time = self.time_at(position)
        self._viewport.leave_present()
        self._document.set_cursor(time)
        found = self.span_at(position)
        if found is None:
            self._document.clear_selection()
        else:
            self._document.select(*found)
            self.span_clicked.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._fit_span_at(event.position())

    def _fit_span_at(self, position: QPointF) -> None:
        found = self.span_at(position)
        if found is not None:
            self._document.select(*found)
            selection = self._document.selection
            if selection is not None:
                self._viewport.fit(selection.start_ns, selection.end_ns, 0.3)

    def leaveEvent(self, _event: QEvent) -> None:
        self._pointer = None
        self._document.light(-1)
        self.hovered.emit(None)
        self.update()

    def span_at(self, position: QPointF) -> tuple[int, int] | None:
        """The span under a point: track and index; the nearest within 2 pixels where there is none."""
        row = self._viewport.row_under(position.y() * self.density)
        if row is None or row.kind is RowKind.PROCESS:
            return None
        store = self._document.store
        x = self._x(position)
        for shift in (0, 1, -1, 2, -2):
            index = store.span_index(row.track, self._viewport.transform.t_of(x + shift))
            if index >= 0 and store.spans(row.track)["state"][index] not in (State.NONE, State.FREE):
                return row.track, index
        return None

    def _hover(self) -> None:
        """Lights the object under the pointer on every track."""
        if self._pointer is None or self._gesture is not Gesture.NONE:
            return
        found = self.span_at(self._pointer)
        lit = -1
        if found is not None:
            track = self._document.tracks[found[0]]
            span = self._document.store.spans(found[0])[found[1]]
            if track.kind is TrackKind.LOCK:
                lit = track.object
            elif span["state"] in (State.WAIT_LOCK, State.WAIT):
                lit = int(span["object"])
        self._document.light(lit)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._show_tip(event.pos(), event.globalPos())
            return True
        return super().event(event)

    def tip_at(self, position: QPointF) -> str:
        """The hover text for a point; empty where nothing is."""
        mark = overlay.mark_at(self._document, self._viewport, position * self.density, self.density)
        if mark is not None:
            return wording.mark_text(self._document.store, mark, self._document.store.start_ns)
        found = self.span_at(position)
        if found is None:
            return ""
        store = self._document.store
        return wording.span_tooltip(store, found[0], store.spans(found[0])[found[1]], store.start_ns)

    def _show_tip(self, position: QPoint, where: QPoint) -> None:
        text = self.tip_at(QPointF(position))
        if text:
            QToolTip.showText(where, text, self, QRectF(position.x() - 4, position.y() - 4, 8, 8).toRect())
        else:
            QToolTip.hideText()

    # --- wheel and keys -----------------------------------------------------------------------

    def wheelEvent(self, event: QWheelEvent) -> None:
        modifiers = event.modifiers()
        delta = event.pixelDelta() if not event.pixelDelta().isNull() else event.angleDelta()
        notches_x, notches_y = event.angleDelta().x() / 120, event.angleDelta().y() / 120
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            self._viewport.scroll_by(-round(notches_y * 60 * self.density))
        elif modifiers & Qt.KeyboardModifier.ShiftModifier:
            turned = notches_y or notches_x
            self._viewport.pan(-turned * 0.1 * self._viewport.transform.width_px)
        elif abs(notches_x) > abs(notches_y):
            self._viewport.pan(-delta.x() * self.density)
        elif notches_y:
            self._viewport.zoom(ZOOM_STEP**notches_y, self._x(event.position()))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._document.set_range(None)
            self._document.clear_selection()
            self._document.light_places(frozenset())
            if not self._document.live:
                self._document.set_cursor(None)
            return
        super().keyPressEvent(event)

    @property
    def pointer_x(self) -> float | None:
        """Where the pointer is, in the viewport's pixels, while it is over the lanes."""
        return None if self._pointer is None else self._x(self._pointer)
