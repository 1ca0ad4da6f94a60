"""A line of code, its spans in a list, and the way from the list to the timeline."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.model import TrackKind
from gui.document import Document, Origin, Phase
from gui.main_window import MainWindow
from gui.panels import line_spans
from gui.panels.side import LINE, SidePanel
from gui.panels.table import Target
from gui.theme import Theme
from tests.helpers.synthetic_store import contended

FILE = "/home/ada/cpu_threads.py"


def test_a_click_on_a_line_lists_its_spans_and_each_leads_there(window: MainWindow) -> None:
    document = window.document
    document.show(contended(), Origin("x"), Phase.LOADED)
    window.show_timeline()
    window.side.code.line_clicked.emit(FILE, 5)
    side, rows = window.side, window.side.line_spans.table.content.rows
    workers = [t for t in document.tracks_of(TrackKind.THREAD) if t.badge]
    assert len(rows) == sum(len(document.store.spans(t.id)) for t in workers)
    assert side.tabs.currentIndex() == LINE
    assert side.tabs.tabText(LINE) == "Line 5"
    target = rows[7].target
    assert target is not None
    table = side.line_spans.table
    place = table.visualRect(table.content.index(7, 1)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    selection = document.selection
    assert selection is not None
    assert Target(selection.track, selection.start_ns) == target
    window.timeline.canvas.setFocus()
    QTest.keyClick(window.timeline.canvas, Qt.Key.Key_Escape)
    assert not side.tabs.isTabVisible(LINE)


def test_of_many_the_longest_are_listed_in_the_order_of_time(
    qtbot: QtBot, theme: Theme, recorded: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_spans, "MOST", 5)
    side = SidePanel(theme, recorded)
    qtbot.addWidget(side)
    side.show_line_spans(FILE, 5)
    found = recorded.spans_on_line(FILE, 5)
    lengths = [s["end"] - s["start"] for track, at in found for s in recorded.store.spans(track)[at]]
    rows = side.line_spans.table.content.rows
    assert sorted(row.cells[1].sort for row in rows) == sorted(lengths)[-5:]
    starts = [row.cells[0].sort for row in rows]
    assert starts == sorted(starts)
    assert side.line_spans.head.text() == f"Line 5: the 5 longest of {len(lengths)} spans"


def test_a_line_without_spans_has_no_list(qtbot: QtBot, theme: Theme, recorded: Document) -> None:
    side = SidePanel(theme, recorded)
    qtbot.addWidget(side)
    side.show_line_spans(FILE, 5)
    assert side.tabs.isTabVisible(LINE)
    side.show_line_spans(FILE, 4711)
    assert not side.tabs.isTabVisible(LINE)
