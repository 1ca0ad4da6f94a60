"""The widgets of a run by hand and where they stand; what they do is in ``gui.by_hand.view``.

GUI thread only.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.schedule.schedule import Grain
from gui.by_hand.card import HandCard
from gui.panels.code import CodePanel
from gui.theme import BODY, FIGURE, SENTENCE, SMALL, Theme

#: As high as it gets: Chinese characters come from another font, with higher lines.
TWO_LINES = "Wg\u6309\nWg\u6309"
GRAINS = (Grain.LINE, Grain.ACCESS, Grain.INSTRUCTION, Grain.BLOCKED)


class ByHandParts(QWidget):
    """The parts, without texts."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("Panel")
        self._theme = theme
        self.grain = Grain.ACCESS
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._build()

    def _build(self) -> None:
        self.title = QLabel(self)
        self.title.setObjectName("Soft")
        self.headline = QLabel(self)
        self.headline.setWordWrap(True)
        self.headline.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.grains = QButtonGroup(self)
        self.tools = QHBoxLayout()
        for number, grain in enumerate(GRAINS):
            grain_button = QToolButton(self)
            grain_button.setCheckable(True)
            grain_button.setChecked(grain is self.grain)
            self.grains.addButton(grain_button, number)
            self.tools.addWidget(grain_button)
        self.tools.addStretch(1)
        self.undo_button = QPushButton(self)
        self.again_button = QPushButton(self)
        self.vote_button = QPushButton(self)
        self.vote_button.setCheckable(True)
        self.file_button = QPushButton(self)
        menu = QMenu(self)
        self.save_action = menu.addAction("")
        self.keep_action = menu.addAction("")
        self.open_action = menu.addAction("")
        self.file_button.setMenu(menu)
        self.leave_button = QPushButton(self)
        self.search_button = QPushButton(self)
        self._more = QHBoxLayout()
        self._more.addWidget(self.search_button)
        for button in (self.undo_button, self.again_button, self.vote_button, self.file_button):
            self._more.addWidget(button)
        self._more.addStretch(1)
        self.count_button = QPushButton(self)
        self.count_button.setObjectName("Primary")
        self.shared = QLabel(self)
        self.shared.setWordWrap(True)
        self.shared_title = QLabel(self)
        self.shared_title.setObjectName("Soft")
        self.free = QLabel(self)
        self.free.setWordWrap(True)
        self.free.setObjectName("Soft")
        self.cards: list[HandCard] = []
        #: over the threads of each process, where there are several
        self.headings: list[QLabel] = []
        self._grid = QGridLayout()
        self._grid_box = QWidget(self)
        self._grid_box.setObjectName("Panel")
        self._grid_box.setLayout(self._grid)
        scroll = QScrollArea(self)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(self._grid_box)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.chosen = QLabel(self)
        self.chosen.setWordWrap(True)
        self.chosen.setTextFormat(Qt.TextFormat.RichText)
        left = QWidget(self)
        left.setObjectName("Panel")
        self._left = QVBoxLayout(left)
        self._top = QHBoxLayout()
        self._top.addWidget(self.title, 1)
        self._top.addWidget(self.leave_button)
        self._left.addLayout(self._top)
        self._left.addWidget(self.headline)
        self._left.addLayout(self.tools)
        self._left.addLayout(self._more)
        shared = QHBoxLayout()
        shared.addWidget(self.shared_title)
        shared.addWidget(self.shared, 1)
        shared.addWidget(self.count_button)
        self._left.addLayout(shared)
        self._left.addWidget(self.free)
        self._left.addWidget(scroll, 1)
        self._left.addWidget(self.chosen)
        self.code = CodePanel(self._theme, self)
        self.log = QPlainTextEdit(self)
        self.log.setObjectName("Output")
        self.log.setReadOnly(True)
        self.log_title = QLabel(self)
        self.log_title.setObjectName("Heading")
        self.output = QPlainTextEdit(self)
        self.output.setObjectName("Output")
        self.output.setReadOnly(True)
        self.output_title = QLabel(self)
        self.output_title.setObjectName("Heading")
        right = self._right = QSplitter(Qt.Orientation.Vertical, self)
        right.setHandleWidth(1)
        right.addWidget(self.code)
        for title, text in ((self.log_title, self.log), (self.output_title, self.output)):
            box = QWidget()
            box.setObjectName("Panel")
            inside = QVBoxLayout(box)
            inside.setContentsMargins(self._theme.px(16), self._theme.px(6), 0, 0)
            inside.addWidget(title)
            inside.addWidget(text, 1)
            right.addWidget(box)
        columns = self._columns = QSplitter(Qt.Orientation.Horizontal, self)
        columns.setHandleWidth(1)
        columns.addWidget(left)
        columns.addWidget(right)
        columns.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(columns)

    def place_cards(self, groups: Sequence[tuple[str, Sequence[int]]]) -> None:
        """The cards, by their numbers, under the titles of their groups; an empty title is not shown.

        Small groups stand side by side.
        """
        count = sum(len(cards) for _, cards in groups)
        columns = max(1, min(3, self._grid_box.width() // max(1, self._theme.px(190)), count or 1))
        for part in (*self.cards, *self.headings):
            self._grid.removeWidget(part)
        titled = [title for title, _ in groups if title]
        while len(self.headings) < len(titled):
            heading = QLabel(self._grid_box)
            heading.setFont(self._theme.font(BODY, QFont.Weight.DemiBold))
            self.headings.append(heading)
        for heading in self.headings[len(titled) :]:
            heading.hide()
        headings = iter(self.headings)
        row = column = height = 0
        for title, cards in groups:
            if column + len(cards) > columns:
                row, column, height = row + height, 0, 0
            if title:
                heading = next(headings)
                heading.setText(title)
                heading.show()
                self._grid.addWidget(heading, row, column, 1, max(1, min(len(cards), columns)))
            first = row + bool(title)
            for place, number in enumerate(cards):
                self._grid.addWidget(self.cards[number], first + place // columns, column + place % columns)
            height = max(height, bool(title) - (-len(cards) // columns))
            column += len(cards)
        for other in range(self._grid.rowCount()):
            self._grid.setRowStretch(other, 0)
        self._grid.setRowStretch(max(1, row + height), 1)

    def dress(self) -> None:
        """Fonts, distances and colours, as the theme is now."""
        theme = self._theme
        px = theme.px
        self.title.setFont(theme.font(SMALL))
        self.headline.setFont(theme.font(SENTENCE, QFont.Weight.DemiBold))
        two = self.headline.fontMetrics().boundingRect(QRect(0, 0, 9999, 9999), 0, TWO_LINES)
        self.headline.setMinimumHeight(two.height())
        self.headline.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.shared.setFont(theme.code_font(FIGURE * 0.75, QFont.Weight.Bold))
        self.chosen.setFont(theme.font(BODY))
        self.free.setFont(theme.font(SMALL))
        for heading in self.headings:
            heading.setFont(theme.font(BODY, QFont.Weight.DemiBold))
        self.log.setFont(theme.code_font())
        self.output.setFont(theme.code_font())
        # The lecture needs the room: the title stands in the window's bar, where it can be begun again, too.
        for part in (self.file_button, self.again_button, self.title):
            part.setVisible(not theme.projector)
        row, other = (self._more, self._top) if theme.projector else (self._top, self._more)
        if row.indexOf(self.leave_button) < 0:
            other.removeWidget(self.leave_button)
            row.addWidget(self.leave_button)
        self._left.setContentsMargins(px(16), px(10), px(16), px(10))
        self._left.setSpacing(px(8))
        self._grid.setContentsMargins(0, 0, px(4), 0)
        self._grid.setSpacing(px(8))
        p = theme.palette
        for grain_button in self.grains.buttons():
            grain_button.setStyleSheet(
                f"QToolButton:checked {{ background: {p.accent}; color: {p.on_accent};"
                f" border-color: {p.accent}; font-weight: 600; }}"
            )
