"""The whole engine can be imported where there is no Qt."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

IMPORT_ALL = """
import importlib, pkgutil, sys
from tests.helpers import without_qt
without_qt.refuse_qt()
import engine
names = [module.name for module in pkgutil.walk_packages(engine.__path__, "engine.")]
names = [name for name in names if not name.endswith("__main__") and ".programs." not in name]
for name in names:
    importlib.import_module(name)
print(len(names))
"""


def test_every_module_of_the_engine_imports_without_qt() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= 5


def test_qt_is_refused_there() -> None:
    script = "from tests.helpers import without_qt; without_qt.refuse_qt(); import PySide6"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "ModuleNotFoundError: PySide6 cannot be imported in tests of the engine" in done.stderr
