"""fork copies the parent, spawn begins anew, forkserver forks from a clean helper."""

from __future__ import annotations

from engine.scenarios.outcome import fails, holds, not_applicable, too_disturbed
from engine.scenarios.parameter import integer
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    times = {method: view.printed(rf"\b{method}: ([\d.]+) ms") for method in ("fork", "spawn", "forkserver")}
    known = {method: float(found[0]) for method, found in times.items() if len(found) == 1}
    if "spawn" not in known:
        return Reading(fails("not all methods were tried"))
    figures = {f"{method}_ms": value for method, value in known.items()}
    detail = ", ".join(f"{method} {value:.1f} ms" for method, value in known.items())
    if len(known) < 3:
        return Reading(not_applicable("platform", "fork and forkserver"), None, figures)
    if known["fork"] < min(known["spawn"], known["forkserver"]):
        return Reading(holds(detail), "fork", figures)
    return Reading(too_disturbed("chance", detail), None, figures)


SCENARIO = Scenario(
    id="process_start_methods",
    read=read,
    expected="fork",
    parameters=(integer("count", 1, 10),),
)
