"""What stands between the start and the window: no module that the window does not use, no source read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
OPEN = """\
import json, linecache, sys
from gui import app

def tell(window):
    from PySide6.QtCore import QTimer
    print(json.dumps([sorted(sys.modules), sorted(linecache.cache)]))
    QTimer.singleShot(0, window, window.close)

sys.exit(app.main(["--new-window"], opened=tell))
"""


def test_the_window_loads_what_it_uses(tmp_path: Path) -> None:
    """pyqtgraph is only measured against; PySide6 would read every module's source to look for features."""
    folders = {name: str(tmp_path) for name in ("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME")}
    done = subprocess.run(
        [sys.executable, "-c", OPEN],
        cwd=ROOT, env={**os.environ, **folders, "QT_QPA_PLATFORM": "offscreen"},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    modules, sources = json.loads(done.stdout.splitlines()[0])
    assert "gui.main_window" in modules
    assert "pyqtgraph" not in modules
    assert [source for source in sources if Path(source).is_relative_to(ROOT / "gui")] == []
