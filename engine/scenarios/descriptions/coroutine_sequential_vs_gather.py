"""Awaited one by one, waits add up; gathered, they lie side by side."""

from __future__ import annotations

from engine.model import State
from engine.scenarios.intervals import most_at_once
from engine.scenarios.outcome import fails, holds, too_disturbed
from engine.scenarios.parameter import real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import Row, View


def read(view: View) -> Reading:
    one_by_one, gathered = (_named(view, name) for name in ("one_by_one", "gathered"))
    if one_by_one is None or gathered is None:
        return Reading(fails("the two ways were not both seen"))
    answers = [
        row
        for row in view.tasks
        if view.coroutine_of(row) == "answer" and gathered.start_ns <= row.start_ns <= gathered.end_ns
    ]
    at_once = most_at_once([row.within(State.SUSPENDED) for row in answers])
    naps = [view[name] for name in ("first_s", "second_s", "third_s")]
    figures = {
        "sum_s": one_by_one.length_ns / 1e9,
        "most_s": gathered.length_ns / 1e9,
        "at_once": at_once,
    }
    detail = (
        f"{figures['sum_s']:.2f} s one by one, {figures['most_s']:.2f} s gathered, waits at once: {at_once}"
    )
    if len(answers) != 3 or one_by_one.length_ns < 0.99e9 * sum(naps):
        return Reading(fails(detail), None, figures)
    if at_once >= 2 and gathered.length_ns < one_by_one.length_ns:
        return Reading(holds(detail), "side", figures)
    return Reading(too_disturbed("chance", detail), None, figures)


def _named(view: View, name: str) -> Row | None:
    return next((row for row in view.tasks if row.name == name), None)


SCENARIO = Scenario(
    id="coroutine_sequential_vs_gather",
    read=read,
    expected="side",
    parameters=tuple(real(name, 0.05, 2.0, "s") for name in ("first_s", "second_s", "third_s")),
    change={"third_s": 0.8},
    expected_after_change="side",
)
