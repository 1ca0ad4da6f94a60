"""Undo and redo across everything that can be edited, the last change first.  GUI thread only."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QObject, Signal, SignalInstance


class Editable(Protocol):
    """Something that takes back its own edits, and says when there was one."""

    @property
    def edited(self) -> SignalInstance: ...
    def undo_edit(self) -> None: ...
    def redo_edit(self) -> None: ...


class Edits(QObject):
    """Remembers who was edited in which order; ``changed``: what can be undone or redone."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._done: list[Editable] = []
        self._undone: list[Editable] = []

    def watch(self, editable: Editable) -> None:
        editable.edited.connect(lambda: self._on_edited(editable))

    def _on_edited(self, editable: Editable) -> None:
        self._done.append(editable)
        self._undone.clear()
        self.changed.emit()

    def clear(self) -> None:
        """Another recording."""
        self._done.clear()
        self._undone.clear()
        self.changed.emit()

    @property
    def can_undo(self) -> bool:
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        return bool(self._undone)

    def undo(self) -> None:
        if self._done:
            editable = self._done.pop()
            self._undone.append(editable)
            editable.undo_edit()
            self.changed.emit()

    def redo(self) -> None:
        if self._undone:
            editable = self._undone.pop()
            self._done.append(editable)
            editable.redo_edit()
            self.changed.emit()
