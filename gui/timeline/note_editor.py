"""The small field in which a note is written, over the timeline.  GUI thread only."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from engine.recording import Note
from engine.recording.notes import MOST_TEXT
from gui.theme import SMALL, Theme


class NoteEditor(QFrame):
    """``kept`` (Note): Enter; ``removed``; ``left``: it is closed, whatever came of it."""

    kept = Signal(object)
    removed = Signal()
    left = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("Card")
        self._theme = theme
        self._note = Note(0)
        self.title = QLabel(self)
        self.title.setObjectName("Soft")
        self.field = QLineEdit(self)
        self.field.setMaxLength(MOST_TEXT)
        self.field.returnPressed.connect(self.keep)
        self.keep_button = QPushButton(self)
        self.keep_button.setObjectName("Primary")
        self.keep_button.clicked.connect(self.keep)
        self.remove_button = QPushButton(self)
        self.remove_button.clicked.connect(self._remove)
        buttons = QHBoxLayout()
        buttons.addWidget(self.field, 1)
        buttons.addWidget(self.keep_button)
        buttons.addWidget(self.remove_button)
        layout = QVBoxLayout(self)
        layout.addWidget(self.title)
        layout.addLayout(buttons)
        self.hide()
        self.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def retranslate(self) -> None:
        self.field.setPlaceholderText(self.tr("What is to be seen here? Left empty it is a mark."))
        self.field.setAccessibleName(self.tr("Note"))
        self.keep_button.setText(self.tr("Keep"))
        self.remove_button.setText(self.tr("Delete"))

    def open_for(self, note: Note, title: str, new: bool, where: QPoint) -> None:
        """``where``: of the parent, where the note stands."""
        self._note = note
        self.title.setText(title)
        self.title.setFont(self._theme.font(SMALL))
        self.field.setText(note.text)
        self.remove_button.setVisible(not new)
        self.resize(self._theme.px(420), self.sizeHint().height())
        parent = self.parentWidget()
        room = parent.width() - self.width() - self._theme.px(6) if parent is not None else 0
        self.move(max(0, min(where.x(), room)), where.y())
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def keep(self) -> None:
        text = self.field.text().strip()
        self._close()
        self.kept.emit(Note(self._note.time_ns, self._note.duration_ns, text))

    def _remove(self) -> None:
        self._close()
        self.removed.emit()

    def _close(self) -> None:
        self.hide()
        self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._close()
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return  # the field took it
        super().keyPressEvent(event)
