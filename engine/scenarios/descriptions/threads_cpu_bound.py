"""Threads that only compute in Python are no faster than one."""

from __future__ import annotations

from engine.scenarios.outcome import fails, holds, not_applicable, too_disturbed
from engine.scenarios.parameter import integer
from engine.scenarios.phases import COMPUTING, TOGETHER, WANTED, faster, phases, uneven
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    threads = view["threads"]
    if threads == 1:
        return Reading(not_applicable("parameters", "one thread has nobody to share with"))
    seen = phases(view)
    if seen is None:
        return Reading(fails(f"threads seen: {len(view.workers)}"))
    cpus = view.machine.cpus
    figures = {**seen.figures, "cpus": cpus}
    if view.machine.free_threaded:
        answer = faster(seen.speed_up, threads, cpus)
        return Reading(not_applicable("free_threaded"), answer, figures)
    if view.gil_problem:
        return Reading(not_applicable("no_gil_view", view.gil_problem), None, figures)
    at_once = seen.share_at_once(*COMPUTING)
    detail = (
        f"threads: {threads}, two at once for {at_once:.0%} of the time; they waited for the GIL "
        f"{seen.wait_gil_share:.0%} of theirs and were {seen.speed_up:.2f} times as fast as one"
    )
    if at_once >= TOGETHER or seen.outside_share >= 0.5:
        return Reading(fails(detail), None, figures)
    if seen.contended_share < WANTED and view.joined_between(seen.rows):
        return Reading(fails(f"{detail}; one was waited for before the next began"), None, figures)
    if at_once >= TOGETHER / 2 or seen.contended_share < WANTED:
        # Where nobody looked it is not known who ran; and some may be done before others have begun.
        return Reading(too_disturbed("chance", detail), None, figures)
    return Reading(holds(detail), "same", figures, "same_uneven" if uneven(seen.speed_up) else "")


SCENARIO = Scenario(
    id="threads_cpu_bound",
    read=read,
    expected="same",
    parameters=(integer("threads", 1, 8), integer("rounds", 1_000_000, 200_000_000)),
    change={"threads": 8},
    expected_after_change="same",
)
