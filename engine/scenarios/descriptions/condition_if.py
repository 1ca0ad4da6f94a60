"""Who was woken has to look again: with ``if`` around wait a thread takes what is not there any more."""

from __future__ import annotations

from engine.model import EndKind
from engine.scenarios.outcome import fails, holds, too_disturbed
from engine.scenarios.parameter import choice, integer, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    customers = [row for row in view.workers if row.name.startswith("customer")]
    if len(customers) != view["customers"]:
        return Reading(fails(f"customers seen: {len(customers)}"))
    failed = [
        row for row in customers if row.ended is EndKind.FAILED and "IndexError" in row.track.end.detail
    ]
    eaten = len(view.printed(r"eaten: dish \d+"))
    left = next(iter(view.printed(r"dishes left: (\d+)")), "?")
    figures = {"failed": len(failed), "eaten": eaten, "left": left}
    detail = f"{eaten} ate, {len(failed)} found nothing, dishes left: {left}"
    if view["check"] == "while":
        right = eaten == view["customers"] and not failed
        return Reading(holds(detail) if right else fails(detail), "all" if right else "error", figures)
    if failed:
        return Reading(holds(detail), "error", figures)
    # All came one by one, each to a dish of its own.
    return Reading(too_disturbed("chance", f"nobody was woken for nothing: {detail}"), None, figures)


SCENARIO = Scenario(
    id="condition_if",
    read=read,
    expected="error",
    parameters=(choice("check", "if", "while"), integer("customers", 2, 10), real("cook_s", 0.0, 1.0, "s")),
    change={"check": "while"},
    expected_after_change="all",
)
