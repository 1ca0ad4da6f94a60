"""A thread ends when its function returns."""

from __future__ import annotations

from engine.model import EndKind
from engine.scenarios.outcome import fails, holds
from engine.scenarios.parameter import integer, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    row = next((row for row in view.workers if row.name == "searcher"), None)
    if row is None:
        return Reading(fails("the searcher was not seen"))
    tried = len(view.printed(r"trying \d+"))
    alive = view.printed(r"alive: (True|False)")
    expected = min(view["secret"], view["last"])
    figures = {"tried": tried, "last": view["last"]}
    detail = f"numbers tried: {tried}, then {row.ended.value}; alive afterwards: {', '.join(alive)}"
    ended = row.ended is EndKind.FINISHED and alive == ["False"]
    answer = "ends" if ended and tried == expected else "goes_on" if tried > expected else None
    return Reading(holds(detail) if answer == "ends" else fails(detail), answer, figures)


SCENARIO = Scenario(
    id="thread_end_return",
    read=read,
    expected="ends",
    parameters=(integer("secret", 1, 100), integer("last", 1, 100), real("step_s", 0.01, 1.0, "s")),
    change={"secret": 1},
    expected_after_change="ends",
)
