"""The window on a projector: everything fits the screen, and can be read from the back row."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor, QFontMetricsF
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QScrollArea, QTabBar
from pytestqt.qtbot import QtBot

from engine.model import State, TrackKind
from gui.dialogs.keys import KeySheet
from gui.document import Origin, Phase
from gui.interpreters import Interpreter
from gui.language import LANGUAGES, Languages
from gui.main_window import MainWindow
from gui.screenshot import settle
from gui.settings import Settings
from gui.theme import FIGURE, SENTENCE, SMALL, Theme
from tests.helpers.synthetic_store import StoreBuilder, contended


def screen_height() -> int:
    return QApplication.primaryScreen().size().height()


@pytest.fixture(params=LANGUAGES)
def window(
    request: pytest.FixtureRequest, qtbot: QtBot, theme: Theme, settings: Settings
) -> Iterator[MainWindow]:
    """A recording on a projector, the cursor where two threads wait."""
    languages = Languages(request.param)
    window = MainWindow(theme, languages, settings, [Interpreter(sys.executable, "3.13.0")])
    window.show()
    qtbot.waitExposed(window)
    window.document.show(contended(), Origin("Three threads"), Phase.LOADED)
    window.show_timeline()
    settle(window)
    window.actions_["projector"].trigger()
    window.document.set_cursor(window.document.store.start_ns + 100_000_000)
    settle(window)
    yield window
    window.files.saved = True
    window.close()
    languages.choose("en")
    window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def test_it_fits_the_screen(window: MainWindow) -> None:
    assert window.size() == QApplication.primaryScreen().size()
    for part in (window.top, window.timeline, window.sentence, window.side):
        inside = window.rect().contains(part.rect().translated(part.mapTo(window, part.rect().topLeft())))
        assert inside, part


def test_no_text_is_smaller_than_a_33rd_of_the_screen(window: MainWindow) -> None:
    seen = 0
    for kind in (QLabel, QAbstractButton, QTabBar):
        for widget in window.findChildren(kind):
            if not widget.isVisible():
                continue
            metrics = QFontMetricsF(widget.font())
            assert metrics.ascent() + metrics.descent() >= screen_height() / 33, widget
            seen += 1
    assert seen > 6
    for size in (0.5, SMALL * 0.9, SMALL, 1.0, SENTENCE, FIGURE):
        for font in (window.theme.font(size), window.theme.code_font(size)):
            metrics = QFontMetricsF(font)
            assert metrics.ascent() + metrics.descent() >= screen_height() / 33


def test_the_sentence_is_a_24th_and_whole(window: MainWindow) -> None:
    headline = window.sentence.headline
    metrics = QFontMetricsF(headline.font())
    assert metrics.ascent() + metrics.descent() >= screen_height() / 24
    assert headline.text()
    for label in (headline, window.sentence.detail):
        assert label.height() >= label.heightForWidth(label.width())
        assert window.sentence.rect().contains(label.geometry())


def test_small_and_side_matters_are_away(window: MainWindow) -> None:
    for part in (window.list, window.side.output, window.timeline.minimap, window.status):
        assert not part.isVisible()
    assert not any(card.isVisible() for card in window.sentence.cards)
    assert window.timeline.legend.isVisible()
    window.document.set_cursor(None)
    settle(window)
    assert any(card.isVisible() for card in window.sentence.cards)


def test_no_more_than_16_lines_of_code(window: MainWindow) -> None:
    window.side.show_program("long.py", "value = 1\n" * 100)
    settle(window)
    view = window.side.code.view
    assert view.isVisible()
    assert view.viewport().height() / view.fontMetrics().lineSpacing() <= 16.5


def test_no_more_than_8_tracks(window: MainWindow) -> None:
    build = StoreBuilder()
    process = build.process()
    for number in range(40):
        build.span(build.thread(f"t{number}", process, number), 0, 10, State.SLEEP)
    store = build.store()
    assert len(store.of_kind(TrackKind.THREAD)) == 40
    window.document.show(store, Origin("many"), Phase.LOADED)
    settle(window)
    port = window.timeline.viewport
    whole = [row for row in port.visible_rows() if row.y + row.height <= port.scroll_px + port.height_px]
    assert 2 <= len(whole) <= 8
    assert not window.timeline.filter.isVisible(), "a small control"


def test_figures_give_way_to_many_lanes(window: MainWindow) -> None:
    for lanes, shown in ((3, True), (12, False), (3, True)):
        window.document.show(contended(threads=lanes), Origin("some"), Phase.LOADED)
        settle(window)
        assert window.document.cursor_ns is None
        assert any(card.isVisible() for card in window.sentence.cards) is shown, lanes


def test_what_a_person_had_arranged_comes_back(window: MainWindow) -> None:
    window.actions_["projector"].trigger()
    settle(window)
    window.columns.setSizes([250, 300, 240])
    window.columns.splitterMoved.emit(250, 1)
    before = window.columns.sizes()
    for _ in range(2):
        window.actions_["projector"].trigger()
        settle(window)
    assert window.columns.sizes() == before
    assert window.timeline.minimap.isVisible()
    assert window.side.output.isVisible()


# --- ring, black screen, a presenter's remote ------------------------------------------------------


@pytest.mark.parametrize("key", [Qt.Key.Key_B, Qt.Key.Key_Period])
def test_the_screen_goes_black_and_any_key_brings_it_back(window: MainWindow, key: Qt.Key) -> None:
    canvas = window.timeline.canvas
    canvas.setFocus()
    shown, cursor = window.timeline.viewport.transform, window.document.cursor_ns
    QTest.keyClick(canvas, key)
    blank = window.projector.blank
    assert blank.isVisible()
    assert blank.geometry() == window.rect()
    assert window.grab().toImage().pixelColor(300, 200) == QColor("black")
    assert QApplication.focusWidget() is blank
    QTest.keyClick(blank, Qt.Key.Key_W)
    assert not blank.isVisible()
    assert QApplication.focusWidget() is canvas
    assert (window.timeline.viewport.transform, window.document.cursor_ns) == (shown, cursor)


def test_letters_that_are_typed_do_not_blank_the_screen(window: MainWindow) -> None:
    field = window.timeline.filter
    field.show()
    field.setFocus()
    QTest.keyClicks(field, "b.")
    assert field.text() == "b."
    assert not window.projector.blank.isVisible()


def test_escape_leaves_the_projector_and_the_keys_mean_what_they_meant(window: MainWindow) -> None:
    canvas = window.timeline.canvas
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_B)
    QTest.keyClick(window.projector.blank, Qt.Key.Key_Escape)
    on = [window.theme.projector]  # the first Escape only brings the picture back
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    settle(window)
    on.append(window.theme.projector)
    assert on == [True, False]
    assert not window.isFullScreen()
    assert not window.projector.halo.isVisible()
    window.document.clear_selection()
    QTest.keyClick(canvas, Qt.Key.Key_Period)
    assert window.document.selection is not None, "the full stop goes to the next span"
    QTest.keyClick(canvas, Qt.Key.Key_B)
    assert not window.projector.blank.isVisible()


def test_a_ring_goes_with_the_pointer(window: MainWindow) -> None:
    halo = window.projector.halo
    point = window.mapToGlobal(QPoint(500, 300))
    window.activateWindow()
    halo.follow(point)
    assert halo.isVisible()
    assert halo.geometry().center() in (QPoint(500, 300), QPoint(499, 299))
    assert halo.width() >= screen_height() / 12
    assert window.childAt(500, 300) is not halo, "it takes no clicks"
    halo.follow(window.mapToGlobal(QPoint(-50, 300)))
    assert not halo.isVisible()


def test_what_is_said_fits_without_a_cursor_too(window: MainWindow) -> None:
    window.document.set_cursor(None)
    long = "What happened here takes many words to say. " * 8
    window.sentence.set_overview("The whole run", "Three threads were no faster than one.", long)
    settle(window)
    for card in window.sentence.cards:
        assert not card.isVisible() or window.sentence.rect().contains(card.geometry())


def test_the_lanes_get_what_the_sentence_leaves(window: MainWindow) -> None:
    window.document.set_cursor(None)
    window.sentence.set_overview("What happened", "No faster.", "Many words say why that is so. " * 6)
    settle(window)
    window.document.set_cursor(window.document.store.start_ns + 50_000_000)
    settle(window)
    sentence = window.sentence
    assert sentence.height() == sentence.minimumHeight() == window.middle.sizes()[1]
    assert sentence.geometry().bottom() == window.middle.height() - 1


def test_no_button_is_narrower_than_its_text(window: MainWindow) -> None:
    for button in (window.top.run_button, window.top.stop_button):
        assert button.width() >= button.sizeHint().width()


def test_relations_that_come_back_with_a_run_have_their_room(
    qtbot: QtBot, theme: Theme, settings: Settings
) -> None:
    """They were away while the letters grew."""
    window = MainWindow(theme, Languages("en"), settings, [Interpreter(sys.executable, "3.13.0")])
    window.show()
    qtbot.waitExposed(window)
    window.list.choose("threads_cpu_bound")
    settle(window)
    window.actions_["projector"].trigger()
    settle(window)
    window.document.show(contended(), Origin("Three threads"), Phase.LOADED)
    window.show_timeline()
    settle(window)
    tabs = window.side.tabs
    assert tabs.height() >= tabs.fontMetrics().height()
    window.files.saved = True
    window.close()
    window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def test_the_list_comes_with_its_key_and_tables_stay_away(window: MainWindow) -> None:
    assert not window.list.isVisible()
    window.actions_["show_list"].trigger()
    assert window.list.isVisible()
    window.actions_["show_list"].trigger()
    assert not window.list.isVisible()
    window.actions_["find_scenario"].trigger()
    assert window.list.isVisible()
    assert not window.actions_["show_figures"].isEnabled()
    assert not window.actions_["search"].isEnabled()
    window.actions_["projector"].trigger()
    assert window.list.isVisible()
    assert window.actions_["show_figures"].isEnabled()


def test_the_sheet_of_keys_is_scrolled_downwards_only(window: MainWindow) -> None:
    sheet = KeySheet(window.theme, window.actions_, window)
    sheet.show()
    scroll = sheet.findChild(QScrollArea)
    assert isinstance(scroll, QScrollArea)
    assert scroll.horizontalScrollBar().maximum() == 0
    sheet.close()
