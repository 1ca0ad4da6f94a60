"""What a thread's function returns is lost; a future keeps it."""

from __future__ import annotations

from engine.agent.layout import Wait
from engine.model import ArrowKind, EndKind, State
from engine.scenarios.outcome import fails, holds, too_disturbed
from engine.scenarios.parameter import integer, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    squarer = next((row for row in view.workers if row.name == "squarer"), None)
    if squarer is None:
        return Reading(fails("the squarer was not seen"))
    from_thread = view.printed(r"from the thread: (.*)")
    from_future = view.printed(r"from the future: (.*)")
    results = view.arrows(ArrowKind.RESULT)
    waited_ns = view.main.total(State.WAIT, reason=Wait.FUTURE)
    said = from_thread[0] if from_thread else "?"
    result = from_future[0] if from_future else "?"
    figures = {"said": said, "result": result, "waited_s": waited_ns / 1e9}
    lost = squarer.ended is EndKind.FINISHED and "not defined" in said
    kept = result == str(view["number"] ** 2) and len(results) >= 1
    detail = f"from the thread: {said}; from the future: {result}, {len(results)} result arrow"
    if lost and result == str(view["number"] ** 2) and not len(view.main.calls(Wait.FUTURE)):
        # It was there before the main thread asked for it.
        return Reading(too_disturbed("chance", detail), None, figures)
    return Reading(holds(detail) if lost and kept else fails(detail), "lost" if lost else None, figures)


SCENARIO = Scenario(
    id="thread_result",
    read=read,
    expected="lost",
    parameters=(real("work_s", 0.05, 3.0, "s"), integer("number", 0, 1000)),
)
