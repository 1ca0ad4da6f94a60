"""Fetching pages in six ways: threads and coroutines are about equally good at waiting."""

from __future__ import annotations

from engine.scenarios.parameter import integer, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View
from engine.scenarios.ways import judge_network, reading


def read(view: View) -> Reading:
    return reading(view, judge_network)


SCENARIO = Scenario(
    id="compare_network",
    read=read,
    expected="alike",
    parameters=(integer("pieces", 2, 50), integer("workers", 1, 16), real("delay_s", 0.02, 1.0, "s")),
)
