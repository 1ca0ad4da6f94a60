"""A crash ends its own process and no other."""

from __future__ import annotations

from engine.model import EndKind
from engine.scenarios.outcome import fails, holds, too_disturbed
from engine.scenarios.parameter import integer, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    children = [row for row in view.children if view.threads_of(row)]
    killed = [row for row in children if row.ended is EndKind.KILLED]
    finished = [row for row in children if row.ended is EndKind.FINISHED]
    parent = view.processes[0]
    figures = {
        "finished": len(finished),
        "end": killed[0].track.end.detail if killed else "?",
        "code": next(iter(view.printed(r"crasher ended with exit code (-?\d+)")), "?"),
    }
    detail = f"children killed: {len(killed)} of {len(children)}, finished: {len(finished)}"
    alone = len(killed) == 1 and len(finished) == view["siblings"] and parent.ended is EndKind.FINISHED
    if not killed and str(figures["code"]).startswith("-"):
        # The parent collected it before it could be looked at from outside.
        return Reading(too_disturbed("unobserved", "how the crashed child ended was not seen"), None, figures)
    return Reading(holds(detail) if alone else fails(detail), "alone" if alone else None, figures)


SCENARIO = Scenario(
    id="process_isolation",
    read=read,
    expected="alone",
    parameters=(integer("siblings", 1, 10), integer("steps", 1, 50), real("step_s", 0.01, 1.0, "s")),
)
