"""Who goes next: by rule, when schedules are explored; by hand, when a person steps.

Randomised rules:

- PCT: S. Burckhardt, P. Kothari, M. Musuvathi, S. Nagarakatte, "A Randomized Scheduler with
  Probabilistic Guarantees of Finding Bugs", ASPLOS 2010.  Threads get random priorities, the
  highest runs, and at ``depth - 1`` random steps the running thread falls to the bottom.
- Partial-order sampling: X. Yuan, J. Yang, R. Gu, "Partial Order Aware Concurrency Sampling",
  CAV 2018.  Every next operation gets a random priority, the highest runs; operations in a race
  with the one that ran get new ones.
"""

from __future__ import annotations

import _thread
import json
import os
import sys
from select import select

from . import gate_telling
from .gate_actors import STEP_ACCESSES
from .gate_effects import OPTIMIZED, depend

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .gate import Gate
    from .gate_actors import Actor

RAW_START, RAW_LOCK = _thread.start_new_thread, _thread.allocate_lock
#: So often is looked whether something has come from outside.
_LOOK_S = 0.1
DEFAULT, PCT, POS, BLOCKS = "default", "pct", "pos", "blocks"


class Driver:
    """Decides at every step.  ``arrive`` and ``leave`` are called by the thread that has the turn."""

    by_hand = False

    def __init__(self, gate: Gate) -> None:
        self.gate = gate

    @property
    def follows(self) -> bool:
        """Whether who goes next has been chosen already."""
        return True

    def arrive(self, actor: Actor) -> bool:
        """``actor`` has stopped; returns when it is let go: whether others went on meanwhile."""
        if actor.starting:
            actor.starting = False
            assert actor.started_by is not None
            actor.started_by.go.release()
            actor.go.acquire()
            return True
        chosen = self.next_after(actor)
        if chosen is actor:
            return False
        if chosen is not None:
            chosen.go.release()
        actor.go.acquire()
        if _FAST_LOCALS and actor.frame is not None and actor.frame.f_code.co_flags & OPTIMIZED:
            # Before 3.13 what f_locals held when we were called is written back to the frame when we
            # return, to cells that others have changed meanwhile as well (python/cpython#74929).
            actor.frame.f_locals  # noqa: B018
        return True

    def leave(self, actor: Actor) -> None:
        """``actor`` has ended."""
        chosen = self.next_after(actor)
        if chosen is not None:
            chosen.go.release()

    def gone(self, actor: Actor) -> None:
        """``actor`` will not come back: its process has ended."""

    def next_after(self, actor: Actor) -> Actor | None:
        """Who is let go now; None when that is decided later."""
        raise NotImplementedError

    def choose_task(self, count: int, labels: list[str]) -> int:
        """Which of an event loop's ready callbacks goes next."""
        raise NotImplementedError


_FAST_LOCALS = sys.version_info < (3, 13)


class Ruled(Driver):
    """Follows ``prefix``, the numbers chosen at the first steps, then ``rule``.

    ``seed``, ``length`` (about how many steps a run has) and ``depth`` are for the randomised rules.
    ``blocks``: pairs of thread and steps that the rule "blocks" follows as far as it can.
    ``sleep``: threads that need not go first after the prefix, since all that follows has been seen
    already: pairs of number and what their next step does, until a step does not commute with that
    (P. Godefroid, "Partial-Order Methods for the Verification of Concurrent Systems", 1996); objects up
    to the serial ``known`` are the same as when that was seen.
    """

    def __init__(self, gate: Gate, request: dict[str, Any]) -> None:
        super().__init__(gate)
        self.prefix: list[int] = request.get("prefix", [])
        self.rule: str = request.get("rule", DEFAULT)
        self._length = len(self.prefix)
        self.blocks: list[list[int]] = request.get("blocks", [])
        self.sleep: list[list[Any]] = request.get("sleep", [])
        self.known: int = request.get("known", 0)
        seed, depth, length = request.get("seed", 0), request.get("depth", 3), request.get("length", 100)
        self.priorities: dict[int, float] = {}
        self.falls: dict[int, int] = {}
        if self.rule in (PCT, POS):
            import random

            self.random = random.Random(seed).random
            for number in range(depth - 1):
                self.falls[int(self.random() * max(1, length))] = number

    def next_after(self, actor: Actor) -> Actor | None:
        gate = self.gate
        enabled = gate.enabled()
        if not enabled:
            gate.finished("deadlock", gate_telling.deadlocked(gate))
        at = len(gate.steps)
        if at < self._length:
            chosen = self._following(at, enabled)
        elif self.sleep:
            chosen = self._awake(at, actor, enabled)
        elif len(enabled) == 1:
            chosen = enabled[0]
        elif self.rule == DEFAULT:
            chosen = self._default(actor, enabled)
        elif self.rule == BLOCKS:
            chosen = self._block(actor, enabled)
        elif self.rule == PCT:
            chosen = self._pct(actor, enabled)
        else:
            chosen = self._pos(enabled)
        gate.new_step(chosen, enabled, actor)
        return chosen

    def _following(self, at: int, enabled: list[Actor]) -> Actor:
        wanted = self.prefix[at]
        for actor in enabled:
            if actor.number == wanted:
                return actor
        self.gate.finished(
            "diverged", {"step": at, "thread": wanted, "could": [actor.number for actor in enabled]}
        )
        raise AssertionError

    def _awake(self, at: int, actor: Actor, enabled: list[Actor]) -> Actor:
        """As the default rule, without the threads that sleep."""
        if at >= len(self.prefix):
            done = self.gate.steps[-1][STEP_ACCESSES]
            self.sleep = [one for one in self.sleep if not depend(one[1], done, self.known)]
        sleeping = [one[0] for one in self.sleep]
        awake = [one for one in enabled if one.number not in sleeping]
        if not awake:
            self.gate.finished("asleep", {"step": at})
        return awake[0] if len(awake) == 1 else self._default(actor, awake)

    def _block(self, actor: Actor, enabled: list[Actor]) -> Actor:
        while self.blocks:
            number, count = self.blocks[0]
            for one in enabled:
                if one.number == number and count > 0:
                    self.blocks[0] = [number, count - 1]
                    return one
            self.blocks.pop(0)
        return self._default(actor, enabled)

    def _default(self, actor: Actor, enabled: list[Actor]) -> Actor:
        if actor in enabled and not actor.yields:
            if not self.gate.tired(actor):
                return actor
            later = [one for one in enabled if one.number > actor.number]
            return (later or enabled)[0]
        if actor.yields and enabled[0] is actor and len(enabled) > 1:
            return enabled[1]
        return enabled[0]

    def _priority(self, number: int) -> float:
        found = self.priorities.get(number)
        if found is None:
            found = self.priorities[number] = 1 + self.random()
        return found

    def _pct(self, actor: Actor, enabled: list[Actor]) -> Actor:
        fall = self.falls.get(len(self.gate.steps))
        if fall is not None or actor.yields or self.gate.tired(actor):
            self.priorities[actor.number] = 1 / (2.0 + len(self.gate.steps))
        return max(enabled, key=lambda one: self._priority(one.number))

    def _pos(self, enabled: list[Actor]) -> Actor:
        chosen = max(enabled, key=lambda one: self._priority(one.number))
        for other in enabled:
            if other is not chosen and _race(chosen, other):
                self.priorities[other.number] = 1 + self.random()
        self.priorities.pop(chosen.number, None)
        return chosen

    def choose_task(self, count: int, labels: list[str]) -> int:
        at = len(self.gate.steps)
        if at < len(self.prefix):
            wanted = self.prefix[at]
            if not 0 <= wanted < count:
                self.gate.finished("diverged", {"step": at, "task": wanted, "could": list(range(count))})
            return wanted
        return int(self.random() * count) if self.rule in (PCT, POS) else 0


def processes(gate: Gate) -> list[str]:
    """The names of the processes that are controlled, the first one without, by number."""
    return ["", *(one.name for one in gate.hub.processes)] if gate.hub is not None else [""]


def _race(first: Actor, second: Actor) -> bool:
    ours = first.wait.accesses() if first.wait is not None else first.pending
    theirs = second.wait.accesses() if second.wait is not None else second.pending
    return depend(ours, theirs)


class ByHand(Driver):
    """Follows ``prefix`` (pairs of thread and stops; -1 and a position for a task), then what is asked
    for on ``commands``; tells on ``reports``, one line of JSON each.

    Commands: ``{"do": "step", "thread": n, "stop": mask}``, ``{"do": "task", "position": n}``,
    ``{"do": "look"}``.  Events: ``state``, ``tasks``, ``outside``, ``finished``.
    """

    by_hand = True

    def __init__(self, gate: Gate, prefix: list[list[int]], commands: int, reports: int) -> None:
        super().__init__(gate)
        self.prefix = prefix
        self.at = 0
        self._commands = commands
        self._reports = reports
        #: threads that were let go and have not come back, and the last that was let go
        self._out: set[Actor] = set()
        self._last: Actor | None = None
        self._task = -1
        self._task_chosen = RAW_LOCK()
        self._task_chosen.acquire()
        self._told = 0
        self._told_output = 0
        self._telling = RAW_LOCK()
        #: nobody can go on, but what somebody waits for may come from a process that is not controlled
        self._expects = False

    def start(self) -> None:
        """Begin to listen, in a thread that the program does not see."""
        self._last = self._previous = self.gate.actors[0]
        self._out.add(self._last)
        RAW_START(self._listen, ())

    def next_after(self, actor: Actor) -> Actor | None:
        self._out.discard(actor)
        enabled = self._free()
        if self.at < len(self.prefix):
            number, stop = self.prefix[self.at]
            self.at += 1
            for one in enabled:
                if one.number == number:
                    return self._let_go(one, stop, enabled, actor)
            self.gate.finished(
                "diverged", {"step": self.at - 1, "thread": number, "could": [one.number for one in enabled]}
            )
        self._previous = actor
        self.tell(self.state(enabled))
        return None

    @property
    def follows(self) -> bool:
        return self.at < len(self.prefix)

    def gone(self, actor: Actor) -> None:
        self._out.discard(actor)

    def _free(self) -> list[Actor]:
        """Who can be let go."""
        return [actor for actor in self.gate.enabled() if actor not in self._out]

    def _let_go(self, one: Actor, stop: int, enabled: list[Actor], previous: Actor) -> Actor:
        one.stop = stop
        self._last = one
        self._out.add(one)
        self.gate.new_step(one, enabled, previous)
        return one

    def choose_task(self, count: int, labels: list[str]) -> int:
        if self.at < len(self.prefix):
            number, position = self.prefix[self.at]
            self.at += 1
            if number != -1 or not 0 <= position < count:
                self.gate.finished(
                    "diverged", {"step": self.at - 1, "task": position, "could": list(range(count))}
                )
            return position
        self.tell({"event": "tasks", "tasks": labels, **self.state([])})
        self._task_chosen.acquire()
        return max(0, min(self._task, count - 1))

    def state(self, enabled: list[Actor]) -> dict[str, Any]:
        gate = self.gate
        log = gate.log if gate.log is not None else []
        threads = [gate_telling.position(gate, actor) for actor in gate.actors]
        for actor in self._out:
            if not actor.ended:
                threads[actor.number]["state"] = "outside"
        told = {
            "event": "state",
            "threads": threads,
            "enabled": [actor.number for actor in enabled],
            "deadlock": None if enabled or self._out or gate.expecting() else gate_telling.deadlocked(gate),
            "processes": processes(gate),
            "free": gate.free,
            "now": gate.now,
            "step": len(gate.steps),
            "choices": self.at,
            "log": log[self._told :],
            "output": self._new_output(),
        }
        self._told = len(log)
        self._expects = not enabled and not self._out and bool(gate.expecting())
        return told

    def _new_output(self) -> str:
        sys.stdout.flush()
        data = os.pread(1, 1 << 16, self._told_output)
        self._told_output += len(data)
        return data.decode("utf-8", "replace")

    def tell(self, event: dict[str, Any]) -> None:
        data = json.dumps(event).encode() + b"\n"
        with self._telling:
            while data:
                data = data[os.write(self._reports, data) :]

    # --- listening --------------------------------------------------------------------------

    def _listen(self) -> None:
        rest = b""
        while True:
            while self._expects and not select([self._commands], [], [], _LOOK_S)[0]:
                enabled = self._free()
                if enabled:
                    self.tell(self.state(enabled))
            data = os.read(self._commands, 65536)
            if not data:
                os._exit(0)
            lines = (rest + data).split(b"\n")
            rest = lines.pop()
            for line in lines:
                try:
                    self._obey(json.loads(line))
                except Exception as error:
                    self.tell({"event": "problem", "message": "%s: %s" % (type(error).__name__, error)})

    def _obey(self, command: dict[str, Any]) -> None:
        do = command["do"]
        if do == "step":
            enabled = self._free()
            for one in enabled:
                if one.number == command["thread"]:
                    self.at += 1
                    self._let_go(one, command["stop"], enabled, self._previous)
                    one.go.release()
                    return
            now = None if self._out else self.state(enabled)
            self.tell({"event": "refused", "thread": command["thread"], "now": now})
        elif do == "task":
            self.at += 1
            self._task = command["position"]
            self._task_chosen.release()
        elif do == "look":
            self._look()

    def _look(self) -> None:
        """Where the thread is that was let go and has not come back."""
        out = self._last if self._last in self._out else next(iter(self._out), None)
        if out is None and self.gate.expecting():
            self.tell(self.state(self._free()))
            return
        told: dict[str, Any] = {"event": "outside", "thread": out.number if out is not None else None}
        if out is not None and out.remote:
            assert self.gate.hub is not None
            told.update(self.gate.hub.look(out))  # type: ignore[arg-type]
        elif out is not None:
            told.update(gate_telling.place_of(self.gate, out))
        self.tell(told)
