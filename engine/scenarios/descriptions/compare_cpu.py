"""Computing in six ways: only several interpreters are faster."""

from __future__ import annotations

from engine.scenarios.outcome import fails, holds, not_applicable, too_disturbed
from engine.scenarios.parameter import integer
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View
from engine.scenarios.ways import figures_of, seconds


def read(view: View) -> Reading:
    times = seconds(view)
    if times is None:
        return Reading(fails("not all six ways were seen"))
    figures = figures_of(times)
    alone = min(times[way] for way in ("one_after_the_other", "threads", "thread_pool", "coroutines"))
    several = min(times["processes"], times["process_pool"])
    detail = f"the best with processes {several:.2f} s, the best without {alone:.2f} s"
    if view.machine.free_threaded:
        return Reading(not_applicable("free_threaded"), None, figures)
    if view.machine.cpus < 2:
        return Reading(not_applicable("one_core"), None, figures)
    if several < 0.85 * alone:
        return Reading(holds(detail), "processes", figures)
    return Reading(too_disturbed("chance", detail), None, figures)


SCENARIO = Scenario(
    id="compare_cpu",
    read=read,
    expected="processes",
    parameters=(integer("pieces", 2, 32), integer("workers", 1, 16), integer("rounds", 100_000, 50_000_000)),
)
