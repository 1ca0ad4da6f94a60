"""The signs on the player's buttons, drawn in the text's colour at any size."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap, QPolygonF

_SIZE = 64


def _triangle(left: float, right: float) -> QPolygonF:
    return QPolygonF([QPointF(left, 12), QPointF(right, 32), QPointF(left, 52)])


def _draw(painter: QPainter, name: str) -> None:
    match name:
        case "play":
            painter.drawPolygon(_triangle(16, 52))
        case "pause":
            painter.drawRect(QRectF(14, 12, 13, 40))
            painter.drawRect(QRectF(37, 12, 13, 40))
        case "next":
            painter.drawPolygon(_triangle(14, 42))
            painter.drawRect(QRectF(44, 12, 7, 40))
        case "previous":
            painter.drawPolygon(_triangle(50, 22))
            painter.drawRect(QRectF(13, 12, 7, 40))
        case "last":
            painter.drawPolygon(_triangle(4, 28))
            painter.drawPolygon(_triangle(28, 52))
            painter.drawRect(QRectF(53, 12, 7, 40))
        case "first":
            painter.drawPolygon(_triangle(60, 36))
            painter.drawPolygon(_triangle(36, 12))
            painter.drawRect(QRectF(4, 12, 7, 40))
        case _:
            raise ValueError(name)


def glyph(name: str, ink: str, faint: str) -> QIcon:
    """``play pause next previous first last`` in ``ink``, in ``faint`` while disabled."""
    icon = QIcon()
    for mode, colour in ((QIcon.Mode.Normal, ink), (QIcon.Mode.Disabled, faint)):
        picture = QPixmap(_SIZE, _SIZE)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
        _draw(painter, name)
        painter.end()
        icon.addPixmap(picture, mode)
    return icon
