"""What is executed in place of a program that is about to be started, so that the agent goes along."""

from __future__ import annotations

import os
import sys

from . import command_line, pythons, recorder
from .layout import Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

#: The name under which failures here are told.
PROBE = "children"
BOOTSTRAP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bootstrap.py")

_isatty = os.isatty  # as it was when this was loaded, as in pythons

#: The session's, for the agent that goes along.
token = ""


def place(depth: int) -> int:
    """As ``recorder.here``; 0 when nobody calls (``atexit.register(os.fork)``)."""
    try:
        return recorder.here(depth + 1)
    except ValueError:
        return 0


def told(pid: int, carried: bool) -> None:
    """Record that a program was started; ``carried``: the agent went along."""
    try:
        recorder.emit(Kind.SPAWNED, 0, pid, 1 if carried else 0, place(1))
    except Exception as error:
        recorder.probe_failed(PROBE, error)


def environment_of(given: Any) -> dict[str, str]:
    """``given`` (None, a mapping, or the ``b"NAME=value"`` words of fork_exec) as texts."""
    if given is None:
        found = sys.modules.get("os") or os
        given = found.environ
    if hasattr(given, "items"):
        return {os.fsdecode(key): os.fsdecode(value) for key, value in given.items()}
    pairs = [os.fsdecode(word).partition("=") for word in given]
    return {key: value for key, _, value in pairs}


def rewritten(
    candidates: Sequence[str],
    argv: Sequence[Any],
    folder: str,
    environment: Any,
    terminal: Callable[[], bool],
) -> tuple[str, list[str]] | None:
    """What to execute, and its argv, so that the agent goes along; None when it cannot.

    ``candidates``: the paths that are tried; ``argv`` as given; ``folder``: the working directory
    that the program will have.
    """
    if not recorder.started or not recorder.session_folder:
        return None
    found = pythons.executed(candidates, folder)
    if found is None:
        return None
    executable, path = found
    words = [os.fsdecode(word) for word in argv]
    if not words:
        return None
    texts = environment_of(environment)
    if "PYTHONPROFILEIMPORTTIME" in texts or "PYTHONVERBOSE" in texts:  # would print what we import
        return None
    if not pythons.is_python(path):
        script = pythons.of_script(path, texts, folder)
        if script is None:
            return None
        executable, before = script
        words = [*before, candidates[0] if len(candidates) == 1 else found[0], *words[1:]]
    more = command_line.with_agent(words[1:], BOOTSTRAP, recorder.session_folder, token, terminal)
    if more is None:
        return None
    return executable, [words[0], *more]


def is_terminal(descriptor: int) -> bool:
    """Whether ``descriptor`` is open and a terminal."""
    try:
        return _isatty(descriptor)
    except OSError:
        return False
