"""A lock helps only when everybody takes the same one, and keeps it for the whole change."""

from __future__ import annotations

from engine.model import State
from engine.scenarios.intervals import together
from engine.scenarios.outcome import fails, holds, not_applicable, too_disturbed
from engine.scenarios.parameter import choice, integer, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    doors = [row for row in view.workers if row.name.startswith("door")]
    printed = view.printed(r"visitors: (\d+)")
    if len(doors) != 2 or not printed:
        return Reading(fails(f"threads seen: {len(doors)}, results: {len(printed)}"))
    counted, came = int(printed[-1]), 2 * view["rounds"]
    at_once_ns = together([row.sleeps for row in doors])
    waits = sum(len(row.select(State.WAIT_LOCK)) for row in doors)
    figures = {"counted": counted, "came": came, "lost": came - counted, "waits": waits}
    detail = f"{counted} of {came} counted, both inside at once for {at_once_ns / 1e6:.0f} ms"
    answer = "right" if counted == came else "lost"
    if view["locking"] == "one lock":
        return Reading(holds(detail) if answer == "right" else fails(detail), answer, figures)
    if answer == "lost":
        return Reading(holds(detail), answer, figures)
    if view["pause_s"] == 0:
        return Reading(not_applicable("parameters", "without a pause they hardly meet"), answer, figures)
    return Reading(too_disturbed("chance", "the threads did not meet inside"), None, figures)


SCENARIO = Scenario(
    id="lock_wrong_one",
    read=read,
    expected="lost",
    parameters=(
        choice("locking", "new lock", "two locks", "one side", "read and write apart", "one lock"),
        integer("rounds", 1, 200),
        real("pause_s", 0.0, 0.1, "s"),
    ),
    change={"locking": "one lock"},
    expected_after_change="right",
)
