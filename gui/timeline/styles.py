"""Brushes for the states, made once for a palette and a pixel density.  GUI thread only."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPen

from gui.palette import Palette, Pattern, StateStyle, outlined
from gui.timeline.levels import Blender


def pattern_tile(style: StateStyle, density: float) -> QImage:
    """One tile of a state's pattern over its fill; tiles join without a seam."""
    side = max(6, round(8 * density))
    tile = QImage(side, side, QImage.Format.Format_RGB32)
    tile.fill(QColor(style.fill))
    painter = QPainter(tile)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(QColor(style.ink), side * 0.24)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    kind = style.pattern
    if kind is Pattern.CROSS:
        pen.setWidthF(side * 0.16)
        painter.setPen(pen)
    if kind in (Pattern.DIAGONAL, Pattern.CROSS):
        for shift in (-side, 0, side):
            painter.drawLine(QPointF(shift - 1, side + 1), QPointF(shift + side + 1, -1))
    if kind in (Pattern.BACK_DIAGONAL, Pattern.CROSS):
        for shift in (-side, 0, side):
            painter.drawLine(QPointF(shift - 1, -1), QPointF(shift + side + 1, side + 1))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    width = max(1, round(side * 0.22))
    if kind is Pattern.VERTICAL:
        painter.fillRect(side // 2, 0, width, side, QColor(style.ink))
    if kind is Pattern.HORIZONTAL:
        painter.fillRect(0, side // 2, side, max(1, round(density)), QColor(style.ink))
    if kind is Pattern.DOTS:
        dot = max(2, round(2 * density))
        painter.fillRect(side // 2 - dot // 2, side // 2 - dot // 2, dot, dot, QColor(style.ink))
    painter.end()
    return tile


class StateBrushes:
    """Fills with pattern, outlines and heights by state number, and owners' shades by badge."""

    def __init__(self, palette: Palette, density: float) -> None:
        self.palette = palette
        self.density = density
        self.fill: dict[int, QBrush] = {}
        self.plain: dict[int, QBrush] = {}
        self.outline: dict[int, QBrush] = {}
        self.height: dict[int, float] = {}
        for state, style in palette.states.items():
            number = int(state)
            self.plain[number] = QBrush(QColor(style.fill))
            if style.pattern is Pattern.PLAIN:
                self.fill[number] = self.plain[number]
            else:
                self.fill[number] = QBrush(pattern_tile(style, density))
            if style.outline:
                self.outline[number] = QBrush(QColor(style.outline))
            self.height[number] = style.height
        self.owners = [QBrush(QColor(shade)) for shade in palette.owners]
        edge = outlined(palette.owners[0], palette.surface, palette.lane) or palette.owners[0]
        self.owner_edge = QBrush(QColor(edge))
        self.blender = Blender(
            {int(s): style.fill for s, style in palette.states.items()},
            {int(s): style.height for s, style in palette.states.items()},
        )

    def owner(self, badge: int) -> QBrush:
        return self.owners[(badge - 1) % len(self.owners)] if badge > 0 else self.owners[0]

    def bar_height(self, state: int, full: int) -> int:
        """Pixels; odd or even as ``full`` is, so that bars are centred on one line."""
        share = self.height.get(state, 0.0)
        height = max(2, round(full * share))
        if share < 1 and (full - height) % 2:
            height += 1
        return min(height, full)


def bar_room(row_height: int) -> int:
    """The height of the tallest bar in a row."""
    return max(4, row_height - 2 * max(2, math.floor(row_height * 0.16)))
