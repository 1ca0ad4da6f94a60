"""Locks, threads and the clock of a controlled run.

Each stands around the real thing.  Taking a lock tries the real lock without waiting; where that
fails, the thread waits at the gate until it is free.  ``threading``'s Condition, Event, Semaphore,
Barrier, Timer, ``queue`` and ``concurrent.futures`` are used as they are: they are made of these.
``queue.SimpleQueue``, written in C, gives way to the standard library's own one in Python.
"""

from __future__ import annotations

import _thread
import os
import sys
import threading
import time

from .gate import Wait
from .gate_effects import ACQUIRE, JOIN, RELEASE, TRY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .gate import Actor, Gate
    from .gate_effects import Access

_raw_lock = _thread.allocate_lock
_raw_rlock = _thread.RLock
_raw_start = _thread.start_new_thread
_gate: Gate = None  # type: ignore[assignment]

#: Where the controlled clock begins: 2001-09-09 01:46:40 UTC; the monotonic ones at 1000 s.
EPOCH_S = 1_000_000_000.0
MONOTONIC_S = 1000.0
#: After so many readings in a row the clock moves at each: somebody waits for it.
MOST_READINGS = 1000


class _LockWait(Wait):
    sort = "lock"

    def __init__(self, lock: Any) -> None:
        self.lock = lock
        self.name = ""

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
        if self._serial:
            mode = ACQUIRE if blocking and timeout == -1 else TRY
            _gate.accesses.append(("L", self._serial, mode))
        if raw.acquire(False):
            self._owner = actor
            return True
        if not blocking:
            return False
        deadline = None if timeout == -1 else _gate.now + timeout
        wait = _LockWait(self)
        wait.name, wait.sort = _what_for(self, "lock")
        if not _gate.wait_until(actor, wait, deadline):
            return False
        raw.acquire(False)
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
        if self._serial:
            mode = ACQUIRE if blocking and timeout == -1 else TRY
            _gate.accesses.append(("L", self._serial, mode))
        if not self._raw.acquire(False):
            if not blocking:
                return False
            deadline = None if timeout == -1 else _gate.now + timeout
            wait = _LockWait(self)
            wait.name, wait.sort = _what_for(self, "lock")
            if not _gate.wait_until(actor, wait, deadline):
                return False
            self._raw.acquire(False)
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
                wait = _LockWait(self)
                wait.name, wait.sort = _what_for(self, "lock")
                _gate.wait_until(actor, wait)
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

#: Methods of the standard library that wait, and what a person would call that.
_WAITS = {
    ("Condition", "wait"): "condition",
    ("Condition", "wait_for"): "condition",
    ("Event", "wait"): "event",
    ("Barrier", "wait"): "barrier",
    ("Semaphore", "acquire"): "semaphore",
    ("BoundedSemaphore", "acquire"): "semaphore",
    ("Queue", "get"): "queue",
    ("Queue", "put"): "queue",
    ("Queue", "join"): "queue",
    ("LifoQueue", "get"): "queue",
    ("PriorityQueue", "get"): "queue",
    ("_PySimpleQueue", "get"): "queue",
    ("Future", "result"): "future",
    ("Future", "exception"): "future",
}


def _what_for(lock: Any, sort: str) -> tuple[str, str]:
    """(name, sort) of what a thread really waits for when it waits for ``lock``: the outermost object
    of the standard library that it called, by the name it has in the caller's frame."""
    frame: Any = sys._getframe(2)
    target: Any = lock
    while frame is not None and frame.f_code.co_filename not in _gate.files:
        code = frame.f_code
        if code.co_argcount and code.co_varnames[:1] == ("self",):
            instance = frame.f_locals.get("self")
            found = _WAITS.get((type(instance).__name__, code.co_name))
            if found is not None:
                target, sort = instance, found
        frame = frame.f_back
    return (_name_of(target, frame) if frame is not None else ""), sort


def _name_of(target: Any, frame: Any) -> str:
    op = _gate.plain(frame.f_code, frame.f_lasti)
    of = op.of
    while of is not None and of[0] in ("attr", "enter", "exit"):
        if _gate.effects.value(of, frame) is target:
            from .gate_code import describe

            return _indexed(of, frame) or describe(of)
        of = of[1]
    if of is not None and _gate.effects.value(of, frame) is target:
        from .gate_code import describe

        name = _indexed(of, frame) or describe(of)
        if of[0] != "fast":
            return name
    for names in (frame.f_globals, frame.f_locals):
        for name, value in list(names.items()):
            if value is target:
                return str(name)
            if type(value) in (list, tuple) and len(value) < 100:
                for index, one in enumerate(value):
                    if one is target:
                        return "%s[%d]" % (name, index)
    return ""


def _indexed(of: Any, frame: Any) -> str:
    if of[0] != "item":
        return ""
    from .gate_code import describe

    key = _gate.effects.value(of[2], frame)
    return "%s[%r]" % (describe(of[1]), key) if type(key) in (int, str) else ""


# --- threads ----------------------------------------------------------------------------------


class _JoinWait(Wait):
    sort = "join"

    def __init__(self, target: Actor) -> None:
        self.target = target
        self.name = target.name

    def ready(self) -> bool:
        return self.target.ended

    def owner(self) -> Actor | None:
        return self.target

    def accesses(self) -> list[Access]:
        return [("T", self.target.number, JOIN)]


class _AllEnded(Wait):
    sort = "exit"
    name = ""

    def ready(self) -> bool:
        return all(a.ended or a.daemon or a.number == 0 for a in _gate.actors)

    def owner(self) -> Actor | None:
        return next((a for a in _gate.actors[1:] if not a.ended and not a.daemon), None)

    def accesses(self) -> list[Access]:
        return [("T", a.number, JOIN) for a in _gate.actors[1:] if not a.daemon]


def wait_for_all() -> None:
    """What the interpreter does at its end: wait for every thread that is no daemon."""
    actor = _gate.me()
    assert actor is not None
    wait = _AllEnded()
    if not wait.ready():
        _gate.wait_until(actor, wait)


def _started(function: Any, args: Any, kwargs: Any, start: Any) -> Any:
    parent = _gate.me()
    assert parent is not None
    child = _gate.new_actor(parent)
    instance = getattr(function, "__self__", None)
    if isinstance(instance, threading.Thread):
        child.name, child.daemon, child.thread = instance.name, instance.daemon, instance
        instance.__dict__["_lockstep_actor"] = child
    else:
        child.daemon = True  # nobody waits for a thread without a Thread

    def run() -> None:
        _gate.begin(child)
        try:
            _gate.trace(child)
            function(*args, **kwargs)
        except SystemExit:
            pass
        except BaseException as error:
            failed(error, child)
        finally:
            sys.settrace(None)
            _gate.end(child)

    result = start(run)
    _gate.touch("T", child.number, 1)
    was, parent.inside = parent.inside, 1
    _gate.run_to_first_stop(parent, child)
    parent.inside = was
    return result


def failed(error: BaseException, actor: Actor) -> None:
    """An exception that nobody catches ends the run: that is what was looked for."""
    trace = error.__traceback__
    place: dict[str, Any] = {}
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if file in _gate.files:
            place = {"file": file, "line": trace.tb_lineno, "function": trace.tb_frame.f_code.co_name}
        trace = trace.tb_next
    kind = "check" if isinstance(error, AssertionError) else "exception"
    try:
        text = str(error)
    except Exception:
        text = ""
    actor.error = type(error).__name__ + (": " + text if text else "")
    _gate.finished(
        kind,
        {
            "thread": actor.number,
            "name": actor.name,
            "exception": type(error).__name__,
            "message": text,
            **place,
        },
    )


def _start_new_thread(function: Any, args: Any, kwargs: Any = None, /) -> Any:
    if not _gate.active or _gate.me() is None:
        return _raw_start(function, args, kwargs or {})
    return _started(function, args, kwargs or {}, lambda run: _raw_start(run, ()))


def _patch_threads() -> None:
    module: Any = threading
    _thread.start_new_thread = _thread.start_new = _start_new_thread
    module._start_new_thread = _start_new_thread
    joinable = getattr(_thread, "start_joinable_thread", None)
    if joinable is not None:

        def start_joinable(function: Any, handle: Any = None, daemon: bool = True) -> Any:
            if not _gate.active or _gate.me() is None:
                return joinable(function, handle=handle, daemon=daemon)
            # A daemon for the interpreter: it must not wait for it outside the gate.
            return _started(function, (), {}, lambda run: joinable(run, handle=handle, daemon=True))

        _thread.start_joinable_thread = start_joinable  # type: ignore[attr-defined]
        module._start_joinable_thread = start_joinable
    original_join = threading.Thread.join
    original_alive = threading.Thread.is_alive

    def join(self: Any, timeout: Any = None) -> None:
        target = self.__dict__.get("_lockstep_actor")
        actor = _gate.me()
        if target is not None and actor is not None and _gate.active and target is not actor:
            deadline = None if timeout is None else _gate.now + max(timeout, 0)
            _gate.touch("T", target.number, JOIN if timeout is None else 0)
            if not target.ended and not _gate.wait_until(actor, _JoinWait(target), deadline):
                return None
            timeout = None
        return original_join(self, timeout)

    def is_alive(self: Any) -> bool:
        target = self.__dict__.get("_lockstep_actor")
        if target is not None and _gate.active:
            _gate.touch("T", target.number, 0)
            if target.ended:
                original_join(self)
        return original_alive(self)

    for name, function in (("join", join), ("is_alive", is_alive)):
        function.__qualname__ = "Thread." + name
        setattr(threading.Thread, name, function)

    def excepthook(args: Any) -> None:
        actor = _gate.me()
        if actor is not None and args.exc_type is not SystemExit:
            failed(args.exc_value, actor)

    threading.excepthook = excepthook


class _InOrder(set):  # type: ignore[type-arg]
    """A set that is gone through in the order in which things were added, not by their addresses."""

    def __init__(self) -> None:
        self._order: dict[int, Any] = {}

    def add(self, thing: Any) -> None:
        super().add(thing)
        self._order[id(thing)] = thing

    def __iter__(self) -> Any:
        return iter([thing for thing in self._order.values() if thing in self])


def patch_pools(module: Any) -> None:
    """A pool that shuts down joins its threads in the order in which it started them."""
    original = module.ThreadPoolExecutor.__init__

    def __init__(self: Any, *args: Any, **named: Any) -> None:
        original(self, *args, **named)
        self._threads = _InOrder()

    module.ThreadPoolExecutor.__init__ = __init__


# --- time ---------------------------------------------------------------------------------------


class _SleepWait(Wait):
    sort = "sleep"
    name = ""

    def ready(self) -> bool:
        return False

    def accesses(self) -> list[Access]:
        return [("clock", 0, 0)]


def sleep(seconds: float) -> None:
    actor = _gate.me()
    if actor is None or not _gate.active:
        _raw_sleep(seconds)
        return
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    _gate.touch("clock", 0, 0)
    _gate.wait_until(actor, _SleepWait(), _gate.now + float(seconds), yields=True)


_raw_sleep = time.sleep


def _reader(begin: float, as_ns: bool, real: Any) -> Any:
    def read() -> Any:
        if _gate.left:
            return real()
        _gate.accesses.append(("clock", 0, 0))
        _gate.clock_reads += 1
        if _gate.clock_reads > MOST_READINGS:
            _gate.now += 0.001
            _gate.unfair = True
        seconds = begin + _gate.now
        return int(seconds * 1_000_000_000) if as_ns else seconds

    return read


def _patch_clock(name: str, begin: float) -> None:
    setattr(time, name, _reader(begin, False, getattr(time, name)))
    setattr(time, name + "_ns", _reader(begin, True, getattr(time, name + "_ns")))


def _patch_time() -> None:
    setattr(time, "sleep", sleep)
    for name, begin in (("time", EPOCH_S), ("monotonic", MONOTONIC_S), ("perf_counter", MONOTONIC_S)):
        _patch_clock(name, begin)
    for name in ("process_time", "thread_time"):
        if hasattr(time, name):
            _patch_clock(name, 0.0)
    threading._time = time.monotonic  # type: ignore[attr-defined]


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
    _patch_threads()
    _patch_time()
    os.register_at_fork(after_in_child=gate.let_child_go)
    import queue

    queue.SimpleQueue = queue._PySimpleQueue  # type: ignore[attr-defined,misc]
    for name in ("time", "_time"):
        if hasattr(queue, name):
            setattr(queue, name, time.monotonic)
