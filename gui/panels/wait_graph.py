"""Who waits for whom at the cursor: dashed arrows wait, solid ones own; a circle is lit.

GUI thread only.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from engine.model import State, TrackKind
from engine.moment import Moment, SpanSource
from gui.durations import duration
from gui.panels.graph_layout import EMPTY, Layout, Line, Node, lay_out
from gui.sentences import object_name
from gui.theme import Theme, color
from gui.track_names import TrackNames
from gui.wording import short_name, track_name


class WaitGraph(QWidget):
    """``track_clicked``: the track of the node that was clicked."""

    track_clicked = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("Panel")
        self._theme = theme
        self._store: SpanSource | None = None
        self._moment: Moment | None = None
        self._names = TrackNames({})
        self._layout: Layout = EMPTY
        self._boxes: list[QRectF] = []
        self._top, self._pitch = 0.0, 1.0  # of the rows, in pixels
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        theme.changed.connect(self._refresh)
        self._retranslate()

    # --- content -------------------------------------------------------------------------

    def set_store(self, store: SpanSource | None) -> None:
        self._store = store
        self._names = TrackNames({})
        self.set_moment(None)

    def set_moment(self, moment: Moment | None) -> None:
        """Show the graph of ``moment``; None: nothing."""
        self._moment = moment
        if moment is None or self._store is None:
            self._layout = EMPTY
        else:
            if self._names.count != len(self._store.tracks):
                self._names = TrackNames(self._store.tracks)
            tracks = {
                info.id: info.track
                for info in (self._store.objects.get(e.object) for e in moment.edges)
                if info is not None and info.track >= 0 and self._is_actor(info.track)
            }
            self._layout = lay_out(moment, tracks)
        self._refresh()

    @property
    def layout_shown(self) -> Layout:
        return self._layout

    def _is_actor(self, track_id: int) -> bool:
        track = self._store.tracks.get(track_id) if self._store is not None else None
        return track is not None and track.kind in (TrackKind.THREAD, TrackKind.TASK, TrackKind.PROCESS)

    def text_of(self, node: Node) -> str:
        """What stands in a node."""
        kind, number = node.key
        if self._store is None:
            return ""
        if kind == "more":
            return self.tr("and {count} more").format(count=number)
        if kind == "gil":
            return self.tr("GIL")
        if kind == "object":
            return object_name(self._store, number)
        full = self._names.of(number)
        return full if full != track_name(self._store, number) else short_name(self._store, number) or "?"

    def _fitting_text(self, node: Node, room: float, metrics: QFontMetricsF) -> str:
        """The same in ``room`` pixels: without what Python puts behind a thread's name, as the number
        on the thread's badge, or shortened."""
        text = self.text_of(node)
        if metrics.horizontalAdvance(text) <= room:
            return text
        kind, number = node.key
        track = self._store.tracks.get(number) if self._store is not None and kind == "track" else None
        if track is not None:
            text = track.name.partition(" (")[0]
            if track.badge and metrics.horizontalAdvance(text) > room:
                return str(track.badge)
        return metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, room)

    def _refresh(self) -> None:
        self._place()
        self.setAccessibleDescription(self.spoken())
        self.updateGeometry()
        self.update()

    def spoken(self) -> str:
        """The graph in words, for screen readers."""
        if self._moment is None or self._store is None:
            return self._before
        if not self._moment.edges:
            return self._nothing
        parts = []
        for edge in self._moment.edges:
            who = self._names.of(edge.waiter)
            what = self.tr("GIL") if edge.gil >= 0 else object_name(self._store, edge.object)
            if edge.owner >= 0:
                owner = self._names.of(edge.owner)
                text = self.tr("{who} waits for {what}, which {owner} has")
                parts.append(text.format(who=who, what=what, owner=owner))
            else:
                parts.append(self.tr("{who} waits for {what}").format(who=who, what=what))
        return self.tr("; ", "between the clauses of a sentence").join(parts)

    # --- places --------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        rows = max(2.0, self._layout.rows)
        return QSize(self._theme.px(300), round(rows * self._theme.px(38)) + self._theme.px(16))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(220), self._theme.px(92))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        layout = self._layout
        metrics = QFontMetricsF(self._node_font())
        margin = self._theme.px(16)
        width = max(1.0, self.width() - 2.0 * margin)
        pitch = min(float(self._theme.px(40)), (self.height() - self._theme.px(8)) / max(1.0, layout.rows))
        height = min(float(self._theme.px(27)), pitch - 3)
        gap = float(self._theme.px(26))
        columns = sorted({node.column for node in layout.nodes})
        room = (width - gap * (len(columns) - 1)) / max(1, len(columns))
        top = max(0.0, (self.height() - layout.rows * pitch) / 2)
        self._top, self._pitch = top, pitch
        self._boxes = []
        for node in layout.nodes:
            place = columns.index(node.column)
            wanted = metrics.horizontalAdvance(self.text_of(node)) + self._theme.px(24)
            wide = min(room, max(float(self._theme.px(58)), wanted))
            left = margin + place * (room + gap)
            spare = room - wide
            left += 0 if place == 0 else spare if place == len(columns) - 1 else spare / 2
            self._boxes.append(QRectF(left, top + node.row * pitch + (pitch - height) / 2, wide, height))

    def _node_font(self) -> QFont:
        return self._theme.font(0.92, QFont.Weight.DemiBold)

    # --- painting ------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self._theme.palette
        painter.fillRect(self.rect(), color(palette.window))
        if not self._layout.nodes:
            painter.setFont(self._theme.font())
            painter.setPen(color(palette.soft_text))
            inside = self.rect().adjusted(self._theme.px(16), 0, -self._theme.px(16), 0)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(inside, int(flags), self._before if self._moment is None else self._nothing)
            return
        for line in self._layout.lines:
            self._paint_line(painter, line)
        for node, box in zip(self._layout.nodes, self._boxes, strict=True):
            self._paint_node(painter, node, box)
        painter.end()

    def _paint_line(self, painter: QPainter, line: Line) -> None:
        ink = color(self._theme.palette.error if line.in_cycle else self._theme.palette.text)
        pen = QPen(ink, self._theme.px(2 if line.in_cycle else 1.4))
        if line.dashed:
            pen.setStyle(Qt.PenStyle.CustomDashLine)
            pen.setDashPattern([3.2, 2.6])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        path, direction = self.path_of(line)
        painter.drawPath(path)
        goal = path.currentPosition()
        size = float(self._theme.px(5))
        side = QPointF(-direction.y(), direction.x())
        head = QPolygonF(
            [goal, goal - direction * size + side * size * 0.6, goal - direction * size - side * size * 0.6]
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawPolygon(head)

    def path_of(self, line: Line) -> tuple[QPainterPath, QPointF]:
        """The way of a line from node to node, and the direction in which it arrives.  It bends only in
        the gaps between the columns and beside the first, so that it runs through no node."""
        nodes = self._layout.nodes
        first, second = self._boxes[line.start], self._boxes[line.end]
        from_column, to_column = nodes[line.start].column, nodes[line.end].column
        if from_column == to_column:  # round on the left
            begin = QPointF(first.left(), first.center().y())
            goal = QPointF(second.left(), second.center().y())
            bulge = QPointF(self._theme.px(15), 0)
            path = QPainterPath(begin)
            path.cubicTo(begin - bulge, goal - bulge, goal)
            return path, QPointF(1, 0)
        if from_column < to_column:
            path = QPainterPath(QPointF(first.right(), first.center().y()))
            path.lineTo(self._edge(from_column)[1], first.center().y())
            if line.via is not None:
                y = self._row_middle(line.via)
                left, right = self._edge(1)
                self._bend(path, QPointF(left, y))
                path.lineTo(right, y)
            self._bend(path, QPointF(self._edge(to_column)[0], second.center().y()))
            path.lineTo(second.left(), second.center().y())
            return path, QPointF(1, 0)
        # Back to somebody who waits himself: beside the line on which he waits.
        aside = first.height() * (0.27 if second.center().y() >= first.center().y() else -0.27)
        path = QPainterPath(QPointF(first.left(), first.center().y() + aside))
        path.lineTo(self._edge(from_column)[0], first.center().y() + aside)
        self._bend(path, QPointF(self._edge(to_column)[1], second.center().y() - aside))
        path.lineTo(second.right(), second.center().y() - aside)
        return path, QPointF(-1, 0)

    @staticmethod
    def _bend(path: QPainterPath, goal: QPointF) -> None:
        here = path.currentPosition()
        half = QPointF((goal.x() - here.x()) * 0.5, 0)
        path.cubicTo(here + half, goal - half, goal)

    def _edge(self, column: int) -> tuple[float, float]:
        """How far left and right the nodes of a column reach."""
        boxes = [b for n, b in zip(self._layout.nodes, self._boxes, strict=True) if n.column == column]
        return min(box.left() for box in boxes), max(box.right() for box in boxes)

    def _row_middle(self, row: float) -> float:
        return self._top + (row + 0.5) * self._pitch

    def _paint_node(self, painter: QPainter, node: Node, box: QRectF) -> None:
        palette = self._theme.palette
        kind, _ = node.key
        edge = palette.edge
        width = 1.5
        if kind == "gil":
            edge = palette.style(State.WAIT_GIL).fill
            width = 2.0
        elif kind == "object":
            edge = palette.style(State.WAIT_LOCK).outline or palette.style(State.WAIT_LOCK).fill
            width = 2.0
        if node.in_cycle:
            edge, width = palette.error, 2.2
        painter.setPen(QPen(color(edge), width))
        painter.setBrush(color(palette.surface))
        radius = box.height() / 2 if kind != "object" else self._theme.px(5)
        painter.drawRoundedRect(box, radius, radius)
        text_box = box.adjusted(self._theme.px(6), 0, -self._theme.px(6), 0)
        font = self._node_font()
        painter.setFont(font)
        painter.setPen(color(palette.text))
        text = self._fitting_text(node, text_box.width() + 1, QFontMetricsF(font))
        painter.drawText(text_box, int(Qt.AlignmentFlag.AlignCenter), text)

    # --- mouse ---------------------------------------------------------------------------

    def _node_at(self, position: QPointF) -> Node | None:
        for node, box in zip(self._layout.nodes, self._boxes, strict=True):
            if box.contains(position):
                return node
        return None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        node = self._node_at(event.position())
        clickable = node is not None and self._track_of(node) >= 0
        self.setCursor(Qt.CursorShape.PointingHandCursor if clickable else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        node = self._node_at(event.position())
        if node is not None and event.button() is Qt.MouseButton.LeftButton:
            track = self._track_of(node)
            if track >= 0:
                self.track_clicked.emit(track)

    def _track_of(self, node: Node) -> int:
        kind, number = node.key
        if kind in ("track", "gil"):
            return number
        if kind == "object" and self._store is not None:
            info = self._store.objects.get(number)
            return info.track if info is not None else -1
        return -1

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            node = self._node_at(QPointF(event.pos()))
            if node is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), self._tip(node), self)
            return True
        return super().event(event)

    def _tip(self, node: Node) -> str:
        if self._moment is None or self._store is None:
            return ""
        kind, number = node.key
        text = self.text_of(node)
        for edge in self._moment.edges:
            if kind == "track" and edge.waiter == number:
                waited = duration(self._moment.time_ns - edge.since_ns)
                return self.tr("{name} has waited {time}").format(name=text, time=waited)
        return text

    def _retranslate(self) -> None:
        self._nothing = self.tr("Nobody waits for anybody at this moment.")
        self._before = self.tr("Who waits for whom appears here while a program runs.")
        self.setAccessibleName(self.tr("Who waits for whom"))
        self._refresh()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)
