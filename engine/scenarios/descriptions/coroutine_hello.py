"""A coroutine that awaits a sleep is suspended, and its thread sleeps."""

from __future__ import annotations

from engine.model import State
from engine.scenarios.intervals import NONE, total
from engine.scenarios.outcome import fails, holds, too_disturbed
from engine.scenarios.parameter import real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    task = view.tasks[0] if view.tasks else None
    suspended = task.within(State.SUSPENDED) if task else NONE
    computing = [row.within(State.RUNNING, State.NATIVE) for row in view.threads]
    busy = sum(view.inside(intervals, suspended) for intervals in computing) / max(1, total(suspended))
    share = task.share(State.SUSPENDED) if task else 0.0
    figures = {
        "tasks": len(view.tasks),
        "threads": len(view.threads),
        "suspended_s": total(suspended) / 1e9,
        "busy_percent": 100 * busy,
    }
    detail = f"tasks: {len(view.tasks)}, suspended {share:.0%} of its life, threads: {len(view.threads)}"
    if len(view.threads) > 1:
        return Reading(fails(detail), "other_thread", figures)
    answer = "sleeps" if busy < 0.1 else "busy" if busy > 0.5 else None
    if len(view.tasks) != 1 or answer == "busy" or not total(suspended):
        return Reading(fails(detail), answer, figures)
    if share > 0.8 and answer == "sleeps":
        return Reading(holds(detail), answer, figures)
    # Before and after the wait the machine stood still.
    return Reading(too_disturbed("chance", detail), None, figures)


SCENARIO = Scenario(
    id="coroutine_hello",
    read=read,
    expected="sleeps",
    parameters=(real("wait_s", 0.1, 5.0, "s"),),
    change={"wait_s": 3.0},
    expected_after_change="sleeps",
)
