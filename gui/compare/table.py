"""The figures of the six ways: a table with a bar each, as long as its time against one after the other.

GUI thread only.
"""

from __future__ import annotations

import statistics

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from engine.comparison import WAYS, Comparison, Figures
from gui.compare.words import cells, way_text
from gui.theme import SMALL, Theme


class Bar(QWidget):
    """A median time, with its quarter marks, against one after the other (the upright line)."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.share = 0.0  # of the time one after the other takes
        self._low = self._high = 0.0
        self._most = 1.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def show_times(self, figures: Figures, alone_ns: float, most: float) -> None:
        """``most``: the longest share there is among all of them."""
        self.share, self._low, self._high = (
            value / max(1.0, alone_ns) for value in (figures.median, figures.low, figures.high)
        )
        self._most = max(1.0, most)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(120), self._theme.px(20))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(50), self._theme.px(16))

    def paintEvent(self, _event: QPaintEvent) -> None:
        palette, px = self._theme.palette, self._theme.px
        scale = (self.width() - 2) / self._most
        height = min(self.height() - 2, px(14))
        top = (self.height() - height) / 2
        painter = QPainter(self)
        painter.fillRect(QRectF(0, top, max(1.0, self.share * scale), height), QColor(palette.edge))
        painter.setPen(QPen(QColor(palette.text), max(1, px(1.5))))
        middle = self.height() / 2
        painter.drawLine(int(self._low * scale), int(middle), int(self._high * scale), int(middle))
        one = int(scale)
        painter.setPen(QPen(QColor(palette.text), 1, Qt.PenStyle.DashLine))
        painter.drawLine(one, 0, one, self.height())
        painter.end()


class FigureTable(QWidget):
    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._result: Comparison | None = None
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._heads = [QLabel(self) for _ in range(8)]
        for column, head in enumerate(self._heads):
            head.setObjectName("Soft")
            right = Qt.AlignmentFlag.AlignRight if column > 1 else Qt.AlignmentFlag.AlignLeft
            self._grid.addWidget(head, 0, column, right | Qt.AlignmentFlag.AlignBottom)
        self.names: dict[str, QLabel] = {}
        self.bars: dict[str, Bar] = {}
        self.cells: dict[str, list[QLabel]] = {}
        for row, way in enumerate(WAYS, start=1):
            self.names[way], self.bars[way] = QLabel(self), Bar(theme, self)
            self.cells[way] = [QLabel(self) for _ in range(6)]
            self._grid.addWidget(self.names[way], row, 0)
            self._grid.addWidget(self.bars[way], row, 1)
            for column, label in enumerate(self.cells[way], start=2):
                label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                self._grid.addWidget(label, row, column, Qt.AlignmentFlag.AlignRight)
        self._grid.setColumnStretch(1, 1)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def retranslate(self) -> None:
        heads = (
            "",
            self.tr("against one after the other"),
            self.tr("time"),
            self.tr("least to most"),
            self.tr("speed-up"),
            self.tr("CPU time"),
            self.tr("start-up"),
            self.tr("memory"),
        )
        tips = (
            "",
            self.tr(
                "The dashed line is one after the other; the thin line spans the middle half of the runs"
            ),
            self.tr("The median of all measured runs"),
            "",
            self.tr("How many times as fast as one after the other, by the medians"),
            self.tr("Of all processes and threads together"),
            self.tr("Until the first piece of work begins"),
            self.tr("Most memory of all processes together; what they share is counted once"),
        )
        for label, text, tip in zip(self._heads, heads, tips, strict=True):
            label.setText(text)
            label.setToolTip(tip)
        for way, label in self.names.items():
            label.setText(way_text(way))
            self.bars[way].setAccessibleName(way_text(way))

    def _on_theme_changed(self) -> None:
        theme, px = self._theme, self._theme.px
        self._grid.setHorizontalSpacing(px(12))
        self._grid.setVerticalSpacing(px(5))
        for head in self._heads:
            head.setFont(theme.font(SMALL))
        for way in WAYS:
            self.names[way].setFont(theme.font(1.0, QFont.Weight.DemiBold))
            for number, label in enumerate(self.cells[way]):
                weight = QFont.Weight.DemiBold if number in (0, 2) else QFont.Weight.Normal
                label.setFont(theme.font(1.0, weight))
        # On a projector there is room for what matters alone.
        for column in (3, 5, 6, 7):
            for label in (self._heads[column], *(self.cells[way][column - 2] for way in WAYS)):
                label.setVisible(not theme.projector)

    def show_result(self, result: Comparison) -> None:
        alone = statistics.median(result.ways["sequential"].wall_ns)
        spreads = {way: Figures.of(figures.wall_ns) for way, figures in result.ways.items()}
        most = max(spread.high for spread in spreads.values() if spread is not None) / max(1.0, alone)
        for way, figures in result.ways.items():
            spread = spreads[way]
            if spread is not None:
                self.bars[way].show_times(spread, alone, most)
            for label, text in zip(self.cells[way], cells(figures, result.speed_up(way)), strict=True):
                label.setText(text)

    def as_text(self) -> str:
        """For the clipboard: columns behind tabs."""
        heads = [head.text() for head in self._heads if head is not self._heads[1]]
        rows = [[self.names[way].text(), *(label.text() for label in self.cells[way])] for way in WAYS]
        return "\n".join("\t".join(row) for row in [heads, *rows])
