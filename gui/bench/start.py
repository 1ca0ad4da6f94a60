"""How long the program takes to start: from the process to a window that is painted and answers.

Run as a module this is the process that is measured: it says when its window was there, and ends.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gui.bench.measuring import Figures
    from gui.main_window import MainWindow

ROOT = Path(__file__).resolve().parent.parent.parent
TIMEOUT_S = 60


def measure(folder: Path, times: int) -> Figures:
    """Starts it so often, in a folder without settings; the first start is told apart: what it needs
    may not be in memory yet.  perf_counter is one clock for all processes."""
    from engine.errors import LockstepError
    from gui.bench.measuring import spread

    environment = {**os.environ, "XDG_STATE_HOME": str(folder / "start"), "XDG_CONFIG_HOME": str(folder)}
    found = []
    for _ in range(times + 1):
        begin = time.perf_counter_ns()
        done = subprocess.run(
            [sys.executable, "-m", "gui.bench.start"],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )
        if done.returncode or not done.stdout.strip().isdigit():
            raise LockstepError("bench_failed", detail=done.stderr.strip()[-400:] or str(done.returncode))
        found.append((int(done.stdout) - begin) / 1e6)
    return {"starts": times, "first_ms": found[0], **spread(found[1:])}


def main() -> int:
    from gui import app

    return app.main(["--new-window"], opened=_tell_when_usable)


def _tell_when_usable(window: MainWindow) -> None:
    """Painted once, and nothing left that was waiting to be done."""
    from PySide6.QtCore import QEvent, QObject, QTimer

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint:
                window.removeEventFilter(self)
                QTimer.singleShot(0, self, self.tell)
            return super().eventFilter(watched, event)

        def tell(self) -> None:
            print(time.perf_counter_ns(), flush=True)
            window.close()

    window.installEventFilter(Watch(window))


if __name__ == "__main__":
    raise SystemExit(main())
