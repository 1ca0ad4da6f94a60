"""Scenarios as programs for controlled runs, small enough to go through their schedules."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from engine.scenarios import get, program
from engine.schedule.target import Target

#: scenario → constants that are set unless a parameter is given: what is repeated 100,000 times to be
#: seen by chance needs no repeating where every order is tried.
SMALL: Final[dict[str, dict[str, int]]] = {
    "race_balance": {"ROUNDS": 4},
    "lock_balance": {"ROUNDS": 2},
    "lock_wrong_one": {"ROUNDS": 2},
    "coroutine_async_race": {"ROUNDS": 2},
    "shared_memory_threads": {},
}


def of_scenario(
    scenario: str, values: Mapping[str, object], folder: Path, interpreter: str = "", seed: int = 0
) -> Target:
    """The scenario's program with these parameters, written into ``folder``.

    Raises LockstepError: there is no such scenario, or a value does not fit.
    """
    found = get(scenario)
    small = SMALL.get(scenario, {})  # may lie below what the parameter allows, and comes back in a schedule
    values = {name: value for name, value in values.items() if (name.upper(), value) not in small.items()}
    chosen = found.checked(values)
    given = {name.lower() for name in values}
    constants = {one.constant: chosen[one.name] for one in found.parameters}
    parameters = dict(chosen)
    for constant, value in small.items():
        if constant.lower() not in given:
            constants[constant] = value
            parameters[constant.lower()] = value
    path = folder / f"{scenario}.py"
    path.write_text(program.with_values(found.code, constants), encoding="utf-8")
    return Target(path=path, interpreter=interpreter, seed=seed, scenario=scenario, parameters=parameters)
