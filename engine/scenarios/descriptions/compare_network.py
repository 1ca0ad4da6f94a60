"""Fetching pages in six ways: threads and coroutines are about equally good at waiting."""

from __future__ import annotations

from engine.scenarios.parameter import integer, real
from engine.scenarios.recorded_ways import read_network
from engine.scenarios.scenario import Scenario

SCENARIO = Scenario(
    id="compare_network",
    read=read_network,
    expected="alike",
    parameters=(integer("pieces", 2, 50), integer("workers", 1, 16), real("delay_s", 0.02, 1.0, "s")),
)
