"""The lanes: what is painted where, and what pointer and wheel do."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.assembler.delta import Delta
from engine.model import MarkKind, State
from gui.document import Document, Origin, Phase
from gui.palette import LIGHT
from gui.theme import Theme
from gui.timeline.canvas import LaneCanvas
from gui.timeline.styles import bar_room
from gui.timeline.viewport import Viewport
from tests.helpers.synthetic_store import MS, START_NS, StoreBuilder, spans_of

WIDTH, HEIGHT = 1000, 300


@pytest.fixture
def viewport(qapp: QApplication) -> Viewport:
    return Viewport()


@pytest.fixture
def canvas(qtbot: QtBot, theme: Theme, document: Document, viewport: Viewport) -> LaneCanvas:
    """0–10 ms: the thread runs, waits for the GIL, sleeps, waits for a lock, 2 ms each, then nothing."""
    builder = StoreBuilder()
    process = builder.process()
    lock_track, lock = builder.lock("total_lock", process)
    thread = builder.thread("worker", process, 1)
    other = builder.thread("other", process, 2)
    for i, state in enumerate((State.RUNNING, State.WAIT_GIL, State.SLEEP, State.WAIT_LOCK)):
        columns = {"object": lock, "owner": other} if state is State.WAIT_LOCK else {}
        builder.span(thread, 2 * i, 2 * i + 2, state, **columns)
    builder.span(other, 0, 10, State.RUNNING)
    builder.span(lock_track, 5, 8, State.OWNED, owner=other, object=lock, depth=1)
    builder.mark(thread, 1.0, MarkKind.GC, "generation 2", 1.5)
    canvas = LaneCanvas(theme, document, viewport)
    qtbot.addWidget(canvas)
    canvas.resize(WIDTH, HEIGHT)
    document.show(builder.store(), Origin("test"), Phase.LOADED)
    canvas.show()
    viewport.resize(WIDTH, HEIGHT)
    viewport.show_recording(document.tracks, document.store.start_ns, document.store.end_ns)
    viewport.go(viewport.transform.fitted(START_NS, START_NS + 10 * MS))
    qtbot.waitExposed(canvas)
    return canvas


def test_the_queue_stands_below_the_owner_and_grows_with_it(
    canvas: LaneCanvas, document: Document, viewport: Viewport
) -> None:
    lock = track(document, "total_lock")
    spans = document.store.spans(lock)

    def height_of_queue() -> int:
        canvas.invalidate()
        row = next(row for row in viewport.rows if row.track == lock)
        picture = canvas.grab().toImage()
        x = point(canvas, document, viewport, "total_lock", 6.5).x()
        column = [picture.pixelColor(x, viewport.top_of(row) + y).name() for y in range(row.height)]
        return column.count(LIGHT.style(State.WAIT_LOCK).fill)

    one = height_of_queue()
    assert one > 0
    spans["depth"] = 2
    assert height_of_queue() > one
    spans["depth"] = 0
    assert height_of_queue() == 0


def track(document: Document, name: str) -> int:
    return next(t.id for t in document.tracks.values() if t.name == name)


def point(canvas: LaneCanvas, document: Document, viewport: Viewport, name: str, ms: float) -> QPoint:
    """The middle of a track's row at a moment."""
    row = viewport.row_of(track(document, name))
    assert row is not None
    return QPoint(
        round(viewport.transform.x_of(START_NS + round(ms * MS))),
        row.y - viewport.scroll_px + row.height // 2,
    )


def pixel(image: QImage, at: QPoint) -> str:
    return str(QColor(image.pixelColor(at)).name())


def test_states_have_their_colour_height_and_pattern(
    canvas: LaneCanvas, document: Document, viewport: Viewport
) -> None:
    image = canvas.grab().toImage()
    row = viewport.row_of(track(document, "worker"))
    assert row is not None
    full = bar_room(row.height)
    running = point(canvas, document, viewport, "worker", 1.5)
    assert pixel(image, running) == LIGHT.style(State.RUNNING).fill
    assert pixel(image, running - QPoint(0, full // 2 - 3)) == LIGHT.style(State.RUNNING).fill
    waiting = point(canvas, document, viewport, "worker", 3.3)
    colors = {pixel(image, waiting + QPoint(dx, 0)) for dx in range(12)}
    assert LIGHT.style(State.WAIT_GIL).fill in colors
    assert len(colors) > 1, "no pattern"
    grounds = (LIGHT.surface, LIGHT.lane)
    assert pixel(image, waiting - QPoint(0, full // 2 - 3)) in grounds, "a wait is half as tall"
    sleeping = point(canvas, document, viewport, "worker", 5.3)
    assert pixel(image, sleeping) == LIGHT.style(State.SLEEP).fill
    assert pixel(image, sleeping - QPoint(0, full // 4)) in grounds, "sleep is thin"
    nothing = point(canvas, document, viewport, "worker", 9.3)
    assert pixel(image, nothing) in (*grounds, LIGHT.line)


def test_a_click_selects_the_span_and_sets_the_cursor(
    canvas: LaneCanvas, document: Document, viewport: Viewport
) -> None:
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=point(canvas, document, viewport, "worker", 3))
    assert document.selection is not None
    assert document.selection.track == track(document, "worker")
    assert document.selection.start_ns == START_NS + 2 * MS
    assert document.cursor_ns == pytest.approx(START_NS + 3 * MS, abs=20_000)


def test_a_click_beside_everything_clears_the_selection(
    canvas: LaneCanvas, document: Document, viewport: Viewport
) -> None:
    document.select(track(document, "worker"), 0)
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=point(canvas, document, viewport, "worker", 9))
    assert document.selection is None
    assert document.cursor_ns is not None


def wheel(canvas: LaneCanvas, x: int, notches: int, modifiers: Qt.KeyboardModifier) -> None:
    position = QPointF(x, 50)
    event = QWheelEvent(
        position,
        canvas.mapToGlobal(position),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, event)


def test_the_wheel_zooms_about_the_pointer(canvas: LaneCanvas, viewport: Viewport) -> None:
    before = viewport.transform
    wheel(canvas, 250, 1, Qt.KeyboardModifier.NoModifier)
    assert viewport.transform.ns_per_px == pytest.approx(before.ns_per_px / 1.25, rel=1e-3)
    assert viewport.transform.t_of(250) == pytest.approx(before.t_of(250), abs=10_000)


def test_shift_and_wheel_pan(canvas: LaneCanvas, viewport: Viewport) -> None:
    viewport.go(viewport.transform.fitted(START_NS, START_NS + 2 * MS))
    before = viewport.transform
    wheel(canvas, 250, -1, Qt.KeyboardModifier.ShiftModifier)
    assert viewport.transform.ns_per_px == before.ns_per_px
    assert viewport.transform.start_ns > before.start_ns


def drag(canvas: LaneCanvas, start: QPoint, end: QPoint, button: Qt.MouseButton, **keys: object) -> None:
    modifiers = keys.get("modifiers", Qt.KeyboardModifier.NoModifier)
    assert isinstance(modifiers, Qt.KeyboardModifier)
    QTest.mousePress(canvas, button, modifiers, start)
    for step in range(1, 6):
        QTest.mouseMove(canvas, start + (end - start) * step / 5)
        event_point = QPointF(start + (end - start) * step / 5)
        from PySide6.QtCore import QEvent
        from PySide6.QtGui import QMouseEvent

        QApplication.sendEvent(
            canvas,
            QMouseEvent(
                QEvent.Type.MouseMove, event_point, canvas.mapToGlobal(event_point),
                Qt.MouseButton.NoButton, button, modifiers,
            ),
        )  # fmt: skip
    QTest.mouseRelease(canvas, button, modifiers, end)


def test_dragging_pans(canvas: LaneCanvas, document: Document, viewport: Viewport) -> None:
    viewport.go(viewport.transform.fitted(START_NS + 4 * MS, START_NS + 6 * MS))
    grabbed = viewport.transform.t_of(500)
    drag(canvas, QPoint(500, 20), QPoint(300, 20), Qt.MouseButton.LeftButton)
    assert viewport.transform.t_of(300) == pytest.approx(grabbed, abs=20_000)
    assert document.selection is None, "a drag is no click"


def has_range(document: Document) -> bool:
    return document.range is not None


def test_shift_and_dragging_select_a_range(
    canvas: LaneCanvas, document: Document, viewport: Viewport
) -> None:
    before = viewport.transform
    drag(
        canvas, QPoint(200, 20), QPoint(600, 20), Qt.MouseButton.LeftButton,
        modifiers=Qt.KeyboardModifier.ShiftModifier,
    )  # fmt: skip
    assert document.range is not None
    start, end = document.range
    assert start == pytest.approx(before.t_of(200), abs=20_000)
    assert end == pytest.approx(before.t_of(600), abs=20_000)
    assert viewport.transform == before
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert not has_range(document)


def test_a_box_is_zoomed_into(canvas: LaneCanvas, viewport: Viewport) -> None:
    before = viewport.transform
    drag(canvas, QPoint(200, 20), QPoint(600, 90), Qt.MouseButton.RightButton)
    assert viewport.transform.start_ns == pytest.approx(before.t_of(200), abs=20_000)
    assert viewport.transform.end_ns == pytest.approx(before.t_of(600), abs=20_000)


def test_a_double_click_fits_the_span(canvas: LaneCanvas, document: Document, viewport: Viewport) -> None:
    QTest.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=point(canvas, document, viewport, "worker", 3))
    assert viewport.transform.start_ns > START_NS
    assert viewport.transform.end_ns < START_NS + 6 * MS


def test_hovering_a_wait_lights_its_lock_everywhere(
    canvas: LaneCanvas, document: Document, viewport: Viewport, qtbot: QtBot
) -> None:
    lock = next(iter(document.store.objects))
    with qtbot.waitSignal(document.lit_changed):
        QTest.mouseMove(canvas, point(canvas, document, viewport, "worker", 7))
        QTest.mouseMove(canvas, point(canvas, document, viewport, "worker", 7) + QPoint(1, 0))
    assert document.lit_object == lock
    canvas.grab()


def test_hover_text_says_who_what_how_long(
    canvas: LaneCanvas, document: Document, viewport: Viewport
) -> None:
    text = canvas.tip_at(QPointF(point(canvas, document, viewport, "worker", 7)))
    assert "worker" in text
    assert "total_lock" in text
    assert "other" in text
    assert "2\u00a0ms" in text
    owned = canvas.tip_at(QPointF(point(canvas, document, viewport, "total_lock", 6)))
    assert "other holds total_lock" in owned
    assert canvas.tip_at(QPointF(point(canvas, document, viewport, "worker", 9))) == ""


def test_a_mark_has_its_own_hover_text(canvas: LaneCanvas, document: Document, viewport: Viewport) -> None:
    row = viewport.row_of(track(document, "worker"))
    assert row is not None
    at = QPointF(viewport.transform.x_of(START_NS + 1 * MS), row.y + 3)
    assert "garbage collection" in canvas.tip_at(at)


def test_selection_arrow_and_overlays_paint_over_the_picture(
    canvas: LaneCanvas, document: Document, viewport: Viewport
) -> None:
    plain = canvas.grab().toImage()
    document.select(track(document, "worker"), 3)
    document.set_range((START_NS + 1 * MS, START_NS + 2 * MS))
    assert canvas.grab().toImage() != plain
    x = round(viewport.transform.x_of(document.now_ns))
    assert pixel(canvas.grab().toImage(), QPoint(x, HEIGHT - 2)) == LIGHT.accent


def test_an_empty_document_paints_nothing_and_takes_clicks(
    canvas: LaneCanvas, document: Document, viewport: Viewport
) -> None:
    document.clear()
    viewport.show_recording({}, 0, 0)
    canvas.grab()
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    assert document.selection is None


def test_rows_that_only_move_keep_their_lanes_and_those_that_grow_do_not(
    canvas: LaneCanvas, document: Document, viewport: Viewport
) -> None:
    worker, other = track(document, "worker"), track(document, "other")

    def lanes() -> dict[int, object]:
        canvas.renderer.render(document.store, viewport, WIDTH, HEIGHT, 1.0)
        return {item.row.track: item.lane for item in canvas.renderer.drawn}

    first = lanes()
    assert lanes()[worker] is first[worker]
    begin, end = START_NS + 8 * MS, START_NS + 9 * MS
    document.store.apply(
        Delta(now_ns=end, final_ns=end, spans={worker: spans_of([(begin, end, State.RUNNING)])})
    )
    document.note_growth(False)
    grown = lanes()
    assert grown[worker] is not first[worker]
    assert grown[other] is first[other]
    assert len(grown[worker].blocks.x0) == len(first[worker].blocks.x0) + 1  # type: ignore[attr-defined]
    viewport.pan(10)
    assert lanes()[other] is not first[other]
