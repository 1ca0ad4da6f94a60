"""One lock for everything makes all wait for all; a lock for each thing lets them work side by side."""

from __future__ import annotations

from engine.model import State
from engine.scenarios.intervals import most_at_once
from engine.scenarios.outcome import fails, holds, too_disturbed
from engine.scenarios.parameter import choice, integer, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    clerks = [row for row in view.workers if row.name.startswith("clerk")]
    if len(clerks) != view["clerks"]:
        return Reading(fails(f"clerks seen: {len(clerks)}"))
    at_once = most_at_once([row.sleeps for row in clerks])
    waited_ns = sum(row.total(State.WAIT_LOCK) for row in clerks)
    alive_ns = sum(row.length_ns for row in clerks)
    figures = {"at_once": at_once, "waited_percent": 100 * waited_ns / max(1, alive_ns)}
    detail = f"at most {at_once} worked at once, {figures['waited_percent']:.0f} % of their time in wait_lock"
    if view["locks"] == "one for all":
        return Reading(
            holds(detail) if at_once == 1 else fails(detail), "one" if at_once == 1 else "all", figures
        )
    if at_once > 1:
        return Reading(holds(detail), "all", figures)
    return Reading(too_disturbed("chance", detail), None, figures)


SCENARIO = Scenario(
    id="lock_granularity",
    read=read,
    expected="one",
    parameters=(
        choice("locks", "one for all", "one each"),
        integer("clerks", 2, 12),
        real("work_s", 0.01, 0.5, "s"),
        integer("rounds", 1, 20),
    ),
    change={"locks": "one each"},
    expected_after_change="all",
)
