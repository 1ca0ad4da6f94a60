"""The gate in a process that the program has forked: it holds the threads, the first process decides.

See ``gate_hub`` for the other side.  Memory is a copy of the parent's: the thread that forked is the
main thread here, its ``Actor`` gets a number of its own, and the parent's other threads are not there.
"""

from __future__ import annotations

import _thread
import array
import json
import random

from . import gate_telling
from .gate_actors import Actor, pause
from .gate_drivers import RAW_LOCK, RAW_START, Driver
from .gate_hub import MOST_BYTES, message
from .gate_processes import raw_exit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .gate import Gate

#: As much as goes through the socket at once.
_MOST_ANSWER = 150_000
#: Rows of the log in one message.
_ROWS = 200


class Channel:
    """To the process that decides.  Made in the new process by the only thread there is."""

    def __init__(self, gate: Gate, actor: Actor, calls: Any, events: Any) -> None:
        self.gate = gate
        self._calls, self._events = calls, events
        self._telling = RAW_LOCK()
        hello = json.loads(calls.recv(MOST_BYTES))
        gate.process = actor.process = hello["process"]
        gate.now = hello["now"]
        actor.number = hello["number"]
        #: taken and given back since that was told: (lock, thread, whether it was taken)
        self.locks: list[tuple[int, int, bool]] = []
        RAW_START(self._listen, ())

    def close(self) -> None:
        """In a process forked from this one."""
        self._calls.close()
        self._events.close()

    # --- telling --------------------------------------------------------------------------------

    def tell(self, event: str, actor: Actor, **more: Any) -> None:
        with self._telling:
            self._tell(event, actor, (), more)

    def ask(self, event: str, actor: Actor, descriptors: tuple[int, ...] = (), **more: Any) -> dict[str, Any]:
        """Tell it, and wait for the answer."""
        with self._telling:
            self._tell(event, actor, descriptors, more)
            data = self._events.recv(MOST_BYTES)
            if not data:
                raw_exit(0)
            return json.loads(data)  # type: ignore[no-any-return]

    def _tell(self, event: str, actor: Actor, descriptors: tuple[int, ...], more: dict[str, Any]) -> None:
        gate = self.gate
        accesses, gate.accesses = gate.accesses, []
        locks, self.locks = self.locks, []
        try:
            if gate.log:
                rows, gate.log = gate.log, []
                for at in range(0, len(rows), _ROWS):
                    self._events.send(message(event="log", rows=rows[at : at + _ROWS]))
            data = message(event=event, actor=actor.number, accesses=list(dict.fromkeys(accesses)),
                            now=gate.now, reads=gate.clock_reads, unfair=gate.unfair, locks=locks,
                            **more)  # fmt: skip
            if descriptors:
                import _socket

                carried = array.array("i", descriptors)
                self._events.sendmsg([data], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, carried)])
            else:
                self._events.send(data)
        except OSError:  # nobody decides any more
            raw_exit(0)

    def finish(self, kind: str, detail: dict[str, Any]) -> None:
        """The whole run ends."""
        actor = self.gate.me() or self.gate.actors[0]
        self.tell("finished", actor, kind=kind, detail=detail)
        while True:
            pause(1.0)

    # --- being told -----------------------------------------------------------------------------

    def _listen(self) -> None:
        while True:
            try:
                data = self._calls.recv(MOST_BYTES)
            except OSError:
                data = b""
            if not data:
                raw_exit(0)
            told = json.loads(data)
            if "go" in told:
                self._let_go(told)
            elif "look" in told:
                self._calls.send(message(ask=told["ask"], place=self._look(told["look"])))
            else:
                self._calls.send(self._answer(told))

    def _let_go(self, told: dict[str, Any]) -> None:
        gate = self.gate
        gate.now, gate.clock_reads = told["now"], told["reads"]
        for actor in gate.actors:
            if actor.number == told["go"]:
                actor.stop = told["stop"]
                actor.go.release()

    def _answer(self, told: dict[str, Any]) -> bytes:
        gate = self.gate
        gate.now = max(gate.now, told["now"])
        positions = [gate_telling.position(gate, one) for one in gate.actors] if told["positions"] else None
        rows = [self._row(one) for one in gate.actors]
        answer = message(ask=told["ask"], rows=rows, positions=positions)
        if len(answer) > _MOST_ANSWER:
            answer = message(ask=told["ask"], rows=rows, positions=None)
        return answer

    def _row(self, actor: Actor) -> list[Any]:
        op = actor.op
        return [actor.number, actor.ended, actor.starting, actor.yields, actor.daemon, actor.name,
                actor.deadline, op.number if op is not None else 0, actor.pending,
                None if actor.wait is None else self._wait(actor.wait)]  # fmt: skip

    def _wait(self, wait: Any) -> list[Any]:
        try:
            ready = wait.ready()
        except Exception:
            ready = True  # the thread finds out itself
        owner = wait.owner()
        if owner is not None and owner not in self.gate.actors and owner not in self.gate.children.values():
            owner = None  # a thread of the parent: it is not here
        return [wait.sort, wait.name, None if owner is None else owner.number, ready, wait.outside(),
                wait.accesses(), getattr(wait, "shared_lock", 0)]  # fmt: skip

    def _look(self, number: int) -> dict[str, Any]:
        for actor in self.gate.actors:
            if actor.number == number:
                return gate_telling.place_of(self.gate, actor)
        return {}


class FarDriver(Driver):
    """Asks the process that decides."""

    def __init__(self, gate: Gate, channel: Channel, by_hand: bool) -> None:
        super().__init__(gate)
        self.by_hand = by_hand
        self._channel = channel

    def next_after(self, actor: Actor) -> Actor | None:
        self._channel.tell("arrive", actor)
        return None

    def leave(self, actor: Actor) -> None:
        self._channel.tell("leave", actor)

    def choose_task(self, count: int, labels: list[str]) -> int:
        actor = self.gate.me()
        assert actor is not None
        return int(self._channel.ask("task", actor, labels=labels)["chosen"])


def become(gate: Gate, actor: Actor, calls: Any, events: Any) -> None:
    """In the new process: ``actor``, which has forked, is its main thread."""
    if gate.hub is not None:
        gate.hub.close()
        gate.hub = None
    if gate.channel is not None:
        gate.channel.close()
    for other in gate.actors:
        if other is not actor:
            other.ended = True  # it is the parent's
    actor.name = "MainThread"
    actor.daemon = actor.starting = actor.ended = actor.yields = False
    actor.stop = gate.stop
    actor.started_by = actor.wait = actor.deadline = actor.after = actor.before = actor.here = None
    actor.error, actor.loaded, actor.pending = "", {}, []
    actor.locks_made = 0
    gate.actors = [actor]
    gate.children = {}
    gate.by_ident = {_thread.get_ident(): actor}
    gate.accesses = []
    if gate.log is not None:
        gate.log = []
    gate.main = actor
    connect(gate, actor, calls, events, gate.driver.by_hand)
    random.seed()  # for this thread; the standard library has done it from the system


def connect(gate: Gate, actor: Actor, calls: Any, events: Any, by_hand: bool) -> None:
    """Let the process that decides decide for this one."""
    gate.channel = Channel(gate, actor, calls, events)
    gate.driver = FarDriver(gate, gate.channel, by_hand)
    gate.finished = gate.channel.finish
