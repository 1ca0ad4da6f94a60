"""A pool runs as many tasks at once as it has workers; the others queue."""

from __future__ import annotations

from engine.model import ArrowKind
from engine.scenarios.intervals import most_at_once
from engine.scenarios.outcome import fails, holds, not_applicable
from engine.scenarios.parameter import integer, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    workers, tasks = view["workers"], view["tasks"]
    threads = view.workers
    sleeps = [row.sleeps for row in threads]
    ran = sum(len(intervals) for intervals in sleeps)
    at_once = most_at_once(sleeps)
    begins = view.arrows(ArrowKind.SUBMIT)
    queued_ns = begins["to_time"] - begins["from_time"]
    figures = {
        "at_once": at_once,
        "threads": len(threads),
        "longest_queued_s": float(queued_ns.max(initial=0)) / 1e9,
        "elapsed_s": (max((row.end_ns for row in threads), default=0) - view.main.start_ns) / 1e9,
    }
    detail = f"tasks at once: {at_once} of {tasks}, threads: {len(threads)}, handed over: {len(begins)}"
    if len(threads) > workers:
        return Reading(fails(detail), "more", figures)
    if ran != tasks or len(begins) != tasks:
        return Reading(fails(detail), None, figures)
    if tasks <= workers:
        answer = "all" if at_once == tasks else None
        return Reading(not_applicable("parameters", "every task has a worker of its own"), answer, figures)
    if at_once <= workers and _waited_for_a_worker(view, workers):
        return Reading(holds(detail), "queue", figures)
    return Reading(fails(detail), "all", figures)


def _waited_for_a_worker(view: View, workers: int) -> bool:
    """Whether each task after the first ones began only when one before it had ended."""
    begins = sorted(view.arrows(ArrowKind.SUBMIT)["to_time"].tolist())
    ends = sorted(int(span["end"]) for row in view.workers for span in row.sleep_calls)
    return all(begin >= end for begin, end in zip(begins[workers:], ends, strict=False))


SCENARIO = Scenario(
    id="thread_pool",
    read=read,
    expected="queue",
    parameters=(integer("workers", 1, 20), integer("tasks", 1, 40), real("task_s", 0.05, 2.0, "s")),
    change={"workers": 5},
    expected_after_change="all",
)
