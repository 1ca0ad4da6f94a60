"""A task's failure that nobody asks for vanishes."""

from __future__ import annotations

from engine.model import EndKind
from engine.scenarios.outcome import fails, holds
from engine.scenarios.parameter import real, switch
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    divided = len(view.printed(r"12 / \d is"))
    well = bool(view.printed("all is well"))
    told = "ZeroDivisionError" in view.stderr
    figures = {"divided": divided}
    detail = f"{divided} of 3 divisions printed, the failure told: {told}, the program went on: {well}"
    answer = "vanishes" if well and not told else "raised" if told and not well else None
    expected = "raised" if view["ask"] else "vanishes"
    main_ended = view.processes[0].ended
    whole = divided == 2 and main_ended in (EndKind.FINISHED, EndKind.FAILED, EndKind.KILLED)
    return Reading(holds(detail) if answer == expected and whole else fails(detail), answer, figures)


SCENARIO = Scenario(
    id="pool_lost_exception",
    read=read,
    expected="vanishes",
    parameters=(switch("ask"), real("work_s", 0.05, 2.0, "s")),
    change={"ask": True},
    expected_after_change="raised",
)
