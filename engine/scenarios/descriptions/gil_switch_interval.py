"""A running thread gives the GIL away when somebody has asked for it for one switch interval."""

from __future__ import annotations

import numpy as np

from engine.model import State
from engine.scenarios.intervals import clipped, total
from engine.scenarios.outcome import fails, holds, not_applicable, too_disturbed
from engine.scenarios.parameter import integer, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import Row, Spans, View

#: Part of an interval that may be unseen beside a hold whose length is said to be known …
MAY_BE_UNSEEN = 0.2
#: … and of the whole time when it is said that there were no switches.
MAY_BE_UNSEEN_IN_ALL = 0.05
#: So many turns have to be seen …
TURNS = 3
#: … and so many to say that they are too short.
MANY_TURNS = 10
#: Who had it for more of the time than this was never made to let go.
NEARLY_ALL = 0.8


def read(view: View) -> Reading:
    if view.machine.free_threaded:
        return Reading(not_applicable("free_threaded"))
    if view.gil_problem:
        return Reading(not_applicable("no_gil_view", view.gil_problem))
    rows = [row for row in view.workers if row.name.startswith("counter")]
    if len(rows) != view["threads"] or view["threads"] < 2:
        return Reading(fails(f"threads seen: {len(rows)}"))
    if view["work_s"] * 1_000 < 2 * TURNS * view["interval_ms"]:
        return Reading(not_applicable("parameters", "there is time for few turns only"))
    start, end = max(row.start_ns for row in rows), min(row.end_ns for row in rows)
    ids = [row.id for row in rows]
    lengths = [
        int(span["end"] - span["start"])
        for span in _whole_holds(view.gils[0], MAY_BE_UNSEEN * view["interval_ms"] * 1e6)
        if int(span["owner"]) in ids and start < span["start"] and span["end"] < end
    ]
    median_ms = float(np.median(lengths)) / 1e6 if lengths else 0.0
    ratio = median_ms / view["interval_ms"]
    figures = {"median_ms": median_ms, "turns": len(lengths)}
    detail = f"holds: {len(lengths)}, the median one {ratio:.2f} times the interval"
    answer = "time" if 0.8 <= ratio <= 1.6 else "never" if len(lengths) < TURNS else None
    if answer == "time" and len(lengths) >= TURNS:
        return Reading(holds(detail), answer, figures)
    of_gil = view.gils[0]
    unseen = total(clipped(of_gil.within(State.UNOBSERVED), start, end)) / max(1, end - start)
    owned = clipped(of_gil.within(State.OWNED), start, end)
    longest = int((owned[:, 1] - owned[:, 0]).max(initial=0)) / max(1, end - start)
    never = answer == "never" and longest > NEARLY_ALL
    sooner = len(lengths) >= MANY_TURNS and ratio < 1
    if unseen <= MAY_BE_UNSEEN_IN_ALL and (never or sooner):
        return Reading(fails(detail), answer, figures)
    # Who asked for it had no core, or who took it when was not seen.
    return Reading(too_disturbed("chance", detail), None, figures)


def _whole_holds(gil: Row, unseen_ns: float) -> Spans:
    """The spans in which a thread had the GIL that begin and end next to at most so much unseen time."""
    spans = gil.spans
    known = (spans["state"] == State.FREE) | ((spans["state"] == State.OWNED) & (spans["owner"] >= 0))
    unseen = np.where(known, 0, spans["end"] - spans["start"])
    beside = np.zeros(len(spans), np.int64)
    beside[1:] += unseen[:-1]
    beside[:-1] += unseen[1:]
    result: Spans = spans[known & (spans["state"] == State.OWNED) & (beside <= unseen_ns)]
    return result


SCENARIO = Scenario(
    id="gil_switch_interval",
    read=read,
    expected="time",
    parameters=(real("interval_ms", 1.0, 200.0), integer("threads", 2, 8), real("work_s", 0.5, 5.0, "s")),
    change={"interval_ms": 50.0},
    expected_after_change="time",
)
