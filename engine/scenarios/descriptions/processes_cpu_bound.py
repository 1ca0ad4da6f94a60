"""Each process has a GIL of its own: several compute at the same time."""

from __future__ import annotations

from engine.scenarios.outcome import fails, holds, not_applicable, too_disturbed
from engine.scenarios.parameter import integer
from engine.scenarios.phases import AT_ONCE, COMPUTING, Phases, fell_short, several
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    wanted = view["processes"]
    rows = [row for row in view.children if view.threads_of(row)]
    if len(rows) != 1 + wanted:
        return Reading(fails(f"child processes seen: {len(rows)}"))
    cpus = view.machine.cpus
    alone, *shared = rows
    alone_ns = alone.length_ns
    shared_ns = max(row.end_ns for row in shared) - min(row.start_ns for row in shared)
    seen = Phases([view.main_of(row) for row in shared], view.main_of(alone))
    speed_up = alone_ns / max(1, shared_ns)
    at_once = seen.share_at_once(*COMPUTING)
    figures = {
        **seen.figures,
        "alone_s": alone_ns / 1e9,
        "shared_s": shared_ns / 1e9,
        "speed_up": speed_up,
        "at_once_percent": 100 * at_once,
        "cpus": cpus,
    }
    detail = f"processes: {wanted}, {speed_up:.2f} times as fast as one, two at once for {at_once:.0%}"
    if cpus < 2:
        return Reading(not_applicable("one_core"), None, figures)
    if wanted == 1:
        return Reading(not_applicable("parameters", "one process has nobody to share with"), None, figures)
    if at_once < AT_ONCE and view.joined_between(shared):
        return Reading(fails(f"{detail}; one was waited for before the next began"), None, figures)
    if at_once < AT_ONCE:
        # They were all under way: others took the cores, perhaps unseen (a virtual machine's host).
        return Reading(too_disturbed("disturbed", detail), None, figures)
    answer = several(wanted, cpus)
    told = f"{answer}_less" if fell_short(speed_up, wanted, cpus) else ""
    return Reading(holds(detail), answer, figures, told)


SCENARIO = Scenario(
    id="processes_cpu_bound",
    read=read,
    expected="threads",
    parameters=(integer("processes", 1, 8), integer("rounds", 1_000_000, 200_000_000)),
    change={"processes": 8},
    expected_after_change="cores",
)
