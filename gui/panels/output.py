"""What the program writes, stdout and stderr apart, and a line for its standard input.

A click on a line puts the cursor where it was written.  GUI thread only.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QKeySequence,
    QShortcut,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.model import OutputChunk
from gui.durations import size
from gui.panels.output_buffer import STDERR, STDOUT, Line, OutputBuffer
from gui.panels.output_view import LINES_AT_ONCE, VIEW_LINES, OutputView
from gui.theme import SMALL, Theme

#: The view is brought up to date at most this often, and works on it for so long at a time.
REFRESH_MS = 50
BUDGET_S = 0.006


class Silence(enum.Enum):
    """Why no output is there."""

    NO_PROGRAM = enum.auto()
    NOTHING_WRITTEN = enum.auto()
    NOTHING_RECORDED = enum.auto()  # none was written, or it went to a terminal instead


class OutputPanel(QWidget):
    """``time_clicked`` (ns), ``input_given`` (bytes, with its line break), ``input_ended``."""

    time_clicked = Signal(object)
    input_given = Signal(bytes)
    input_ended = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("Panel")
        self._theme = theme
        self.buffer = OutputBuffer()
        self._origin_ns = 0
        self._shown = 0  # number of the next line to put into the view
        self._growing: list[Line] = []  # lines in the view that had no line break yet
        self._silence = Silence.NO_PROGRAM
        self._streams = frozenset((STDOUT, STDERR))
        self._heading = QLabel(self)
        self._heading.setObjectName("Heading")
        self._note = QLabel(self)
        self._note.setObjectName("Soft")
        self.view = OutputView(theme, self)
        self.view.time_clicked.connect(self.time_clicked)
        self._out = self._stream_button(STDOUT)
        self._err = self._stream_button(STDERR)
        self._copy = QToolButton(self)
        self._copy.setObjectName("Link")
        self._copy.clicked.connect(self.copy_all)
        self.input = QLineEdit(self)
        self.input.returnPressed.connect(self._on_input)
        end = QShortcut(QKeySequence("Ctrl+D"), self.input, context=Qt.ShortcutContext.WidgetShortcut)
        end.activated.connect(self.input_ended)
        self.input.hide()
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(self._heading)
        head.addWidget(self._note, 1)
        head.addWidget(self._out)
        head.addWidget(self._err)
        head.addWidget(self._copy)
        layout = QVBoxLayout(self)
        margin = theme.px(12)
        layout.setContentsMargins(margin, theme.px(8), theme.px(6), theme.px(8))
        layout.setSpacing(theme.px(4))
        layout.addLayout(head)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.input)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(REFRESH_MS)
        self._later.timeout.connect(self.refresh)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.retranslate()

    def _stream_button(self, stream: int) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName("Link")
        button.setCheckable(True)
        button.setChecked(True)
        button.toggled.connect(lambda on: self._show_stream(stream, on))
        return button

    # --- texts and looks ------------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def retranslate(self) -> None:
        self._heading.setText(self.tr("Output"))
        self._out.setText("stdout")
        self._err.setText("stderr")
        self._out.setToolTip(self.tr("Show what the program writes to standard output"))
        self._err.setToolTip(self.tr("Show what the program writes to standard error"))
        self._copy.setText(self.tr("Copy"))
        self._copy.setToolTip(self.tr("Copy all lines shown"))
        self.input.setPlaceholderText(self.tr("Input: Enter sends it, Ctrl+D ends it"))
        self.input.setAccessibleName(self.tr("Input for the program"))
        self.view.stamp_tip = self.tr("Seconds since the start of the run; a bar marks standard error")
        self.view.setAccessibleName(self.tr("Output of the program"))
        self._show_empty()
        self._show_note()

    def _on_theme_changed(self) -> None:
        theme = self._theme
        self._heading.setFont(theme.font(1.0, QFont.Weight.DemiBold))
        for widget in (self._note, self._out, self._err, self._copy):
            widget.setFont(theme.font(SMALL))
        self.view.setFont(theme.code_font(0.92))
        self.input.setFont(theme.code_font(0.92))
        self._rebuild()

    def set_silence(self, silence: Silence) -> None:
        """What it means that no output is there."""
        self._silence = silence
        self._show_empty()

    def _show_empty(self) -> None:
        texts = {
            Silence.NO_PROGRAM: self.tr("What the program writes appears here."),
            Silence.NOTHING_WRITTEN: self.tr("The program has not written anything."),
            Silence.NOTHING_RECORDED: self.tr("The recording has no output."),
        }
        self.view.setPlaceholderText(texts[self._silence])

    def _show_note(self) -> None:
        dropped = self.buffer.dropped_bytes
        text = ""
        if dropped:
            text = self.tr("first {size} not shown").format(size=size(dropped))
            self._note.setToolTip(self.tr("The recording has all of it; only the end is shown here."))
        self._note.setText(text)

    # --- content -----------------------------------------------------------------------------

    def clear(self, origin_ns: int = 0) -> None:
        """For another run; ``origin_ns`` is its start, as far as known."""
        self.buffer = OutputBuffer()
        self.set_origin(origin_ns)
        self._rebuild()
        self.input.clear()

    def set_origin(self, origin_ns: int) -> None:
        self._origin_ns = origin_ns
        self.view.set_origin(origin_ns)

    def add(self, chunks: Sequence[OutputChunk]) -> None:
        self.buffer.add(chunks)
        if not self._later.isActive():
            self._later.start()

    def accept_input(self, on: bool) -> None:
        """Shows the input line while a program runs that can be given something."""
        self.input.setVisible(on)

    def _on_input(self) -> None:
        text = self.input.text()
        self.input.clear()
        self.buffer.end_lines()
        self.input_given.emit((text + "\n").encode())

    def _show_stream(self, stream: int, on: bool) -> None:
        self._streams = self._streams | {stream} if on else self._streams - {stream}
        self._rebuild()

    def _rebuild(self) -> None:
        self.view.clear_lines()
        self._shown = 0
        self._growing.clear()
        self.refresh()

    def _format(self, stream: int) -> QTextCharFormat:
        result = QTextCharFormat()
        palette = self._theme.palette
        result.setForeground(QColor(palette.error if stream == STDERR else palette.text))
        return result

    def refresh(self) -> None:
        """Brings the view up to date with the buffer, a part at a time when much has come."""
        left = self.buffer.work(BUDGET_S)
        self._show_note()
        self._growing = [line for line in self._growing if self._update(line)]
        oldest = self.buffer.next_number - VIEW_LINES
        lines = [line for line in self.buffer.since(max(self._shown, oldest)) if line.stream in self._streams]
        if len(lines) > LINES_AT_ONCE:
            lines = lines[:LINES_AT_ONCE]
            left = True
            self._shown = lines[-1].number + 1
        else:
            self._shown = self.buffer.next_number
        if lines:
            bar = self.view.verticalScrollBar()
            at_end = bar.value() >= bar.maximum() - 4
            self.view.append_lines(lines, self._format)
            self._growing += [line for line in lines if line.open]
            if at_end:
                bar.setValue(bar.maximum())
        if left:
            self._later.start()

    def _update(self, line: Line) -> bool:
        """A line in the view may have grown; whether it may grow further."""
        block = self.view.block_of(line)
        if block is None:
            return False
        if block.text() != line.text:
            cursor = QTextCursor(block)
            cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
            cursor.insertText(line.text, self._format(line.stream))
        return line.open

    def show_moment(self, time_ns: int | None) -> None:
        """Lights the last line written by a moment, and brings it into view; None: no line."""
        line = self.view.last_before(time_ns) if time_ns is not None else None
        self.view.set_marked(line)
        block = self.view.block_of(line) if line is not None else None
        if block is not None:
            self.view.setTextCursor(QTextCursor(block))
            self.view.ensureCursorVisible()

    def copy_all(self) -> None:
        QApplication.clipboard().setText(self.buffer.text(self._streams))
