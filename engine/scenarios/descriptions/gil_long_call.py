"""One long call in C lets nobody in: the interpreter looks for who waits between calls only."""

from __future__ import annotations

from engine.scenarios.outcome import fails, holds, not_applicable, too_disturbed
from engine.scenarios.parameter import choice, integer, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    computed = view.printed(r"computed for (\d+) ms")
    gaps = view.printed(r"longest gap (\d+) ms")
    if len(computed) != 1 or len(gaps) != 1:
        return Reading(fails("the two times were not printed"))
    work_ms, gap_ms = int(computed[0]), int(gaps[0])
    figures = {"work_ms": work_ms, "gap_ms": gap_ms}
    detail = f"the longest gap was {gap_ms} ms, the computation took {work_ms} ms"
    if view.machine.free_threaded:
        return Reading(not_applicable("free_threaded"), None, figures)
    if work_ms < 50:
        return Reading(not_applicable("parameters", "the computation is too short"), None, figures)
    stood_still = gap_ms > 0.6 * work_ms
    if stood_still == (view["work"] == "one call"):
        return Reading(holds(detail), "still" if stood_still else "late", figures)
    return Reading(too_disturbed("chance", detail), None, figures)


SCENARIO = Scenario(
    id="gil_long_call",
    read=read,
    expected="still",
    parameters=(
        choice("work", "one call", "a loop"),
        integer("numbers", 1_000_000, 200_000_000),
        real("tick_s", 0.001, 0.05, "s"),
    ),
    change={"work": "a loop"},
    expected_after_change="late",
)
