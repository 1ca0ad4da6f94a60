"""Programs that do one piece of work in six ways, one way after another, and print their times."""

from __future__ import annotations

from engine.scenarios.view import View

WAYS = ("one_after_the_other", "threads", "thread_pool", "processes", "process_pool", "coroutines")


def seconds(view: View) -> dict[str, float] | None:
    """How long each way took; None when not every one of them was printed once."""
    found = {way: view.printed(rf"\b{way}: ([\d.]+) s") for way in WAYS}
    if any(len(times) != 1 for times in found.values()):
        return None
    return {way: float(times[0]) for way, times in found.items()}


def figures_of(times: dict[str, float]) -> dict[str, object]:
    """The figures for the texts: each way's time by its name."""
    return dict(times)
