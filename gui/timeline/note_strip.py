"""The strip of notes below the ruler: each stands at its moment or over its stretch.

A click goes to a note, a double click edits it.  GUI thread only.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFontMetricsF,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QMenu, QToolTip, QWidget

from engine.recording import Note
from gui.document import Document
from gui.durations import duration, moment
from gui.theme import SMALL, Theme
from gui.timeline.frame import scaled
from gui.timeline.viewport import Viewport

#: Pixels at the ordinary size: the strip, the least width of a note.
HEIGHT, LEAST = 22, 14


class NoteStrip(QWidget):
    """``note_chosen``, ``edit_wanted``, ``remove_wanted`` (Note)."""

    note_chosen = Signal(object)
    edit_wanted = Signal(object)
    remove_wanted = Signal(object)

    def __init__(
        self, theme: Theme, document: Document, viewport: Viewport, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._document = document
        self._viewport = viewport
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(self.sizePolicy().Policy.Expanding, self.sizePolicy().Policy.Fixed)
        viewport.moved.connect(self.update)
        document.notes.changed.connect(self.update)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def _on_theme_changed(self) -> None:
        self.setFixedHeight(self._theme.px(HEIGHT))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(400, self._theme.px(HEIGHT))

    # --- where things are -------------------------------------------------------------------

    def boxes(self) -> list[tuple[Note, QRectF]]:
        """The notes in sight with their boxes, in device pixels: over its stretch, else as long as its
        text needs and the next note allows."""
        density = self.devicePixelRatioF()
        transform = self._viewport.transform
        metrics = QFontMetricsF(scaled(self._theme.font(SMALL), density))
        least, padding = self._theme.px(LEAST) * density, self._theme.px(6) * density
        height = self.height() * density
        notes = self._document.notes.notes
        starts = [transform.x_of(note.time_ns) for note in notes]
        result = []
        for at, (note, x) in enumerate(zip(notes, starts, strict=True)):
            wanted = metrics.horizontalAdvance(note.text) + 2 * padding if note.text else least
            width = max(least, transform.x_of(note.end_ns) - x) if note.duration_ns else max(least, wanted)
            if not note.duration_ns and at + 1 < len(starts):
                width = max(least, min(width, starts[at + 1] - x - density))
            if x + width >= 0 and x <= transform.width_px:
                result.append((note, QRectF(x, 2 * density, width, height - 4 * density)))
        return result

    def note_at(self, position: QPointF) -> Note | None:
        """The note under a point of this widget, the one painted last first."""
        point = position * self.devicePixelRatioF()
        for note, box in reversed(self.boxes()):
            if box.contains(point):
                return note
        return None

    # --- painting -----------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        palette = self._theme.palette
        painter.fillRect(self.rect(), QColor(palette.surface))
        density = self.devicePixelRatioF()
        painter.scale(1 / density, 1 / density)
        font = scaled(self._theme.font(SMALL), density)
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        padding = self._theme.px(6) * density
        for note, box in self.boxes():
            painter.setPen(QPen(QColor(palette.edge), density))
            painter.setBrush(QColor(palette.selection))
            painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
            painter.fillRect(
                QRectF(round(box.left()), box.top(), max(2.0, 3 * density), box.height()),
                QColor(palette.text),
            )
            shown = box.intersected(QRectF(0, 0, self._viewport.transform.width_px, box.bottom()))
            room = shown.width() - 1.5 * padding
            if room > padding and note.text:
                painter.setPen(QColor(palette.selection_text))
                text = metrics.elidedText(note.text.replace("\n", " "), Qt.TextElideMode.ElideRight, room)
                painter.drawText(
                    shown.adjusted(padding, 0, 0, 0),
                    Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
                    text,
                )

    # --- pointer ------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        note = self.note_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and note is not None:
            self.note_chosen.emit(note)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        note = self.note_at(event.position())
        if note is not None:
            self.edit_wanted.emit(note)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = self.note_at(event.position()) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        note = self.note_at(QPointF(event.pos()))
        if note is not None:
            menu = self.build_menu(note)
            menu.exec(event.globalPos())
            menu.deleteLater()

    def build_menu(self, note: Note) -> QMenu:
        menu = QMenu(self)
        menu.addAction(self.tr("Edit the note …"), lambda: self.edit_wanted.emit(note))
        menu.addAction(self.tr("Delete the note"), lambda: self.remove_wanted.emit(note))
        return menu

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            note = self.note_at(QPointF(event.pos()))
            if note is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), self.tip(note), self)
            return True
        return super().event(event)

    def tip(self, note: Note) -> str:
        """Text, moment, length."""
        start = moment(note.time_ns - self._document.store.start_ns, self._viewport.transform.ns_per_px)
        lines = [note.text] if note.text else []
        if note.duration_ns:
            lines.append(self.tr("{time} from {start}").format(time=duration(note.duration_ns), start=start))
        else:
            lines.append(self.tr("at {time}").format(time=start))
        return "\n".join(lines)
