"""A fault in the window: what is kept when it is closed over it, what a dead one left behind."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine import session as sessions
from gui.crash import CrashWatch
from gui.document import Phase
from gui.main_window import MainWindow
from gui.trouble import Trouble

LONG_MS = 60_000


@pytest.fixture
def trouble(window: MainWindow, tmp_path: Path) -> Trouble:
    return Trouble(window, CrashWatch(tmp_path / "log", window))


def test_closing_over_a_fault_keeps_the_run(
    qtbot: QtBot, window: MainWindow, trouble: Trouble, tmp_path: Path
) -> None:
    script = tmp_path / "mine.py"
    script.write_text("print('mine')\n")
    window.open_path(script)
    window.running.run()
    qtbot.waitUntil(lambda: window.document.phase is Phase.ENDED, timeout=LONG_MS)
    folder = window.document.origin.session_folder
    assert folder is not None
    trouble._watch.crashed.emit("Traceback\nValueError: bad")
    dialog = trouble.dialog
    assert dialog is not None
    assert str(folder) in dialog.text.text()
    trouble._watch.crashed.emit("Traceback\nValueError: a second")
    assert trouble.dialog is dialog
    dialog.quit.click()
    assert not window.isVisible()
    assert (folder / "session.json").is_file()
    sessions.discard(folder)


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Escape], ids=["enter", "escape"])
def test_going_on_keeps_the_window(window: MainWindow, trouble: Trouble, key: Qt.Key) -> None:
    """Only the button that says so closes it."""
    trouble._watch.crashed.emit("Traceback\nValueError: bad")
    dialog = trouble.dialog
    assert dialog is not None
    QTest.keyClick(dialog, key)
    assert window.isVisible()
    assert trouble.dialog is None


def test_what_killed_an_earlier_window_is_told_with_a_report(window: MainWindow, trouble: Trouble) -> None:
    trouble.tell_left_behind("")
    assert not window.banners.banners
    trouble.tell_left_behind("Fatal Python error: Segmentation fault")
    window.banners.banners[0].buttons[0].click()
    assert "Segmentation fault" in QApplication.clipboard().text()
