"""The list of the notes on a recording.  GUI thread only."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QModelIndex, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import QMenu, QWidget

from engine.recording import Note
from engine.store import Store
from gui.durations import duration, moment
from gui.notes import Notes
from gui.panels.table import Cell, Column, Content, FigureTable, TableRow
from gui.theme import Theme

translate = QCoreApplication.translate


def note_rows(notes: Notes, store: Store) -> Content:
    columns = [
        Column(translate("Notes", "Moment"), "", "ms"),
        Column(translate("Notes", "Length"), "", "ms"),
        Column(translate("Notes", "Note"), figures=False),
    ]
    rows = []
    for note in notes:
        since = note.time_ns - store.start_ns
        cells = (
            Cell(moment(since, 10_000), since, f"{since / 1e6:.6f}"),
            Cell(
                duration(note.duration_ns) if note.duration_ns else "–",
                note.duration_ns,
                f"{note.duration_ns / 1e6:.6f}",
            ),
            Cell(note.text, note.text, tip=note.text),
        )
        rows.append(TableRow(note, cells))
    return Content(columns, rows)


class NoteTable(FigureTable):
    """``note_chosen``, ``edit_wanted`` (Note): F2 or a double click; ``remove_wanted`` (list of Note):
    the Delete key."""

    note_chosen = Signal(object)
    edit_wanted = Signal(object)
    remove_wanted = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.horizontalHeader().setStretchLastSection(True)
        self.doubleClicked.connect(self._on_double_clicked)

    def _note(self, row: int) -> Note | None:
        if not 0 <= row < len(self.content.rows):
            return None
        note = self.content.rows[row].key
        return note if isinstance(note, Note) else None

    def _go(self, row: int) -> None:
        note = self._note(row)
        if note is not None:
            self.note_chosen.emit(note)

    def _on_double_clicked(self, index: QModelIndex) -> None:
        self._edit(index.row())

    def _edit(self, row: int) -> None:
        note = self._note(row)
        if note is not None:
            self.edit_wanted.emit(note)

    def remove_selected(self) -> None:
        found = [self._note(index.row()) for index in self.selectionModel().selectedRows()]
        notes = [note for note in found if note is not None]
        if notes:
            self.remove_wanted.emit(notes)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_selected()
        elif event.key() == Qt.Key.Key_F2:
            self._edit(self.currentIndex().row())
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        row = self.indexAt(event.pos()).row()
        if self._note(row) is not None:
            menu = QMenu(self)
            menu.addAction(self.tr("Edit … (F2)"), lambda: self._edit(row))
            menu.addAction(self.tr("Delete (Del)"), self.remove_selected)
            menu.exec(event.globalPos())
            menu.deleteLater()
