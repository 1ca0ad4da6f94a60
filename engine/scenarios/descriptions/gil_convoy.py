"""Each tiny reply waits for the GIL as long as a computing thread may keep it."""

from __future__ import annotations

from engine.scenarios.outcome import fails, holds, not_applicable, too_disturbed
from engine.scenarios.parameter import integer, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    alone = view.printed(r"alone: ([\d.]+) ms")
    beside = view.printed(r"beside: ([\d.]+) ms")
    if len(alone) != 1 or len(beside) != 1:
        return Reading(fails("the two times were not printed"))
    alone_ms, beside_ms = float(alone[0]), float(beside[0])
    figures = {"alone_ms": alone_ms, "beside_ms": beside_ms, "more_ms": beside_ms - alone_ms}
    detail = (
        f"{alone_ms:.2f} ms a reply alone, {beside_ms:.2f} ms beside the computing threads ({view['busy']})"
    )
    if view.machine.free_threaded:
        return Reading(not_applicable("free_threaded"), None, figures)
    if beside_ms - alone_ms >= 2:
        return Reading(holds(detail), "interval", figures)
    return Reading(too_disturbed("chance", detail), None, figures)


SCENARIO = Scenario(
    id="gil_convoy",
    read=read,
    expected="interval",
    parameters=(integer("busy", 1, 4), integer("requests", 5, 200), real("work_s", 0.0, 0.02, "s")),
    change={"busy": 2},
    expected_after_change="interval",
)
