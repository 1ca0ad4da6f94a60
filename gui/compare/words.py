"""The six ways in the language of the window, and their figures as they are written.  No widgets."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from engine.comparison import Figures, WayFigures
from gui.durations import NARROW, duration


def way_text(way: str) -> str:
    translate = QCoreApplication.translate
    texts = {
        "sequential": translate("Comparison", "One after the other"),
        "threads": translate("Comparison", "Threads"),
        "thread_pool": translate("Comparison", "Thread pool"),
        "processes": translate("Comparison", "Processes"),
        "process_pool": translate("Comparison", "Process pool"),
        "coroutines": translate("Comparison", "Coroutines"),
    }
    return texts.get(way, way)


def time_text(values: list[int]) -> str:
    """The median; a dash where it could not be told."""
    figures = Figures.of(values)
    return "–" if figures is None else duration(figures.median)


def spread_text(values: list[int]) -> str:
    """Least to most, in one unit."""
    figures = Figures.of(values)
    if figures is None:
        return ""
    low, high = duration(figures.least).split(NARROW), duration(figures.most).split(NARROW)
    if low[1:] == high[1:]:
        return f"{low[0]}–{NARROW.join(high)}"
    return f"{NARROW.join(low)}–{NARROW.join(high)}"


def memory_text(values: list[int]) -> str:
    figures = Figures.of(values)
    return "–" if figures is None else f"{figures.median / 2**20:.1f}{NARROW}MB"


def cells(figures: WayFigures, speed_up: float) -> list[str]:
    """Time, its spread, speed-up, CPU time, start-up, memory."""
    return [
        time_text(figures.wall_ns),
        spread_text(figures.wall_ns),
        f"{speed_up:.2f}×",
        time_text(figures.cpu_ns),
        time_text(figures.startup_ns),
        memory_text(figures.memory_bytes),
    ]
