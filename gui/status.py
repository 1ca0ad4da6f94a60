"""The line at the bottom: what was recorded, how well it was seen; language and keys.

GUI thread only.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QSizePolicy, QStatusBar, QToolButton, QWidget

from engine.model import TrackKind
from gui.document import Document, Phase
from gui.durations import count, duration, frequency, percent
from gui.figures import observed_rate
from gui.theme import SMALL, Theme

#: A reading that is further behind than this is shown.
LAG_S = 0.5


class StatusLine(QStatusBar):
    def __init__(
        self,
        theme: Theme,
        document: Document,
        languages: tuple[QAction, QAction],
        others: Sequence[QAction],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._document = document
        self._lag_s = 0.0
        self._quiet = False
        self.setSizeGripEnabled(False)
        self.label = QLabel(self)
        self.label.setObjectName("Soft")
        self.label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.addWidget(self.label, 1)
        self._buttons = []
        for action in (*languages, *others):
            button = QToolButton(self)
            button.setObjectName("Link")
            button.setDefaultAction(action)
            self.addPermanentWidget(button)
            self._buttons.append(button)
        document.replaced.connect(self.refresh)
        document.grew_paced.connect(self.refresh)
        document.phase_changed.connect(self.refresh)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.refresh()
        super().changeEvent(event)

    def _on_theme_changed(self) -> None:
        self.label.setFont(self._theme.font(SMALL))
        self.label.setContentsMargins(self._theme.px(8), 0, 0, 0)
        for button in self._buttons:
            button.setFont(self._theme.font(SMALL))

    def set_lag(self, seconds: float) -> None:
        """How far what is shown is behind the program."""
        self._lag_s = seconds

    def keep_quiet(self, on: bool) -> None:
        """Nothing about the run that is over: it might give away what the next one shows."""
        self._quiet = on
        self.refresh()

    def refresh(self) -> None:
        over = self._document.phase in (Phase.ENDED, Phase.LOADED)
        text = "" if self._quiet and over else self.text()
        if text != self.label.text():
            self.label.setText(text)
            self.label.setToolTip(text)

    def text(self) -> str:
        """ "Recorded 412 ms · 3 threads · 1,204 records, none lost · GIL seen at 8.1 kHz …"."""
        document = self._document
        store = document.store
        if document.phase is Phase.EMPTY:
            return self.tr("Nothing recorded yet")
        if document.phase is Phase.STARTING:
            return self.tr("Starting …")
        length = duration(store.end_ns - store.start_ns)
        first = {
            Phase.RUNNING: self.tr("Recording {time}"),
            Phase.STOPPING: self.tr("Stopping after {time}"),
        }.get(document.phase, self.tr("Recorded {time}"))
        parts = [first.format(time=length)]
        threads = len(store.of_kind(TrackKind.THREAD))
        processes = len(store.of_kind(TrackKind.PROCESS))
        tasks = len(store.of_kind(TrackKind.TASK))
        parts.append(self.tr("%n thread(s)", "", threads))
        parts.append(self.tr("%n process(es)", "", processes))
        if tasks:
            parts.append(self.tr("%n task(s)", "", tasks))
        lost = (
            self.tr("none lost")
            if not store.lost
            else self.tr("{count} lost").format(count=count(store.lost))
        )
        parts.append(self.tr("{count} records, {lost}").format(count=count(store.records), lost=lost))
        parts.append(self._gil())
        if document.live and self._lag_s > LAG_S:
            parts.append(self.tr("{time} behind").format(time=duration(self._lag_s * 1e9, 2)))
        if document.origin.truncated:
            parts.append(self.tr("recording cut off"))
        return " · ".join(part for part in parts if part)

    def _gil(self) -> str:
        store = self._document.store
        rate = observed_rate(store)
        if rate is not None:
            return self.tr("GIL seen at {rate}, {share} not observed").format(
                rate=frequency(rate[0]), share=percent(rate[1])
            )
        reasons = [g.reason for g in store.gil if not g.observed and g.reason]
        if reasons:
            return self.tr("GIL not seen: {reason}").format(reason=reasons[0])
        return ""
