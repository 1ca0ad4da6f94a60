"""Tracks are pinned, hidden, collapsed and moved, by the keyboard as well."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.model import State
from engine.store import Store
from gui.document import Document, Origin, Phase
from gui.main_window import MainWindow
from gui.theme import Theme
from gui.timeline.rows import RowKind
from gui.timeline.view import TimelineView
from gui.timeline.viewport import Viewport
from tests.helpers.synthetic_store import StoreBuilder, contended


def two_processes(threads: int = 3) -> Store:
    builder = StoreBuilder()
    first = builder.process("shop")
    second = builder.process("bank", parent=first, pid=5000)
    for process, name in ((first, "shop"), (second, "bank")):
        for number in range(threads):
            thread = builder.thread("MainThread" if not number else f"{name}-{number}", process)
            builder.span(thread, 0, 10, State.RUNNING)
    return builder.store()


@pytest.fixture
def view(qtbot: QtBot, theme: Theme, recorded: Document) -> TimelineView:
    view = TimelineView(theme, recorded)
    qtbot.addWidget(view)
    view.resize(1100, 560)
    view.show()
    qtbot.waitExposed(view)
    recorded.show(two_processes(), Origin("two"), Phase.LOADED)
    return view


def names(view: TimelineView, document: Document) -> list[str]:
    return [document.tracks[row.track].name for row in view.viewport.rows]


def select(view: TimelineView, document: Document, name: str) -> None:
    view.go_to(next(t.id for t in document.tracks.values() if t.name == name))


def selected(document: Document) -> str:
    assert document.selection is not None
    return document.tracks[document.selection.track].name


def test_pinned_rows_stay_while_the_others_scroll(view: TimelineView) -> None:
    store = contended(threads=60, spans_a_thread=4)
    port = Viewport()
    port.resize(800, 300)
    port.show_recording(store.tracks, store.start_ns, store.end_ns)
    chosen = port.rows[40].track
    port.edit(lambda arrangement: arrangement.pinned.append(chosen))
    for pixels in (0, 7, 333, 10**6):
        port.scroll_to(pixels)
        rows = port.visible_rows()
        assert rows[0].track == chosen
        assert port.top_of(rows[0]) == 0
        under = port.row_under(port.fixed_px - 1)
        assert under is not None
        assert under.track == chosen
        # none of the others is half under it
        assert port.top_of(rows[1]) == port.fixed_px
        assert port.row_under(port.fixed_px) == rows[1]
    last = port.rows[-1]
    assert port.visible_rows()[-1] == last
    assert port.top_of(last) + last.height <= port.height_px
    before = port.scroll_px
    port.scroll_by(-1)
    assert port.scroll_px < before
    port.show_row(port.rows[1].track)
    assert port.scroll_px == 0


def test_the_process_s_heading_stays_above_its_rows(view: TimelineView, recorded: Document) -> None:
    recorded.show(two_processes(40), Origin("two"), Phase.LOADED)
    port = view.viewport
    headings = [row for row in port.rows if row.kind is RowKind.PROCESS]
    assert port.heading_above() is None
    for heading in headings:
        port.scroll_to(heading.y + heading.height * 3)
        assert port.heading_above() == (heading, 0)
        assert view.headers.row_at(QPointF(40, 5)) == heading
    port.scroll_to(headings[1].y - 10)  # it pushes the first away
    assert port.heading_above() == (headings[0], 10 - headings[0].height)
    port.scroll_to(headings[1].y)
    assert port.heading_above() is None
    port.scroll_to(10**6)
    row = port.rows[20]
    port.show_row(row.track)
    assert port.top_of(row) >= headings[0].height  # not under the heading
    view.grab()
    select(view, recorded, "MainThread")
    view.arranging.pin_selected()
    view.headers.grab()
    assert port.rows[0].pinned
    port.scroll_to(10**6)
    above = port.heading_above()
    assert above is not None
    assert recorded.tracks[above[0].track].name == "bank"
    assert above[1] == port.fixed_px


def test_many_pinned_rows_leave_room_for_the_others(qtbot: QtBot) -> None:
    store = contended(threads=60, spans_a_thread=4)
    port = Viewport()
    port.resize(800, 300)
    port.show_recording(store.tracks, store.start_ns, store.end_ns)
    port.edit(lambda arrangement: arrangement.pinned.extend(row.track for row in port.rows[1:40]))
    port.scroll_to(10**6)
    assert port.fixed_px == 0
    assert port.visible_rows()[-1] == port.rows[-1]
    assert not port.visible_rows()[0].pinned


def test_the_selected_track_is_pinned_and_let_go(view: TimelineView, recorded: Document) -> None:
    before = names(view, recorded)
    select(view, recorded, "bank-2")
    view.arranging.pin_selected()
    assert names(view, recorded)[0] == "bank-2"
    view.arranging.pin_selected()
    assert names(view, recorded) == before


def test_hiding_goes_on_to_the_next_track(view: TimelineView, recorded: Document) -> None:
    select(view, recorded, "bank-1")
    view.arranging.hide_selected()
    assert selected(recorded) == "bank-2"
    view.arranging.hide_selected()
    assert not {"bank-1", "bank-2"} & set(names(view, recorded))
    assert selected(recorded) == "MainThread"
    view.arranging.show_hidden()
    assert {"bank-1", "bank-2"} <= set(names(view, recorded))


def test_a_thread_s_process_is_collapsed_and_stepped_over(view: TimelineView, recorded: Document) -> None:
    select(view, recorded, "bank-1")
    view.arranging.collapse_selected()
    assert names(view, recorded)[-1] == "bank"
    view.previous_track()
    assert selected(recorded) == "shop-2"
    view.next_track()  # onto the collapsed process
    view.arranging.collapse_selected()
    assert names(view, recorded)[-1] == "bank-2"
    view.arranging.collapse_all()
    assert names(view, recorded) == ["shop", "bank"]
    view.arranging.collapse_all()
    assert len(names(view, recorded)) == 8


def test_tracks_and_processes_are_moved(view: TimelineView, recorded: Document) -> None:
    select(view, recorded, "shop-2")
    view.arranging.move_selected(-1)
    assert names(view, recorded)[1:4] == ["MainThread", "shop-2", "shop-1"]
    view.arranging.move_selected(1)
    view.arranging.move_selected(1)  # the last already
    assert names(view, recorded)[1:4] == ["MainThread", "shop-1", "shop-2"]


def test_a_name_is_dropped_only_among_its_own(view: TimelineView, recorded: Document) -> None:
    before = names(view, recorded)
    rows = {recorded.tracks[row.track].name: row for row in view.viewport.rows}
    start, end = (QPoint(40, rows[name].y + 3) for name in ("shop-1", "bank-2"))
    QTest.mousePress(view.headers, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(view.headers, start + QPoint(0, 30))
    QTest.mouseMove(view.headers, end)
    QTest.mouseRelease(view.headers, Qt.MouseButton.LeftButton, pos=end)
    assert names(view, recorded) == before


def test_the_keys_arrange_the_selected_track(window: MainWindow) -> None:
    window.document.show(two_processes(), Origin("two"), Phase.LOADED)
    window.show_timeline()
    window.activateWindow()
    view, canvas = window.timeline, window.timeline.canvas
    canvas.setFocus()
    select(view, window.document, "bank-1")
    QTest.keyClick(canvas, Qt.Key.Key_P)
    assert names(view, window.document)[0] == "bank-1"
    QTest.keyClick(canvas, Qt.Key.Key_P)
    QTest.keyClick(canvas, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert names(view, window.document)[-3:] == ["bank-1", "MainThread", "bank-2"]
    QTest.keyClick(canvas, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    QTest.keyClick(canvas, Qt.Key.Key_C)
    assert names(view, window.document)[-1] == "bank"
    QTest.keyClick(canvas, Qt.Key.Key_C)
    QTest.keyClick(canvas, Qt.Key.Key_H)
    assert names(view, window.document)[-3:] == ["bank", "MainThread", "bank-2"]
    QTest.keyClick(canvas, Qt.Key.Key_H, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(canvas, Qt.Key.Key_C, Qt.KeyboardModifier.ShiftModifier)
    assert names(view, window.document) == ["shop", "bank"]
    for _ in range(9):
        window.actions_["undo"].trigger()
    assert names(view, window.document)[-3:] == ["MainThread", "bank-1", "bank-2"]
