"""One set wakes everybody who waits for an event."""

from __future__ import annotations

from engine.agent.layout import Wait
from engine.model import ArrowKind
from engine.scenarios.intervals import Intervals
from engine.scenarios.outcome import fails, holds, too_disturbed
from engine.scenarios.parameter import integer, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import Spans, View


def read(view: View) -> Reading:
    runners = [row for row in view.workers if row.name.startswith("runner")]
    waits = [row.calls(Wait.EVENT) for row in runners]
    ids = {row.id for row in runners}
    woken = {int(arrow["to_track"]) for arrow in view.arrows(ArrowKind.WAKE)} & ids
    waited_ns = [int((spans["end"] - spans["start"]).sum()) for spans in waits]
    figures = {"woken": len(woken), "waited_s": min(waited_ns, default=0) / 1e9}
    detail = f"runners woken by one set: {len(woken)} of {len(runners)}"
    answer = "all" if len(woken) == view["runners"] else "one" if len(woken) == 1 else None
    if answer == "all" and all(len(spans) for spans in waits):
        return Reading(holds(detail), answer, figures)
    naps = view.main.sleeps
    in_time = {row.id for row, spans in zip(runners, waits, strict=True) if _began(spans, naps)}
    if len(runners) == view["runners"] and len(in_time) < len(runners) and in_time <= woken:
        # The others came when the gun had been fired.
        return Reading(too_disturbed("chance", detail), None, figures)
    return Reading(fails(detail), answer, figures)


def _began(waits: Spans, naps: Intervals) -> bool:
    """Whether a runner began to wait before the main thread got ready to fire."""
    return len(waits) > 0 and len(naps) > 0 and bool(waits["start"][0] < naps[-1, 1])


SCENARIO = Scenario(
    id="event",
    read=read,
    expected="all",
    parameters=(integer("runners", 1, 40), real("ready_s", 0.05, 3.0, "s")),
    change={"runners": 12},
    expected_after_change="all",
)
