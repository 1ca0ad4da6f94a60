"""Items go from process to process in order; the reader has to be ended by its parent."""

from __future__ import annotations

from engine.model import EndKind
from engine.scenarios.outcome import fails, holds, too_disturbed
from engine.scenarios.parameter import integer, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    got = view.printed(r"got item (\d+)")
    in_order = got == [str(number) for number in range(1, view["items"] + 1)]
    reader = next((row for row in view.children if row.name.startswith("reader")), None)
    if reader is None:
        return Reading(fails("the reader was not seen"))
    # Windows has no signals; multiprocessing gives the exit code of SIGTERM there as well.
    killed = reader.ended is EndKind.KILLED and (
        "SIGTERM" in reader.track.end.detail or view.machine.system == "Windows"
    )
    answer = "killed" if killed else "by_itself" if reader.ended is EndKind.FINISHED else None
    figures = {"got": len(got), "end": reader.track.end.detail}
    detail = f"items read: {len(got)}, in order: {in_order}, reader ended: {reader.track.end.detail}"
    seen = bool(view.printed("nothing there yet"))
    if in_order and seen and reader.ended in (EndKind.CUT_OFF, EndKind.RUNNING):
        # The parent collected it before it could be looked at from outside.
        return Reading(too_disturbed("unobserved", "how the reader ended was not seen"), None, figures)
    return Reading(holds(detail) if in_order and killed and seen else fails(detail), answer, figures)


SCENARIO = Scenario(
    id="process_queue",
    read=read,
    expected="killed",
    parameters=(integer("items", 1, 50), real("pause_s", 0.0, 1.0, "s")),
    change={"items": 10},
    expected_after_change="killed",
)
