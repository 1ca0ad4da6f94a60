"""A cancelled task gets an exception where it waits, cleans up, and ends."""

from __future__ import annotations

from engine.model import EndKind
from engine.scenarios.outcome import fails, holds, not_applicable, too_disturbed
from engine.scenarios.parameter import real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    ends = {row.name: row.track.end.kind for row in view.tasks}
    names = ["cancelled by hand", "timed out"]
    if view.machine.version >= (3, 11):
        names.append("sibling")
    cancelled = [name for name in names if ends.get(name) is EndKind.CANCELLED]
    cleaned = [name for name in names if view.printed(f"{name}: cleaning up")]
    figures = {"cancelled": len(cancelled), "cleaned": len(cleaned), "work_s": view["work_s"]}
    detail = f"tasks cancelled: {len(cancelled)} of {len(names)}, cleaned up: {len(cleaned)}"
    if set(names) - set(ends):
        return Reading(fails(f"tasks seen: {len(ends)}"))
    if view["patience_s"] >= view["work_s"]:
        return Reading(not_applicable("parameters", "the work is done before patience ends"), None, figures)
    if len(cleaned) < len(names):
        return Reading(fails(detail), None, figures)
    if len(cancelled) < len(names):
        # On a machine that stood still for seconds the work may have been done in time.
        done = bool(view.printed("done"))
        return Reading(too_disturbed("chance", detail) if done else fails(detail), None, figures)
    return Reading(holds(detail), "cleans", figures)


SCENARIO = Scenario(
    id="coroutine_cancel",
    read=read,
    expected="cleans",
    parameters=(real("work_s", 0.5, 5.0, "s"), real("patience_s", 0.05, 2.0, "s")),
)
