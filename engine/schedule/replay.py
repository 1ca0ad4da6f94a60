"""Runs a saved schedule again, to the program's end."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.errors import LockstepError
from engine.schedule.controlled import ControlledRun, RunState
from engine.schedule.scenario_targets import of_scenario
from engine.schedule.schedule import Schedule
from engine.schedule.target import Target, of_script
from engine.version import VERSION

SCHEMA, SCHEMA_VERSION = "lockstep-replay", 1
#: More steps behind the schedule's end are not waited for.
_MOST = 10_000


def target_of(schedule: Schedule, folder: Path, interpreter: str = "") -> Target:
    """The program that a schedule was made for; a scenario is written into ``folder``.

    Raises LockstepError: it is not there any more.
    """
    if schedule.scenario:
        return of_scenario(schedule.scenario, _given(schedule.parameters), folder, interpreter, schedule.seed)
    return of_script(Path(schedule.script), (), interpreter, schedule.seed)


def _given(parameters: Mapping[str, Any]) -> dict[str, object]:
    return dict(parameters)


def replay(target: Target, schedule: Schedule) -> RunState:
    """The program's state at its end: ``ended``, or ``deadlock``.  What the schedule does not decide any
    more goes on by the lowest number.

    Raises LockstepError: it cannot be run; ``schedule_diverged``: it does not do the same again.
    """
    with ControlledRun.start(target, schedule.variables or (), patience_s=10.0, find_variables=False) as run:
        state = run.load(schedule)
        for _ in range(_MOST):
            if state.ended is not None or state.deadlock is not None:
                break
            if state.tasks:
                state = run.choose_task(0)
            elif state.enabled:
                state = run.until_blocked(state.enabled[0])
            else:
                break
        ended = state.ended
        unused = ended is not None and state.step <= len(schedule.choices)
        if ended is not None and (ended.kind == "diverged" or (unused and ended.kind != "died")):
            at = ended.detail.get("step", state.step)
            raise LockstepError("schedule_diverged", step=at, python=schedule.python)
        return state


def document(state: RunState) -> dict[str, Any]:
    """``explore --schedule --json``."""
    kind = (
        "deadlock" if state.deadlock is not None else state.ended.kind if state.ended is not None else "stuck"
    )
    return {
        "schema": SCHEMA,
        "version": SCHEMA_VERSION,
        "lockstep": VERSION,
        "kind": kind,
        "step": state.step,
        "output": state.output,
        "threads": [
            {
                "thread": one.number,
                "name": one.name,
                "process": state.processes[one.process],
                "state": one.state,
                "line": one.line,
                "error": one.error,
            }
            for one in state.threads
        ],
        "cycle": [] if state.deadlock is None else list(state.deadlock.cycle),
    }
