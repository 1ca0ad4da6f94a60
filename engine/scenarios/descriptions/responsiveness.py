"""Who computes inline does not answer; a thread beside it answers late, a process in time."""

from __future__ import annotations

from engine.scenarios.outcome import fails, holds, not_applicable, too_disturbed
from engine.scenarios.parameter import integer, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import Row, View

#: A clock that ticks at least so often during the work goes on.
TICKS = 3


def _ticks(view: View, worker: Row) -> int:
    """How often the main thread went to sleep while ``worker`` was at work."""
    begins = view.main.sleeps[:, 0]
    return int(((worker.start_ns <= begins) & (begins < worker.end_ns)).sum())


def read(view: View) -> Reading:
    ways = ("inline", "thread", "process")
    found = {way: view.printed(rf"{way}: longest gap (\d+) ms") for way in ways}
    children = [row for row in view.children if view.threads_of(row)]
    if any(len(gaps) != 1 for gaps in found.values()) or not children or not view.workers:
        return Reading(fails("the three clocks were not seen"))
    inline, thread, process = (int(gaps[0]) for gaps in found.values())
    ticks = [_ticks(view, view.workers[0]), _ticks(view, view.main_of(children[0]))]
    figures = {"inline_ms": inline, "thread_ms": thread, "process_ms": process}
    detail = (
        f"longest gap {inline} ms inline, {thread} ms beside a thread, {process} ms beside a process; "
        f"ticks during the work of the thread: {ticks[0]}, of the process: {ticks[1]}"
    )
    if inline < 10 * 1000 * view["tick_s"]:
        return Reading(not_applicable("parameters", "the work is too short for the clock"), None, figures)
    if view.machine.free_threaded:
        return Reading(not_applicable("free_threaded"), None, figures)
    if min(ticks) == 0:
        return Reading(fails(f"{detail}; beside one of them the clock stood still"), None, figures)
    if inline > max(thread, process) and min(ticks) >= TICKS:
        return Reading(holds(detail), "inline", figures)
    return Reading(too_disturbed("chance", detail), None, figures)


SCENARIO = Scenario(
    id="responsiveness",
    read=read,
    expected="inline",
    parameters=(integer("rounds", 500_000, 50_000_000), real("tick_s", 0.002, 0.1, "s")),
    change={"rounds": 12_000_000},
    expected_after_change="inline",
)
