"""Concurrent: under way at the same time.  Parallel: computing at the same moment."""

from __future__ import annotations

from engine.model import State
from engine.scenarios.intervals import together
from engine.scenarios.outcome import Verdict, fails, not_applicable, too_disturbed
from engine.scenarios.parameter import integer, real
from engine.scenarios.phases import COMPUTING, Shared
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import Row, View


def _both(pair: list[Row], *states: State) -> float:
    """Part of the time in which both threads lived, in which both were in ``states``."""
    alive = min(row.end_ns for row in pair) - max(row.start_ns for row in pair)
    return together([row.within(*states) for row in pair]) / max(1, alive)


def read(view: View) -> Reading:
    napping = [row for row in view.workers if row.name.startswith("napping")]
    hashing = [row for row in view.workers if row.name.startswith("hashing")]
    if len(napping) != 2 or len(hashing) != 2:
        return Reading(fails(f"napping seen: {len(napping)}, hashing threads: {len(hashing)}"))
    naps_ns = together([row.sleeps for row in napping])
    waiting, computing = _both(napping, *COMPUTING), _both(hashing, State.NATIVE)
    figures = {"naps_s": naps_ns / 1e9, "napping": 100 * waiting, "hashing": 100 * computing}
    detail = f"naps together for {naps_ns / 1e9:.2f} s, both computing {computing:.0%} of the hashing"
    if view.machine.cpus < 2:
        return Reading(not_applicable("one_core"), None, figures)
    if view.machine.free_threaded:
        return Reading(not_applicable("free_threaded"), None, figures)
    if view.gil_problem:
        return Reading(not_applicable("no_gil_view", view.gil_problem), None, figures)
    outcome = Shared(hashing).in_c(True, detail)
    if outcome.verdict is Verdict.HOLDS and naps_ns > 0 and waiting < 0.3:
        return Reading(outcome, "hashing", figures)
    if any(Shared(pair).one_by_one(view) for pair in (napping, hashing)):
        return Reading(fails(f"{detail}; one was waited for before the other began"), None, figures)
    if outcome.verdict is Verdict.HOLDS:
        outcome = too_disturbed("chance", detail)
    return Reading(outcome, None, figures)


SCENARIO = Scenario(
    id="concurrent_or_parallel",
    read=read,
    expected="hashing",
    parameters=(real("nap_s", 0.05, 2.0, "s"), integer("blocks", 2, 100)),
)
