"""One program being edited, in a window of its own.  GUI thread only."""

from __future__ import annotations

import platform
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QFont, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMessageBox, QPushButton, QVBoxLayout, QWidget

from gui.editor import copies
from gui.editor.field import CodeField
from gui.editor.problems import Problem, problem_of
from gui.theme import SMALL, Theme

REST_MS = 400


class EditorWindow(QWidget):
    """A copy that lies nowhere before it is saved first, or a file of the user's.

    ``run_wanted`` (path): it is saved and shall be run; ``closed`` when the window goes.
    """

    run_wanted = Signal(object)
    closed = Signal()

    def __init__(
        self, theme: Theme, folder: Path, stem: str, text: str, parent: QWidget | None = None
    ) -> None:
        """A new file named after ``stem``, to be made in ``folder`` when it is saved."""
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("Panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._theme = theme
        self._folder, self._stem = folder, stem
        self.path: Path | None = None
        self._known = b""
        self._problem: Problem | None = None
        self._warned = ""
        self._said = ""
        self.title = QLabel(self)
        self.place = QLabel(self)
        self.place.setObjectName("Soft")
        self.place.setWordWrap(True)
        self.place.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.field = CodeField(theme, self)
        self.told = QLabel(self)
        self.told.setWordWrap(True)
        self.run_button, self.save_button = QPushButton(self), QPushButton(self)
        self.undo_button, self.redo_button = QPushButton(self), QPushButton(self)
        self.run_button.setObjectName("Primary")
        buttons = QHBoxLayout()
        for button in (self.run_button, self.save_button, self.undo_button, self.redo_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        self._buttons = buttons
        layout = QVBoxLayout(self)
        layout.addWidget(self.title)
        layout.addWidget(self.place)
        layout.addLayout(buttons)
        layout.addWidget(self.field, 1)
        layout.addWidget(self.told)
        self._layout = layout
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self.check)
        self.run_button.clicked.connect(self.run)
        self.save_button.clicked.connect(self.save)
        self.undo_button.clicked.connect(self.field.undo)
        self.redo_button.clicked.connect(self.field.redo)
        for keys, slot in (
            ("Ctrl+R", self.run),
            ("F5", self.run),
            ("Ctrl+S", self.save),
            ("Ctrl+W", self.close),
        ):
            QShortcut(QKeySequence(keys), self, slot)
        document = self.field.document()
        document.undoAvailable.connect(self.undo_button.setEnabled)
        document.redoAvailable.connect(self.redo_button.setEnabled)
        document.modificationChanged.connect(lambda _: self._show_names())
        self.field.edited.connect(self._on_edited)
        self.field.begin(text)
        self.undo_button.setEnabled(False)
        self.redo_button.setEnabled(False)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.retranslate()
        self.check()
        room = self.screen().availableSize()  # what is said below the program has to be on it
        self.resize(min(theme.px(680), room.width() * 9 // 10), min(theme.px(560), room.height() * 8 // 10))

    @classmethod
    def of_file(cls, theme: Theme, path: Path, parent: QWidget | None = None) -> EditorWindow:
        """A file of the user's, edited in its place.  Raises OSError, UnicodeDecodeError."""
        code, text = copies.read(path)
        window = cls(theme, path.parent, path.stem, text, parent)
        window.path, window._known = path, code
        window._show_names()
        return window

    # --- texts and looks --------------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def retranslate(self) -> None:
        self.run_button.setText(self.tr("Run"))
        self.run_button.setToolTip(self.tr("Saves it and runs it (Ctrl+R)"))
        self.save_button.setText(self.tr("Save"))
        self.save_button.setToolTip(self.tr("Ctrl+S; nothing else is written over"))
        self.undo_button.setText(self.tr("Undo"))
        self.undo_button.setToolTip("Ctrl+Z")
        self.redo_button.setText(self.tr("Redo"))
        self.redo_button.setToolTip("Ctrl+Shift+Z")
        self.field.setAccessibleName(self.tr("The program"))
        self._show_names()
        self._tell()

    def _show_names(self) -> None:
        path = self.path
        name = path.name if path is not None else f"{self._stem}.py"
        changed = self.unsaved
        self.title.setText(self.tr("{name}, changed").format(name=name) if changed else name)
        self.setWindowTitle(f"{'*' if changed else ''}{name} – Lockstep")
        if path is not None:
            self.place.setText(str(path))
        else:
            text = self.tr("A copy. It will be saved in {folder}.")
            self.place.setText(text.format(folder=self._folder))

    def _on_theme_changed(self) -> None:
        theme, px = self._theme, self._theme.px
        self.title.setFont(theme.font(1.15, QFont.Weight.DemiBold))
        self.place.setFont(theme.font(SMALL))
        self._buttons.setSpacing(px(8))
        self._layout.setContentsMargins(px(14), px(12), px(14), px(12))
        self._layout.setSpacing(px(7))
        self._tell()

    def _tell(self) -> None:
        """What is wrong, or what was done last, below the program."""
        problem, palette = self._problem, self._theme.palette
        if problem is not None:
            text = self.tr("Line {line}: Python {version} cannot read this: {detail}")
            version = ".".join(platform.python_version_tuple()[:2])
            said = text.format(line=problem.line, version=version, detail=problem.detail)
            if self._warned == self.field.text:
                said += "\n" + self.tr("Run once more runs it all the same.")
        else:
            said = self._said
        self.told.setStyleSheet(f"color: {palette.error if problem is not None else palette.text}")
        self.told.setText(said)
        self.told.setVisible(bool(said))

    def tell(self, text: str) -> None:
        """A sentence below the program, until it is changed."""
        self._said = text
        self._tell()

    # --- what can be done --------------------------------------------------------------------

    @property
    def unsaved(self) -> bool:
        """Whether something would be lost: a copy nobody changed is not."""
        return self.field.document().isModified()

    def _on_edited(self) -> None:
        self._said = ""
        self._rest.start()
        self._tell()

    def check(self) -> None:
        """Marks the first line that cannot be read as Python, if there is one."""
        self._rest.stop()
        self._problem = problem_of(self.field.text)
        self.field.mark_error(self._problem.line if self._problem is not None else 0)
        self._tell()

    def save(self) -> bool:
        """Whether it lies on the disk now as it stands here."""
        path = self.path
        try:
            code = copies.encoded(self.field.text)
            if path is None:
                path = copies.create(self._folder, self._stem, code)
            else:
                if copies.changed_outside(path, self._known) and not self._may_replace(path):
                    return False
                copies.replace(path, code)
        except (OSError, UnicodeEncodeError) as error:
            self.tell(self.tr("It could not be saved: {detail}.").format(detail=error))
            return False
        self.path, self._known = path, code
        self.field.document().setModified(False)
        self._show_names()
        self.tell(self.tr("Saved as {path}.").format(path=path))
        return True

    def _may_replace(self, path: Path) -> bool:
        box = QMessageBox(self)
        box.setIcon(QMessageBox.Icon.Question)
        box.setText(self.tr("{name} was changed by another program since.").format(name=path.name))
        box.setInformativeText(self.tr("Saving writes over what stands there."))
        replace = box.addButton(self.tr("Write over it"), QMessageBox.ButtonRole.DestructiveRole)
        box.addButton(self.tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
        box.exec()
        return box.clickedButton() is replace

    def run(self) -> None:
        """Saves and asks for a run; at an error goes there first, and runs when asked once more."""
        self.check()
        if self._problem is not None and self._warned != self.field.text:
            self._warned = self.field.text
            self.field.go_to_line(self._problem.line)
            self._tell()
            return
        if (self.path is not None and not self.unsaved) or self.save():
            self.run_wanted.emit(self.path)

    def may_close(self) -> bool:
        """Asks before changes are let go."""
        if not self.unsaved:
            return True
        self.show()
        self.raise_()
        box = QMessageBox(self)
        box.setIcon(QMessageBox.Icon.Question)
        name = self.path.name if self.path is not None else f"{self._stem}.py"
        box.setText(self.tr("The changes of {name} are not saved.").format(name=name))
        discard = box.addButton(self.tr("Let them go"), QMessageBox.ButtonRole.DestructiveRole)
        keep = box.addButton(self.tr("Save"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(self.tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
        box.exec()
        if box.clickedButton() is keep:
            return self.save()
        if box.clickedButton() is discard:
            self.field.document().setModified(False)
            return True
        return False

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.may_close():
            event.ignore()
            return
        self._rest.stop()
        super().closeEvent(event)
        self.closed.emit()
