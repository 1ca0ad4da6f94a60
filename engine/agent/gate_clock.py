"""The clock of a controlled run: it stands still while anybody can go on."""

from __future__ import annotations

import threading
import time

from .gate_actors import Wait

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .gate import Gate
    from .gate_effects import Access

_gate: Gate = None  # type: ignore[assignment]

#: Where the controlled clock begins: 2001-09-09 01:46:40 UTC; the monotonic ones at 1000 s.
EPOCH_S = 1_000_000_000.0
MONOTONIC_S = 1000.0
#: After so many readings in a row the clock moves at each: somebody waits for it.
MOST_READINGS = 1000


class _SleepWait(Wait):
    sort = "sleep"
    name = ""

    def ready(self) -> bool:
        return False

    def accesses(self) -> list[Access]:
        return [("clock", 0, 0)]


def sleep(seconds: float) -> None:
    actor = _gate.me()
    if actor is None or not _gate.active:
        _raw_sleep(seconds)
        return
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    _gate.touch("clock", 0, 0)
    _gate.wait_until(actor, _SleepWait(), _gate.now + float(seconds), yields=True)


_raw_sleep = time.sleep


def _reader(begin: float, as_ns: bool, real: Any) -> Any:
    def read() -> Any:
        if _gate.left:
            return real()
        _gate.accesses.append(("clock", 0, 0))
        _gate.clock_reads += 1
        if _gate.clock_reads > MOST_READINGS:
            _gate.now += 0.001
            _gate.unfair = True
        seconds = begin + _gate.now
        return int(seconds * 1_000_000_000) if as_ns else seconds

    return read


def _patch_clock(name: str, begin: float) -> None:
    setattr(time, name, _reader(begin, False, getattr(time, name)))
    setattr(time, name + "_ns", _reader(begin, True, getattr(time, name + "_ns")))


def install(gate: Gate) -> None:
    """Put everything in place."""
    global _gate
    _gate = gate
    setattr(time, "sleep", sleep)
    for name, begin in (("time", EPOCH_S), ("monotonic", MONOTONIC_S), ("perf_counter", MONOTONIC_S)):
        _patch_clock(name, begin)
    for name in ("process_time", "thread_time"):
        if hasattr(time, name):
            _patch_clock(name, 0.0)
    threading._time = time.monotonic  # type: ignore[attr-defined]
