"""A crawler is nearly as many times faster as it has threads."""

from __future__ import annotations

from engine.model import State
from engine.scenarios.outcome import fails, holds, not_applicable, too_disturbed
from engine.scenarios.parameter import integer, real
from engine.scenarios.phases import phases
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    threads, pages = view["threads"], view["pages"]
    seen = phases(view)
    if seen is None:
        return Reading(fails(f"threads seen: {len(view.workers)}"))
    rounds = -(-pages // threads)  # the last round may not need every thread
    best = pages / rounds
    computed = sum(row.share(State.RUNNING, State.NATIVE) for row in seen.shared) / threads
    figures = {
        "alone_s": seen.alone_ns / 1e9,
        "shared_s": seen.shared_ns / 1e9,
        "speed_up": seen.speed_up,
        "waiting_percent": 100 * seen.wait_gil_share,
        "computing_percent": 100 * computed,
    }
    detail = f"threads: {threads}, {seen.speed_up:.2f} times as fast as one (at best {best:.2f})"
    if threads == 1:
        return Reading(not_applicable("parameters", "one thread has nobody beside it"), None, figures)
    if seen.speed_up < max(1.3, 0.7 * best):
        if seen.share_at_once(State.IO) > 0.3 or seen.wait_gil_share < 0.3:
            # They did wait at the same time, or would have: other work took the time that was won.
            return Reading(too_disturbed("chance", detail), None, figures)
        return Reading(fails(detail), "same" if seen.speed_up < 1.3 else None, figures)
    return Reading(holds(detail), "threads", figures)


SCENARIO = Scenario(
    id="threads_network",
    read=read,
    expected="threads",
    parameters=(integer("threads", 1, 32), integer("pages", 1, 100), real("delay_s", 0.02, 1.0, "s")),
    change={"threads": 8},
    expected_after_change="threads",
)
