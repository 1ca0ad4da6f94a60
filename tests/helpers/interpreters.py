"""The interpreters that programs are observed on: every CPython 3.9+ that is installed here.

Looked for: the one that runs the tests, ``python3.X`` on the PATH, pyenv's, and those named in the
environment variable LOCKSTEP_TEST_INTERPRETERS (paths, separated as in PATH).
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

OLDEST, NEWEST = (3, 9), (3, 15)

_ASK = (
    "import platform, sys; "
    "print(sys.version_info[0], sys.version_info[1], platform.python_implementation(), "
    "int(hasattr(sys, '_is_gil_enabled') and not sys._is_gil_enabled()))"
)


@dataclass(frozen=True)
class Interpreter:
    """``version`` is (major, minor); ``label`` names it in test ids: "3.12", "3.14t"."""

    path: Path
    version: tuple[int, int]
    free_threaded: bool

    @property
    def label(self) -> str:
        return f"{self.version[0]}.{self.version[1]}{'t' if self.free_threaded else ''}"


def _asked(path: Path) -> Interpreter | None:
    try:
        done = subprocess.run(
            [path, "-I", "-S", "-c", _ASK], capture_output=True, text=True, timeout=300, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    words = done.stdout.split()
    if done.returncode or len(words) != 4 or words[2] != "CPython":
        return None
    version = (int(words[0]), int(words[1]))
    if not OLDEST <= version <= NEWEST:
        return None
    return Interpreter(path, version, words[3] == "1")


@functools.cache
def installed() -> tuple[Interpreter, ...]:
    """One of each version, oldest first; the one that runs the tests stands for its version."""
    candidates = [Path(sys.executable)]
    named = os.environ.get("LOCKSTEP_TEST_INTERPRETERS", "")
    candidates += [Path(name) for name in named.split(os.pathsep) if name]
    candidates += sorted((Path.home() / ".pyenv" / "versions").glob("3.*/bin/python"))
    for minor in range(OLDEST[1], NEWEST[1] + 1):
        found = shutil.which(f"python3.{minor}")
        if found:
            candidates.append(Path(found))
    by_label: dict[str, Interpreter] = {}
    for path in candidates:
        interpreter = _asked(path)
        if interpreter is not None:
            by_label.setdefault(interpreter.label, interpreter)
    return tuple(sorted(by_label.values(), key=lambda i: (i.version, i.free_threaded)))


def newest() -> Interpreter:
    """The newest one with a GIL: for tests that need not be repeated on all."""
    return [interpreter for interpreter in installed() if not interpreter.free_threaded][-1]
