"""How many wait for a lock, drawn below its owners: a step for each who waits, and the number where
there is room for it.  GUI thread only.  All coordinates are device pixels of the lanes' area.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QPointF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from engine.model import State
from gui.palette import Palette
from gui.timeline.painting import Drawn, draw_rects
from gui.timeline.rows import RowKind
from gui.timeline.styles import StateBrushes, bar_room
from gui.timeline.transform import TimeTransform

#: A step is this high where there is room (logical pixels); less where more wait than fit.
STEP_PX = 3.0
#: Room between the owners' bars and the highest step.
GAP_PX = 1


def steps_of(
    depth: NDArray[np.int32], left: NDArray[np.int32], right: NDArray[np.int32], foot: int, unit: float
) -> NDArray[np.int32]:
    """Rectangles (n, 4) that stand on the pixel row ``foot``, one for each stretch in which somebody
    waits: x1, y1, x2, y2 (inclusive), ``unit`` pixels high for each who waits."""
    some = np.flatnonzero((depth > 0) & (right > left))
    rects = np.empty((len(some), 4), np.int32)
    rects[:, 0], rects[:, 2] = left[some], right[some] - 1
    rects[:, 1] = foot + 1 - np.maximum(1, np.rint(depth[some] * unit)).astype(np.int32)
    rects[:, 3] = foot
    return rects


class QueuePainter:
    """Paints over a picture; ``font``: of the numbers, for painting in device pixels."""

    def __init__(self, palette: Palette, brushes: StateBrushes, font: QFont) -> None:
        self._palette = palette
        self._brushes = brushes
        self._font = font
        self._metrics = QFontMetricsF(font)

    def paint(
        self, painter: QPainter, drawn: Iterable[Drawn], transform: TimeTransform, density: float
    ) -> None:
        for item in drawn:
            spans = item.lane.spans
            if item.row.kind is not RowKind.LOCK or spans is None or not (spans["depth"] > 0).any():
                continue
            width = transform.width_px
            left = np.clip(np.floor(transform.xs_of(spans["start"])), 0, width).astype(np.int32)
            right = np.clip(np.ceil(transform.xs_of(spans["end"])), 0, width).astype(np.int32)
            self._paint_row(painter, item, spans["depth"], left, right, density)

    def _paint_row(
        self,
        painter: QPainter,
        item: Drawn,
        depth: NDArray[np.int32],
        left: NDArray[np.int32],
        right: NDArray[np.int32],
        density: float,
    ) -> None:
        height = item.row.height
        bar = self._brushes.bar_height(int(State.OWNED), bar_room(height))
        above = (height - bar) // 2
        room = height - above - bar - round(GAP_PX * density) - 1
        seen = depth[(right > left)]
        if room < 2 or not len(seen):
            return
        unit = min(STEP_PX * density, room / max(1, int(seen.max())))
        style = self._palette.style(State.WAIT_LOCK)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(style.outline or style.fill))
        draw_rects(painter, steps_of(depth, left, right, item.y + height - 2, unit))
        if self._metrics.height() * 0.92 <= above:
            self._numbers(painter, item.y + above, depth, left, right, density)

    def _numbers(
        self,
        painter: QPainter,
        foot: int,
        depth: NDArray[np.int32],
        left: NDArray[np.int32],
        right: NDArray[np.int32],
        density: float,
    ) -> None:
        """Above the bars, where other tracks say what they wait for."""
        painter.setFont(self._font)
        painter.setPen(QColor(self._palette.soft_text))
        pad = 4 * density
        for i in np.flatnonzero((depth > 0) & (right - left > 2 * pad)):
            count = int(depth[i])
            for text in (_waiting_text(count), f"+{count}"):
                if self._metrics.horizontalAdvance(text) + 2 * pad <= right[i] - left[i]:
                    base = foot - self._metrics.descent() - 0.5 * density
                    painter.drawText(QPointF(round(left[i] + pad), round(base)), text)
                    break


def _waiting_text(count: int) -> str:
    if count == 1:
        return QCoreApplication.translate("Queue", "1 waits")
    return QCoreApplication.translate("Queue", "{count} wait").format(count=count)
