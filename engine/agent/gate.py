"""Holds threads at chosen points of chosen files and lets one go on at a time.

Threads are real and use the same primitives as ever.  Each has a semaphore of its own to wait on;
exactly one, the one that was let go, runs.  It comes back here where its trace function stops it
(before a line, before a read or write that others can see, before an instruction), where it
would block, and where it ends.  Who goes next is the driver's decision (``gate_drivers``): by
rule while schedules are explored, by hand when a person steps.

A point where somebody is let go is a *step*; the numbers of the threads let go, one after the
other, are the schedule.  A step lasts until the thread comes back.

Time is controlled: it stands still while anybody can run, and jumps to the earliest time-out or
end of a sleep when nobody can.
"""

from __future__ import annotations

import os
import sys
from _thread import get_ident

from . import gate_code
from . import gate_ops as code
from .gate_actors import Actor, pause
from .gate_effects import Effects, between_processes
from .gate_telling import current_value, variable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, FrameType
    from typing import Any, Callable

    from .gate_actors import Wait
    from .gate_child import Channel
    from .gate_drivers import Driver
    from .gate_effects import Access
    from .gate_hub import Hub

#: Where a thread is stopped: before a new line; before what others can see; before a computation
#: with what it has loaded; before every instruction.
LINE, SHARED, COMPUTED, INSTRUCTION = 1, 2, 4, 8

#: Program output and other effects that end the comparison of values.
MOST_STEPS = 20_000
#: One thread runs so many steps although others could: then they get a turn (it may be spinning).
FAIR_STEPS = 2_000
#: From 3.13 on, the first frame of a code object gives no opcode events unless tracing is set again.
_TELLS_LATE = sys.version_info >= (3, 13)


class Gate:
    """The one gate of a process.  ``files``: the chosen files; ``stop``: where threads are stopped;
    ``keys``: the classes of variables that count (None: all)."""

    def __init__(self, files: frozenset[str], lock_types: tuple[type, ...]) -> None:
        self.files = files
        self.effects = Effects(files, lock_types)
        self.names = gate_code.Names()
        self.ops: list[code.Op] = []
        self._tables: dict[Any, dict[int, code.Op]] = {}
        self.plain_tables: dict[int, dict[int, code.Op]] = {}
        self._by_id: dict[int, dict[int, code.Op]] = {}
        self._kept: list[CodeType] = []
        self.actors: list[Actor] = []
        self.by_ident: dict[int, Actor] = {}
        self.steps: list[list[Any]] = []
        self.accesses: list[Access] = []
        self.log: list[Any] | None = None
        self.now = 0.0
        self.stop = SHARED
        self.keys: frozenset[str] | None = None
        self.driver: Driver = None  # type: ignore[assignment]
        self.active = False
        #: this is a process that the program has forked and that runs on as it would alone
        self.left = False
        #: ours among the program's processes; in the first one the hub of the others, where there are any, in
        #: those the way to the first one; the processes that the calling one has forked, by pid
        self.process = 0
        self.main: Actor = None  # type: ignore[assignment]
        self.hub: Hub | None = None
        self.channel: Channel | None = None
        self.children: dict[int, Actor] = {}
        #: names of processes that are not controlled
        self.free: list[str] = []
        #: what a process that is spawned has to know to be controlled as well
        self.setup: dict[str, Any] = {}
        #: what lies below this frame is where the parent had got to
        self.base: FrameType | None = None
        #: a fork goes on that is going to be controlled
        self.forking = False
        self.finished: Callable[[str, dict[str, Any]], None] = lambda kind, detail: os._exit(70)
        #: called by the main thread when it is about to start the first other one (``gate_trunk``)
        self.before_threads: Callable[[], None] | None = None
        self.most_steps = MOST_STEPS
        self.clock_reads = 0
        self.unfair = False
        self._same = 0
        self.values_of: Callable[[], dict[str, str]] = dict
        self.lines = False
        self._primed: set[int] = set()
        self._tracing = False
        # While the file of a function is run before the first fork, its locks are numbered here.
        self.numbering = False
        self.locks_made = 0

    # --- what the code does ---------------------------------------------------------------------

    def learn(self, compiled: CodeType) -> None:
        """Look at the names of a chosen file; all files before ``analyse``."""
        self.names.learn(compiled)

    def analyse(self, compiled: CodeType) -> None:
        """Prepare the tables of ``compiled`` and of all code inside it."""
        table = gate_code.analysed(compiled, self.names)
        for op in table.values():
            self.ops.append(op)
            op.number = len(self.ops)
        self._tables[_key(compiled)] = self._by_id[id(compiled)] = table
        self._kept.append(compiled)
        self._plain_table(compiled)
        for constant in compiled.co_consts:
            if hasattr(constant, "co_code"):
                self.analyse(constant)

    def _table(self, compiled: CodeType) -> dict[int, code.Op]:
        found = self._by_id.get(id(compiled))
        if found is None:
            found = self._tables.get(_key(compiled))
            if found is None:
                self.learn(compiled)
                self.analyse(compiled)
                found = self._tables[_key(compiled)]
            self._kept.append(compiled)
            self._by_id[id(compiled)] = found
        return found

    def plain(self, compiled: CodeType, offset: int) -> code.Op:
        """The instruction at ``offset``, also one that others cannot see."""
        table = self.plain_tables.get(id(compiled))
        if table is None:
            table = self._plain_table(compiled)
        op = table.get(offset)
        if op is None and table:  # from 3.11 on a frame that calls stands in the cache behind the call
            op = table.get(max((one for one in table if one < offset), default=-1))
        return op or code.Op(code.PLAIN, "", None, (), "")

    def _plain_table(self, compiled: CodeType) -> dict[int, code.Op]:
        table = self.plain_tables[id(compiled)] = gate_code.plain(compiled, self._table(compiled))
        self._kept.append(compiled)
        return table

    # --- tracing ------------------------------------------------------------------------------

    def trace(self, actor: Actor) -> None:
        """Begin to stop the calling thread, in the frames it enters from now on."""
        files = self.files
        cache = actor.locals
        lines = self.lines
        primed = self._primed

        def enter(frame: FrameType, event: str, arg: Any) -> Any:
            compiled = frame.f_code
            if compiled.co_filename not in files:
                return None
            found = cache.get(id(compiled))
            if found is None:
                if compiled.co_name == "<module>" and frame.f_globals.get("__name__") != "__main__":
                    return None  # an import holds locks that no gate sees
                found = cache[id(compiled)] = self._local(actor, compiled)
            if not lines:
                frame.f_trace_lines = False
            frame.f_trace = found
            frame.f_trace_opcodes = True
            if _TELLS_LATE and id(compiled) not in primed:
                primed.add(id(compiled))
                sys.settrace(enter)
            return found

        if not self._tracing:
            # Else 3.12 gives no such events in the first frame; a second time, in another thread, it
            # crashes (3.12.1).
            self._tracing = True
            sys._getframe().f_trace_opcodes = True
        sys.settrace(enter)

    def _local(self, actor: Actor, compiled: CodeType) -> Any:
        table = self._table(compiled)
        get = table.get
        at_op, at_plain, at_line = self.at_op, self.at_plain, self.at_line
        by_hand = self.driver.by_hand
        every = self.stop & INSTRUCTION or by_hand

        def stop(frame: FrameType, event: str, arg: Any) -> Any:
            if event == "opcode":
                if by_hand:
                    actor.before, actor.here = actor.here, (compiled, frame.f_lasti)
                op = get(frame.f_lasti)
                if op is not None:
                    at_op(actor, frame, op)
                elif every and (actor.stop & INSTRUCTION or actor.after is not None):
                    at_plain(actor, frame)
            elif event == "line":
                at_line(actor, frame)
            return stop

        return stop

    def at_op(self, actor: Actor, frame: FrameType, op: code.Op) -> None:
        """``actor`` is about to run ``op``."""
        if actor.inside or not self.active:
            return
        actor.inside = 1
        try:
            if actor.after is not None:
                self._settle(actor)
            accesses, sync = self.effects.of(op, frame)
            stop = actor.stop
            if stop & INSTRUCTION:
                wanted = True
            elif accesses or sync:
                wanted = bool(stop & SHARED) and (sync or self._counts(accesses))
            else:
                wanted = bool(stop & COMPUTED) and self._computes(actor, op)
            if wanted:
                actor.frame, actor.op, actor.pending, actor.line_stop = frame, op, accesses, False
                if self.driver.arrive(actor) and accesses:
                    accesses = self.effects.of(op, frame)[0]
            if accesses:
                self.accesses.extend(accesses)
                if self.log is not None and self._counts(accesses):
                    actor.after = (op, frame)
        finally:
            actor.inside = 0

    def _counts(self, accesses: list[Access]) -> bool:
        keys = self.keys
        if keys is None:
            return True
        for one in accesses:
            if one[0] in keys or one[0] == "*":
                return True
        return False

    def _computes(self, actor: Actor, op: code.Op) -> bool:
        return op.kind in (code.COMPUTE, code.INPLACE) and actor.loaded_line == op.line

    def at_plain(self, actor: Actor, frame: FrameType) -> None:
        """``actor`` is about to run an instruction that only moves its own values about."""
        if actor.inside or not self.active:
            return
        actor.inside = 1
        try:
            if actor.after is not None:
                self._settle(actor)
            if actor.stop & INSTRUCTION:
                actor.frame, actor.op = frame, self.plain(frame.f_code, frame.f_lasti)
                actor.pending, actor.line_stop = [], False
                self.driver.arrive(actor)
        finally:
            actor.inside = 0

    def at_line(self, actor: Actor, frame: FrameType) -> None:
        """``actor`` is about to run a new line."""
        if actor.inside or not self.active or not actor.stop & LINE:
            return
        actor.inside = 1
        try:
            if actor.after is not None:
                self._settle(actor)
            actor.frame, actor.op = frame, self.plain(frame.f_code, frame.f_lasti)
            actor.pending, actor.line_stop = [], True
            self.driver.arrive(actor)
        finally:
            actor.inside = 0

    def _settle(self, actor: Actor) -> None:
        """Note what the operation that ``actor`` has just done read or wrote."""
        assert actor.after is not None
        op, frame = actor.after
        actor.after = None
        if self.log is None or op.kind > code.WRITE_ITEM:
            return
        value = current_value(self, op, frame)
        name = code.describe(variable(op))
        writes = op.kind in (code.WRITE, code.WRITE_ATTR, code.WRITE_ITEM)
        if writes:
            actor.loaded.pop(name, None)
        else:
            actor.loaded[name] = value
            actor.loaded_line = op.line
        access = "write" if writes else "read"
        effects = self.effects
        shared = effects.processes and between_processes(effects.value(op.of, frame))
        self.log.append([len(self.steps), actor.number, access, name, value, op.number, shared])

    # --- threads --------------------------------------------------------------------------------

    def me(self) -> Actor | None:
        """The calling thread; None for one that is not ours to control."""
        return self.by_ident.get(get_ident())

    def adopt_main(self) -> Actor:
        """The calling thread is the program's main thread."""
        actor = self.main = Actor(0, "MainThread")
        actor.stop = self.stop
        self.actors.append(actor)
        self.by_ident[get_ident()] = actor
        return actor

    def new_actor(self, parent: Actor) -> Actor:
        """A thread that ``parent`` starts now."""
        number = len(self.actors)
        if self.channel is not None:
            number = self.channel.ask("thread", parent, name="Thread")["number"]
        actor = Actor(number, "Thread-%d" % number)
        actor.process = self.process
        actor.stop = self.stop
        actor.starting = True
        actor.started_by = parent
        self.actors.append(actor)
        return actor

    def run_to_first_stop(self, parent: Actor, child: Actor) -> None:
        """Let a new thread run to its first stop; ``parent`` has the turn again then."""
        child.go.release()
        parent.go.acquire()

    def begin(self, actor: Actor) -> None:
        """In a new thread: wait for the turn to begin."""
        actor.go.acquire()
        self.by_ident[get_ident()] = actor

    def end(self, actor: Actor) -> None:
        """``actor`` is done; somebody else goes on."""
        if actor.after is not None:
            self._settle(actor)
        actor.ended = True
        actor.frame = actor.op = None
        actor.pending = []
        self.by_ident.pop(get_ident(), None)
        self.touch("T", actor.number, 1)
        if actor.starting:
            actor.starting = False
            assert actor.started_by is not None
            actor.started_by.go.release()
            return
        self.driver.leave(actor)

    def touch(self, kind: str, serial: int, mode: int) -> None:
        """Note that the running thread uses an object of our own: a lock, a thread, the clock."""
        self.accesses.append((kind, serial, mode))

    def wait_until(
        self, actor: Actor, wait: Wait, deadline: float | None = None, yields: bool = False
    ) -> bool:
        """Wait, letting others run; False when ``deadline`` came first."""
        was = actor.inside, actor.wait, actor.deadline
        actor.inside = 1
        actor.wait, actor.deadline, actor.yields = wait, deadline, yields
        if self.driver.by_hand:
            self._note_place(actor)
        try:
            while True:
                if not yields:
                    if wait.ready():
                        return True
                    if deadline is not None and self.now >= deadline:
                        return False
                yields = False
                self.driver.arrive(actor)
        finally:
            actor.inside, actor.wait, actor.deadline = was
            actor.yields = False

    def _note_place(self, actor: Actor) -> None:
        """Where in the chosen files ``actor``, which calls this, has got to."""
        frame: Any = sys._getframe(2)
        while frame is not None and frame.f_code.co_filename not in self.files:
            if frame is self.base:
                actor.frame = actor.op = None
                return
            frame = frame.f_back
        if frame is not None:
            actor.frame, actor.op = frame, self.plain(frame.f_code, frame.f_lasti)
            actor.line_stop = False

    def let_child_go(self) -> None:
        """In a process that the program has forked uncontrolled: nothing is controlled, and nothing told."""
        if self.active and not self.forking:
            self.active = False
            self.left = True
            self.by_ident.clear()
            sys.settrace(None)

    # --- deciding -----------------------------------------------------------------------------

    def enabled(self) -> list[Actor]:
        """Who could go on; moves the clock when only that lets anybody.  Empty: nobody ever will."""
        if self.hub is not None:
            self.hub.refresh(self.driver.by_hand)
        now = self.now
        found = [
            actor
            for actor in self.actors
            if not actor.ended
            and not actor.starting
            and (
                actor.wait is None
                or (actor.deadline is not None and now >= actor.deadline)
                or actor.wait.ready()
            )
        ]
        if found:
            return found
        ends = [
            a.deadline for a in self.actors if a.wait is not None and a.deadline is not None and not a.ended
        ]
        if not ends:
            return self.from_outside(now)
        self.now = min(ends)
        self.clock_reads = 0
        self.clock_moved = True
        return [actor for actor in self.actors if actor.enabled(self.now)]

    def from_outside(self, now: float) -> list[Actor]:
        """Nobody can go on, but what somebody waits for may come from another process: wait for it.

        By hand not for long: the person is told.
        """
        waiting = self.expecting()
        pauses = 5 if self.driver.by_hand and not self.driver.follows else 0
        while waiting:
            if self.hub is not None:
                self.hub.refresh(self.driver.by_hand)
            found = [actor for actor in waiting if actor.enabled(now)]
            if found or pauses == 1:
                return found
            pauses -= 1
            pause(0.02)
        return []

    def expecting(self) -> list[Actor]:
        """Who waits for something that may come from outside."""
        return [a for a in self.actors if a.wait is not None and not a.ended and a.wait.outside()]

    clock_moved = False

    def new_step(self, chosen: Actor, enabled: list[Actor], previous: Actor) -> None:
        """``chosen`` is let go."""
        op = chosen.op
        accesses: list[Access] = []
        steps = self.steps
        steps.append(
            [
                chosen.number,
                chosen.number,
                tuple([actor.number for actor in enabled]),
                previous.number,
                1 if previous.ended or previous.yields or previous not in enabled else 0,
                op.number if op is not None else 0,
                0,
                accesses,
                len(self.effects.serials),
            ]
        )
        self.accesses = accesses
        if self.clock_moved:
            self.clock_moved = False
            accesses.append(("moved", 0, 0))
        wait = chosen.wait
        if wait is not None:
            if chosen.deadline is not None and self.now >= chosen.deadline and not wait.ready():
                accesses.append(("woken", 0, 0))
            else:
                accesses.extend(wait.accesses())
        if chosen is previous:
            self._same += 1
        else:
            self._same = 0
        if len(steps) >= self.most_steps:
            self.finished("limit", {"steps": len(steps)})

    def tired(self, actor: Actor) -> bool:
        """Whether ``actor`` has run alone for so long that it may be waiting for somebody."""
        if self._same < FAIR_STEPS:
            return False
        self.unfair = True
        return True

    def choose_task(self, labels: list[str]) -> int:
        """Which of an event loop's ready callbacks goes next: a position."""
        actor = self.me()
        if actor is None or not self.active:
            return 0
        if self.channel is not None:
            return self.driver.choose_task(len(labels), labels)
        return self.chosen_task(actor, labels)

    def chosen_task(self, actor: Actor, labels: list[str]) -> int:
        """The same for the loop of ``actor``, in the process that decides."""
        chosen = self.driver.choose_task(len(labels), labels)
        self.accesses = []
        serials = len(self.effects.serials)
        count = tuple(range(len(labels)))
        self.steps.append([actor.number, chosen, count, 0, 0, 0, 1, self.accesses, serials])
        if len(self.steps) >= self.most_steps:
            self.finished("limit", {"steps": len(self.steps)})
        return chosen


def _key(compiled: CodeType) -> Any:
    return (compiled.co_filename, compiled.co_firstlineno, compiled.co_name, compiled.co_code)
