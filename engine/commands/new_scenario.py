"""``new-scenario``: a scenario of one's own to begin with."""

from __future__ import annotations

import argparse
from pathlib import Path

from engine.errors import LockstepError
from engine.scenarios import own
from engine.scenarios.catalogue import GROUPS

DESCRIPTION = (
    "Writes a scenario that works into FOLDER: program, parameters, texts and check, to be changed. The name "
    "of the folder is the scenario's id. Scenarios are found in {folder} and in the folders that the "
    "environment variable LOCKSTEP_SCENARIOS names. See docs/scenarios.md."
).format(folder=str(own.user_folder()).replace("%", "%%"))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="FOLDER", help="a new or empty folder")


def run(options: argparse.Namespace) -> int:
    folder = Path(options.folder).expanduser().absolute()
    if any(folder.name in names for names in GROUPS.values()):
        detail = "one of that name comes with Lockstep; choose another name"
        raise LockstepError("scenario_broken", scenario=folder.name, detail=detail)
    own.create(folder)
    print(f"wrote {folder}")
    if folder.parent not in own.folders():
        print(f"to have it found, move it to {own.user_folder()}, or set {own.VARIABLE}={folder.parent}")
    return 0
