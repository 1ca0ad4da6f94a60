"""The right side as a whole: nothing of an earlier recording stays."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from gui.document import Document, Origin, Phase
from gui.panels.side import SELECTED, WAITS, SidePanel
from gui.theme import Theme
from tests.helpers.synthetic_store import contended


def test_code_and_output_are_of_the_recording_shown(qtbot: QtBot, theme: Theme, document: Document) -> None:
    side = SidePanel(theme, document)
    qtbot.addWidget(side)
    with_source = Origin("first", script="first.py", sources={"first.py": "first = 1\n"})
    document.show(contended(), with_source, Phase.LOADED)
    assert side.code.view.toPlainText() == "first = 1\n"
    # its output may have gone to a terminal: that the program was silent is not known
    assert side.output.view.placeholderText() == "The recording has no output."
    document.show(contended(), Origin("second"), Phase.LOADED)
    assert side.code.file == ""
    document.show(contended(), with_source, Phase.RUNNING)
    assert side.output.view.placeholderText() == "The program has not written anything."
    document.clear()
    assert side.code.file == ""
    assert side.output.view.placeholderText() == "What the program writes appears here."


def test_a_clicked_span_is_explained_until_somebody_steps_or_goes_back(
    qtbot: QtBot, theme: Theme, document: Document
) -> None:
    side = SidePanel(theme, document)
    qtbot.addWidget(side)
    document.show(contended(), Origin("run"), Phase.LOADED)
    side.explain_selected()
    assert side.tabs.currentIndex() == SELECTED
    side.show_relations_again()
    assert side.tabs.currentIndex() == WAITS
    side.explain_selected()
    side.tabs.setCurrentIndex(WAITS)  # as by hand
    side.explain_selected()
    assert side.tabs.currentIndex() == WAITS
    side.tabs.setCurrentIndex(SELECTED)
    side.show_relations_again()
    assert side.tabs.currentIndex() == SELECTED, "what was chosen by hand stays"
    document.show(contended(), Origin("another"), Phase.LOADED)
    side.tabs.setCurrentIndex(WAITS)
    document.show(contended(), Origin("one more"), Phase.LOADED)
    side.explain_selected()
    assert side.tabs.currentIndex() == SELECTED
    theme.set_projector(True, 720)
    assert side.tabs.currentIndex() == WAITS, "the room follows it"
    document.show(contended(), Origin("other"), Phase.LOADED)
    side.explain_selected()
    assert side.tabs.currentIndex() == WAITS
