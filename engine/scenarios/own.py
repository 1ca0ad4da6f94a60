"""Scenarios of people's own: a folder each, with a program, its texts, and perhaps a check.

FOLDER/program.py, FOLDER/scenario.toml, FOLDER/en.toml and/or FOLDER/zh_CN.toml, FOLDER/check.py.
The folder's name is the scenario's id.  They are looked for in the user's data folder and in the
folders named in LOCKSTEP_SCENARIOS.
"""

from __future__ import annotations

import os
import re
import shutil
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import platformdirs

from engine.errors import LockstepError, os_detail
from engine.scenarios import texts
from engine.scenarios.outcome import not_applicable
from engine.scenarios.parameter import Kind, Parameter
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View

GROUP = "own"
VARIABLE = "LOCKSTEP_SCENARIOS"
TEMPLATE = Path(__file__).resolve().parent / "template"
PROGRAM, DESCRIPTION, CHECK = "program.py", "scenario.toml", "check.py"
_NAMING = "its name must be small letters, digits and underscores, and begin with a letter"
_KNOWN = {"expected", "expected_after_change", "change", "parameters"}
_KNOWN_OF_PARAMETER = {"kind", "low", "high", "choices", "unit"}


def user_folder() -> Path:
    """Where scenarios of one's own are kept, unless LOCKSTEP_SCENARIOS names other places."""
    return Path(platformdirs.user_data_dir("lockstep", appauthor=False)) / "scenarios"


def folders() -> list[Path]:
    """The folders that are searched, as absolute paths; they need not exist."""
    named = [part for part in os.environ.get(VARIABLE, "").split(os.pathsep) if part]
    return [user_folder(), *(Path(part).expanduser().absolute() for part in named)]


def found() -> list[Path]:
    """The scenarios' folders, by name; those that cannot be read are as good as empty."""
    result = []
    for folder in folders():
        try:
            inside = sorted(folder.iterdir())
        except OSError:
            continue
        result += [each for each in inside if (each / DESCRIPTION).exists() or (each / PROGRAM).exists()]
    return result


def load(folder: Path) -> Scenario:
    """Read one scenario; runs its check.py, if there is one, as far as its definitions go.

    Raises:
        LockstepError: it cannot be used (``scenario_broken``; the detail names the file).
    """
    name = folder.name
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise _broken(name, _NAMING)
    described = _described(folder)
    text_files = {one: folder / f"{one}.toml" for one in texts.LANGUAGES if (folder / f"{one}.toml").exists()}
    if not text_files:
        raise _broken(name, f"it has no texts: {' or '.join(f'{one}.toml' for one in texts.LANGUAGES)}")
    module = _module(folder)
    try:
        scenario = Scenario(
            id=name,
            read=_reader(module),
            expected=str(described.get("expected", "")),
            parameters=tuple(_parameter(each, of) for each, of in described.get("parameters", {}).items()),
            change=described.get("change", {}),
            expected_after_change=str(described.get("expected_after_change", "")),
            is_over=getattr(module, "is_over", None),
            program=folder / PROGRAM,
            text_files=text_files,
        )
    except LockstepError as error:
        if error.code == "scenario_broken":
            raise
        raise _broken(name, f"{DESCRIPTION}: {error}") from error
    for language in text_files:
        _compare_with_texts(scenario, language)
    return scenario


def create(folder: Path) -> None:
    """Write a scenario to begin with into ``folder``, which is made.

    Raises:
        LockstepError: its name will not do, it has something in it, or it cannot be written.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", folder.name):
        raise _broken(folder.name, _NAMING)
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise LockstepError("folder_not_empty", path=folder)
        folder.mkdir(parents=True, exist_ok=True)
        for file in sorted(TEMPLATE.iterdir()):
            if file.is_file():
                shutil.copyfile(file, folder / file.name)
    except OSError as error:
        raise LockstepError("output_unwritable", path=folder, detail=os_detail(error)) from error


def _broken(name: str, detail: str) -> LockstepError:
    return LockstepError("scenario_broken", scenario=name, detail=detail)


def _described(folder: Path) -> dict[str, Any]:
    try:
        table = tomllib.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _broken(folder.name, f"{DESCRIPTION}: {error}") from error
    unknown = sorted(set(table) - _KNOWN)
    if unknown:
        raise _broken(folder.name, f"{DESCRIPTION}: unknown fields: {', '.join(unknown)}")
    for field in ("parameters", "change"):
        if not isinstance(table.get(field, {}), dict):
            raise _broken(folder.name, f"{DESCRIPTION}: {field} must be a table")
    return table


def _parameter(name: str, described: object) -> Parameter:
    if not isinstance(described, Mapping) or set(described) - _KNOWN_OF_PARAMETER:
        known = ", ".join(sorted(_KNOWN_OF_PARAMETER))
        raise _broken(name, f"{DESCRIPTION}: a parameter has no other fields than {known}")
    try:
        kind = Kind(described.get("kind"))
    except ValueError:
        kinds = ", ".join(kind.value for kind in Kind)
        raise _broken(name, f"{DESCRIPTION}: the kind of {name} must be one of {kinds}") from None
    number = kind in (Kind.INTEGER, Kind.REAL)
    limits = [limit for limit in map(described.get, ("low", "high")) if isinstance(limit, (int, float))]
    if number and len(limits) != 2:
        raise _broken(name, f"{DESCRIPTION}: {name} needs low and high, both numbers")
    choices = described.get("choices", ())
    if kind is Kind.CHOICE and not (isinstance(choices, list) and choices):
        raise _broken(name, f"{DESCRIPTION}: {name} needs choices, a list")
    low, high = limits if number else (0, 0)
    return Parameter(name, kind, low, high, tuple(choices), str(described.get("unit", "")))


def _module(folder: Path) -> ModuleType:
    """What check.py defines; an empty module when there is none."""
    module, path = ModuleType(f"check of {folder.name}"), folder / CHECK
    if not path.exists():
        return module
    try:
        exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), module.__dict__)
    except Exception as error:  # whatever somebody's code may do wrong
        raise _broken(folder.name, f"{CHECK}: {type(error).__name__}: {error}") from error
    if not callable(getattr(module, "read", None)):
        raise _broken(folder.name, f"{CHECK}: it has no function read(view)")
    return module


def _reader(module: ModuleType) -> Callable[[View], Reading]:
    def nothing(view: View) -> Reading:
        return Reading(not_applicable("no_check"))

    reader: Callable[[View], Reading] = getattr(module, "read", nothing)
    return reader


def _compare_with_texts(scenario: Scenario, language: str) -> None:
    """Texts and description have to speak of the same choices and parameters."""
    told = scenario.texts(language)
    file = f"{language}.toml"
    if scenario.expected not in told.happened:
        detail = f"{file}: happened has no text for the expected answer {scenario.expected!r}"
        raise _broken(scenario.id, detail)
    if scenario.change and scenario.expected_after_change not in told.happened:
        detail = f"{file}: happened has no text for the answer {scenario.expected_after_change!r}"
        raise _broken(scenario.id, detail)
    if bool(scenario.change) != bool(told.change):
        raise _broken(scenario.id, f"{file}: a change needs its question, and a question its change")
    names = [parameter.name for parameter in scenario.parameters]
    if set(told.parameters) != set(names):
        raise _broken(scenario.id, f"{file}: parameters must have: {', '.join(names) or 'none'}")
