"""Two locks taken in opposite order: each thread waits for what the other has."""

from __future__ import annotations

from engine.model import EndKind
from engine.scenarios.intervals import most_at_once
from engine.scenarios.outcome import fails, holds, too_disturbed
from engine.scenarios.parameter import real, switch
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    transfers = view.workers[:2]
    cycle = view.deadlocks[0].links if view.deadlocks else ()
    ends = [view.row(link.track).name for link in cycle]
    lines = [view.line_of(link.location) for link in cycle]
    figures = {
        "threads": len(cycle),
        "cycle": " → ".join(
            f"{view.row(link.track).name} (L{line}) → {view.name_of(link.object)}"
            for link, line in zip(cycle, lines, strict=True)
        ),
    }
    if len(cycle) == 2 and len(set(ends)) == 2 and all(lines):
        detail = f"both threads wait for each other, at lines {lines[0]} and {lines[1]}"
        return Reading(fails(detail) if view["same_order"] else holds(detail), "still", figures)
    if len(transfers) == 2 and all(row.ended is EndKind.FINISHED for row in transfers):
        detail = "both transfers went through"
        if view["same_order"] or not view["pause_s"]:
            return Reading(holds(detail), "finish", figures)
        if most_at_once([row.sleeps for row in transfers]) < 2:
            # One was through before the other one had its first lock.
            return Reading(too_disturbed("chance", detail), None, figures)
        return Reading(fails(detail), "finish", figures)
    return Reading(fails(f"no cycle of two threads was found, threads seen: {len(transfers)}"))


SCENARIO = Scenario(
    id="deadlock_two_locks",
    read=read,
    expected="still",
    parameters=(real("pause_s", 0.0, 2.0, "s"), switch("same_order")),
    change={"same_order": True},
    expected_after_change="finish",
    is_over=lambda view: bool(view.deadlocks),
)
