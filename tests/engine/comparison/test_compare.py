"""Comparisons: the same work in every way, measured for real, and nothing left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from engine.comparison import WAYS, Comparison, Figures, Plan, Progress, compare, observe, sampling
from engine.comparison.interrupts import held_back
from engine.errors import LockstepError
from engine.recording import load

ROOT = Path(__file__).resolve().parents[3]
SMALL = {"cpu": 2_000, "io": 2, "network": 2}

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="programs cannot be observed on Windows yet")


def small(workload: str, runs: int = 1) -> Plan:
    return Plan(workload, runs=runs, pieces=3, workers=2, size=SMALL[workload])


@pytest.mark.parametrize(("workload", "runs"), [("cpu", 1), ("io", 2), ("network", 1)])
def test_every_way_is_measured_as_often_as_asked(workload: str, runs: int) -> None:
    steps: list[Progress] = []
    result = compare(small(workload, runs), steps.append)
    assert isinstance(result, Comparison)
    assert tuple(result.ways) == WAYS
    for figures in result.ways.values():
        assert len(figures.wall_ns) == len(figures.startup_ns) == runs
        assert all(0 <= first < wall for first, wall in zip(figures.startup_ns, figures.wall_ns, strict=True))
        if sampling.AVAILABLE:
            assert figures.memory_bytes
    assert result.speed_up("sequential") == 1.0
    # Every round has every way once, and the rounds begin with different ones.
    rounds = [[step.way for step in steps if step.round == number] for number in range(1, 2 * runs + 1)]
    assert all(sorted(ways) == sorted(WAYS) for ways in rounds)
    assert len({ways[0] for ways in rounds}) == 2 * runs
    assert {step.warm_up for step in steps} == {runs}


def test_it_stops_when_it_is_told_to() -> None:
    steps: list[Progress] = []
    assert compare(small("io"), steps.append, lambda: len(steps) == 2) is None
    assert len(steps) == 2


@pytest.mark.parametrize(
    ("plan", "sentence"),
    [
        (Plan("disk"), "--workload must be one of cpu, io, network, not disk"),
        (Plan("io", runs=0), "--runs must be from 1 to 1000, not 0"),
        (Plan("io", pieces=1000), "--pieces must be from 1 to 200, not 1000"),
        (Plan("io", interpreter="/nowhere/python"), "cannot find the interpreter /nowhere/python"),
    ],
)
def test_what_cannot_be_compared_is_refused(plan: Plan, sentence: str) -> None:
    with pytest.raises(LockstepError) as caught:
        compare(plan)
    assert str(caught.value) == sentence


def test_an_observed_run_is_saved(tmp_path: Path) -> None:
    path = tmp_path / "threads.lockstep"
    observe(small("network"), "threads", path)
    recording = load(path)
    assert recording.store.tracks


def test_spread() -> None:
    assert Figures.of([]) is None
    assert Figures.of([7]) == Figures(7, 7, 7, 7, 7)
    assert Figures.of([4, 1, 2, 3, 5]) == Figures(3, 2, 4, 1, 5)


def command(*arguments: str) -> list[str]:
    return [sys.executable, str(ROOT / "main.py"), "compare", *arguments]


def test_the_command_gives_the_document_that_is_described() -> None:
    arguments = command("--workload", "io", "--runs", "1", "--pieces", "2", "--json")
    done = subprocess.run(arguments, capture_output=True, text=True, check=True)
    document = json.loads(done.stdout)
    schema = json.loads((ROOT / "resources" / "schemas" / "compare.json").read_text())
    jsonschema.validate(document, schema)
    assert [way["way"] for way in document["ways"]] == list(WAYS)
    assert done.stderr.splitlines() == ["warm-up 1 of 1", "round 1 of 1"]


def test_ctrl_c_leaves_nothing_behind() -> None:
    arguments = command("--workload", "network", "--runs", "1000")
    child = subprocess.Popen(arguments, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stderr is not None
    assert child.stderr.readline() == "warm-up 1 of 3\n"
    started = sampling.tree(child.pid) if sampling.AVAILABLE else []
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=300)
    assert child.returncode == 130
    assert out == ""
    assert "Traceback" not in err
    for pid in started[1:]:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_an_interrupt_is_held_back_until_a_process_is_known() -> None:
    started = []

    def start() -> None:
        with held_back():
            signal.raise_signal(signal.SIGINT)
            started.append("here")

    with pytest.raises(KeyboardInterrupt):
        start()
    assert started == ["here"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
