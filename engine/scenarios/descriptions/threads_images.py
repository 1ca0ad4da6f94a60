"""Most of Pillow's filters let go of the GIL, the median filter keeps it."""

from __future__ import annotations

from engine.model import State
from engine.scenarios.outcome import Verdict, fails, not_applicable
from engine.scenarios.parameter import choice, integer
from engine.scenarios.phases import fell_short, phases, uneven
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    if view.printed("Pillow is not installed"):
        return Reading(not_applicable("version", "Pillow is not installed in it"))
    seen = phases(view)
    if seen is None:
        return Reading(fails(f"threads seen: {len(view.workers)}"))
    cpus = view.machine.cpus
    at_once = seen.share_at_once(State.NATIVE)
    figures = {**seen.figures, "native_percent": 100 * at_once}
    if view.machine.free_threaded:
        return Reading(not_applicable("free_threaded"), None, figures)
    if cpus < 2:
        return Reading(not_applicable("one_core"), None, figures)
    if view.gil_problem:
        return Reading(not_applicable("no_gil_view", view.gil_problem), None, figures)
    lets_go = view["filter"] != "MedianFilter"
    detail = f"{seen.speed_up:.2f} times as fast, together outside the GIL for {at_once:.0%}"
    outcome = seen.in_c(lets_go, detail)
    if outcome.verdict is not Verdict.HOLDS:
        return Reading(outcome, None, figures)
    if lets_go:
        short = fell_short(seen.speed_up, view["threads"], cpus)
        return Reading(outcome, "faster", figures, "faster_less" if short else "")
    return Reading(outcome, "same", figures, "same_uneven" if uneven(seen.speed_up) else "")


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
