"""One piece of work done in six ways: the times of each, and which answer they give.

The times are medians of runs that nothing observed (``engine.comparison``), or those that a program
printed.  A recording shows more than times: ``engine.scenarios.recorded_ways`` reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from engine.scenarios.outcome import holds, not_applicable, too_disturbed
from engine.scenarios.scenario import Reading
from engine.scenarios.view import Machine, View

WAYS = ("one_after_the_other", "threads", "thread_pool", "processes", "process_pool", "coroutines")

Times = Mapping[str, float]
Judge = Callable[[Times, Machine, Mapping[str, Any]], Reading]


def seconds(view: View) -> dict[str, float] | None:
    """How long each way took; None when not every one of them was printed once."""
    found = {way: view.printed(rf"\b{way}: ([\d.]+) s") for way in WAYS}
    if any(len(times) != 1 for times in found.values()):
        return None
    return {way: float(times[0]) for way, times in found.items()}


def judge_cpu(times: Times, machine: Machine, values: Mapping[str, Any]) -> Reading:
    """Computing: only several interpreters are faster.  ``times`` in seconds, by way."""
    figures = dict(times)
    alone = min(times[way] for way in ("one_after_the_other", "threads", "thread_pool", "coroutines"))
    several = min(times["processes"], times["process_pool"])
    detail = f"the best with processes {several:.2f} s, the best without {alone:.2f} s"
    if machine.free_threaded:
        return Reading(not_applicable("free_threaded"), None, figures)
    if machine.cpus < 2:
        return Reading(not_applicable("one_core"), None, figures)
    if several < 0.85 * alone:
        return Reading(holds(detail), "processes", figures)
    return Reading(too_disturbed("chance", detail), None, figures)


def judge_io(times: Times, machine: Machine, values: Mapping[str, Any]) -> Reading:
    """Waiting: every way to wait at the same time is good."""
    figures = dict(times)
    alone = times["one_after_the_other"]
    slowest = max(value for way, value in times.items() if way != "one_after_the_other")
    detail = f"one after the other {alone:.2f} s, the slowest of the other ways {slowest:.2f} s"
    if values["workers"] < 2 or values["wait_s"] < 0.1:
        return Reading(not_applicable("parameters", "one worker, or hardly a wait"), None, figures)
    if slowest < 0.8 * alone:
        return Reading(holds(detail), "all", figures)
    return Reading(too_disturbed("chance", detail), None, figures)


def judge_network(times: Times, machine: Machine, values: Mapping[str, Any]) -> Reading:
    """Fetching pages: threads and coroutines are about equally good at waiting."""
    ratio = times["threads"] / max(times["coroutines"], 0.001)
    figures = {**times, "ratio": ratio}
    alone = times["one_after_the_other"]
    detail = (
        f"one by one {alone:.2f} s, threads {times['threads']:.2f} s, coroutines {times['coroutines']:.2f} s"
    )
    if values["delay_s"] < 0.1:
        return Reading(not_applicable("parameters", "there is hardly a wait"), None, figures)
    if 0.5 < ratio < 2 and max(times["threads"], times["coroutines"]) < 0.7 * alone:
        return Reading(holds(detail), "alike", figures)
    return Reading(too_disturbed("chance", detail), None, figures)


#: By the workload of ``engine.comparison``.
JUDGES: Final[Mapping[str, Judge]] = {"cpu": judge_cpu, "io": judge_io, "network": judge_network}
