"""A comparison: how far it is, what it showed, the figures, and the observed runs side by side.

GUI thread only.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.comparison import Comparison, Plan
from engine.observer import cores
from engine.store import Store
from gui.compare.lanes import WayLanes
from gui.compare.run import command
from gui.compare.table import FigureTable
from gui.compare.words import way_text
from gui.theme import SENTENCE, SMALL, Theme


class ComparisonPage(QScrollArea):
    """``cancel_wanted``, ``way_chosen`` when an observed run is to be opened."""

    cancel_wanted = Signal()
    way_chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._plan = Plan("cpu")
        self._result: Comparison | None = None
        self._step: tuple[int, int, str, object] | None = None
        self._cancelled = False
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        inside = QWidget(self)
        inside.setObjectName("Panel")
        self.setWidget(inside)
        self.kicker, self.headline, self.detail = QLabel(inside), QLabel(inside), QLabel(inside)
        for label in (self.kicker, self.detail):
            label.setObjectName("Soft")
        for label in (self.headline, self.detail):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.bar = QProgressBar(inside)
        self.bar.setTextVisible(False)
        self.progress = QLabel(inside)
        self.progress.setObjectName("Soft")
        self.cancel_button = QPushButton(inside)
        self.cancel_button.clicked.connect(self._on_cancel)
        row = QHBoxLayout()
        row.addWidget(self.bar, 1)
        row.addWidget(self.progress, 2)
        row.addWidget(self.cancel_button)
        self.table = FigureTable(theme, inside)
        self.source = QLabel(inside)
        self.source.setObjectName("Soft")
        self.source.setWordWrap(True)
        self.source.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.copy_button = QToolButton(inside)
        self.copy_button.setObjectName("Link")
        self.copy_button.clicked.connect(lambda: QApplication.clipboard().setText(self.as_text()))
        below = QHBoxLayout()
        below.addWidget(self.source, 1)
        below.addWidget(self.copy_button, 0, Qt.AlignmentFlag.AlignTop)
        self.lanes_heading = QLabel(inside)
        self.lanes_heading.setObjectName("Heading")
        self.lanes_note = QLabel(inside)
        self.lanes_note.setObjectName("Soft")
        self.lanes_note.setWordWrap(True)
        self.lanes = WayLanes(theme, inside)
        self.lanes.way_chosen.connect(self.way_chosen)
        layout = QVBoxLayout(inside)
        self._layout = layout
        for label in (self.kicker, self.headline, self.detail):
            layout.addWidget(label)
        layout.addLayout(row)
        layout.addWidget(self.table)
        layout.addLayout(below)
        layout.addWidget(self.lanes_heading)
        layout.addWidget(self.lanes_note)
        layout.addWidget(self.lanes)
        layout.addStretch(1)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def retranslate(self) -> None:
        self.cancel_button.setText(self.tr("Cancel"))
        self.copy_button.setText(self.tr("Copy"))
        self.copy_button.setToolTip(self.tr("The table as text"))
        self.lanes_heading.setText(self.tr("How it went"))
        self.lanes.setAccessibleName(self.lanes_heading.text())
        self.lanes_note.setText(
            self.tr(
                "One more run of each way, observed, on one axis of time: its threads, or its tasks. Being "
                "observed takes time, so the figures above are not from these. A click opens the run."
            )
        )
        self._fill()

    def _on_theme_changed(self) -> None:
        theme, px = self._theme, self._theme.px
        self.kicker.setFont(theme.font(SMALL))
        self.headline.setFont(theme.font(SENTENCE, QFont.Weight.DemiBold))
        self.detail.setFont(theme.font())
        for label in (self.progress, self.source, self.lanes_note):
            label.setFont(theme.font(SMALL))
        self.copy_button.setFont(theme.font(SMALL))
        self.lanes_heading.setFont(theme.font(1.08, QFont.Weight.DemiBold))
        self._layout.setContentsMargins(px(20), px(14), px(20), px(12))
        self._layout.setSpacing(px(7))
        self.bar.setFixedHeight(px(10))

    # --- content ------------------------------------------------------------------------------

    def begin(self, plan: Plan) -> None:
        """A comparison begins: nothing of the one before stays."""
        self._plan, self._result, self._step = plan, None, (0, 1, "", True)
        self._cancelled = False
        self.lanes.clear()
        self._fill()
        self.say(
            "",
            self.tr("The six ways take turns"),
            self.tr(
                "Every way does the same {pieces} pieces of work, again and again, and nothing observes it. "
                "Leave the computer alone meanwhile: whatever else it does takes time from one of them."
            ).format(pieces=plan.pieces),
        )

    def tell_progress(self, done: int, total: int, way: str, warming: object) -> None:
        """``warming``: whether this run's times do not count; None while it is observed."""
        self._step = (done, total, way, warming)
        self._fill()

    def show_result(self, result: Comparison) -> None:
        self._result = result
        self.table.show_result(result)
        self._fill()

    def add_observed(self, way: str, store: Store) -> None:
        self.lanes.add(way, store)
        self._fill()

    def end(self, cancelled: bool = False) -> None:
        """Nothing runs any more."""
        self._step, self._cancelled = None, cancelled
        self._fill()

    def say(self, kicker: str, headline: str, detail: str) -> None:
        """What belongs to the step of the lesson."""
        for label, text in ((self.kicker, kicker), (self.headline, headline), (self.detail, detail)):
            label.setText(text)
            label.setVisible(bool(text))

    def _on_cancel(self) -> None:
        self.cancel_button.setEnabled(False)
        self.progress.setText(self.tr("Stopping after this run …"))
        self.cancel_wanted.emit()

    def _fill(self) -> None:
        running = self._step is not None
        self.bar.setVisible(running)
        self.cancel_button.setVisible(running)
        if not running:
            self.cancel_button.setEnabled(True)
        self.progress.setVisible(running or self._cancelled)
        if self._step is not None and self.cancel_button.isEnabled():
            done, total, way, warming = self._step
            self.bar.setMaximum(total)
            self.bar.setValue(done)
            texts = {
                True: self.tr("Warming up: {way}"),
                False: self.tr("Measuring: {way}"),
                None: self.tr("Once more, observed: {way}"),
            }
            kind = warming if warming is None else bool(warming)
            told = texts[kind].format(way=way_text(way))
            self.progress.setText(f"{done + 1}/{total}  {told}" if way else self.tr("Starting …"))
        elif self._cancelled:
            self.progress.setText(self.tr("Cancelled. Nothing goes on."))
        result = self._result
        measured: tuple[QWidget, ...] = (self.table, self.source, self.copy_button)
        observed: tuple[QWidget, ...] = (self.lanes_heading, self.lanes_note, self.lanes)
        for widget in measured:
            widget.setVisible(result is not None)
        for widget in observed:
            widget.setVisible(bool(self.lanes.ways))
        if result is not None:
            told = self.tr(
                "Medians; runs of each way: {runs}, that nothing observed, taking turns, after rounds to "
                "warm up; Python {version}, cores: {cores}. The same figures without a window: {command}"
            )
            self.source.setText(
                told.format(
                    runs=self._plan.runs,
                    version=result.interpreter.version,
                    cores=cores.usable(),
                    command=command(self._plan),
                )
            )

    def as_text(self) -> str:
        return f"{self.table.as_text()}\n{self.source.text()}"
