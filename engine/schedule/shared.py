"""Which variables threads share: found by running the program a few times."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engine.agent.gate_effects import WRITE_MODE
from engine.schedule.runs import Run, run_of
from engine.schedule.server import Server

#: Classes of accesses that are no variables: locks, threads, the clock, everything.
_NOT_VARIABLES = frozenset(("L", "T", "S", "clock", "*", "io", "random", "moved", "woken"))
#: A run that says nothing for so long is ended.
RUN_S = 10.0
#: Looking for shared variables ends when a run has computed for so long.
LOOK_CPU_S = 0.25


def result_of(server: Server, run: int, timeout_s: float = RUN_S) -> dict[str, Any]:
    """The result of a run by rule; ``kind`` is "stuck" when it did not end in time (it is ended then), "died"
    when it told nothing."""
    pid = 0
    while True:
        event = server.event(timeout_s)
        if event is None:
            if not server.alive:
                return {"kind": "died", "detail": {"message": "the server ended"}}
            server.kill_run(pid)
            return {"kind": "stuck", "detail": {}, "pid": pid}
        kind = event["event"]
        if kind == "taken" and event["run"] == run:
            pid = event["pid"]
        elif kind == "done" and event["run"] == run:
            return event
        elif kind == "died" and event["pid"] == pid:
            return {"kind": "died", "detail": event}
        elif kind == "broken" and pid:
            return {"kind": "died", "detail": {"message": event["message"]}}


def discover(server: Server, wall_s: float, cpu_s: float = LOOK_CPU_S, runs: int = 4) -> set[str]:
    """The classes of variables that at least two threads use and one changes, in a few runs.

    A person waits for the first choice: when a run takes too many steps, computes for longer than ``cpu_s``
    or goes on for longer than ``wall_s``, what the program's functions change counts as shared, too.
    """
    found: set[str] = set()
    for seed in range(runs):
        rule = "pos" if seed else "default"
        number = server.ask(mode="rule", rule=rule, seed=seed, cpu_s=cpu_s, wall_s=wall_s)
        run = run_of(result_of(server, number, wall_s + 1))
        found |= classes(run)
        if run.kind in ("stuck", "limit"):
            return found | server.changed
    return found


def classes(run: Run) -> set[str]:
    """Those of one run: what happened before the first thread was started does not count.

    The variables of each process that the program has forked are its own ("2/g:balance").
    """
    users: dict[str, set[int]] = {}
    written: set[str] = set()
    started = False
    for at, step in enumerate(run.steps):
        if not step.accesses:
            continue
        actor = -at if step.task else step.actor  # an event loop's callbacks share as well
        for kind, _, mode in step.accesses:
            if kind == "T" and mode == WRITE_MODE:
                started = True
            if kind in _NOT_VARIABLES or not (started or step.task):
                continue
            users.setdefault(kind, set()).add(actor)
            if mode:
                written.add(kind)
    return {kind.rpartition("/")[2] for kind in written if len(users[kind]) > 1}


def numbers(names: Iterable[str]) -> list[str]:
    """Variables as a person would name them: without their class."""
    return sorted({name.partition(":")[2] or name for name in names})
