"""A run by hand: one thread is let go at a time, by as much as is asked for.

::

    with ControlledRun.start(target) as run:      # engine.schedule.target: of_script, of_scenario …
        state = run.state                         # every thread held before its first line
        state = run.step(1, Grain.ACCESS)         # thread 1: one read, computation or write
        state = run.until_blocked(2)
        state = run.undo()                        # by running again with one choice less
        run.schedule("the lost update").save(path)

All methods wait for the program, as a rule some milliseconds, never longer than ``patience_s``:
a thread that has not come back by then is told as ``outside``, with the place where it is, and
others can be let go meanwhile.  For one thread at a time, not necessarily the one that made it.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.errors import LockstepError
from engine.schedule import switching
from engine.schedule.schedule import TASK, Choice, Grain, Schedule
from engine.schedule.server import Server
from engine.schedule.shared import discover
from engine.schedule.target import Target

#: A thread that was let go and has not come back by then is outside.
PATIENCE_S = 0.5
#: Looking for shared variables takes no longer than this, unless patience does.
LOOK_S = 3.0
_END_S = 60.0


@dataclass(frozen=True)
class WaitState:
    """``sort``: lock, condition, event, barrier, semaphore, queue, future, join, sleep, select, pipe, room
    (in a pipe), exit;
    ``name``: as the program calls it, may be empty; ``owner``: the number of the thread that has it;
    ``until_s``: when it gives up, on the controlled clock."""

    sort: str
    name: str
    owner: int | None
    until_s: float | None


@dataclass(frozen=True)
class ThreadState:
    """One thread.

    ``state``: "held" (can be let go), "blocked", "starting", "outside" (let go, not come back: native
    code, a loop without a stop, a lock that no gate sees), "ended".  ``line``: the one it is about
    to run (or is in); ``text``: the instruction it would do next, empty at the beginning of a line;
    ``variable`` and ``access`` ("read", "write"): what of it others can see, ``value`` what is there
    now; ``loaded``: values it has read and not yet written back.  ``by_itself``: whether this CPython
    might let another thread go on here of its own accord; else only the language allows it; None: at
    the beginning of a line, or not known.
    """

    number: int
    name: str
    state: str
    daemon: bool = False
    file: str = ""
    line: int = 0
    function: str = ""
    offset: int = -1
    text: str = ""
    variable: str = ""
    access: str = ""
    value: str = ""
    loaded: Mapping[str, str] = field(default_factory=dict)
    wait: WaitState | None = None
    error: str = ""
    by_itself: bool | None = None
    process: int = 0


@dataclass(frozen=True)
class Access:
    """One read or write that was done: in which step, by which thread, of what, which value.  ``process``:
    whose variable; None: it lies in memory that processes share."""

    step: int
    thread: int
    access: str
    variable: str
    value: str
    process: int | None = 0


@dataclass(frozen=True)
class Deadlock:
    """Nobody can go on.  ``cycle``: threads that wait for each other in this order; empty when they wait
    for something that nobody will do any more (a lost wake-up).  ``waiting``: all that wait."""

    cycle: tuple[int, ...]
    waiting: tuple[int, ...]


@dataclass(frozen=True)
class Ended:
    """How the run ended.  ``kind``: "ok", "check" (an assertion), "exception", "limit" (too many steps),
    "diverged" (the program did not do the same again), "died" (by ``signal``, or ``code`` as exit
    status), "stopped".  ``detail``: what the agent tells of it."""

    kind: str
    detail: Mapping[str, Any] = field(default_factory=dict)
    signal: int = 0
    code: int = 0


@dataclass(frozen=True)
class RunState:
    """The program between two steps.

    ``enabled``: threads that can be let go; ``shared``: the shared variables' values as last read or
    written, those of the program's first process and what lies in memory that processes share;
    ``copies``: by process, those of the processes that it has forked, which are copies of their own;
    ``accesses``: every read and write so far; ``tasks``: when not empty, the choice is among
    these ready tasks of an event loop (``choose_task``); ``now_s``: the controlled clock;
    ``processes``: names by number, the first one's is empty; ``free``: names of processes that are not
    controlled and run as they would alone.
    """

    threads: tuple[ThreadState, ...] = ()
    enabled: tuple[int, ...] = ()
    step: int = 0
    now_s: float = 0.0
    shared: Mapping[str, str] = field(default_factory=dict)
    copies: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    accesses: tuple[Access, ...] = ()
    tasks: tuple[str, ...] = ()
    deadlock: Deadlock | None = None
    ended: Ended | None = None
    output: str = ""
    processes: tuple[str, ...] = ("",)
    free: tuple[str, ...] = ()

    def thread(self, number: int) -> ThreadState:
        """Raises LookupError: there is no such thread."""
        return next(one for one in self.threads if one.number == number)


class ControlledRun:
    """See the module.  Made by ``start``; a context manager."""

    def __init__(self, server: Server, variables: Sequence[str] | None, patience_s: float) -> None:
        self._server = server
        self._variables = None if variables is None else tuple(variables)
        self._patience_s = patience_s
        self._choices: list[Choice] = []
        self._first = Grain.LINE
        self._pid = 0
        self._run = 0
        self.state = RunState()

    @classmethod
    def start(
        cls,
        target: Target,
        variables: Sequence[str] | None = None,
        *,
        patience_s: float = PATIENCE_S,
        find_variables: bool = True,
    ) -> ControlledRun:
        """Start ``target``; its main thread is held before its first line.

        ``variables``: the classes of variables that count as shared ("g:balance" for a global,
        "a:value" for an attribute, "c:list" …); found by a few short runs when not given, unless
        ``find_variables`` is false: then all count.

        Raises LockstepError: it cannot be started.
        """
        server = Server(target)
        try:
            if variables is None and find_variables:
                variables = sorted(discover(server, max(LOOK_S, 2 * patience_s)))
            run = cls(server, variables, patience_s)
            run._begin([])
        except BaseException:
            server.close()
            raise
        return run

    # --- what a person does -----------------------------------------------------------------------

    @property
    def variables(self) -> tuple[str, ...] | None:
        """The classes of variables that count as shared; None: all."""
        return self._variables

    @property
    def pid(self) -> int:
        """The number of the process that runs just now."""
        return self._pid

    @property
    def choices(self) -> tuple[Choice, ...]:
        """All choices so far."""
        return tuple(self._choices)

    def step(self, thread: int, grain: Grain = Grain.ACCESS) -> RunState:
        """Let ``thread`` go on to its next ``grain``.

        Raises LockstepError (``thread_not_enabled``): it cannot go on now.
        """
        if thread not in self.state.enabled or self.state.ended is not None or self.state.tasks:
            raise LockstepError("thread_not_enabled", thread=thread)
        self._choices.append(Choice(thread, grain))
        self._server.command(do="step", thread=thread, stop=grain.stop)
        self._await(thread)
        return self.state

    def until_blocked(self, thread: int) -> RunState:
        """Let ``thread`` go on until it waits for something, or ends."""
        return self.step(thread, Grain.BLOCKED)

    def choose_task(self, position: int) -> RunState:
        """Which of ``state.tasks`` goes next.  Raises LockstepError: there is no such choice."""
        if not 0 <= position < len(self.state.tasks):
            raise LockstepError("thread_not_enabled", thread=f"task {position}")
        self._choices.append(Choice(TASK, position=position))
        self._server.command(do="task", position=position)
        self._await(None)
        return self.state

    def undo(self, count: int = 1) -> RunState:
        """Back by ``count`` choices: the program is run again with those before.  Also after its end."""
        self._begin(self._choices[: max(0, len(self._choices) - count)])
        return self.state

    def schedule(self, name: str = "") -> Schedule:
        """The choices so far, to be saved."""
        target = self._server.target
        return Schedule(
            choices=tuple(self._choices),
            first=self._first,
            variables=self._variables,
            name=name,
            python=".".join(map(str, self._server.version)),
            script="" if target.scenario else str(target.path),
            scenario=target.scenario,
            parameters=target.parameters,
            seed=target.seed,
        )

    def load(self, schedule: Schedule, count: int | None = None) -> RunState:
        """Run again from the beginning with the (first ``count``) choices of ``schedule``."""
        self._variables = schedule.variables
        self._first = schedule.first
        self._begin(list(schedule.choices[:count]))
        return self.state

    def poll(self) -> bool:
        """Take in what a thread outside has told since, without waiting; whether there was something."""
        before = self.state
        self._await(None, wait=False)
        return self.state is not before

    def look(self) -> RunState:
        """Look again where a thread is that has not come back."""
        self._await(None)
        return self.state

    def stop(self) -> None:
        """End the program at once, whatever it does."""
        self._server.close()
        if self.state.ended is None:
            self._put(ended=Ended("stopped"), enabled=())

    close = stop

    def __enter__(self) -> ControlledRun:
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    # --- inside -------------------------------------------------------------------------------

    def _begin(self, choices: list[Choice]) -> None:
        if self._pid and self.state.ended is None:
            self._server.kill_run(self._pid)
        self._pid = 0
        self.state = RunState()
        self._choices = choices
        self._run = self._server.ask(
            mode="hand",
            prefix=[choice.pair for choice in choices],
            stop=self._first.stop if self._first is not Grain.LINE else Grain.LINE.stop | Grain.SHARED.stop,
            keys=None if self._variables is None else list(self._variables),
        )
        deadline = time.monotonic() + _END_S
        while not self.state.threads and self.state.ended is None:
            if time.monotonic() > deadline:
                raise LockstepError(
                    "explore_failed", path=str(self._server.target.path), detail="it did not start in time"
                )
            self._await(None)

    def _await(self, thread: int | None, wait: bool = True) -> None:
        """Take events until the program is held again, or somebody stays outside."""
        asked = False
        while True:
            event = self._server.event(self._patience_s if wait else 0.0)
            if event is None:
                if not wait and self._server.alive:
                    return
                if not self._server.alive:
                    self._put(ended=Ended("died"), enabled=())
                    return
                if asked:  # it does not even answer where it is: native code that keeps the GIL
                    self._outside(thread, {})
                    return
                asked = True
                self._server.command(do="look")
                continue
            kind = event["event"]
            if kind == "taken" and event["run"] == self._run:
                self._pid = event["pid"]
            elif kind in ("state", "tasks"):
                self._take(event)
                return
            elif kind == "outside":
                if event["thread"] is None:
                    return
                self._outside(event["thread"], event)
                return
            elif kind == "finished" and event["run"] == self._run:
                self._finish(event)
                return
            elif kind == "died" and event["pid"] == self._pid:
                self._put(ended=Ended("died", signal=event["signal"], code=event["code"]), enabled=())
                return
            elif kind == "refused":
                if self._choices:
                    self._choices.pop()
                if event["now"] is not None:  # its process has been killed meanwhile
                    self._take(event["now"])
                return
            elif kind in ("broken", "problem") and self._pid:
                self._put(ended=Ended("died", {"message": event["message"]}), enabled=())
                return

    def _take(self, event: Mapping[str, Any]) -> None:
        before = self.state
        accesses = _accesses(event["log"], [row["process"] for row in event["threads"]])
        deadlock = event["deadlock"]
        self.state = RunState(
            threads=tuple(self._thread(row) for row in event["threads"]),
            enabled=tuple(event["enabled"]),
            step=event["step"],
            now_s=event["now"],
            shared=_values(before.shared, accesses),
            copies=_copies(before.copies, accesses),
            accesses=(*before.accesses, *accesses),
            tasks=tuple(event.get("tasks", ())),
            deadlock=None
            if deadlock is None
            else Deadlock(tuple(deadlock["cycle"]), tuple(row["thread"] for row in deadlock["waiting"])),
            output=before.output + event["output"],
            processes=tuple(event["processes"]),
            free=tuple(event["free"]),
        )

    def _finish(self, event: Mapping[str, Any]) -> None:
        homes = event["homes"]
        accesses = _accesses(event["log"], homes)
        told = {row["thread"]: self._thread(row) for row in event["waiting"]}
        threads = tuple(
            told.get(number) or ThreadState(number, name, "ended", process=homes[number])
            for number, name in enumerate(event["threads"])
        )
        self._put(
            threads=threads,
            enabled=(),
            tasks=(),
            accesses=tuple(accesses),
            shared=_values(self.state.shared, accesses),
            copies=_copies(self.state.copies, accesses),
            processes=tuple(event["processes"]),
            free=tuple(event["free"]),
            ended=Ended(event["kind"], event["detail"]),
            output=event["output"],
            now_s=event["now"],
            step=event["count"],
        )

    def _outside(self, number: int | None, event: Mapping[str, Any]) -> None:
        place = {name: event[name] for name in ("file", "line", "function") if name in event}
        threads = tuple(
            ThreadState(one.number, one.name, "outside", one.daemon, process=one.process, **place)
            if one.number == number
            else one
            for one in self.state.threads
        )
        self._put(threads=threads, enabled=tuple(one for one in self.state.enabled if one != number))

    def _put(self, **changes: Any) -> None:
        self.state = RunState(**{**self.state.__dict__, **changes})

    def _thread(self, row: Mapping[str, Any]) -> ThreadState:
        wait = row.get("wait")
        return ThreadState(
            number=row["thread"],
            name=row["name"],
            state=row["state"],
            daemon=row["daemon"],
            file=row.get("file", ""),
            line=row.get("line", 0),
            function=row.get("function", ""),
            offset=row.get("offset", -1),
            text=row.get("text", ""),
            variable=row.get("variable", ""),
            access=row.get("access", ""),
            value=row.get("value", ""),
            loaded=row.get("loaded", {}),
            wait=None
            if wait is None
            else WaitState(wait["sort"], wait["name"], wait["owner"], wait["until"]),
            error=row.get("error", ""),
            by_itself=self._by_itself(row),
            process=row["process"],
        )

    def _by_itself(self, row: Mapping[str, Any]) -> bool | None:
        if "after" not in row:
            return None
        opname, jumped = row["after"]
        version = self._server.version
        if opname.startswith(("RETURN", "YIELD")):  # up to 3.10 the caller's call instruction ends here
            opname = "CALL" if version < (3, 11) else ""
        after = switching.kind_of(opname, jumped=jumped)
        free_threaded = self._server.python.free_threaded
        if after is None:  # a move of the thread's own values: 3.9 may switch there as well, not always
            return True if free_threaded else None if version < (3, 10) else False
        return switching.by_itself(version, after, free_threaded=free_threaded)


def _accesses(rows: Sequence[Sequence[Any]], homes: Sequence[int]) -> list[Access]:
    """``homes``: the process of each thread."""
    return [Access(row[0], row[1], row[2], row[3], row[4], None if row[6] else homes[row[1]]) for row in rows]


def _values(before: Mapping[str, str], accesses: Sequence[Access]) -> Mapping[str, str]:
    return {**before, **{one.variable: one.value for one in accesses if not one.process}}


def _copies(
    before: Mapping[int, Mapping[str, str]], accesses: Sequence[Access]
) -> Mapping[int, Mapping[str, str]]:
    after = dict(before)
    for one in accesses:
        if one.process:
            after[one.process] = {**after.get(one.process, {}), one.variable: one.value}
    return after
