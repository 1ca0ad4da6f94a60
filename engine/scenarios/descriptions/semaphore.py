"""A semaphore lets in a fixed number at a time."""

from __future__ import annotations

from engine.model import State
from engine.scenarios.intervals import most_at_once
from engine.scenarios.outcome import fails, holds, not_applicable
from engine.scenarios.parameter import integer, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    guests = [row for row in view.workers if row.name.startswith("guest")]
    meals = [row.sleeps for row in guests]
    at_once = most_at_once(meals)
    waits = sum(len(row.select(State.WAIT_LOCK)) for row in guests)
    waited_ns = sum(row.total(State.WAIT_LOCK) for row in guests)
    figures = {"at_once": at_once, "waits": waits, "waited_s": waited_ns / 1e9}
    detail = f"at most {at_once} of {len(guests)} guests ate at once, {waits} waited for a table"
    if len(guests) != view["guests"] or sum(len(m) for m in meals) != view["guests"]:
        return Reading(fails(detail), None, figures)
    if view["guests"] <= view["tables"]:
        answer = "all" if at_once == view["guests"] else None
        return Reading(not_applicable("parameters", "there is a table for everybody"), answer, figures)
    answer = "tables" if at_once == view["tables"] else "all" if at_once == view["guests"] else "one"
    shown = at_once == view["tables"] and waits >= view["guests"] - view["tables"]
    return Reading(holds(detail) if shown else fails(detail), answer, figures)


SCENARIO = Scenario(
    id="semaphore",
    read=read,
    expected="tables",
    parameters=(integer("tables", 1, 20), integer("guests", 1, 40), real("meal_s", 0.05, 2.0, "s")),
    change={"tables": 3},
    expected_after_change="tables",
)
