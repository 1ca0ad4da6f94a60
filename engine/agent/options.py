"""The bootstrap's own command line: built where a process is started, read where it begins.

``python [options] bootstrap.py --session DIR --token HEX [--orig TOKEN]… -- PROGRAM``, where
PROGRAM is ``script.py args…``, ``-m module args…``, ``-c code args…`` or ``- args…``.
``--orig`` stands once for every word that the program's own command line had before its
arguments, where that cannot be put together from the interpreter's options and PROGRAM.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

SCRIPT, MODULE, COMMAND, STDIN = "script", "module", "command", "stdin"


class Request:
    """What a process was asked to run.

    ``mode``: SCRIPT, MODULE, COMMAND or STDIN; ``target``: the script, module or code as given
    (``-`` or nothing for standard input); ``args``: the program's arguments; ``head``: the words
    of its own command line before those, without the interpreter.
    """

    __slots__ = ("args", "conf", "head", "mode", "session", "skip_first_line", "target", "token")

    def __init__(self) -> None:
        self.session = ""
        self.token = ""
        self.conf: dict[str, str] = {}
        self.mode = SCRIPT
        self.target = ""
        self.args: list[str] = []
        self.head: list[str] = []
        self.skip_first_line = False


def read(words: Sequence[str], interpreter_options: Sequence[str]) -> Request:
    """What the words behind ``bootstrap.py`` ask for.

    ``interpreter_options``: the words before it.  Raises ValueError when it is no such line.
    """
    request = Request()
    original: list[str] = []
    have_original = False
    at = 0
    while True:
        if at >= len(words):
            raise ValueError("no program")
        word = words[at]
        if word == "--":
            at += 1
            break
        if word == "--skip-first-line":
            request.skip_first_line = True
            at += 1
            continue
        if not word.startswith("--") or at + 1 >= len(words):
            raise ValueError("not an option: " + word)
        value = words[at + 1]
        at += 2
        if word == "--session":
            request.session = value
        elif word == "--token":
            request.token = value
        elif word == "--orig":
            have_original = True
            original.append(value)
        else:
            request.conf[word[2:].replace("-", "_")] = value
    program = list(words[at:])
    taken = 1
    if program[:1] == ["-m"] and len(program) > 1:
        request.mode, request.target, taken = MODULE, program[1], 2
    elif program[:1] == ["-c"] and len(program) > 1:
        request.mode, request.target, taken = COMMAND, program[1], 2
    elif not program or program[0] in ("", "-"):
        request.mode, request.target = STDIN, program[0] if program else ""
    else:
        request.target = program[0]
    request.args = program[taken:]
    request.head = original if have_original else list(interpreter_options) + program[:taken]
    return request


def write(session: str, token: str, original: Sequence[str] | None, program: Sequence[str]) -> list[str]:
    """The words behind ``bootstrap.py`` for ``program`` (mode words, target and arguments)."""
    words = ["--session", session, "--token", token]
    for word in original or ():
        words += ["--orig", word]
    return [*words, "--", *program]
