"""A guide: sentences put to the test, or which way to choose, each with the runs that show it.

GUI thread only.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QToolButton, QVBoxLayout, QWidget

from gui import guides
from gui.catalogue_texts import ScenarioBook
from gui.guides import CLAIMED, Item, Proofs
from gui.language import Languages
from gui.theme import SMALL, TITLE, Theme


class GuideCard(QFrame):
    """One claim or kind of work; ``scenario_wanted`` (id) when a run that shows it is to be seen."""

    scenario_wanted = Signal(str)

    def __init__(self, theme: Theme, book: ScenarioBook, proofs: Proofs, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("Card")
        self._theme, self._book, self._proofs = theme, book, proofs
        self.item: Item | None = None
        self.text, self.verdict, self.why = (self._label() for _ in range(3))
        self.links: dict[str, QToolButton] = {}
        self.told: dict[str, QLabel] = {}
        self._layout = QVBoxLayout(self)
        for label in (self.text, self.verdict, self.why):
            self._layout.addWidget(label)
        self.dress()

    def _label(self) -> QLabel:
        label = QLabel(self)
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        label.setStyleSheet("background: transparent; border: none")
        return label

    def dress(self) -> None:
        theme, px = self._theme, self._theme.px
        self.text.setFont(theme.font(1.08, QFont.Weight.DemiBold))
        self.verdict.setFont(theme.font(1.08, QFont.Weight.DemiBold))
        ink = theme.palette.accent
        self.verdict.setStyleSheet(f"background: transparent; border: none; color: {ink}")
        self.why.setFont(theme.font())
        for link in self.links.values():
            link.setFont(theme.font(1.0, QFont.Weight.DemiBold))
        for label in self.told.values():
            label.setFont(theme.font(SMALL))
        self._layout.setContentsMargins(px(14), px(10), px(14), px(10))
        self._layout.setSpacing(px(4))

    def show_item(self, item: Item) -> None:
        self.item = item
        self.text.setText(item.text)
        self.verdict.setText(item.verdict)
        self.why.setText(item.why)
        self.why.setVisible(bool(item.why))
        for proof in item.proofs:
            if proof not in self.links:
                link = QToolButton(self)
                link.setObjectName("Link")
                link.setCursor(Qt.CursorShape.PointingHandCursor)
                link.clicked.connect(lambda _=False, p=proof: self.scenario_wanted.emit(p))
                self.links[proof], self.told[proof] = link, self._label()
                self._layout.addWidget(link)
                self._layout.addWidget(self.told[proof])
            self.links[proof].setText(f"{self._book.texts(proof).title} ›")
            self.tell(proof)
        self.dress()

    def tell(self, proof: str) -> None:
        """What is known of the run by now."""
        label, shown = self.told.get(proof), self._proofs.shown.get(proof)
        if label is None:
            return
        if shown is None:
            label.setText(self.tr("Reading the recorded run …"))
            return
        source = self.tr("Measured here: {told}") if shown.here else self.tr("In the recorded run: {told}")
        label.setText(source.format(told=guides.words_of(self._book, proof, shown)))


class GuidePage(QScrollArea):
    """``scenario_wanted`` (id)."""

    scenario_wanted = Signal(str)

    def __init__(
        self, theme: Theme, languages: Languages, book: ScenarioBook, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme, self._languages, self._book = theme, languages, book
        self.proofs = Proofs(self)
        self.proofs.arrived.connect(self._on_arrived)
        self.guide = ""
        self.cards: list[GuideCard] = []
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._inside = inside = QWidget(self)
        inside.setObjectName("Panel")
        self.setWidget(inside)
        self.title, self.intro = QLabel(inside), QLabel(inside)
        for label in (self.title, self.intro):
            label.setWordWrap(True)
        self._layout = QVBoxLayout(inside)
        self._layout.addWidget(self.title)
        self._layout.addWidget(self.intro)
        self._layout.addStretch(1)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and self.guide:
            self.show_guide(self.guide)
        super().changeEvent(event)

    def _on_theme_changed(self) -> None:
        theme, px = self._theme, self._theme.px
        self.title.setFont(theme.font(TITLE * 1.15, QFont.Weight.DemiBold))
        self.intro.setFont(theme.font(1.08))
        self._layout.setSpacing(px(9))
        for card in self.cards:
            card.dress()
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Lines that are not too long to read.  (Under a maximum width Qt would reckon the height of
        wrapped text for the width there is without it, and cut the text off.)"""
        px = self._theme.px
        right = max(px(32), self.viewport().width() - px(32 + 820))
        self._layout.setContentsMargins(px(32), px(20), right, px(20))

    def show_guide(self, guide: str) -> None:
        """One of ``gui.guides.GUIDES``; the runs are read meanwhile."""
        language = self._languages.current
        if guide != self.guide:
            for card in self.cards:
                self._layout.removeWidget(card)
                card.hide()
                card.deleteLater()
            self.cards = []
            self.verticalScrollBar().setValue(0)
        self.guide = guide
        self.title.setText(guides.title(guide, language))
        self.intro.setText(guides.intro(guide, language))
        told = guides.items(guide, language)
        while len(self.cards) < len(told):
            card = GuideCard(self._theme, self._book, self.proofs, self._inside)
            card.scenario_wanted.connect(self.scenario_wanted)
            self._layout.insertWidget(2 + len(self.cards), card)
            self.cards.append(card)
        for number, (card, item) in enumerate(zip(self.cards, told, strict=True), start=1):
            prefix = "" if guide == CLAIMED else f"{number}. "
            card.show_item(Item(prefix + item.text, item.verdict, item.why, item.proofs))
        self._on_theme_changed()
        self.proofs.want([proof for item in told for proof in item.proofs])

    def _on_arrived(self, scenario: str) -> None:
        for card in self.cards:
            card.tell(scenario)

    def close_proofs(self) -> None:
        """Nothing is read any more."""
        self.proofs.close()
