"""When it goes wrong: a fault of ours is told with what was saved and a report to copy, and the window
goes on; what kills the process outright is noted in a file and told at the next start.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO

from PySide6.QtCore import QObject, Qt, Signal

from gui.log import about_system, log, tail

FAULTS = "faults-{pid}.txt"
_LONGEST = 20_000


class CrashWatch(QObject):
    """``crashed`` (the traceback's text), in the GUI thread, for every exception nobody caught, in
    any thread.  ``begin`` and ``end`` are called in the GUI thread."""

    crashed = Signal(str)
    _arrived = Signal(str)

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.folder = folder
        self._faults: IO[bytes] | None = None
        self._arrived.connect(self.crashed, Qt.ConnectionType.QueuedConnection)
        self._before: tuple[object, object] = (sys.excepthook, threading.excepthook)

    def begin(self) -> str:
        """Watch from now on.  Gives what an earlier window that died left behind, or an empty text."""
        left = self._left_behind()
        self._before = (sys.excepthook, threading.excepthook)
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._faults = self._faults_file().open("wb")
            faulthandler.enable(self._faults)
        return left

    def end(self) -> None:
        """The window was closed as it should be."""
        sys.excepthook, threading.excepthook = self._before  # type: ignore[assignment]
        if self._faults is not None:
            faulthandler.disable()
            self._faults.close()
            self._faults = None
            self._faults_file().unlink(missing_ok=True)

    def report(self, details: str) -> str:
        """What to send to us: versions, what happened, the log's end; no file of the user's."""
        home = str(Path.home())
        text = f"{about_system()}\n\n{details.strip()}\n\nLog:\n{tail(self.folder)}\n"
        return text.replace(home, "~")

    def _faults_file(self) -> Path:
        return self.folder / FAULTS.format(pid=os.getpid())

    def _left_behind(self) -> str:
        """The newest fault of processes that are gone; takes all of those off the disk."""
        found: list[tuple[float, str]] = []
        for path in self.folder.glob(FAULTS.format(pid="*")):
            number = path.stem.removeprefix("faults-")
            if number.isdigit() and _lives(int(number)):
                continue
            with contextlib.suppress(OSError):
                text = path.read_text(encoding="utf-8", errors="replace")[:_LONGEST]
                if text.strip():
                    found.append((path.stat().st_mtime, text))
                path.unlink()
        return max(found, default=(0.0, ""))[1]

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        self._tell("".join(traceback.format_exception(kind, error, trace)))

    def _on_thread_exception(self, arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is None or issubclass(arguments.exc_type, SystemExit):
            return
        name = arguments.thread.name if arguments.thread is not None else "?"
        details = "".join(traceback.format_exception(arguments.exc_value))
        self._tell(f"Thread {name}\n{details}")

    def _tell(self, details: str) -> None:
        log.error("%s", details)
        if sys.stderr is not None:
            print(details, file=sys.stderr)
        self._arrived.emit(details)


def _lives(pid: int) -> bool:
    """Whether there is a process with this number; it may be another by now, then we ask later."""
    if pid == os.getpid():
        return False
    if sys.platform == "win32":
        return _opens(pid)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _opens(pid: int) -> bool:
    """Windows: os.kill would end it."""
    import ctypes

    kernel: Callable[..., int] = ctypes.WinDLL("kernel32").OpenProcess  # type: ignore[attr-defined,unused-ignore]
    return bool(kernel(0x1000, False, pid))
