"""The call that starts processes on Windows, ``_winapi.CreateProcess``.

A process gets one command line there, which it takes apart itself; the rules are those of the
Microsoft C library (see ``subprocess.list2cmdline``).
"""

from __future__ import annotations

from . import carrying, recorder
from .trim import drop_own_entry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any


def split(line: str) -> list[str]:
    """The words of a command line."""
    words: list[str] = []
    at, end = 0, len(line)
    while True:
        while at < end and line[at] in " \t":
            at += 1
        if at >= end:
            return words
        word, quoted = "", False
        while at < end and (quoted or line[at] not in " \t"):
            backslashes = 0
            while at < end and line[at] == "\\":
                backslashes += 1
                at += 1
            if at < end and line[at] == '"':
                word += "\\" * (backslashes // 2)
                if backslashes % 2:
                    word += '"'
                elif quoted and line[at + 1 : at + 2] == '"':
                    word += '"'
                    at += 1
                else:
                    quoted = not quoted
                at += 1
            else:
                word += "\\" * backslashes
                if at < end and (quoted or line[at] not in " \t"):
                    word += line[at]
                    at += 1
        words.append(word)


def join(words: Sequence[str]) -> str:
    """The command line that is taken apart into ``words``."""
    return " ".join([_quoted(word) for word in words])


def _quoted(word: str) -> str:
    """As ``subprocess.list2cmdline`` writes it."""
    quotes = not word or " " in word or "\t" in word
    out, backslashes = "", 0
    for character in word:
        if character == "\\":
            backslashes += 1
            continue
        out += "\\" * (2 * backslashes + 1 if character == '"' else backslashes) + character
        backslashes = 0
    if not quotes:
        return out + "\\" * backslashes
    return '"' + out + "\\" * (2 * backslashes) + '"'


def create_process(original: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """``CreateProcess(application, command line, …, environment, directory, startup info)`` gives
    (process handle, thread handle, process id, thread id)."""
    carried = False
    given = args
    if carrying.PROBE not in recorder.disabled:
        try:
            changed = changed_arguments(args)
            if changed is not None:
                given, carried = changed, True
        except (TypeError, ValueError, IndexError):  # wrong arguments: the call itself says so
            given = args
        except Exception as error:
            recorder.probe_failed(carrying.PROBE, error)
    try:
        result = original(*given, **kwargs)
    except BaseException as error:
        drop_own_entry(error)
        raise
    carrying.told(result[2], carried)
    return result


def changed_arguments(args: tuple[Any, ...]) -> tuple[Any, ...] | None:
    """The arguments with which the agent goes along; None to leave them as they are."""
    application, line = args[:2]
    environment, directory = args[6:8]
    words = split(line)
    if not words:
        return None
    program = application or words[0]
    candidates = [program] if application or program.lower().endswith(".exe") else [program + ".exe"]
    found = carrying.rewritten(
        candidates, words, directory or "", environment, lambda: carrying.is_terminal(0)
    )
    if found is None:
        return None
    return (application, join(found[1]), *args[2:])
