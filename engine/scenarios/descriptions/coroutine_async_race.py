"""Coroutines lose updates, too, but only across an await that really suspends."""

from __future__ import annotations

from engine.scenarios.outcome import fails, holds
from engine.scenarios.parameter import choice, integer
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    tasks = [row for row in view.tasks if row.name.startswith("counter")]
    printed = view.printed(r"count: (\d+)")
    if len(tasks) != view["tasks"] or not printed:
        return Reading(fails(f"tasks seen: {len(tasks)}, results: {len(printed)}"))
    counted, wanted = int(printed[-1]), view["tasks"] * view["rounds"]
    figures = {"counted": counted, "wanted": wanted, "lost": wanted - counted}
    detail = f"{counted} of {wanted} counted with {view['await']}"
    answer = "right" if counted == wanted else "lost"
    expected = "lost" if view["await"] == "sleep" else "right"
    return Reading(holds(detail) if answer == expected else fails(detail), answer, figures)


SCENARIO = Scenario(
    id="coroutine_async_race",
    read=read,
    expected="lost",
    parameters=(
        choice("await", "sleep", "filled queue", "free lock", "nothing", "sleep under a lock"),
        integer("tasks", 2, 10),
        integer("rounds", 1, 1_000),
    ),
    change={"await": "filled queue"},
    expected_after_change="right",
)
