"""Waiting in six ways: every way to wait at the same time is good."""

from __future__ import annotations

from engine.scenarios.parameter import integer, real
from engine.scenarios.recorded_ways import read_io
from engine.scenarios.scenario import Scenario

SCENARIO = Scenario(
    id="compare_io",
    read=read_io,
    expected="all",
    parameters=(integer("pieces", 2, 50), integer("workers", 1, 16), real("wait_s", 0.02, 1.0, "s")),
)
