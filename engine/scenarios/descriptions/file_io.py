"""Small files that are in memory already: threads do not help, and a coroutine blocks its loop."""

from __future__ import annotations

import numpy as np

from engine.model import State
from engine.scenarios.outcome import fails, holds, not_applicable, too_disturbed
from engine.scenarios.parameter import integer
from engine.scenarios.phases import phases
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    seen = phases(view)
    reader = next((row for row in view.tasks if row.name == "reader"), None)
    ticker = next((row for row in view.tasks if row.name == "ticker"), None)
    if seen is None or reader is None or ticker is None:
        return Reading(fails(f"threads seen: {len(view.workers)}, tasks: {len(view.tasks)}"))
    before = reader.within(State.READY, State.SUSPENDED)  # its turn to read comes after the last of these
    turn = np.array([[before[-1, 1] if len(before) else reader.start_ns, reader.end_ns]], np.int64)
    ticked_ns = view.inside(ticker.within(State.RUNNING), turn)
    figures = {
        "speed_up": seen.speed_up,
        "alone_ms": seen.alone_ns / 1e6,
        "shared_ms": seen.shared_ns / 1e6,
        "frozen_ms": int(turn[0, 1] - turn[0, 0]) / 1e6,
    }
    detail = f"{view['threads']} threads were {seen.speed_up:.2f} times as fast; the loop stood still"
    if ticked_ns:
        return Reading(fails("the ticker ran in the middle of the reading"), None, figures)
    if view.machine.free_threaded:
        return Reading(not_applicable("free_threaded"), None, figures)
    if seen.speed_up < 1.3:
        return Reading(holds(detail), "no", figures)
    # Threads gain where the files are not in memory, or where something else had the cores before.
    return Reading(too_disturbed("chance", detail), "faster", figures)


SCENARIO = Scenario(
    id="file_io",
    read=read,
    expected="no",
    parameters=(integer("files", 50, 5_000), integer("threads", 2, 16)),
    change={"threads": 8},
    expected_after_change="no",
)
