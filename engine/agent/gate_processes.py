"""Processes that the program forks or spawns: each gets a gate of its own, and is waited for at the gate.

Controlled are, on Linux, processes forked by ``os.fork`` (also that of ``multiprocessing``) and those that
``multiprocessing`` spawns.  Others run free, as they would alone: other programs, children of a fork
server, and the process of a ``Manager``.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
import warnings

from .gate_actors import Actor, Wait
from .gate_effects import EVERYTHING, WRITE_MODE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from .gate import Gate
    from .gate_effects import Access

_gate: Gate = None  # type: ignore[assignment]
_raw_fork: Callable[[], int] = getattr(os, "fork", None)  # type: ignore[assignment]
_raw_waitpid: Callable[[int, int], tuple[int, int]] = getattr(os, "waitpid", None)  # type: ignore[assignment]
_raw_wait: Callable[[], tuple[int, int]] = getattr(os, "wait", None)  # type: ignore[assignment]
_raw_kill = os.kill
raw_exit = os._exit

_WARNS = sys.version_info >= (3, 12)
#: Signals that end a process which does not care about them.
_FATAL = "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM".split()


def controlled() -> Actor | None:
    """The calling thread, where processes are controlled and it is."""
    gate = _gate
    if not gate.active or (gate.hub is None and gate.channel is None):
        return None
    return gate.me()


class OutsideWait(Wait):
    """A wait for what another process does.  Where some run free, it may be one of those."""

    def outside(self) -> bool:
        return bool(_gate.free)

    def accesses(self) -> list[Access]:
        return [EVERYTHING]


class _EndWait(OutsideWait):
    sort = "join"

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._process = _gate.children.get(pid)
        self.name = self._process.process_name if self._process is not None else ""

    def ready(self) -> bool:
        kind = os.P_PID if self.pid > 0 else os.P_ALL
        try:
            return os.waitid(kind, max(self.pid, 0), os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
        except OSError:
            return True

    def owner(self) -> Actor | None:
        return self._process


class _Child(Actor):
    """The main thread of a process that this one, not the program's first, has forked."""


def _name(number: int) -> tuple[str, bool]:
    """What the process that is forked now is called, and whether it is to run free."""
    frame: Any = sys._getframe(2)
    if frame.f_code.co_name == "_launch":
        process = frame.f_locals.get("process_obj")
        target = getattr(process, "_target", None)
        if process is not None:
            return str(process.name), getattr(target, "__module__", "") == "multiprocessing.managers"
    return "fork-%d" % number, False


def fork() -> int:
    """``os.fork``: the child runs to its first stop before its parent goes on."""
    gate = _gate
    actor = gate.me() if gate.active else None
    if actor is None:
        return _raw_fork()
    gate.accesses.append(EVERYTHING)
    name, free = _name(len(gate.children) + 1)
    if free:
        note_free(name)
        return _raw_fork()
    from . import gate_child

    (calls, events), (their_calls, their_events) = _ways()
    gate.forking = True
    try:
        pid = _quiet_fork()
        if pid == 0:
            calls.close()
            events.close()
            gate_child.become(gate, actor, their_calls, their_events)
            caller = sys._getframe(1)
            gate.base = caller if caller.f_code.co_name == "_launch" else None
            return 0
    except OSError:
        calls.close()
        events.close()
        raise
    finally:
        gate.forking = False
    their_calls.close()
    their_events.close()
    _adopt(actor, pid, name, calls, events)
    let_begin(actor)
    return pid


def _ways() -> tuple[list[Any], list[Any]]:
    """Two pairs of sockets, our ends and those of a process that is going to be controlled."""
    import _socket

    from . import gate_drivers, gate_hub

    gate = _gate
    if gate.hub is None and gate.channel is None:
        gate_hub.write_by_lines()
        gate.hub = gate_hub.Hub(gate, gate_drivers.RAW_START, gate_drivers.RAW_LOCK)
    pairs = [_socket.socketpair(_socket.AF_UNIX, _socket.SOCK_SEQPACKET) for _ in range(2)]
    return [_own(one) for one, _ in pairs], [_own(other) for _, other in pairs]


def _adopt(actor: Actor, pid: int, name: str, calls: Any, events: Any) -> None:
    """``actor`` has started a process that is controlled."""
    gate = _gate
    if gate.hub is not None:
        child: Actor = gate.hub.adopt(actor, pid, name, calls, events).main
    else:
        assert gate.channel is not None
        ends = (calls.fileno(), events.fileno())
        number = gate.channel.ask("fork", actor, ends, pid=pid, name=name)["number"]
        calls.close()
        events.close()
        child = _Child(number, "MainThread")
    child.process_name = name
    gate.touch("T", child.number, WRITE_MODE)
    gate.children[pid] = child


def let_begin(actor: Actor) -> None:
    """A new process goes to its first stop; then ``actor``, which has started it, goes on."""
    was, actor.inside = actor.inside, 1
    actor.go.acquire()
    actor.inside = was


def spawn(original: Any, path: Any, arguments: list[Any], descriptors: Any, process: Any) -> int | None:
    """Start an interpreter for ``multiprocessing``'s ``process`` with the gate in it; None: it cannot be."""
    gate = _gate
    actor = gate.me() if gate.active else None
    target = getattr(process, "_target", None)
    free = getattr(target, "__module__", "") == "multiprocessing.managers"
    if actor is None or free or not gate.setup or sys.platform != "linux" or "-c" not in arguments:
        return None
    gate.accesses.append(EVERYTHING)
    (calls, events), theirs = _ways()
    numbers = [one.fileno() for one in theirs]
    setup = {**gate.setup, "calls": numbers[0], "events": numbers[1]}
    at = arguments.index("-c") + 1
    changed = [*arguments]
    changed[at] = _BEGIN % (os.path.dirname(os.path.abspath(__file__)), setup, arguments[at])
    pid = int(original(path, changed, [*descriptors, *numbers]))
    for one in theirs:
        one.close()
    _adopt(actor, pid, str(process.name), calls, events)
    return pid


#: In the place of the line by which ``multiprocessing`` begins: our folder, what to know, that line.
_BEGIN = """\
def _begin():
    import importlib.util as util, sys
    folder = %r
    spec = util.spec_from_file_location(
        "_lockstep", folder + "/__init__.py", submodule_search_locations=[folder]
    )
    sys.modules["_lockstep"] = package = util.module_from_spec(spec)
    spec.loader.exec_module(package)
    module = __import__("_lockstep.gate_spawned", None, None, ["*"])
    module.begin(%r)
    return module.run
_begin()(lambda code=%r: exec(code, {"__name__": "__main__"}))
"""


def _quiet_fork() -> int:
    """The interpreter warns of other threads of the process; ours alone are no reason."""
    others = [one for one in _gate.actors if not one.ended and not one.remote]
    if len(others) > 1 or not _WARNS:
        return _raw_fork()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return _raw_fork()


def _own(end: Any) -> Any:
    """A socket where the program does not expect it: not among the first descriptors."""
    import _socket
    import fcntl

    try:
        moved = fcntl.fcntl(end.fileno(), fcntl.F_DUPFD_CLOEXEC, 200)
    except OSError:  # fewer are allowed
        return end
    end.close()
    return _socket.socket(fileno=moved)


def note_free(name: str) -> None:
    """A process begins that is not controlled."""
    gate = _gate
    actor = gate.me() if gate.active else None
    if actor is None:
        return
    if gate.channel is not None:
        gate.channel.ask("free", actor, name=name)
    gate.free.append(name)


# --- waiting, and ending others -----------------------------------------------------------------------


def waitpid(pid: int, options: int, /) -> tuple[int, int]:
    actor = controlled()
    if actor is not None:
        _gate.accesses.append(EVERYTHING)
        if not options & os.WNOHANG and (pid in _gate.children or (pid == -1 and _gate.children)):
            _wait_for(actor, pid)
    return _raw_waitpid(pid, options)


def wait() -> tuple[int, int]:
    actor = controlled()
    if actor is not None and _gate.children:
        _wait_for(actor, -1)
    return _raw_wait()


def _wait_for(actor: Actor, pid: int) -> None:
    end = _EndWait(pid)
    if not end.ready():
        _gate.wait_until(actor, end)


def kill(pid: int, signal_number: int, /) -> None:
    """``os.kill``: a process that it ends has ended when it returns."""
    actor = controlled()
    if actor is not None:
        _gate.accesses.append(EVERYTHING)
        if pid == os.getpid():
            _last(actor)
    fatal = actor is not None and pid > 0 and pid != os.getpid() and _ends(pid, signal_number)
    _raw_kill(pid, signal_number)
    if not fatal:
        return
    if _gate.hub is not None:
        _gate.hub.settle(pid)
    elif _gate.channel is not None:
        assert actor is not None
        _gate.channel.ask("settle", actor, pid=pid)


def _exit(status: int) -> Any:
    """``os._exit``: what the thread has done since it was let go is told before."""
    actor = controlled()
    if actor is not None:
        _last(actor)
    raw_exit(status)


def _last(actor: Actor) -> None:
    if _gate.channel is not None:
        if actor.after is not None:
            _gate._settle(actor)
        _gate.channel.tell("last", actor)


def _ends(pid: int, signal_number: int) -> bool:
    """Whether that signal ends that process: it neither catches nor ignores it."""
    if signal_number not in [getattr(signal, "SIG" + name, -1) for name in _FATAL]:
        return False
    try:
        with open("/proc/%d/status" % pid, encoding="ascii", errors="replace") as file:
            for line in file:
                if line.startswith(("SigCgt:", "SigIgn:")) and int(line[7:], 16) >> (signal_number - 1) & 1:
                    return False
    except OSError:
        return False
    return True


# --- the end ----------------------------------------------------------------------------------------------


class _Others(OutsideWait):
    sort = "exit"

    def ready(self) -> bool:
        return all(one.ended for one in _gate.actors if one.remote)

    def owner(self) -> Actor | None:
        return next((one for one in _gate.actors if one.remote and not one.ended), None)


def wait_for_all() -> None:
    """At the end of the first process: as ``multiprocessing`` does; then for those that go on alone."""
    actor = _gate.me()
    if _gate.hub is None or actor is None:
        return
    _exit_function()
    others = _Others()
    if not others.ready():
        _gate.wait_until(actor, others)


def _exit_function() -> None:
    util = sys.modules.get("multiprocessing.util")
    if util is not None:
        util._exit_function()


def end(error: BaseException | None) -> None:
    """In a process that the program has forked, behind its last line: it ends as it would alone."""
    gate = _gate
    code: object = 0
    if isinstance(error, SystemExit):
        code = error.code
        if code is not None and not isinstance(code, int):
            print(code, file=sys.stderr)
            code = 1
    elif error is not None:
        sys.excepthook(type(error), error, error.__traceback__)
        code = 1
    if gate.channel is not None:
        from . import gate_threads

        gate.main.inside = 1
        gate.main.frame = gate.main.op = None
        for callback in reversed(getattr(threading, "_threading_atexits", [])):
            callback()
        gate_threads.wait_for_all()
        atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass
    os._exit(int(code or 0) & 0xFF)  # type: ignore[call-overload]


def install(gate: Gate) -> None:
    """Put everything in place."""
    global _gate
    _gate = gate
    if sys.platform == "linux":
        os.fork = fork
        os.waitpid = waitpid
        os.wait = wait
        os.kill = kill
        os._exit = _exit
    _note_programs()


def _note_programs() -> None:
    """Other programs that are started run free."""
    try:
        import _posixsubprocess as module
    except ImportError:
        return
    original: Any = module.fork_exec

    def fork_exec(*args: Any) -> Any:
        caller = sys._getframe(1).f_globals.get("__name__") or ""
        if not caller.startswith("multiprocessing"):
            first = args[0][0] if args and args[0] else b""
            note_free(os.path.basename(os.fsdecode(first)))
        return original(*args)

    module.fork_exec = fork_exec
