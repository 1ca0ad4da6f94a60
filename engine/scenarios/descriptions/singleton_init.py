"""A thing that is to be built once: without a second look under the lock it is built twice."""

from __future__ import annotations

from engine.model import State
from engine.scenarios.outcome import fails, holds, too_disturbed
from engine.scenarios.parameter import choice, integer, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    printed = view.printed(r"settings built: (\d+)")
    users = [row for row in view.workers if row.name.startswith("user")]
    if not printed or len(users) != view["threads"]:
        return Reading(fails(f"threads seen: {len(users)}, results: {len(printed)}"))
    built = int(printed[-1])
    waits = sum(len(row.select(State.WAIT_LOCK)) for row in users)
    figures = {"built": built, "waits": waits}
    detail = f"times built: {built}, waits for the lock: {waits}"
    if view["locking"] == "check-lock-check":
        return Reading(holds(detail) if built == 1 else fails(detail), "one" if built == 1 else None, figures)
    if built == 1:
        return Reading(too_disturbed("chance", "the threads came one after the other"), None, figures)
    return Reading(holds(detail), "several", figures)


SCENARIO = Scenario(
    id="singleton_init",
    read=read,
    expected="several",
    parameters=(
        choice("locking", "none", "check-then-lock", "check-lock-check"),
        integer("threads", 2, 8),
        real("build_s", 0.0, 1.0, "s"),
    ),
    change={"locking": "check-lock-check"},
    expected_after_change="one",
)
