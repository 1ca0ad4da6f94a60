"""A child process changes its own copy; what the copy begins with depends on the start method."""

from __future__ import annotations

from engine.scenarios.outcome import fails, holds, not_applicable
from engine.scenarios.parameter import choice
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    method = view["method"]
    if view.machine.system == "Windows" and method != "spawn":
        return Reading(not_applicable("platform", method))
    starts = view.printed(r"child starts with: as the (\w+)")
    ends = view.printed(r"parent ends with: as the (\w+)")
    if not starts or not ends:
        return Reading(fails("the output is not complete"))
    child_starts, parent_ends = starts[0], ends[0]
    figures = {"child_starts": child_starts, "parent_ends": parent_ends}
    expected = "parent" if method == "fork" else "module"
    detail = f"with {method} the child starts with the value of the {child_starts}"
    detail += f", the parent ends with that of the {parent_ends}"
    answer = "child" if parent_ends == "child" else {"module": "module", "parent": "parent"}.get(child_starts)
    shown = child_starts == expected and parent_ends == "parent"
    return Reading(holds(detail) if shown else fails(detail), answer, figures)


SCENARIO = Scenario(
    id="process_copies",
    read=read,
    expected="module",
    parameters=(choice("method", "fork", "spawn", "forkserver"),),
    change={"method": "fork"},
    expected_after_change="parent",
)
