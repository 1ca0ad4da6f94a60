"""A table of figures: sorted by a click on a heading, copied as text, its rows lead somewhere.

GUI thread only.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QItemSelectionModel, QModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from engine.model import State
from gui.theme import SMALL, Theme

#: A column is at most this wide unless somebody drags it, in pixels at the ordinary size.
WIDEST = 280
_ROOT = QModelIndex()
Index = Any  # QModelIndex or QPersistentModelIndex

STATE_ROLE, SHARE_ROLE = int(Qt.ItemDataRole.UserRole), int(Qt.ItemDataRole.UserRole) + 1


@dataclass(frozen=True, slots=True)
class Target:
    """Where a row leads: a moment on a track; without a moment to where the track is just now."""

    track: int
    time_ns: int | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """``sort``: numbers among numbers, texts among texts of one column.  ``copy``: what is put on the
    clipboard instead of ``text``.  ``share`` of ``state`` is drawn as a bar."""

    text: str
    sort: float | str
    copy: str = ""
    share: float = 0.0
    state: State | None = None
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """``unit`` is added to the title on the clipboard; a column with figures is sorted from the
    largest on at first."""

    title: str
    tip: str = ""
    unit: str = ""
    figures: bool = True


@dataclass(frozen=True, slots=True)
class TableRow:
    key: Hashable
    cells: tuple[Cell, ...]
    target: Target | None = None


@dataclass(slots=True)
class Content:
    columns: list[Column] = field(default_factory=list)
    rows: list[TableRow] = field(default_factory=list)


class TableModel(QAbstractTableModel):
    """Rows in the order that was chosen last; none chosen: as they come."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.columns: list[Column] = []
        self.rows: list[TableRow] = []
        self._given: list[TableRow] = []
        self.sorted_by = -1
        self.descending = False

    def set_content(self, content: Content) -> None:
        self.beginResetModel()
        if len(content.columns) != len(self.columns):
            self.sorted_by = -1
        self.columns, self._given = content.columns, content.rows
        self._arrange()
        self.endResetModel()

    def arrange(self, column: int, descending: bool) -> None:
        self.beginResetModel()
        self.sorted_by, self.descending = column, descending
        self._arrange()
        self.endResetModel()

    def _arrange(self) -> None:
        at = self.sorted_by
        self.rows = list(self._given)
        if at >= 0:
            texts = any(isinstance(row.cells[at].sort, str) for row in self.rows)
            self.rows.sort(
                key=lambda row: str(row.cells[at].sort).casefold() if texts else row.cells[at].sort,
                reverse=self.descending,
            )

    # --- Qt's model -----------------------------------------------------------------------

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        cell = self.rows[index.row()].cells[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return cell.text
            case Qt.ItemDataRole.ToolTipRole:
                return cell.tip or None
            case Qt.ItemDataRole.TextAlignmentRole:
                side = Qt.AlignmentFlag.AlignRight if self._figures(index) else Qt.AlignmentFlag.AlignLeft
                return int(side | Qt.AlignmentFlag.AlignVCenter)
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{self.columns[index.column()].title}: {cell.text}"
        if role == STATE_ROLE:
            return cell.state
        return cell.share if role == SHARE_ROLE else None

    def _figures(self, index: Index) -> bool:
        column: int = index.column()
        return self.columns[column].figures

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return column.title
            case Qt.ItemDataRole.ToolTipRole:
                return column.tip or None
            case Qt.ItemDataRole.TextAlignmentRole:
                side = Qt.AlignmentFlag.AlignRight if column.figures else Qt.AlignmentFlag.AlignLeft
                return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    def as_text(self, rows: Sequence[int] | None = None) -> str:
        """Tab separated, with a line of titles; all rows unless told which."""
        chosen = self.rows if rows is None else [self.rows[i] for i in rows]
        titles = [f"{c.title} [{c.unit}]" if c.unit else c.title for c in self.columns]
        lines = [titles, *([cell.copy or cell.text for cell in row.cells] for row in chosen)]
        return "\n".join("\t".join(_plain(part) for part in line) for line in lines)


def _plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\t", " ").replace("\n", " ")


class _BarDelegate(QStyledItemDelegate):
    """A cell with a bar below its text: how large its share is."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        state, share = index.data(STATE_ROLE), index.data(SHARE_ROLE)
        rect: QRect = option.rect
        if state is None or not share:
            return
        height = self._theme.px(3)
        margin = self._theme.px(8)
        room = rect.width() - 2 * margin
        width = max(1, round(room * min(1.0, share)))
        style = self._theme.palette.style(State(state))
        bar = QRect(rect.right() - margin - width + 1, rect.bottom() - height, width, height)
        painter.fillRect(bar, QColor(style.fill))


class FigureTable(QTableView):
    """``target_chosen`` (Target): a row was clicked, or Enter pressed on it."""

    target_chosen = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("Figures")
        self._theme = theme
        self._empty = ""
        self._fitted = 0
        self._modifiers = Qt.KeyboardModifier.NoModifier
        self.content = TableModel(self)
        self.setModel(self.content)
        self.setItemDelegate(_BarDelegate(theme, self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setSectionsClickable(True)
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.sectionClicked.connect(self.sort_by)
        self.clicked.connect(self._on_clicked)
        theme.changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        theme = self._theme
        self.setFont(theme.font(SMALL))
        self.horizontalHeader().setFont(theme.font(SMALL))
        self.verticalHeader().setDefaultSectionSize(theme.px(24))
        self.verticalHeader().setMinimumSectionSize(theme.px(20))
        self._fitted = 0
        self._fit_columns()

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(160), self._theme.px(70))

    # --- content --------------------------------------------------------------------------

    def set_content(self, content: Content) -> None:
        """Shows other rows; what is selected and where one has scrolled to stay."""
        selected = {self.content.rows[i.row()].key for i in self.selectionModel().selectedRows()}
        current = self.currentIndex()
        current_key = self.content.rows[current.row()].key if current.isValid() else None
        across, down = self.horizontalScrollBar().value(), self.verticalScrollBar().value()
        self.content.set_content(content)
        self._show_order()
        flags = QItemSelectionModel.SelectionFlag
        for at, row in enumerate(self.content.rows):
            if row.key in selected:
                self.selectionModel().select(self.content.index(at, 0), flags.Select | flags.Rows)
            if current_key is not None and row.key == current_key:
                self.selectionModel().setCurrentIndex(self.content.index(at, 0), flags.NoUpdate)
        self._fit_columns()
        self.horizontalScrollBar().setValue(across)
        self.verticalScrollBar().setValue(down)
        self.viewport().update()

    @property
    def empty_text(self) -> str:
        return self._empty

    def set_empty_text(self, text: str) -> None:
        """What stands there while there are no rows."""
        self._empty = text
        self.viewport().update()

    def _fit_columns(self) -> None:
        """Once for each set of columns: later widths are people's own."""
        if not self.content.rows or self._fitted == len(self.content.columns):
            return
        self._fitted = len(self.content.columns)
        self.resizeColumnsToContents()
        padding = self._theme.px(14)
        for column in range(self._fitted):
            wide = self.columnWidth(column) + padding
            self.setColumnWidth(column, min(wide, self._theme.px(WIDEST)))

    def sort_by(self, column: int) -> None:
        """By a column; once more: the other way round."""
        model = self.content
        first = model.columns[column].figures
        descending = not model.descending if model.sorted_by == column else first
        keys = {model.rows[i.row()].key for i in self.selectionModel().selectedRows()}
        model.arrange(column, descending)
        flags = QItemSelectionModel.SelectionFlag
        for at, row in enumerate(model.rows):
            if row.key in keys:
                self.selectionModel().select(model.index(at, 0), flags.Select | flags.Rows)
        self._show_order()

    def _show_order(self) -> None:
        model, header = self.content, self.horizontalHeader()
        header.setSortIndicatorShown(model.sorted_by >= 0)
        if model.sorted_by >= 0:
            order = Qt.SortOrder.DescendingOrder if model.descending else Qt.SortOrder.AscendingOrder
            header.setSortIndicator(model.sorted_by, order)

    def as_text(self) -> str:
        """The selected rows as text, all where none or one is selected."""
        chosen = sorted(index.row() for index in self.selectionModel().selectedRows())
        return self.content.as_text(chosen if len(chosen) > 1 else None)

    def copy(self) -> None:
        QGuiApplication.clipboard().setText(self.as_text())

    # --- events ---------------------------------------------------------------------------

    def _on_clicked(self, index: QModelIndex) -> None:
        if self._modifiers == Qt.KeyboardModifier.NoModifier:  # else rows are being picked
            self._go(index.row())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._modifiers = event.modifiers()
        super().mouseReleaseEvent(event)

    def _go(self, row: int) -> None:
        target = self.content.rows[row].target if 0 <= row < len(self.content.rows) else None
        if target is not None:
            self.target_chosen.emit(target)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
            event.accept()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._go(self.currentIndex().row())
            event.accept()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.content.rows and self._empty:
            painter = QPainter(self.viewport())
            painter.setPen(QColor(self._theme.palette.soft_text))
            margin = self._theme.px(16)
            rect = self.viewport().rect().adjusted(margin, margin, -margin, -margin)
            flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
            painter.drawText(rect, int(flags) | int(Qt.TextFlag.TextWordWrap), self._empty)
