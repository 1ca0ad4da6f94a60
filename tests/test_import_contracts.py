"""The layers hold, and each contract that holds them fails when it is broken."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("engine", "gui", "tests", "pyproject.toml")


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    tool = Path(sys.executable).with_name("lint-imports")
    return subprocess.run([tool, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the sources that a test may breach."""
    for name in PARTS:
        source = ROOT / name
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "*.seg", "*.lockstep")
            shutil.copytree(source, tmp_path / name, ignore=ignored)
        else:
            shutil.copy(source, tmp_path / name)
    return tmp_path


def test_contracts_hold() -> None:
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("file", "breach", "contract"),
    [
        ("engine/model.py", "import gui", "gui, engine: never upward"),
        (
            "engine/model.py",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import gui",
            "gui, engine: never upward",
        ),
        ("gui/__init__.py", "import main", "nothing imports main"),
        ("engine/model.py", "import PySide6.QtCore", "the engine imports no Qt"),
        ("engine/agent/layout.py", "import numpy", "the agent imports the standard library"),
        ("engine/agent/layout.py", "from .. import model", "the agent imports the standard library"),
        ("engine/agent/__init__.py", "from engine.agent import layout", "the agent imports"),
        ("engine/observer/__init__.py", "from engine import model", "the observer imports"),
        ("engine/observer/__init__.py", "import platformdirs", "the observer imports"),
    ],
)
def test_a_breach_is_found(tree: Path, file: str, breach: str, contract: str) -> None:
    with (tree / file).open("a") as source:
        source.write(f"\n{breach}\n")
    done = lint_imports(tree)
    assert done.returncode == 1, done.stdout + done.stderr
    broken = [line for line in done.stdout.splitlines() if line.endswith("BROKEN")]
    assert len(broken) == 1
    assert broken[0].startswith(contract)
