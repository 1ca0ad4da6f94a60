"""The commands that need no window, and how they speak.

``main`` gives the exit status.  What a person gave and cannot be used becomes one sentence on
standard error and status 2; a traceback is for mistakes of ours alone.
"""

from __future__ import annotations

import argparse
import errno
import importlib
import io
import os
import sys
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NoReturn

from engine.errors import EXIT_BAD_INPUT, LockstepError, UsageError, os_detail
from engine.version import VERSION

#: What a shell gives for a program that Ctrl-C ended, and for one whose reader went away.
INTERRUPTED = 128 + 2
BROKEN_PIPE = 128 + 13
#: Errors of a write: the disk is full, over a quota, a file too large, broken.
_CANNOT_BE_WRITTEN: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)

#: name → its module, loaded only when it is called for, and what it does in a few words.
_COMMANDS: Final = {
    "list": ("engine.commands.list_scenarios", "show the scenarios"),
    "record": ("engine.commands.record", "run a program and record it"),
    "info": ("engine.commands.info", "show what a recording holds"),
    "export": ("engine.commands.export", "write a recording for another program"),
    "check": ("engine.commands.check", "run scenarios and check what they show"),
    "new-scenario": ("engine.commands.new_scenario", "begin a scenario of your own"),
    "compare": ("engine.commands.compare", "measure one piece of work done in several ways"),
    "explore": ("engine.commands.explore", "look for a schedule that breaks a program"),
    "bench": ("engine.commands.bench", "measure what observing costs"),
}
COMMANDS: Final = tuple(_COMMANDS)
#: What commands import beside the standard library: not there where the source is run as it was fetched.
PACKAGES: Final = ("numpy", "platformdirs")
#: Commands that the engine does not know: name → module and what it does, as in ``_COMMANDS``.
More = Mapping[str, tuple[str, str]]


class Parser(argparse.ArgumentParser):
    """Raises UsageError instead of printing usage and leaving."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.register("type", int, _whole_number)

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (see: {self.prog} --help)")


def _whole_number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a whole number, not {text}") from None


def parser(command: str = "", more: More = MappingProxyType({})) -> argparse.ArgumentParser:
    """All commands, and the options of one of them."""
    result = Parser(
        prog="lockstep",
        description="Shows what Python threads, processes and coroutines really do. "
        "Without arguments, or with a .lockstep or .py file, opens the window.",
        epilog="The window takes, before the file, --lang en|zh_CN, --theme system|light|dark, --new-window.",
        allow_abbrev=False,
    )
    result.add_argument("--version", action="version", version=f"lockstep {VERSION}")
    commands = result.add_subparsers(title="commands", dest="command", metavar="COMMAND", required=True)
    for name, (place, summary) in {**_COMMANDS, **more}.items():
        one = commands.add_parser(name, help=summary, allow_abbrev=False)
        if name == command:
            module = importlib.import_module(place)
            one.description = module.DESCRIPTION
            module.add_arguments(one)
            one.set_defaults(run=module.run)
    return result


def main(arguments: Sequence[str], more: More = MappingProxyType({})) -> int:
    """Run one command; gives the exit status.

    ``arguments`` are those behind the program's name; ``more`` are commands beside the engine's.
    Prints what is wrong with them as one sentence on standard error.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal may not have every character
    try:
        try:
            status = _run(arguments, more)
        except SystemExit as stop:  # argparse after --help and --version
            status = stop.code if isinstance(stop.code, int) else 0
        sys.stdout.flush()
        return status
    except LockstepError as error:
        return complain(error)
    except ModuleNotFoundError as error:
        if error.name not in PACKAGES:
            raise
        command = arguments[0] if arguments else ""
        return complain(
            LockstepError("package_missing", package=error.name, python=sys.executable, command=command)
        )
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # whoever read our output left
        _forget_output()
        return BROKEN_PIPE
    except OSError as error:
        # A file's error names the file, or has been told as a LockstepError.
        if error.filename is not None or error.errno not in _CANNOT_BE_WRITTEN:
            raise
        _forget_output()
        return complain(
            LockstepError("output_unwritable", path="the standard output", detail=os_detail(error))
        )


def _forget_output() -> None:
    """Python would complain about the output once more at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def complain(error: LockstepError) -> int:
    """Say what is wrong; gives the exit status for it."""
    print(f"lockstep: {error}", file=sys.stderr)
    return EXIT_BAD_INPUT


def _run(arguments: Sequence[str], more: More) -> int:
    command = arguments[0] if arguments else ""
    ours = list(arguments)
    program: list[str] = []
    if command == "record":
        ours, program = importlib.import_module(_COMMANDS[command][0]).split(ours)
    elif command == "explore":
        ours, program = importlib.import_module(_COMMANDS[command][0]).own_arguments(ours)
    options, unknown = parser(command, more).parse_known_args(ours)
    if unknown:
        raise UsageError(f"unknown argument {unknown[0]} (see: lockstep {options.command} --help)")
    if getattr(options, "python", None) == "":
        raise UsageError("--python needs an interpreter: a path, or a command such as python3.12")
    if getattr(options, "json", False) and isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    options.program = program
    status: int = options.run(options)
    return status
