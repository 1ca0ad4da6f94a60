"""What is painted over the lanes: cursor, selection, range, arrows, marks, ends.

All coordinates are device pixels of the lanes' area.  GUI thread only.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPolygonF

from engine.model import EndKind, Mark, MarkKind, State, TrackKind
from gui.document import Document
from gui.theme import Theme, color
from gui.timeline.frame import FrameRenderer
from gui.timeline.rows import Row, RowKind
from gui.timeline.styles import bar_room
from gui.timeline.viewport import Viewport

#: More marks than this in sight are thinned out: one a few pixels is all that can be seen.
MARK_LIMIT = 400
#: Arrows drawn for one selected span.
ARROW_LIMIT = 24


class Overlay:
    """Paints over one picture; made anew for each paint."""

    def __init__(
        self,
        painter: QPainter,
        theme: Theme,
        document: Document,
        viewport: Viewport,
        renderer: FrameRenderer,
        density: float,
    ) -> None:
        self._painter = painter
        self._theme = theme
        self._palette = theme.palette
        self._document = document
        self._viewport = viewport
        self._renderer = renderer
        self._density = density

    # --- lines --------------------------------------------------------------------------------

    def cursor(self, height: int) -> None:
        time = self._document.cursor_ns
        if time is None:
            return
        x = round(self._viewport.transform.x_of(time))
        if -2 <= x <= self._viewport.transform.width_px + 2:
            width = max(2, round(2 * self._density))
            self._painter.fillRect(x - width // 2, 0, width, height, QColor(self._palette.accent))

    def pointer(self, x: float, height: int) -> None:
        self._painter.fillRect(
            round(x), 0, max(1, round(self._density)), height, color(self._palette.text, 70)
        )

    def range(self, height: int) -> None:
        chosen = self._document.range
        if chosen is None:
            return
        x0, x1 = (self._viewport.transform.x_of(t) for t in chosen)
        x0, x1 = max(-4.0, x0), min(self._viewport.transform.width_px + 4.0, x1)
        if x1 <= x0:
            return
        self._painter.fillRect(QRectF(x0, 0, x1 - x0, height), color(self._palette.accent, 40))
        self._painter.setPen(QPen(QColor(self._palette.accent), self._density))
        for x in (x0, x1):
            self._painter.drawLine(QPointF(round(x) + 0.5, 0), QPointF(round(x) + 0.5, height))

    def notes(self, height: int) -> None:
        """Thin lines through all lanes at the notes in sight."""
        transform = self._viewport.transform
        pen = QPen(color(self._palette.text, 150), self._density, Qt.PenStyle.DashLine)
        self._painter.setPen(pen)
        last = -10
        for note in self._document.notes.notes:
            for time in {note.time_ns, note.end_ns}:
                x = round(transform.x_of(time))
                if 0 <= x < transform.width_px and x != last:
                    self._painter.drawLine(QPointF(x + 0.5, 0), QPointF(x + 0.5, height))
                    last = x

    def box(self, start: QPointF, end: QPointF, height: int) -> None:
        x0, x1 = sorted((start.x(), end.x()))
        self._painter.fillRect(QRectF(x0, 0, x1 - x0, height), color(self._palette.accent, 55))
        self._painter.setPen(QPen(QColor(self._palette.accent), 2 * self._density, Qt.PenStyle.DashLine))
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.drawRect(QRectF(x0, 1, x1 - x0, height - 2))

    def fixed(self, width: int) -> None:
        """What the rows scroll under: the heading of their process, the edge of the pinned ones."""
        above = self._viewport.heading_above()
        if above is not None:
            top = max(above[1], self._viewport.fixed_px)
            height = above[1] + above[0].height - top
            self._painter.fillRect(0, top, width, height, QColor(self._palette.window))
            self._painter.fillRect(
                0,
                top + height - round(self._density),
                width,
                round(self._density),
                QColor(self._palette.line),
            )
        if self._viewport.fixed_px:
            y = self._viewport.fixed_px - round(self._density)
            self._painter.fillRect(0, y, width, round(self._density), QColor(self._palette.edge))

    # --- spans --------------------------------------------------------------------------------

    def _bar(self, row: Row, start_ns: int, end_ns: int, state: int) -> QRectF:
        transform = self._viewport.transform
        x0 = max(-10.0, transform.x_of(start_ns))
        x1 = min(transform.width_px + 10.0, transform.x_of(end_ns))
        height = self._renderer.brushes.bar_height(state, bar_room(row.height))
        top = self._viewport.top_of(row) + (row.height - height) // 2
        return QRectF(round(x0), top, max(2.0, round(x1) - round(x0) - 1), height)

    def selection(self) -> None:
        selection = self._document.selection
        if selection is None:
            return
        row = self._viewport.row_of(selection.track)
        if row is None or row.kind is RowKind.PROCESS or not self._viewport.in_sight(row):
            return
        spans = self._document.store.spans(selection.track)
        if selection.index >= len(spans):
            return
        span = spans[selection.index]
        bar = self._bar(row, int(span["start"]), int(span["end"]), int(span["state"]))
        self._frame(bar, QColor(self._palette.text), 2)

    def _frame(self, bar: QRectF, pen_color: QColor, width: float) -> None:
        thick = width * self._density
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        edge = bar.adjusted(-thick / 2 - 1, -thick / 2 - 1, thick / 2 + 1, thick / 2 + 1)
        self._painter.setPen(QPen(QColor(self._palette.window), thick * 1.5))
        self._painter.drawRoundedRect(edge, thick, thick)
        self._painter.setPen(QPen(pen_color, thick))
        self._painter.drawRoundedRect(edge, thick, thick)
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def lit(self) -> None:
        """Frames every span in sight that waits for the lit object or is at a lit place, and the lit
        lock's own track."""
        lit = self._document.lit_object
        self._lit_places()
        if lit < 0:
            return
        pen = QColor(self._palette.accent)
        for item in self._renderer.drawn:
            track = self._document.tracks.get(item.row.track)
            if track is None:
                continue
            if item.row.kind is RowKind.LOCK and track.object == lit:
                width = self._viewport.transform.width_px
                self._painter.setPen(QPen(pen, 2 * self._density))
                self._painter.setBrush(Qt.BrushStyle.NoBrush)
                self._painter.drawRect(QRectF(1, item.y + 1, width - 2, item.row.height - 2))
            elif item.lane.spans is not None and item.row.kind in (RowKind.THREAD, RowKind.TASK):
                blocks = item.lane.blocks
                spans = item.lane.spans
                for i in np.flatnonzero(spans["object"][blocks.first] == lit)[:200]:
                    span = spans[blocks.first[i]]
                    if span["state"] in (State.WAIT_LOCK, State.WAIT):
                        bar = self._bar(item.row, int(span["start"]), int(span["end"]), int(span["state"]))
                        self._frame(bar, pen, 1.5)

    def _lit_places(self) -> None:
        places = self._document.lit_places
        if not places:
            return
        wanted = np.fromiter(places, np.int32, len(places))
        pen = QColor(self._palette.accent)
        for item in self._renderer.drawn:
            spans, blocks = item.lane.spans, item.lane.blocks
            if spans is None or item.row.kind not in (RowKind.THREAD, RowKind.TASK) or not len(blocks.first):
                continue
            for i in np.flatnonzero(np.isin(spans["location"][blocks.first], wanted))[:200]:
                span = spans[blocks.first[i]]
                self._frame(
                    self._bar(item.row, int(span["start"]), int(span["end"]), int(span["state"])), pen, 1.5
                )

    # --- marks and ends -----------------------------------------------------------------------

    def marks(self) -> None:
        for mark, x, row in visible_marks(self._document, self._viewport):
            y = self._viewport.top_of(row)
            size = 5 * self._density
            serious = mark.kind in (MarkKind.EXCEPTION, MarkKind.PROBE_FAILED, MarkKind.LOST)
            self._painter.setPen(QPen(QColor(self._palette.window), self._density))
            self._painter.setBrush(
                QBrush(QColor(self._palette.error if serious else self._palette.soft_text))
            )
            self._painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._painter.drawPolygon(
                QPolygonF([QPointF(x - size, y), QPointF(x + size, y), QPointF(x, y + size * 1.5)])
            )
            self._painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def ends(self) -> None:
        """A cross where a track failed or was killed, a bar where it was cancelled."""
        for item in self._renderer.drawn:
            track = self._document.tracks.get(item.row.track)
            if track is None or track.end.kind not in (EndKind.FAILED, EndKind.KILLED):
                continue
            if track.kind not in (TrackKind.THREAD, TrackKind.TASK, TrackKind.PROCESS):
                continue
            x = self._viewport.transform.x_of(track.end_ns)
            if not -8 <= x <= self._viewport.transform.width_px + 8:
                continue
            middle = item.y + item.row.height / 2
            arm = 5 * self._density
            x = min(x + arm + self._density, self._viewport.transform.width_px - arm - 1)
            self._painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for pen_color, width in ((self._palette.window, 6.0), (self._palette.error, 2.6)):
                self._painter.setPen(
                    QPen(
                        QColor(pen_color),
                        width * self._density,
                        Qt.PenStyle.SolidLine,
                        Qt.PenCapStyle.RoundCap,
                    )
                )
                self._painter.drawLine(QPointF(x - arm, middle - arm), QPointF(x + arm, middle + arm))
                self._painter.drawLine(QPointF(x - arm, middle + arm), QPointF(x + arm, middle - arm))
            self._painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    # --- arrows -------------------------------------------------------------------------------

    def arrows(self, width: int, height: int) -> None:
        """For the selected span: who has what it waits for, and the causes at its ends."""
        selection = self._document.selection
        if selection is None:
            return
        spans = self._document.store.spans(selection.track)
        if selection.index >= len(spans):
            return
        span = spans[selection.index]
        start, end = int(span["start"]), int(span["end"])
        owner = int(span["owner"])
        cursor = self._document.now_ns
        if owner >= 0 and span["state"] in (State.WAIT_GIL, State.WAIT_LOCK, State.WAIT, State.SUSPENDED):
            at = cursor if start <= cursor <= end else start
            self._arrow(selection.track, at, owner, at, dashed=True)
        for arrow in self._causes(selection.track, start, end):
            self._arrow(
                int(arrow["from_track"]),
                int(arrow["from_time"]),
                int(arrow["to_track"]),
                int(arrow["to_time"]),
                dashed=False,
            )

    def _causes(self, track: int, start: int, end: int) -> np.ndarray[tuple[int], np.dtype[np.void]]:
        arrows = self._document.store.arrows_in(start, end)
        into = (arrows["to_track"] == track) & (arrows["to_time"] >= start) & (arrows["to_time"] <= end)
        out = (arrows["from_track"] == track) & (arrows["from_time"] >= start) & (arrows["from_time"] <= end)
        found: np.ndarray[tuple[int], np.dtype[np.void]] = arrows[into | out][:ARROW_LIMIT]
        return found

    def _arrow(self, from_track: int, from_ns: int, to_track: int, to_ns: int, dashed: bool) -> None:
        rows = self._viewport.row_of(from_track), self._viewport.row_of(to_track)
        if rows[0] is None or rows[1] is None or (from_track == to_track and from_ns == to_ns):
            return
        transform, fixed = self._viewport.transform, self._viewport.fixed_px
        x0, x1 = transform.x_of(from_ns), transform.x_of(to_ns)
        if max(x0, x1) < -200 or min(x0, x1) > transform.width_px + 200:
            return
        y0, y1 = (  # to a row that scrolled away under the pinned ones it leads to their edge
            max(self._viewport.top_of(row) + row.height / 2, 0 if row.pinned or not fixed else fixed)
            for row in rows
            if row is not None
        )
        bend = (36 if abs(x1 - x0) < 40 else 24) * self._density
        path = QPainterPath(QPointF(x0, y0))
        path.cubicTo(QPointF(x0 + bend, y0), QPointF(x1 + (bend if dashed else -bend), y1), QPointF(x1, y1))
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        style = Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine
        self._painter.setPen(QPen(color(self._palette.window, 220), 4.5 * self._density))
        self._painter.drawPath(path)
        self._painter.setPen(QPen(QColor(self._palette.text), 1.8 * self._density, style))
        self._painter.drawPath(path)
        self._head(path)
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _head(self, path: QPainterPath) -> None:
        tip, before = path.pointAtPercent(1.0), path.pointAtPercent(0.96)
        direction = tip - before
        length = (direction.x() ** 2 + direction.y() ** 2) ** 0.5
        if length < 0.01:
            return
        unit = direction / length
        size = 7 * self._density
        side = QPointF(-unit.y(), unit.x()) * size * 0.5
        self._painter.setPen(QPen(QColor(self._palette.window), self._density))
        self._painter.setBrush(QColor(self._palette.text))
        self._painter.drawPolygon(QPolygonF([tip, tip - unit * size + side, tip - unit * size - side]))


def visible_marks(document: Document, viewport: Viewport) -> Iterator[tuple[Mark, float, Row]]:
    """Marks in sight with their pixel column and row, at most one every few pixels of a row."""
    transform = viewport.transform
    rows = {row.track: row for row in viewport.visible_rows()}
    last: dict[int, float] = {}
    count = 0
    for mark in document.store.marks_in(transform.start_ns, transform.end_ns):
        row = rows.get(mark.track)
        if row is None:
            continue
        x = transform.x_of(mark.time_ns)
        if not -6 <= x <= transform.width_px + 6 or abs(x - last.get(mark.track, -99.0)) < 6:
            continue
        last[mark.track] = x
        count += 1
        if count > MARK_LIMIT:
            return
        yield mark, x, row


def mark_at(document: Document, viewport: Viewport, point: QPointF, density: float) -> Mark | None:
    """The mark whose triangle is under a point (device pixels of the lanes' area)."""
    for mark, x, row in visible_marks(document, viewport):
        y = viewport.top_of(row)
        if abs(point.x() - x) <= 6 * density and -1 <= point.y() - y <= 9 * density:
            return mark
    return None
