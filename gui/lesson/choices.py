"""The choices of a question, and the vote on them: one's own answer, or a class's.

GUI thread only.
"""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QTabBar, QToolButton, QVBoxLayout, QWidget

from gui.lesson.ballot import Ballot
from gui.lesson.choice_row import ChoiceRow
from gui.theme import Theme

ONE, CLASS = 0, 1


class Choices(QWidget):
    """``voted``; ``close_wanted`` when the vote is to be closed, ``anew_wanted`` (of a class) when a
    new one is to begin."""

    voted = Signal()
    close_wanted = Signal()
    anew_wanted = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._ballot = Ballot(())
        self._quiet = False
        self.rows: dict[str, ChoiceRow] = {}
        self.tabs = QTabBar(self)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.addTab("")
        self.tabs.addTab("")
        self.tabs.currentChanged.connect(self._on_tab)
        self.count = QLabel(self)
        self.count.setObjectName("Soft")
        self.back_button = QToolButton(self)
        self.back_button.setObjectName("Link")
        self.back_button.clicked.connect(self._on_back)
        self.close_button = QPushButton(self)
        self.close_button.clicked.connect(self.close_wanted)
        self.anew_button = QToolButton(self)
        self.anew_button.setObjectName("Link")
        self.anew_button.clicked.connect(lambda: self.anew_wanted.emit(self._ballot.of_class))
        self._rows = QVBoxLayout()
        below = QHBoxLayout()
        for widget in (self.close_button, self.count, self.back_button, self.anew_button):
            below.addWidget(widget)
        below.addStretch(1)
        self._below = below
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.tabs, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addLayout(self._rows)
        layout.addLayout(below)
        self._layout = layout
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def retranslate(self) -> None:
        self.tabs.setTabText(ONE, self.tr("My answer"))
        self.tabs.setTabText(CLASS, self.tr("Votes of the class"))
        self.tabs.setTabToolTip(ONE, self.tr("One answer; another click changes it"))
        self.tabs.setTabToolTip(
            CLASS,
            self.tr(
                "Each click on an answer, or its digit, is one vote; or type a number behind it. "
                "Nobody sees the votes before the vote is closed."
            ),
        )
        self.tabs.setAccessibleName(self.tr("Who answers"))
        self.back_button.setText(self.tr("Take the last one back"))
        self.close_button.setText(self.tr("Close the vote"))
        self.close_button.setToolTip(self.tr("Shows how the class voted; nothing runs yet"))
        self.anew_button.setText(self.tr("Vote anew"))
        self.anew_button.setToolTip(self.tr("Forgets these votes, for another class"))
        self.refresh()

    def _on_theme_changed(self) -> None:
        theme = self._theme
        self.tabs.setFont(theme.font())
        self.count.setFont(theme.font(1.0, QFont.Weight.DemiBold))
        self._rows.setSpacing(theme.px(6))
        self._layout.setSpacing(theme.px(8))
        self._below.setSpacing(theme.px(12))
        self.refresh()

    # --- content ------------------------------------------------------------------------------

    def show_ballot(self, ballot: Ballot, texts: Mapping[str, str]) -> None:
        """A question's choices, ``texts`` by key, with the votes they have."""
        if ballot is not self._ballot or list(self.rows) != list(ballot.choices):
            self._ballot = ballot
            for row in self.rows.values():
                self._rows.removeWidget(row)
                row.hide()
                row.deleteLater()
            self.rows = {}
            for number, choice in enumerate(ballot.choices, start=1):
                row = ChoiceRow(self._theme, number, choice, ballot, self)
                row.clicked.connect(lambda _=False, c=choice: self._on_cast(c))
                row.typed.connect(lambda votes, c=choice: self._on_typed(c, votes))
                self._rows.addWidget(row)
                self.rows[choice] = row
        for choice, row in self.rows.items():
            row.setText(texts.get(choice, choice))
        self.refresh()

    def show_right(self, answer: str) -> None:
        """Marks what a run showed to be right; empty: nothing."""
        for choice, row in self.rows.items():
            row.show_right(bool(answer) and choice == answer)

    def refresh(self) -> None:
        """The ballot was closed, or the votes have changed."""
        ballot = self._ballot
        self._quiet = True
        self.tabs.setCurrentIndex(CLASS if ballot.of_class else ONE)
        self._quiet = False
        self.tabs.setVisible(ballot.open)
        for row in self.rows.values():
            row.refresh()
        counting = ballot.of_class and ballot.open
        self.close_button.setVisible(counting)
        self.back_button.setVisible(counting and ballot.total > 0)
        self.anew_button.setVisible(ballot.of_class and not ballot.open)
        self.count.setVisible(ballot.of_class)
        self.count.setText(self.tr("%n vote(s)", "", ballot.total))

    # --- votes --------------------------------------------------------------------------------

    def key_pressed(self, event: QKeyEvent) -> bool:
        """A digit is a vote, Backspace takes one back; False for every other key."""
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        if event.key() == Qt.Key.Key_Backspace:
            self._on_back()
            return True
        number = event.key() - Qt.Key.Key_0
        row = next((row for row in self.rows.values() if row.number == number), None)
        if row is not None:
            self._on_cast(row.choice)
        return row is not None

    def _on_cast(self, choice: str) -> None:
        if self._ballot.cast(choice):
            self._on_voted()
        else:
            self.refresh()

    def _on_typed(self, choice: str, votes: int) -> None:
        if self._ballot.put(choice, votes):
            self._on_voted()

    def _on_back(self) -> None:
        if self._ballot.take_back():
            self._on_voted()

    def _on_voted(self) -> None:
        self.refresh()
        self.voted.emit()

    def _on_tab(self, tab: int) -> None:
        if not self._quiet:
            self.anew_wanted.emit(tab == CLASS)
