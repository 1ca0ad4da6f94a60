"""The output panel."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.model import OutputChunk
from gui.palette import LIGHT
from gui.panels.output import OutputPanel
from gui.panels.output_buffer import MAX_BYTES
from gui.panels.output_view import VIEW_LINES, stamp
from gui.theme import Theme


@pytest.fixture
def panel(qtbot: QtBot, theme: Theme) -> OutputPanel:
    panel = OutputPanel(theme)
    qtbot.addWidget(panel)
    panel.resize(320, 200)
    panel.show()
    return panel


def lines(panel: OutputPanel) -> list[str]:
    return panel.view.toPlainText().split("\n")


def test_both_streams_in_order_and_apart_in_colour(qtbot: QtBot, panel: OutputPanel) -> None:
    panel.add([OutputChunk(1, 1, b"hello\n"), OutputChunk(2, 2, b"oh no\n"), OutputChunk(3, 1, b"bye\n")])
    qtbot.waitUntil(lambda: lines(panel) == ["hello", "oh no", "bye"])
    block = panel.view.document().findBlockByNumber(1)
    color = block.begin().fragment().charFormat().foreground().color().name()
    assert color == LIGHT.error
    panel._err.click()
    assert lines(panel) == ["hello", "bye"]
    panel._err.click()
    assert lines(panel) == ["hello", "oh no", "bye"]


def test_lines_that_grow_later(qtbot: QtBot, panel: OutputPanel) -> None:
    panel.add([OutputChunk(1, 1, b"count: "), OutputChunk(2, 2, b"warn")])
    qtbot.waitUntil(lambda: lines(panel) == ["count: ", "warn"])
    panel.add([OutputChunk(3, 1, b"1"), OutputChunk(4, 2, b"ing\n")])
    qtbot.waitUntil(lambda: lines(panel) == ["count: 1", "warning"])
    panel.add([OutputChunk(5, 1, b"2\nend\n")])
    qtbot.waitUntil(lambda: lines(panel) == ["count: 12", "warning", "end"])


def test_a_flood_is_bounded_and_said(qtbot: QtBot, panel: OutputPanel) -> None:
    block = (b"z" * 99 + b"\n") * 1000
    for time in range(200):
        panel.add([OutputChunk(time, 1, block)])
    panel.add([OutputChunk(999, 1, b"the end\n")])
    qtbot.waitUntil(lambda: lines(panel)[-1] == "the end")
    assert panel.view.blockCount() <= VIEW_LINES
    assert sum(len(line.text) for line in panel.buffer.lines) <= MAX_BYTES
    assert "not shown" in panel._note.text()


def test_a_click_tells_when_a_line_was_written(qtbot: QtBot, panel: OutputPanel) -> None:
    panel.add([OutputChunk(111, 1, b"one\n"), OutputChunk(222, 1, b"two\n")])
    qtbot.waitUntil(lambda: len(lines(panel)) == 2)
    rect = panel.view.blockBoundingGeometry(panel.view.document().findBlockByNumber(1))
    with qtbot.waitSignal(panel.time_clicked) as clicked:
        QTest.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=rect.center().toPoint())
    assert clicked.args == [222]


def test_input_is_given_with_its_line_break(qtbot: QtBot, panel: OutputPanel) -> None:
    assert panel.input.isHidden()
    panel.accept_input(True)
    panel.input.setText("grüß dich")
    with qtbot.waitSignal(panel.input_given) as given:
        QTest.keyClick(panel.input, Qt.Key.Key_Return)
    assert given.args == ["grüß dich\n".encode()]
    assert panel.input.text() == ""


def test_copying_takes_what_is_shown(qtbot: QtBot, panel: OutputPanel) -> None:
    panel.add([OutputChunk(1, 1, b"out\n"), OutputChunk(2, 2, b"err\n")])
    panel._err.click()
    panel.copy_all()
    assert QApplication.clipboard().text() == "out"


def test_clearing_is_for_another_run(qtbot: QtBot, panel: OutputPanel) -> None:
    panel.add([OutputChunk(1, 1, b"old\n")])
    qtbot.waitUntil(lambda: lines(panel) == ["old"])
    panel.clear(5)
    assert panel.view.toPlainText() == ""
    panel.add([OutputChunk(9, 1, b"new\n")])
    qtbot.waitUntil(lambda: lines(panel) == ["new"])


def test_the_place_in_the_text_follows_the_cursor(qtbot: QtBot, panel: OutputPanel) -> None:
    panel.add([OutputChunk(time, 1, f"line {time}\n".encode()) for time in range(500)])
    qtbot.waitUntil(lambda: panel.view.blockCount() >= 500)
    panel.show_moment(40)
    assert panel.view.textCursor().block().text() == "line 40"


def test_lines_are_stamped_and_a_stamp_leads_to_its_moment(qtbot: QtBot, panel: OutputPanel) -> None:
    panel.clear(1_000_000_000)
    panel.add([OutputChunk(1_412_000_000, 1, b"hello\n"), OutputChunk(1_500_000_000, 2, b"oh no\n")])
    qtbot.waitUntil(lambda: lines(panel) == ["hello", "oh no"], timeout=60_000)
    assert stamp(412_000_000) == "0.412"
    stamps = panel.view._stamps
    assert stamps.isVisible()
    assert panel.view.viewport().x() >= stamps.width()
    with qtbot.waitSignal(panel.time_clicked) as clicked:
        QTest.mouseClick(stamps, Qt.MouseButton.LeftButton, pos=QPoint(5, 8))
    assert clicked.args == [1_412_000_000]
    picture = stamps.grab().toImage()
    bar = [picture.pixelColor(x, y) for x in range(picture.width()) for y in range(picture.height())]
    assert QColor(LIGHT.error) in bar, "what went to stderr is marked not by its colour alone"


def test_a_single_line_is_stamped_too(qtbot: QtBot, panel: OutputPanel) -> None:
    panel.add([OutputChunk(10, 1, b"alone\n")])
    qtbot.waitUntil(lambda: lines(panel) == ["alone"], timeout=60_000)
    assert panel.view._stamps.isVisible()


def test_the_line_written_last_is_lit_at_the_cursor(qtbot: QtBot, panel: OutputPanel) -> None:
    panel.add([OutputChunk(10, 1, b"a\n"), OutputChunk(20, 1, b"b\n")])
    qtbot.waitUntil(lambda: lines(panel) == ["a", "b"], timeout=60_000)
    panel.show_moment(15)
    assert [mark.cursor.blockNumber() for mark in panel.view.extraSelections()] == [0]
    panel.show_moment(None)
    assert panel.view.extraSelections() == []


def test_the_input_can_be_ended(qtbot: QtBot, panel: OutputPanel) -> None:
    panel.accept_input(True)
    panel.input.setFocus()
    panel.activateWindow()
    with qtbot.waitSignal(panel.input_ended, timeout=60_000):
        QTest.keyClick(panel.input, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
