"""A manager's list lives in a process of its own; every use of it is a message there and back."""

from __future__ import annotations

from engine.scenarios.outcome import fails, holds
from engine.scenarios.parameter import integer
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    items = view.printed(r"items: (\d+)")
    pids = {int(pid) for pid in view.printed(r"process (\d+): \d+ micro")}
    costs = [int(cost) for cost in view.printed(r"process \d+: (\d+) micro")]
    own = view.printed(r"own list: ([\d.]+) micro")
    if len(items) != 1 or len(pids) != view["writers"] or len(own) != 1:
        return Reading(fails(f"writers seen: {len(pids)}, results: {len(items)}"))
    others = [row for row in view.children if row.track.pid not in pids]
    wanted = view["writers"] * view["items"]
    cost, own_us = min(costs), max(float(own[0]), 0.01)
    figures = {"items": int(items[0]), "cost_us": cost, "own_us": own_us, "helpers": len(others)}
    detail = f"items: {items[0]} of {wanted}, processes beside the writers: {len(others)}, {cost} µs an item"
    shown = int(items[0]) == wanted and len(others) >= 1
    return Reading(holds(detail) if shown else fails(detail), "manager" if shown else None, figures)


SCENARIO = Scenario(
    id="process_manager",
    read=read,
    expected="manager",
    parameters=(integer("writers", 1, 8), integer("items", 10, 2_000)),
    change={"writers": 4},
    expected_after_change="manager",
)
