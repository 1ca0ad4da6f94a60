"""The process that controlled runs are forked from, seen from here (``engine/agent/gate_server.py``)."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import select
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine import interpreter as interpreters
from engine.agent.gate_actors import LENGTH_DIGITS
from engine.errors import LockstepError
from engine.schedule.ending import end_group
from engine.schedule.target import Target

_MAIN = Path(__file__).resolve().parent.parent / "agent" / "gate_main.py"
#: How long a program may take to be read and prepared.
_START_S = 60.0


@dataclass(frozen=True)
class Place:
    """An instruction: ``text`` says what it does, in a few words."""

    file: str = ""
    line: int = 0
    function: str = ""
    offset: int = -1
    text: str = ""


class Lane:
    """The pipes to and from one process that runs the program again and again, one run after the other."""

    def __init__(self) -> None:
        self.for_child: tuple[int, ...] = ()
        requests, self._requests = os.pipe()
        self.reports, reports = os.pipe()
        self.for_child = requests, reports
        self._rest = b""
        self._lines: list[bytes] = []
        #: nothing will be told any more
        self.ended = False

    def request(self, what: str) -> None:
        """Ask for something, in JSON."""
        data = what.encode()
        write(self._requests, b"%0*d%b" % (LENGTH_DIGITS, len(data), data))

    def event(self, timeout_s: float) -> dict[str, Any] | None:
        """The next event; None when none came in time, or none will come any more."""
        deadline = time.monotonic() + timeout_s
        while not self._lines:
            left = deadline - time.monotonic()
            if not select.select([self.reports], [], [], max(0.0, left))[0]:
                return None
            data = os.read(self.reports, 1 << 16)
            if not data:
                self.ended = True
                return None
            *self._lines, self._rest = (self._rest + data).split(b"\n")
        try:
            found = json.loads(self._lines.pop(0))
        except ValueError:  # the program wrote into our pipe
            return {"event": "broken", "message": "what came from the program was not understood"}
        return found if isinstance(found, dict) else {"event": "broken", "message": "not an object"}

    @property
    def pending(self) -> bool:
        """Whether an event is here already."""
        return bool(self._lines)

    def leave_to_child(self) -> None:
        """The other process has its ends of the pipes."""
        for descriptor in self.for_child:
            os.close(descriptor)
        self.for_child = ()

    def close(self) -> None:
        for descriptor in (self._requests, self.reports, *self.for_child):
            if descriptor >= 0:
                os.close(descriptor)
        self._requests = self.reports = -1
        self.for_child = ()


def write(descriptor: int, data: bytes) -> None:
    """All of ``data``, unless nobody reads it any more."""
    try:
        while data:
            data = data[os.write(descriptor, data) :]
    except BrokenPipeError:
        pass


class Server:
    """Runs a target again and again from the same state.  A context manager; for one thread.

    ``lanes``: so many runs may go on side by side, where the program reaches nothing outside itself; how
    many it came to is in ``lanes``.  Raises LockstepError: the interpreter or the program cannot be used.
    """

    def __init__(self, target: Target, lanes: int = 1, explored: bool = False) -> None:
        if not hasattr(os, "fork"):
            raise LockstepError("platform_unsupported", system=platform.system())
        self.target = target
        self.python = interpreters.probe(target.interpreter or sys.executable)
        self.places: dict[int, Place] = {0: Place()}
        self.version: tuple[int, ...] = ()
        self._runs = 0
        self.lanes = [Lane() for _ in range(lanes)]
        commands, self._commands = os.pipe()
        first, *others = [lane.for_child for lane in self.lanes]
        given = (*first, commands, *(descriptor for pair in others for descriptor in pair))
        environment = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
        try:
            self._process = subprocess.Popen(
                [self.python.path, "-X", "utf8", str(_MAIN), *map(str, given)],
                pass_fds=given,
                env=environment,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        finally:
            os.close(commands)
            for lane in self.lanes:
                lane.leave_to_child()
        try:
            self.lanes[0].request(json.dumps({**target.request(), "explored": explored}))
            hello = self.event(_START_S)
        except BaseException:
            self.close()
            raise
        if hello is None or hello["event"] != "hello":
            self.close()
            detail = f"{hello.get('kind')}: {hello.get('message')}" if hello else "it did not start"
            raise LockstepError("explore_failed", path=str(target.path), detail=detail)
        self.version = tuple(hello["version"])
        #: classes of variables that functions of the program change
        self.changed: set[str] = set(hello["changed"])
        for number, file, line, function, offset, what in hello["ops"]:
            self.places[number] = Place(file, line, function, offset, what)
        #: whether a lane may be asked for a run while one goes on there
        self.queues: bool = hello["queues"]
        for lane in self.lanes[hello["lanes"] :]:
            lane.close()
        del self.lanes[hello["lanes"] :]

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, lane: int = 0, **request: Any) -> int:
        """Ask for a run; gives its number."""
        return self.ask_encoded(lane, json.dumps(request))

    def ask_encoded(self, lane: int, request: str) -> int:
        """The same for a request in JSON, an object that is not empty."""
        self._runs += 1
        self.lanes[lane].request(f'{{"run": {self._runs}, {request[1:]}')
        return self._runs

    def command(self, **command: Any) -> None:
        """Tell a run by hand what to do."""
        write(self._commands, json.dumps(command).encode() + b"\n")

    def event(self, timeout_s: float) -> dict[str, Any] | None:
        """The next event of the first lane; None when none came in time, or none will come any more."""
        return self.lanes[0].event(timeout_s)

    def kill_run(self, pid: int) -> None:
        """End one run at once."""
        if pid > 0:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)

    def close(self) -> None:
        """End everything, at once."""
        end_group(self._process.pid)
        self._process.wait()
        for lane in self.lanes:
            lane.close()
        if self._commands >= 0:
            os.close(self._commands)
            self._commands = -1

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
