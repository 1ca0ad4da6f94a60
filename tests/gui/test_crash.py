"""Faults: told, logged within a bound, remembered over the death of the process."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.exceptions import capture_exceptions
from pytestqt.qtbot import QtBot

from gui import log
from gui.crash import CrashWatch
from gui.dialogs.crash import CrashDialog
from gui.theme import Theme

ROOT = Path(__file__).resolve().parents[2]
_DIES = """
import sys, ctypes
from pathlib import Path
from PySide6.QtCore import QCoreApplication
app = QCoreApplication([])
from gui.crash import CrashWatch
watch = CrashWatch(Path(sys.argv[1]))
print(repr(watch.begin()), flush=True)
if sys.argv[2] == "die":
    ctypes.string_at(0)
watch.end()
"""


@pytest.fixture
def watch(qapp: QApplication, tmp_path: Path) -> Iterator[CrashWatch]:
    watch = CrashWatch(tmp_path)
    assert watch.begin() == ""
    yield watch
    watch.end()
    assert list(tmp_path.glob("faults*")) == []


def start(folder: Path, how: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-X", "faulthandler=0", "-c", _DIES, str(folder), how]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)


def test_an_exception_of_another_thread_is_told_in_the_window(qtbot: QtBot, watch: CrashWatch) -> None:
    def fails() -> None:
        raise ZeroDivisionError("of a thread")

    with qtbot.waitSignal(watch.crashed, timeout=60_000) as crashed:
        thread = threading.Thread(target=fails, name="reader")
        thread.start()
        thread.join()
    assert "ZeroDivisionError: of a thread" in crashed.args[0]
    assert "reader" in crashed.args[0]


def test_an_exception_in_the_event_loop_is_told_and_the_window_goes_on(
    qtbot: QtBot, watch: CrashWatch
) -> None:
    def fails() -> None:
        raise LookupError("in a slot")

    with capture_exceptions(), qtbot.waitSignal(watch.crashed, timeout=60_000) as crashed:
        sys.excepthook = watch._on_exception  # pytest-qt has put its own there
        QTimer.singleShot(0, fails)
    assert "LookupError: in a slot" in crashed.args[0]


def test_a_death_is_told_at_the_next_start_and_only_once(tmp_path: Path) -> None:
    died = start(tmp_path, "die")
    assert died.returncode != 0
    assert "Segmentation fault" in start(tmp_path, "live").stdout
    assert start(tmp_path, "live").stdout == "''\n"


def test_the_report_names_versions_and_no_home_folder(watch: CrashWatch) -> None:
    report = watch.report(f'File "{Path.home()}/x.py"\nValueError: bad')
    assert "Lockstep" in report
    assert "ValueError: bad" in report
    assert str(Path.home()) + "/x.py" not in report


def test_the_dialog_says_what_happened_and_what_is_saved(theme: Theme, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = CrashDialog(theme, "Lockstep 1\n\nTraceback\nValueError: bad\n\nLog:\nx", tmp_path, None)
    assert "ValueError: bad" in dialog.text.text()
    assert str(tmp_path) in dialog.text.text()
    dialog.copy.click()
    assert "ValueError: bad" in QApplication.clipboard().text()
    dialog.reject()


def test_the_log_has_a_bound(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "MOST_BYTES", 4096)
    handler = log.begin(tmp_path)
    try:
        for _ in range(2000):
            log.log.info("a line that is not short at all, so that a few of them fill the file")
    finally:
        log.end(handler)
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == ["lockstep.log", "lockstep.log.1", "lockstep.log.2"]
    assert all(path.stat().st_size <= 4096 for path in tmp_path.iterdir())


def test_where_no_log_can_be_written_the_window_works_without(qapp: QApplication, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    handler = log.begin(tmp_path / "file" / "folder")
    assert handler is None
    log.end(handler)
