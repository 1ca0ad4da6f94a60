"""Comparisons in the window, with real runs."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.commands import compare as command_line
from engine.comparison import WAYS, Comparison, Plan, WayFigures
from engine.interpreter import Interpreter
from gui.compare.run import command, plan_for
from gui.compare.words import cells
from gui.document import Phase
from gui.lesson.flow import Step
from gui.main_window import MainWindow

LONG_MS = 120_000

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="programs cannot be observed on Windows yet")


def test_the_command_that_is_named_measures_the_same() -> None:
    import argparse

    plan = plan_for("compare_network", {"pieces": 6, "workers": 4, "delay_s": 0.1}, "")
    assert plan == Plan("network", pieces=6, workers=4, size=100)
    parser = argparse.ArgumentParser()
    command_line.add_arguments(parser)
    options = parser.parse_args(shlex.split(command(plan))[2:])
    same = Plan(options.workload, options.runs, options.pieces, options.workers, options.size)
    assert same == plan


def test_the_figures_are_those_of_the_command() -> None:
    ways = {
        way: WayFigures(way, [400_000_000, 200_000_000 * (number + 1), 500_000_000], [7_000_000], [1_500_000])
        for number, way in enumerate(WAYS)
    }
    python = Interpreter(sys.executable, sys.executable, "3.13.0", "cpython", False)
    result = Comparison(Plan("cpu", runs=3), python, ways)
    shown = cells(ways["threads"], result.speed_up("threads"))
    assert [text.replace("\N{NO-BREAK SPACE}", " ") for text in shown] == [
        *("400 ms", "400–500 ms", "1.00×", "7 ms", "1.5 ms", "–")
    ]
    told = command_line.text(result)
    assert "400 ms" in told
    assert "×1.00" in told


def test_a_comparison_in_the_window_to_its_end_and_into_one_of_its_runs(
    qtbot: QtBot, window: MainWindow
) -> None:
    comparison, flow = window.comparison, window.lesson
    comparison.runs = 1
    comparison.job.ways = ("threads",)
    window.list.choose("compare_io")
    for name, value in (("pieces", 3), ("workers", 3)):
        window.page.form._controls[name].setValue(value)  # type: ignore[attr-defined]
    QTest.mouseClick(window.page.run_button, Qt.MouseButton.LeftButton)
    assert comparison.shown
    assert not window.actions_["run"].isEnabled()
    assert window.actions_["stop"].isEnabled()
    assert "def coroutines" in window.side.code.view.toPlainText()
    page = comparison.page
    qtbot.waitUntil(lambda: not comparison.running, timeout=LONG_MS)
    assert page.lanes.ways == ["threads"]
    for row in page.table.cells.values():
        assert all(label.text() for label in row)
    assert page.table.bars["sequential"].share == 1.0
    assert flow.flow is not None
    assert flow.flow.step is Step.SEEN
    window.actions_["lesson_on"].trigger()
    assert page.headline.text() not in ("", "What did you see?")
    page.grab()
    place = page.lanes.place_of("threads")
    QTest.mouseClick(page.lanes, Qt.MouseButton.LeftButton, pos=place.center())
    qtbot.waitUntil(lambda: window.document.phase is Phase.LOADED, timeout=LONG_MS)
    names = [track.name for track in window.document.tracks.values()]
    assert any("Thread-3" in name for name in names)
    assert window.settings.recent == []
    window.actions_["show_question"].trigger()
    assert comparison.shown, "back to what was measured"


def test_a_comparison_that_is_cancelled_leaves_nothing(qtbot: QtBot, window: MainWindow) -> None:
    window.list.choose("compare_cpu")
    window.actions_["run"].trigger()
    page = window.comparison.page
    qtbot.waitUntil(lambda: page.bar.maximum() > 1, timeout=LONG_MS)
    page.cancel_button.click()
    qtbot.waitUntil(lambda: not window.comparison.running, timeout=LONG_MS)
    assert "Cancelled" in page.progress.text()
    assert not page.table.isVisible()
    assert window.lesson.flow is not None
    assert window.lesson.flow.step is Step.VOTES
    folder = window.comparison.job._folder
    assert folder is not None
    window.comparison.close()
    assert not Path(folder).exists()
