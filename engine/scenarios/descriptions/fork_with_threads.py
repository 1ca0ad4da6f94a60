"""fork copies a taken lock, but not the thread that would give it back."""

from __future__ import annotations

from engine.scenarios.outcome import fails, holds, not_applicable, too_disturbed
from engine.scenarios.parameter import choice, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    if view.machine.system == "Windows" and view["method"] == "fork":
        return Reading(not_applicable("platform", "fork"))
    waiting = view.printed(r"child still waiting: (True|False)")
    had_it = bool(view.printed("the child has the lock"))
    if len(waiting) != 1:
        return Reading(fails("the end was not seen"))
    figures = {"patience_s": view["patience_s"]}
    detail = f"the child had the lock: {had_it}; still waiting at the end: {waiting[0]}"
    answer = "gets" if had_it else "waits"
    if view["method"] == "fork":
        # The lock may have been given back before the fork came, on a machine that stood still.
        return Reading(too_disturbed("chance", detail) if had_it else holds(detail), answer, figures)
    return Reading(holds(detail) if had_it else too_disturbed("chance", detail), answer, figures)


SCENARIO = Scenario(
    id="fork_with_threads",
    read=read,
    expected="waits",
    parameters=(
        choice("method", "fork", "spawn"),
        real("hold_s", 0.1, 2.0, "s"),
        real("patience_s", 0.2, 3.0, "s"),
    ),
    change={"method": "spawn"},
    expected_after_change="gets",
)
