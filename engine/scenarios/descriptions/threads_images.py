"""Most of Pillow's filters let go of the GIL, the median filter keeps it."""

from __future__ import annotations

from engine.model import State
from engine.scenarios.outcome import fails, holds, not_applicable, too_disturbed
from engine.scenarios.parameter import choice, integer
from engine.scenarios.phases import phases
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    if view.printed("Pillow is not installed"):
        return Reading(not_applicable("version", "Pillow is not installed in it"))
    seen = phases(view)
    if seen is None:
        return Reading(fails(f"threads seen: {len(view.workers)}"))
    at_once = seen.share_at_once(State.NATIVE)
    figures = {
        "alone_s": seen.alone_ns / 1e9,
        "shared_s": seen.shared_ns / 1e9,
        "speed_up": seen.speed_up,
        "native_percent": 100 * at_once,
    }
    detail = f"{seen.speed_up:.2f} times as fast, together outside the GIL for {at_once:.0%}"
    if view.machine.free_threaded:
        return Reading(not_applicable("free_threaded"), None, figures)
    if view.machine.cpus < 2:
        return Reading(not_applicable("one_core"), None, figures)
    lets_go = view["filter"] != "MedianFilter"
    if lets_go and seen.speed_up > 1.25:
        return Reading(holds(detail), "faster", figures)
    if not lets_go and seen.speed_up < 1.3:
        return Reading(holds(detail), "same", figures)
    return Reading(too_disturbed("chance", detail), None, figures)


SCENARIO = Scenario(
    id="threads_images",
    read=read,
    expected="faster",
    parameters=(
        choice("filter", "GaussianBlur", "SHARPEN", "resize", "rotate", "MedianFilter"),
        integer("threads", 2, 8),
        integer("pictures", 2, 64),
        integer("size", 200, 4_000),
    ),
    change={"filter": "MedianFilter"},
    expected_after_change="same",
)
