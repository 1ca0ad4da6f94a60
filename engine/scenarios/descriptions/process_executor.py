"""Small tasks in a pool of processes: the journey costs more than the work, unless they travel in chunks."""

from __future__ import annotations

from engine.scenarios.outcome import fails, holds, not_applicable, too_disturbed
from engine.scenarios.parameter import integer
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    times = [float(each) for each in view.printed(r"chunks of \d+: ([\d.]+) micro")]
    sums = set(view.printed(r"sum (\d+)"))
    if len(times) != 2 or len(sums) != 1:
        return Reading(fails(f"times printed: {len(times)}, different sums: {len(sums)}"))
    single, chunked = times
    figures = {"single_us": single, "chunked_us": chunked, "ratio": single / max(chunked, 0.1)}
    detail = f"{single:.1f} µs a number one by one, {chunked:.1f} µs in chunks"
    if view["chunk"] < 5:
        return Reading(not_applicable("parameters", "the chunks are hardly larger than one"), None, figures)
    if figures["ratio"] > 1.5:
        return Reading(holds(detail), "cheaper", figures)
    return Reading(too_disturbed("chance", detail), None, figures)


SCENARIO = Scenario(
    id="process_executor",
    read=read,
    expected="cheaper",
    parameters=(integer("items", 100, 20_000), integer("chunk", 1, 5_000), integer("workers", 1, 16)),
    change={"chunk": 10},
    expected_after_change="cheaper",
)
