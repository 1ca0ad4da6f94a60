"""A pool of processes takes the next task as soon as one worker is free."""

from __future__ import annotations

from engine.scenarios.intervals import most_at_once
from engine.scenarios.outcome import fails, holds, not_applicable, too_disturbed
from engine.scenarios.parameter import integer, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    workers, tasks = view["workers"], view["tasks"]
    sleeps = [view.main_of(child).sleeps for child in view.children if view.threads_of(child)]
    used = sum(1 for intervals in sleeps if len(intervals))
    every = sorted((int(start), int(end)) for intervals in sleeps for start, end in intervals)
    at_once = most_at_once(sleeps)
    figures: dict[str, float | int | str] = {"processes": used, "at_once": at_once, "ran": len(every)}
    detail = f"tasks: {len(every)}, processes: {used}, at once: {at_once}"
    if len(every) != tasks:
        return Reading(fails(detail), None, figures)
    if tasks <= workers:
        return Reading(not_applicable("parameters", "every task has a worker of its own"), None, figures)
    ends = sorted(end for _, end in every)
    begin = every[workers][0]  # of the first task that had to wait
    figures["freed_s"] = (ends[0] - every[0][0]) / 1e9
    figures["waited_s"] = (begin - every[0][0]) / 1e9
    figures["batch_s"] = (ends[workers - 1] - every[0][0]) / 1e9
    detail += f"; a task had ended when task {workers + 1} began: {begin >= ends[0]}"
    if used > workers:
        return Reading(fails(detail), "new", figures)
    if begin < ends[0]:
        return Reading(fails(detail), "at_once", figures)
    if workers > 1 and begin > ends[workers - 1]:
        # A worker was free, and the machine did not let it begin.
        return Reading(too_disturbed("chance", detail), "batch", figures)
    return Reading(holds(detail), "free", figures)


SCENARIO = Scenario(
    id="process_pool",
    read=read,
    expected="free",
    parameters=(integer("workers", 1, 16), integer("tasks", 1, 40), real("step_s", 0.02, 1.0, "s")),
    change={"workers": 2},
    expected_after_change="free",
)
