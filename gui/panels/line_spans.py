"""The spans of one line of the program, each a way to go there.  GUI thread only."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from gui.document import Document
from gui.durations import count
from gui.panels.figure_rows import line_rows
from gui.panels.table import Content, FigureTable
from gui.theme import SMALL, Theme

#: More rows than this nobody goes through: the longest are shown then.
MOST = 2000


class LineSpans(QWidget):
    """``target_chosen`` (Target): one of them was clicked."""

    target_chosen = Signal(object)

    def __init__(self, theme: Theme, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("Panel")
        self._theme = theme
        self._document = document
        self._file, self.line = "", 0
        self.head = QLabel(self)
        self.head.setObjectName("Soft")
        self.head.setWordWrap(True)
        self.table = FigureTable(theme, self)
        self.table.target_chosen.connect(self.target_chosen)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.px(10), theme.px(6), 0, 0)
        layout.addWidget(self.head)
        layout.addWidget(self.table, 1)
        theme.changed.connect(self._dress)
        self._dress()
        self._retranslate()

    def _dress(self) -> None:
        self.head.setFont(self._theme.font(SMALL))

    def show_line(self, file: str, line: int) -> int:
        """Lists the spans of a line as the recording has them now; how many there are."""
        self._file, self.line = file, line
        return self.refresh()

    def clear(self) -> None:
        self._file, self.line = "", 0
        self.refresh()

    def refresh(self) -> int:
        found = self._document.spans_on_line(self._file, self.line) if self.line else []
        total = sum(len(indices) for _, indices in found)
        content = line_rows(self._document.store, found, MOST) if total else Content()
        if total > MOST:
            text = self.tr("Line {line}: the {most} longest of {total} spans")
        elif total == 1:
            text = self.tr("Line {line}: 1 span")
        else:
            text = self.tr("Line {line}: {total} spans")
        self.head.setText(text.format(line=self.line, most=count(MOST), total=count(total)) if total else "")
        self.table.set_content(content)
        return total

    def _retranslate(self) -> None:
        self.table.setAccessibleName(self.tr("Spans of the line"))
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)
