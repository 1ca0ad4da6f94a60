"""A window never begins larger than its screen."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gui.app import TITLE_BAR_PX, fill_small_screen


@pytest.mark.parametrize(("wider", "higher", "filled"), [(0, 0, False), (1, 0, True), (0, 1, True)])
def test_a_window_larger_than_its_screen_fills_it(
    qtbot: QtBot, wider: int, higher: int, filled: bool
) -> None:
    room = QApplication.primaryScreen().availableGeometry()
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(room.width() + wider, room.height() - TITLE_BAR_PX + higher)
    fill_small_screen(window)
    assert window.isMaximized() is filled
