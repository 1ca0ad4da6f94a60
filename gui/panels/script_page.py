"""A script before it runs: its name, its arguments, Run.  GUI thread only."""

from __future__ import annotations

import shlex
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from gui.theme import SMALL, TITLE, Theme


class ScriptPage(QWidget):
    """``run_wanted`` when Run is pressed, or Return in the arguments; ``edit_wanted``."""

    run_wanted = Signal()
    edit_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("Panel")
        self._theme = theme
        self.title = QLabel(self)
        self._path = QLabel(self)
        self._path.setObjectName("Soft")
        self._path.setWordWrap(True)
        self._path.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._caption = QLabel(self)
        self.arguments = QLineEdit(self)
        self.arguments.textChanged.connect(self._check)
        self.arguments.returnPressed.connect(self._on_return)
        self._caption.setBuddy(self.arguments)
        self._problem = QLabel(self)
        self._problem.setWordWrap(True)
        self._problem.hide()
        self.run_button = QPushButton(self)
        self.run_button.setObjectName("Primary")
        self.run_button.clicked.connect(self.run_wanted)
        self.edit_button = QPushButton(self)
        self.edit_button.clicked.connect(self.edit_wanted)
        self._own = False
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.px(10))
        buttons.addWidget(self.run_button)
        buttons.addWidget(self.edit_button)
        buttons.addStretch(1)
        form = QFormLayout()
        form.addRow(self._caption, self.arguments)
        layout = QVBoxLayout(self)
        self._layout = layout
        layout.addWidget(self.title)
        layout.addWidget(self._path)
        layout.addSpacing(theme.px(10))
        layout.addLayout(form)
        layout.addWidget(self._problem)
        layout.addSpacing(theme.px(6))
        layout.addLayout(buttons)
        layout.addStretch(1)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def retranslate(self) -> None:
        self.run_button.setText(self.tr("Run (Ctrl+R)"))
        self.edit_button.setText(self.tr("Edit") if self._own else self.tr("Edit a copy"))
        self._caption.setText(self.tr("Arguments"))
        self.arguments.setAccessibleName(self.tr("Arguments"))
        self.arguments.setPlaceholderText(self.tr("as behind the script's name in a terminal; may be empty"))
        self._check()

    def _on_theme_changed(self) -> None:
        theme = self._theme
        px = theme.px
        self.title.setFont(theme.font(TITLE * 1.15, QFont.Weight.DemiBold))
        self._path.setFont(theme.font(SMALL))
        self.arguments.setFont(theme.code_font())
        self.arguments.setMinimumWidth(px(360))
        self._problem.setStyleSheet(f"color: {theme.palette.error}")
        self._layout.setContentsMargins(px(32), px(26), px(40), px(20))
        self._layout.setSpacing(px(7))

    def show_script(self, path: Path, arguments: tuple[str, ...] = (), own: bool = False) -> None:
        """``own``: it is a copy of the user's, edited in its place."""
        self._own = own
        self.retranslate()
        self.title.setText(path.name)
        self._path.setText(str(path))
        self.arguments.setText(shlex.join(arguments))

    def parsed_arguments(self) -> tuple[str, ...] | None:
        """The arguments one by one; None while a quotation mark is open."""
        try:
            return tuple(shlex.split(self.arguments.text()))
        except ValueError:
            return None

    def _check(self) -> None:
        bad = self.parsed_arguments() is None
        self._problem.setText(self.tr("A quotation mark is not closed.") if bad else "")
        self._problem.setVisible(bad)
        self.run_button.setEnabled(not bad)

    def _on_return(self) -> None:
        if self.parsed_arguments() is not None:
            self.run_wanted.emit()
