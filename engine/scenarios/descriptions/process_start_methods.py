"""fork copies the parent, spawn begins anew, forkserver forks from a clean helper."""

from __future__ import annotations

from engine.scenarios.outcome import fails, holds, not_applicable, too_disturbed
from engine.scenarios.parameter import integer
from engine.scenarios.phases import COMPUTING
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View

#: Children whose work differs by less than this factor have about as much to do.
ALIKE = 1.3
#: Start method → how multiprocessing calls its processes.
NAMES = {"fork": "ForkProcess-", "spawn": "SpawnProcess-", "forkserver": "ForkServerProcess-"}


def _work_ms(view: View, method: str) -> float | None:
    """How long the child that had least to do, of those started so, was on a core."""
    children = [row for row in view.children if row.name.startswith(NAMES[method]) and view.threads_of(row)]
    return min((view.main_of(row).total(*COMPUTING) / 1e6 for row in children), default=None)


def read(view: View) -> Reading:
    times = {method: view.printed(rf"\b{method}: ([\d.]+) ms") for method in NAMES}
    known = {method: float(found[0]) for method, found in times.items() if len(found) == 1}
    if "spawn" not in known:
        return Reading(fails("not all methods were tried"))
    figures = {f"{method}_ms": value for method, value in known.items()}
    detail = ", ".join(f"{method} {value:.1f} ms" for method, value in known.items())
    if len(known) < 3:
        return Reading(not_applicable("platform", "fork and forkserver"), None, figures)
    if known["fork"] < min(known["spawn"], known["forkserver"]):
        return Reading(holds(detail), "fork", figures)
    work = {method: _work_ms(view, method) for method in NAMES}
    told = ", ".join(f"{method} {value:.1f} ms" for method, value in work.items() if value is not None)
    detail += f"; on a core: {told}"
    least = min((value for value in work.values() if value is not None), default=None)
    if least is not None and work["fork"] is not None and work["fork"] > ALIKE * least:
        return Reading(
            fails(detail), None, figures
        )  # its children did have more to do, not only more to wait
    return Reading(too_disturbed("chance", detail), None, figures)


SCENARIO = Scenario(
    id="process_start_methods",
    read=read,
    expected="fork",
    parameters=(integer("count", 1, 10),),
)
