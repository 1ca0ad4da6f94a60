"""At a barrier everybody waits for the last one."""

from __future__ import annotations

from engine.agent.layout import Wait
from engine.model import State
from engine.scenarios.outcome import fails, holds, too_disturbed
from engine.scenarios.parameter import integer, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    hikers = [row for row in view.workers if row.name.startswith("hiker")]
    walks = [row.sleeps for row in hikers]
    huts = view["huts"]
    if len(hikers) != view["hikers"] or any(len(walk) != huts for walk in walks):
        return Reading(fails(f"{len(hikers)} hikers with {[len(walk) for walk in walks]} walks"))
    together = all(
        min(int(walk[stage + 1, 0]) for walk in walks) >= max(int(walk[stage, 1]) for walk in walks)
        for stage in range(huts - 1)
    )
    waited = [row.total(State.WAIT, reason=Wait.BARRIER) for row in hikers]
    first = hikers[0]
    figures = {"first_s": waited[0] / 1e9, "last_s": waited[-1] / 1e9}
    detail = (
        f"nobody left a hut before the last one came: {together}; {first.name} waited {waited[0] / 1e9:.2f} s"
    )
    if not together:
        return Reading(fails(detail), "own", figures)
    if waited[0] > waited[-1]:
        return Reading(holds(detail), "last", figures)
    # The machine held the quick ones back for longer than the slow one walks.
    return Reading(too_disturbed("chance", detail), "last", figures)


SCENARIO = Scenario(
    id="barrier",
    read=read,
    expected="last",
    parameters=(integer("hikers", 2, 20), integer("huts", 2, 10), real("step_s", 0.02, 0.5, "s")),
    change={"hikers": 5},
    expected_after_change="last",
)
