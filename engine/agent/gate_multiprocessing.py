"""``multiprocessing`` in a controlled run: its locks and pipes are waited for at the gate.

A lock is a semaphore of the system: it is taken without waiting; where that fails, the thread waits at
the gate until it is free and it is chosen, as with ``threading``'s.  So are pipes: nothing is read before
something is there, and nothing written before there is room.  Conditions, events, barriers, queues and
pools are the standard library's own, made of these.  Where the program has forked no process that is
controlled, all is as it would be alone.
"""

from __future__ import annotations

import io
import os
import select
import sys

from .gate_effects import EVERYTHING
from .gate_names import what_for
from .gate_processes import OutsideWait, controlled, let_begin, note_free, spawn
from .gate_threads import _InOrder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .gate import Gate
    from .gate_actors import Actor

_gate: Gate = None  # type: ignore[assignment]
#: Of processes that run free.
_free: list[Any] = []
#: What a process that runs free may answer is waited for so long before others are let go.
_GRACE_S = 0.2
#: So much is written at once: as much as a pipe takes that is ready for writing.
_PIECE = 4096


class _SemaphoreWait(OutsideWait):
    def __init__(self, lock: Any) -> None:
        self.lock = lock
        self.name, self.sort = what_for(_gate, lock, "lock" if _exclusive(lock) else "semaphore")
        self.shared_lock = lock._lockstep if self.sort == "lock" else 0

    def ready(self) -> bool:
        return not self.lock._semlock._is_zero()

    def owner(self) -> Actor | None:
        if self.shared_lock and _gate.hub is not None:
            return _gate.hub.owner(self.shared_lock)
        return None


class _PipeWait(OutsideWait):
    def __init__(self, connection: Any, events: int) -> None:
        self.poll = select.poll()
        self.poll.register(connection.fileno(), events)
        self.name, self.sort = what_for(_gate, connection, "pipe")
        if self.sort == "pipe" and events == select.POLLOUT:
            self.sort = "room"

    def ready(self) -> bool:
        return bool(self.poll.poll(0))


class _SelectWait(OutsideWait):
    def __init__(self, look: Any) -> None:
        self.look = look
        self.found: Any = []
        self.name, self.sort = what_for(_gate, self, "select")

    def ready(self) -> bool:
        self.found = self.look(0)
        return bool(self.found)


def _exclusive(lock: Any) -> bool:
    return bool(lock._semlock.maxvalue == 1)


def _serial() -> int:
    """A lock's number: who made it, and how many that thread had made; the same in every schedule."""
    actor = _gate.me() if _gate.active else None
    if actor is None:
        _gate.locks_made += 1
        return _gate.locks_made
    actor.locks_made += 1
    return (actor.number + 1) * 100_000 + actor.locks_made


def _note(lock: Any, actor: Actor, taken: bool) -> None:
    if not _exclusive(lock):
        return
    if _gate.hub is not None:
        _gate.hub.note_lock(lock._lockstep, actor.number, taken)
    elif _gate.channel is not None:
        _gate.channel.locks.append((lock._lockstep, actor.number, taken))


def _patch_locks(synchronize: Any) -> None:
    kind = synchronize.SemLock
    original = kind._make_methods

    def _make_methods(self: Any) -> None:
        original(self)
        self._lockstep = _serial()
        take, give = self._semlock.acquire, self._semlock.release

        def acquire(block: bool = True, timeout: Any = None) -> bool:
            actor = controlled()
            if actor is None:
                return take(block, timeout)  # type: ignore[no-any-return]
            _gate.accesses.append(EVERYTHING)
            if not take(False):
                if not block or (timeout is not None and timeout <= 0):
                    return False
                deadline = None if timeout is None else _gate.now + timeout
                while True:
                    if not _gate.wait_until(actor, _SemaphoreWait(self), deadline):
                        return False
                    if take(False):
                        break
            _note(self, actor, True)
            return True

        def release() -> None:
            actor = controlled()
            give()
            if actor is not None:
                _gate.accesses.append(EVERYTHING)
                if not self._semlock._is_zero():
                    _note(self, actor, False)

        self.acquire, self.release = acquire, release

    get_state, set_state = kind.__getstate__, kind.__setstate__

    def __getstate__(self: Any) -> Any:
        return (*get_state(self), self._lockstep)

    def __setstate__(self: Any, state: Any) -> None:
        set_state(self, state[:4])
        self._lockstep = state[4]

    kind.__getstate__, kind.__setstate__ = __getstate__, __setstate__

    def __enter__(self: Any) -> bool:
        return self.acquire()  # type: ignore[no-any-return]

    def __exit__(self: Any, *error: Any) -> None:
        self.release()

    kind._make_methods, kind.__enter__, kind.__exit__ = _make_methods, __enter__, __exit__


def _wait_for(actor: Actor, connection: Any, events: int) -> None:
    _gate.accesses.append(EVERYTHING)
    wait = _PipeWait(connection, events)
    if not wait.ready() and not (_gate.free and wait.poll.poll(int(_GRACE_S * 1000))):
        _gate.wait_until(actor, wait)


def _patch_pipes(connection: Any) -> None:
    kind = connection.Connection
    original_send, original_receive = kind._send, kind._recv

    def _send(self: Any, buf: Any, write: Any = os.write) -> None:
        actor = controlled()
        if actor is None:
            original_send(self, buf)
            return
        rest = memoryview(buf)
        while rest:
            _wait_for(actor, self, select.POLLOUT)
            rest = rest[write(self._handle, rest[:_PIECE]) :]

    def _recv(self: Any, size: int, read: Any = os.read) -> Any:
        actor = controlled()
        if actor is None:
            return original_receive(self, size)
        found = io.BytesIO()
        left = size
        while left > 0:
            _wait_for(actor, self, select.POLLIN)
            piece = read(self._handle, left)
            if not piece:
                if left == size:
                    raise EOFError
                raise OSError("got end of file during message")
            found.write(piece)
            left -= len(piece)
        return found

    kind._send, kind._recv = _send, _recv


def _patch_waits(connection: Any) -> None:
    """A time-out of a wait for a process that runs free is over when it really is, since the controlled clock
    stands still meanwhile."""
    kind: Any = connection._WaitSelector

    class Selector(kind):  # type: ignore[misc]
        def select(self, timeout: Any = None) -> Any:
            actor = controlled()
            if actor is None or (_gate.free and (timeout is not None or _only_free(self.get_map()))):
                found = super().select(timeout)
                if not found and timeout and _gate.active and _gate.me() is not None:
                    _gate.now += timeout
                return found
            _gate.accesses.append(EVERYTHING)
            look = super().select
            found = look(0)
            if timeout is not None and timeout <= 0:
                return found
            wait = _SelectWait(look)
            if found:
                # A pool's thread comes again and again until another one has taken what is there.
                actor.polled = not actor.polled
                if not actor.polled:
                    _gate.wait_until(actor, wait, None, yields=True)
                    found = wait.found
                return found
            # A little more than asked for: the caller reckons with rounding, and would come again.
            _gate.wait_until(actor, wait, None if timeout is None else _gate.now + timeout + 1e-6)
            return wait.found

    connection._WaitSelector = Selector


def _only_free(awaited: Any) -> bool:
    """Whether only the ends of processes that run free are waited for: it keeps its turn then."""
    ends = [one.sentinel for one in _free if one.returncode is None]
    return all(descriptor in ends for descriptor in awaited)


def _patch_start(process: Any) -> None:
    process._children = _InOrder()
    original = process.BaseProcess.start

    def start(self: Any) -> None:
        original(self)
        if getattr(self._popen, "method", "fork") == "fork":
            return
        actor = controlled()
        if actor is not None and self._popen.pid in _gate.children:
            let_begin(actor)
        else:
            note_free(self.name)
            _free.append(self._popen)

    start.__qualname__ = "BaseProcess.start"
    process.BaseProcess.start = start


def _patch_spawn(util: Any) -> None:
    original = util.spawnv_passfds

    def spawnv_passfds(path: Any, args: Any, passfds: Any) -> int:
        caller = sys._getframe(1)
        process = caller.f_locals.get("process_obj") if caller.f_code.co_name == "_launch" else None
        pid = spawn(original, path, args, passfds, process) if process is not None else None
        return original(path, args, passfds) if pid is None else pid

    util.spawnv_passfds = spawnv_passfds


def install(gate: Gate) -> None:
    """Call before the program imports ``multiprocessing``; imports it."""
    global _gate
    if gate.effects.processes:
        return
    _gate = gate
    gate.effects.processes = True
    from multiprocessing import connection, process, util

    if not hasattr(connection, "_WaitSelector"):  # Windows
        return
    _patch_waits(connection)
    _patch_pipes(connection)
    _patch_start(process)
    _patch_spawn(util)
    try:
        from multiprocessing import synchronize
    except ImportError:  # the system has no semaphores
        return
    _patch_locks(synchronize)
