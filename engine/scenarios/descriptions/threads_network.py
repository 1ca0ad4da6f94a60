"""A crawler is nearly as many times faster as it has threads."""

from __future__ import annotations

import math

from engine.model import State
from engine.scenarios.outcome import fails, holds, not_applicable, too_disturbed
from engine.scenarios.parameter import integer, real
from engine.scenarios.phases import WANTED, fell_short, phases
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    threads, pages = view["threads"], view["pages"]
    seen = phases(view)
    if seen is None:
        return Reading(fails(f"threads seen: {len(view.workers)}"))
    rounds = -(-pages // threads)  # the last round may not need every thread
    best = pages / rounds
    waited = seen.share_at_once(State.IO)
    figures = {
        **seen.figures,
        "computing_percent": 100 * seen.share(State.RUNNING, State.NATIVE),
        "at_once_percent": 100 * waited,
    }
    detail = (
        f"threads: {threads}, two or more waited for the server for {waited:.0%} of the time, "
        f"{seen.speed_up:.2f} times as fast as one (at best {best:.2f})"
    )
    if min(threads, pages) == 1:
        return Reading(not_applicable("parameters", "one thread has nobody beside it"), None, figures)
    if waited < WANTED:
        # Threads that live together and never wait together keep each other from asking.
        together = seen.alive_at_once_share > 0.5
        apart = waited < WANTED / 3 and (together or view.joined_between(seen.rows))
        return Reading(fails(detail) if apart else too_disturbed("chance", detail), None, figures)
    short = fell_short(seen.speed_up, best, math.inf)
    return Reading(holds(detail), "threads", figures, "threads_less" if short else "")


SCENARIO = Scenario(
    id="threads_network",
    read=read,
    expected="threads",
    parameters=(integer("threads", 1, 32), integer("pages", 1, 100), real("delay_s", 0.02, 1.0, "s")),
    change={"threads": 8},
    expected_after_change="threads",
)
