"""Reads a Python's command line, and puts the agent's bootstrap into it.

The rules are those of Python/getopt.c and ``config_parse_cmdline`` (Python/initconfig.c).
"""

from __future__ import annotations

from . import options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

#: Options without a value; ``J``, ``h``, ``?`` and ``V`` start no program.
_FLAGS = frozenset("bBdEiIOPqRsStuvx")
_WITH_VALUE = frozenset("WX")


class CommandLine:
    """``options``: the interpreter's own, each a word or two; ``program``: mode words and target (none
    for standard input); ``args``: what is left for the program; ``words``: how many words of the
    original stood before those; ``flags``: every single-letter option that was given."""

    __slots__ = ("args", "flags", "options", "program", "words")

    def __init__(self) -> None:
        self.options: list[str] = []
        self.program: list[str] = []
        self.args: list[str] = []
        self.words = 0
        self.flags = ""


def parse(words: Sequence[str]) -> CommandLine | None:
    """What the words behind the interpreter say; None when they run no program (``-V``, ``--help``,
    an error)."""
    line = CommandLine()
    at = 0
    while at < len(words):
        word = words[at]
        if word == "--":
            at += 1
            break
        if word == "-" or not word.startswith("-"):
            break
        at += 1
        if word.startswith("--"):
            if word != "--check-hash-based-pycs" or at >= len(words):
                return None
            line.options += [word, words[at]]
            at += 1
            continue
        for position, letter in enumerate(word[1:], 1):
            if letter in _FLAGS:
                line.flags += letter
                continue
            if letter not in "cm" and letter not in _WITH_VALUE:
                return None
            value = word[position + 1 :]
            if not value:
                if at >= len(words):
                    return None
                value = words[at]
                at += 1
            if letter in _WITH_VALUE:
                if position > 1:
                    line.options.append(word[:position])
                line.options += ["-" + letter, value]
                if value == "importtime" and letter == "X":
                    line.flags += "X"
            else:
                if position > 1:
                    line.options.append(word[:position])
                line.program = ["-" + letter, value]
            break
        else:
            line.options.append(word)
        if line.program:
            break
    if not line.program and at < len(words):
        line.program = [words[at]]
        at += 1
    line.args = list(words[at:])
    line.words = at
    return line


def with_agent(
    words: Sequence[str], bootstrap: str, session: str, token: str, terminal: Callable[[], bool]
) -> list[str] | None:
    """``words`` (those behind the interpreter) so that the bootstrap is run instead, which then runs
    the program; None when they are better left alone.

    ``terminal``: whether standard input will be a terminal; then a Python without a program is
    interactive.
    """
    line = parse(words)
    if line is None:
        return None
    if "v" in line.flags or "X" in line.flags:  # would print what we import
        return None
    if not line.program or line.program[0] == "-":
        if "i" in line.flags or terminal():
            return None
    program = [*(line.program or [""]), *line.args]
    before = list(words[: line.words])
    usual = line.options + line.program
    if not line.program and not line.args:
        program = []
    request = options.write(session, token, None if before == usual else before, program)
    if "x" in line.flags:
        request.insert(0, "--skip-first-line")
    return [*line.options, bootstrap, *request]
