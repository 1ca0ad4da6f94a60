"""What the colours, heights and patterns mean: one sample for each state the recording has.

GUI thread only.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.model import State
from gui import wording
from gui.document import Document
from gui.theme import BODY, Theme
from gui.timeline.styles import StateBrushes

#: In this order; these are shown before anything ran, the others once they occur.
ORDER = (
    State.RUNNING,
    State.NATIVE,
    State.WAIT_GIL,
    State.WAIT_LOCK,
    State.WAIT_CPU,
    State.WAIT,
    State.SLEEP,
    State.IO,
    State.STARTING,
    State.READY,
    State.SUSPENDED,
    State.HELD,
    State.UNOBSERVED,
)
BASIC = frozenset({State.RUNNING, State.WAIT_GIL, State.WAIT_LOCK, State.WAIT, State.SLEEP, State.UNOBSERVED})


class Legend(QWidget):
    def __init__(self, theme: Theme, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._document = document
        self._present: frozenset[State] = frozenset()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        document.replaced.connect(self._on_replaced)
        theme.changed.connect(self._on_changed)
        self._on_changed()

    def _on_replaced(self) -> None:
        self._present = frozenset()
        self._on_changed()

    def note(self, states: frozenset[State]) -> None:
        """States that occur in the recording; only ever added to."""
        if not states <= self._present:
            self._present |= states
            self._on_changed()

    def _on_changed(self) -> None:
        self.setAccessibleName(self.tr("Legend"))
        self.setAccessibleDescription(", ".join(wording.state_word(s) for s in self.states()))
        self.updateGeometry()
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._on_changed()
        super().changeEvent(event)

    def states(self) -> list[State]:
        """What is shown, in order."""
        shown = self._present | BASIC if not self._present else self._present
        return [s for s in ORDER if s in shown]

    def _places(self, width: int) -> tuple[list[tuple[State, float, float]], int]:
        """State, x, y of each sample, and the height of all."""
        theme = self._theme
        metrics = QFontMetricsF(theme.font(BODY * 0.94))
        line = theme.px(26)
        margin, sample, gap, between = theme.px(14), theme.px(20), theme.px(7), theme.px(20)
        x, y = float(margin), 0.0
        places = []
        for state in self.states():
            advance = sample + gap + metrics.horizontalAdvance(wording.state_word(state))
            if x > margin and x + advance > width - margin:
                x, y = float(margin), y + line
            places.append((state, x, y))
            x += advance + between
        return places, round(y + line) + theme.px(10)

    def heightForWidth(self, width: int) -> int:
        return self._places(width)[1]

    def hasHeightForWidth(self) -> bool:
        return True

    def sizeHint(self) -> QSize:
        return QSize(400, self.heightForWidth(max(self.width(), 200)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self._theme
        palette = theme.palette
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(palette.surface))
        density = self.devicePixelRatioF()
        brushes = StateBrushes(palette, density)
        font = theme.font(BODY * 0.94)
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        line, sample, gap, full = theme.px(26), theme.px(20), theme.px(7), theme.px(18)
        for state, x, y in self._places(self.width())[0]:
            number = int(state)
            height = max(theme.px(4), full * brushes.height.get(number, 0.5))
            top = y + theme.px(5) + (line - height) / 2
            rect = QRectF(round(x), round(top), sample, round(height))
            painter.save()
            painter.scale(1 / density, 1 / density)
            device = QRectF(
                rect.x() * density, rect.y() * density, rect.width() * density, rect.height() * density
            ).toRect()
            painter.setBrushOrigin(device.topLeft())
            if number in brushes.outline:
                painter.fillRect(device, brushes.outline[number])
                device.adjust(1, 1, -1, -1)
            painter.fillRect(device, brushes.fill[number])
            painter.restore()
            painter.setPen(QColor(palette.text))
            baseline = y + theme.px(5) + line / 2 + (metrics.ascent() - metrics.descent()) / 2
            painter.drawText(round(x + sample + gap), round(baseline), wording.state_word(state))
