"""Threads that wait for answers wait at the same time."""

from __future__ import annotations

from engine.model import State
from engine.scenarios.intervals import most_at_once, total
from engine.scenarios.outcome import fails, holds, not_applicable, too_disturbed
from engine.scenarios.parameter import integer, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    threads = [row for row in view.workers if "ask" in row.name]
    if len(threads) != view["questions"]:
        return Reading(fails(f"threads seen: {len(threads)}"))
    waits = [row.within(State.IO) for row in threads]
    together_ns = max(row.end_ns for row in threads) - threads[0].start_ns
    waited_ns = sum(total(intervals) for intervals in waits)
    alone_ns = sum(end - start for start, end in _one_by_one(view, threads[0].start_ns))
    gil = sum(row.total(State.WAIT_GIL) for row in threads) / max(1, sum(row.total() for row in threads))
    cpu = sum(row.total(State.RUNNING, State.NATIVE) for row in threads)
    speed_up = alone_ns / max(1, together_ns)
    figures = {
        "alone_s": alone_ns / 1e9,
        "together_s": together_ns / 1e9,
        "waited_s": waited_ns / 1e9,
        "computed_ms": cpu / 1e6,
        "gil_percent": 100 * gil,
        "at_once": most_at_once(waits),
    }
    detail = f"{most_at_once(waits)} waited at once, {speed_up:.1f} times as fast, {gil:.1%} in wait_gil"
    answer = "one" if speed_up > 0.6 * len(threads) else "same" if speed_up < 1.3 else None
    if len(threads) == 1:
        return Reading(not_applicable("parameters", "one question has nobody beside it"), None, figures)
    shown = answer == "one" and most_at_once(waits) == len(threads) and gil < 0.1
    if not shown and (most_at_once(waits) > 1 or not view.joined_between(threads)):
        # They did wait at the same time, or would have: other work took the time that was won.
        return Reading(too_disturbed("chance", detail), None, figures)
    return Reading(holds(detail) if shown else fails(detail), answer, figures)


def _one_by_one(view: View, until_ns: int) -> list[tuple[int, int]]:
    """The main thread's waits for the server before the threads begin."""
    waits = view.main.within(State.IO)
    return [(start, end) for start, end in waits.tolist() if end <= until_ns and end - start > 1_000_000]


SCENARIO = Scenario(
    id="threads_io_bound",
    read=read,
    expected="one",
    parameters=(integer("questions", 1, 50), real("answer_s", 0.05, 2.0, "s")),
    change={"questions": 8},
    expected_after_change="one",
)
