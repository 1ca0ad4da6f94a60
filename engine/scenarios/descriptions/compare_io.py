"""Waiting in six ways: every way to wait at the same time is good."""

from __future__ import annotations

from engine.scenarios.outcome import fails, holds, not_applicable, too_disturbed
from engine.scenarios.parameter import integer, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View
from engine.scenarios.ways import figures_of, seconds


def read(view: View) -> Reading:
    times = seconds(view)
    if times is None:
        return Reading(fails("not all six ways were seen"))
    figures = figures_of(times)
    alone = times["one_after_the_other"]
    slowest = max(value for way, value in times.items() if way != "one_after_the_other")
    detail = f"one after the other {alone:.2f} s, the slowest of the other ways {slowest:.2f} s"
    if view["workers"] < 2 or view["wait_s"] < 0.1:
        return Reading(not_applicable("parameters", "one worker, or hardly a wait"), None, figures)
    if slowest < 0.8 * alone:
        return Reading(holds(detail), "all", figures)
    return Reading(too_disturbed("chance", detail), None, figures)


SCENARIO = Scenario(
    id="compare_io",
    read=read,
    expected="all",
    parameters=(integer("pieces", 2, 50), integer("workers", 1, 16), real("wait_s", 0.02, 1.0, "s")),
)
