"""A daemon thread is cut off when the main thread ends; an ordinary one is waited for."""

from __future__ import annotations

from engine.model import EndKind
from engine.scenarios.outcome import fails, holds, not_applicable, too_disturbed
from engine.scenarios.parameter import real, switch
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    saver = next((row for row in view.workers if row.name == "saver"), None)
    if saver is None:
        return Reading(fails("the thread was not seen"))
    saved, closed = bool(view.printed("saved")), bool(view.printed("file closed"))
    figures = {"end": saver.ended.value}
    detail = f"saved: {saved}, file closed: {closed}, the thread {saver.ended.value}"
    if not view["daemon"]:
        return Reading(holds(detail) if saved and closed else fails(detail), "waits", figures)
    if view["main_s"] >= view["work_s"]:
        return Reading(not_applicable("parameters", "the work is done before the main thread"), None, figures)
    if saved or closed:
        # The main thread was kept from ending for so long that the work was done first.
        return Reading(too_disturbed("chance", detail), None, figures)
    shown = saver.ended is not EndKind.FINISHED
    return Reading(holds(detail) if shown else fails(detail), "cut", figures)


SCENARIO = Scenario(
    id="daemon_threads",
    read=read,
    expected="cut",
    parameters=(switch("daemon"), real("work_s", 0.1, 3.0, "s"), real("main_s", 0.0, 3.0, "s")),
    change={"daemon": False},
    expected_after_change="waits",
)
