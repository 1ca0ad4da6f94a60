"""The catalogue: complete, in order, and with sentences for what is not in it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from engine import scenarios
from engine.errors import LockstepError
from engine.scenarios.catalogue import GROUPS
from engine.scenarios.scenario import PROGRAMS, Scenario

#: A developer may have scenarios of their own.
ALL = [scenario for scenario in scenarios.catalogue() if scenario.group != "own"]
DESCRIPTIONS = PROGRAMS.parent / "descriptions"


def test_nothing_is_broken() -> None:
    names = {name for names in GROUPS.values() for name in names}
    assert [each for each in scenarios.broken() if each.id in names] == []


def test_every_description_and_program_is_in_the_catalogue_and_every_entry_has_both() -> None:
    listed = [name for names in GROUPS.values() for name in names]
    assert len(listed) == len(set(listed))
    assert {path.stem for path in DESCRIPTIONS.glob("[a-z]*.py")} == set(listed)
    assert {path.stem for path in PROGRAMS.glob("*.py")} == set(listed)
    assert [scenario.id for scenario in ALL] == listed


def test_groups_are_told() -> None:
    assert scenarios.get("gil_released").group == "gil"


def test_an_unknown_one_is_said_and_the_nearest_named() -> None:
    with pytest.raises(LockstepError) as caught:
        scenarios.get("threads_five_worker")
    assert "there is no scenario threads_five_worker" in str(caught.value)
    assert "threads_five_workers" in str(caught.value)


def test_an_unknown_parameter_is_said() -> None:
    with pytest.raises(LockstepError) as caught:
        scenarios.get("thread_pool").source({"threads": 3})
    assert str(caught.value).startswith("the scenario thread_pool has no parameter threads; it has: workers")


@pytest.mark.parametrize("scenario", ALL, ids=lambda scenario: scenario.id)
def test_defaults_come_from_the_program_and_lie_in_their_ranges(scenario: Scenario) -> None:
    assert scenario.source({}) == scenario.code
    for parameter in scenario.parameters:
        assert parameter.checked(parameter.default) == parameter.default


@pytest.mark.parametrize("scenario", ALL, ids=lambda scenario: scenario.id)
def test_the_program_is_a_clean_file_without_a_trace_of_us(scenario: Scenario) -> None:
    compile(scenario.code, scenario.id, "exec")
    assert "lockstep" not in scenario.code.lower()
    assert "engine" not in scenario.code
    assert scenario.code.startswith('"""')


def test_prepare_writes_the_program_with_its_values(tmp_path: Path) -> None:
    path = scenarios.get("threads_five_workers").prepare({"WORKERS": "3", "nap_s": 0.05}, tmp_path)
    assert path == tmp_path / "threads_five_workers.py"
    done = subprocess.run([sys.executable, path], capture_output=True, text=True, check=True)
    # print writes a line and its end one after the other: threads may come between.
    assert sorted(re.findall(r"worker (\d): goodbye", done.stdout)) == ["1", "2", "3"]
    assert done.stdout.endswith("all workers are done\n")


def test_a_scenario_keeps_what_was_read_when_it_gets_its_group() -> None:
    scenario = scenarios.get("threads_cpu_bound")
    moved = scenario.in_group("elsewhere")
    assert (moved.group, moved.id, moved.parameters) == ("elsewhere", scenario.id, scenario.parameters)
    assert moved.code is scenario.code
    assert scenario.group != "elsewhere"
