"""What the middle shows before there is anything to show: what one can do.  GUI thread only."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from gui.theme import TITLE, Theme

MOST_RECENT = 6


class WelcomePage(QWidget):
    """``script_wanted``, ``recording_wanted``, ``file_chosen`` (a recent file's path)."""

    script_wanted = Signal()
    recording_wanted = Signal()
    file_chosen = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("Panel")
        self._theme = theme
        self._title = QLabel(self)
        self._text = QLabel(self)
        self._text.setWordWrap(True)
        self._script = QPushButton(self)
        self._script.clicked.connect(self.script_wanted)
        self._recording = QPushButton(self)
        self._recording.clicked.connect(self.recording_wanted)
        self._recent_heading = QLabel(self)
        self._recent_heading.setObjectName("Heading")
        self._recent = QVBoxLayout()
        self._recent_buttons: list[QPushButton] = []
        buttons = QHBoxLayout()
        buttons.addWidget(self._script)
        buttons.addWidget(self._recording)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        self._layout = layout
        layout.addStretch(2)
        layout.addWidget(self._title)
        layout.addWidget(self._text)
        layout.addLayout(buttons)
        layout.addSpacing(theme.px(14))
        layout.addWidget(self._recent_heading)
        layout.addLayout(self._recent)
        layout.addStretch(3)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.set_recent([])
        self.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def retranslate(self) -> None:
        self._title.setText(self.tr("See what threads, processes and coroutines really do"))
        self._text.setText(
            self.tr(
                "Choose a scenario on the left and run it, or open a Python script of your own. "
                "Scripts (.py) and recordings (.lockstep) can also be dropped anywhere on this window."
            )
        )
        self._script.setText(self.tr("Open a script …"))
        self._recording.setText(self.tr("Open a recording …"))
        self._recent_heading.setText(self.tr("Recent"))

    def _on_theme_changed(self) -> None:
        px = self._theme.px
        self._title.setFont(self._theme.font(TITLE * 1.1, QFont.Weight.DemiBold))
        self._text.setFont(self._theme.font(1.08))
        self._text.setMaximumWidth(px(560))
        self._layout.setContentsMargins(px(60), px(20), px(40), px(20))
        self._layout.setSpacing(px(12))

    def set_recent(self, paths: Sequence[Path]) -> None:
        for button in self._recent_buttons:
            self._recent.removeWidget(button)
            button.deleteLater()
        self._recent_buttons.clear()
        for path in paths[:MOST_RECENT]:
            button = QPushButton(path.name, self)
            button.setObjectName("Link")
            button.setToolTip(str(path))
            button.clicked.connect(lambda _=False, p=path: self.file_chosen.emit(p))
            self._recent.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
            self._recent_buttons.append(button)
        self._recent_heading.setVisible(bool(paths))
