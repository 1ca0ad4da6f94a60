"""Each process has a GIL of its own: several compute at the same time."""

from __future__ import annotations

from engine.model import State
from engine.scenarios.intervals import together
from engine.scenarios.outcome import fails, holds, not_applicable, too_disturbed
from engine.scenarios.parameter import integer
from engine.scenarios.phases import faster
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    wanted = view["processes"]
    rows = [row for row in view.children if view.threads_of(row)]
    if len(rows) != 1 + wanted:
        return Reading(fails(f"child processes seen: {len(rows)}"))
    alone, shared = rows[0], rows[1:]
    shared_ns = max(row.end_ns for row in shared) - min(row.start_ns for row in shared)
    speed_up = alone.length_ns / max(1, shared_ns)
    busy = [view.main_of(row).within(State.RUNNING, State.NATIVE) for row in shared]
    at_once = together(busy) / max(1, shared_ns)
    answer = faster(speed_up, wanted, view.machine.cpus)
    figures = {
        "alone_s": alone.length_ns / 1e9,
        "shared_s": shared_ns / 1e9,
        "speed_up": speed_up,
        "at_once_percent": 100 * at_once,
        "cpus": view.machine.cpus,
    }
    detail = f"processes: {wanted}, {speed_up:.2f} times as fast as one, two at once for {at_once:.0%}"
    if view.machine.cpus < 2:
        return Reading(not_applicable("one_core"), None, figures)
    if wanted == 1:
        return Reading(not_applicable("parameters", "one process has nobody to share with"), None, figures)
    shown = speed_up > 1.25 and at_once > 0.3
    if shown:
        answer = "threads" if wanted <= view.machine.cpus else "cores"
    if shown:
        return Reading(holds(detail), answer, figures)
    if view.joined_between(shared):
        return Reading(fails(detail), answer, figures)
    # They were all under way: others took the cores, perhaps unseen (a virtual machine's host).
    return Reading(too_disturbed("disturbed", detail), None, figures)


SCENARIO = Scenario(
    id="processes_cpu_bound",
    read=read,
    expected="threads",
    parameters=(integer("processes", 1, 8), integer("rounds", 1_000_000, 200_000_000)),
    change={"processes": 8},
    expected_after_change="cores",
)
