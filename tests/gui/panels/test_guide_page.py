"""The guides in the window, on the runs that come with it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.scenarios.guides import CHOICES, CLAIMS
from engine.scenarios.outcome import holds
from engine.scenarios.scenario import Reading
from engine.scenarios.ways import WAYS
from gui.guides import CHOOSE, CLAIMED
from gui.main_window import MainWindow

LONG_MS = 120_000


def test_a_guide_tells_figures_of_runs_and_leads_to_them(qtbot: QtBot, window: MainWindow) -> None:
    window.list.choose(CHOOSE)
    page = window.guide
    assert window.stack.currentWidget() is page
    assert len(page.cards) == len(CHOICES)
    assert not window.actions_["run"].isEnabled(), "it is about no program"
    first = page.cards[0].told["gil_released"]
    qtbot.waitUntil(lambda: first.text().startswith("In the recorded run: Alone"), timeout=LONG_MS)
    times = {**dict.fromkeys(WAYS, 0.5), "processes": 0.21}
    values = {"pieces": 4, "workers": 2, "rounds": 600_000}
    page.proofs.measured("compare_cpu", Reading(holds(""), "processes", times), values)
    told = page.cards[1].told["compare_cpu"].text()
    assert told.startswith("Measured here: ")
    assert "processes 0.21 s" in told
    window.list.choose(CLAIMED)
    assert [card.verdict.text() for card in page.cards[:2]] == ["it depends", "false"]
    assert len(page.cards) == len(CLAIMS)
    QTest.mouseClick(page.cards[0].links["threads_images"], Qt.MouseButton.LeftButton)
    assert window.list.chosen == "threads_images"
    assert window.stack.currentWidget() is window.page
