"""What is to be compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine.errors import LockstepError

#: The ways of doing one piece of work after another, in the order in which they are shown.
WAYS: Final = ("sequential", "threads", "thread_pool", "processes", "process_pool", "coroutines")
#: workload → how large a piece is: rounds of a loop, ms of waiting, ms until the server answers.
WORKLOADS: Final = {"cpu": 600_000, "io": 50, "network": 50}
PROGRAM: Final = Path(__file__).resolve().parent / "programs" / "work.py"
SERVER: Final = Path(__file__).resolve().parent / "programs" / "server.py"

MOST_RUNS: Final = 1000
MOST_PIECES: Final = 200
MOST_WORKERS: Final = 64
MOST_SIZE: Final = 1_000_000_000


@dataclass(frozen=True)
class Plan:
    """``pieces`` of ``size`` each, done ``runs`` times in every way; pools have ``workers``.

    ``interpreter``: path or name, "" for the one that runs us.
    """

    workload: str
    runs: int = 5
    pieces: int = 8
    workers: int = 4
    size: int = 0
    interpreter: str = ""

    @property
    def piece_size(self) -> int:
        return self.size or WORKLOADS[self.workload]

    def command(self, way: str, address: str) -> list[str]:
        """What stands behind the interpreter to do the work in one way; ``address`` of the server."""
        numbers = map(str, (self.pieces, self.workers, self.piece_size))
        return [str(PROGRAM), self.workload, way, *numbers, address]


def check(plan: Plan) -> None:
    """Refuse what cannot be compared.

    Raises:
        LockstepError: ``parameter_choice`` or ``parameter_range``.
    """
    if plan.workload not in WORKLOADS:
        choices = ", ".join(WORKLOADS)
        raise LockstepError("parameter_choice", name="--workload", choices=choices, value=plan.workload)
    limits: Sequence[tuple[str, int, int]] = (
        ("--runs", plan.runs, MOST_RUNS),
        ("--pieces", plan.pieces, MOST_PIECES),
        ("--workers", plan.workers, MOST_WORKERS),
    )
    for name, value, high in limits:
        if not 1 <= value <= high:
            raise LockstepError("parameter_range", name=name, low=1, high=high, value=value)
    if not 0 <= plan.size <= MOST_SIZE:
        raise LockstepError("parameter_range", name="--size", low=0, high=MOST_SIZE, value=plan.size)
