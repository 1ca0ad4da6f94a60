"""Between threads an item is handed over as it is; between processes it is packed, sent and unpacked."""

from __future__ import annotations

from engine.scenarios.intervals import clipped, total
from engine.scenarios.outcome import fails, holds, too_disturbed
from engine.scenarios.parameter import integer
from engine.scenarios.phases import COMPUTING
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import Row, View

#: Within this factor of each other the two kinds of queue are called equally dear.
ALIKE = 1.3


def _work_us(view: View, others: list[Row], start_ns: int, end_ns: int) -> float:
    """How long the main thread and ``others`` were on a core between two moments, µs an item."""
    rows = [view.main, *others]
    spent = sum(total(clipped(row.within(*COMPUTING), start_ns, end_ns)) for row in rows)
    items: int = view["items"]
    return spent / 1000 / items


def read(view: View) -> Reading:
    threads = view.printed(r"between threads: ([\d.]+)")
    processes = view.printed(r"between processes: ([\d.]+)")
    consumers = [row for row in view.workers if row.name == "consumer thread"]
    children = [row for row in view.children if view.threads_of(row)]
    if len(threads) != 1 or len(processes) != 1 or len(consumers) != 1 or len(children) != 1:
        return Reading(fails("the two measurements were not seen"))
    thread_us, process_us = float(threads[0]), float(processes[0])
    ratio = process_us / max(thread_us, 0.1)
    consumer, child = consumers[0], view.main_of(children[0])
    # multiprocessing.Queue packs and sends in a thread of its own, which starts with the first item.
    feeders = [row for row in view.workers if row.start_ns >= consumer.end_ns]
    thread_work = _work_us(view, consumers, consumer.start_ns, consumer.end_ns)
    begin_ns = feeders[0].start_ns if feeders else child.start_ns
    process_work = _work_us(view, [*feeders, child], begin_ns, child.end_ns)
    figures = {
        "thread_us": thread_us,
        "process_us": process_us,
        "ratio": ratio,
        "thread_work_us": thread_work,
        "process_work_us": process_work,
        "work_ratio": process_work / max(thread_work, 0.1),
    }
    detail = (
        f"{thread_us:.1f} µs an item between threads, {process_us:.1f} µs between processes; "
        f"on a core for {thread_work:.1f} µs and {process_work:.1f} µs"
    )
    if ratio > ALIKE:
        return Reading(holds(detail), "dearer", figures)
    # Two threads that fight for the GIL, or for cores, can be slow as well.  The work does not grow by that.
    if process_work > ALIKE * thread_work:
        return Reading(holds(detail), "dearer", figures, "dearer_work")
    if process_work * ALIKE < thread_work and ratio * ALIKE < 1:
        return Reading(fails(detail), None, figures)
    return Reading(too_disturbed("chance", detail), "same" if ratio > 1 / ALIKE else "cheaper", figures)


SCENARIO = Scenario(
    id="communication_cost",
    read=read,
    expected="dearer",
    parameters=(integer("items", 100, 20_000), integer("item_bytes", 1, 1_000_000, "bytes")),
    change={"item_bytes": 100_000},
    expected_after_change="dearer",
)
