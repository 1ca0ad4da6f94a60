"""The drawer with the tables of figures."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.model import State
from gui.document import Document, Origin, Phase
from gui.panels.drawer import LOCKS, TASKS, TRACKS, WAITS, Drawer
from gui.panels.table import FigureTable, Target
from gui.theme import Theme
from tests.engine.analysis.test_tables import with_lock, with_tasks
from tests.helpers.synthetic_store import MS, contended

LONG_MS = 60_000


@pytest.fixture
def drawer(qtbot: QtBot, theme: Theme, document: Document) -> Iterator[Drawer]:
    drawer = Drawer(theme, document)
    qtbot.addWidget(drawer)
    drawer.resize(900, 240)
    drawer.show()
    yield drawer
    drawer.figures.close()


def show(qtbot: QtBot, drawer: Drawer, document: Document, tab: int) -> FigureTable:
    """The table of a tab, once it has rows."""
    drawer.open_tab(tab)
    qtbot.waitUntil(lambda: not drawer.figures.busy, timeout=LONG_MS)
    return drawer.tables[tab]


def pick(table: FigureTable, *rows: int) -> None:
    """Selects rows, whatever keys an earlier test held down."""
    flags = QItemSelectionModel.SelectionFlag
    for row in rows:
        table.selectionModel().select(table.content.index(row, 0), flags.Select | flags.Rows)


def texts(table: FigureTable, title: str) -> list[str]:
    at = [column.title for column in table.content.columns].index(title)
    return [row.cells[at].text for row in table.content.rows]


def test_tracks_show_shares_or_times(qtbot: QtBot, drawer: Drawer, document: Document) -> None:
    document.show(contended(), Origin("x"), Phase.LOADED)
    table = show(qtbot, drawer, document, TRACKS)
    assert texts(table, "Track") == ["MainThread", "worker-1", "worker-2", "worker-3"]
    assert all("%" in text for text in texts(table, "running"))
    drawer.times_button.click()
    assert all("ms" in text for text in texts(table, "running"))
    assert "GIL" in drawer.gil.text()


def test_a_heading_sorts_the_largest_first_then_the_other_way(
    qtbot: QtBot, drawer: Drawer, document: Document
) -> None:
    document.show(contended(), Origin("x"), Phase.LOADED)
    table = show(qtbot, drawer, document, TRACKS)
    at = [column.title for column in table.content.columns].index("running")
    table.sort_by(at)
    shares = [row.cells[at].sort for row in table.content.rows]
    assert shares == sorted(shares, reverse=True)
    table.sort_by(at)
    assert [row.cells[at].sort for row in table.content.rows] == shares[::-1]
    table.sort_by(0)
    assert texts(table, "Track") == sorted(texts(table, "Track"))


def test_a_lock_leads_to_its_longest_wait(qtbot: QtBot, drawer: Drawer, document: Document) -> None:
    builder = with_lock()
    document.show(builder.store(), Origin("x"), Phase.LOADED)
    table = show(qtbot, drawer, document, LOCKS)
    assert texts(table, "Lock") == ["counter"]
    assert texts(table, "acquired") == ["2"]
    assert texts(table, "by") == ["b"]
    place = table.visualRect(table.content.index(0, 0)).center()
    with qtbot.waitSignal(drawer.target_chosen) as chosen:
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chosen.args == [Target(2, builder.at(15))]


def test_enter_leads_there_too(qtbot: QtBot, drawer: Drawer, document: Document) -> None:
    builder = with_tasks()
    document.show(builder.store(), Origin("x"), Phase.LOADED)
    table = show(qtbot, drawer, document, TASKS)
    assert texts(table, "longest step") == ["30\u00a0ms", "2\u00a0ms"]
    assert texts(table, "held up") == ["1", "0"]
    table.setCurrentIndex(table.content.index(0, 0))
    with qtbot.waitSignal(drawer.target_chosen) as chosen:
        QTest.keyClick(table, Qt.Key.Key_Return)
    assert chosen.args == [Target(2, builder.at(20))]


def test_a_range_has_figures_of_its_own(qtbot: QtBot, drawer: Drawer, document: Document) -> None:
    builder = with_lock()
    document.show(builder.store(), Origin("x"), Phase.LOADED)
    table = show(qtbot, drawer, document, WAITS)
    assert [row.cells[2].sort for row in table.content.rows] == [15 * MS]
    document.set_range((builder.at(20), builder.at(35)))
    qtbot.waitUntil(lambda: [r.cells[2].sort for r in table.content.rows] == [10 * MS], timeout=LONG_MS)
    assert drawer.scope.text().startswith("Selected")
    assert drawer.whole_button.isVisible()
    drawer.whole_button.click()
    qtbot.waitUntil(lambda: [r.cells[2].sort for r in table.content.rows] == [15 * MS], timeout=LONG_MS)
    assert document.range is None


def test_tables_are_copied_as_text(qtbot: QtBot, drawer: Drawer, document: Document) -> None:
    document.show(with_lock().store(), Origin("x"), Phase.LOADED)
    table = show(qtbot, drawer, document, LOCKS)
    QTest.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = [line.split("\t") for line in QGuiApplication.clipboard().text().split("\n")]
    named = dict(zip(*lines, strict=True))
    assert named["Lock"] == "counter"
    assert named["waited for [ms]"] == "15"
    assert named["held [ms]"] == "30"


def test_only_selected_rows_are_copied(qtbot: QtBot, drawer: Drawer, document: Document) -> None:
    document.show(contended(), Origin("x"), Phase.LOADED)
    table = show(qtbot, drawer, document, TRACKS)
    pick(table, 1, 2)
    lines = table.as_text().split("\n")
    assert [line.split("\t")[0] for line in lines] == ["Track", "worker-1", "worker-2"]


def test_live_figures_follow_and_keep_what_is_selected(
    qtbot: QtBot, drawer: Drawer, document: Document
) -> None:
    document.show(with_lock().store(), Origin("x"), Phase.RUNNING)
    table = show(qtbot, drawer, document, TRACKS)
    pick(table, 1)
    document.note_growth(True)
    qtbot.waitUntil(lambda: not drawer.figures.busy, timeout=LONG_MS)
    assert [i.row() for i in table.selectionModel().selectedRows()] == [1]


def test_empty_tables_say_why(qtbot: QtBot, drawer: Drawer, document: Document) -> None:
    table = show(qtbot, drawer, document, TASKS)
    assert "Run a program" in table.empty_text
    document.show(contended(), Origin("x"), Phase.LOADED)
    table = show(qtbot, drawer, document, TASKS)
    assert "no tasks" in table.empty_text


def test_states_in_the_columns_are_those_of_the_recording(
    qtbot: QtBot, drawer: Drawer, document: Document
) -> None:
    document.show(with_tasks().store(), Origin("x"), Phase.LOADED)
    table = show(qtbot, drawer, document, TRACKS)
    shown = {cell.state for row in table.content.rows for cell in row.cells if cell.state is not None}
    assert shown == {State.RUNNING, State.IO, State.READY, State.SUSPENDED}
