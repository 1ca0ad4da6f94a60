"""sys.exit in a process's main thread ends the process in good order; in another thread, that thread."""

from __future__ import annotations

from engine.model import EndKind
from engine.scenarios.outcome import fails, holds, not_applicable
from engine.scenarios.parameter import integer, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    child = next((row for row in view.children if view.threads_of(row)), None)
    if child is None:
        return Reading(fails("the child was not seen"))
    code = next(iter(view.printed(r"exit code: (-?\d+)")), "?")
    went_on = bool(view.printed("the child goes on"))
    finally_ran = bool(view.printed("finally ran"))
    atexit_ran = bool(view.printed("atexit ran"))
    leaver = next((row for row in view.threads_of(child) if row.name == "leaver"), None)
    figures = {"code": code, "atexit": "✓" if atexit_ran else "✗"}
    detail = f"exit code {code}, finally ran: {finally_ran}, the thread's exit ended the child: {not went_on}"
    if leaver is None:
        return Reading(not_applicable("ended_early", "the thread was not seen"), None, figures)
    answer = "thread" if went_on else "process"
    ended = leaver.ended in (EndKind.FINISHED, EndKind.FAILED)
    shown = went_on and finally_ran and code == str(view["exit_code"]) and ended
    return Reading(holds(detail) if shown else fails(detail), answer, figures)


SCENARIO = Scenario(
    id="process_end_sys_exit",
    read=read,
    expected="thread",
    parameters=(integer("exit_code", 0, 255), real("work_s", 0.05, 3.0, "s")),
)
