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

from gui.single_instance import FirstWindow

ROOT = Path(__file__).resolve().parents[2]
#: Any start: joins the window that is there, or is the window itself until so many others joined it.
_START = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
app = QCoreApplication([])
from gui.single_instance import FirstWindow
name, others, *files = sys.argv[1:]
first = FirstWindow(name=name)
joined = first.joins([Path(file) for file in files])
heard = []
first.asked.connect(heard.append)
first.asked.connect(lambda _: len(heard) == int(others) and app.quit())
if not joined:
    app.exec()
print(joined)
"""


@pytest.fixture
def name(tmp_path: Path) -> str:
    return str(tmp_path / "socket")


@pytest.fixture
def first(qapp: object, name: str) -> Iterator[FirstWindow]:
    first = FirstWindow(name=name)
    assert not first.joins([])
    assert first.listens
    yield first
    first.close()
    first.deleteLater()


def start(name: str, *files: str, others: int = 1) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _START, name, str(others), *files]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_files_of_a_second_start_arrive(qtbot: QtBot, first: FirstWindow, name: str, tmp_path: Path) -> None:
    file = tmp_path / "名 字.lockstep"
    with qtbot.waitSignal(first.asked, timeout=60_000) as asked:
        process = start(name, str(file))
    assert asked.args == [[file]]
    assert process.communicate(timeout=300)[0] == "True\n"


def test_without_files_the_first_is_only_shown(qtbot: QtBot, first: FirstWindow, name: str) -> None:
    with qtbot.waitSignal(first.asked, timeout=60_000) as asked:
        process = start(name)
    assert asked.args == [[]]
    assert process.communicate(timeout=300)[0] == "True\n"


def test_a_file_that_macos_hands_over_is_opened(qtbot: QtBot, first: FirstWindow, tmp_path: Path) -> None:
    event = QFileOpenEvent(QUrl.fromLocalFile(str(tmp_path / "a.lockstep")))
    with qtbot.waitSignal(first.asked, timeout=60_000) as asked:
        assert first.eventFilter(first, event)
    assert asked.args == [[tmp_path / "a.lockstep"]]


def test_what_a_killed_window_left_is_taken_over(qapp: object, name: str) -> None:
    Path(name).touch()  # the name of a socket at which nobody listens
    again = FirstWindow(name=name)
    assert not again.joins([])
    assert again.listens
    again.close()


def test_a_window_that_hangs_keeps_its_name(qtbot: QtBot, first: FirstWindow, name: str) -> None:
    """Whoever got no answer in time has a window of its own; what it asked is not done later, and the
    next start joins the first one again."""
    heard: list[object] = []
    first.asked.connect(heard.append)
    own = FirstWindow(name=name)
    assert not own.joins([Path("late.lockstep")], patience_ms=1)  # no event loop runs: the first hangs
    assert not own.listens
    with qtbot.waitSignal(first.asked, timeout=60_000):
        process = start(name, "next.lockstep")
    assert process.communicate(timeout=300)[0] == "True\n"
    assert heard == [[ROOT / "next.lockstep"]]


def test_of_starts_at_the_same_moment_one_is_the_window(name: str) -> None:
    starts = [start(name, others=3) for _ in range(4)]
    told = sorted(process.communicate(timeout=300)[0] for process in starts)
    assert told == ["False\n", "True\n", "True\n", "True\n"]


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
