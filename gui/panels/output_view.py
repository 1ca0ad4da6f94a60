"""The lines that a program wrote, each with its stamp on the left.

GUI thread only.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from itertools import groupby

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QToolTip, QWidget

from gui.panels.output_buffer import MAX_LINES, STDERR, Line
from gui.theme import SMALL, Theme, color

#: Lines put into the view at one time.
LINES_AT_ONCE = 250
#: The view keeps fewer lines than the buffer: laying out costs more than keeping.
VIEW_LINES = min(2000, MAX_LINES)


def stamp(ns: int) -> str:
    """Seconds since the start of the run, to a millisecond: ``0.412``."""
    return f"{max(0, ns) / 1e9:.3f}"


class _Stamps(QWidget):
    """When each line was written; a bar beside what went to standard error."""

    def __init__(self, view: OutputView) -> None:
        super().__init__(view)
        self._view = view

    def paintEvent(self, _event: QPaintEvent) -> None:
        self._view.paint_stamps(self)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._view.click_at(event.position().y())

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self._view.stamp_tip, self)
            return True
        return super().event(event)


class OutputView(QPlainTextEdit):
    """Read-only lines; ``time_clicked`` with the moment a clicked line was written."""

    time_clicked = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._origin_ns = 0
        self.stamp_tip = ""
        self.setObjectName("Output")
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setMaximumBlockCount(VIEW_LINES)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.shown: deque[Line] = deque(maxlen=VIEW_LINES)  # one for each block
        self._stamps = _Stamps(self)
        self.updateRequest.connect(lambda *_: self._stamps.update())
        self.blockCountChanged.connect(lambda _: self._fit_stamps())

    def line_of(self, block: QTextBlock) -> Line | None:
        number = block.blockNumber()
        return self.shown[number] if 0 <= number < len(self.shown) else None

    def block_of(self, line: Line) -> QTextBlock | None:
        """The block that shows a line, if it is still shown."""
        for back in range(1, min(len(self.shown), LINES_AT_ONCE * 4) + 1):
            if self.shown[-back] is line:
                return self.document().findBlockByNumber(len(self.shown) - back)
        return None

    def append_lines(self, lines: Sequence[Line], format_of: Callable[[int], QTextCharFormat]) -> None:
        """Puts lines at the end, those of one stream that follow each other at once."""
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.beginEditBlock()
        for stream, group in groupby(lines, key=lambda line: line.stream):
            texts = [line.text for line in group]
            before = "\n" if self.shown else ""
            self.shown.extend(lines[: len(texts)])
            lines = lines[len(texts) :]
            cursor.insertText(before + "\n".join(texts), format_of(stream))
        cursor.endEditBlock()
        self._fit_stamps()  # a first line alone changes no number of blocks

    def clear_lines(self) -> None:
        self.clear()
        self.shown.clear()

    def set_origin(self, origin_ns: int) -> None:
        """Stamps count from here."""
        if origin_ns != self._origin_ns:
            self._origin_ns = origin_ns
            self._fit_stamps()

    def set_marked(self, line: Line | None) -> None:
        """Lights the line that was the last one written at the cursor."""
        block = self.block_of(line) if line is not None else None
        if block is None:
            self.setExtraSelections([])
            return
        mark = QTextEdit.ExtraSelection()
        mark.cursor = QTextCursor(block)
        mark.format.setBackground(color(self._theme.palette.selection))
        mark.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
        self.setExtraSelections([mark])

    def last_before(self, time_ns: int) -> Line | None:
        """The last line shown that was written by then."""
        return next((line for line in reversed(self.shown) if line.time_ns <= time_ns), None)

    # --- stamps ------------------------------------------------------------------------------

    def _fit_stamps(self) -> None:
        newest = self.shown[-1].time_ns - self._origin_ns if self.shown else 0
        metrics = self.fontMetrics()
        width = metrics.horizontalAdvance(stamp(max(newest, 9_999_000_000))) + self._theme.px(12)
        if self.viewportMargins().left() != width:
            self.setViewportMargins(width, 0, 0, 0)
        inside = self.contentsRect()
        self._stamps.setGeometry(inside.left(), inside.top(), width, inside.height())
        self._stamps.setVisible(bool(self.shown))
        self._stamps.update()

    def paint_stamps(self, stamps: QWidget) -> None:
        """Paints the stamps of the lines in sight on ``stamps``."""
        palette, px = self._theme.palette, self._theme.px
        painter = QPainter(stamps)
        painter.fillRect(stamps.rect(), color(palette.window))
        painter.setFont(self._theme.code_font(SMALL * 0.92))
        line_height = self.fontMetrics().lineSpacing()
        block = self.firstVisibleBlock()
        while block.isValid():
            box = self.blockBoundingGeometry(block).translated(self.contentOffset())
            if box.top() > stamps.height():
                break
            line = self.line_of(block)
            if line is not None:
                area = QRectF(0, box.top(), stamps.width() - px(7), line_height)
                painter.setPen(color(palette.soft_text))
                flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                painter.drawText(area, int(flags), stamp(line.time_ns - self._origin_ns))
                if line.stream == STDERR:
                    bar = QRectF(stamps.width() - px(4), box.top() + 1, px(2), box.height() - 2)
                    painter.fillRect(bar, color(palette.error))
            block = block.next()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_stamps()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "_stamps"):
            self._fit_stamps()

    # --- pointer -----------------------------------------------------------------------------

    def click_at(self, y: float) -> None:
        """As if the line at this height of the view had been clicked."""
        block = self.firstVisibleBlock()
        while block.isValid():
            box = self.blockBoundingGeometry(block).translated(self.contentOffset())
            line = self.line_of(block)
            if box.top() <= y < box.bottom() and line is not None:
                self.time_clicked.emit(line.time_ns)
                return
            block = block.next()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if not self.textCursor().hasSelection():
            line = self.line_of(self.cursorForPosition(event.position().toPoint()).block())
            if line is not None:
                self.time_clicked.emit(line.time_ns)
