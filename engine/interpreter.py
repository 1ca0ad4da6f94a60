"""Which Python an interpreter is: asked before anything is launched with it."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from engine.errors import LockstepError, os_detail

#: The oldest version whose programs can be observed.
OLDEST = (3, 9)
_PATIENCE_S = 15.0
_MARK = "lockstep-interpreter"
#: Runs on Python 2 as well; prints the mark, then a line each.
_QUESTION = (
    "import sys; i = getattr(sys, 'implementation', None); "
    "sys.stdout.write('\\n'.join(["
    f"'{_MARK}', '.'.join(str(n) for n in sys.version_info[:3]), "
    "i.name if i is not None else 'cpython', sys.executable or '', "
    "str(int('t' in getattr(sys, 'abiflags', '')))]) + '\\n')"
)


@dataclass(frozen=True)
class Interpreter:
    """``path`` as it is started; ``executable`` what it says of itself."""

    path: str
    executable: str
    version: str
    implementation: str
    free_threaded: bool


_known: dict[tuple[str, int, int, int], Interpreter] = {}


def find(path: str) -> str:
    """The absolute path of an interpreter given as a path or as a command's name.

    Symbolic links stay: a virtual environment's interpreter is one.
    Raises LockstepError ``interpreter_missing``.
    """
    found = shutil.which(path)
    if found is None:
        if Path(path).exists() and not Path(path).is_dir():
            raise LockstepError("interpreter_not_python", path=path, detail="it cannot be executed")
        raise LockstepError("interpreter_missing", path=path)
    return str(Path(found).absolute())


def probe(path: str) -> Interpreter:
    """Ask the interpreter at ``path`` what it is; answers are remembered while the file stays the same.

    Takes 10 to 50 ms the first time.  Any thread.  Raises LockstepError: ``interpreter_missing``,
    ``interpreter_not_python``, ``interpreter_not_cpython``, ``interpreter_too_old``.
    """
    path = find(path)
    try:
        stat = Path(path).stat()
    except OSError as error:
        raise LockstepError("interpreter_not_python", path=path, detail=os_detail(error)) from None
    key = (path, stat.st_mtime_ns, stat.st_size, stat.st_ino)
    known = _known.get(key)
    if known is None:
        known = _known[key] = _ask(path)
    if known.implementation != "cpython":
        raise LockstepError("interpreter_not_cpython", path=path, implementation=known.implementation)
    if tuple(int(part) for part in known.version.split(".")[:2]) < OLDEST:
        raise LockstepError("interpreter_too_old", path=path, version=known.version)
    return known


def _ask(path: str) -> Interpreter:
    try:
        child = subprocess.Popen(
            [path, "-E", "-s", "-S", "-c", _QUESTION],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=Path(path).anchor,
            start_new_session=sys.platform != "win32",
        )
    except OSError as error:
        raise LockstepError("interpreter_not_python", path=path, detail=os_detail(error)) from None
    with child:
        try:
            answer, in_time = _read(child)
        finally:
            child.kill()
    lines = answer.decode("utf-8", "replace").split("\n")
    if len(lines) < 6 or lines[0] != _MARK:
        detail = "it does not answer" if not in_time else "it does not answer as Python does"
        raise LockstepError("interpreter_not_python", path=path, detail=detail)
    return Interpreter(path, lines[3] or path, lines[1], lines[2], lines[4] == "1")


def _read(child: subprocess.Popen[bytes]) -> tuple[bytes, bool]:
    """At most 64 KiB of what it prints, and whether it ended in time."""
    assert child.stdout is not None
    if sys.platform == "win32":
        try:
            return child.communicate(timeout=_PATIENCE_S)[0][:65536], True
        except subprocess.TimeoutExpired:
            return b"", False
    deadline = time.monotonic() + _PATIENCE_S
    data = b""
    while len(data) < 65536:
        ready, _, _ = select.select([child.stdout], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            return data, False
        piece = os.read(child.stdout.fileno(), 65536)
        if not piece:
            break
        data += piece
    return data, True
