"""What all schedules of a program have in common: all that it does before it starts its first thread.

Until then there is nothing to choose.  Where the program reaches nothing outside its process and asks
for nothing that is another at every run (``gate_apart.stays_alike``), that part is run once; the process
stops where the first thread would be started, and every run goes on in a fork of it.  At that place it
has one thread, as the interpreter wants it for a fork, and all runs have the same state, down to the
addresses of objects.
"""

from __future__ import annotations

import json
import os
import random
import sys
import threading
import weakref
from select import select as _select

from . import gate_drivers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .gate_server import Server

#: Exit status of a run that has told its result; of a process that was not asked for a run; of one that was
#: asked for a run which does not begin as it has, and has given that back.
TOLD, UNUSED, OTHER = 77, 78, 79
#: What the beginning does not depend on: all else of a request has to be the same.
_OWN = frozenset(("run", "prefix", "rule", "seed", "depth", "length", "blocks", "sleep", "known"))
#: A run that goes on for so long says which process it is, so that it can be ended.
_LONG_S = 1.0


def may_share(request: dict[str, Any]) -> bool:
    """Whether others may begin as this run does."""
    return bool(request.get("alike")) and request["mode"] == "rule" and "cpu_s" not in request


def wait_for(server: Server, child: int, request: dict[str, Any], given_back: int = -1) -> bytes:
    """Wait for the end of a forked process; tells which it is when that takes long, and when it told nothing
    itself.  Gives what it gave back."""
    told = _tell_when_long(server, child, request)
    line = b""
    while given_back >= 0:
        piece = os.read(given_back, 65536)
        if not piece:
            os.close(given_back)
            break
        line += piece
    status = os.waitpid(child, 0)[1]
    code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else -1
    if code not in (TOLD, UNUSED, OTHER):
        if not told:
            server.say(event="taken", run=request["run"], pid=child)
        signal_number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        server.say(event="died", pid=child, code=code, signal=signal_number)
    return line


def _tell_when_long(server: Server, child: int, request: dict[str, Any]) -> bool:
    descriptor = -1
    try:
        descriptor = os.pidfd_open(child)  # type: ignore[attr-defined,unused-ignore]
        if _select([descriptor], [], [], _LONG_S)[0]:
            return False
    except (AttributeError, OSError, ValueError):
        pass
    finally:
        if descriptor >= 0:
            os.close(descriptor)
    server.say(event="taken", run=request["run"], pid=child)
    return True


class Trunk:
    """The common beginning of all runs that are asked for as ``request`` is.  ``back``: where a request of
    another kind is given back."""

    def __init__(self, server: Server, request: dict[str, Any], back: int) -> None:
        self._server = server
        self._kind = _kind(request)
        self._back = back
        self._steps = 0

    def branch(self) -> None:
        """The program's main thread is about to start the first other one.  Returns once in the process of
        each run; the calling process forks one for each request, until a request is of another kind."""
        server = self._server
        gate = server.gate
        gate.before_threads = None
        gate.active = False
        pools = sys.modules.get("concurrent.futures.thread")
        if pools is not None and pools._global_shutdown_lock.locked():
            gate.active = (
                True  # it is taken for a fork, and belongs to nobody after it: this run is on its own
            )
            return
        self._steps = len(gate.steps)
        numbers = random.getstate()
        written = os.pread(1, os.fstat(1).st_size, 0)
        # After a fork ``threading`` takes threads that were not started yet for ended ones.
        module: Any = threading
        made, begun = module._dangling, module._limbo
        while True:
            gate.driver = gate_drivers.Ruled(gate, server.request)
            server.streams(written)
            module._dangling, module._limbo = weakref.WeakSet(), {}
            child = os.fork()
            module._dangling, module._limbo = made, begun
            if child == 0:
                break
            wait_for(server, child, server.request)
            line = server.line()
            if not line:
                os._exit(UNUSED)
            server.request = json.loads(line)
            if not self._begins(server.request):
                while line:
                    line = line[os.write(self._back, line) :]
                os._exit(OTHER)
        server.die_with_parent()
        os.close(self._back)
        random.setstate(numbers)  # the standard library has seeded its generator anew, from the system
        handle = getattr(module, "_ThreadHandle", None)
        if handle is not None:  # from 3.13 on, the same of the interpreter's own side of a thread
            for thread in list(made):
                if thread.ident is None:
                    thread._handle = handle()
        gate.active = True

    def _begins(self, request: dict[str, Any]) -> bool:
        """Whether the run that ``request`` asks for begins as this process has."""
        prefix = request.get("prefix", ())
        if not may_share(request) or _kind(request) != self._kind or any(prefix[: self._steps]):
            return False
        return not request.get("sleep") or len(prefix) >= self._steps


def _kind(request: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in request.items() if name not in _OWN}
