"""A thread is asked to stop by a flag, and ends when it looks at it."""

from __future__ import annotations

from engine.agent.layout import Wait
from engine.model import EndKind
from engine.scenarios.intervals import Intervals
from engine.scenarios.outcome import fails, holds, too_disturbed
from engine.scenarios.parameter import real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    rows = {row.name: row for row in view.workers}
    function, subclass = rows.get("function"), rows.get("subclass")
    asked = view.main.sleep_calls
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
    if finished and in_time:
        return Reading(holds(detail), "looks", figures)
    # One may begin between the main thread's waking and its setting the flag.
    begun = max(_begun(function.sleeps, asked_ns), _begun(subclass.in_calls(Wait.EVENT), asked_ns))
    if finished and begun <= 1:
        return Reading(too_disturbed("chance", detail), None, figures)
    return Reading(fails(detail), "looks" if finished else None, figures)


def _begun(periods: Intervals, asked_ns: int) -> int:
    """How many periods began after the main thread had asked to stop."""
    return int((periods[:, 0] > asked_ns).sum())


SCENARIO = Scenario(
    id="thread_end_flag",
    read=read,
    expected="looks",
    parameters=(real("period_s", 0.05, 2.0, "s"), real("run_s", 0.1, 5.0, "s")),
    change={"period_s": 0.5},
    expected_after_change="looks",
)
