"""The process that controlled runs are forked from, and what such a run does (see ``gate_main``)."""

from __future__ import annotations

import ast
import gc
import json
import os
import signal
import sys
import threading
import types
from select import select as _select
from time import monotonic as _monotonic
from time import process_time as _process_time

from . import (
    gate_apart,
    gate_drivers,
    gate_locks,
    gate_multiprocessing,
    gate_processes,
    gate_random,
    gate_tasks,
    gate_telling,
    gate_threads,
    gate_trunk,
)
from .gate import LINE, SHARED, Gate
from .gate_actors import LENGTH_DIGITS, packed, pause
from .gate_telling import shown
from .gate_trunk import TOLD, UNUSED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: As much of what the program wrote is told.
MOST_OUTPUT = 64 * 1024
#: Modules that are loaded before the first fork when the program imports them; up to 3.9 no list of the
#: standard library's names exists.
_LOADED = frozenset(
    "concurrent queue random collections functools itertools logging contextlib dataclasses".split()
)
_NOT_LOADED = frozenset("__main__ this antigravity idlelib turtle tkinter".split())


class Server:
    """``requests``, ``reports``: descriptors of pipes from and to the explorer; ``commands``: that of one
    for a run by hand; ``more``: further pairs of the first two, each for a process that does the same side
    by side with this one, where the program allows that (``gate_apart``)."""

    def __init__(self, requests: int, reports: int, commands: int, more: tuple[int, ...] = ()) -> None:
        self.requests = requests
        self.commands = commands
        self.reports = reports
        self._more = more
        self._apart = self._alike = True
        self.target: dict[str, Any] = {}
        self.code: Any = None
        self.gate: Gate = None  # type: ignore[assignment]
        self._ending = gate_drivers.RAW_LOCK()

    def say(self, **event: Any) -> None:
        """One line; whole also when several processes write (below a pipe's size it is one write)."""
        data = json.dumps(event, separators=(",", ":")).encode() + b"\n"
        while data:
            data = data[os.write(self.reports, data) :]

    def line(self) -> bytes:
        """The next request; empty when nobody asks any more.

        Its length stands before it: no more than that is read, the next one may be for another process.
        """
        size = os.read(self.requests, LENGTH_DIGITS)
        missing = int(size or b"0")
        found = b""
        while missing:
            piece = os.read(self.requests, missing)
            if not piece:
                return b""
            found += piece
            missing -= len(piece)
        return found

    # --- prepare --------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Read what is to be run and make everything ready to be forked."""
        self.target = json.loads(self.line())
        self.read()
        if self.target.get("call"):
            self.module = self.new_module(self.target.get("module") or "__lockstep_target__")
            sys.modules[self.module.__name__] = self.module
            self.gate.numbering = True
            exec(self.code, self.module.__dict__)
            self.gate.numbering = False
        gc.collect()
        gc.disable()
        if hasattr(gc, "freeze"):
            gc.freeze()

    def read(self) -> None:
        """Take in the chosen files, and put the gate in its place."""
        gate_random.begin(self.target.get("seed", 0))
        files = [os.path.abspath(path) for path in self.target["files"]]
        self.gate = Gate(frozenset(files), gate_locks.LOCKS)
        gate_locks.install(self.gate)
        gate_random.install(self.gate)
        codes = []
        for path in files:
            with open(path, "rb") as file:
                source = file.read()
            compiled = compile(source, path, "exec", 0, True)
            codes.append(compiled)
            if path == os.path.abspath(self.target["path"]):
                self.code = compiled
            explored = bool(self.target.get("explored"))
            self._apart = self._apart and bool(explored or self._more) and gate_apart.stays_within(source)
            self._alike = self._alike and explored and self._apart and gate_apart.stays_alike(source)
            self._preload(source)
        pools = sys.modules.get("concurrent.futures.thread")
        if pools is not None:
            gate_threads.patch_pools(pools)
        for compiled in codes:
            self.gate.learn(compiled)
        for compiled in codes:
            self.gate.analyse(compiled)

    def _preload(self, source: bytes) -> None:
        """Import what the program imports of the standard library, once for all runs."""
        if b"ProcessPoolExecutor" in source or b"futures.process" in source:
            gate_multiprocessing.install(self.gate)
        known = getattr(sys, "stdlib_module_names", None)
        for node in ast.walk(ast.parse(source)):
            names = []
            if isinstance(node, ast.Import):
                names = [one.name for one in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names = [node.module]
            for name in names:
                first = name.partition(".")[0]
                if first == "asyncio":
                    gate_tasks.install(self.gate)
                elif first == "multiprocessing":
                    gate_multiprocessing.install(self.gate)
                elif first in _LOADED or (known and first in known and first not in _NOT_LOADED):
                    try:
                        __import__(name)
                        if first == "concurrent":
                            __import__("concurrent.futures.thread")
                    except ImportError:
                        pass

    # --- serve ----------------------------------------------------------------------------------

    def serve(self) -> None:
        """Fork a process for every request, until nobody asks any more."""
        lanes = 1 + len(self._more) // 2 if self._apart else 1
        ops = [[op.number, op.file, op.line, op.function, op.offset, op.text] for op in self.gate.ops]
        self.say(event="hello", pid=os.getpid(), version=list(sys.version_info[:3]), ops=ops,
                 changed=sorted(self.gate.names.changed), lanes=lanes, queues=self._alike)  # fmt: skip
        if lanes > 1:
            gate_apart.stay_on_core(self._divide(lanes))
        if self._alike:
            self._serve_alike()
            return
        taken, take = os.pipe()
        while True:
            child = os.fork()
            if child == 0:
                os.close(taken)
                try:
                    self.die_with_parent()
                    self.streams()
                    line = self.line()
                    if not line:
                        os._exit(UNUSED)
                    request = json.loads(line)
                    self.say(event="taken", run=request["run"], pid=os.getpid())
                    os.write(take, b"t")
                    os.close(take)
                    self.run(request)
                except BaseException as error:
                    self._broken(error)
                finally:
                    os._exit(3)
            # Wait until it has begun, then prepare the next; reap those that are done.
            while True:
                if _readable(taken, 0.05):
                    os.read(taken, 1)
                    break
                if child in self._reap() and not _readable(taken, 0):
                    return
            self._reap()

    def _serve_alike(self) -> None:
        """The same, one run after the other, where runs may have their beginning in common."""
        line = b""
        while True:
            line = line or self.line()
            if not line:
                return
            request = json.loads(line)
            given_back, back = os.pipe()
            child = os.fork()
            if child == 0:
                os.close(given_back)
                try:
                    self.die_with_parent()
                    self.streams()
                    if gate_trunk.may_share(request):
                        self.gate.before_threads = gate_trunk.Trunk(self, request, back).branch
                    self.run(request)
                except BaseException as error:
                    self._broken(error)
                finally:
                    os._exit(3)
            os.close(back)
            line = gate_trunk.wait_for(self, child, request, given_back)

    def die_with_parent(self) -> None:
        """In a process just forked: it is killed when the one that forked it ends."""
        if _prctl is not None:
            _prctl(1, signal.SIGKILL)

    def _broken(self, error: BaseException) -> None:
        import traceback

        self.say(event="broken", message="%s: %s" % (type(error).__name__, error),
                 traceback=traceback.format_exc())  # fmt: skip

    def _divide(self, lanes: int) -> int:
        """One process for each lane, all in the same state; gives the lane of the calling one."""
        for number in range(1, lanes):
            if os.fork() == 0:
                self.die_with_parent()
                os.close(self.requests)
                os.close(self.reports)
                self.requests, self.reports = self._more[2 * number - 2 : 2 * number]
                return number
        return 0

    def _reap(self) -> set[int]:
        """Forget the runs that have ended; tell of those that told no result themselves."""
        found: set[int] = set()
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return found
            if not pid:
                return found
            found.add(pid)
            code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else -1
            if code not in (TOLD, UNUSED):
                signal_number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
                self.say(event="died", pid=pid, code=code, signal=signal_number)

    # --- one run --------------------------------------------------------------------------------

    def run(self, request: dict[str, Any]) -> None:
        """In a forked process: run the program once.  Does not return."""
        gate = self.gate
        self.request = request
        hand = request["mode"] == "hand"
        self.hand = hand
        gate.stop = request.get("stop", SHARED)
        gate.lines = bool(gate.stop & LINE) or hand
        keys = request.get("keys")
        gate.keys = None if keys is None else frozenset(keys)
        gate.most_steps = request.get("most_steps", gate.most_steps)
        gate.finished = self.finished
        if request.get("log") or hand:
            gate.log = []
        if not self.target.get("call"):
            gate.setup = {"target": self.target, "stop": gate.stop, "keys": keys, "hand": hand,
                          "log": gate.log is not None}  # fmt: skip
        if hand:
            driver: Any = gate_drivers.ByHand(gate, request["prefix"], self.commands, self.reports)
        else:
            driver = gate_drivers.Ruled(gate, request)
        gate.driver = driver
        main = gate.adopt_main()
        if hand:
            driver.start()
        gate.new_step(main, [main], main)
        gate_random.begin(self.target.get("seed", 0))
        gate.active = True
        if "cpu_s" in request:
            gate_drivers.RAW_START(self._end_after, (request["cpu_s"], request["wall_s"]))
        self.main(main)

    def _end_after(self, cpu_s: float, wall_s: float) -> None:
        """End the run when it has computed, or gone on, for longer than that."""
        begin, begin_cpu = _monotonic(), _process_time()
        while _process_time() - begin_cpu < cpu_s and _monotonic() - begin < wall_s:
            pause(0.01)
        self.finished("limit", {"seconds": wall_s})

    def streams(self, written: bytes = b"") -> None:
        """What the program writes from now on is kept apart, behind ``written``."""
        output = _memory_file()
        os.write(output, written)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.close(output)
        nowhere = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nowhere, 0)
        os.close(nowhere)

    def new_module(self, name: str) -> types.ModuleType:
        """An empty module for the program's code; its folder stands first in the path, as for a script."""
        path = os.path.abspath(self.target["path"])
        module = types.ModuleType(name)
        module.__file__ = path
        module.__dict__["__builtins__"] = __builtins__
        first = self.target.get("path_first") or [os.path.dirname(path)]
        sys.path[:] = [*first, *[one for one in sys.path if one not in first]]
        return module

    def main(self, actor: Any) -> None:
        """The program's main thread."""
        gate = self.gate
        target = self.target
        call = target.get("call")
        module = self.module if call else self.new_module("__main__")
        self.module = module
        sys.argv[:] = [module.__file__ or "", *target.get("args", [])]
        error: BaseException | None = None
        try:
            if call:
                function: Any = module
                for name in call.split("."):
                    function = getattr(function, name)
                gate.trace(actor)
                function()
            else:
                sys.modules["__main__"] = module
                gate.trace(actor)
                exec(self.code, module.__dict__)
        except SystemExit as stop:
            if stop.code not in (None, 0):
                error = stop
        except BaseException as failure:
            error = failure
        finally:
            sys.settrace(None)
        if gate.left or gate.channel is not None:
            gate_processes.end(error)
        actor.inside = 1
        if error is not None:
            gate.active = True
            gate_threads.failed(error, actor)
        actor.frame = actor.op = None
        for callback in reversed(getattr(threading, "_threading_atexits", [])):
            callback()
        gate_threads.wait_for_all()
        gate_processes.wait_for_all()
        self.finished("ok", {})

    def finished(self, kind: str, detail: dict[str, Any]) -> None:
        """The run is over: tell what came of it, and end the process.  Called by whoever notices."""
        gate = self.gate
        gate.active = False
        if not self._ending.acquire(False):
            while True:  # another thread tells it, and ends us
                pause(1.0)
        for actor in gate.actors:
            if actor.after is not None and kind == "ok":
                gate._settle(actor)
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        except Exception:
            pass
        size = os.fstat(1).st_size
        output = os.pread(1, MOST_OUTPUT, 0).decode("utf-8", "replace")
        hand = self.request["mode"] == "hand"
        result: dict[str, Any] = {
            "event": "finished" if hand else "done",
            "run": self.request["run"],
            "pid": os.getpid(),
            "kind": kind,
            "detail": detail,
            "output": output,
            "cut": size > MOST_OUTPUT,
            "values": self.values() if kind == "ok" else {},
            "threads": [actor.name for actor in gate.actors],
            "unfair": gate.unfair,
            "processes": gate_drivers.processes(gate),
            "homes": [actor.process for actor in gate.actors],
            "free": gate.free,
            "now": gate.now,
            "count": len(gate.steps),
            "waiting": []
            if kind == "ok"
            else [gate_telling.position(gate, a) for a in gate.actors if not a.ended],
            "blocked": [
                [a.number, a.wait.accesses()] for a in gate.actors if a.wait is not None and not a.ended
            ],
            "log": gate.log or [],
        }
        if not hand:
            result.update(packed(gate.steps))
        self.say(**result)
        os._exit(TOLD)

    def values(self) -> dict[str, str]:
        """The program's variables with plain values, at its end, without the numbers of processes, which are
        others in every run."""
        found = {}
        processes = {os.getpid(), os.getppid(), *self.gate.children}
        for name in self.gate.names.variables:
            value = self.module.__dict__.get(name)
            if type(value) is int and value in processes:
                continue
            if type(value) in (int, float, str, bool):
                found[name] = shown(value)
        return found


def _memory_file() -> int:
    create = getattr(os, "memfd_create", None)
    if create is not None:
        return create("output")  # type: ignore[no-any-return]
    import tempfile

    return os.dup(tempfile.TemporaryFile().fileno())


def _readable(descriptor: int, seconds: float) -> bool:
    return bool(_select([descriptor], [], [], seconds)[0])


_prctl: Any = None
#: glibc's M_ARENA_MAX
_ARENA_MAX = -8


def serve(requests: int, reports: int, commands: int, *more: int) -> None:
    """The life of the server process."""
    global _prctl
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if sys.platform == "linux":
        try:
            import ctypes

            library = ctypes.CDLL(None)
            _prctl = library.prctl
            library.mallopt(_ARENA_MAX, 1)  # one thread runs at a time: they need no heaps of their own
        except (ImportError, OSError, AttributeError):
            pass
    for descriptor in (requests, reports, commands, *more):
        os.set_inheritable(descriptor, False)
    server = Server(requests, reports, commands, more)
    try:
        server.prepare()
    except BaseException as error:
        server.say(event="failed", kind=type(error).__name__, message=str(error))
        return
    try:
        server.serve()
    except BrokenPipeError:  # nobody listens any more
        pass
