"""Threads that only compute in Python are no faster than one."""

from __future__ import annotations

from engine.model import State
from engine.scenarios.outcome import fails, holds, not_applicable, too_disturbed
from engine.scenarios.parameter import integer
from engine.scenarios.phases import faster, phases
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View

#: Threads that run Python together for more of the time than this have no GIL between them.
TOGETHER = 0.3


def read(view: View) -> Reading:
    threads = view["threads"]
    if threads == 1:
        return Reading(not_applicable("parameters", "one thread has nobody to share with"))
    seen = phases(view)
    if seen is None:
        return Reading(fails(f"threads seen: {len(view.workers)}"))
    answer = faster(seen.speed_up, threads, view.machine.cpus)
    figures = {
        "alone_s": seen.alone_ns / 1e9,
        "shared_s": seen.shared_ns / 1e9,
        "speed_up": seen.speed_up,
        "waiting_percent": 100 * seen.wait_gil_share,
        "cpus": view.machine.cpus,
    }
    if view.machine.free_threaded:
        return Reading(not_applicable("free_threaded"), answer, figures)
    detail = f"threads: {threads}, {seen.speed_up:.2f} times as fast as one"
    if answer != "same" and not (answer is None and seen.speed_up < 1.3):
        if seen.share_at_once(State.RUNNING) < TOGETHER:
            # One at a time, so other work took more of one part's time than of the other's.
            return Reading(too_disturbed("chance", detail), None, figures)
        return Reading(fails(detail), answer, figures)
    if view.gil_problem:
        return Reading(not_applicable("no_gil_view", view.gil_problem), answer, figures)
    expected = (threads - 1) / threads
    detail += f" and they waited for the GIL {seen.wait_gil_share:.0%} of the time ({expected:.0%} expected)"
    if abs(seen.wait_gil_share - expected) > 0.15:
        if seen.all_alive_share < 0.5 or seen.share(State.RUNNING, State.WAIT_GIL) < 0.85:
            # Some were done before others had begun, or had no core: not always so many waited.
            return Reading(too_disturbed("chance", detail), answer, figures)
        return Reading(fails(detail), answer, figures)
    return Reading(holds(detail), answer, figures)


SCENARIO = Scenario(
    id="threads_cpu_bound",
    read=read,
    expected="same",
    parameters=(integer("threads", 1, 8), integer("rounds", 1_000_000, 200_000_000)),
    change={"threads": 8},
    expected_after_change="same",
)
