"""join waits exactly until the thread has ended."""

from __future__ import annotations

from engine.agent.layout import Wait
from engine.model import ArrowKind
from engine.scenarios.outcome import fails, holds, not_applicable, too_disturbed
from engine.scenarios.parameter import real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    helper = next((row for row in view.workers if row.name == "helper"), None)
    if helper is None:
        return Reading(fails("the helper was not seen"))
    joins = view.main.calls(Wait.THREAD_JOIN)
    arrows = [arrow for arrow in view.arrows(ArrowKind.JOIN) if arrow["from_track"] == helper.id]
    joined_ns = int((joins["end"] - joins["start"]).sum())
    share = joined_ns / max(1, helper.length_ns)
    beside_ns = view.inside(helper.sleeps, view.main.sleeps)
    figures = {"helper_s": helper.length_ns / 1e9, "joined_s": joined_ns / 1e9, "beside_s": beside_ns / 1e9}
    answer = "none" if share < 0.02 else "whole" if share > 0.98 else "rest"
    detail = f"main waited in join during {share:.0%} of the helper's life"
    if view["main_s"] >= view["helper_s"]:
        return Reading(not_applicable("parameters", "the helper has ended before the join"), answer, figures)
    naps = view.main.sleeps
    if answer == "none" and len(naps) and naps[-1, 1] > helper.end_ns - 0.1 * helper.length_ns:
        # The main thread overslept until the helper was done.
        return Reading(too_disturbed("chance", detail), None, figures)
    in_order = len(joins) > 0 and joins[-1]["end"] >= helper.end_ns - TOLERANCE_NS
    outcome = holds(detail) if in_order and arrows and answer != "none" else fails(detail)
    return Reading(outcome, answer, figures)


#: A thread's last record stands a little before join hears of its end.
TOLERANCE_NS = 1_000_000

SCENARIO = Scenario(
    id="thread_create_join",
    read=read,
    expected="rest",
    parameters=(real("helper_s", 0.1, 5.0, "s"), real("main_s", 0.0, 5.0, "s")),
    change={"main_s": 1.5},
    expected_after_change="none",
)
