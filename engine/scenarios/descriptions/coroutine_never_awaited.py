"""Calling an async function does not run it."""

from __future__ import annotations

from engine.model import MarkKind
from engine.scenarios.outcome import fails, holds
from engine.scenarios.parameter import real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    ada = bool(view.printed("Hello, Ada"))
    grace = bool(view.printed("Hello, Grace"))
    warnings = [mark for mark in view.marks(MarkKind.WARNING) if "never awaited" in mark.text]
    figures = {"tasks": len(view.tasks), "warning": warnings[0].text if warnings else "?"}
    detail = (
        f"Ada greeted: {ada}, Grace greeted: {grace}, tasks: {len(view.tasks)}, warnings: {len(warnings)}"
    )
    answer = "grace" if grace and not ada else "both" if ada and grace else None
    shown = answer == "grace" and len(view.tasks) == 1 and len(warnings) == 1
    return Reading(holds(detail) if shown else fails(detail), answer, figures)


SCENARIO = Scenario(
    id="coroutine_never_awaited",
    read=read,
    expected="grace",
    parameters=(real("wait_s", 0.05, 3.0, "s"),),
)
