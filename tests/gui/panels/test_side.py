"""The right side as a whole: nothing of an earlier recording stays."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from gui.document import Document, Origin, Phase
from gui.panels.side import SidePanel
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
