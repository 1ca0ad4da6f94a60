"""One controlled run and what it shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

#: One read, write or use of something others can see: class, object, mode (``engine/agent/gate_effects.py``).
Access = Sequence[Any]


class Step(NamedTuple):
    """One decision: of ``enabled``, ``chosen`` went on, after ``previous`` had come back.

    ``free``: ``previous`` could not go on, or gave way itself, so that going on with another is no
    forced switch.  ``task``: it chose among an event loop's ready tasks: ``enabled`` and ``chosen`` are
    positions then, ``actor`` is the thread that runs the loop.  ``place``: the number of the
    instruction that came next; ``accesses``: all that was done until the next decision.
    """

    actor: int
    chosen: int
    enabled: tuple[int, ...]
    previous: int
    free: bool
    place: int
    task: bool
    accesses: tuple[tuple[str, int, int], ...]
    serials: int

    @property
    def forced(self) -> bool:
        """Whether a thread that could have gone on had to wait (a preemption), or a task was overtaken."""
        if self.task:
            return self.chosen != 0
        return not self.free and self.chosen != self.previous


@dataclass(frozen=True)
class Run:
    """``kind``: "ok", "check", "exception", "deadlock", "limit" (too many steps), "diverged", "asleep" (all
    that would follow was seen before), "stuck" (did not come back), "died".  ``processes``: as many were
    controlled; ``free``: the names of those that were not."""

    kind: str
    steps: tuple[Step, ...] = ()
    detail: Mapping[str, Any] = field(default_factory=dict)
    output: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    threads: tuple[str, ...] = ()
    unfair: bool = False
    blocked: tuple[tuple[int, tuple[tuple[str, int, int], ...]], ...] = ()
    waiting: tuple[Mapping[str, Any], ...] = ()
    processes: int = 1
    free: tuple[str, ...] = ()

    @property
    def choices(self) -> list[int]:
        """Who went, step by step: what leads here again."""
        return [step.chosen for step in self.steps]

    @property
    def switches(self) -> int:
        """Forced switches."""
        return sum(step.forced for step in self.steps)

    @property
    def has_tasks(self) -> bool:
        return any(step.task for step in self.steps)


def run_of(result: Mapping[str, Any]) -> Run:
    """What the agent told of a run (``gate_server.Server.finished``)."""
    return Run(
        kind=result["kind"],
        steps=_steps(result.get("shapes", ()), result.get("steps", ())),
        detail=result.get("detail", {}),
        output=result.get("output", ""),
        values=result.get("values", {}),
        threads=_names(result),
        unfair=bool(result.get("unfair", False)),
        blocked=tuple((row[0], _accesses(row[1])) for row in result.get("blocked", ())),
        waiting=tuple(result.get("waiting", ())),
        processes=len(result.get("processes", ("",))),
        free=tuple(result.get("free", ())),
    )


def _names(result: Mapping[str, Any]) -> tuple[str, ...]:
    """Of threads; those of a process that the program has forked with its name."""
    names = result.get("threads", ())
    found = []
    for name, home in zip(names, result.get("homes", [0] * len(names)), strict=True):
        process = result["processes"][home] if home else ""
        found.append(name if not home else process if name == "MainThread" else f"{process}: {name}")
    return tuple(found)


def _steps(shapes: Sequence[Sequence[Any]], pairs: Sequence[int]) -> tuple[Step, ...]:
    """``gate_actors.packed``, undone."""
    made = [
        (actor, chosen, tuple(enabled), previous, bool(free), bool(task), _accesses(accesses), serials)
        for actor, chosen, enabled, previous, free, task, serials, accesses in shapes
    ]
    known: dict[tuple[int, int], Step] = {}
    found = []
    for pair in zip(pairs[::2], pairs[1::2], strict=True):
        step = known.get(pair)
        if step is None:
            number, place = pair
            actor, chosen, enabled, previous, free, task, accesses, serials = made[number]
            step = known[pair] = Step(actor, chosen, enabled, previous, free, place, task, accesses, serials)
        found.append(step)
    return tuple(found)


def _accesses(rows: Sequence[Access]) -> tuple[tuple[str, int, int], ...]:
    return tuple([tuple(row) for row in rows])
