"""With spawn a child runs the main file anew: without a guard it would start children, too."""

from __future__ import annotations

from engine.scenarios.outcome import fails, holds, not_applicable
from engine.scenarios.parameter import choice, switch
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    method, guarded = view["method"], view["guarded"]
    if view.machine.system == "Windows" and method != "spawn":
        return Reading(not_applicable("platform", method))
    works = len(view.printed("the child works"))
    refused = "RuntimeError" in view.stderr
    code = next(iter(view.printed(r"exit code (-?\d+)")), "–")
    figures = {"works": works, "code": code}
    detail = f"{method}, guarded: {guarded}; times the child worked: {works}, RuntimeError: {refused}"
    answer = "works" if works == 1 and not refused else "refused" if refused and not works else None
    expected = "works" if guarded or method == "fork" else "refused"
    return Reading(holds(detail) if answer == expected else fails(detail), answer, figures)


SCENARIO = Scenario(
    id="process_main_guard",
    read=read,
    expected="refused",
    parameters=(choice("method", "fork", "spawn", "forkserver"), switch("guarded")),
    change={"method": "fork"},
    expected_after_change="works",
)
