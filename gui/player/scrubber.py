"""The whole run as a line: where the cursor is, where the steps are; drag to go there.

GUI thread only.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gui.document import Document
from gui.durations import moment
from gui.player.player import Player
from gui.player.steps import StepList
from gui.theme import Theme, color

#: Steps closer than this are drawn as one.
TICK_PX = 3


class Scrubber(QWidget):
    def __init__(
        self,
        theme: Theme,
        document: Document,
        player: Player,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._document = document
        self._player = player
        self._steps: StepList = player.steps
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        for signal in (
            document.replaced,
            document.cursor_moved,
            document.range_changed,
            document.phase_changed,
            player.changed,
        ):
            signal.connect(lambda *_: self.update())
        document.grew_paced.connect(self.update)
        document.replaced.connect(self._show)
        document.grew_paced.connect(self._show)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.retranslate()
        self._show()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def retranslate(self) -> None:
        self.setAccessibleName(self.tr("Position in the run, and its steps"))

    def _on_theme_changed(self) -> None:
        self.setFixedHeight(self._theme.px(20))
        self.update()

    def _show(self) -> None:
        self.setVisible(bool(self._document.tracks))

    def sizeHint(self) -> QSize:
        return QSize(300, self._theme.px(20))

    # --- time and pixels ---------------------------------------------------------------------

    @property
    def _edge(self) -> float:
        return float(self._theme.px(16))

    def x_of(self, time_ns: float) -> float:
        """Where a moment is, in pixels of the widget."""
        store = self._document.store
        length = max(1, store.end_ns - store.start_ns)
        return self._edge + (self.width() - 2 * self._edge) * (time_ns - store.start_ns) / length

    def time_of(self, x: float) -> int:
        store = self._document.store
        share = (x - self._edge) / max(1.0, self.width() - 2 * self._edge)
        return store.start_ns + round(min(1.0, max(0.0, share)) * (store.end_ns - store.start_ns))

    def ticks(self) -> list[float]:
        """Where steps are, in pixels; those that would touch are one."""
        times = self._steps.known()["time"]
        cells = int((self.width() - 2 * self._edge) // TICK_PX)
        if not len(times) or cells < 1:
            return []
        store = self._document.store
        length = max(1, store.end_ns - store.start_ns)
        edges = store.start_ns + (np.arange(cells + 1) * (length / cells)).astype(np.int64)
        edges[-1] += 1  # what happened at the very end belongs to the last one
        places = np.searchsorted(times, edges)
        return [self._edge + float(cell) * TICK_PX for cell in np.flatnonzero(np.diff(places))]

    # --- painting -------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        palette = self._theme.palette
        painter.fillRect(self.rect(), QColor(palette.surface))
        middle = self.height() / 2
        rail = self._theme.px(3)
        left, right = self._edge, self.width() - self._edge
        painter.fillRect(QRectF(left, middle - rail / 2, right - left, rail), QColor(palette.edge))
        chosen = self._document.range
        if chosen is not None:
            low, high = self.x_of(chosen[0]), self.x_of(chosen[1])
            painter.fillRect(
                QRectF(low, middle - rail * 1.5, high - low, rail * 3), color(palette.accent, 90)
            )
        time = self._document.cursor_ns
        if time is not None:
            end = self.x_of(time)
            painter.fillRect(QRectF(left, middle - rail / 2, end - left, rail), QColor(palette.accent))
        tall = self._theme.px(11)
        for x in self.ticks():
            painter.fillRect(QRectF(x, middle - tall / 2, 1.5, tall), QColor(palette.soft_text))
        if time is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QColor(palette.surface))
            painter.setBrush(QColor(palette.accent))
            radius = self._theme.px(6)
            painter.drawEllipse(QPointF(self.x_of(time), middle), radius, radius)

    # --- pointer --------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._seek(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._seek(event.position().x())

    def _seek(self, x: float) -> None:
        if self._document.tracks:
            self._player.go_to(self.time_of(x))

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            if self._document.tracks:
                store = self._document.store
                length = store.end_ns - store.start_ns
                text = moment(self.time_of(event.pos().x()) - store.start_ns, length / max(1, self.width()))
                QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)
