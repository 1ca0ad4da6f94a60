"""What ``bench`` says: the report's arithmetic, its document, and that its programs do what is timed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from engine.bench.report import AgentCost, BenchReport, Reading, Timing, WorkloadResult
from engine.bench.runner import RunFailed, Runner
from engine.bench.workloads import PROGRAMS, WORKLOADS, Workload

SCHEMA = json.loads(
    (Path(__file__).resolve().parents[3] / "resources" / "schemas" / "bench.json").read_text()
)


def report(*results: WorkloadResult) -> BenchReport:
    return BenchReport(
        machine={"system": "Linux", "release": "6", "machine": "x86_64", "cpus": 2, "python": "3.11.2"},
        interpreter={"executable": "/usr/bin/python3", "version": "3.13.0"},
        lockstep="0.1.0",
        rounds=3,
        load_before=0.1,
        workloads=list(results),
    )


def test_factors_are_ratios_of_medians_and_of_each_round() -> None:
    result = WorkloadResult("x", "X", 2.0, {"alone": Timing([10, 12, 11]), "record": Timing([22, 18, 33])})
    assert result.factor("record") == pytest.approx(22 / 11)
    assert result.factors("record") == pytest.approx([2.2, 1.5, 3.0])
    assert result.factor("alone") == 1.0


def test_a_way_that_failed_has_no_factor_and_is_named() -> None:
    result = WorkloadResult("x", "X", 0.0, {"alone": Timing([10]), "record": Timing([], "exit status 3")})
    assert result.factor("record") is None
    text = report(result).as_text()
    assert "x, record: exit status 3" in text
    assert "×" not in text


@pytest.mark.parametrize("reading", [None, Reading(5_000_000, 4.0, 300.0), Reading(failed="no session")])
def test_the_document_keeps_to_its_schema(reading: Reading | None) -> None:
    whole = report(WorkloadResult("x", "X", 2.0, {"alone": Timing([10.0]), "record": Timing([20.0])}))
    whole.reading = reading
    whole.agent = AgentCost(200.0, 300.0, 900.0, None)
    document = json.loads(json.dumps(whole.as_json()))
    jsonschema.validate(document, SCHEMA)
    if reading is not None and not reading.failed:
        assert document["reading"]["records_per_second"] == 1_250_000


def test_the_schema_refuses_a_document_without_the_machine() -> None:
    document = report().as_json()
    del document["machine"]
    with pytest.raises(jsonschema.ValidationError, match="machine"):
        jsonschema.validate(document, SCHEMA)


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda w: w.id)
def test_every_workload_times_itself(workload: Workload) -> None:
    runner = Runner(Path(sys.executable))
    output = runner.output_of(runner.alone(workload.program), workload.cores)
    assert re.fullmatch(r"(elapsed \d+\.\d+\n)+", output)


def test_a_program_that_fails_is_told_with_its_last_line(tmp_path: Path) -> None:
    program = tmp_path / "fails.py"
    program.write_text("raise ValueError('on purpose')")
    runner = Runner(Path(sys.executable))
    with pytest.raises(RunFailed, match="exit status 1: ValueError: on purpose"):
        runner.output_of(runner.alone(program))


def test_the_cost_program_runs_without_the_agent() -> None:
    done = subprocess.run(
        [sys.executable, PROGRAMS / "agent_cost.py"], capture_output=True, text=True, check=True
    )
    assert re.fullmatch(r"with_lock \d+\.\d\n", done.stdout)
