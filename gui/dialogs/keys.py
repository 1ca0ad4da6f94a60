"""The sheet of keys: every command with its keys, and what the pointer does."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gui.actions import COMMANDS, Actions
from gui.theme import SMALL, Theme


class KeySheet(QDialog):
    def __init__(self, theme: Theme, actions: Actions, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Keys"))
        self._theme = theme
        self._narrow = False  # one column, and that is wide enough
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.px(24), theme.px(18), theme.px(24), theme.px(14))
        titles = actions.section_titles()
        sections: dict[str, list[tuple[str, str]]] = {name: [] for name in titles}
        for command in COMMANDS:
            if command.keys:
                keys = "  ".join(
                    QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) for key in command.keys
                )
                sections[command.section].append((actions[command.name].text(), keys))
        room = parent.window().size()
        most = room.width() - theme.px(20)
        inside = self._inside(sections, titles, 3)
        for count in (2, 1):  # rather longer than wider: lists are scrolled downwards
            if inside.sizeHint().width() + theme.px(72) > most:
                inside = self._inside(sections, titles, count)
        scroll = QScrollArea()  # a small screen has not room for all of it
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(inside)
        layout.addWidget(scroll, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        wanted = inside.sizeHint()
        width, height = wanted.width() + theme.px(72), wanted.height() + theme.px(84)
        self.resize(min(width, most), min(height, room.height() - theme.px(20)))

    def _inside(
        self, sections: dict[str, list[tuple[str, str]]], titles: dict[str, str], count: int
    ) -> QWidget:
        """All of it in so many columns, 1 to 3."""
        theme = self._theme
        self._narrow = count == 1
        columns = [QVBoxLayout() for _ in range(count)]
        sections_left = [s for s in ("time", "steps") if sections[s]]
        sections_last = [s for s in ("view", "file", "help") if sections[s]]
        sections_right = [s for s in titles if s not in (*sections_left, *sections_last) and sections[s]]
        first, second, last = columns[0], columns[min(1, count - 1)], columns[-1]
        self._fill(first, sections_left, sections, titles)
        first.addLayout(self._section(self.tr("In other places"), self._elsewhere()))
        self._fill(second, sections_right, sections, titles)
        last.addLayout(self._pointer())
        self._fill(last, sections_last, sections, titles)
        inside = QWidget()
        inside.setObjectName("Panel")
        side_by_side = QHBoxLayout(inside)
        side_by_side.setSpacing(theme.px(36))
        side_by_side.setContentsMargins(0, 0, theme.px(12), 0)
        for column in columns:
            column.addStretch(1)
            side_by_side.addLayout(column)
        return inside

    def _fill(
        self,
        column: QVBoxLayout,
        names: list[str],
        sections: dict[str, list[tuple[str, str]]],
        titles: dict[str, str],
    ) -> None:
        for name in names:
            column.addLayout(self._section(titles[name], sections[name]))

    def _section(self, title: str, rows: list[tuple[str, str]]) -> QGridLayout:
        theme = self._theme
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.px(14))
        grid.setVerticalSpacing(theme.px(2))
        heading = QLabel(title)
        heading.setFont(theme.font(1.0, QFont.Weight.DemiBold))
        heading.setContentsMargins(0, theme.px(6), 0, theme.px(2))
        grid.addWidget(heading, 0, 0, 1, 2)
        for i, (text, keys) in enumerate(rows, 1):
            key_label = QLabel(keys)
            key_label.setFont(theme.code_font(SMALL))
            text_label = QLabel(text)
            text_label.setFont(theme.font(SMALL))
            text_label.setWordWrap(self._narrow)
            grid.addWidget(key_label, i, 0)
            grid.addWidget(text_label, i, 1)
        grid.setColumnStretch(1, 1)
        return grid

    def _elsewhere(self) -> list[tuple[str, str]]:
        """What parts of the window do with keys of their own."""
        return [
            (self.tr("To the next part of the window"), "Tab"),
            (self.tr("Timeline: let range and selection go"), "Esc"),
            (self.tr("Projector: black screen, too"), "."),
            (self.tr("Tables and lists: go there"), "Return"),
            (self.tr("By hand: this thread goes on"), "0 … 9"),
            (self.tr("By hand: one step back"), "Left  Backspace"),
            (self.tr("Input of the program: it ends"), "Ctrl+D"),
        ]

    def _pointer(self) -> QVBoxLayout:
        column = QVBoxLayout()
        rows = [
            (self.tr("Zoom about the pointer"), self.tr("Wheel")),
            (self.tr("Earlier, later"), self.tr("Shift+wheel, or drag")),
            (self.tr("Scroll the tracks"), self.tr("Ctrl+wheel")),
            (self.tr("Zoom into a box"), self.tr("Ctrl+drag, or right drag")),
            (self.tr("Select a range"), self.tr("Shift+drag, or drag in the ruler")),
            (self.tr("Set the cursor, select"), self.tr("Click")),
            (self.tr("Zoom to the span"), self.tr("Double or middle click")),
            (self.tr("Reorder tracks"), self.tr("Drag a track's name")),
            (self.tr("What can be done there"), self.tr("Right click")),
            (self.tr("Move or stretch what is in sight"), self.tr("Drag in the strip of the whole run")),
        ]
        column.addLayout(self._section(self.tr("Pointer in the timeline"), rows))
        told = QLabel(self.tr("Single letters act while the timeline has the focus."))
        told.setWordWrap(self._narrow)
        column.addWidget(told, 0, Qt.AlignmentFlag.AlignTop)
        return column
