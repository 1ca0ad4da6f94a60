"""A lock that is free for moments only is never free when somebody looks now and then."""

from __future__ import annotations

from engine.scenarios.outcome import fails, holds, not_applicable, too_disturbed
from engine.scenarios.parameter import integer, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    greedy = next((row for row in view.workers if row.name == "greedy"), None)
    modest = next((row for row in view.workers if row.name == "modest"), None)
    looks = view.printed(r"has it, after (\d+) looks")
    if greedy is None or modest is None or len(looks) != 1:
        return Reading(fails("the two threads were not both seen with the lock"))
    naps = modest.sleeps
    begin, end = (int(naps[0, 0]), int(naps[-1, 1])) if len(naps) else (0, 0)
    turns = int((greedy.sleeps[:, 0] < end).sum())
    rounds = view["greedy_rounds"] * (2 if view["pause_s"] else 1)
    figures = {"waited_ms": (end - begin) / 1e6, "looks": int(looks[0]), "turns": turns}
    detail = f"the modest thread's looks until it had it: {looks[0]}, in {(end - begin) / 1e6:.0f} ms"
    if view["greedy_rounds"] < 5:
        return Reading(not_applicable("parameters", "there are few rounds to wait for"), None, figures)
    if view["pause_s"] and view["pause_s"] < 2 * view["look_s"]:
        return Reading(not_applicable("parameters", "the pause is shorter than two looks"), None, figures)
    starved = turns > rounds / 2
    if starved == (view["pause_s"] == 0):
        return Reading(holds(detail), "starves" if starved else "turns", figures)
    return Reading(too_disturbed("chance", detail), None, figures)


SCENARIO = Scenario(
    id="starvation",
    read=read,
    expected="starves",
    parameters=(
        real("pause_s", 0.0, 0.1, "s"),
        integer("greedy_rounds", 2, 100),
        real("hold_s", 0.005, 0.2, "s"),
        real("look_s", 0.001, 0.05, "s"),
    ),
    change={"pause_s": 0.02},
    expected_after_change="turns",
)
