"""A crash in native code ends the whole process, whichever thread it happens in."""

from __future__ import annotations

from engine.model import EndKind
from engine.scenarios.outcome import fails, holds
from engine.scenarios.parameter import integer, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    process = view.processes[0]
    rows = view.threads_of(process)
    cut_off = sum(row.ended not in (EndKind.FINISHED, EndKind.FAILED) for row in rows)
    figures = {"end": process.track.end.detail, "rows": len(rows)}
    end = process.track.end
    detail = f"process {end.kind.value} ({end.detail}), threads cut off: {cut_off} of {len(rows)}"
    killed = process.ended is EndKind.KILLED and process.track.end.detail != ""
    answer = "all" if killed else "alone" if process.ended is EndKind.FINISHED else None
    whole = killed and cut_off == len(rows) == view["threads"] + 2
    return Reading(holds(detail) if whole else fails(detail), answer, figures)


SCENARIO = Scenario(
    id="thread_crash_kills_process",
    read=read,
    expected="all",
    parameters=(
        integer("threads", 1, 20),
        real("step_s", 0.01, 1.0, "s"),
        real("crash_after_s", 0.05, 3.0, "s"),
    ),
)
