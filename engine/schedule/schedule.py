"""A schedule: which thread went, step by step.  Saved as JSON (docs/formats.md, ``schedule.json``)."""

from __future__ import annotations

import enum
import itertools
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.errors import LockstepError, os_detail
from engine.recording.container import MAGIC
from engine.recording.parts import read_part, write_part
from engine.version import VERSION

SCHEMA, SCHEMA_VERSION = "lockstep-schedule", 1
#: The kind of part that a schedule is in a recording.
PART = "schedule"
#: Stands in a choice for "the event loop's ready task at this position".
TASK = -1


class Grain(enum.Enum):
    """How far a thread goes in one step: to the next of these."""

    LINE = "line"
    ACCESS = "access"  # one read, computation or write of a shared variable, or a synchronisation call
    SHARED = "shared"  # the same without the computations between: what exploring uses
    INSTRUCTION = "instruction"
    BLOCKED = "blocked"  # until it waits or ends

    @property
    def stop(self) -> int:
        """The agent's mask (``engine/agent/gate.py``: LINE, SHARED, COMPUTED, INSTRUCTION)."""
        return _STOPS[self]


_STOPS = {Grain.LINE: 1, Grain.ACCESS: 6, Grain.SHARED: 2, Grain.INSTRUCTION: 8, Grain.BLOCKED: 0}


@dataclass(frozen=True)
class Choice:
    """``thread`` (its number, or TASK) goes on by one ``grain``; ``position``: which ready task."""

    thread: int
    grain: Grain = Grain.SHARED
    position: int = 0

    @property
    def pair(self) -> list[int]:
        return [TASK, self.position] if self.thread == TASK else [self.thread, self.grain.stop]


@dataclass(frozen=True)
class Schedule:
    """``choices`` from the program's first stop on; ``first``: where new threads stop first;
    ``variables``: the classes of variables that count (None: all); ``python``: the version it was made
    on; ``result``: what came of it, as in the explorer's document."""

    choices: tuple[Choice, ...] = ()
    first: Grain = Grain.LINE
    variables: tuple[str, ...] | None = None
    name: str = ""
    python: str = ""
    script: str = ""
    scenario: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    result: Mapping[str, Any] | None = None

    def document(self) -> dict[str, Any]:
        """As it is saved: equal choices in a row become one with a count."""
        rows: list[list[Any]] = []
        for choice, same in itertools.groupby(self.choices):
            count = len(list(same))
            if choice.thread == TASK:
                rows += [["task", choice.position]] * count
            else:
                rows.append([choice.thread, choice.grain.value, count])
        return {
            "schema": SCHEMA,
            "version": SCHEMA_VERSION,
            "lockstep": VERSION,
            "name": self.name,
            "python": self.python,
            "script": self.script,
            "scenario": self.scenario,
            "parameters": dict(self.parameters),
            "seed": self.seed,
            "first": self.first.value,
            "variables": None if self.variables is None else list(self.variables),
            "choices": rows,
            "result": None if self.result is None else dict(self.result),
        }

    def save(self, path: Path) -> None:
        """As a file of its own; into the recording, where ``path`` is one.

        Raises LockstepError: it cannot be written; the recording is damaged, or of another program.
        """
        text = json.dumps(self.document(), indent=1, ensure_ascii=False) + "\n"
        if _is_recording(path):
            self._check_recording(path)
            write_part(path, path, PART, text.encode())
            return
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise LockstepError("output_unwritable", path=str(path), detail=os_detail(error)) from error

    def _check_recording(self, path: Path) -> None:
        """That it is of the program that the schedule is for."""
        try:
            session = json.loads(read_part(path, "session") or b"{}")
            recorded = str(session.get("scenario") or Path(session.get("script") or "").name)
        except (ValueError, RecursionError, TypeError, AttributeError):
            recorded = ""
        program = self.scenario or Path(self.script).name
        if recorded != program:
            raise LockstepError(
                "schedule_other_program", path=str(path), recorded=recorded or "?", program=program
            )


def _is_recording(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


def load(path: Path) -> Schedule:
    """Read a schedule, or that of a recording.  Raises LockstepError: it is not there, or is none."""
    try:
        if _is_recording(path):
            part = read_part(path, PART)
            if part is None:
                detail = "it is a recording without one, or that is damaged"
                raise LockstepError("schedule_foreign", path=str(path), detail=detail)
            text = part.decode("utf-8")
        else:
            text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        detail = os_detail(error) if isinstance(error, OSError) else "not a text file"
        raise LockstepError("schedule_unreadable", path=str(path), detail=detail) from error
    try:
        return from_document(json.loads(text))
    except (json.JSONDecodeError, RecursionError) as error:
        raise LockstepError("schedule_foreign", path=str(path), detail="it is not JSON") from error
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        raise LockstepError("schedule_foreign", path=str(path), detail=str(error)) from error


def from_document(document: Mapping[str, Any]) -> Schedule:
    """Raises ValueError, TypeError or KeyError: it is no schedule."""
    if document.get("schema") != SCHEMA or document.get("version") != SCHEMA_VERSION:
        raise ValueError(f"not a {SCHEMA} {SCHEMA_VERSION}")
    variables = document["variables"]
    return Schedule(
        choices=tuple(_choices(document["choices"])),
        first=Grain(document["first"]),
        variables=None if variables is None else tuple(str(one) for one in variables),
        name=str(document.get("name", "")),
        python=str(document.get("python", "")),
        script=str(document.get("script", "")),
        scenario=document.get("scenario"),
        parameters=dict(document.get("parameters") or {}),
        seed=int(document.get("seed", 0)),
        result=document.get("result"),
    )


#: More choices than this are no schedule of ours.
_MOST = 1_000_000


def _choices(rows: Sequence[Any]) -> Iterable[Choice]:
    total = 0
    for row in rows:
        if row[0] == "task":
            total += 1
            yield Choice(TASK, position=int(row[1]))
        else:
            count = int(row[2])
            total += count
            if not 0 <= total <= _MOST:
                raise ValueError("too many choices")
            yield from itertools.repeat(Choice(int(row[0]), Grain(row[1])), count)
