"""A killed worker: a Pool waits for ever, an executor breaks, a lock stays taken."""

from __future__ import annotations

from engine.scenarios.outcome import fails, holds, not_applicable, too_disturbed
from engine.scenarios.parameter import choice, integer, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    if view.machine.system == "Windows":
        return Reading(not_applicable("platform", "SIGKILL"))
    none = len(view.printed(r"task \d+: no result"))
    broken = len(view.printed(r"task \d+: the pool is broken"))
    done = len(view.printed(r"task \d+: \d+"))
    lock_free = view.printed(r"the lock can be had: (True|False)")
    figures = {"none": none, "broken": broken, "done": done}
    detail = (
        f"tasks without a result: {none}, broken: {broken}, done: {done}, the lock can be had: {lock_free}"
    )
    answer = "hangs" if none == 1 and not broken else "breaks" if broken and not none else None
    if not view.printed("is killed") or (not lock_free and "BrokenProcessPool" in view.stderr):
        # Patience ended before the worker began, or it was dead before the last task was handed in.
        return Reading(too_disturbed("chance", detail), None, figures)
    if lock_free != ["False"]:
        return Reading(fails(detail), answer, figures)
    if view["pool"] == "Pool":
        if none > 1:  # the other tasks were so slow that the parent's patience ended first
            return Reading(too_disturbed("chance", detail), None, figures)
        shown = answer == "hangs" and done == view["tasks"] - 1
    else:
        shown = answer == "breaks"
    return Reading(holds(detail) if shown else fails(detail), answer, figures)


SCENARIO = Scenario(
    id="pool_worker_killed",
    read=read,
    expected="hangs",
    parameters=(
        choice("pool", "Pool", "ProcessPoolExecutor"),
        integer("tasks", 2, 20),
        real("work_s", 0.05, 1.0, "s"),
        real("patience_s", 0.5, 3.0, "s"),
    ),
    change={"pool": "ProcessPoolExecutor"},
    expected_after_change="breaks",
)
