"""A thread is asked to stop by a flag, and ends when it looks at it."""

from __future__ import annotations

from engine.model import EndKind
from engine.scenarios.outcome import fails, holds
from engine.scenarios.parameter import real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    rows = {row.name: row for row in view.workers}
    function, subclass = rows.get("function"), rows.get("subclass")
    asked = view.main.sleep_spans
    if function is None or subclass is None or not len(asked):
        return Reading(fails(f"the threads seen were {', '.join(rows)}"))
    asked_ns = int(asked[-1]["end"])
    function_ns, subclass_ns = (max(0, row.end_ns - asked_ns) for row in (function, subclass))
    figures = {"function_ms": function_ns / 1e6, "subclass_ms": subclass_ns / 1e6}
    period_ns = view["period_s"] * 1e9
    detail = (
        f"after the flag the function ended within {function_ns / period_ns:.0%} of a period, "
        f"the subclass within {subclass_ns / period_ns:.0%}"
    )
    finished = function.ended is EndKind.FINISHED and subclass.ended is EndKind.FINISHED
    in_time = function_ns <= 1.1 * period_ns and subclass_ns <= 1.1 * period_ns
    answer = "looks" if finished else None
    return Reading(holds(detail) if finished and in_time else fails(detail), answer, figures)


SCENARIO = Scenario(
    id="thread_end_flag",
    read=read,
    expected="looks",
    parameters=(real("period_s", 0.05, 2.0, "s"), real("run_s", 0.1, 5.0, "s")),
    change={"period_s": 0.5},
    expected_after_change="looks",
)
