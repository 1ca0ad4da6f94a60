"""The tracks' names left of the lanes: name, a second line, the numbered badge.

A click selects the track's first span in sight, the triangle collapses; tracks are reordered by
dragging; the context menu pins, hides and shows.  GUI thread only.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QMenu, QToolTip, QWidget

from engine.model import EndKind, State, Track, TrackKind
from gui import wording
from gui.document import Document
from gui.durations import duration, percent
from gui.theme import SMALL, Theme
from gui.timeline.arranging import Arranging
from gui.timeline.rows import Row, RowKind
from gui.timeline.viewport import Viewport
from gui.track_names import TrackNames

#: Pixels at the ordinary size from the left in which a click on a track collapses what is below it.
TRIANGLE = 13
#: A name cannot be dropped where the pointer is.
NOWHERE = -100
#: The column is as wide as the longest of the first names; later ones are shortened.
NAMES_LOOKED_AT = 300
#: So many of a lock's spans tell whether anybody ever waited for it.
SPANS_LOOKED_AT = 20_000


class TrackHeaders(QWidget):
    track_clicked = Signal(int)

    def __init__(
        self,
        theme: Theme,
        document: Document,
        viewport: Viewport,
        arranging: Arranging,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._arranging = arranging
        self._theme = theme
        self._document = document
        self._viewport = viewport
        self._pressed: QPoint | None = None
        self._dragged: Row | None = None
        self._drop_y = 0
        self._names = TrackNames({})
        self._subtitles: dict[int, tuple[int, str]] = {}
        self._name_widths: dict[str, float] = {}
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        viewport.scrolled.connect(self.update)
        viewport.rows_changed.connect(self._on_rows_changed)
        document.replaced.connect(self._on_replaced)
        document.grew_paced.connect(self.update)
        document.phase_changed.connect(self.update)
        document.selection_changed.connect(self.update)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def _on_replaced(self) -> None:
        self._subtitles.clear()
        self.update()

    def _on_theme_changed(self) -> None:
        self._name_widths.clear()
        self._fit_names()
        self.update()

    def _on_rows_changed(self) -> None:
        self._subtitles.clear()
        pinned = any(row.pinned for row in self._viewport.rows[:1])
        self._names = TrackNames(self._document.tracks if pinned else {})  # without their heading
        self._fit_names()
        self.update()

    def _fit_names(self) -> None:
        """As wide as the longest name needs, within bounds."""
        px = self._theme.px
        widest = 0.0
        metrics = QFontMetricsF(self._theme.font(1.0, QFont.Weight.DemiBold))
        small = QFontMetricsF(self._theme.font(SMALL * 0.92))
        for row in self._viewport.rows[:NAMES_LOOKED_AT]:
            track = self._document.tracks.get(row.track)
            if track is None:
                continue
            if row.kind is RowKind.PROCESS:
                text = self._process_text(track, row.below)
                widest = max(widest, small.horizontalAdvance(text) + px(32))
                continue
            name = self._name(row, track)
            width = self._name_widths.get(name)
            if width is None:
                width = self._name_widths[name] = metrics.horizontalAdvance(name)
            room = px(14) + row.depth * px(12) + (px(40) if track.badge else px(10))
            widest = max(widest, width + room)
        self.setFixedWidth(round(min(max(widest, px(136)), px(212))))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._subtitles.clear()
            self.update()
        super().changeEvent(event)

    # --- texts --------------------------------------------------------------------------------

    def _name(self, row: Row, track: Track) -> str:
        """Away from its process's heading with the process, where another has one of that name."""
        name = self._names.of(track.id) if row.pinned else ""
        return name or wording.track_title(self._document.store, track)

    def subtitle(self, track: Track) -> str:
        """The second line: how it ended where that matters, else what it mostly did."""
        revision = self._document.store.revision
        known = self._subtitles.get(track.id)
        # While live figures move with every batch: a second line that is half a second old will do.
        if known is not None and (known[0] == revision or (revision - known[0] < 15 and self._document.live)):
            return known[1]
        text = self._make_subtitle(track)
        self._subtitles[track.id] = (revision, text)
        return text

    def _make_subtitle(self, track: Track) -> str:
        if track.kind is TrackKind.GIL:
            return self.tr("who holds it")
        if track.kind is TrackKind.LOCK:
            if (self._document.store.spans(track.id)["depth"][:SPANS_LOOKED_AT] > 0).any():
                return self.tr("owner, queue below")
            return self.tr("who has the {sort}").format(sort=track.sort or wording.kind_word(track.kind))
        if track.end.kind in (EndKind.FAILED, EndKind.KILLED, EndKind.CANCELLED):
            return wording.end_text(track.end)
        if "not_recorded_itself" in track.notes:
            return self.tr("seen from outside only")
        row = self._viewport.row_of(track.id)
        if row is not None and row.collapsed and row.below and track.kind is not TrackKind.PROCESS:
            return self.tr("%n track(s) collapsed", "", row.below)
        if track.kind is TrackKind.TASK:
            return wording.end_text(track.end) or self.tr("task")
        totals = self._document.store.totals(track.id)
        life = int(totals.sum())
        if life <= 0:
            return wording.end_text(track.end)
        running = int(totals[State.RUNNING] + totals[State.NATIVE])
        return self.tr("runs {share}").format(share=percent(running / life))

    def _process_text(
        self, track: Track, below: int, metrics: QFontMetricsF | None = None, room: float = 0
    ) -> str:
        """As much as there is room for, the number of the process first."""
        parts = [self.tr("pid {pid}").format(pid=track.pid)]
        if below:
            parts.append(self.tr("%n track(s)", "", below))
        end = wording.end_text(track.end)
        if end:
            parts.insert(1 if _bad_end(track) else len(parts), end)
        while metrics is not None and len(parts) > 1 and metrics.horizontalAdvance(" · ".join(parts)) > room:
            parts.pop()
        return " · ".join(parts)

    # --- painting -------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        palette = self._theme.palette
        painter.fillRect(self.rect(), QColor(palette.surface))
        density = self.devicePixelRatioF()
        selected = self._document.selection.track if self._document.selection else -1
        for row in self._viewport.visible_rows():
            track = self._document.tracks.get(row.track)
            if track is None:
                continue
            top = self._viewport.top_of(row) / density
            rect = QRectF(0, top, self.width(), row.height / density)
            if row.kind is RowKind.PROCESS:
                self._paint_process(painter, rect, row, track, selected in row.summary)
            else:
                painter.fillRect(rect, QColor(palette.surface if row.stripe else palette.lane))
                self._paint_track(painter, rect, row, track, row.track == selected)
        fixed, above = self._viewport.fixed_px, self._viewport.heading_above()
        if above is not None and above[0].track in self._document.tracks:
            heading, top = above[0], above[1] / density
            painter.save()
            painter.setClipRect(QRectF(0, fixed / density, self.width(), self.height()))
            rect = QRectF(0, top, self.width(), heading.height / density)
            self._paint_process(painter, rect, heading, self._document.tracks[heading.track], False)
            painter.fillRect(QRectF(0, rect.bottom() - 1, self.width(), 1), QColor(palette.line))
            painter.restore()
        if fixed:
            painter.fillRect(QRectF(0, fixed / density - 1, self.width(), 1), QColor(palette.edge))
        if self._dragged is not None and self._drop_y != NOWHERE:
            painter.fillRect(0, self._drop_y - 1, self.width(), 3, QColor(palette.accent))

    def _paint_process(self, painter: QPainter, rect: QRectF, row: Row, track: Track, selected: bool) -> None:
        theme, palette = self._theme, self._theme.palette
        painter.fillRect(rect, QColor(palette.window))
        painter.fillRect(QRectF(rect.left(), rect.top(), rect.width(), 1), QColor(palette.line))
        if selected:
            painter.fillRect(QRectF(0, rect.top(), theme.px(3), rect.height()), QColor(palette.accent))
        self._triangle(painter, QPointF(self._theme.px(13), rect.center().y()), row.collapsed)
        left = theme.px(24)
        name_font = theme.font(SMALL, QFont.Weight.DemiBold)
        metrics = QFontMetricsF(name_font)
        painter.setFont(name_font)
        painter.setPen(QColor(palette.text))
        room = rect.width() - left - theme.px(6)
        painter.drawText(
            QRectF(left, rect.top() + 1, room, rect.height() / 2),
            Qt.AlignmentFlag.AlignVCenter,
            metrics.elidedText(track.name, Qt.TextElideMode.ElideMiddle, room),
        )
        small = theme.font(SMALL * 0.92)
        small_metrics = QFontMetricsF(small)
        text = self._process_text(track, row.below, small_metrics, room)
        painter.setFont(small)
        painter.setPen(QColor(palette.error if _bad_end(track) else palette.soft_text))
        painter.drawText(
            QRectF(left, rect.top() + rect.height() / 2 - 1, room, rect.height() / 2),
            Qt.AlignmentFlag.AlignVCenter,
            small_metrics.elidedText(text, Qt.TextElideMode.ElideRight, room),
        )

    def _triangle(self, painter: QPainter, middle: QPointF, collapsed: bool) -> None:
        size = self._theme.px(4)
        points = (
            [QPointF(-size * 0.7, -size), QPointF(size, 0), QPointF(-size * 0.7, size)]
            if collapsed
            else [QPointF(-size, -size * 0.7), QPointF(size, -size * 0.7), QPointF(0, size)]
        )
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.palette.soft_text))
        painter.drawPolygon(QPolygonF([middle + p for p in points]))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_track(self, painter: QPainter, rect: QRectF, row: Row, track: Track, selected: bool) -> None:
        theme, palette = self._theme, self._theme.palette
        if selected:
            painter.fillRect(QRectF(0, rect.top(), theme.px(3), rect.height()), QColor(palette.accent))
        left = theme.px(14) + row.depth * theme.px(12)
        badge_room = theme.px(38) if track.badge else theme.px(8)
        room = max(10.0, rect.width() - left - badge_room)
        strong = theme.font(1.0, QFont.Weight.DemiBold)
        small = theme.font(SMALL * 0.94)
        strong_metrics, small_metrics = QFontMetricsF(strong), QFontMetricsF(small)
        two_lines = strong_metrics.height() + small_metrics.height() <= rect.height() - 2
        if row.below:
            self._triangle(painter, QPointF(self._theme.px(7), rect.center().y()), row.collapsed)
        if row.pinned:
            painter.fillRect(QRectF(left - theme.px(7), rect.center().y() - 2, 4, 4), QColor(palette.accent))
        name = self._name(row, track)
        if strong_metrics.horizontalAdvance(name) > room:
            name = wording.short_name(self._document.store, track.id) or name
        name = strong_metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, room)
        if not two_lines and strong_metrics.height() > rect.height():
            painter.setFont(small)
        else:
            painter.setFont(strong)
        painter.setPen(QColor(palette.text))
        if two_lines:
            block = strong_metrics.height() + small_metrics.height()
            top = rect.top() + (rect.height() - block) / 2
            # By the lines they stand on: Chinese would hang lower from the top.
            painter.drawText(QPointF(left, top + strong_metrics.ascent()), name)
            text = self.subtitle(track)
            painter.setFont(small)
            painter.setPen(QColor(palette.error if _bad_end(track) else palette.soft_text))
            painter.drawText(
                QPointF(left, top + strong_metrics.height() + small_metrics.ascent()),
                small_metrics.elidedText(text, Qt.TextElideMode.ElideRight, room),
            )
        else:
            painter.drawText(
                QRectF(left, rect.top(), room, rect.height()), Qt.AlignmentFlag.AlignVCenter, name
            )
        if track.badge:
            self._paint_badge(painter, rect, track.badge)

    def _paint_badge(self, painter: QPainter, rect: QRectF, badge: int) -> None:
        theme, palette = self._theme, self._theme.palette
        size = min(theme.px(23), rect.height() - 4)
        centre = QPointF(rect.right() - theme.px(22), rect.center().y())
        circle = QRectF(centre.x() - size / 2, centre.y() - size / 2, size, size)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(palette.edge), 1))
        painter.setBrush(QColor(palette.owner_shade(badge)))
        text = str(badge)
        if len(text) > 2:
            circle.adjust(-size * 0.2, 0, size * 0.2, 0)
        painter.drawRoundedRect(circle, size / 2, size / 2)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setFont(theme.font(SMALL * (1.0 if size >= theme.px(18) else 0.8), QFont.Weight.DemiBold))
        painter.setPen(QColor(palette.on_owner))
        painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, text)

    # --- pointer ----------------------------------------------------------------------------------

    def row_at(self, position: QPointF) -> Row | None:
        return self._viewport.row_under(position.y() * self.devicePixelRatioF())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        distance = (event.position().toPoint() - self._pressed).manhattanLength()
        if self._dragged is None and distance >= QApplication.startDragDistance():
            row = self.row_at(QPointF(self._pressed))
            if row is not None and not row.pinned:
                self._dragged = row
                self.setCursor(Qt.CursorShape.ClosedHandCursor)
        if self._dragged is not None:
            self._drop_y = self._edge_near(event.position())
            self.update()

    def _edge_near(self, position: QPointF) -> int:
        density = self.devicePixelRatioF()
        row = self.row_at(position)
        if row is None or self._dragged is None:
            return self.height() if position.y() > 0 else 0
        if row.track not in self._arranging.siblings(self._dragged.track):
            return NOWHERE
        top = self._viewport.top_of(row) / density
        below = position.y() - top > row.height / density / 2
        return round(top + (row.height / density if below else 0))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        dragged, self._dragged = self._dragged, None
        self.unsetCursor()
        self.update()
        if dragged is not None:
            self._drop(dragged, event.position())
        elif pressed is not None:
            row = self.row_at(event.position())
            if row is None:
                return
            on_triangle = bool(row.below) and event.position().x() < self._theme.px(TRIANGLE)
            if row.kind is RowKind.PROCESS or on_triangle:
                self._arranging.toggle(row)
            else:
                self.track_clicked.emit(row.track)

    def _drop(self, dragged: Row, position: QPointF) -> None:
        """Puts the track before or behind the sibling it was dropped on."""
        target = self.row_at(position)
        if target is not None:
            top = self._viewport.top_of(target) / self.devicePixelRatioF()
            behind = position.y() - top > target.height / self.devicePixelRatioF() / 2
            self._arranging.move(dragged.track, target.track, behind=behind)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        row = self.row_at(QPointF(event.pos()))
        menu = self.build_menu(row)
        menu.exec(event.globalPos())
        menu.deleteLater()

    def build_menu(self, row: Row | None) -> QMenu:
        """What can be done with a row's track."""
        menu = QMenu(self)
        arrangement, tool = self._viewport.arrangement, self._arranging
        if row is not None:
            track_id = row.track
            if track_id in arrangement.pinned:
                menu.addAction(self.tr("Unpin"), lambda: tool.pin(track_id, False))
            elif row.kind is not RowKind.PROCESS:
                menu.addAction(self.tr("Pin to the top"), lambda: tool.pin(track_id, True))
            menu.addAction(self.tr("Hide"), lambda: tool.hide(track_id))
            if row.kind is RowKind.PROCESS or row.below:
                text = self.tr("Expand") if row.collapsed else self.tr("Collapse")
                menu.addAction(text, lambda: tool.toggle(row))
        hidden = len(arrangement.hidden)
        if hidden:
            menu.addSeparator()
            text = self.tr("Show %n hidden track(s)", "", hidden)
            menu.addAction(text, tool.show_hidden)
        if arrangement.order:
            menu.addAction(
                self.tr("Order as they started"), lambda: self._viewport.edit(lambda a: a.order.clear())
            )
        return menu

    def wheelEvent(self, event: QWheelEvent) -> None:
        step = event.angleDelta().y() / 120 * 60 * self.devicePixelRatioF()
        self._viewport.scroll_by(-round(step))
        event.accept()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            text = self.tip_at(QPointF(event.pos()))
            if text:
                QToolTip.showText(event.globalPos(), text, self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def tip_at(self, position: QPointF) -> str:
        """The full name, kind, ids, end and share of each state."""
        row = self.row_at(position)
        track = self._document.tracks.get(row.track) if row is not None else None
        if track is None:
            return ""
        ids = f"pid {track.pid}" + (f" · tid {track.tid}" if track.tid else "")
        lines = [f"{wording.track_title(self._document.store, track)} ({wording.kind_word(track.kind)})", ids]
        end = wording.end_text(track.end)
        if end:
            lines.append(end)
        totals = self._document.store.totals(track.id)
        life = int(totals.sum())
        for state in sorted(State, key=lambda s: -totals[s]):
            ns = int(totals[state])
            if ns > 0:
                lines.append(f"{wording.state_word(state)}: {duration(ns)} · {percent(ns / life)}")
        return "\n".join(lines)


def _bad_end(track: Track) -> bool:
    return track.end.kind in (EndKind.FAILED, EndKind.KILLED)
