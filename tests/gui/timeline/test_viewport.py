"""Navigation: zoom, pan, fit, undo and redo, following a live run."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.model import State, TrackKind
from gui.timeline.viewport import Viewport
from tests.helpers.synthetic_store import MS, START_NS, StoreBuilder, contended

END_NS = START_NS + 412 * MS


@pytest.fixture
def port(qapp: QApplication) -> Viewport:
    store = contended()
    port = Viewport()
    port.resize(1000, 400)
    port.show_recording(store.tracks, store.start_ns, store.end_ns)
    return port


def test_a_recording_is_shown_whole(port: Viewport) -> None:
    assert 0 <= port.transform.x_of(START_NS) < 20
    assert 980 < port.transform.x_of(END_NS) <= 1000
    assert not port.following


def test_the_start_of_the_interpreter_is_left_out_at_first(qapp: QApplication) -> None:
    builder = StoreBuilder()
    process = builder.process()
    builder.span(builder.track(TrackKind.THREAD, "main", parent=process, start_ms=90), 90, 150, State.RUNNING)
    store = builder.store()
    port = Viewport()
    port.resize(1000, 300)
    port.show_recording(store.tracks, store.start_ns, store.end_ns)
    assert store.start_ns == builder.start_ns
    assert 0 <= port.transform.x_of(builder.at(90)) < 20
    port.fit_all()
    assert 0 <= port.transform.x_of(builder.start_ns) < 20


def test_zoom_is_about_the_pointer(port: Viewport) -> None:
    before = port.transform.t_of(300)
    port.zoom(4.0, 300)
    assert abs(port.transform.t_of(300) - before) <= 2
    assert port.transform.length_ns == pytest.approx(420 * MS / 4, rel=0.02)


def test_zoom_ends_at_a_nanosecond_and_at_the_run(port: Viewport) -> None:
    for _ in range(200):
        port.zoom(2.0, 500)
    assert port.transform.ns_per_px == 1.0
    for _ in range(200):
        port.zoom(0.5, 500)
    assert port.transform.length_ns <= 1.21 * 412 * MS


def test_back_and_forward(port: Viewport) -> None:
    whole = port.transform
    port.fit(START_NS, START_NS + 50 * MS)
    first = port.transform
    port.fit(START_NS + 100 * MS, START_NS + 110 * MS)
    second = port.transform
    port.back()
    assert port.transform == first
    port.back()
    assert port.transform == whole
    port.forward()
    port.forward()
    assert port.transform == second
    assert not port.history.can_go_forward


def test_a_gesture_is_one_step(port: Viewport, qtbot: QtBot) -> None:
    whole = port.transform
    with qtbot.waitSignal(port.history_changed):
        for _ in range(10):
            port.zoom(1.25, 400)
    port.back()
    assert port.transform == whole


def test_going_back_in_the_middle_of_a_gesture_undoes_it(port: Viewport) -> None:
    whole = port.transform
    port.zoom(2, 100)
    port.back()
    assert port.transform == whole


def test_edits_of_the_arrangement_are_undone_and_redone(port: Viewport) -> None:
    rows = [row.track for row in port.rows]
    port.edit(lambda a: a.hidden.add(rows[2]))
    port.edit(lambda a: a.pinned.append(rows[-1]))
    assert port.rows[0].track == rows[-1]
    port.undo_edit()
    port.undo_edit()
    assert [row.track for row in port.rows] == rows
    port.redo_edit()
    assert rows[2] not in [row.track for row in port.rows]
    assert not Viewport().can_undo_edit


def test_resizing_keeps_the_time(port: Viewport) -> None:
    port.fit(START_NS, START_NS + 50 * MS, 0)
    port.resize(500, 300)
    assert port.transform.start_ns == START_NS
    assert port.transform.end_ns == pytest.approx(START_NS + 50 * MS, abs=2)


def test_scrolling_stays_within_the_rows(port: Viewport) -> None:
    port.set_stretch(6.0)
    assert port.max_scroll_px > 0
    port.scroll_to(10**6)
    assert port.scroll_px == port.max_scroll_px
    port.show_row(port.rows[0].track)
    assert port.scroll_px == 0
    port.show_row(port.rows[-1].track)
    assert port.scroll_px > 0
    assert port.visible_rows()[-1].track == port.rows[-1].track


def test_only_rows_in_sight_are_visible(qapp: QApplication) -> None:
    store = contended(threads=60, spans_a_thread=4)
    port = Viewport()
    port.resize(800, 300)
    port.show_recording(store.tracks, store.start_ns, store.end_ns)
    assert len(port.rows) == 62
    assert 5 < len(port.visible_rows()) < 20
    port.scroll_to(500)
    assert port.visible_rows()[0].y <= 500
    row = port.row_under(0)
    assert row is not None
    assert row == port.visible_rows()[0]


def is_following(port: Viewport) -> bool:
    return port.following


class TestFollowing:
    @pytest.fixture
    def live(self, qapp: QApplication) -> Viewport:
        store = contended()
        port = Viewport()
        port.resize(1000, 400)
        port.show_recording(store.tracks, START_NS, START_NS + 1, live=True)
        return port

    def test_the_start_stays_at_the_left_until_the_width_is_full(self, live: Viewport) -> None:
        assert live.following
        live.grow(START_NS, START_NS + 300 * MS, False)
        assert live.transform.x_of(START_NS) == pytest.approx(10, abs=1)
        assert live.transform.x_of(START_NS + 300 * MS) < 1000

    def test_a_young_run_fills_the_width(self, live: Viewport) -> None:
        live.grow(START_NS, START_NS + 400 * MS, False)
        assert 900 < live.transform.x_of(START_NS + 400 * MS) < 1000
        live.zoom(0.5)
        shown = live.transform.ns_per_px
        live.grow(START_NS, START_NS + 600 * MS, False)
        assert live.transform.ns_per_px == shown, "a scale chosen by hand stays"

    def test_then_the_present_stays_in_sight(self, live: Viewport) -> None:
        for seconds in range(1, 8):
            now = START_NS + seconds * 1000 * MS
            live.grow(START_NS, now, False)
            assert 900 < live.transform.x_of(now) < 1000

    def test_zooming_stays_with_the_present_and_panning_leaves_it(self, live: Viewport) -> None:
        now = START_NS + 5000 * MS
        live.grow(START_NS, now, False)
        live.zoom(2.0, 100)
        assert is_following(live)
        assert 900 < live.transform.x_of(now) < 1000
        live.pan(-200)
        assert not is_following(live)
        seen = live.transform
        live.grow(START_NS, now + 1000 * MS, False)
        assert live.transform == seen

    def test_returning(self, live: Viewport, qtbot: QtBot) -> None:
        live.grow(START_NS, START_NS + 5000 * MS, False)
        live.pan(-300)
        with qtbot.waitSignal(live.follow_changed):
            live.follow()
        assert 900 < live.transform.x_of(START_NS + 5000 * MS) < 1000

    def test_at_the_end_who_followed_sees_all_of_it(self, live: Viewport) -> None:
        live.grow(START_NS, START_NS + 5000 * MS, False)
        live.finish()
        assert not live.following
        assert live.transform.x_of(START_NS) >= 0
        assert live.transform.x_of(START_NS + 5000 * MS) <= 1000

    def test_at_the_end_who_looked_elsewhere_is_left_alone(self, live: Viewport) -> None:
        live.grow(START_NS, START_NS + 5000 * MS, False)
        live.pan(-300)
        seen = live.transform
        live.finish()
        assert live.transform == seen
