"""A semaphore lets in a fixed number at a time."""

from __future__ import annotations

from engine.agent.layout import Wait
from engine.model import State
from engine.scenarios.intervals import most_at_once
from engine.scenarios.outcome import fails, holds, not_applicable, too_disturbed
from engine.scenarios.parameter import integer, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import Row, View


def read(view: View) -> Reading:
    guests = [row for row in view.workers if row.name.startswith("guest")]
    meals = [row.sleeps for row in guests]
    at_once = most_at_once(meals)
    waits = sum(len(row.calls(Wait.SEMAPHORE)) for row in guests)
    waited_ns = sum(row.total(State.WAIT_LOCK) for row in guests)
    figures = {"at_once": at_once, "waits": waits, "waited_s": waited_ns / 1e9}
    detail = f"guests that ate at once: at most {at_once} of {len(guests)}, waits for a table: {waits}"
    if len(guests) != view["guests"] or sum(len(m) for m in meals) != view["guests"]:
        return Reading(fails(detail), None, figures)
    if view["guests"] <= view["tables"]:
        answer = "all" if at_once == view["guests"] else None
        return Reading(not_applicable("parameters", "there is a table for everybody"), answer, figures)
    if at_once > view["tables"] or _waited_at_a_free_table(guests, view["tables"]):
        answer = "all" if at_once == view["guests"] else "one" if at_once == 1 else None
        return Reading(fails(detail), answer, figures)
    if at_once == view["tables"] and waits >= view["guests"] - view["tables"]:
        return Reading(holds(detail), "tables", figures)
    # Some guests came when others had eaten already.
    return Reading(too_disturbed("chance", detail), None, figures)


def _waited_at_a_free_table(guests: list[Row], tables: int) -> bool:
    """Whether somebody began to wait while fewer others than there are tables can have had one."""
    first_free = min((int(row.sleeps[0, 1]) for row in guests if len(row.sleeps)), default=0)
    waits = {row.id: row.calls(Wait.SEMAPHORE) for row in guests}

    def may_eat(row: Row, at: int) -> bool:
        if len(waits[row.id]) and not first_free < at:
            return False  # it waits for a table itself, and nobody has left one yet
        return row.start_ns <= at <= row.end_ns

    return any(
        sum(may_eat(other, begin) for other in guests if other is not row) < tables
        for row in guests
        for begin in waits[row.id]["start"].tolist()
    )


SCENARIO = Scenario(
    id="semaphore",
    read=read,
    expected="tables",
    parameters=(integer("tables", 1, 20), integer("guests", 1, 40), real("meal_s", 0.05, 2.0, "s")),
    change={"tables": 3},
    expected_after_change="tables",
)
