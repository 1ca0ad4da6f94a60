"""The field to look for something in the recording, and what was found.  GUI thread only."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QEvent, QItemSelectionModel, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from gui.document import Document
from gui.durations import moment
from gui.panels.table import Cell, Column, Content, FigureTable, TableRow
from gui.search import Hit, HitKind, find
from gui.theme import SMALL, Theme

#: After the last letter; what is found is shown while one types.
WAIT_MS = 150


class HitTable(FigureTable):
    hit_chosen = Signal(object)

    def _go(self, row: int) -> None:
        if 0 <= row < len(self.content.rows):
            hit = self.content.rows[row].key
            if isinstance(hit, Hit):
                self.hit_chosen.emit(hit)


class SearchPanel(QWidget):
    """``hit_chosen`` (Hit): somewhere to go to."""

    hit_chosen = Signal(object)

    def __init__(
        self,
        theme: Theme,
        document: Document,
        sources: Callable[[], Mapping[str, str]],
        parent: QWidget | None = None,
    ) -> None:
        """``sources``: file → text, of the recording that is shown."""
        super().__init__(parent)
        self._theme = theme
        self._document = document
        self._sources = sources
        self.field = QLineEdit(self)
        self.field.setClearButtonEnabled(True)
        self.count = QLabel(self)
        self.count.setObjectName("Soft")
        self.table = HitTable(theme, self)
        self.table.horizontalHeader().setStretchLastSection(True)
        head = QHBoxLayout()
        head.addWidget(self.field, 1)
        head.addWidget(self.count)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, theme.px(4), 0, 0)
        layout.addLayout(head)
        layout.addWidget(self.table, 1)
        self.setFocusProxy(self.field)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(WAIT_MS)
        self._later.timeout.connect(self.refresh)
        self.field.textChanged.connect(lambda _: self._later.start())
        self.field.returnPressed.connect(self.next)
        self.table.hit_chosen.connect(self.hit_chosen)
        document.replaced.connect(self._later.start)
        document.notes.changed.connect(self._later.start)
        theme.changed.connect(self._dress)
        self._dress()
        self.retranslate()

    def _dress(self) -> None:
        self.field.setFont(self._theme.font(SMALL))
        self.count.setFont(self._theme.font(SMALL))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def retranslate(self) -> None:
        self.field.setPlaceholderText(self.tr("Search tracks, objects, sources, marks and notes"))
        self.field.setAccessibleName(self.tr("Search the recording"))
        self.table.setAccessibleName(self.tr("What was found"))
        self.refresh()

    # --- looking --------------------------------------------------------------------------

    def refresh(self) -> None:
        """Looks anew; the recording may have grown."""
        self._later.stop()
        document, words = self._document, self.field.text()
        hits, complete = find(words, document.store, self._sources(), document.notes.notes)
        columns = [
            Column(self.tr("Kind"), figures=False),
            Column(self.tr("Where"), figures=False),
            Column(self.tr("Found"), figures=False),
        ]
        self.table.set_content(Content(columns, [self._row(hit) for hit in hits]))
        if not words.split():
            self.count.setText("")
            self.table.set_empty_text(
                self.tr("Type a name or a word of the program. Enter and F3 go through what is found.")
            )
        else:
            self.count.setText(f"{len(hits)}" if complete else f"{len(hits)}+")
            self.table.set_empty_text(self.tr("Nothing in this recording has these words in it."))

    def _row(self, hit: Hit) -> TableRow:
        kind = {
            HitKind.TRACK: self.tr("track"),
            HitKind.OBJECT: self.tr("object"),
            HitKind.SOURCE: self.tr("source"),
            HitKind.MARK: self.tr("mark"),
            HitKind.NOTE: self.tr("note"),
        }[hit.kind]
        where = hit.where
        if hit.time_ns >= 0:
            time = moment(hit.time_ns - self._document.store.start_ns, 10_000)
            where = f"{where} · {time}" if where else time
        cells = (Cell(kind, kind), Cell(where, where, tip=hit.file), Cell(hit.text, hit.text, tip=hit.text))
        return TableRow(hit, cells)

    # --- going through it -----------------------------------------------------------------

    def next(self) -> None:
        self._step(1)

    def previous(self) -> None:
        self._step(-1)

    def _step(self, step: int) -> None:
        if self._later.isActive():
            self.refresh()
        count = len(self.table.content.rows)
        if not count:
            return
        current = self.table.currentIndex()
        row = (current.row() + step) % count if current.isValid() else (0 if step > 0 else count - 1)
        flags = QItemSelectionModel.SelectionFlag
        index = self.table.content.index(row, 0)
        self.table.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self.table.scrollTo(index)
        hit = self.table.content.rows[row].key
        if isinstance(hit, Hit):
            self.hit_chosen.emit(hit)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down and self.field.hasFocus():
            self.table.setFocus()
            self.table.selectRow(max(0, self.table.currentIndex().row()))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()  # the field took it
        else:
            super().keyPressEvent(event)
