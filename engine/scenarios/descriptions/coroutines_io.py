"""Hundreds of coroutines wait at the same time, in one thread."""

from __future__ import annotations

from engine.model import State
from engine.scenarios.intervals import most_at_once, total
from engine.scenarios.outcome import fails, holds, not_applicable, too_disturbed
from engine.scenarios.parameter import integer, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    tasks = [row for row in view.tasks if view.coroutine_of(row) == "wait_for_answer"]
    waits = [row.within(State.SUSPENDED) for row in tasks]
    waits = [intervals for intervals in waits if len(intervals)]
    at_once = most_at_once(waits)
    waited_ns = sum(total(intervals) for intervals in waits)
    ends = [int(intervals[:, 1].max()) for intervals in waits]
    starts = [int(intervals[:, 0].min()) for intervals in waits]
    elapsed_ns = max(ends, default=0) - min(starts, default=0)
    figures = {
        "threads": len(view.threads),
        "at_once": at_once,
        "waited_s": waited_ns / 1e9,
        "elapsed_s": elapsed_ns / 1e9,
    }
    wanted = view["coroutines"]
    detail = f"waited at once: {at_once} of {wanted}, threads: {len(view.threads)}"
    if wanted < 2:
        return Reading(not_applicable("parameters", "one coroutine has nobody beside it"), None, figures)
    answer = "one" if at_once >= wanted else "sum" if at_once <= 2 else None
    if len(view.threads) != 1 or len(waits) != wanted:
        return Reading(fails(detail), answer, figures)
    if answer == "one" and waited_ns > 0.6 * wanted * elapsed_ns:
        return Reading(holds(detail), answer, figures)
    if answer == "one" or max(starts) - min(starts) >= view["wait_s"] * 1e9:
        # To start them all took so long that the first ones were done meanwhile.
        return Reading(too_disturbed("chance", detail), None, figures)
    return Reading(fails(detail), answer, figures)


SCENARIO = Scenario(
    id="coroutines_io",
    read=read,
    expected="one",
    parameters=(integer("coroutines", 1, 2000), real("wait_s", 0.1, 5.0, "s")),
    change={"coroutines": 1000},
    expected_after_change="one",
)
