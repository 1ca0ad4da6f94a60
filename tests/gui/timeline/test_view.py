"""Ruler, headers, minimap, legend, and the keys of the timeline."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.bench.synthetic import many
from engine.model import End, EndKind, State, TrackKind
from gui.document import Document, Origin, Phase
from gui.theme import Theme
from gui.timeline.legend import BASIC
from gui.timeline.rows import RowKind
from gui.timeline.view import TimelineView
from tests.helpers.synthetic_store import MS, START_NS, StoreBuilder, contended


@pytest.fixture
def view(qtbot: QtBot, theme: Theme, recorded: Document) -> TimelineView:
    view = TimelineView(theme, recorded)
    qtbot.addWidget(view)
    view.resize(1100, 560)
    view.show()
    qtbot.waitExposed(view)
    recorded.replaced.emit()
    return view


def track(document: Document, name: str) -> int:
    return next(t.id for t in document.tracks.values() if t.name == name)


# --- ruler ---------------------------------------------------------------------------------


def test_a_click_in_the_ruler_sets_the_cursor_and_a_drag_selects(
    view: TimelineView, recorded: Document
) -> None:
    ruler = view.ruler
    transform = view.viewport.transform
    QTest.mouseClick(ruler, Qt.MouseButton.LeftButton, pos=QPoint(300, 10))
    assert recorded.cursor_ns == pytest.approx(transform.t_of(300), abs=2)
    QTest.mousePress(ruler, Qt.MouseButton.LeftButton, pos=QPoint(200, 10))
    QTest.mouseMove(ruler, QPoint(260, 10))
    QTest.mouseMove(ruler, QPoint(400, 10))
    QTest.mouseRelease(ruler, Qt.MouseButton.LeftButton, pos=QPoint(400, 10))
    assert recorded.range is not None
    assert recorded.range[1] - recorded.range[0] == pytest.approx(200 * transform.ns_per_px, rel=0.05)


def test_the_ruler_paints_with_and_without_a_recording(view: TimelineView, recorded: Document) -> None:
    with_cursor = view.ruler.grab().toImage()
    recorded.set_cursor(START_NS + 100 * MS)
    assert view.ruler.grab().toImage() != with_cursor
    recorded.clear()
    view.ruler.grab()


# --- headers --------------------------------------------------------------------------------


def test_second_lines_say_what_a_track_is_about(view: TimelineView, recorded: Document) -> None:
    headers = view.headers
    tracks = recorded.tracks
    assert headers.subtitle(tracks[track(recorded, "GIL")]) == "who holds it"
    assert headers.subtitle(tracks[track(recorded, "worker-1")]).startswith("runs ")
    failed = tracks[track(recorded, "worker-2")]
    failed.end = End(EndKind.FAILED, "ValueError: no")
    recorded.store.revision += 1
    assert headers.subtitle(failed) == "failed: ValueError: no"


def test_the_tip_has_every_state_with_its_share(view: TimelineView, recorded: Document) -> None:
    row = view.viewport.row_of(track(recorded, "worker-1"))
    assert row is not None
    tip = view.headers.tip_at(QPointF(30, row.y + 5))
    assert "worker-1" in tip
    assert "waits for the GIL" in tip
    assert "%" in tip


def test_a_click_on_a_name_selects_on_that_track(view: TimelineView, recorded: Document) -> None:
    row = view.viewport.row_of(track(recorded, "worker-2"))
    assert row is not None
    QTest.mouseClick(view.headers, Qt.MouseButton.LeftButton, pos=QPoint(40, row.y + 10))
    assert recorded.selection is not None
    assert recorded.selection.track == row.track


def test_names_are_dragged_into_another_order(view: TimelineView, recorded: Document) -> None:
    port = view.viewport
    first, third = (port.row_of(track(recorded, f"worker-{n}")) for n in (1, 3))
    assert first is not None
    assert third is not None
    headers = view.headers
    start = QPoint(40, first.y + first.height // 2)
    end = QPoint(40, third.y + third.height - 4)
    QTest.mousePress(headers, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(headers, start + QPoint(0, 30))
    QTest.mouseMove(headers, end)
    QTest.mouseRelease(headers, Qt.MouseButton.LeftButton, pos=end)
    names = [recorded.tracks[row.track].name for row in port.rows]
    assert names[-3:] == ["worker-2", "worker-3", "worker-1"]
    port.undo_edit()
    assert [recorded.tracks[row.track].name for row in port.rows][-3:] == ["worker-1", "worker-2", "worker-3"]


def test_the_menu_pins_hides_and_shows_again(view: TimelineView, recorded: Document) -> None:
    port, headers = view.viewport, view.headers

    def choose(text: str, name: str) -> None:
        menu = headers.build_menu(port.row_of(track(recorded, name)))
        action = next(a for a in menu.actions() if a.text().startswith(text))
        action.trigger()
        menu.deleteLater()

    choose("Pin to the top", "worker-3")
    assert port.rows[0].track == track(recorded, "worker-3")
    choose("Unpin", "worker-3")
    choose("Hide", "worker-1")
    assert port.row_of(track(recorded, "worker-1")) is None
    choose("Show 1 hidden track", "worker-2")
    assert port.row_of(track(recorded, "worker-1")) is not None


def test_a_process_is_collapsed_by_a_click(qtbot: QtBot, view: TimelineView, recorded: Document) -> None:
    builder = StoreBuilder()
    first = builder.process("parent")
    child = builder.process("child", parent=first, pid=5000)
    for process in (first, child):
        thread = builder.thread("MainThread", process)
        builder.span(thread, 0, 10, State.RUNNING)
    recorded.show(builder.store(), Origin("two"), Phase.LOADED)
    port = view.viewport
    row = next(r for r in port.rows if r.kind is RowKind.PROCESS and r.track == child)
    QTest.mouseClick(view.headers, Qt.MouseButton.LeftButton, pos=QPoint(30, row.y + 5))
    row = next(r for r in port.rows if r.track == child)
    assert row.collapsed
    assert row.summary
    view.grab()
    QTest.mouseClick(view.headers, Qt.MouseButton.LeftButton, pos=QPoint(30, row.y + 5))
    assert not next(r for r in port.rows if r.track == child).collapsed


def test_long_names_make_the_column_wider_within_bounds(
    view: TimelineView, recorded: Document, theme: Theme
) -> None:
    narrow = view.headers.width()
    builder = StoreBuilder()
    process = builder.process()
    builder.span(builder.thread("a thread with quite a long name", process, 1), 0, 1, State.RUNNING)
    recorded.show(builder.store(), Origin("long"), Phase.LOADED)
    assert narrow < view.headers.width() <= theme.px(212)


# --- minimap ----------------------------------------------------------------------------------


def test_the_lens_is_dragged_and_the_view_follows(
    qtbot: QtBot, view: TimelineView, recorded: Document
) -> None:
    minimap, port = view.minimap, view.viewport
    qtbot.waitUntil(lambda: minimap._image is not None)
    port.fit(START_NS + 100 * MS, START_NS + 140 * MS, 0)
    before = port.transform
    lens = minimap._lens()
    middle = round(lens.center().x())
    QTest.mousePress(minimap, Qt.MouseButton.LeftButton, pos=QPoint(middle, 20))
    QTest.mouseMove(minimap, QPoint(middle + 100, 20))
    QTest.mouseRelease(minimap, Qt.MouseButton.LeftButton, pos=QPoint(middle + 100, 20))
    assert port.transform.start_ns > before.start_ns
    assert port.transform.ns_per_px == before.ns_per_px
    right = round(minimap._lens().right())
    QTest.mousePress(minimap, Qt.MouseButton.LeftButton, pos=QPoint(right, 20))
    QTest.mouseMove(minimap, QPoint(right + 60, 20))
    QTest.mouseRelease(minimap, Qt.MouseButton.LeftButton, pos=QPoint(right + 60, 20))
    assert port.transform.ns_per_px > before.ns_per_px


def test_a_click_beside_the_lens_goes_there(qtbot: QtBot, view: TimelineView) -> None:
    port = view.viewport
    port.fit(START_NS, START_NS + 20 * MS, 0)
    QTest.mouseClick(view.minimap, Qt.MouseButton.LeftButton, pos=QPoint(view.minimap.width() // 2, 20))
    middle = (port.transform.start_ns + port.transform.end_ns) / 2
    assert middle == pytest.approx(START_NS + 206 * MS, abs=2 * MS)


# --- legend -----------------------------------------------------------------------------------


def test_the_legend_shows_what_occurs(view: TimelineView, recorded: Document) -> None:
    assert set(view.legend.states()) == {State.RUNNING, State.WAIT_GIL, State.WAIT}
    view.legend.grab()
    recorded.clear()
    assert set(view.legend.states()) == set(BASIC)
    assert "waits for the GIL" in view.legend.accessibleDescription()


def test_the_legend_takes_more_lines_where_it_is_narrow(view: TimelineView) -> None:
    view.legend.note(frozenset(State))
    assert view.legend.heightForWidth(400) > view.legend.heightForWidth(1600)


def test_all_lines_of_the_legend_are_in_sight_at_every_width(view: TimelineView, qtbot: QtBot) -> None:
    legend = view.legend
    legend.note(frozenset(State))
    for width in (1900, 1500, 1200, 1000, 800, 620, 900, 1300, 1900):
        view.resize(width, 640)
        qtbot.waitUntil(lambda: legend.height() >= legend.heightForWidth(legend.width()))
        assert legend.height() <= legend.heightForWidth(legend.width()) + 2


# --- keys -------------------------------------------------------------------------------------


def test_next_and_previous_span(view: TimelineView, recorded: Document) -> None:
    view.next_span()
    assert recorded.selection is not None
    first = recorded.selection
    view.next_span()
    second = recorded.selection
    assert second.track == first.track
    assert second.index == first.index + 1
    assert recorded.cursor_ns == second.start_ns
    view.previous_span()
    assert recorded.selection == first


def test_next_and_previous_track_keep_the_cursor(view: TimelineView, recorded: Document) -> None:
    recorded.set_cursor(START_NS + 100 * MS)
    view.next_track()
    assert recorded.selection is not None
    names = []
    for _ in range(4):
        names.append(recorded.tracks[recorded.selection.track].name)
        view.next_track()
    assert names == ["GIL", "MainThread", "worker-1", "worker-2"]
    assert recorded.cursor_ns == START_NS + 100 * MS
    view.previous_track()
    assert recorded.tracks[recorded.selection.track].name == "worker-2"


def test_fitting_the_selection_the_range_and_everything(view: TimelineView, recorded: Document) -> None:
    port = view.viewport
    worker = track(recorded, "worker-1")
    recorded.select(worker, 3)
    selection = recorded.selection
    assert selection is not None
    view.fit_selection()
    assert port.transform.x_of(selection.start_ns) > 0
    assert port.transform.x_of(selection.end_ns) < port.transform.width_px
    view.range_of_span()
    assert recorded.range == (selection.start_ns, selection.end_ns)
    recorded.set_range((START_NS + 50 * MS, START_NS + 60 * MS))
    view.fit_selection()
    assert port.transform.length_ns < 14 * MS
    recorded.set_range(None)
    recorded.clear_selection()
    view.fit_selection()
    assert port.transform.length_ns > 400 * MS


def test_start_end_zoom_pan_and_taller(view: TimelineView, recorded: Document) -> None:
    port = view.viewport
    view.go_to_end()
    assert recorded.cursor_ns == START_NS + 412 * MS
    view.go_to_start()
    assert recorded.cursor_ns == START_NS
    view.zoom_in()
    view.zoom_in()
    shown = port.transform.length_ns
    start = port.transform.start_ns
    view.pan_right()
    assert port.transform.start_ns > start
    view.pan_left()
    assert port.transform.start_ns == pytest.approx(start, abs=3)
    view.zoom_out()
    assert port.transform.length_ns > shown
    height = port.rows[-1].height
    view.taller()
    assert port.rows[-1].height > height
    view.lower()
    assert port.rows[-1].height == height


# --- finding one's way in many ------------------------------------------------------------------


def test_two_hundred_tracks_can_be_searched(qtbot: QtBot, view: TimelineView, recorded: Document) -> None:
    assert view.filter.isHidden()
    recorded.show(many(200, 10, 100.0), Origin("many"), Phase.LOADED)
    assert not view.filter.isHidden()
    assert len(view.viewport.rows) == 200
    QTest.keyClicks(view.filter, "worker-19")
    assert len(view.viewport.rows) == 11
    view.grab()
    view.filter.clear()
    assert len(view.viewport.rows) == 200


# --- live ---------------------------------------------------------------------------------------


def test_live_the_button_leads_back_to_the_present(
    qtbot: QtBot, view: TimelineView, document: Document
) -> None:
    document.show(contended(), Origin("live"), Phase.RUNNING)
    assert view.follow_button.isHidden()
    view.viewport.pan(-100)
    assert not view.follow_button.isHidden()
    document.set_cursor(START_NS)
    QTest.mouseClick(view.follow_button, Qt.MouseButton.LeftButton)
    assert document.cursor_ns is None
    assert view.follow_button.isHidden()
    document.set_phase(Phase.ENDED)
    assert not view.viewport.following
    assert view.follow_button.isHidden()


def test_looking_at_a_moment_leaves_the_present(view: TimelineView, document: Document) -> None:
    document.show(contended(), Origin("live"), Phase.RUNNING)
    row = view.viewport.row_of(track(document, "worker-1"))
    assert row is not None
    QTest.mouseClick(view.canvas, Qt.MouseButton.LeftButton, pos=QPoint(200, row.y + 20))
    assert not view.viewport.following


def test_kinds_of_tracks_all_paint(view: TimelineView, recorded: Document) -> None:
    builder = StoreBuilder()
    process = builder.process()
    main = builder.thread("MainThread", process)
    builder.span(main, 0, 5, State.RUNNING)
    for number, state in enumerate(s for s in State if s not in (State.OWNED, State.FREE)):
        task = builder.track(TrackKind.TASK, f"task-{number}", parent=main)
        builder.span(task, 0, 5, state)
    lock, number = builder.lock("lock", process)
    builder.span(lock, 0, 3, State.OWNED, owner=main, object=number)
    builder.span(lock, 3, 5, State.UNOBSERVED, owner=-1, object=number)
    builder.tracks[main].end = End(EndKind.KILLED, "SIGKILL")
    recorded.show(builder.store(), Origin("all"), Phase.LOADED)
    assert not view.grab().isNull()
    assert len(view.viewport.rows) == 16


# --- from code to timeline ----------------------------------------------------------------------


def test_a_line_of_code_leads_to_its_spans_one_after_the_other(
    view: TimelineView, recorded: Document
) -> None:
    file = "/home/ada/cpu_threads.py"
    recorded.set_cursor(START_NS)
    assert view.show_line(file, 5)
    first = recorded.selection
    assert first is not None
    assert recorded.tracks[first.track].name.startswith("worker")
    assert view.show_line(file, 5)
    second = recorded.selection
    assert second is not None
    assert second.start_ns > first.start_ns
    assert recorded.lit_places
    plain = view.canvas.grab().toImage()
    assert not view.show_line(file, 4711)
    assert not recorded.lit_places
    assert view.canvas.grab().toImage() != plain


def test_escape_leads_back_to_the_whole_run(view: TimelineView, recorded: Document) -> None:
    view.show_line("/home/ada/cpu_threads.py", 5)
    view.canvas.setFocus()
    QTest.keyClick(view.canvas, Qt.Key.Key_Escape)
    assert recorded.selection is None
    assert recorded.cursor_ns is None
    assert not recorded.lit_places


def test_tasks_are_collapsed_under_their_thread(view: TimelineView, recorded: Document) -> None:
    builder = StoreBuilder()
    main = builder.thread("MainThread", builder.process())
    builder.span(main, 0, 10, State.RUNNING)
    tasks = [builder.track(TrackKind.TASK, f"task-{i}", parent=main) for i in range(3)]
    for task in tasks:
        builder.span(task, 0, 10, State.SUSPENDED)
    recorded.show(builder.store(), Origin("tasks"), Phase.LOADED)
    port = view.viewport
    row = port.row_of(main)
    assert row is not None
    assert row.below == 3
    QTest.mouseClick(view.headers, Qt.MouseButton.LeftButton, pos=QPoint(5, row.y + row.height // 2))
    assert [r.track for r in port.rows] == [main]
    assert view.headers.subtitle(recorded.tracks[main]).startswith("3 track")
    # What one is led to comes into sight whatever keeps it out, and that can be undone.
    view.go_to(tasks[1], builder.at(5))
    assert [r.track for r in port.rows] == [main, *tasks]
    assert recorded.selection is not None
    assert recorded.selection.track == tasks[1]
    port.undo_edit()
    assert [r.track for r in port.rows] == [main]


def test_hidden_tracks_come_back_by_one_click(view: TimelineView, recorded: Document) -> None:
    assert not view.hidden_button.isVisible()
    worker = track(recorded, "worker-1")
    view.viewport.edit(lambda arrangement: arrangement.hidden.add(worker))
    assert view.hidden_button.isVisible()
    assert "1" in view.hidden_button.text()
    view.hidden_button.click()
    assert view.viewport.row_of(worker) is not None
    assert not view.hidden_button.isVisible()


def test_a_filter_gives_way_to_what_one_is_led_to(view: TimelineView, recorded: Document) -> None:
    view.filter.setText("worker-2")
    worker = track(recorded, "worker-1")
    assert view.viewport.row_of(worker) is None
    view.go_to(worker)
    assert view.viewport.row_of(worker) is not None
    assert view.filter.text() == ""


def test_a_lock_that_nobody_named_says_where_it_was_made(view: TimelineView, recorded: Document) -> None:
    builder = StoreBuilder()
    process = builder.process()
    builder.span(builder.thread("MainThread", process), 0, 10, State.RUNNING)
    place = builder.location("bank.py", 16)
    known, number = builder.lock("", process)
    builder.objects[number] = replace(builder.objects[number], location=place)
    unknown, _ = builder.lock("", process, sort="RLock")
    for lock in (known, unknown):
        builder.span(lock, 0, 10, State.OWNED)
    recorded.show(builder.store(), Origin("x"), Phase.LOADED)
    titles = []
    for lock in (known, unknown):
        row = view.viewport.row_of(lock)
        assert row is not None
        titles.append(view.headers.tip_at(QPointF(30, row.y + 5)).splitlines()[0])
    assert titles == ["Lock · bank.py:16 (lock)", "RLock (lock)"]
    view.headers.grab()


# --- layout -----------------------------------------------------------------------------------


def test_no_part_comes_or_goes_while_the_layout_places_them(view: TimelineView, qtbot: QtBot) -> None:
    """Those behind the lanes would be left without a place (seen under Wayland, where sizes come late)."""
    assert not view._scroll.isVisible()
    view.canvas.resize(view.canvas.width(), 70)
    assert view.viewport.max_scroll_px
    assert not view._scroll.isVisible()
    qtbot.waitUntil(view._scroll.isVisible)
    parts = [part.geometry() for part in (view.ruler, view.canvas, view.minimap, view.legend)]
    assert all(above.bottom() < below.top() for above, below in pairwise(parts))
