"""Three ways to start threads that run nothing at the same time."""

from __future__ import annotations

from engine.scenarios.intervals import most_at_once
from engine.scenarios.outcome import fails, holds, too_disturbed
from engine.scenarios.parameter import choice, integer, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    rests = [row.sleeps for row in view.threads_of(view.processes[0])]
    count = sum(len(each) for each in rests)
    at_once = most_at_once(rests)
    in_main = len(view.main.sleeps)
    figures = {"at_once": at_once, "in_main": in_main, "in_workers": count - in_main}
    detail = f"rests in the main thread: {in_main}, in others: {count - in_main}, at most {at_once} at once"
    if count != view["threads"]:
        return Reading(fails(detail), None, figures)
    if view["mistake"] == "none":
        if at_once > 1:
            return Reading(holds(detail), "together", figures)
        return Reading(too_disturbed("chance", detail), None, figures)
    expected = 0 if view["mistake"] == "join in the loop" else count
    shown = at_once == 1 and in_main == expected
    return Reading(holds(detail) if shown else fails(detail), "one" if shown else "together", figures)


SCENARIO = Scenario(
    id="start_mistakes",
    read=read,
    expected="one",
    parameters=(
        choice("mistake", "target=rest()", "run()", "join in the loop", "none"),
        integer("threads", 2, 10),
        real("rest_s", 0.05, 1.0, "s"),
    ),
    change={"mistake": "none"},
    expected_after_change="together",
)
