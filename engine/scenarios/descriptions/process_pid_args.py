"""Parent and child are two processes, with numbers of their own."""

from __future__ import annotations

from engine.model import EndKind
from engine.scenarios.outcome import fails, holds
from engine.scenarios.parameter import real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    child = next((row for row in view.children if view.threads_of(row)), None)
    if child is None:
        return Reading(fails("the child was not seen"))
    parent = view.processes[0].track.pid
    said = {
        "parent": view.printed(r"parent is process (\d+)"),
        "child": view.printed(r"child \S+ is process (\d+)"),
        "its parent": view.printed(r"its parent is (\d+)"),
        "known as": view.printed(r"knows the child as (\d+)"),
    }
    seen = {"parent": parent, "child": child.track.pid, "its parent": parent, "known as": child.track.pid}
    same = all(said[key] == [str(pid)] for key, pid in seen.items())
    figures = {"parent": parent, "child": child.track.pid}
    detail = f"parent {parent}, child {child.track.pid}; the output says the same: {same}"
    different = parent != child.track.pid
    shown = same and different and child.ended is EndKind.FINISHED
    return Reading(holds(detail) if shown else fails(detail), "two" if different else "one", figures)


SCENARIO = Scenario(
    id="process_pid_args",
    read=read,
    expected="two",
    parameters=(real("work_s", 0.05, 3.0, "s"),),
)
