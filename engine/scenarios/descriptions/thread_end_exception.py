"""An uncaught exception ends its own thread and no other."""

from __future__ import annotations

from engine.model import EndKind
from engine.scenarios.outcome import fails, holds
from engine.scenarios.parameter import integer, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    rows = {row.name: row for row in view.workers}
    if not {"good", "careless", "careful"} <= set(rows):
        return Reading(fails(f"the threads seen were {', '.join(rows)}"))
    careless = rows["careless"]
    went_on = bool(view.printed("the program goes on"))
    divided = len(view.printed(r"good: \d"))
    figures = {"error": careless.track.end.detail, "divided": divided}
    detail = f"careless {careless.ended.value} ({careless.track.end.detail}), the program went on: {went_on}"
    alone = (
        careless.ended is EndKind.FAILED
        and "ZeroDivisionError" in careless.track.end.detail
        and rows["good"].ended is EndKind.FINISHED
        and rows["careful"].ended is EndKind.FINISHED
        and divided == view["steps"]
    )
    answer = "alone" if went_on and divided == view["steps"] else "program"
    return Reading(holds(detail) if alone and went_on else fails(detail), answer, figures)


SCENARIO = Scenario(
    id="thread_end_exception",
    read=read,
    expected="alone",
    parameters=(integer("steps", 1, 20), real("step_s", 0.01, 1.0, "s")),
)
