"""What the measurements of the window share: a program without anybody's settings, percentiles.

GUI thread only.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from PySide6.QtCore import QEvent, QEventLoop, QSettings, QTimer
from PySide6.QtWidgets import QApplication

from gui.interpreters import Interpreter
from gui.language import Languages
from gui.main_window import MainWindow
from gui.settings import Settings
from gui.theme import Theme
from gui.workarounds import keep_none_alive

#: Name → value; the name ends in the unit.
Figures = dict[str, float]


def spread(values_ms: Sequence[float], prefix: str = "") -> Figures:
    """Median, 95 of 100, and the largest; nothing where there are no values."""
    if not len(values_ms):
        return {}
    return {
        f"{prefix}median_ms": float(np.percentile(values_ms, 50)),
        f"{prefix}p95_ms": float(np.percentile(values_ms, 95)),
        f"{prefix}max_ms": float(np.max(values_ms)),
    }


class Stage:
    """Qt, set up as the program sets it up, with settings and sessions in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> Self:
        from gui.app import SWITCH_INTERVAL_S

        self._interval = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH_INTERVAL_S)
        keep_none_alive()
        self._state = os.environ.get("XDG_STATE_HOME")
        os.environ["XDG_STATE_HOME"] = str(self.folder / "state")
        existing = QApplication.instance()
        self.app = existing if isinstance(existing, QApplication) else QApplication(["lockstep"])
        self.app.setStyle("Fusion")
        self.theme = Theme(self.app, choice="light")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.theme.deleteLater()
        self.turn()
        sys.setswitchinterval(self._interval)
        if self._state is None:
            del os.environ["XDG_STATE_HOME"]
        else:
            os.environ["XDG_STATE_HOME"] = self._state

    def window(self, size: tuple[int, int]) -> MainWindow:
        """The program's window, shown."""
        file = self.folder / "settings.ini"
        settings = Settings(QSettings(str(file), QSettings.Format.IniFormat))
        own = Interpreter(sys.executable, ".".join(map(str, sys.version_info[:3])))
        window = MainWindow(self.theme, Languages("en", self.app), settings, [own])
        window.resize(*size)
        window.show()
        self.turn()
        return window

    def close(self, window: MainWindow) -> None:
        """Without asking whether something is to be saved."""
        window.files.saved = True
        window.close()
        window.deleteLater()
        self.turn()

    def turn(self) -> None:
        """Until nothing is left to be done at once."""
        self.app.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        self.app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents)

    def wait(self, milliseconds: int) -> None:
        """Lets the window work for so long, asleep where there is nothing to do.

        An event loop of its own: ``processEvents`` with a deadline comes back at once when there is
        nothing, and asking again and again would take the GIL from the threads that are measured.
        """
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop, loop.quit)
        loop.exec()
