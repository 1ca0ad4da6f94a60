"""Computing in six ways: only several interpreters are faster."""

from __future__ import annotations

from engine.scenarios.parameter import integer
from engine.scenarios.recorded_ways import read_cpu
from engine.scenarios.scenario import Scenario

SCENARIO = Scenario(
    id="compare_cpu",
    read=read_cpu,
    expected="processes",
    parameters=(integer("pieces", 2, 32), integer("workers", 1, 16), integer("rounds", 100_000, 50_000_000)),
)
