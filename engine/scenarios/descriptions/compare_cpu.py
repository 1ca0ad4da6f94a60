"""Computing in six ways: only several interpreters are faster."""

from __future__ import annotations

from engine.scenarios.parameter import integer
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View
from engine.scenarios.ways import judge_cpu, reading


def read(view: View) -> Reading:
    return reading(view, judge_cpu)


SCENARIO = Scenario(
    id="compare_cpu",
    read=read,
    expected="processes",
    parameters=(integer("pieces", 2, 32), integer("workers", 1, 16), integer("rounds", 100_000, 50_000_000)),
)
