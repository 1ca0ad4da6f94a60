"""Processes that sleep, sleep at the same time, too."""

from __future__ import annotations

from engine.scenarios.intervals import most_at_once, total
from engine.scenarios.outcome import fails, holds, too_disturbed
from engine.scenarios.parameter import integer, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    workers = [row for row in view.children if view.threads_of(row)]
    sleeps = [view.main_of(row).sleeps for row in workers]
    slept_ns = sum(total(intervals) for intervals in sleeps)
    at_once = most_at_once(sleeps)
    pids = {row.track.pid for row in workers}
    elapsed_ns = max((row.end_ns for row in workers), default=0) - view.main.start_ns
    figures = {
        "slept_s": slept_ns / 1e9,
        "elapsed_s": elapsed_ns / 1e9,
        "at_once": at_once,
        "processes": len(pids) + 1,
    }
    overlap = slept_ns / max(1, elapsed_ns)
    detail = f"{at_once} of {len(workers)} slept at the same time, processes: {len(pids)}"
    if len(workers) != view["workers"] or len(pids) != view["workers"]:
        return Reading(fails(f"processes seen: {len(workers)}"), None, figures)
    if at_once == view["workers"] and overlap > 0.5 * view["workers"]:
        return Reading(holds(detail), "at_once", figures)
    if not view.joined_between(workers):
        # Nobody was waited for: to start them all took longer than the first one slept.
        return Reading(too_disturbed("chance", detail), None, figures)
    return Reading(fails(detail), "one_after_another" if at_once == 1 else None, figures)


SCENARIO = Scenario(
    id="processes_five_workers",
    read=read,
    expected="at_once",
    parameters=(integer("workers", 2, 30), real("nap_s", 0.05, 5.0, "s")),
    change={"workers": 10},
    expected_after_change="at_once",
)
