"""Nobody is blocked, everybody runs, and yet nothing gets done."""

from __future__ import annotations

from engine.model import EndKind
from engine.scenarios.outcome import fails, holds, too_disturbed
from engine.scenarios.parameter import choice, integer
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    people = [row for row in view.workers if row.name in ("Ada", "Grace")]
    passed = view.printed(r"passed after (\d+) tries")
    gave_up = view.printed(r"gave up after (\d+) tries")
    ended = all(row.ended is EndKind.FINISHED for row in people)
    if len(people) != 2 or len(passed) + len(gave_up) != 2 or not ended:
        return Reading(fails(f"{len(passed)} passed, {len(gave_up)} gave up"))
    figures = {"tries": int((gave_up or passed)[0]), "passed": len(passed)}
    detail = f"{len(passed)} passed, {len(gave_up)} gave up"
    if view["way"] == "in step":
        shown = len(gave_up) == 2 and not view.deadlocks
        return Reading(holds(detail) if shown else fails(detail), "never" if shown else None, figures)
    if len(passed) == 2:
        return Reading(holds(detail), "soon", figures)
    return Reading(too_disturbed("chance", detail), None, figures)


SCENARIO = Scenario(
    id="livelock",
    read=read,
    expected="never",
    parameters=(choice("way", "in step", "random pause"), integer("most_tries", 2, 200)),
    change={"way": "random pause"},
    expected_after_change="soon",
)
