"""What it costs to start a task, a thread, a process."""

from __future__ import annotations

from engine.scenarios.outcome import fails, holds, too_disturbed
from engine.scenarios.parameter import integer
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    count = view["count"]
    times = {kind: view.printed(rf"{kind}: (\d+) micro") for kind in ("task", "thread", "process")}
    started = (len(view.workers), len(view.children))
    if any(len(found) != 1 for found in times.values()) or started[0] != count or started[1] < count:
        return Reading(fails(f"threads seen: {started[0]}, processes: {started[1]}"))
    task, thread, process = (max(1, int(found[0])) for found in times.values())
    figures = {
        "task_us": task,
        "thread_us": thread,
        "process_us": process,
        "thread_ratio": thread / task,
        "process_ratio": process / thread,
    }
    detail = f"task {task} µs, thread {thread} µs, process {process} µs"
    if task < thread < process:
        return Reading(holds(detail), "process", figures)
    return Reading(too_disturbed("chance", detail), None, figures)


SCENARIO = Scenario(
    id="process_vs_thread_start",
    read=read,
    expected="process",
    parameters=(integer("count", 1, 50),),
    change={"count": 30},
    expected_after_change="process",
)
