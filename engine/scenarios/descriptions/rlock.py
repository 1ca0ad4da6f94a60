"""A plain lock blocks the thread that has it; an RLock lets it in again."""

from __future__ import annotations

from engine.model import EndKind, State
from engine.scenarios.outcome import fails, holds
from engine.scenarios.parameter import choice
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    row = next((row for row in view.workers if row.name == "transfer"), None)
    if row is None:
        return Reading(fails("the transfer was not seen"))
    links = [link for deadlock in view.deadlocks for link in deadlock.links]
    stuck = len(links) == 1 and links[0].track == links[0].owner == row.id
    line = view.line_of(links[0].location) if stuck else 0
    figures = {"line": line, "waited_s": row.total(State.WAIT_LOCK) / 1e9}
    finished = row.ended is EndKind.FINISHED
    detail = f"the thread waits for itself at line {line}" if stuck else f"the thread {row.ended.value}"
    answer = "still" if stuck else "goes" if finished else None
    expected = "goes" if view["kind"] == "RLock" else "still"
    shown = answer == expected and (line > 0 or finished)
    return Reading(holds(detail) if shown else fails(detail), answer, figures)


SCENARIO = Scenario(
    id="rlock",
    read=read,
    expected="still",
    parameters=(choice("kind", "Lock", "RLock"),),
    change={"kind": "RLock"},
    expected_after_change="goes",
    is_over=lambda view: bool(view.deadlocks),
)
