"""``export``: a recording in another program's format."""

from __future__ import annotations

import argparse
from pathlib import Path

from engine.commands.opening import opened
from engine.commands.record import checked_place
from engine.export import FORMATS
from engine.export import export as write

DESCRIPTION = "Writes a recording as CSV, or as JSON that ui.perfetto.dev opens."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="a .lockstep file")
    parser.add_argument("--format", choices=tuple(FORMATS), required=True)
    parser.add_argument("-o", dest="out", type=Path, required=True, metavar="OUT", help="-: standard output")


def run(options: argparse.Namespace) -> int:
    out: Path = options.out if str(options.out) == "-" else checked_place(options.out, options.file)
    loaded = opened(options.file)
    info = {"command": loaded.info.command, "truncated": loaded.truncated}
    write(loaded.store, options.format, out, info)
    return 0
