#!/usr/bin/env python3
"""Lockstep: no arguments, or a file to open: the window; else a command (docs/formats.md)."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 - whoever starts it with an older one is told so
    sys.stderr.write("lockstep: Lockstep runs on Python 3.11 or newer; run: python3 dev.py run\n")
    raise SystemExit(2)

from engine import cli
from engine.errors import LockstepError, UsageError

#: Files that the window opens.
WINDOW_FILES = (".lockstep", ".py")
#: Commands that draw with Qt and open no window.
DRAWING = {"screenshot": ("gui.screenshot", "draw the window with a recording into a picture")}
COMMANDS = (*cli.COMMANDS, *DRAWING)
#: The same, measured: ``bench`` with this option.
BENCH_OF_WINDOW = "--window"
#: Options that may stand before the window's file.
WINDOW_OPTIONS = ("--lang", "--theme", "--new-window")


def wants_window(arguments: Sequence[str]) -> bool:
    """Whether these arguments open the window rather than run a command."""
    if not arguments:
        return True
    first = arguments[0]
    if first.split("=")[0] in WINDOW_OPTIONS:
        return True
    return first not in COMMANDS and Path(first).suffix in WINDOW_FILES


def main(arguments: Sequence[str]) -> int:
    """Run what ``arguments`` ask for; gives the exit status."""
    if not wants_window(arguments):
        if not arguments[0].startswith("-") and arguments[0] not in COMMANDS:
            names = ", ".join(COMMANDS)
            return cli.complain(UsageError(f"there is no command {arguments[0]}; there are {names}"))
        if arguments[0].startswith("-") and arguments[0] not in ("-h", "--help", "--version"):
            return cli.complain(UsageError(f"unknown argument {arguments[0]} (see: lockstep --help)"))
        more = dict(DRAWING)
        if arguments[0] == "bench" and BENCH_OF_WINDOW in arguments:
            more["bench"] = ("gui.bench", "measure how quickly the window answers")
        return cli.main(arguments, more)
    if importlib.util.find_spec("PySide6") is None:
        return cli.complain(LockstepError("window_missing"))
    from gui import app

    return app.main(arguments)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
