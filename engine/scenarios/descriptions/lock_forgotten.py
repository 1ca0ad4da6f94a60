"""A lock outlives the thread that died with it."""

from __future__ import annotations

from engine.agent.layout import Wait
from engine.model import EndKind
from engine.scenarios.outcome import fails, holds, too_disturbed
from engine.scenarios.parameter import real, switch
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    rows = {row.name: row for row in view.workers}
    first, second = rows.get("first"), rows.get("second")
    if first is None or second is None:
        return Reading(fails(f"the threads seen were {', '.join(rows)}"))
    waits = second.calls(Wait.LOCK)
    last = waits[-1] if len(waits) else None
    stuck = last is not None and second.ended is not EndKind.FINISHED and int(last["end"]) >= second.end_ns
    waited_ns = int((waits["end"] - waits["start"]).sum())
    figures = {
        "waited_s": waited_ns / 1e9,
        "error": first.track.end.detail,
        "line": view.line_of(int(last["location"])) if last is not None else 0,
    }
    detail = f"first {first.ended.value}, second {'waits for ever' if stuck else second.ended.value}"
    failed = first.ended is EndKind.FAILED
    answer = "waits" if stuck else "prints" if second.ended is EndKind.FINISHED else None
    expected = "prints" if view["with_statement"] else "waits"
    came_first = second.ended is EndKind.FINISHED and not (first.sleeps[:, 0] < second.end_ns).any()
    if failed and came_first and not view["with_statement"]:
        # The second one had printed before the first one took the lock.
        return Reading(too_disturbed("chance", detail), None, figures)
    owner_right = not stuck or last is None or int(last["owner"]) in (first.id, -1)
    shown = failed and answer == expected and owner_right
    return Reading(holds(detail) if shown else fails(detail), answer, figures)


def is_over(view: View) -> bool:
    """Nothing more will happen: the first thread is dead and the second waits."""
    rows = {row.name: row for row in view.workers}
    first, second = rows.get("first"), rows.get("second")
    return (
        not view["with_statement"]
        and first is not None
        and second is not None
        and first.ended is EndKind.FAILED
        and len(second.spans) > 0
        and second.spans[-1]["reason"] == Wait.LOCK
    )


SCENARIO = Scenario(
    id="lock_forgotten",
    read=read,
    expected="waits",
    parameters=(switch("with_statement"), real("work_s", 0.05, 2.0, "s")),
    change={"with_statement": True},
    expected_after_change="prints",
    is_over=is_over,
)
