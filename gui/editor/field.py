"""Where a program is written: line numbers, syntax colours, indentation, the line of an error.

GUI thread only.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPen, QTextCursor
from PySide6.QtWidgets import QWidget

from gui.panels.code import CodeView
from gui.panels.syntax import coloured_runs
from gui.theme import Theme, color

INDENT = 4
#: Longer programs are coloured once the typing rests, in ms.
LONG, REST_MS = 20_000, 300


class CodeField(CodeView):
    """``edited`` when the text is another one, by typing or by undo."""

    edited = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.setReadOnly(False)
        self.setCursorWidth(2)
        self._seen = ""
        self._error_line = 0
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._colour)
        self.textChanged.connect(self._on_text_changed)
        self.blockCountChanged.connect(lambda _: self._make_room())

    @property
    def text(self) -> str:
        return self.toPlainText()

    @property
    def error_line(self) -> int:
        """0: none."""
        return self._error_line

    def begin(self, text: str) -> None:
        """A program to be edited; nothing to be undone yet."""
        self._seen = text
        self.show_text(text)
        self.document().setModified(False)

    def mark_error(self, line: int) -> None:
        """0: none."""
        self._error_line = line
        self._update_all()

    def go_to_line(self, line: int) -> None:
        block = self.document().findBlockByNumber(min(line, self.blockCount()) - 1)
        self.setTextCursor(QTextCursor(block))
        self.centerCursor()
        self.setFocus()

    # --- colours ----------------------------------------------------------------------------

    def _on_text_changed(self) -> None:
        text = self.text
        if text == self._seen:
            return  # colours alone are new
        self._seen = text
        if len(text) < LONG:
            self._colour()
        else:
            self._rest.start()
        self.edited.emit()

    def _colour(self) -> None:
        """Colours anew the lines whose colours are other ones than before."""
        self.highlighter.recolour(coloured_runs(self._seen))

    def _make_room(self) -> None:
        self.setViewportMargins(self._gutter(), 0, 0, 0)
        self._place_gutter()

    def _paint_ground(self, painter: QPainter, line: int, area: QRectF) -> None:
        palette = self._theme.palette
        if line == self._error_line:
            painter.setPen(QPen(color(palette.error), 1))
            painter.setBrush(color(palette.error_back))
            painter.drawRect(area.adjusted(0.5, 0.5, -0.5, -0.5))
        super()._paint_ground(painter, line, area)

    # --- keys -------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = not event.modifiers() & ~(
            Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier
        )
        if plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._new_line()
        elif plain and event.key() == Qt.Key.Key_Tab:
            self._indent()
        elif event.key() == Qt.Key.Key_Backtab:
            self._dedent()
        else:
            super().keyPressEvent(event)

    def _new_line(self) -> None:
        """As far in as the line before, and one step further behind a colon."""
        cursor = self.textCursor()
        before = cursor.block().text()[: cursor.positionInBlock()]
        indent = before[: len(before) - len(before.lstrip(" \t"))]
        if before.rstrip().endswith(":"):
            indent += " " * INDENT
        cursor.insertText("\n" + indent)
        self.setTextCursor(cursor)
        self.ensureCursorVisible()

    def _lines(self, cursor: QTextCursor) -> list[int]:
        """The numbers of the lines that are selected."""
        document = self.document()
        first = document.findBlock(cursor.selectionStart()).blockNumber()
        last = document.findBlock(max(cursor.selectionStart(), cursor.selectionEnd() - 1)).blockNumber()
        return list(range(first, last + 1))

    def _indent(self) -> None:
        cursor = self.textCursor()
        if not cursor.hasSelection():
            cursor.insertText(" " * (INDENT - cursor.positionInBlock() % INDENT))
            return
        cursor.beginEditBlock()
        for number in self._lines(cursor):
            block = self.document().findBlockByNumber(number)
            if block.text().strip():
                QTextCursor(block).insertText(" " * INDENT)
        cursor.endEditBlock()

    def _dedent(self) -> None:
        cursor = self.textCursor()
        cursor.beginEditBlock()
        for number in self._lines(cursor):
            block = self.document().findBlockByNumber(number)
            text = block.text()
            less = min(INDENT, len(text) - len(text.lstrip(" "))) or int(text.startswith("\t"))
            at = QTextCursor(block)
            at.movePosition(QTextCursor.MoveOperation.Right, QTextCursor.MoveMode.KeepAnchor, less)
            if less:
                at.removeSelectedText()
        cursor.endEditBlock()
