"""Processes that share memory lose updates like threads, and there is not even a GIL between them."""

from __future__ import annotations

from engine.scenarios.outcome import fails, holds, not_applicable, too_disturbed
from engine.scenarios.parameter import integer, switch
from engine.scenarios.phases import COMPUTING, TOGETHER, Shared
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View

#: Of fewer additions none may be lost by chance: a machine that has less than its cores' worth of time
#: (a virtual one) may run the processes in turns that cannot be seen from inside.
MANY = 1_000_000


def read(view: View) -> Reading:
    printed = view.printed(r"counted: (\d+)")
    if len(printed) != 1 or len(view.children) < 2:
        return Reading(fails(f"processes seen: {len(view.children)}, results: {len(printed)}"))
    counted, wanted = int(printed[0]), 2 * view["rounds"]
    figures = {"counted": counted, "wanted": wanted, "lost": wanted - counted}
    detail = f"{counted} of {wanted} counted"
    if view["locked"]:
        right = counted == wanted
        return Reading(holds(detail) if right else fails(detail), "right" if right else "lost", figures)
    if view.machine.cpus < 2:  # whatever got lost, they were not at it at the same moment
        return Reading(not_applicable("one_core"), None, figures)
    if counted < wanted:
        return Reading(holds(detail), "lost", figures)
    counters = [view.main_of(child) for child in view.children if view.threads_of(child)]
    at_once = Shared(counters).share_at_once(*COMPUTING) if counters else 0.0
    detail += f", and the processes ran at the same moment for {at_once:.0%} of their time"
    if at_once >= TOGETHER and view["rounds"] >= MANY:
        return Reading(fails(detail), "right", figures)
    return Reading(too_disturbed("chance", detail), None, figures)


SCENARIO = Scenario(
    id="process_shared_memory",
    read=read,
    expected="lost",
    parameters=(switch("locked"), integer("rounds", 100, 5_000_000)),
    change={"locked": True, "rounds": 3_000},
    expected_after_change="right",
)
