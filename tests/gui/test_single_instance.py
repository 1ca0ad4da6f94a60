"""A second start hands its files to the first."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtNetwork import QLocalSocket
from pytestqt.qtbot import QtBot

from gui.single_instance import FirstWindow, hand_over

ROOT = Path(__file__).resolve().parents[2]
_SECOND = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
app = QCoreApplication([])
from gui.single_instance import hand_over
print(hand_over([Path(name) for name in sys.argv[2:]], sys.argv[1]))
"""


@pytest.fixture
def name(tmp_path: Path) -> str:
    return str(tmp_path / "socket")


@pytest.fixture
def first(qapp: object, name: str) -> Iterator[FirstWindow]:
    first = FirstWindow(name=name)
    assert first.listen()
    yield first
    first.close()
    first.deleteLater()


def second(name: str, *files: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _SECOND, name, *files]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_files_of_a_second_start_arrive(qtbot: QtBot, first: FirstWindow, name: str, tmp_path: Path) -> None:
    file = tmp_path / "名 字.lockstep"
    with qtbot.waitSignal(first.asked, timeout=60_000) as asked:
        process = second(name, str(file))
    assert asked.args == [[file]]
    assert process.communicate(timeout=300)[0] == "True\n"


def test_without_files_the_first_is_only_shown(qtbot: QtBot, first: FirstWindow, name: str) -> None:
    with qtbot.waitSignal(first.asked, timeout=60_000) as asked:
        process = second(name)
    assert asked.args == [[]]
    assert process.communicate(timeout=300)[0] == "True\n"


def test_a_file_that_macos_hands_over_is_opened(qtbot: QtBot, first: FirstWindow, tmp_path: Path) -> None:
    event = QFileOpenEvent(QUrl.fromLocalFile(str(tmp_path / "a.lockstep")))
    with qtbot.waitSignal(first.asked, timeout=60_000) as asked:
        assert first.eventFilter(first, event)
    assert asked.args == [[tmp_path / "a.lockstep"]]


def test_nobody_there(qapp: object, name: str) -> None:
    assert not hand_over([], name)


def test_what_a_killed_window_left_is_taken_over(qapp: object, name: str) -> None:
    killed = FirstWindow(name=name)
    assert killed.listen()
    copied = Path(name)
    assert copied.exists()
    killed.close()
    copied.touch()  # the name of a socket at which nobody listens
    again = FirstWindow(name=name)
    assert not hand_over([], name)
    assert again.listen()
    again.close()


def test_nonsense_is_not_taken_for_files(qtbot: QtBot, first: FirstWindow, name: str) -> None:
    heard: list[object] = []
    first.asked.connect(heard.append)
    socket = QLocalSocket()
    socket.connectToServer(name)
    assert socket.waitForConnected(60_000)
    socket.write(b'{"open": 3}\n')
    socket.flush()
    qtbot.waitUntil(lambda: socket.state() is QLocalSocket.LocalSocketState.UnconnectedState, timeout=60_000)
    assert heard == []
