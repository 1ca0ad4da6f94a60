"""Which Python interpreters there are to run programs on.  No Qt; any thread.

Each candidate is asked for its version in a process of its own, so this takes a moment: the window
does it in the background and offers its own interpreter meanwhile.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.errors import LockstepError
from engine.interpreter import probe

_NAME = re.compile(r"python(3(\.\d+)?t?)?(\.exe)?")


@dataclass(frozen=True, slots=True)
class Interpreter:
    """One that can be observed.  ``version`` as "3.13.0"."""

    path: str
    version: str
    free_threaded: bool = False

    @property
    def label(self) -> str:
        """``CPython 3.13``, with "t" where it runs without a GIL."""
        return f"CPython {'.'.join(self.version.split('.')[:2])}{'t' if self.free_threaded else ''}"


def candidates() -> Iterator[Path]:
    """Files that may be interpreters, the window's own first."""
    yield Path(sys.executable)
    folders = [Path(entry) for entry in os.environ.get("PATH", "").split(os.pathsep) if entry]
    home = Path.home()
    for pattern in (
        ".pyenv/versions/*/bin",
        ".local/share/uv/python/*/bin",
        ".local/share/mise/installs/python/*/bin",
        "miniconda3/bin",
        "anaconda3/bin",
    ):
        folders += sorted(home.glob(pattern))
    folders += [Path("/usr/local/bin"), Path("/usr/bin"), Path("/opt/homebrew/bin")]
    folders += sorted(Path("/Library/Frameworks/Python.framework/Versions").glob("*/bin"))
    if sys.platform == "win32":
        local = Path(os.environ.get("LOCALAPPDATA", home))
        folders += sorted((local / "Programs" / "Python").glob("Python3*"))
    for folder in dict.fromkeys(folders):
        if folder.parts[-2:] == (".pyenv", "shims"):
            continue  # scripts that choose one of the others
        try:
            names = sorted(file.name for file in folder.iterdir() if _NAME.fullmatch(file.name))
        except OSError:
            continue
        for name in names:
            yield folder / name


def ask(path: str | Path) -> Interpreter | None:
    """What a file is: an interpreter that can be observed, or None.  Takes tens of milliseconds."""
    try:
        known = probe(str(path))
    except LockstepError:
        return None
    return Interpreter(known.path, known.version, known.free_threaded)


def found() -> list[Interpreter]:
    """All that were found, newest first, each once."""
    seen: set[Path] = set()
    result: dict[tuple[str, bool, Path], Interpreter] = {}
    for candidate in candidates():
        try:
            real = candidate.resolve(strict=True)
        except OSError:
            continue
        # A virtual environment's interpreter is a link to another: it stays apart, its packages differ.
        key = candidate if (candidate.parent.parent / "pyvenv.cfg").is_file() else real
        if key in seen:
            continue
        seen.add(key)
        interpreter = ask(candidate)
        if interpreter is not None:
            result.setdefault((interpreter.version, interpreter.free_threaded, key), interpreter)
    return sorted(result.values(), key=lambda i: (_numbers(i.version), i.free_threaded), reverse=True)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])
