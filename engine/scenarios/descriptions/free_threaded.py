"""Without a GIL threads compute in Python at the same moment."""

from __future__ import annotations

from engine.model import State
from engine.scenarios.outcome import fails, holds, not_applicable, too_disturbed
from engine.scenarios.parameter import integer
from engine.scenarios.phases import phases
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    if not view.printed("has a GIL: False"):
        return Reading(not_applicable("version", "it runs with a GIL; choose a free-threaded build"))
    seen = phases(view)
    if seen is None:
        return Reading(fails(f"threads seen: {len(view.workers)}"))
    if view.machine.cpus < 2:
        return Reading(not_applicable("one_core"))
    at_once = seen.share_at_once(State.RUNNING, State.NATIVE)
    figures = {"speed_up": seen.speed_up, "at_once": 100 * at_once, "cpus": view.machine.cpus}
    detail = f"{view['threads']} threads were {seen.speed_up:.2f} times as fast, at once for {at_once:.0%}"
    if view.gils:
        return Reading(fails("there is a GIL in the recording"), None, figures)
    if seen.speed_up > 1.3 and at_once > 0.3:
        return Reading(holds(detail), "faster", figures)
    return Reading(too_disturbed("chance", detail), None, figures)


SCENARIO = Scenario(
    id="free_threaded",
    read=read,
    expected="faster",
    parameters=(integer("threads", 2, 16), integer("rounds", 500_000, 200_000_000)),
)
