"""The sentence at the cursor and the figures."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from gui.document import Document, Origin, Phase
from gui.panels.sentence import SentencePanel
from gui.theme import Theme
from tests.helpers.synthetic_store import MS, START_NS, contended


@pytest.fixture
def panel(qtbot: QtBot, theme: Theme, recorded: Document) -> SentencePanel:
    panel = SentencePanel(theme, recorded)
    qtbot.addWidget(panel)
    panel.resize(760, 260)
    panel.show()
    recorded.replaced.emit()
    return panel


def test_the_sentence_names_the_holder_of_the_gil(
    qtbot: QtBot, panel: SentencePanel, recorded: Document
) -> None:
    for ms in (30, 111, 222, 333):
        time = START_NS + ms * MS
        with qtbot.waitSignal(recorded.moment_changed):
            recorded.set_cursor(time)
        holder = recorded.tracks[recorded.store.holder_at(1, time)].name
        assert panel.headline.text().startswith(f"{holder} holds the GIL")
        assert f"{ms}" in panel.kicker.text()


def test_without_a_cursor_it_speaks_of_the_whole_run(panel: SentencePanel, recorded: Document) -> None:
    assert "412\u00a0ms" in panel.headline.text()
    panel.set_overview("You were right", "No faster.", "Alone it took 0.4 s.", 1.02)
    assert panel.headline.text() == "No faster."
    assert panel.kicker.text() == "You were right"


def test_figures_are_counted(qtbot: QtBot, panel: SentencePanel, recorded: Document) -> None:
    qtbot.waitUntil(lambda: panel.cards[0].isVisible())
    assert "66" in panel.cards[0].text
    assert "GIL" in panel.cards[0].text
    panel.set_overview("", "x", "", 1.02)
    qtbot.waitUntil(lambda: "1.02×" in panel.cards[0].text)
    assert "1.02×" in panel.as_text()


def test_a_range_has_its_own_figures(qtbot: QtBot, panel: SentencePanel, recorded: Document) -> None:
    recorded.set_range((START_NS + 100 * MS, START_NS + 150 * MS))
    assert "50\u00a0ms" in panel.headline.text()
    assert "waits for the GIL" in panel.detail.text()
    recorded.set_range(None)
    assert "412\u00a0ms" in panel.headline.text()


def test_live_it_speaks_of_now(qtbot: QtBot, panel: SentencePanel, document: Document) -> None:
    document.show(contended(), Origin("live"), Phase.RUNNING)
    qtbot.waitUntil(lambda: document.moment is not None)
    assert panel.kicker.text().startswith("Now")
    assert "GIL" in panel.headline.text()


def test_text_is_never_cut_off(qtbot: QtBot, panel: SentencePanel, recorded: Document) -> None:
    long = "worker-1 holds the GIL. " * 6
    panel.set_overview("kicker", long, long, 1.5)
    qtbot.waitUntil(lambda: panel.cards[0].isVisible())
    needed = panel._layout.totalHeightForWidth(panel.width())
    assert panel.minimumHeight() >= min(needed, round(panel.window().height() * 0.42))
