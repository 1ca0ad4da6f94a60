"""Every thread has a name; the program's first one is called MainThread."""

from __future__ import annotations

from engine.scenarios.outcome import fails, holds
from engine.scenarios.parameter import integer, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    names = [row.name for row in view.threads]
    said = view.printed(r"(\S+) begins")
    loop = view.workers[0] if view.workers else None
    steps = len(loop.sleep_calls) if loop else 0
    figures = {"threads": len(names), "names": ", ".join(names), "steps": steps}
    detail = f"rows {', '.join(names)}; printed {', '.join(said)}"
    answer = {1: "one", 2: "two"}.get(len(names), "three")
    shown = names == ["MainThread", "LoopThread"] == said and steps == view["steps"]
    return Reading(holds(detail) if shown else fails(detail), answer, figures)


SCENARIO = Scenario(
    id="thread_main_and_child",
    read=read,
    expected="two",
    parameters=(integer("steps", 1, 50), real("step_s", 0.01, 1.0, "s")),
)
