"""The notes that people write on the recording that is shown, with undo and redo.

GUI thread only.
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal

from engine.recording import Note

Notes = tuple[Note, ...]


class NoteBook(QObject):
    """``changed``: other notes; ``edited``: somebody changed them, which can be undone."""

    changed = Signal()
    edited = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.notes: Notes = ()
        self._kept: Notes = ()
        self._done: list[Notes] = []
        self._undone: list[Notes] = []

    def load(self, notes: Iterable[Note]) -> None:
        """Those of another recording."""
        self.notes = self._kept = _ordered(notes)
        self._done.clear()
        self._undone.clear()
        self.changed.emit()

    @property
    def unsaved(self) -> bool:
        """They are not those of the file."""
        return self.notes != self._kept

    def mark_saved(self, notes: Notes) -> None:
        """``notes`` are in the file now."""
        self._kept = notes

    # --- edits ----------------------------------------------------------------------------

    def add(self, note: Note) -> None:
        self._edit((*self.notes, note))

    def remove(self, notes: Iterable[Note]) -> None:
        gone = set(notes)
        self._edit(note for note in self.notes if note not in gone)

    def replace(self, old: Note, new: Note) -> None:
        self._edit(new if note == old else note for note in self.notes)

    def _edit(self, notes: Iterable[Note]) -> None:
        ordered = _ordered(notes)
        if ordered == self.notes:
            return
        self._done.append(self.notes)
        self._undone.clear()
        self.notes = ordered
        self.changed.emit()
        self.edited.emit()

    def undo_edit(self) -> None:
        self._swap(self._done, self._undone)

    def redo_edit(self) -> None:
        self._swap(self._undone, self._done)

    def _swap(self, source: list[Notes], other: list[Notes]) -> None:
        if source:
            other.append(self.notes)
            self.notes = source.pop()
            self.changed.emit()


def _ordered(notes: Iterable[Note]) -> Notes:
    return tuple(sorted(set(notes), key=lambda note: (note.time_ns, note.duration_ns, note.text)))
