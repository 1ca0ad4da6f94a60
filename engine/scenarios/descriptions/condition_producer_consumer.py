"""Waiters at a condition: each notify wakes one, and every dish is served once."""

from __future__ import annotations

from engine.agent.layout import Wait
from engine.model import State
from engine.scenarios.outcome import fails, holds, too_disturbed
from engine.scenarios.parameter import integer, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    waiters = [row for row in view.workers if row.name.startswith("waiter")]
    served = view.printed(r"served: dish (\d+)")
    once = sorted(map(int, served)) == list(range(1, view["dishes"] + 1))
    waited_ns = sum(row.total(State.WAIT, reason=Wait.CONDITION) for row in waiters)
    alive_ns = sum(row.length_ns for row in waiters)
    figures = {
        "served": len(served),
        "waited_percent": 100 * waited_ns / max(1, alive_ns),
        "waited_s": waited_ns / 1e9,
    }
    detail = f"dishes served: {len(served)}, each once: {once}; {waited_ns / 1e9:.2f} s of waiting"
    if not once or len(waiters) != view["waiters"]:
        return Reading(fails(detail), "once" if once else "twice", figures)
    # Waiters that start slowly may find every dish ready.
    return Reading(holds(detail) if waited_ns else too_disturbed("chance", detail), "once", figures)


SCENARIO = Scenario(
    id="condition_producer_consumer",
    read=read,
    expected="once",
    parameters=(integer("waiters", 1, 10), integer("dishes", 1, 50), real("cook_s", 0.01, 1.0, "s")),
    change={"waiters": 5},
    expected_after_change="once",
)
