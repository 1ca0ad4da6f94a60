"""Runs every way again and again, in turn, unobserved, and takes medians."""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine import interpreter
from engine.comparison import sampling
from engine.comparison.interrupts import held_back
from engine.comparison.plan import WAYS, Plan, check
from engine.comparison.serving import server_for
from engine.errors import LockstepError, one_line

#: Memory is looked at from outside, so often, in rounds whose times do not count.
MEMORY_ROUNDS = 3
MEMORY_PERIOD_S = 0.01
#: A way that takes longer than this is given up.
PATIENCE_S = 300.0


@dataclass(frozen=True)
class Progress:
    """``round`` of ``rounds``, counted from 1; those up to ``warm_up`` are for memory and to warm up."""

    round: int
    rounds: int
    warm_up: int
    way: str


@dataclass(frozen=True)
class Figures:
    """Median and spread of one quantity: quarter marks, least and most."""

    median: float
    low: float
    high: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Figures | None:
        """None of nothing."""
        if not values:
            return None
        if len(values) == 1:
            return cls(*[values[0]] * 5)
        low, median, high = statistics.quantiles(values, n=4, method="inclusive")
        return cls(median, low, high, min(values), max(values))


@dataclass
class WayFigures:
    """What was measured of one way, a value a run; ``memory_bytes`` is empty where it cannot be seen."""

    way: str
    wall_ns: list[int] = field(default_factory=list)
    cpu_ns: list[int] = field(default_factory=list)
    startup_ns: list[int] = field(default_factory=list)
    memory_bytes: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Comparison:
    """``ways`` in the order of WAYS."""

    plan: Plan
    interpreter: interpreter.Interpreter
    ways: Mapping[str, WayFigures]

    def speed_up(self, way: str) -> float:
        """How many times as fast as one after the other, by the medians."""
        alone = statistics.median(self.ways["sequential"].wall_ns)
        return alone / max(1.0, statistics.median(self.ways[way].wall_ns))


def compare(
    plan: Plan,
    progress: Callable[[Progress], None] = lambda _: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Comparison | None:
    """Measure all ways, interleaved; None when ``cancelled`` said so in between.

    Nothing it starts is left behind, also when it is left by an exception (Ctrl+C).

    Raises:
        LockstepError: the plan or the interpreter cannot be used, a run fails, or two ways
            come to different results (``compare_failed``).
    """
    check(plan)
    python = interpreter.probe(interpreter.find(plan.interpreter) if plan.interpreter else sys.executable)
    ways = {way: WayFigures(way) for way in WAYS}
    warm_up = min(MEMORY_ROUNDS, plan.runs)
    expected: object = None
    with server_for(plan) as address:
        for number in range(1, warm_up + plan.runs + 1):
            shift = number % len(WAYS)  # nobody always comes first, or always after the same one
            for way in WAYS[shift:] + WAYS[:shift]:
                if cancelled():
                    return None
                progress(Progress(number, warm_up + plan.runs, warm_up, way))
                counted = number > warm_up
                report, memory = _run([python.path, *plan.command(way, address)], way, not counted)
                if expected is None:
                    expected = report["results"]
                if report["results"] != expected:
                    raise LockstepError("compare_failed", way=way, detail="its results are different")
                _note(ways[way], report, memory, counted)
    return Comparison(plan, python, ways)


def _note(figures: WayFigures, report: Mapping[str, Any], memory: int, counted: bool) -> None:
    if not counted:
        if memory:
            figures.memory_bytes.append(memory)
        return
    for name in ("wall_ns", "cpu_ns", "startup_ns"):
        value = report[name]
        if value is not None:
            getattr(figures, name).append(value)


def _run(command: list[str], way: str, look_at_memory: bool) -> tuple[dict[str, Any], int]:
    """Run once: what the program reports, and the most memory it was seen to use (0: not looked at)."""
    child: subprocess.Popen[str] | None = None
    memory = 0
    try:
        with held_back():
            child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,  # so that all of it can be ended, and Ctrl+C is for us alone
                text=True,
            )
        if look_at_memory and sampling.AVAILABLE:
            memory = _watch_memory(child)
        out, err = child.communicate(timeout=PATIENCE_S)
    except subprocess.TimeoutExpired:
        raise LockstepError("compare_failed", way=way, detail="it takes too long") from None
    finally:
        if child is not None:
            _end(child)
    if child.returncode:
        last = err.strip().splitlines()[-1:] or [f"exit status {child.returncode}"]
        raise LockstepError("compare_failed", way=way, detail=one_line(last[0]))
    return json.loads(out), memory


def _watch_memory(child: subprocess.Popen[str]) -> int:
    most, deadline = 0, time.monotonic() + PATIENCE_S
    while child.poll() is None and time.monotonic() < deadline:
        most = max(most, sampling.tree_pss(child.pid))
        time.sleep(MEMORY_PERIOD_S)
    return most


def _end(child: subprocess.Popen[str]) -> None:
    """End a run with all its processes, if it still goes on."""
    if child.poll() is None:
        if hasattr(os, "killpg"):
            os.killpg(child.pid, signal.SIGKILL)
        child.kill()
    child.communicate()
