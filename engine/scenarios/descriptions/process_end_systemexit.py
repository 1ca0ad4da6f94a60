"""raise SystemExit ends a process like sys.exit; its argument becomes the exit code."""

from __future__ import annotations

from engine.scenarios.outcome import fails, holds
from engine.scenarios.parameter import integer, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    children = [row for row in view.children if view.threads_of(row)]
    codes = view.printed(r"SystemExit\([^)]*\): exit code (-?\d+)")
    finally_ran = len(view.printed("finally ran"))
    figures = {"codes": ", ".join(codes), "finally": finally_ran}
    detail = f"exit codes {', '.join(codes)}, times finally ran: {finally_ran}"
    text = codes[1] if len(codes) > 1 else "?"
    answer = {"1": "one", "0": "zero"}.get(text)
    shown = codes == [str(view["code"]), "1", "0"] and finally_ran == 3 == len(children)
    return Reading(holds(detail) if shown else fails(detail), answer, figures)


SCENARIO = Scenario(
    id="process_end_systemexit",
    read=read,
    expected="one",
    parameters=(integer("code", 0, 255), real("work_s", 0.05, 3.0, "s")),
)
