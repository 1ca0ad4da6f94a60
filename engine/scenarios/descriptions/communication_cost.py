"""Between threads an item is handed over as it is; between processes it is packed, sent and unpacked."""

from __future__ import annotations

from engine.scenarios.outcome import fails, holds, too_disturbed
from engine.scenarios.parameter import integer
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View

#: Within this factor of each other the two kinds of queue are called equally dear.
ALIKE = 1.3


def read(view: View) -> Reading:
    threads = view.printed(r"between threads: ([\d.]+)")
    processes = view.printed(r"between processes: ([\d.]+)")
    if len(threads) != 1 or len(processes) != 1 or len(view.children) < 1:
        return Reading(fails("the two measurements were not seen"))
    thread_us, process_us = float(threads[0]), float(processes[0])
    ratio = process_us / max(thread_us, 0.1)
    figures = {"thread_us": thread_us, "process_us": process_us, "ratio": ratio}
    detail = f"{thread_us:.1f} µs an item between threads, {process_us:.1f} µs between processes"
    if ratio > ALIKE:
        return Reading(holds(detail), "dearer", figures)
    # Two threads that fight for the GIL, or for cores, can be slow as well: times prove nothing then.
    return Reading(too_disturbed("chance", detail), "same" if ratio > 1 / ALIKE else "cheaper", figures)


SCENARIO = Scenario(
    id="communication_cost",
    read=read,
    expected="dearer",
    parameters=(integer("items", 100, 20_000), integer("item_bytes", 1, 1_000_000, "bytes")),
    change={"item_bytes": 100_000},
    expected_after_change="dearer",
)
