"""Who computes inline does not answer; a thread beside it answers late, a process in time."""

from __future__ import annotations

from engine.scenarios.outcome import fails, holds, not_applicable, too_disturbed
from engine.scenarios.parameter import integer, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View

#: With the work inline the clock stands still for all of it: at least so many times longer.
CLEARLY = 2.0


def read(view: View) -> Reading:
    ways = ("inline", "thread", "process")
    found = {way: view.printed(rf"{way}: longest gap (\d+) ms") for way in ways}
    if any(len(gaps) != 1 for gaps in found.values()) or not view.children:
        return Reading(fails("the three clocks were not seen"))
    inline, thread, process = (int(gaps[0]) for gaps in found.values())
    figures = {"inline_ms": inline, "thread_ms": thread, "process_ms": process}
    detail = f"longest gap {inline} ms inline, {thread} ms beside a thread, {process} ms beside a process"
    if inline < 10 * 1000 * view["tick_s"]:
        return Reading(not_applicable("parameters", "the work is too short for the clock"), None, figures)
    if view.machine.free_threaded:
        return Reading(not_applicable("free_threaded"), None, figures)
    if inline >= CLEARLY * max(thread, process):
        return Reading(holds(detail), "inline", figures)
    return Reading(too_disturbed("chance", detail), None, figures)


SCENARIO = Scenario(
    id="responsiveness",
    read=read,
    expected="inline",
    parameters=(integer("rounds", 500_000, 50_000_000), real("tick_s", 0.002, 0.1, "s")),
    change={"rounds": 12_000_000},
    expected_after_change="inline",
)
