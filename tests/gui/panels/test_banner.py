"""Messages across the top."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gui.panels.banner import BannerStack, Offer
from gui.theme import Theme


def test_messages_come_replace_each_other_and_go(qtbot: QtBot, theme: Theme) -> None:
    stack = BannerStack(theme)
    qtbot.addWidget(stack)
    assert stack.isHidden()
    done: list[str] = []
    stack.show_message("error", "error", "The script is not there.")
    banner = stack.show_message("saved", "notice", "Saved.", [Offer("Open", lambda: done.append("open"))])
    assert [b.text for b in stack.banners] == ["The script is not there.", "Saved."]
    stack.show_message("error", "error", "Another.")
    assert [b.key for b in stack.banners] == ["saved", "error"]
    QTest.mouseClick(banner.buttons[0], Qt.MouseButton.LeftButton)
    assert done == ["open"]
    assert [b.key for b in stack.banners] == ["error"]
    QTest.mouseClick(stack.banners[0].close_button, Qt.MouseButton.LeftButton)
    assert stack.banners == []
    assert stack.isHidden()


def test_on_a_projector_a_message_is_one_line(qtbot: QtBot, theme: Theme) -> None:
    stack = BannerStack(theme)
    qtbot.addWidget(stack)
    banner = stack.show_message("deadlock", "error", "Deadlock: A waits for B.", brief="Deadlock: A → B")
    assert banner.shown_text == "Deadlock: A waits for B."
    theme.set_projector(True, 1080)
    assert banner.shown_text == "Deadlock: A → B"
    assert banner.text == "Deadlock: A waits for B."
    theme.set_projector(False)
    assert banner.shown_text == "Deadlock: A waits for B."
