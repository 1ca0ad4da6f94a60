"""The first minutes: sample, large button, tour."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.recording import load
from engine.scenarios import lesson
from gui.document import Phase
from gui.first_minutes import SAMPLE, FirstMinutes
from gui.main_window import MainWindow
from gui.panels.sample_bar import SampleBar
from gui.settings import Settings
from gui.tour import STEPS, Tour

LONG_MS = 60_000


@pytest.fixture
def first(qtbot: QtBot, window: MainWindow, settings: Settings) -> FirstMinutes:
    first = FirstMinutes(window, settings)
    assert first.wanted
    first.open_sample()
    qtbot.waitUntil(lambda: first.tour is not None, timeout=LONG_MS)
    return first


def tour_of(first: FirstMinutes) -> Tour | None:
    return first.tour


def bar_of(first: FirstMinutes) -> SampleBar | None:
    return first.bar


def shown_tour(first: FirstMinutes) -> Tour:
    assert first.tour is not None
    return first.tour


def shown_bar(first: FirstMinutes) -> SampleBar:
    assert first.bar is not None
    return first.bar


def test_the_sample_is_a_whole_recording_of_a_scenario() -> None:
    recording = load(SAMPLE)
    assert not recording.truncated
    assert recording.info.scenario
    assert recording.store.tracks
    assert recording.info.exit_status == 0
    assert recording.info.scenario not in {step.scenario for step in lesson.LESSON}, (
        "no answer before its question"
    )


def test_the_window_opens_on_the_sample_and_says_where_it_is_from(
    first: FirstMinutes, window: MainWindow, settings: Settings
) -> None:
    assert window.document.phase is Phase.LOADED
    assert window.stack.currentWidget() is window.middle
    assert bar_of(first) is not None
    assert "3.13" in shown_bar(first).text.text()
    assert settings.recent == []
    assert window.choice.scenario == load(SAMPLE).info.scenario
    assert not window.list.all_shown, "the list opens on the lesson"


def test_the_tour_has_five_steps_and_never_comes_back_uninvited(
    qtbot: QtBot, first: FirstMinutes, window: MainWindow, settings: Settings
) -> None:
    tour = tour_of(first)
    assert tour is not None
    seen = []
    for _ in range(STEPS):
        seen.append(tour.card.title.text())
        QTest.keyClick(window, Qt.Key.Key_Right)
    assert len(set(seen)) == STEPS
    assert tour_of(first) is None
    assert settings.tour_seen
    window.actions_["tour"].trigger()
    assert tour_of(first) is not None
    shown_tour(first).end()
    assert tour_of(first) is None


def test_the_tour_can_be_skipped_at_once(qtbot: QtBot, first: FirstMinutes, window: MainWindow) -> None:
    assert tour_of(first) is not None
    QTest.mouseClick(shown_tour(first).card.skip, Qt.MouseButton.LeftButton)
    assert tour_of(first) is None
    with qtbot.waitSignal(window.control.loaded, timeout=LONG_MS):
        window.control.open_recording(SAMPLE)
    assert tour_of(first) is None


def test_another_recording_ends_the_tour_and_takes_the_bar_away(
    qtbot: QtBot, first: FirstMinutes, window: MainWindow, tmp_path: Path
) -> None:
    other = tmp_path / "mine.lockstep"
    other.write_bytes(SAMPLE.read_bytes())
    with qtbot.waitSignal(window.control.loaded, timeout=LONG_MS):
        window.open_path(other)
    assert tour_of(first) is None
    assert bar_of(first) is None
    assert not first.wanted


def test_the_bar_goes_where_something_else_is_shown(first: FirstMinutes, window: MainWindow) -> None:
    shown_tour(first).end()
    assert not shown_bar(first).isHidden()
    window.stack.setCurrentWidget(window.page)
    assert shown_bar(first).isHidden()
    window.stack.setCurrentWidget(window.middle)
    assert not shown_bar(first).isHidden()


def test_the_windows_keys_rest_during_the_tour(first: FirstMinutes, window: MainWindow) -> None:
    assert tour_of(first) is not None
    before = window.timeline.viewport.transform
    QTest.keyClick(window.timeline.canvas, Qt.Key.Key_W)
    assert window.timeline.viewport.transform == before
    assert shown_tour(first).step == 0


def test_the_card_stays_inside_the_window_and_beside_its_target(first: FirstMinutes) -> None:
    tour = tour_of(first)
    assert tour is not None
    for step in range(STEPS):
        assert tour.step == step
        assert tour.rect().contains(tour.card.geometry())
        assert not tour.lit().isEmpty()
        tour.forward()


def test_the_large_button_runs_the_program_here(
    qtbot: QtBot, first: FirstMinutes, window: MainWindow, settings: Settings
) -> None:
    assert tour_of(first) is not None
    shown_tour(first).end()
    assert bar_of(first) is not None
    window.choice.set_values(window.choice.scenario, {"clerks": 2, "rounds": 2})
    QTest.keyClick(shown_bar(first).run, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.document.phase is Phase.ENDED, timeout=LONG_MS)
    assert bar_of(first) is None
    assert settings.begun
    assert not first.wanted
    assert window.document.origin.path is None


def test_both_speak_chinese(qtbot: QtBot, first: FirstMinutes, window: MainWindow) -> None:
    window.languages.choose("zh_CN")
    labels = (shown_tour(first).card.title, shown_bar(first).run, shown_bar(first).text)
    qtbot.waitUntil(lambda: all(is_chinese(label.text()) for label in labels), timeout=LONG_MS)


def is_chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)
