"""Five who each take the left fork first all starve; in a fixed order they eat."""

from __future__ import annotations

from engine.model import EndKind
from engine.scenarios.intervals import most_at_once
from engine.scenarios.outcome import fails, holds, too_disturbed
from engine.scenarios.parameter import integer, real, switch
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    rows = [row for row in view.workers if row.name.startswith("philosopher")]
    links = view.deadlocks[0].links if view.deadlocks else ()
    eaten = len(view.printed(r"philosopher \d+ eats"))
    names = [view.row(link.track).name.removeprefix("philosopher ") for link in links]
    figures = {"cycle": " → ".join(names), "threads": len(links), "eaten": eaten}
    finished = sum(row.ended is EndKind.FINISHED for row in rows)
    detail = f"a circle of {len(links)}, {finished} of {len(rows)} finished"
    answer = "still" if links else "eat" if finished == view["philosophers"] else None
    whole = len(links) == view["philosophers"] and all(view.line_of(link.location) for link in links)
    if view["ordered"]:
        return Reading(holds(detail) if answer == "eat" else fails(detail), answer, figures)
    if answer == "eat" and most_at_once([row.sleeps for row in rows]) < len(rows):
        # One had eaten before another one had come to the table.
        return Reading(too_disturbed("chance", detail), None, figures)
    return Reading(holds(detail) if answer == "still" and whole else fails(detail), answer, figures)


SCENARIO = Scenario(
    id="deadlock_philosophers",
    read=read,
    expected="still",
    parameters=(integer("philosophers", 2, 12), real("think_s", 0.02, 1.0, "s"), switch("ordered")),
    change={"ordered": True},
    expected_after_change="eat",
    is_over=lambda view: bool(view.deadlocks),
)
