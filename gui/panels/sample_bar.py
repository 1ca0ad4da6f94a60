"""Above the recording a new window opens on: what it is, and the large button that runs it here.

GUI thread only.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from gui.theme import SMALL, Theme


class SampleBar(QFrame):
    """``run_wanted``, ``tour_wanted``, ``closed``."""

    run_wanted = Signal()
    tour_wanted = Signal()
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("Banner")
        self.setProperty("kind", "notice")
        self._theme = theme
        self._python, self._cores = "", 0
        self.title = QLabel(self)
        self.text = QLabel(self)
        for label in (self.title, self.text):
            label.setWordWrap(True)
        self.run = QPushButton(self)
        self.run.setObjectName("Primary")
        self.run.setAutoDefault(True)  # it has the focus: Enter presses it, as it goes on in the tour
        self.run.clicked.connect(self.run_wanted)
        self.tour = QPushButton(self)
        self.tour.clicked.connect(self.tour_wanted)
        self.close_button = QToolButton(self)
        self.close_button.setObjectName("Link")
        self.close_button.setText("✕")
        self.close_button.clicked.connect(self.closed)
        words = QVBoxLayout()
        words.addWidget(self.title)
        words.addWidget(self.text)
        self._layout = QHBoxLayout(self)
        self._layout.addLayout(words, 1)
        for button in (self.run, self.tour, self.close_button):
            self._layout.addWidget(button)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.retranslate()

    def tell(self, python: str, cores: int) -> None:
        """Where the recording was made: the Python's version and the machine's cores."""
        self._python, self._cores = python, cores
        self.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def retranslate(self) -> None:
        self.title.setText(self.tr("This is a recording of a real run"))
        told = self.tr(
            "Made by Lockstep on another computer with {cores} cores, on Python {python}. What does yours do?"
        ).format(cores=self._cores, python=self._python)
        self.text.setText(told if self._python else "")  # not while it is being opened
        self.run.setText(self.tr("▶  Run it on this computer"))
        self.run.setToolTip(self.tr("Runs the program that you see on the right, and records it"))
        self.tour.setText(self.tr("Show me around"))
        self.tour.setToolTip(self.tr("Five steps through the window; Help has it again at any time"))
        self.close_button.setToolTip(self.tr("Close this message"))
        self.close_button.setAccessibleName(self.tr("Close this message"))

    def _on_theme_changed(self) -> None:
        theme, px = self._theme, self._theme.px
        self.title.setFont(theme.font(1.2, QFont.Weight.DemiBold))
        self.text.setFont(theme.font(SMALL))
        self.run.setFont(theme.font(1.25, QFont.Weight.DemiBold))
        self.run.setMinimumHeight(px(40))
        self._layout.setContentsMargins(px(14), px(8), px(8), px(8))
        self._layout.setSpacing(px(10))
