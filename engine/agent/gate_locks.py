"""Locks of a controlled run.

Each stands around the real thing.  Taking a lock tries the real lock without waiting; where that
fails, the thread waits at the gate until it is free.  ``threading``'s Condition, Event, Semaphore,
Barrier, Timer, ``queue`` and ``concurrent.futures`` are used as they are: they are made of these.
``queue.SimpleQueue``, written in C, gives way to the standard library's own one in Python.
"""

from __future__ import annotations

import _thread
import os
import threading
import time

from . import gate_clock, gate_processes, gate_threads
from .gate_actors import Wait
from .gate_effects import ACQUIRE, RELEASE, TRY
from .gate_names import what_for

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .gate import Gate
    from .gate_actors import Actor
    from .gate_effects import Access

_raw_lock = _thread.allocate_lock
_raw_rlock = _thread.RLock
_gate: Gate = None  # type: ignore[assignment]


class _LockWait(Wait):
    sort = "lock"

    def __init__(self, lock: Any) -> None:
        self.lock = lock
        self.name, self.sort = what_for(_gate, lock, "lock")

    def ready(self) -> bool:
        return self.lock._free()  # type: ignore[no-any-return]

    def owner(self) -> Actor | None:
        return self.lock._owner if self.sort == "lock" else None

    def accesses(self) -> list[Access]:
        return [("L", self.lock._serial, ACQUIRE)] if self.lock._serial else []


def _serial() -> int:
    """A lock's number: who made it, and how many that thread had made; the same in every schedule."""
    actor = _gate.me() if _gate.active else None
    if actor is None:
        if not _gate.numbering:
            return 0
        _gate.locks_made += 1
        return _gate.locks_made
    actor.locks_made += 1
    return (actor.number + 1) * 100_000 + actor.locks_made


def _taken(lock: Any, actor: Actor, blocking: bool, timeout: float) -> bool:
    """Take the real lock for ``actor``, waiting at the gate where it is not free; False: not taken."""
    if lock._serial:
        mode = ACQUIRE if blocking and timeout == -1 else TRY
        _gate.accesses.append(("L", lock._serial, mode))
    if lock._raw.acquire(False):
        return True
    if not blocking:
        return False
    deadline = None if timeout == -1 else _gate.now + timeout
    if not _gate.wait_until(actor, _LockWait(lock), deadline):
        return False
    lock._raw.acquire(False)
    return True


class ControlledLock:
    """``threading.Lock`` at the gate."""

    __slots__ = ("__weakref__", "_made_at", "_owner", "_raw", "_serial")

    def __init__(self) -> None:
        self._raw = _raw_lock()
        self._owner: Actor | None = None
        self._serial = _serial()

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        raw = self._raw
        actor = _gate.me() if _gate.active else None
        if actor is None:
            return raw.acquire(blocking, timeout)
        if not blocking and timeout != -1:
            raise ValueError("can't specify a timeout for a non-blocking call")
        if timeout < 0 and timeout != -1:
            raise ValueError("timeout value must be a non-negative number")
        if not _taken(self, actor, blocking, timeout):
            return False
        self._owner = actor
        return True

    def release(self) -> None:
        if _gate.active and self._serial:
            _gate.accesses.append(("L", self._serial, RELEASE))
        self._raw.release()
        self._owner = None

    def locked(self) -> bool:
        if _gate.active and self._serial:
            _gate.accesses.append(("L", self._serial, TRY))
        return self._raw.locked()

    def _free(self) -> bool:
        return not self._raw.locked()

    def _at_fork_reinit(self) -> None:
        self._raw = _raw_lock()
        self._owner = None

    acquire_lock = acquire
    release_lock = release
    locked_lock = locked
    __enter__ = acquire

    def __exit__(self, *error: Any) -> None:
        self.release()

    def __repr__(self) -> str:
        return "<%s _thread.lock>" % ("locked" if self._raw.locked() else "unlocked")


class ControlledRLock:
    """``threading.RLock`` at the gate."""

    __slots__ = ("__weakref__", "_count", "_owner", "_raw", "_serial")

    def __init__(self) -> None:
        self._raw = _raw_rlock()
        self._owner: Actor | None = None
        self._count = 0
        self._serial = _serial()

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        actor = _gate.me() if _gate.active else None
        if actor is None:
            return self._raw.acquire(blocking, timeout)
        if self._owner is actor:
            self._raw.acquire(False)
            self._count += 1
            return True
        if not _taken(self, actor, blocking, timeout):
            return False
        self._owner = actor
        self._count = 1
        return True

    def release(self) -> None:
        self._raw.release()
        if self._owner is not None:
            self._count -= 1
            if not self._count:
                self._owner = None
                if _gate.active and self._serial:
                    _gate.accesses.append(("L", self._serial, RELEASE))

    def locked(self) -> bool:
        return not self._free()

    def _free(self) -> bool:
        return self._owner is None

    def _is_owned(self) -> bool:
        return self._raw._is_owned()  # type: ignore[attr-defined,no-any-return]

    def _release_save(self) -> Any:
        owner, count = self._owner, self._count
        saved = self._raw._release_save()  # type: ignore[attr-defined]
        self._owner, self._count = None, 0
        if owner is not None and self._serial:
            _gate.accesses.append(("L", self._serial, RELEASE))
        return saved, count

    def _acquire_restore(self, state: Any) -> None:
        saved, count = state
        actor = _gate.me() if _gate.active else None
        if actor is not None:
            if self._serial:
                _gate.accesses.append(("L", self._serial, ACQUIRE))
            if not self._free():
                _gate.wait_until(actor, _LockWait(self))
        self._raw._acquire_restore(saved)  # type: ignore[attr-defined]
        self._owner, self._count = actor, count

    def _recursion_count(self) -> int:
        return self._count

    def _at_fork_reinit(self) -> None:
        self._raw = _raw_rlock()
        self._owner, self._count = None, 0

    __enter__ = acquire

    def __exit__(self, *error: Any) -> None:
        self.release()


LOCKS = (ControlledLock, ControlledRLock, threading.Condition, threading.Event, threading.Semaphore,
         threading.Barrier)  # fmt: skip


def install(gate: Gate) -> None:
    """Put everything in place, before any module of the program is imported."""
    global _gate
    _gate = gate
    module: Any = threading
    _thread.allocate_lock = _thread.allocate = ControlledLock  # type: ignore[assignment]
    setattr(_thread, "RLock", ControlledRLock)
    if hasattr(_thread, "lock"):
        setattr(_thread, "lock", ControlledLock)
    module.Lock = module._allocate_lock = ControlledLock
    module.RLock = module._RLock = module._CRLock = ControlledRLock
    gate_threads.install(gate)
    gate_clock.install(gate)
    gate_processes.install(gate)
    os.register_at_fork(after_in_child=gate.let_child_go)
    import queue

    queue.SimpleQueue = queue._PySimpleQueue  # type: ignore[attr-defined,misc]
    for name in ("time", "_time"):
        if hasattr(queue, name):
            setattr(queue, name, time.monotonic)
