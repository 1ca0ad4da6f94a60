"""Whether a file that is about to be executed is a CPython the agent can go along with.

Found out from names and links alone: nothing is run to ask.  The system is asked with the calls as
they were when this was loaded: a program may have put others in their place, which forbid or count.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

OLDEST_MINOR = 9
#: As many links as Linux follows.
MOST_LINKS = 40

_access, _close, _getcwd, _open, _read, _stat = os.access, os.close, os.getcwd, os.open, os.read, os.stat
_readlink = getattr(os, "readlink", None)

_known: dict[str, bool] = {}


def is_python(path: str) -> bool:
    """Whether the executable file ``path`` is a CPython 3.9 or later."""
    real = resolved(path)
    key = path + "\0" + real
    found = _known.get(key)
    if found is None:
        found = _known[key] = _same(real) or _by_library(real) or _by_environment(path)
    return found


def _same(real: str) -> bool:
    for own in (sys.executable, getattr(sys, "_base_executable", ""), "/proc/self/exe"):
        if own and resolved(own) == real:
            return True
    return False


def _by_library(real: str) -> bool:
    """``<prefix>/bin/python3.N`` beside ``<prefix>/lib/python3.N/os.py``."""
    folder, name = os.path.split(real)
    minor = _minor(name[len("python3.") :]) if name.startswith("python3.") else 0
    if minor < OLDEST_MINOR or not _is_program(real):
        return False
    return _mode(os.path.join(os.path.dirname(folder), "lib", name, "os.py")) > 0


def _by_environment(path: str) -> bool:
    """A copy of an interpreter in a virtual environment (``venv --copies``)."""
    folder, name = os.path.split(absolute(path))
    if not name.startswith("python"):
        return False
    try:
        descriptor = _open(os.path.join(os.path.dirname(folder), "pyvenv.cfg"), os.O_RDONLY)
    except OSError:
        return False
    try:
        text = _read(descriptor, 1 << 16).decode("utf-8", "replace")
    finally:
        _close(descriptor)
    said = {}
    for line in text.splitlines():
        key, equal, value = line.partition("=")
        if equal:
            said[key.strip().lower()] = value.strip()
    if said.get("implementation", "CPython") != "CPython":
        return False
    version = said.get("version") or said.get("version_info") or ""
    if not version.startswith("3."):
        return False
    home = said.get("home", "")
    minor = _minor(version[2:].partition(".")[0])
    library = os.path.join(os.path.dirname(home), "lib", "python3.%d" % minor, "os.py")
    return minor >= OLDEST_MINOR and _is_program(path) and _mode(library) > 0


def absolute(path: str) -> str:
    """``os.path.abspath``; ``path`` as it is where the working directory is gone."""
    try:
        return os.path.normpath(path if os.path.isabs(path) else os.path.join(_getcwd(), path))
    except OSError:
        return path


def resolved(path: str) -> str:
    """``os.path.realpath``; ``path`` itself when its links lead in a circle."""
    if _readlink is None or os.name == "nt":
        return os.path.realpath(path)
    if not os.path.isabs(path):
        try:
            path = os.path.join(_getcwd(), path)
        except OSError:
            return path
    rest = path.split("/")[::-1]
    done, followed = "", 0
    while rest:
        name = rest.pop()
        if name == "..":
            done = done.rpartition("/")[0]
        elif name not in ("", "."):
            here = done + "/" + name
            try:
                target = _readlink(here)
            except OSError:  # no link
                done = here
                continue
            followed += 1
            if followed > MOST_LINKS:
                return path
            if target.startswith("/"):
                done = ""
            rest += target.split("/")[::-1]
    return done or "/"


def _mode(path: str) -> int:
    """Kind and rights of a file; 0 when there is none."""
    try:
        return _stat(path).st_mode
    except (OSError, ValueError):
        return 0


def _minor(text: str) -> int:
    text = text[:-1] if text.endswith("t") else text
    return int(text) if text.isdigit() and len(text) < 4 else 0


def _is_program(path: str) -> bool:
    start = first_bytes(path)
    return bool(start) and not start.startswith(b"#!")


def first_bytes(path: str) -> bytes:
    """The beginning of a file, at most 256 bytes; empty when it cannot be read."""
    try:
        descriptor = _open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        return b""
    try:
        return _read(descriptor, 256)
    except OSError:
        return b""
    finally:
        _close(descriptor)


def executed(candidates: Sequence[str], folder: str) -> tuple[str, str] | None:
    """Which of ``candidates`` execve will take, as given and absolute; ``folder`` is where the child is."""
    for candidate in candidates:
        path = os.path.join(folder, candidate)
        if _mode(path) & 0o170000 == 0o100000 and _access(path, os.X_OK):
            return candidate, path
    return None


def on_path(name: str, environment: Mapping[str, str]) -> list[str]:
    """Where ``name`` is looked for, as execvpe does."""
    if os.path.dirname(name):
        return [name]
    path = environment.get("PATH") or os.defpath
    return [os.path.join(folder, name) for folder in path.split(os.pathsep)]


def of_script(path: str, environment: Mapping[str, str], folder: str) -> tuple[str, list[str]] | None:
    """For a script with ``#!``: the Python that the system would run, and the words before the
    script's name (``argv[0]`` and at most one option).  None when it is none that we know."""
    start = first_bytes(path)
    if not start.startswith(b"#!"):
        return None
    first, newline, _ = start[2:].partition(b"\n")
    if not newline:
        return None
    interpreter, _, argument = os.fsdecode(first).strip(" \t").partition(" ")
    argument = argument.strip(" \t")
    if os.path.basename(interpreter) == "env":
        if not argument or argument.startswith("-") or "=" in argument or " " in argument:
            return None
        found = executed(on_path(argument, environment), folder)
        if found is None or not is_python(found[1]):
            return None
        return found[1], [argument]
    if not os.path.isabs(interpreter) or not is_python(interpreter):
        return None
    return interpreter, [interpreter, argument] if argument else [interpreter]
