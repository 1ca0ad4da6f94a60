"""Threads that sleep, sleep at the same time."""

from __future__ import annotations

from engine.agent.layout import Wait
from engine.model import State
from engine.scenarios.intervals import most_at_once
from engine.scenarios.outcome import fails, holds, too_disturbed
from engine.scenarios.parameter import integer, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    workers = [row for row in view.workers if row.name.startswith("worker")]
    sleeps = [row.sleeps for row in workers]
    at_once = most_at_once(sleeps)
    slept_ns = sum(row.total(State.SLEEP, reason=Wait.SLEEP) for row in workers)
    elapsed_ns = max((row.end_ns for row in workers), default=0) - min(
        (w.start_ns for w in workers), default=0
    )
    overlap = slept_ns / max(1, elapsed_ns)
    ending = sorted(workers, key=lambda row: row.end_ns)
    figures = {
        "slept_s": slept_ns / 1e9,
        "elapsed_s": elapsed_ns / 1e9,
        "at_once": at_once,
        "order": ", ".join(row.name.removeprefix("worker ") for row in ending),
    }
    detail = f"{at_once} of {len(workers)} slept at the same time, {overlap:.1f} times the time of the run"
    if len(workers) != view["workers"]:
        return Reading(fails(f"threads seen: {len(workers)}"), None, figures)
    if at_once == view["workers"] and overlap > 0.7 * view["workers"]:
        return Reading(holds(detail), "at_once", figures)
    if not view.joined_between(workers):
        # Nobody was waited for: to start them all took longer than the first one slept.
        return Reading(too_disturbed("chance", detail), None, figures)
    answer = "one_after_another" if at_once == 1 else "cores" if at_once < view["workers"] else None
    return Reading(fails(detail), answer, figures)


SCENARIO = Scenario(
    id="threads_five_workers",
    read=read,
    expected="at_once",
    parameters=(integer("workers", 2, 50), real("nap_s", 0.05, 5.0, "s")),
    change={"workers": 20},
    expected_after_change="at_once",
)
