"""os._exit ends a process on the spot: nothing is cleaned up, nothing flushed."""

from __future__ import annotations

from engine.scenarios.outcome import fails, holds
from engine.scenarios.parameter import integer, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    child = next((row for row in view.children if view.threads_of(row)), None)
    if child is None:
        return Reading(fails("the child was not seen"))
    code = next(iter(view.printed(r"exit code: (-?\d+)")), "?")
    finally_ran = bool(view.printed("finally ran"))
    text_lost = not view.printed("not flushed")
    slept = len(view.main_of(child).sleep_calls)
    figures = {"code": code, "end": child.track.end.detail, "lost": "✓" if text_lost else "✗"}
    detail = (
        f"exit code {code}, finally ran: {finally_ran}, unflushed text lost: {text_lost}, sleeps: {slept}"
    )
    answer = "cleans" if finally_ran else "nothing"
    shown = not finally_ran and code == str(view["exit_code"]) and slept == 1
    return Reading(holds(detail) if shown else fails(detail), answer, figures)


SCENARIO = Scenario(
    id="process_end_os_exit",
    read=read,
    expected="nothing",
    parameters=(integer("exit_code", 0, 255), real("work_s", 0.05, 3.0, "s")),
)
