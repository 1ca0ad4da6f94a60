"""Waiting in six ways: every way to wait at the same time is good."""

from __future__ import annotations

from engine.scenarios.parameter import integer, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View
from engine.scenarios.ways import judge_io, reading


def read(view: View) -> Reading:
    return reading(view, judge_io)


SCENARIO = Scenario(
    id="compare_io",
    read=read,
    expected="all",
    parameters=(integer("pieces", 2, 50), integer("workers", 1, 16), real("wait_s", 0.02, 1.0, "s")),
)
