"""Interpreters within one process, each with a GIL of its own: two run Python at the same moment."""

from __future__ import annotations

from engine.model import State
from engine.scenarios.intervals import together
from engine.scenarios.outcome import fails, holds, not_applicable, too_disturbed
from engine.scenarios.parameter import integer
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    if view.machine.version < (3, 13):
        return Reading(
            not_applicable("version", "making interpreters from Python, which is in 3.13 and later")
        )
    counters = [row for row in view.workers if row.name.startswith("counter")]
    if len(counters) != 2 or not view.printed("both have counted"):
        return Reading(fails(f"threads seen: {len(counters)}"))
    if view.machine.free_threaded:
        return Reading(not_applicable("free_threaded"))
    if view.machine.cpus < 2:
        return Reading(not_applicable("one_core"))
    alive = min(row.end_ns for row in counters) - max(row.start_ns for row in counters)
    at_once = together([row.within(State.RUNNING, State.NATIVE) for row in counters]) / max(1, alive)
    figures = {"gils": len(view.gils), "at_once": 100 * at_once}
    detail = f"GILs: {len(view.gils)}; both threads ran at the same moment {at_once:.0%} of the time"
    if at_once > 0.3 and len(view.gils) > 1:
        return Reading(holds(detail), "both", figures)
    return Reading(too_disturbed("chance", detail), None, figures)


SCENARIO = Scenario(
    id="subinterpreters",
    read=read,
    expected="both",
    parameters=(integer("rounds", 500_000, 100_000_000),),
)
