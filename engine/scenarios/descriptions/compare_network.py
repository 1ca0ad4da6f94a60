"""Fetching pages in six ways: threads and coroutines are about equally good at waiting."""

from __future__ import annotations

from engine.scenarios.outcome import fails, holds, not_applicable, too_disturbed
from engine.scenarios.parameter import integer, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View
from engine.scenarios.ways import figures_of, seconds


def read(view: View) -> Reading:
    times = seconds(view)
    if times is None:
        return Reading(fails("not all six ways were seen"))
    ratio = times["threads"] / max(times["coroutines"], 0.001)
    figures = {**figures_of(times), "ratio": ratio}
    alone = times["one_after_the_other"]
    detail = (
        f"one by one {alone:.2f} s, threads {times['threads']:.2f} s, coroutines {times['coroutines']:.2f} s"
    )
    if view["delay_s"] < 0.1:
        return Reading(not_applicable("parameters", "there is hardly a wait"), None, figures)
    if 0.5 < ratio < 2 and max(times["threads"], times["coroutines"]) < 0.7 * alone:
        return Reading(holds(detail), "alike", figures)
    return Reading(too_disturbed("chance", detail), None, figures)


SCENARIO = Scenario(
    id="compare_network",
    read=read,
    expected="alike",
    parameters=(integer("pieces", 2, 50), integer("workers", 1, 16), real("delay_s", 0.02, 1.0, "s")),
)
