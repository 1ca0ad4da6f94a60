"""Processes that the program has forked or spawned, as the first one sees them, which decides for all.

Each has a gate of its own (``gate_child``) that holds its threads, and two pairs of sockets to here:
on *events* it tells that a thread has stopped, ended, or starts another, and is answered where it
asks; on *calls* it is told who goes on, and asked whose wait is over.  A thread of such a process
stands here as a ``RemoteActor`` among the others: numbers go on in the order in which threads and
processes are started, so the same schedule gives them the same numbers.

An end of the process's sockets is closed when it ends, whatever ended it; then its end is waited for,
so that who waits for it can go on at the same step each time.
"""

from __future__ import annotations

import _socket
import array
import json
import os
import select
import sys
from time import monotonic as _monotonic

from .gate_actors import Actor, Wait, pause

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .gate import Gate
    from .gate_effects import Access

#: More than a message ever has (the kernel's limit for one is about 200 KB).
MOST_BYTES = 1 << 18
#: A process whose threads are all held answers at once; one with a thread that has not come back may not.
_ANSWER_S, _ANSWER_OUT_S = 60.0, 0.3
#: The end of a process that is ending takes no longer.
_END_S = 60.0
_LOOK_S = 0.05


class RemoteWait(Wait):
    """What a thread of another process waits for, as it was told last."""

    def __init__(self, hub: Hub, row: list[Any]) -> None:
        self.sort, self.name, self._owner, self._ready, self._outside, self._accesses, self._lock = row
        self._hub = hub

    def ready(self) -> bool:
        return bool(self._ready)

    def outside(self) -> bool:
        return bool(self._outside)

    def owner(self) -> Actor | None:
        if self._lock:
            return self._hub.owner(self._lock)
        actors = self._hub.gate.actors
        return actors[self._owner] if self._owner is not None and self._owner < len(actors) else None

    def accesses(self) -> list[Access]:
        return self._accesses  # type: ignore[no-any-return]


class _Go:
    """In the place of the semaphore that a thread waits at: it is in the other process."""

    def __init__(self, hub: Hub, actor: RemoteActor) -> None:
        self._hub, self._actor = hub, actor

    def release(self) -> None:
        self._hub.let_go(self._actor)


class RemoteActor(Actor):
    """A thread of a process that the program has forked."""

    def __init__(self, hub: Hub, number: int, name: str, home: RemoteProcess) -> None:
        super().__init__(number, name)
        self.go = _Go(hub, self)  # type: ignore[assignment]
        self.home = home
        self.remote = True
        self.process = home.number
        self.stop = hub.gate.stop
        #: let go, and not come back
        self.out = False
        self.at_step = 0
        self.step_accesses: list[Access] = hub.gate.accesses
        self.told: dict[str, Any] = {}

    def learn(self, hub: Hub, row: list[Any], position: dict[str, Any] | None) -> None:
        """What its process tells of it (``gate_child.Channel.rows``)."""
        _, ended, starting, yields, self.daemon, self.name, self.deadline, op, pending, wait = row
        if self.out and not ended:
            return  # it is on its way
        self.ended = self.ended or bool(ended)
        if self is not self.home.main:
            self.starting = bool(starting)
        self.yields = bool(yields)
        ops = hub.gate.ops
        self.op = ops[op - 1] if 0 < op <= len(ops) else None
        self.pending = hub.named(self.process, pending)
        if wait is not None:
            wait[5] = hub.named(self.process, wait[5])
        self.wait = None if wait is None else RemoteWait(hub, wait)
        if position is not None:
            self.told = position

    def position(self, now: float) -> dict[str, Any]:
        """``gate_telling.position``."""
        told = dict(self.told)
        told.update(thread=self.number, name=self.name, daemon=self.daemon, process=self.process)
        if self.ended:
            kept = ("thread", "name", "daemon", "process", "error")
            return {"state": "ended", **{name: told[name] for name in kept if name in told}}
        state = "held"
        if self.starting:
            state = "starting"
        elif self.wait is not None and not self.enabled(now):
            state = "blocked"
        told["state"] = state
        if self.wait is None:
            told.pop("wait", None)
        else:
            owner = self.wait.owner()
            told["wait"] = {
                "sort": self.wait.sort,
                "name": self.wait.name,
                "owner": owner.number if owner is not None else None,
                "until": self.deadline,
            }
        return told


class RemoteProcess:
    """A process that the program has forked.  ``calls``, ``events``: this side's sockets."""

    def __init__(self, number: int, pid: int, name: str, calls: Any, events: Any) -> None:
        self.number, self.pid, self.name = number, pid, name
        self.calls, self.events = calls, events
        self.main: RemoteActor = None  # type: ignore[assignment]
        self.actors: list[RemoteActor] = []
        self.dead = False
        self._command_line = _command_line(pid)
        try:
            self.pidfd = os.pidfd_open(pid)
        except (AttributeError, OSError):
            self.pidfd = -1

    def end(self) -> bool:
        """Wait until it has ended, which it is about to; False: it has become another program."""
        until = _monotonic() + _END_S
        while not self.ended(_LOOK_S):
            now = _command_line(self.pid)
            if (now and now != self._command_line) or _monotonic() > until:
                return False
        return True

    def ended(self, seconds: float) -> bool:
        """Wait until it has ended (its parent need not have asked); False: it has not, in so long."""
        if self.pidfd >= 0:
            poll = select.poll()
            poll.register(self.pidfd, select.POLLIN)
            return bool(poll.poll(int(seconds * 1000)))
        until = _monotonic() + seconds
        while True:
            try:
                with open("/proc/%d/stat" % self.pid, "rb") as file:
                    if file.read().rpartition(b")")[2].split()[0] in (b"Z", b"X"):
                        return True
            except OSError:
                return True
            if _monotonic() >= until:
                return False
            pause(0.001)

    def close(self) -> None:
        self.calls.close()
        self.events.close()
        if self.pidfd >= 0:
            os.close(self.pidfd)
            self.pidfd = -1


class Hub:
    """All forked processes.  ``adopt``, ``refresh`` and ``settle`` are called by the thread that decides."""

    def __init__(self, gate: Gate, start: Any, lock: Any) -> None:
        self.gate = gate
        self.processes: list[RemoteProcess] = []
        self._by_event: dict[int, RemoteProcess] = {}
        self._owners: dict[int, int] = {}
        self._asked = 0
        self._asking = lock()
        self._start = start
        self._epoll = select.epoll()
        start(self._run, ())

    def close(self) -> None:
        """In a forked process, that of its parent."""
        self._epoll.close()
        for process in self.processes:
            if not process.dead:
                process.close()

    # --- what the deciding thread asks ------------------------------------------------------------

    def adopt(self, parent: Actor, pid: int, name: str, calls: Any, events: Any) -> RemoteProcess:
        """``parent`` has forked a process; it is told its numbers."""
        gate = self.gate
        process = RemoteProcess(len(self.processes) + 1, pid, name, calls, events)
        actor = process.main = self._new_actor("MainThread", process, parent)
        self.processes.append(process)
        self._by_event[events.fileno()] = process
        calls.send(message(number=actor.number, process=process.number, now=gate.now))
        self._epoll.register(events.fileno(), select.EPOLLIN)
        return process

    def _new_actor(self, name: str, process: RemoteProcess, parent: Actor) -> RemoteActor:
        actor = RemoteActor(self, len(self.gate.actors), name, process)
        actor.starting = True
        actor.started_by = parent
        process.actors.append(actor)
        self.gate.actors.append(actor)
        return actor

    def refresh(self, positions: bool) -> None:
        """Ask every process whose wait is over, and with ``positions`` where all are."""
        with self._asking:
            self._asked += 1
            asked = message(ask=self._asked, now=self.gate.now, positions=positions)
            waiting = []
            for process in self.processes:
                if not process.dead and not process.main.starting:
                    try:
                        process.calls.send(asked)
                        waiting.append(process)
                    except OSError:
                        pass
            for process in waiting:
                answer = self._answer(process, self._asked)
                if answer is not None:
                    places = answer["positions"] or [None] * len(answer["rows"])
                    for row, position in zip(answer["rows"], places):  # noqa: B905
                        self.gate.actors[row[0]].learn(self, row, position)

    def _answer(self, process: RemoteProcess, number: int) -> dict[str, Any] | None:
        out = any(actor.out for actor in process.actors)
        process.calls.settimeout(_ANSWER_OUT_S if out else _ANSWER_S)
        try:
            while True:
                data = process.calls.recv(MOST_BYTES)
                if not data:
                    return None
                answer: dict[str, Any] = json.loads(data)
                if answer["ask"] == number:
                    return answer
        except OSError:  # not in time, or it has ended
            return None

    def look(self, actor: RemoteActor) -> dict[str, Any]:
        """Where a thread is that has not come back; empty when it cannot be told."""
        with self._asking:
            self._asked += 1
            try:
                actor.home.calls.send(message(look=actor.number, ask=self._asked))
            except OSError:
                return {}
            answer = self._answer(actor.home, self._asked)
            return {} if answer is None else answer["place"]

    def let_go(self, actor: RemoteActor) -> None:
        gate = self.gate
        told = message(go=actor.number, stop=actor.stop, now=gate.now, reads=gate.clock_reads)
        with self._asking:
            if not actor.home.dead:
                actor.out = True
                actor.at_step, actor.step_accesses = len(gate.steps), gate.accesses
                try:
                    actor.home.calls.send(told)
                except OSError:  # it is ending: that is told on the other socket
                    pass
                return
        self._start(self.gate.driver.leave, (actor,))  # it ended after it was chosen

    def owner(self, lock: int) -> Actor | None:
        """Who has a lock that processes share."""
        number = self._owners.get(lock)
        return None if number is None else self.gate.actors[number]

    def note_lock(self, lock: int, actor: int, taken: bool) -> None:
        if taken:
            self._owners[lock] = actor
        else:
            self._owners.pop(lock, None)

    def settle(self, pid: int) -> None:
        """A signal has ended the process ``pid``, or will: wait until that is done and noted."""
        until = _monotonic() + _END_S
        for process in self.processes:
            if process.pid == pid:
                while not process.dead and _monotonic() < until:
                    pause(0.0005)

    def named(self, process: int, accesses: list[Any]) -> list[Access]:
        """Accesses of a process as they are told apart: its variables are its own copies."""
        return [
            ("%d/%s" % (process, kind) if ":" in kind and kind[0] != "m" else kind, serial, mode)
            for kind, serial, mode in accesses
        ]

    # --- what processes tell ------------------------------------------------------------------------

    def _run(self) -> None:
        while True:
            for descriptor, _ in self._epoll.poll():
                process = self._by_event.get(descriptor)
                if process is not None:
                    try:
                        self._take(process)
                    except Exception as error:
                        text = "%s: %s" % (type(error).__name__, error)
                        self.gate.finished("died", {"message": text})

    def _take(self, process: RemoteProcess) -> None:
        size = array.array("i").itemsize
        try:
            data, more, _, _ = process.events.recvmsg(MOST_BYTES, _socket.CMSG_SPACE(2 * size))
        except OSError:
            data, more = b"", []
        if not data:
            self._gone(process)
            return
        event = json.loads(data)
        kind = event["event"]
        if kind == "log":
            self._log(event)
            return
        actor: RemoteActor = self.gate.actors[event["actor"]]
        self._learn(actor, event)
        if kind == "arrive":
            self._arrived(actor)
        elif kind == "leave":
            actor.ended, actor.out = True, False
            self.gate.driver.leave(actor)
        elif kind == "thread":
            new = self._new_actor(event["name"], process, actor)
            process.events.send(message(number=new.number))
        elif kind == "fork":
            descriptors = array.array("i")
            descriptors.frombytes(more[0][2])
            calls, events = [_socket.socket(fileno=one) for one in descriptors]
            new_process = self.adopt(actor, event["pid"], event["name"], calls, events)
            process.events.send(message(number=new_process.main.number))
        elif kind == "free":
            self.gate.free.append(event["name"])
            process.events.send(message())
        elif kind == "settle":
            self._settle(event["pid"])
            process.events.send(message())
        elif kind == "task":
            chosen = self.gate.chosen_task(actor, event["labels"])
            actor.at_step, actor.step_accesses = len(self.gate.steps), self.gate.accesses
            process.events.send(message(chosen=chosen))
        elif kind == "finished":
            self.gate.finished(event["kind"], event["detail"])

    def _settle(self, pid: int) -> None:
        for other in self.processes:
            if other.pid == pid and not other.dead and other.end():
                self._gone(other)

    def _learn(self, actor: RemoteActor, event: dict[str, Any]) -> None:
        gate = self.gate
        actor.step_accesses.extend(self.named(actor.process, event["accesses"]))
        gate.now = max(gate.now, event["now"])
        gate.clock_reads = event["reads"]
        gate.unfair = gate.unfair or event["unfair"]
        for lock, number, taken in event["locks"]:
            self.note_lock(lock, number, taken)

    def _log(self, event: dict[str, Any]) -> None:
        log = self.gate.log
        if log is not None:
            for row in event["rows"]:
                row[0] = self.gate.actors[row[1]].at_step
                log.append(row)

    def _arrived(self, actor: RemoteActor) -> None:
        if actor.starting:  # at its first stop: who started it goes on
            actor.starting = False
            assert actor.started_by is not None
            actor.started_by.go.release()
            return
        actor.out = False
        chosen = self.gate.driver.next_after(actor)
        if chosen is not None:
            chosen.go.release()

    def _gone(self, process: RemoteProcess) -> None:
        """``process`` has ended, by itself or otherwise, or become another program."""
        if process.dead:
            return
        descriptor = process.events.fileno()
        self._epoll.unregister(descriptor)
        del self._by_event[descriptor]
        if not process.end():
            self.gate.free.append(process.name)
        with self._asking:
            out = [actor for actor in process.actors if actor.out]
            for actor in process.actors:
                actor.ended, actor.out = True, False
                actor.pending = []
            process.dead = True
            process.close()
        main = process.main
        if main.starting:
            main.starting = False
            assert main.started_by is not None
            main.started_by.go.release()
        elif out:
            for actor in out[1:]:
                self.gate.driver.gone(actor)
            self.gate.driver.leave(out[0])


def _command_line(pid: int) -> bytes:
    """Empty for a process that ends or has ended."""
    try:
        with open("/proc/%d/cmdline" % pid, "rb") as file:
            return file.read()
    except OSError:
        return b""


def message(**what: Any) -> bytes:
    return json.dumps(what, separators=(",", ":")).encode()


def write_by_lines() -> None:
    """What several processes write comes in the order of their steps, as in a terminal."""
    for stream in (sys.stdout, sys.stderr):
        change = getattr(stream, "reconfigure", None)
        if change is not None:
            stream.flush()
            change(line_buffering=True)
