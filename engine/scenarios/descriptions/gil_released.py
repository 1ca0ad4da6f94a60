"""Hashing lets go of the GIL when the buffer is large enough."""

from __future__ import annotations

from engine.model import State
from engine.scenarios.outcome import fails, holds, not_applicable, too_disturbed
from engine.scenarios.parameter import integer
from engine.scenarios.phases import faster, phases
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
    answer = faster(seen.speed_up, threads, view.machine.cpus)
    at_once = seen.share_at_once(State.NATIVE)
    figures = {
        "alone_s": seen.alone_ns / 1e9,
        "shared_s": seen.shared_ns / 1e9,
        "speed_up": seen.speed_up,
        "native_percent": 100 * at_once,
        "waiting_percent": 100 * seen.wait_gil_share,
        "cpus": view.machine.cpus,
    }
    if view.machine.free_threaded:  # no answer: its text tells of letting go of a GIL
        return Reading(not_applicable("free_threaded"), None, figures)
    if view.machine.cpus < 2:
        return Reading(not_applicable("one_core"), None, figures)
    if view.gil_problem:
        return Reading(not_applicable("no_gil_view", view.gil_problem), answer, figures)
    detail = f"together outside the GIL for {at_once:.0%} of the run, {seen.speed_up:.2f} times as fast"
    large = view["buffer_bytes"] >= RELEASES_FROM_BYTES
    if large and at_once >= 0.4 and seen.speed_up > 1.25:
        return Reading(holds(detail), "threads" if threads <= view.machine.cpus else "cores", figures)
    if not large and at_once <= 0.1 and answer == "same":
        return Reading(holds(detail), answer, figures)
    if RELEASES_FROM_BYTES <= view["buffer_bytes"] < FEW_BYTES:
        return Reading(not_applicable("parameters", "so few bytes gain little either way"), None, figures)
    if (at_once > 0.1) == large or (large and seen.wait_gil_share < 0.3):
        # They did, or did not, compute together as they should, or would have on free cores: other work
        # moved the times.
        return Reading(too_disturbed("chance", detail), None, figures)
    return Reading(fails(detail), answer, figures)


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
