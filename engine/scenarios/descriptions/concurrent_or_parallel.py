"""Concurrent: under way at the same time.  Parallel: computing at the same moment."""

from __future__ import annotations

from engine.model import State
from engine.scenarios.intervals import together
from engine.scenarios.outcome import fails, holds, not_applicable, too_disturbed
from engine.scenarios.parameter import integer, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import Row, View

COMPUTING = (State.RUNNING, State.NATIVE)


def _both_computing(pair: list[Row]) -> float:
    """Part of the time in which both threads lived, in which both computed."""
    alive = min(row.end_ns for row in pair) - max(row.start_ns for row in pair)
    return together([row.within(*COMPUTING) for row in pair]) / max(1, alive)


def read(view: View) -> Reading:
    napping = [row for row in view.workers if row.name.startswith("napping")]
    hashing = [row for row in view.workers if row.name.startswith("hashing")]
    if len(napping) != 2 or len(hashing) != 2:
        return Reading(fails(f"napping seen: {len(napping)}, hashing threads: {len(hashing)}"))
    naps_ns = together([row.sleeps for row in napping])
    waiting, computing = _both_computing(napping), _both_computing(hashing)
    figures = {"naps_s": naps_ns / 1e9, "napping": 100 * waiting, "hashing": 100 * computing}
    detail = f"naps together for {naps_ns / 1e9:.2f} s, both computing {computing:.0%} of the hashing"
    if view.machine.cpus < 2:
        return Reading(not_applicable("one_core"), None, figures)
    if view.machine.free_threaded:
        return Reading(not_applicable("free_threaded"), None, figures)
    if computing > 0.3 and waiting < 0.3 and naps_ns > 0:
        return Reading(holds(detail), "hashing", figures)
    return Reading(too_disturbed("chance", detail), None, figures)


SCENARIO = Scenario(
    id="concurrent_or_parallel",
    read=read,
    expected="hashing",
    parameters=(real("nap_s", 0.05, 2.0, "s"), integer("blocks", 2, 100)),
)
