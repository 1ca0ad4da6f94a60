"""The window's log: what Qt and we had to say, in the platform's folder for logs, with a bound on its size.

Nothing of the user's programs is written there.
"""

from __future__ import annotations

import logging
import platform
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

import platformdirs
from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler, qVersion

from engine.version import VERSION

MOST_BYTES = 512 * 1024
KEPT = 2
log = logging.getLogger("lockstep")
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def default_folder() -> Path:
    """Where logs go on this platform."""
    return Path(platformdirs.user_log_path("lockstep", appauthor=False))


def begin(folder: Path) -> RotatingFileHandler | None:
    """Write the log into ``folder`` from now on, Qt's messages included; these also go to the
    terminal, as before.  None where nothing can be written there: the window works without."""
    log.setLevel(logging.INFO)
    log.propagate = False
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handler = RotatingFileHandler(
            folder / "lockstep.log", maxBytes=MOST_BYTES, backupCount=KEPT, encoding="utf-8", delay=False
        )
    except OSError:
        return None
    handler.setFormatter(logging.Formatter("%(asctime)s %(process)d %(levelname)s %(message)s"))
    log.addHandler(handler)
    qInstallMessageHandler(_on_qt_message)
    log.info("%s", about_system())
    return handler


def end(handler: RotatingFileHandler | None) -> None:
    qInstallMessageHandler(None)
    if handler is not None:
        log.removeHandler(handler)
        handler.close()


def _on_qt_message(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    log.log(_LEVELS.get(kind, logging.WARNING), "Qt: %s", text)
    if kind is not QtMsgType.QtDebugMsg and sys.stderr is not None:
        print(text, file=sys.stderr)


def about_system() -> str:
    """One line: versions and platform, nothing about the person."""
    return (
        f"Lockstep {VERSION}, Python {platform.python_version()}, Qt {qVersion()}, "
        f"{platform.system()} {platform.release()} {platform.machine()}"
    )


def tail(folder: Path, lines: int = 60) -> str:
    """The log's last lines; empty when there is none."""
    try:
        text = (folder / "lockstep.log").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])
