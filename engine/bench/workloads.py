"""The programs that are timed alone, under ``record`` and under other tools."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PROGRAMS = Path(__file__).parent / "programs"


@dataclass(frozen=True)
class Workload:
    """A program that times itself and prints ``elapsed MILLISECONDS`` once or several times.

    ``budget``: the factor of its time alone that it is to stay under when recorded.
    ``cores``: on how many cores it is run, with everything that observes it; 0 for all.
    """

    id: str
    title: str
    program: Path
    budget: float
    cores: int = 0


WORKLOADS: tuple[Workload, ...] = (
    Workload("cpu_threads", "3 CPU-bound threads", PROGRAMS / "cpu_threads.py", 1.02),
    Workload("cpu_processes", "2 CPU-bound processes on 2 cores", PROGRAMS / "cpu_processes.py", 1.10, 2),
    Workload("lock_uncontended", "1 M uncontended with lock", PROGRAMS / "lock_uncontended.py", 0.0),
    Workload("lock_shared", "4 threads, one lock", PROGRAMS / "lock_shared.py", 3.0),
    Workload("asyncio_steps", "asyncio 200 × 200 steps", PROGRAMS / "asyncio_steps.py", 2.5),
    Workload("queue_items", "queue, 100,000 items", PROGRAMS / "queue_items.py", 2.5),
    Workload("fibonacci", "fib(27)", PROGRAMS / "fibonacci.py", 1.02),
)
