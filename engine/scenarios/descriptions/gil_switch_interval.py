"""A running thread gives the GIL away when somebody has asked for it for one switch interval."""

from __future__ import annotations

import numpy as np

from engine.model import State
from engine.scenarios.outcome import fails, holds, not_applicable
from engine.scenarios.parameter import integer, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    if view.machine.free_threaded:
        return Reading(not_applicable("free_threaded"))
    if view.gil_problem:
        return Reading(not_applicable("no_gil_view", view.gil_problem))
    rows = [row for row in view.workers if row.name.startswith("counter")]
    if len(rows) != view["threads"] or view["threads"] < 2:
        return Reading(fails(f"{len(rows)} threads were seen"))
    start, end = max(row.start_ns for row in rows), min(row.end_ns for row in rows)
    holds_of = view.gils[0].select(State.OWNED)
    ids = [row.id for row in rows]
    lengths = [
        int(span["end"] - span["start"])
        for span in holds_of
        if int(span["owner"]) in ids and start < span["start"] and span["end"] < end
    ]
    median_ms = float(np.median(lengths)) / 1e6 if lengths else 0.0
    ratio = median_ms / view["interval_ms"]
    figures = {"median_ms": median_ms, "turns": len(lengths)}
    detail = f"{len(lengths)} holds, the median one {ratio:.2f} times the interval"
    answer = "time" if 0.8 <= ratio <= 1.6 else "never" if len(lengths) < 3 else None
    return Reading(holds(detail) if answer == "time" else fails(detail), answer, figures)


SCENARIO = Scenario(
    id="gil_switch_interval",
    read=read,
    expected="time",
    parameters=(real("interval_ms", 1.0, 200.0), integer("threads", 2, 8), real("work_s", 0.5, 5.0, "s")),
    change={"interval_ms": 50.0},
    expected_after_change="time",
)
