"""Threads of a controlled run: started one by one, joined at the gate; an exception ends the run."""

from __future__ import annotations

import _thread
import sys
import threading

from . import gate_processes
from .gate_actors import Wait
from .gate_effects import JOIN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .gate import Gate
    from .gate_actors import Actor
    from .gate_effects import Access

_raw_start = _thread.start_new_thread
_gate: Gate = None  # type: ignore[assignment]


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

    def _others(self) -> list[Actor]:
        return [a for a in _gate.actors if not a.daemon and not a.remote and a is not _gate.main]

    def ready(self) -> bool:
        return all(a.ended for a in self._others())

    def owner(self) -> Actor | None:
        return next((a for a in self._others() if not a.ended), None)

    def accesses(self) -> list[Access]:
        return [("T", a.number, JOIN) for a in self._others()]


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
            if child is _gate.main:  # it has forked, and this is the new process
                gate_processes.end(None)
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
    if _gate.before_threads is not None:
        _gate.before_threads()
    return _started(function, args, kwargs or {}, lambda run: _raw_start(run, ()))


def install(gate: Gate) -> None:
    """Put everything in place."""
    global _gate
    _gate = gate
    module: Any = threading
    _thread.start_new_thread = _thread.start_new = _start_new_thread
    module._start_new_thread = _start_new_thread
    joinable = getattr(_thread, "start_joinable_thread", None)
    if joinable is not None:

        def start_joinable(function: Any, handle: Any = None, daemon: bool = True) -> Any:
            if not _gate.active or _gate.me() is None:
                return joinable(function, handle=handle, daemon=daemon)
            if _gate.before_threads is not None:
                _gate.before_threads()
                instance = getattr(function, "__self__", None)
                if handle is not None and isinstance(instance, threading.Thread):
                    handle = instance._handle  # type: ignore[attr-defined]
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
    original_shutdown = module._shutdown

    def shutdown() -> None:
        """In a process that the program has forked: at the gate first, the interpreter would wait outside."""
        if _gate.active and _gate.channel is not None and _gate.me() is _gate.main:
            wait_for_all()
        original_shutdown()

    module._shutdown = shutdown


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
