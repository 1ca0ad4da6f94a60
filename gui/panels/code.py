"""The program's source, with every thread's and task's current line marked.

Shows the sources of the recording (or, while a program runs, of the disk).  GUI thread only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import PurePath

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTextBlock,
    QTextOption,
)
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QSizePolicy,
    QStackedWidget,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from engine.model import State
from engine.moment import Moment, SpanSource
from gui.palette import Palette, contrast, mixed
from gui.panels.code_marks import LineMark, files_of, marks_in, rank, shortened
from gui.panels.syntax import PythonHighlighter
from gui.theme import SMALL, Theme, color


def readable(name: str, ground: str, palette: Palette, ratio: float = 4.5) -> str:
    """``name`` moved towards the text colour just far enough to be read on ``ground``."""
    for step in range(11):
        candidate = mixed(name, palette.text, step / 10)
        if contrast(candidate, ground) >= ratio:
            return candidate
    return palette.text


class _Gutter(QWidget):
    """The line numbers; QPlainTextEdit leaves room for it with its viewport's margin."""

    def __init__(self, view: CodeView) -> None:
        super().__init__(view)
        self._view = view

    def paintEvent(self, _event: QPaintEvent) -> None:
        self._view.paint_gutter(self)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        line = self._view.line_at(event.position().y())
        if line:
            self._view.line_clicked.emit(line)


class CodeView(QPlainTextEdit):
    """Read-only source with line numbers on the left and marks on the right."""

    line_clicked = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("Code")
        self.setReadOnly(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setWordWrapMode(QTextOption.WrapMode.NoWrap)
        self.setTabStopDistance(32)
        self.setCursorWidth(0)
        self._theme = theme
        self._marks: dict[int, LineMark] = {}
        self._labels: dict[int, str] = {}
        self._lit = 0
        self._numbers = _Gutter(self)
        self.highlighter = PythonHighlighter(self.document(), theme.palette)
        self.verticalScrollBar().valueChanged.connect(self._update_all)
        self.horizontalScrollBar().valueChanged.connect(self._update_all)
        self._refresh_theme()
        theme.changed.connect(self._refresh_theme)

    # --- content -------------------------------------------------------------------------

    def show_text(self, text: str) -> None:
        self.highlighter.set_text(text)
        self.setPlainText(text)
        self._refresh_theme()

    def set_marks(self, marks: list[LineMark], labels: dict[int, str]) -> None:
        """Marks by line, and the text to the right of each; where that has no room, names alone."""
        fresh = {mark.line: mark for mark in marks}
        if fresh == self._marks and labels == self._labels:
            return
        self._marks = fresh
        self._labels = labels
        self._update_all()

    @property
    def marks(self) -> Mapping[int, LineMark]:
        return self._marks

    def light_line(self, line: int) -> None:
        """Put a frame around a line (0: none) and bring it into view."""
        self._lit = line
        if line:
            self.bring_into_view(line)
        self._update_all()

    def bring_into_view(self, line: int) -> None:
        """Scroll only when the line is not visible with one line to spare."""
        block = self.document().findBlockByNumber(line - 1)
        if not block.isValid():
            return
        first = self.firstVisibleBlock().blockNumber() + 1
        height = self.fontMetrics().lineSpacing()
        shown = max(1, self.viewport().height() // max(1, height))
        if not first <= line <= first + shown - 2:
            self.verticalScrollBar().setValue(max(0, line - 1 - shown // 3))

    def bring_marks_into_view(self, line: int) -> None:
        """The same for the line that matters most among the marked ones; where it has to scroll, as
        many of the others as there is room for come along."""
        height = self.fontMetrics().lineSpacing()
        shown = max(1, self.viewport().height() // max(1, height))
        first = self.firstVisibleBlock().blockNumber() + 1
        if first <= line <= first + shown - 2:
            return
        low = high = line
        for other in sorted(self._marks, key=lambda other: abs(other - line)):
            if max(high, other) - min(low, other) <= shown - 3:
                low, high = min(low, other), max(high, other)
        spare = shown - (high - low + 1)
        self.verticalScrollBar().setValue(max(0, low - 1 - max(1, spare // 3)))

    def line_at(self, y: float) -> int:
        """The line number at a height of the viewport, 0 for none."""
        block = self.firstVisibleBlock()
        while block.isValid():
            box = self.blockBoundingGeometry(block).translated(self.contentOffset())
            if box.top() <= y < box.bottom():
                return block.blockNumber() + 1
            if box.top() > y:
                break
            block = block.next()
        return 0

    # --- looks ---------------------------------------------------------------------------

    def _refresh_theme(self) -> None:
        self.setFont(self._theme.code_font())
        self.highlighter.set_palette(self._theme.palette)
        self.setTabStopDistance(4 * self.fontMetrics().horizontalAdvance(" "))
        self.document().setDocumentMargin(self._theme.px(2))
        self.setViewportMargins(self._gutter(), 0, 0, 0)
        self._place_gutter()
        self._update_all()

    def _gutter(self) -> int:
        """Width of the line numbers."""
        digits = max(2, len(str(self.blockCount())))
        return self._theme.px(20) + self.fontMetrics().horizontalAdvance("9") * digits

    def _place_gutter(self) -> None:
        inside = self.contentsRect()
        self._numbers.setGeometry(inside.left(), inside.top(), self._gutter(), self.viewport().height())

    def _update_all(self) -> None:
        self.viewport().update()
        self._numbers.update()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._update_all()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_gutter()
        self._update_all()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        self._paint_backgrounds(painter)
        painter.end()
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_labels(painter)
        painter.end()

    def _visible(self) -> list[tuple[QTextBlock, QRectF]]:
        blocks = []
        block = self.firstVisibleBlock()
        bottom = self.viewport().height()
        while block.isValid():
            box = self.blockBoundingGeometry(block).translated(self.contentOffset())
            if box.top() > bottom:
                break
            blocks.append((block, box))
            block = block.next()
        return blocks

    def ground(self, mark: LineMark) -> str:
        """The background of a marked line: the window's with some of the state's colour in it."""
        palette = self._theme.palette
        return mixed(palette.window, palette.style(mark.state).fill, 0.26 if palette.dark else 0.18)

    def _paint_backgrounds(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for block, box in self._visible():
            self._paint_ground(painter, block.blockNumber() + 1, self._ground_area(box))

    def _ground_area(self, box: QRectF) -> QRectF:
        width = self.viewport().width() - self._theme.px(6)
        return QRectF(-20, box.top(), width + 20, box.height())

    def _paint_ground(self, painter: QPainter, line: int, area: QRectF) -> None:
        """A marked line's ground, of which text and gutter each show their part."""
        radius = self._theme.px(4)
        mark = self._marks.get(line)
        if mark is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color(self.ground(mark)))
            painter.drawRoundedRect(area, radius, radius)
            if not any(exact for _, exact, _ in mark.groups):
                pen = QPen(color(self._theme.palette.style(mark.state).fill), 1, Qt.PenStyle.DashLine)
                painter.setPen(pen)
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        if line == self._lit:
            painter.setPen(QPen(color(self._theme.palette.accent), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)

    def paint_gutter(self, gutter: QWidget) -> None:
        """Paints the line numbers on ``gutter``."""
        palette = self._theme.palette
        painter = QPainter(gutter)
        painter.fillRect(gutter.rect(), color(palette.window))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._theme.code_font(SMALL))
        left = self._theme.px(6)
        for block, box in self._visible():
            line = block.blockNumber() + 1
            self._paint_ground(painter, line, QRectF(left, box.top(), gutter.width() + 20, box.height()))
            mark = self._marks.get(line)
            ground = self.ground(mark) if mark is not None else palette.window
            painter.setPen(color(readable(palette.soft_text, ground, palette)))
            painter.drawText(
                QRectF(0, box.top(), gutter.width() - self._theme.px(7), box.height()),
                int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter),
                str(line),
            )

    def _paint_labels(self, painter: QPainter) -> None:
        palette = self._theme.palette
        label_font = self._theme.font(SMALL, QFont.Weight.DemiBold)
        metrics = QFontMetrics(label_font)
        right = self.viewport().width() - self._theme.px(14)
        scroll = self.horizontalScrollBar().value()
        for block, box in self._visible():
            line = block.blockNumber() + 1
            mark = self._marks.get(line)
            if mark is None:
                continue
            ground = self.ground(mark)
            text_end = self.fontMetrics().horizontalAdvance(block.text()) - scroll
            room = right - text_end - self._theme.px(12)
            label = self._labels.get(line, "")
            most = round(right * 0.45)
            if metrics.horizontalAdvance(label) > max(room, most):  # the tip has all of it
                label = " · ".join(shortened(who) for _, _, who in mark.groups)
            room = max(room, min(metrics.horizontalAdvance(label) + 2, most))
            shown = metrics.elidedText(label, Qt.TextElideMode.ElideRight, room)
            wide = metrics.horizontalAdvance(shown)
            area = QRect(right - wide, round(box.top()), wide, round(box.height()))
            self._clear_for_label(painter, line, box, area.left() - self._theme.px(6))
            painter.setFont(label_font)
            painter.setPen(color(readable(palette.style(mark.state).fill, ground, palette)))
            painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), shown)

    def _clear_for_label(self, painter: QPainter, line: int, box: QRectF, left: int) -> None:
        """From ``left`` on only the line's ground: of a long line's text nothing shows around a label."""
        rest = QRectF(left, box.top(), self.viewport().width() - left, box.height())
        painter.save()
        painter.setClipRect(rest)
        painter.fillRect(rest, color(self._theme.palette.window))
        self._paint_ground(painter, line, self._ground_area(box))
        painter.restore()

    def tip_at(self, y: float) -> str:
        """All that is to be said of who is on the line at this height."""
        return self._labels.get(self.line_at(y), "")

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            text = self.tip_at(event.pos().y())
            if text:
                QToolTip.showText(event.globalPos(), text, self)
            else:
                QToolTip.hideText()
            return True
        return super().viewportEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() is Qt.MouseButton.LeftButton and not self.textCursor().hasSelection():
            line = self.line_at(QPointF(event.position()).y())
            if line:
                self.line_clicked.emit(line)


class CodePanel(QWidget):
    """A file chooser and the source below it.

    ``line_clicked``: (file, line) the person clicked on.
    """

    line_clicked = Signal(str, int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("Panel")
        self._theme = theme
        self._store: SpanSource | None = None
        self._moment: Moment | None = None
        self._sources: Mapping[str, str] = {}
        self._loader: Callable[[str], str | None] = lambda _path: None
        self._loaded: dict[str, str | None] = {}
        self._file = ""
        self._shown_text = ""
        self._chosen_by_hand = False
        self._name = QLabel()
        self._name.setObjectName("Heading")
        self._files = QComboBox()
        self._files.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._files.activated.connect(self._on_file_activated)
        self.header = QHBoxLayout()
        self.header.setContentsMargins(theme.px(16), theme.px(8), theme.px(10), theme.px(4))
        self.header.addWidget(self._name)
        self.header.addWidget(self._files, 1)
        self.view = CodeView(theme)
        self.view.line_clicked.connect(lambda line: self.line_clicked.emit(self._file, line))
        self._empty = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self._empty.setObjectName("Soft")
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.view)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self.header)
        layout.addWidget(self._stack, 1)
        self._retranslate()
        self._refresh_files()

    # --- what it shows -------------------------------------------------------------------

    @property
    def file(self) -> str:
        return self._file

    def texts(self) -> dict[str, str]:
        """The sources there are, by path."""
        loaded = {path: text for path, text in self._loaded.items() if text is not None}
        return {**loaded, **self._sources}

    def set_store(self, store: SpanSource | None) -> None:
        self._store = store
        self._moment = None
        self._chosen_by_hand = False
        self.view.set_marks([], {})

    def set_sources(self, sources: Mapping[str, str]) -> None:
        """Text by path, of another program: nothing of an earlier one stays; nothing else is read then
        but what the loader gives."""
        self._sources = sources
        self._loaded.clear()
        if self._file not in sources:
            self._file = self._shown_text = ""
        self._refresh_files()

    def set_source_loader(self, loader: Callable[[str], str | None]) -> None:
        """Where a file's text comes from when the recording does not have it; None: not to be had."""
        self._loader = loader
        self._loaded.clear()

    def set_file(self, path: str, line: int = 0) -> None:
        """Show a file, with a frame around ``line``."""
        text = self._text(path)
        if text is None:
            return
        if path != self._file or text != self._shown_text:
            self._file, self._shown_text = path, text
            self.view.show_text(text)
            self._refresh_files()
            self._refresh_marks()
        self.view.light_line(line)

    def set_moment(self, moment: Moment | None) -> None:
        self._moment = moment
        if moment is None or self._store is None:
            self.view.set_marks([], {})
            return
        present = [file for file in files_of(self._store, moment) if self._text(file) is not None]
        if present and self._file not in present and not self._chosen_by_hand:
            self.set_file(present[0])
        self._refresh_marks()
        self._follow()

    # --- inside --------------------------------------------------------------------------

    def _text(self, path: str) -> str | None:
        if path in self._sources:
            return self._sources[path]
        if path not in self._loaded:
            self._loaded[path] = self._loader(path)
        return self._loaded[path]

    def _on_file_activated(self, index: int) -> None:
        self._chosen_by_hand = True
        self.set_file(str(self._files.itemData(index)))

    def _refresh_files(self) -> None:
        known = [*self._sources, *(p for p, text in self._loaded.items() if text is not None)]
        known = list(dict.fromkeys([*known, *([self._file] if self._file else [])]))
        self._files.clear()
        for path in known:
            self._files.addItem(PurePath(path.replace("\\", "/")).name, path)
            self._files.setItemData(self._files.count() - 1, path, Qt.ItemDataRole.ToolTipRole)
        self._files.setCurrentIndex(known.index(self._file) if self._file in known else -1)
        self._files.setVisible(len(known) > 1)
        self._name.setVisible(len(known) <= 1)
        self._name.setText(PurePath(self._file.replace("\\", "/")).name if self._file else "")
        self._name.setToolTip(self._file)
        self._stack.setCurrentWidget(self.view if self._file else self._empty)

    def _refresh_marks(self) -> None:
        if self._store is None or self._moment is None:
            return
        marks = marks_in(self._store, self._moment, self._file)
        self.view.set_marks(marks, {mark.line: self.mark_text(mark) for mark in marks})

    def _follow(self) -> None:
        marks = list(self.view.marks.values())
        if marks:
            self.view.bring_marks_into_view(min(marks, key=lambda mark: rank(mark.state)).line)

    def mark_text(self, mark: LineMark) -> str:
        """``1 runs · 2, 3 wait``, with "after line N" where the line is not exact."""
        parts = []
        for state, exact, who in mark.groups:
            text = self._state_text(state, len(who) > 1).format(who=shortened(who))
            if not exact:
                after = self.tr("{what}, after line {line}")
                text = after.format(what=text, line=mark.line)
            parts.append(text)
        return " · ".join(parts)

    def _state_text(self, state: State, many: bool) -> str:
        if state is State.RUNNING:
            return self.tr("{who} run") if many else self.tr("{who} runs")
        if state is State.NATIVE:
            return self.tr("{who} run outside the GIL") if many else self.tr("{who} runs outside the GIL")
        if state is State.SLEEP:
            return self.tr("{who} sleep") if many else self.tr("{who} sleeps")
        if state is State.READY:
            return self.tr("{who} ready")
        if state is State.SUSPENDED:
            return self.tr("{who} await") if many else self.tr("{who} awaits")
        if state is State.UNOBSERVED:
            return self.tr("{who} not seen")
        if state is State.STARTING:
            return self.tr("{who} start") if many else self.tr("{who} starts")
        return self.tr("{who} wait") if many else self.tr("{who} waits")

    def _retranslate(self) -> None:
        self._empty.setText(self.tr("The code of the program appears here."))
        self.view.setAccessibleName(self.tr("Source code"))
        self._files.setAccessibleName(self.tr("File"))
        self._refresh_marks()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)
