"""The list of scenarios: the path of the lesson, or all of them, grouped and searchable.

GUI thread only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QEvent, QModelIndex, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QResizeEvent,
    QStandardItem,
    QStandardItemModel,
)
from PySide6.QtWidgets import (
    QLabel,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTabBar,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from engine.scenarios.lesson import CLOSING_MINUTES, OPENING_MINUTES, Step
from gui.theme import SMALL, Theme

ID_ROLE = Qt.ItemDataRole.UserRole + 1
SEARCH_ROLE = Qt.ItemDataRole.UserRole + 2
#: Of a step of the lesson: its place in it, and its minutes in words.
NUMBER_ROLE = Qt.ItemDataRole.UserRole + 3
MINUTES_ROLE = Qt.ItemDataRole.UserRole + 4


LESSON_TAB, ALL_TAB = 0, 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One scenario as the list shows it.  ``words`` is what else it is found by; ``error`` is why
    it cannot be used."""

    id: str
    group: str
    title: str
    words: str = ""
    error: str = ""


def group_title(group: str) -> str:
    """The heading of a group of scenarios; of one that is not known, its own name."""
    translate = QCoreApplication.translate
    titles = {
        "threads": translate("ScenarioGroup", "Threads"),
        "gil": translate("ScenarioGroup", "The GIL"),
        "processes": translate("ScenarioGroup", "Processes"),
        "coroutines": translate("ScenarioGroup", "Coroutines"),
        "locks": translate("ScenarioGroup", "Locks and waits"),
        "compare": translate("ScenarioGroup", "Compare"),
        "own": translate("ScenarioGroup", "Your own"),
    }
    return titles.get(group, group)


class _Delegate(QStyledItemDelegate):
    """Group headings small and in capitals, entries with a rounded ground when selected; steps of
    the lesson with their number before and their minutes behind the title."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def _room(self, index: QModelIndex) -> int:
        """Width for an entry's title."""
        view = self.parent()
        width = view.viewport().width() if isinstance(view, QTreeView) else 200
        before, behind = self._margins(index)
        return width - self._theme.px(6 + 6) - before - behind

    def _margins(self, index: QModelIndex) -> tuple[int, int]:
        """What an entry keeps free before and behind its title, in pixels."""
        px = self._theme.px
        minutes = index.data(MINUTES_ROLE)
        if not minutes:
            return px(13), px(6)
        numbers = QFontMetrics(self._theme.font(1.0, QFont.Weight.DemiBold)).horizontalAdvance("00")
        words = QFontMetrics(self._theme.font(SMALL)).horizontalAdvance(str(minutes))
        return px(8 + 8) + numbers, px(8 + 6) + words

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:  # type: ignore[override]
        px = self._theme.px
        if not index.parent().isValid():
            return QSize(100, px(22) + (px(8) if index.row() else 0))
        metrics = QFontMetrics(self._theme.font(1.0, QFont.Weight.DemiBold))
        text = str(index.data(Qt.ItemDataRole.DisplayRole))
        bounds = metrics.boundingRect(
            QRect(0, 0, self._room(index), 10_000), int(Qt.TextFlag.TextWordWrap), text
        )
        return QSize(100, max(bounds.height(), metrics.lineSpacing()) + px(9))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:  # type: ignore[override]
        theme, palette = self._theme, self._theme.palette
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        text = str(index.data(Qt.ItemDataRole.DisplayRole))
        painter.save()
        if not index.parent().isValid():
            painter.setFont(theme.font(SMALL * 0.9, QFont.Weight.DemiBold))
            painter.setPen(QColor(palette.soft_text))
            rect = rect.adjusted(theme.px(12), 0, -theme.px(4), -theme.px(3))
            painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, text.upper())
            painter.restore()
            return
        selected = bool(state & QStyle.StateFlag.State_Selected)
        ground = rect.adjusted(theme.px(6), 1, -theme.px(6), -1)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if selected:
            painter.setBrush(QColor(palette.selection))
            painter.drawRoundedRect(ground, theme.px(4), theme.px(4))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(QColor(palette.surface))
            painter.drawRoundedRect(ground, theme.px(4), theme.px(4))
        if selected and state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QColor(palette.accent))
            painter.drawRoundedRect(ground, theme.px(4), theme.px(4))
        weight = QFont.Weight.DemiBold if selected else QFont.Weight.Normal
        painter.setFont(theme.font(1.0, weight))
        enabled = bool(index.flags() & Qt.ItemFlag.ItemIsEnabled)
        ink = palette.selection_text if selected else palette.text if enabled else palette.error
        painter.setPen(QColor(ink))
        before, behind = self._margins(index)
        inner = ground.adjusted(before, 0, -behind, 0)
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(inner, int(flags) | int(Qt.TextFlag.TextWordWrap), text)
        if index.data(MINUTES_ROLE):
            edges = ground.adjusted(theme.px(8), 0, -theme.px(6), 0)
            middle, right = Qt.AlignmentFlag.AlignVCenter, Qt.AlignmentFlag.AlignRight
            numbers = QRect(edges.left(), edges.top(), before - theme.px(8 + 8), edges.height())
            painter.setPen(QColor(palette.selection_text if selected else palette.soft_text))
            painter.drawText(numbers, int(right) | int(middle), str(index.data(NUMBER_ROLE)))
            painter.setFont(theme.font(SMALL))
            painter.drawText(edges, int(right) | int(middle), str(index.data(MINUTES_ROLE)))
        painter.restore()


class _Tree(QTreeView):
    """Enter runs, and groups cannot be closed."""

    enter_pressed = Signal(QModelIndex)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._asked_to_show = False

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.scheduleDelayedItemsLayout()  # titles wrap anew
            self.show_current()

    def show_current(self) -> None:
        """Scrolls to what is selected, once the rows have their heights."""
        if self.currentIndex().isValid() and not self._asked_to_show:
            self._asked_to_show = True
            QTimer.singleShot(0, self, self._show_current)

    def _show_current(self) -> None:
        self._asked_to_show = False
        if self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.enter_pressed.emit(self.currentIndex())
            return
        super().keyPressEvent(event)


class _Search(QLineEdit):
    """Down and Enter lead to what was found."""

    down_pressed = Signal()
    enter_pressed = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down:
            self.down_pressed.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.enter_pressed.emit()
        else:
            super().keyPressEvent(event)


class ScenarioList(QWidget):
    """The path of the lesson or the whole catalogue, by the tabs above; a search looks through all.

    ``scenario_chosen`` (id) when one is selected, ``run_wanted`` (id) on Enter or double click,
    ``all_wanted`` (whether it is the whole catalogue) when the user changes between the two."""

    scenario_chosen = Signal(str)
    run_wanted = Signal(str)
    all_wanted = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("Panel")
        self._theme = theme
        self._entries: list[Entry] = []
        self._lesson: tuple[Step, ...] = ()
        self._all = False
        self._path_shown = False
        self._chosen = ""
        self._quiet = False
        self.tabs = QTabBar(self)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(False)
        self.tabs.addTab("")
        self.tabs.addTab("")
        self.tabs.hide()
        self.tabs.currentChanged.connect(self._on_tab)
        self.search = _Search(self)
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._on_search)
        self.search.down_pressed.connect(self._on_leaving_search)
        self.search.enter_pressed.connect(self._on_leaving_search)
        self.model = QStandardItemModel(self)
        self.tree = _Tree(self)
        self.tree.setObjectName("List")
        self.tree.setModel(self.model)
        self.tree.setHeaderHidden(True)
        self.tree.setRootIsDecorated(False)
        self.tree.setIndentation(0)
        self.tree.setItemsExpandable(False)
        self.tree.setMouseTracking(True)
        self.tree.setUniformRowHeights(False)
        self.tree.setEditTriggers(QTreeView.EditTrigger.NoEditTriggers)
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.tree.setItemDelegate(_Delegate(theme, self.tree))
        self.tree.selectionModel().currentChanged.connect(self._on_current_changed)
        self.tree.doubleClicked.connect(self._on_entered)
        self.tree.enter_pressed.connect(self._on_entered)
        self._nothing = QLabel(self)
        self._nothing.setObjectName("Soft")
        self._nothing.setWordWrap(True)
        self._nothing.hide()
        layout = QVBoxLayout(self)
        self._layout = layout
        self._search_row = QVBoxLayout()  # its margins, not the field's own, which its clear button ignores
        self._search_row.addWidget(self.tabs)
        self._search_row.addWidget(self.search)
        layout.addLayout(self._search_row)
        layout.addWidget(self._nothing)
        layout.addWidget(self.tree, 1)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.retranslate()

    # --- texts and looks ---------------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def retranslate(self) -> None:
        self.search.setPlaceholderText(self.tr("Search scenarios"))
        self.search.setAccessibleName(self.tr("Search scenarios"))
        self.tree.setAccessibleName(self.tr("Scenarios"))
        self.tabs.setTabText(LESSON_TAB, self.tr("Lesson"))
        self.tabs.setTabText(ALL_TAB, self.tr("All scenarios"))
        self.tabs.setTabToolTip(LESSON_TAB, self.tr("An ordered path through the scenarios, for one class"))
        self.tabs.setTabToolTip(ALL_TAB, self.tr("The whole catalogue, by subject"))
        self.tabs.setAccessibleName(self.tr("Which scenarios are listed"))
        self._nothing.setText(self.tr("No scenario has these words."))

    def _on_theme_changed(self) -> None:
        px = self._theme.px
        self._layout.setContentsMargins(0, px(10), 0, 0)
        self._layout.setSpacing(px(8))
        self._search_row.setContentsMargins(px(10), 0, px(10), 0)
        self._search_row.setSpacing(px(6))
        self.tabs.setFont(self._theme.font())
        self._nothing.setContentsMargins(px(12), 0, px(10), 0)
        self.tree.doItemsLayout()

    # --- entries ------------------------------------------------------------------------------

    def set_entries(self, entries: Sequence[Entry], lesson: Sequence[Step] = ()) -> None:
        """Shows these, in their order, keeping the selection; without a ``lesson``, no tabs."""
        self._entries = list(entries)
        known = {entry.id for entry in entries if not entry.error}
        self._lesson = tuple(step for step in lesson if step.scenario in known)
        self.tabs.setVisible(bool(self._lesson))
        self._fill()

    def show_all(self, on: bool) -> None:
        """The whole catalogue, or the path of the lesson."""
        self._all = on
        self._fill()

    @property
    def all_shown(self) -> bool:
        """Whether the whole catalogue is what is listed, or looked through."""
        return not self._path_shown

    def _fill(self) -> None:
        self._path_shown = bool(self._lesson) and not self._all and not self.search.text().strip()
        was_quiet, self._quiet = self._quiet, True
        self.tabs.setCurrentIndex(LESSON_TAB if self._path_shown else ALL_TAB)
        self.model.clear()
        if self._path_shown:
            self._fill_lesson()
        else:
            self._fill_catalogue()
        self.tree.expandAll()
        self._filter(self.search.text())
        self._select(self._chosen)
        self._quiet = was_quiet

    def _fill_lesson(self) -> None:
        entries = {entry.id: entry for entry in self._entries}
        total = OPENING_MINUTES + sum(step.minutes for step in self._lesson) + CLOSING_MINUTES
        short = sum(step.minutes for step in self._lesson if step.core)
        heading = QStandardItem(self.tr("{minutes} minutes").format(minutes=total))
        heading.setFlags(Qt.ItemFlag.ItemIsEnabled)
        told = self.tr(
            "With {opening} minutes before the first question and {closing} at the end. "
            "★ is in the short version too, {short} minutes."
        )
        heading.setToolTip(told.format(opening=OPENING_MINUTES, closing=CLOSING_MINUTES, short=short))
        self.model.appendRow(heading)
        for number, step in enumerate(self._lesson, start=1):
            title = entries[step.scenario].title + ("\N{NO-BREAK SPACE}★" if step.core else "")
            minutes = self.tr("{minutes} min").format(minutes=step.minutes)
            item = self._item(entries[step.scenario])
            item.setText(title)
            item.setData(number, NUMBER_ROLE)
            item.setData(minutes, MINUTES_ROLE)
            item.setData(f"{number}. {title}, {minutes}", Qt.ItemDataRole.AccessibleTextRole)
            heading.appendRow(item)

    def _fill_catalogue(self) -> None:
        groups: dict[str, QStandardItem] = {}
        for entry in self._entries:
            group = groups.get(entry.group)
            if group is None:
                group = QStandardItem(group_title(entry.group))
                group.setFlags(Qt.ItemFlag.ItemIsEnabled)
                groups[entry.group] = group
                self.model.appendRow(group)
            group.appendRow(self._item(entry))

    def _item(self, entry: Entry) -> QStandardItem:
        item = QStandardItem(entry.title)
        item.setData(entry.id, ID_ROLE)
        item.setData(f"{entry.title} {entry.id} {entry.words}".casefold(), SEARCH_ROLE)
        item.setToolTip(entry.error or entry.title)
        if entry.error:
            item.setFlags(Qt.ItemFlag.NoItemFlags)
        return item

    def _on_tab(self, tab: int) -> None:
        if self._quiet:
            return
        self._all = tab == ALL_TAB
        if not self._all and self.search.text():
            self._quiet = True
            self.search.clear()
            self._quiet = False
        self._fill()
        self.all_wanted.emit(self._all)

    def _on_search(self, text: str) -> None:
        if self._quiet:
            return
        wants_path = bool(self._lesson) and not self._all and not text.strip()
        if wants_path == self._path_shown:
            self._filter(text)
            return
        if wants_path and self._chosen and all(step.scenario != self._chosen for step in self._lesson):
            self._all = True  # what was found and chosen stays in sight
        self._fill()

    def _on_leaving_search(self) -> None:
        """Into the list: what is selected stays so while it is in sight, else the first one found is."""
        items = self._items()
        found = [each for each in self.visible_ids() if items[each].isEnabled()]
        if not found:
            return
        self.tree.setFocus()
        if str(self.tree.currentIndex().data(ID_ROLE)) not in found:
            self.tree.setCurrentIndex(items[found[0]].index())

    def _items(self) -> Mapping[str, QStandardItem]:
        result: dict[str, QStandardItem] = {}
        for row in range(self.model.rowCount()):
            group = self.model.item(row)
            for i in range(group.rowCount()):
                child = group.child(i)
                result[str(child.data(ID_ROLE))] = child
        return result

    @property
    def chosen(self) -> str:
        """The id of the scenario chosen last, listed at the moment or not; or empty."""
        return self._chosen

    def choose(self, scenario_id: str) -> None:
        """Selects a scenario, or none; one that is not in the lesson, in the whole catalogue."""
        known = any(entry.id == scenario_id for entry in self._entries)
        if known and self._path_shown and scenario_id not in self._items():
            self.show_all(True)
        self._select(scenario_id)
        self._chosen = scenario_id if known else ""

    def _select(self, scenario_id: str) -> None:
        item = self._items().get(scenario_id)
        if item is None:
            self.tree.setCurrentIndex(QModelIndex())
            self.tree.clearSelection()
        else:
            self.tree.setCurrentIndex(item.index())
            self.tree.show_current()

    def visible_ids(self) -> list[str]:
        """The scenarios that the search lets through, in order."""
        found = []
        for scenario_id, item in self._items().items():
            parent = item.parent()
            if not self.tree.isRowHidden(item.row(), parent.index()):
                found.append(scenario_id)
        return found

    def _filter(self, text: str) -> None:
        words = text.casefold().split()
        anything = False
        for row in range(self.model.rowCount()):
            group = self.model.item(row)
            shown = 0
            for i in range(group.rowCount()):
                hit = all(word in str(group.child(i).data(SEARCH_ROLE)) for word in words)
                self.tree.setRowHidden(i, group.index(), not hit)
                shown += hit
            self.tree.setRowHidden(row, QModelIndex(), not shown)
            anything = anything or bool(shown)
        self._nothing.setVisible(not anything and bool(words))
        self.tree.show_current()

    def _on_current_changed(self, current: QModelIndex) -> None:
        scenario_id = current.data(ID_ROLE)
        if scenario_id and not self._quiet:
            self._chosen = str(scenario_id)
            self.scenario_chosen.emit(str(scenario_id))

    def _on_entered(self, index: QModelIndex) -> None:
        scenario_id = index.data(ID_ROLE)
        if scenario_id:
            self.run_wanted.emit(str(scenario_id))
