"""Hashing lets go of the GIL when the buffer is large enough."""

from __future__ import annotations

from engine.model import State
from engine.scenarios.outcome import Verdict, fails, not_applicable
from engine.scenarios.parameter import integer
from engine.scenarios.phases import fell_short, phases, several, uneven
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View

#: hashlib lets go of the GIL for at least so many bytes (HASHLIB_GIL_MINSIZE in Modules/hashlib.h).
RELEASES_FROM_BYTES = 2048
#: Below this so little is done outside the GIL at a time that the threads may gain or not.
FEW_BYTES = 64 * 1024


def read(view: View) -> Reading:
    threads = view["threads"]
    seen = phases(view)
    if seen is None:
        return Reading(fails(f"threads seen: {len(view.workers)}"))
    cpus = view.machine.cpus
    at_once = seen.share_at_once(State.NATIVE)
    figures = {**seen.figures, "native_percent": 100 * at_once, "cpus": cpus}
    if view.machine.free_threaded:  # no answer: its text tells of letting go of a GIL
        return Reading(not_applicable("free_threaded"), None, figures)
    if cpus < 2:
        return Reading(not_applicable("one_core"), None, figures)
    if view.gil_problem:
        return Reading(not_applicable("no_gil_view", view.gil_problem), None, figures)
    if RELEASES_FROM_BYTES <= view["buffer_bytes"] < FEW_BYTES:
        return Reading(not_applicable("parameters", "so few bytes gain little either way"), None, figures)
    large = view["buffer_bytes"] >= RELEASES_FROM_BYTES
    detail = f"together outside the GIL for {at_once:.0%} of the run, {seen.speed_up:.2f} times as fast"
    outcome = seen.in_c(large, detail)
    if outcome.verdict is not Verdict.HOLDS:
        return Reading(outcome, None, figures)
    if large:
        answer = several(threads, cpus)
        told = f"{answer}_less" if fell_short(seen.speed_up, threads, cpus) else ""
    else:
        answer = "same"
        told = "same_uneven" if uneven(seen.speed_up) else ""
    return Reading(outcome, answer, figures, told)


SCENARIO = Scenario(
    id="gil_released",
    read=read,
    expected="threads",
    parameters=(
        integer("threads", 2, 8),
        integer("buffer_bytes", 64, 16 * 1024 * 1024, "bytes"),
        integer("total_mb", 50, 4000),
    ),
    change={"buffer_bytes": 1024},
    expected_after_change="same",
)
