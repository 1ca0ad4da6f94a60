"""A timeout ends the waiting, not the work."""

from __future__ import annotations

from engine.agent.layout import Wait
from engine.model import SpanFlag, State
from engine.scenarios.outcome import fails, holds, not_applicable, too_disturbed
from engine.scenarios.parameter import real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    alive = view.printed(r"worker alive: (True|False)")
    got = view.printed(r"got the lock: (True|False)")
    if len(alive) != 1 or len(got) != 1 or not view.printed("work done"):
        return Reading(fails("not everything was printed"))
    joins = view.main.select(State.WAIT, reason=Wait.THREAD_JOIN)
    timed_out = int(((joins["flags"] & SpanFlag.TIMED_OUT) > 0).sum())
    rang = bool(view.printed("the timer rings"))
    figures = {"patience_s": view["patience_s"], "timed_out": timed_out}
    detail = f"after join alive: {alive[0]}, after acquire got the lock: {got[0]}, timer rang: {rang}"
    if view["work_s"] < 3 * view["patience_s"]:
        return Reading(not_applicable("parameters", "the work may be done in time"), None, figures)
    if not rang:
        return Reading(fails(detail), None, figures)
    if alive == ["True"] and got == ["False"]:
        return Reading(holds(detail), "goes_on", figures)
    return Reading(too_disturbed("chance", detail), None, figures)


SCENARIO = Scenario(
    id="timer_and_timeout",
    read=read,
    expected="goes_on",
    parameters=(real("work_s", 0.2, 3.0, "s"), real("patience_s", 0.05, 1.0, "s")),
)
