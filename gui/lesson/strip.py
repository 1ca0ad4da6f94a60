"""Above page and timeline: the steps of the lesson, where it stands, and the way on.  GUI thread only."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QFont, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from gui.lesson.flow import Step
from gui.theme import SMALL, Theme


class LessonStrip(QWidget):
    """``recorded_wanted`` when the recorded run is to be shown in place of one that contradicts."""

    recorded_wanted = Signal()

    def __init__(self, theme: Theme, skip: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("LessonStrip")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._theme = theme
        self._skip = skip
        self._steps: tuple[Step, ...] = ()
        self._step = Step.QUESTION
        self._told = ""
        self.labels: list[QLabel] = []
        self.recorded_button = QPushButton(self)
        self.recorded_button.clicked.connect(self.recorded_wanted)
        self.recorded_button.hide()
        self.skip_button = QPushButton(self)
        self.skip_button.clicked.connect(skip.trigger)
        self._row = QHBoxLayout()
        self._row.addStretch(1)
        layout = QHBoxLayout(self)
        layout.addLayout(self._row, 1)
        layout.addWidget(self.recorded_button)
        layout.addWidget(self.skip_button)
        self._layout = layout
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def retranslate(self) -> None:
        self.setAccessibleName(self.tr("Steps of the lesson"))
        self.recorded_button.setText(self.tr("Recorded run"))
        self.recorded_button.setToolTip(
            self.tr("A run that was recorded before, with the usual parameters; nothing is executed")
        )
        self.refresh()

    def step_names(self) -> dict[Step, str]:
        return {
            Step.QUESTION: self.tr("Question"),
            Step.VOTES: self.tr("Votes"),
            Step.RUN: self.tr("Run"),
            Step.SEEN: self.tr("What did you see?"),
            Step.HAPPENED: self.tr("What happened"),
            Step.CHANGE: self.tr("One change"),
            Step.NEXT: self.tr("What next"),
        }

    def _on_theme_changed(self) -> None:
        theme, px = self._theme, self._theme.px
        self._layout.setContentsMargins(px(16), px(4), px(12), px(4))
        self._layout.setSpacing(px(8))
        self._row.setSpacing(px(14))
        for button in (self.skip_button, self.recorded_button):
            button.setFont(theme.font(SMALL))
        self.setStyleSheet(
            f"QWidget#LessonStrip {{ background: {theme.palette.window};"
            f" border-bottom: 1px solid {theme.palette.line}; }}"
        )
        self.refresh()

    def show_step(self, steps: Sequence[Step], step: Step, on: str, contradicts: bool = False) -> None:
        """``steps`` of this lesson, the one it stands at, what the way on is called; whether the
        recorded run is offered."""
        self._steps, self._step, self._told = tuple(steps), step, on
        self.recorded_button.setVisible(contradicts)
        self.refresh()

    def refresh(self) -> None:
        theme = self._theme
        while len(self.labels) < len(self._steps):
            label = QLabel(self)
            label.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
            self.labels.append(label)
            self._row.insertWidget(len(self.labels) - 1, label)
        for number, label in enumerate(self.labels):
            if number >= len(self._steps):
                label.hide()
                continue
            here = self._steps[number] is self._step
            label.setFont(theme.font(SMALL, QFont.Weight.DemiBold if here else QFont.Weight.Normal))
            ink = theme.palette.accent if here else theme.palette.soft_text
            label.setStyleSheet(f"color: {ink}")
        key = self._skip.shortcut().toString()
        self.skip_button.setText(f"{self._told} ({key})")
        self.skip_button.setVisible(bool(self._told))
        self.skip_button.setToolTip(self._skip.toolTip())
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """All steps where there is room for them, else the one it stands at."""
        buttons = [b for b in (self.recorded_button, self.skip_button) if not b.isHidden()]
        room = self.width() - sum(b.sizeHint().width() + self._layout.spacing() for b in buttons)
        room -= self._layout.contentsMargins().left() + self._layout.contentsMargins().right()
        metrics = QFontMetrics(self._theme.font(SMALL, QFont.Weight.DemiBold))
        shown = self.labels[: len(self._steps)]
        words = [f"0  {name}" for step, name in self.step_names().items() if step in self._steps]
        needed = sum(metrics.horizontalAdvance(text) + self._row.spacing() for text in words)
        for place, (step, label) in enumerate(zip(self._steps, shown, strict=True), start=1):
            label.setVisible(needed <= room or step is self._step)
            number = str(place) if needed <= room else f"{place}/{len(self._steps)}"
            label.setText(f"{number}  {self.step_names()[step]}")
