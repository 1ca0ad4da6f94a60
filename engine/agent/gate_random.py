"""Random numbers of a controlled run: the same in every run with the same choices."""

from __future__ import annotations

import random

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .gate import Gate

_gate: Gate = None  # type: ignore[assignment]
_seed: object = 0
#: how many generators without a seed of their own each thread has made
_made: dict[int, int] = {}


def begin(seed: int) -> None:
    """A run begins.  After a fork the standard library seeds its generator anew, from the system."""
    global _seed
    _seed = seed
    _made.clear()
    random.seed(seed)


def install(gate: Gate) -> None:
    """Put everything in place."""
    global _gate
    _gate = gate
    original = random.Random.seed

    def seed(self: random.Random, a: Any = None, version: int = 2) -> None:
        actor = _gate.me() if a is None and _gate.active else None
        if actor is not None:
            count = _made[actor.number] = _made.get(actor.number, 0) + 1
            a = "%s of thread %d, %d" % (_seed, actor.number, count)
        original(self, a, version)

    seed.__qualname__ = "Random.seed"
    setattr(random.Random, "seed", seed)
    setattr(random, "seed", random._inst.seed)
