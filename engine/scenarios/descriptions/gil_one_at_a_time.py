"""However many threads compute, one at a time holds the GIL: C code such as sorted too."""

from __future__ import annotations

from engine.model import State
from engine.scenarios.intervals import merged, together, total
from engine.scenarios.outcome import fails, holds, not_applicable, too_disturbed
from engine.scenarios.parameter import integer, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View

#: Threads that run Python together for more of the time than this have no GIL between them.
TOGETHER = 0.3


def read(view: View) -> Reading:
    rows = [row for row in view.workers if row.name.startswith(("counter", "sorter"))]
    if len(rows) != view["counters"] + view["sorters"]:
        return Reading(fails(f"threads seen: {len(rows)}"))
    start, end = min(row.start_ns for row in rows), max(row.end_ns for row in rows)
    busy = [row.within(State.RUNNING, State.NATIVE) for row in rows]
    at_once = together([row.within(State.RUNNING) for row in rows]) / max(1, end - start)
    computed = sum(total(merged(intervals)) for intervals in busy) / max(1, end - start)
    figures = {
        "threads": len(rows),
        "cores_used": computed,
        "at_once_percent": 100 * at_once,
        "waiting_percent": 100 * sum(row.share(State.WAIT_GIL) for row in rows) / len(rows),
        "cpus": view.machine.cpus,
    }
    all_cores = 0.85 * min(len(rows), view.machine.cpus)
    answer = "one" if computed < 1.15 else "cores" if computed > all_cores else None
    detail = f"threads: {len(rows)}, cores used: {computed:.2f}, two at once for {at_once:.1%} of the time"
    if view.machine.free_threaded:
        return Reading(not_applicable("free_threaded"), answer, figures)
    if view.gil_problem:
        return Reading(not_applicable("no_gil_view", view.gil_problem), answer, figures)
    if answer == "one" and at_once < 0.02:
        return Reading(holds(detail), answer, figures)
    if answer == "cores" or at_once >= TOGETHER:
        return Reading(fails(detail), answer, figures)
    # Where nobody looked for a while it is not known who waited and who ran.
    return Reading(too_disturbed("chance", detail), None, figures)


SCENARIO = Scenario(
    id="gil_one_at_a_time",
    read=read,
    expected="one",
    parameters=(integer("counters", 0, 8), integer("sorters", 1, 8), real("work_s", 0.2, 5.0, "s")),
    change={"counters": 0, "sorters": 4},
    expected_after_change="one",
)
