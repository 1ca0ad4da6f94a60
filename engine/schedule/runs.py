"""One controlled run and what it shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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


def run_of(result: Mapping[str, Any], steps: Steps | None = None) -> Run:
    """What the agent told of a run (``gate_server.Server.finished``).  ``steps``: of runs before it."""
    return Run(
        kind=result["kind"],
        steps=(steps or Steps()).of(result.get("shapes", ()), result.get("steps", ())),
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


class _Shape(dict[int, Step]):
    """The steps that differ in their instruction alone, by its number."""

    def __init__(self, made: Callable[[int], Step]) -> None:
        super().__init__()
        self._made = made

    def __missing__(self, place: int) -> Step:
        step = self[place] = self._made(place)
        return step


class Steps:
    """The steps of a program's runs.  Equal ones are one object, so that runs are quick to compare."""

    #: So many kinds of steps are kept.
    MOST = 50_000

    def __init__(self) -> None:
        self._shapes: dict[Any, _Shape] = {}

    def of(self, shapes: Sequence[Sequence[Any]], pairs: Sequence[int]) -> tuple[Step, ...]:
        """``gate_actors.packed``, undone."""
        if len(self._shapes) > self.MOST:
            self._shapes.clear()
        known = [self._shape(*shape) for shape in shapes]
        numbers = iter(pairs)
        return tuple([known[number][place] for number, place in zip(numbers, numbers, strict=True)])

    def _shape(
        self,
        actor: int,
        chosen: int,
        enabled: list[int],
        previous: int,
        free: int,
        task: int,
        serials: int,
        rows: list[Access],
    ) -> _Shape:
        could, accesses = tuple(enabled), _accesses(rows)
        key = actor, chosen, could, previous, free, task, serials, accesses
        found = self._shapes.get(key)
        if found is None:

            def made(place: int) -> Step:
                return Step(actor, chosen, could, previous, bool(free), place, bool(task), accesses, serials)

            found = self._shapes[key] = _Shape(made)
        return found


def _accesses(rows: Sequence[Access]) -> tuple[tuple[str, int, int], ...]:
    return tuple([tuple(row) for row in rows])
