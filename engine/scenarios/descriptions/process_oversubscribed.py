"""Processes that all want to compute wait for a core when there are fewer cores than processes."""

from __future__ import annotations

from engine.model import State
from engine.scenarios.outcome import fails, holds, not_applicable, too_disturbed
from engine.scenarios.parameter import integer
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    children = [row for row in view.children if view.threads_of(row)]
    if len(children) != view["processes"]:
        return Reading(fails(f"processes seen: {len(children)}"))
    cpus = view.machine.cpus
    mains = [view.main_of(row) for row in children]
    waited = sum(row.total(State.WAIT_CPU) for row in mains)
    computed = sum(row.total(State.RUNNING, State.NATIVE) for row in mains)
    share = waited / max(1, waited + computed)
    figures = {"cpus": cpus, "waited_percent": 100 * share, "fair_percent": 100 * cpus / view["processes"]}
    detail = f"processes: {view['processes']}, cores: {cpus}; they waited for a core {share:.0%} of the time"
    if view["processes"] <= cpus:
        return Reading(not_applicable("parameters", "there is a core for every process"), None, figures)
    if view.machine.system != "Linux":
        return Reading(not_applicable("no_os_view"), None, figures)
    if share > 0.15:
        return Reading(holds(detail), "turns", figures)
    return Reading(too_disturbed("chance", detail), None, figures)


SCENARIO = Scenario(
    id="process_oversubscribed",
    read=read,
    expected="turns",
    parameters=(integer("processes", 2, 64), integer("rounds", 500_000, 50_000_000)),
)
