"""A full pool whose tasks wait for tasks that have no worker left."""

from __future__ import annotations

from engine.agent.layout import Wait
from engine.scenarios.outcome import fails, holds, not_applicable
from engine.scenarios.parameter import integer
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import Row, View


def _stuck(view: View) -> list[Row]:
    """The workers whose last act is to wait for a task of their own pool."""
    workers = [row for row in view.workers if row.name.startswith("worker")]
    waiting = [
        row for row in workers if len(row.spans) and row.spans["reason"][-1] in (Wait.FUTURE, Wait.RESULT)
    ]
    return waiting if len(waiting) == view["workers"] else []


def read(view: View) -> Reading:
    packed = len(view.printed("is packed"))
    stuck = _stuck(view)
    line = view.line_of(int(stuck[0].spans["location"][-1])) if stuck else 0
    figures = {"line": line, "packed": packed, "waiting": len(stuck)}
    if view["orders"] < view["workers"]:
        detail = f"orders packed: {packed}"
        shown = packed == view["orders"] and not stuck
        return Reading(holds(detail) if shown else fails(detail), "packed" if shown else None, figures)
    if stuck and packed == 0:
        return Reading(
            holds(f"workers that wait at line {line} for ever: all {len(stuck)}"), "still", figures
        )
    if view["orders"] % view["workers"]:
        return Reading(not_applicable("parameters", "the orders do not fill the pool"), None, figures)
    return Reading(fails(f"orders packed: {packed}, workers that wait: {len(stuck)}"), None, figures)


SCENARIO = Scenario(
    id="deadlock_pool",
    read=read,
    expected="still",
    parameters=(integer("workers", 1, 16), integer("orders", 1, 16)),
    change={"workers": 3},
    expected_after_change="packed",
    is_over=lambda view: bool(_stuck(view)),
)
