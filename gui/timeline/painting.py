"""Paints tracks into an image.  GUI thread only.

All coordinates are device pixels, so that edges are sharp at every factor of the desktop.  The
image is one array of 0xffRRGGBB that numpy and ``QPainter`` both write: numpy the grounds, grid
and blended columns, the painter the blocks (as arrays of ``QRect`` handed over in one call; see
``pyqtgraph.Qt.internals.PrimitiveArray`` for the way this is done) and the labels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import shiboken6
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QImage, QPainter

from engine.model import State
from gui.timeline.levels import Columns, Lane
from gui.timeline.rows import Row, RowKind
from gui.timeline.styles import StateBrushes, bar_room

#: Looks of blocks are states' numbers; from here on the owners' shades.
OWNERS = len(State)
#: Above this number of blocks in a frame corners stay square: nobody sees them then.
ROUND_LIMIT = 3000


#: States whose blocks get a label: those that are about something.
LABELLED = np.ones(len(State), bool)
LABELLED[[State.RUNNING, State.NATIVE, State.WAIT_GIL, State.UNOBSERVED]] = False


@dataclass(frozen=True, slots=True)
class Drawn:
    """One row as it is to be painted: its place on the image, what its track does, its ground."""

    row: Row
    y: int
    lane: Lane
    ground: int  # 0xffRRGGBB
    dimmed: bool = False


class Picture:
    """The image that is painted into: ``pixels`` (height, width) and ``image`` share memory."""

    def __init__(self, width: int, height: int, density: float) -> None:
        self.pixels: NDArray[np.uint32] = np.zeros((max(1, height), max(1, width)), np.uint32)
        self.image = QImage(
            self.pixels.data,
            self.pixels.shape[1],
            self.pixels.shape[0],
            self.pixels.strides[0],
            QImage.Format.Format_RGB32,
        )
        self.density = density

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])


def pixel(color: str) -> int:
    """``#rrggbb`` as an image holds it."""
    return 0xFF000000 | int(color[1:], 16)


def draw_rects(painter: QPainter, rects: NDArray[np.int32]) -> None:
    """Draws (n, 4) rectangles x1, y1, x2, y2 (inclusive, as ``QRect`` keeps them) in one call."""
    if len(rects):
        rects = np.ascontiguousarray(rects, dtype=np.int32)
        first = shiboken6.wrapInstance(rects.ctypes.data, QRect)
        assert isinstance(first, QRect)
        painter.drawRects(first, len(rects))


class LanePainter:
    """Paints rows of tracks with one set of brushes."""

    def __init__(
        self,
        brushes: StateBrushes,
        label_font: QFont,
        small_font: QFont,
        badge_of: Callable[[int], int],
        owner_label: Callable[[int], str],
        span_label: Callable[[np.void], str],
        plates: bool = False,
    ) -> None:
        """``plates``: labels that have no room above their bar stand upon it."""
        self.brushes = brushes
        self._label_font = label_font
        self._small_font = small_font
        self._label_metrics = QFontMetricsF(label_font)
        self._small_metrics = QFontMetricsF(small_font)
        self._badge_of = badge_of
        self._owner_label = owner_label
        self._span_label = span_label
        self._plates = plates
        self._widths: dict[tuple[bool, str], float] = {}
        self._heights: dict[int, NDArray[np.int32]] = {}

    def paint(
        self,
        picture: Picture,
        drawn: Sequence[Drawn],
        grid: NDArray[np.int32],
        ground: int,
        grid_color: int,
        wait_labels: bool = True,
    ) -> None:
        """Everything, ground first.  ``grid``: pixel columns of the ruler's ticks; without
        ``wait_labels`` only owners are written out."""
        pixels = picture.pixels
        bottom = drawn[-1].y + drawn[-1].row.height if drawn else 0
        if bottom < picture.height:
            pixels[max(0, bottom) :] = ground
        for item in drawn:
            pixels[max(0, item.y) : max(0, item.y + item.row.height)] = item.ground
        if len(grid):
            pixels[:, grid] = grid_color
        self._blocks(picture, drawn)
        for item in drawn:
            self._columns(pixels, item)
        painter = QPainter(picture.image)
        for item in drawn:
            self._labels(painter, item, picture.width, wait_labels)
        painter.end()

    # --- blocks --------------------------------------------------------------------------

    def _blocks(self, picture: Picture, drawn: Sequence[Drawn]) -> None:
        """All blocks of all rows, one call to the painter for each look."""
        items = [item for item in drawn if len(item.lane.blocks.x0)]
        if not items:
            return
        keys = np.concatenate([self._keys(item) for item in items])
        x0 = np.concatenate([item.lane.blocks.x0 for item in items])
        x1 = np.concatenate([item.lane.blocks.x1 for item in items])
        row = np.repeat(np.arange(len(items)), [len(item.lane.blocks.x0) for item in items])
        heights = np.stack([self._bar_heights(item.row.height) for item in items])
        height = heights[row, keys]
        middle = np.array([2 * item.y + item.row.height for item in items], np.int32)[row]
        rects = np.empty((len(x0), 4), np.int32)
        rects[:, 0] = x0
        rects[:, 1] = (middle - height) // 2
        rects[:, 2] = np.where(x1 - x0 > 3, x1 - 2, x1 - 1)  # a gap of one pixel between blocks
        rects[:, 3] = rects[:, 1] + height - 1
        order = np.argsort(keys, kind="stable")
        sorted_rects, counts = rects[order], np.bincount(keys)
        painter = QPainter(picture.image)
        painter.setPen(Qt.PenStyle.NoPen)
        first = 0
        for key in np.flatnonzero(counts):
            last = first + int(counts[key])
            self._fill(painter, sorted_rects[first:last], int(key), bool(height[order[first]] > 5))
            first = last
        painter.end()
        if len(rects) <= ROUND_LIMIT:
            grounds = np.array([item.ground for item in items], np.uint32)[row]
            self._notch_corners(picture.pixels, rects, height, grounds)

    def _keys(self, item: Drawn) -> NDArray[np.intp]:
        """What each block of a row looks like: its state; for what is owned, the owner's shade."""
        blocks = item.lane.blocks
        keys = blocks.state.astype(np.intp)
        if item.row.kind not in (RowKind.GIL, RowKind.LOCK):
            return keys
        shades = len(self.brushes.owners)
        badges = np.array([max(1, self._badge_of(int(owner))) for owner in blocks.owner], np.intp)
        return np.where(keys == State.OWNED, OWNERS + (badges - 1) % shades, keys)

    def _bar_heights(self, row_height: int) -> NDArray[np.int32]:
        """The height of a bar in a row of this height, by key."""
        known = self._heights.get(row_height)
        if known is None:
            full = bar_room(row_height)
            known = np.zeros(OWNERS + len(self.brushes.owners), np.int32)
            known[:OWNERS] = [self.brushes.bar_height(state, full) for state in range(OWNERS)]
            known[OWNERS:] = self.brushes.bar_height(State.OWNED, full)
            self._heights[row_height] = known
        return known

    def _fill(self, painter: QPainter, rects: NDArray[np.int32], key: int, tall: bool) -> None:
        outline: QBrush | None
        if key >= OWNERS:
            fill, outline = self.brushes.owners[key - OWNERS], self.brushes.owner_edge
        else:
            fill = (self.brushes.fill if tall else self.brushes.plain)[key]
            outline = self.brushes.outline.get(key)
        if outline is not None:
            painter.setBrush(outline)
            draw_rects(painter, rects)
            thick = max(1, int(self.brushes.density))
            rects = rects + np.array([thick, thick, -thick, -thick], np.int32)
            rects = rects[rects[:, 2] >= rects[:, 0]]
        painter.setBrush(fill)
        draw_rects(painter, rects)

    def _notch_corners(
        self,
        pixels: NDArray[np.uint32],
        rects: NDArray[np.int32],
        height: NDArray[np.int32],
        grounds: NDArray[np.uint32],
    ) -> None:
        """Takes the corner pixels off: looks like a rounded corner and costs next to nothing."""
        size = max(1, round(self.brushes.density))
        rows, width = pixels.shape
        large = (rects[:, 2] - rects[:, 0] > 7 * size) & (height > 7 * size)
        x0, y0, x1, y1 = rects[large].T
        ground = np.concatenate([grounds[large]] * 4)
        for down in range(size):
            for across in range(size):
                x = np.concatenate((x0 + across, x1 - across, x0 + across, x1 - across))
                y = np.concatenate((y0 + down, y0 + down, y1 - down, y1 - down))
                inside = (x >= 0) & (x < width) & (y >= 0) & (y < rows)
                pixels[y[inside], x[inside]] = ground[inside]

    # --- blended columns -----------------------------------------------------------------

    def _columns(self, pixels: NDArray[np.uint32], item: Drawn) -> None:
        columns = item.lane.columns
        if len(columns.x):
            paint_columns(pixels, columns, item.y, item.row.height, bar_room(item.row.height), self.brushes)

    # --- labels --------------------------------------------------------------------------

    def _width(self, text: str, small: bool) -> float:
        key = (small, text)
        width = self._widths.get(key)
        if width is None:
            if len(self._widths) > 5000:
                self._widths.clear()
            metrics = self._small_metrics if small else self._label_metrics
            width = self._widths[key] = metrics.horizontalAdvance(text)
        return width

    def _labels(self, painter: QPainter, item: Drawn, width: int, waits: bool) -> None:
        if not len(item.lane.blocks.x0):
            return
        if item.row.kind in (RowKind.GIL, RowKind.LOCK):
            self._owner_labels(painter, item, width)
        elif waits and item.lane.spans is not None:
            self._wait_labels(painter, item, width)

    def _owner_labels(self, painter: QPainter, item: Drawn, width: int) -> None:
        blocks = item.lane.blocks
        wide = (blocks.x1 - blocks.x0 > 14 * self.brushes.density) & (blocks.state == State.OWNED)
        if not wide.any() or self._label_metrics.height() > item.row.height:
            return
        painter.setFont(self._label_font)
        painter.setPen(QColor(self.brushes.palette.on_owner))
        pad = 4 * self.brushes.density
        for i in np.flatnonzero(wide):
            owner = int(blocks.owner[i])
            if owner < 0:
                continue
            x0, x1 = max(0, int(blocks.x0[i])), min(width, int(blocks.x1[i]))
            badge = self._badge_of(owner)
            name = self._owner_label(owner)
            for text in (f"{badge} {name}" if badge else name, str(badge) if badge else ""):
                if text and self._width(text, False) + 2 * pad <= x1 - x0:
                    rect = QRect(x0, item.y, x1 - x0, item.row.height)
                    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
                    break

    def _wait_labels(self, painter: QPainter, item: Drawn, width: int) -> None:
        """What is waited for: above the bar where there is room, on a projector else upon it."""
        blocks = item.lane.blocks
        spans = item.lane.spans
        assert spans is not None
        full = bar_room(item.row.height)
        line = self._small_metrics.height() * 0.92
        wide = np.flatnonzero((blocks.x1 - blocks.x0 > 56 * self.brushes.density) & LABELLED[blocks.state])
        if not len(wide) or (line > item.row.height * 0.48 and not self._plates):
            return
        painter.setFont(self._small_font)
        pad = 6 * self.brushes.density
        for i in wide:
            above = (item.row.height - self.brushes.bar_height(int(blocks.state[i]), full)) // 2
            upon = above < line
            if upon and not (self._plates and line <= item.row.height):
                continue
            text = self._span_label(spans[blocks.first[i]])
            x0, x1 = max(0, int(blocks.x0[i])), min(width, int(blocks.x1[i]))
            room = x1 - x0 - 2 * pad
            if not text or room < 40 * self.brushes.density:
                continue
            if upon:
                self._plate(painter, item, text, x0, x1)
                continue
            if self._width(text, True) > room:
                text = self._small_metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
            painter.setPen(QColor(self.brushes.palette.soft_text))
            # By the line it stands on: Chinese would hang lower from the top, into the bar.
            # Higher where there is room: the frame of a selected span would cut into it.
            lift = min(max(above - line, 0.5 * self.brushes.density), 3.5 * self.brushes.density)
            foot = item.y + above - self._small_metrics.descent() - lift
            painter.drawText(QPointF(round(x0 + pad), round(foot)), text)

    def _plate(self, painter: QPainter, item: Drawn, text: str, x0: int, x1: int) -> None:
        """A label in the middle of a bar, on a ground of its own; nothing where it does not fit, as
        the bar must be seen on both sides of it."""
        pad = 5 * self.brushes.density
        wide, high = self._width(text, True) + 2 * pad, self._small_metrics.height()
        if wide > (x1 - x0) * 0.86:
            return
        middle = item.y + item.row.height / 2
        plate = QRectF((x0 + x1 - wide) / 2, middle - high / 2, wide, high).toRect()
        painter.fillRect(plate, QColor(self.brushes.palette.window))
        painter.setPen(QColor(self.brushes.palette.text))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)


def paint_columns(
    pixels: NDArray[np.uint32], columns: Columns, y: int, height: int, full: int, brushes: StateBrushes
) -> None:
    """Writes blended columns into the image, centred in a row at ``y``; ``full`` is the height of a
    bar of height 1."""
    top, bottom = max(0, y), min(len(pixels), y + height)
    if bottom <= top or not len(columns.x):
        return
    first = int(columns.x[0])
    last = min(int(columns.x[-1]) + columns.step, pixels.shape[1])
    if last <= first:
        return
    colors = np.zeros(last - first + columns.step, np.uint32)
    # Twice the distance from the middle up to which a column reaches, in whole pixels.
    reach = np.full(last - first + columns.step, -1, np.int16)
    ink = brushes.blender.colors(columns)
    heights = np.maximum(brushes.blender.heights(columns) * full, 2).astype(np.int16)
    for shift in range(columns.step):
        colors[columns.x + (shift - first)] = ink
        reach[columns.x + (shift - first)] = heights
    colors, reach = colors[: last - first], reach[: last - first]
    away = np.abs(2 * np.arange(top, bottom, dtype=np.int16) - np.int16(2 * y + height - 1))
    area = pixels[top:bottom, first:last]
    # In the middle rows every column is drawn, in the outermost none: a mask is slow, so only between.
    first_row, last_row = _rows_within(away, int(reach.max()))
    first_full, last_full = _rows_within(away, int(reach.min()))
    if first_full == last_full:
        first_full = last_full = last_row
    area[first_full:last_full] = colors
    for rows in (slice(first_row, first_full), slice(last_full, last_row)):
        area[rows] = np.where(away[rows, None] <= reach[None, :], colors[None, :], area[rows])


def _rows_within(away: NDArray[np.int16], most: int) -> tuple[int, int]:
    """First and one past the last of the rows that are at most so far away; they follow each other."""
    rows = np.flatnonzero(away <= most)
    return (int(rows[0]), int(rows[-1]) + 1) if len(rows) else (0, 0)
