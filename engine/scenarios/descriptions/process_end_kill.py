"""A killed process ends at once: nothing of its own runs any more."""

from __future__ import annotations

from engine.model import EndKind
from engine.scenarios.outcome import fails, holds, not_applicable, too_disturbed
from engine.scenarios.parameter import integer, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    if view.machine.system == "Windows":
        return Reading(not_applicable("platform", "SIGKILL"))
    child = next((row for row in view.children if view.threads_of(row)), None)
    if child is None:
        return Reading(fails("the child was not seen"))
    steps = len(view.printed(r"step \d+"))
    recorded = len(view.main_of(child).sleep_calls)
    cleaned = bool(view.printed("cleaning up"))
    killed = child.ended is EndKind.KILLED and "SIGKILL" in child.track.end.detail
    figures = {"steps": steps, "recorded": recorded, "end": child.track.end.detail}
    detail = f"ended {child.track.end.detail}, steps recorded: {recorded} of {steps}, cleaned up: {cleaned}"
    answer = "cleans" if cleaned else "nothing" if killed else None
    if child.ended in (EndKind.CUT_OFF, EndKind.RUNNING) and not cleaned:
        # The parent collected it before it could be looked at from outside.
        return Reading(too_disturbed("unobserved", "how the child ended was not seen"), None, figures)
    # The signal may come between a step's line and its sleep.
    complete = steps - 1 <= recorded <= steps
    return Reading(holds(detail) if killed and complete and not cleaned else fails(detail), answer, figures)


SCENARIO = Scenario(
    id="process_end_kill",
    read=read,
    expected="nothing",
    parameters=(integer("steps", 1, 50), real("step_s", 0.01, 1.0, "s")),
    change={"steps": 1},
    expected_after_change="nothing",
)
