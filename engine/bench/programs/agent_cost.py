"""What one record costs, in ns: prints ``name value`` lines.  Alone: only ``with_lock``."""

import sys
import threading
import time
from typing import Any

ROUNDS = 100_000


def empty() -> int:
    begin = time.perf_counter_ns()
    for _ in range(ROUNDS):
        pass
    return time.perf_counter_ns() - begin


def with_lock() -> int:
    lock = threading.Lock()
    begin = time.perf_counter_ns()
    for _ in range(ROUNDS):
        with lock:
            pass
    return time.perf_counter_ns() - begin


def record() -> int:
    emit = recorder.emit
    begin = time.perf_counter_ns()
    for _ in range(ROUNDS):
        emit(64, 0, 0, 0, 0)
    return time.perf_counter_ns() - begin


def record_with_location() -> int:
    emit, here = recorder.emit, recorder.here
    begin = time.perf_counter_ns()
    for _ in range(ROUNDS):
        emit(64, 0, 0, 0, here())
    return time.perf_counter_ns() - begin


recorder: Any = sys.modules.get("_lockstep.recorder")
measures = [with_lock] if recorder is None else [with_lock, record, record_with_location]
for measure in measures:
    best = min(measure() - empty() for _ in range(5))
    print(f"{measure.__name__} {best / ROUNDS:.1f}", flush=True)
