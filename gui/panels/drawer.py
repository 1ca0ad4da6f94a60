"""The drawer below the timeline: tables of figures, and what else is looked up in lists.

GUI thread only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QStackedWidget,
    QTabBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui.document import Document
from gui.durations import duration, moment
from gui.figure_tables import FigureTables
from gui.panels import figure_rows
from gui.panels.note_table import NoteTable, note_rows
from gui.panels.search import SearchPanel
from gui.panels.table import FigureTable
from gui.theme import BODY, SMALL, Theme

TRACKS, LOCKS, TASKS, WAITS, NOTES, SEARCH = range(6)


class Drawer(QWidget):
    """``target_chosen`` (Target): somewhere to go to; ``closed``: by its own button or Escape."""

    target_chosen = Signal(object)
    closed = Signal()

    def __init__(
        self,
        theme: Theme,
        document: Document,
        sources: Callable[[], Mapping[str, str]] = dict,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("Panel")
        self._theme = theme
        self._document = document
        self._times = False
        self.figures = FigureTables(document, self)
        self.tabs = QTabBar(self)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setElideMode(Qt.TextElideMode.ElideNone)
        self.tables = [FigureTable(theme, self) for _ in range(4)]
        self._stack = QStackedWidget(self)
        for table in self.tables:
            self._stack.addWidget(table)
            self.tabs.addTab("")
            table.target_chosen.connect(self.target_chosen)
        self.notes = NoteTable(theme, self)
        self._stack.addWidget(self.notes)
        self.tabs.addTab("")
        self.search = SearchPanel(theme, document, sources, self)
        self._stack.addWidget(self.search)
        self.tabs.addTab("")
        self.notes.remove_wanted.connect(document.notes.remove)
        document.notes.changed.connect(self._show_notes)
        self.scope = QLabel(self)
        self.scope.setObjectName("Soft")
        self.gil = QLabel(self)
        self.gil.setObjectName("Soft")
        self.gil.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.whole_button = self._button(lambda: document.set_range(None))
        self.times_button = self._button(self._toggle_times)
        self.copy_button = self._button(self.copy)
        self.close_button = self._button(self.closed.emit)
        self._lay_out()
        self.tabs.currentChanged.connect(self._on_tab)
        self.figures.changed.connect(self.refresh)
        document.range_changed.connect(self._show_scope)
        document.grew_paced.connect(self._show_scope)
        document.replaced.connect(self._show_scope)
        theme.changed.connect(self._dress)
        self._dress()
        self.retranslate()

    def _button(self, slot: Callable[[], object]) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName("Link")
        button.clicked.connect(lambda _=False: slot())
        return button

    def _lay_out(self) -> None:
        self._head = QHBoxLayout()
        self._head.addWidget(self.tabs)
        self._head.addStretch(1)
        for widget in (self.scope, self.whole_button, self.times_button, self.copy_button, self.close_button):
            self._head.addWidget(widget)
        self._layout = QVBoxLayout(self)
        self._layout.setSpacing(0)
        self._layout.addLayout(self._head)
        self._layout.addWidget(self._stack, 1)
        self._layout.addWidget(self.gil)

    def _dress(self) -> None:
        theme = self._theme
        self._layout.setContentsMargins(theme.px(8), theme.px(4), theme.px(8), theme.px(4))
        self._head.setSpacing(theme.px(8))
        self.tabs.setFont(theme.font(BODY))
        for widget in (self.scope, self.gil, self.whole_button, self.times_button, self.copy_button):
            widget.setFont(theme.font(SMALL))
        self.close_button.setFont(theme.font(BODY))

    # --- texts ----------------------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def retranslate(self) -> None:
        titles = (
            self.tr("Tracks"),
            self.tr("Locks"),
            self.tr("Tasks"),
            self.tr("Longest waits"),
            self.tr("Notes"),
        )
        self.tabs.setTabText(SEARCH, self.tr("Search"))
        for at, (title, table) in enumerate(zip(titles, [*self.tables, self.notes], strict=True)):
            self.tabs.setTabText(at, title)
            table.setAccessibleName(title)
        self.tabs.setAccessibleName(self.tr("Figures"))
        self.whole_button.setText(self.tr("Whole run"))
        self.whole_button.setToolTip(self.tr("Let the selected range go: figures of the whole run"))
        self.copy_button.setText(self.tr("Copy"))
        self.copy_button.setToolTip(
            self.tr("Copy the table as text, tab separated; of several selected rows only those (Ctrl+C)")
        )
        self.close_button.setText("✕")
        self.close_button.setAccessibleName(self.tr("Close the figures"))
        self.close_button.setToolTip(self.tr("Close the figures (Esc)"))
        self._show_scope()
        self.refresh()

    def _show_scope(self) -> None:
        document = self._document
        chosen = document.range
        self.whole_button.setVisible(chosen is not None)
        if not document.tracks:
            self.scope.setText("")
            return
        start = document.store.start_ns
        if chosen is None:
            text = self.tr("Whole run, {time}").format(time=duration(document.store.end_ns - start))
        else:
            length = chosen[1] - chosen[0]
            begin, end = (moment(t - start, max(1, length / 1000)) for t in chosen)
            text = self.tr("Selected: {start} to {end}, {time}").format(
                start=begin, end=end, time=duration(length)
            )
        self.scope.setText(text)

    # --- content --------------------------------------------------------------------------

    def refresh(self) -> None:
        """Fills the table in sight; the others when they are looked at."""
        found, store = self.figures.tables, self._document.store
        at = self._stack.currentIndex()
        self.times_button.setVisible(at == TRACKS)
        self.times_button.setText(self.tr("Shares") if self._times else self.tr("Times"))
        self.times_button.setToolTip(
            self.tr("Shares of the track's time") if self._times else self.tr("Times instead of shares")
        )
        content = (
            lambda: figure_rows.track_rows(found, store, self._times),
            lambda: figure_rows.lock_rows(found, store),
            lambda: figure_rows.task_rows(found, store),
            lambda: figure_rows.wait_rows(found, store),
        )
        if at < len(content):
            self.tables[at].set_content(content[at]())
            self.tables[at].set_empty_text(self._empty_text(at))
        self._show_notes()
        self.gil.setText(figure_rows.gil_text(store) if at == TRACKS else "")
        self.gil.setToolTip(self.gil.text())
        self.gil.setVisible(bool(self.gil.text()))

    def _show_notes(self) -> None:
        document = self._document
        self.notes.set_content(note_rows(document.notes.notes, document.store))
        text = self.tr("No notes yet. N in the timeline writes one at the cursor or over the selected range.")
        self.notes.set_empty_text(text)
        count = len(document.notes.notes)
        title = self.tr("Notes")
        self.tabs.setTabText(NOTES, f"{title} ({count})" if count else title)

    def _empty_text(self, at: int) -> str:
        if not self._document.tracks:
            return self.tr("Run a program or open a recording to see its figures.")
        if self.figures.busy:
            return ""
        if self._document.range is not None:
            return self.tr("Nothing of that in the selected range.")
        return {
            LOCKS: self.tr("The program used no locks of its own."),
            TASKS: self.tr("The program ran no tasks on an event loop."),
            WAITS: self.tr("Nothing waited."),
        }.get(at, "")

    def _toggle_times(self) -> None:
        self._times = not self._times
        self.refresh()

    def _on_tab(self, at: int) -> None:
        self._stack.setCurrentIndex(at)
        self.refresh()

    def open_tab(self, at: int) -> None:
        self.tabs.setCurrentIndex(at)
        page = self._stack.currentWidget()
        if page is not None:
            page.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def as_text(self) -> str:
        page = self._stack.currentWidget()
        table = page.table if isinstance(page, SearchPanel) else page
        return table.as_text() if isinstance(table, FigureTable) else ""

    def copy(self) -> None:
        QGuiApplication.clipboard().setText(self.as_text())

    # --- events ---------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.figures.watch(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.figures.watch(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)
