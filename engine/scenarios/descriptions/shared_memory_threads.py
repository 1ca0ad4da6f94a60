"""All threads of a process work on the same objects."""

from __future__ import annotations

from engine.scenarios.outcome import fails, holds
from engine.scenarios.parameter import integer, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    wanted = view["threads"] * view["items"]
    main = view.printed(r"the main thread sees (\d+) items")
    lists = set(view.printed(r"in the list (\d+)"))
    items = int(main[0]) if main else -1
    figures = {"items": items, "lists": len(lists), "processes": len(view.processes)}
    detail = f"items: {items} of {wanted}, lists: {len(lists)}, threads: {len(view.workers)}"
    shown = items == wanted and len(lists) == 1 and len(view.workers) == view["threads"]
    answer = "all" if items == wanted else "none" if items == 0 else "some"
    return Reading(holds(detail) if shown else fails(detail), answer, figures)


SCENARIO = Scenario(
    id="shared_memory_threads",
    read=read,
    expected="all",
    parameters=(integer("threads", 1, 26), integer("items", 1, 1000), real("pause_s", 0.0, 0.5, "s")),
    change={"threads": 10},
    expected_after_change="all",
)
