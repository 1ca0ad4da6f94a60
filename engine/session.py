"""One run of a program: started, watched, stopped.  Used by the command line and by the window.

``Session.start`` checks what can be checked before anything runs, starts the guard (see
``engine.observer``), and gives the events of the run.  When this process ends, however, the
control pipe closes and the guard ends everything that belongs to the run.
"""

from __future__ import annotations

import base64
import json
import os
import platform
import queue
import secrets
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine import interpreter as interpreters
from engine import version
from engine.errors import LockstepError, os_detail
from engine.observer import plan as plans
from engine.observer import session_file
from engine.session_folders import clean_up, default_folder, discard, new_folder, own, recoverable, release

__all__ = [
    "Launch",
    "Session",
    "check",
    "clean_up",
    "default_folder",
    "discard",
    "foreground",
    "new_folder",
    "own",
    "recoverable",
    "release",
]

_HERE = Path(__file__).resolve().parent
_BOOTSTRAP = _HERE / "agent" / "bootstrap.py"
_OBSERVER = _HERE / "observer"
DEFAULT_SIZE_LIMIT = 2 * 1024**3
#: How long the program may take to be started, the guard to end when told.
_START_S = 30.0
_END_S = 30.0


@dataclass
class Launch:
    """What to run and how.

    ``command``: as behind ``python``: ``[script, args…]``, ``["-m", module, args…]`` or
    ``["-c", code, args…]``.  ``interpreter``: path or name ("" for the one that runs us), ``options``
    its own options.  ``cwd``: "" for ours.  ``capture``: what the program writes is kept in the
    recording.  With ``terminals`` (what the window does, the default when capturing) its streams
    are pseudo-terminals of its own, in a session of its own; else they are ours, and captured
    output is passed on to them.  ``linger_s``: how long descendants may go on after the program's
    first process, None: until stopped.  ``scenario`` and ``parameters`` are only noted.
    """

    command: Sequence[str]
    interpreter: str = ""
    options: Sequence[str] = ()
    cwd: str = ""
    time_limit_s: float | None = None
    size_limit_bytes: int = DEFAULT_SIZE_LIMIT
    capture: bool = False
    terminals: bool | None = None
    gil: str = "auto"
    priority: str = "auto"
    scenario: str | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    session_folder: Path | None = None
    linger_s: float | None = None
    columns: int = 80
    rows: int = 24

    @property
    def module(self) -> str | None:
        """The module that is run with ``-m``."""
        return self.command[1] if len(self.command) > 1 and self.command[0] == "-m" else None

    @property
    def script(self) -> str | None:
        """The script that is run."""
        first = self.command[0] if self.command else "-"
        return None if first.startswith("-") else first

    @property
    def streams(self) -> str:
        """One of the ways of ``engine.observer.plan``."""
        if not self.capture:
            return plans.INHERIT
        return plans.TEE if self.terminals is False else plans.TERMINALS


def check(launch: Launch) -> interpreters.Interpreter:
    """Everything that can be found wrong before the program runs.  Raises LockstepError."""
    if sys.platform == "win32":
        # Launching, ending and following a tree of processes is POSIX only so far (job objects and
        # ReadProcessMemory would be the way); recordings can be opened.
        raise LockstepError("platform_unsupported", system=platform.system())
    cwd = Path(launch.cwd)
    if not cwd.is_dir():
        raise LockstepError("folder_missing", path=str(cwd))
    script = launch.script
    if script is not None:
        path = cwd / script
        if not path.exists():
            raise LockstepError("script_missing", path=script)
        if path.is_dir() and not (path / "__main__.py").exists():
            raise LockstepError("script_is_folder", path=script)
        if not path.is_dir() and not os.access(path, os.R_OK):
            raise LockstepError("script_unreadable", path=script, detail="permission denied")
    return interpreters.probe(launch.interpreter or sys.executable)


class Session:
    """A run.  Made by ``start``; to be closed (a context manager as well).

    ``folder``: the session folder; ``events``: what happened, as dicts with ``event`` (see
    ``engine.observer.guard``; the last is ``finished``).  Methods may be called from any thread.
    """

    def __init__(
        self, launch: Launch, folder: Path, guard: subprocess.Popen[bytes], control: int, report: int
    ) -> None:
        self.launch = launch
        self.folder = folder
        self.events: queue.Queue[dict[str, Any]] = queue.Queue()
        self.pid = 0
        self.exit_status: int | None = None
        self.exit_signal = 0
        self.timed_out = False
        self.stopped = False
        self._guard = guard
        self._control = control
        self._report = report
        self._sending = threading.RLock()
        self._started = threading.Event()
        self._finished = threading.Event()
        self._problem = ""
        self._listener: Callable[[dict[str, Any]], None] | None = None
        self._reader = threading.Thread(target=self._read, name="lockstep-session", daemon=True)

    @classmethod
    def start(cls, launch: Launch, on_event: Callable[[dict[str, Any]], None] | None = None) -> Session:
        """Start the program; returns when it runs.

        ``on_event``: called with every event, in a thread of the session's own.
        Raises LockstepError: see ``check``; ``session_folder``; ``observer_failed``.
        """
        python = check(launch)
        folder = launch.session_folder or new_folder(_name_of(launch))
        made = launch.session_folder is None
        try:
            session = cls._start(launch, python, folder)
        except BaseException:
            if made:
                discard(folder)
            raise
        session._listener = on_event
        session._reader.start()
        session._started.wait(_START_S)
        if not session.pid:
            session.close()
            detail = session._problem or "it did not start in time"
            if made:
                discard(folder)
            raise LockstepError("observer_failed", detail=detail)
        return session

    @classmethod
    def _start(cls, launch: Launch, python: interpreters.Interpreter, folder: Path) -> Session:
        plan = _plan(launch, python, folder)
        own_session = plan.streams == plans.TERMINALS
        theirs_control, control = os.pipe()
        report, theirs_report = os.pipe()
        try:
            try:
                guard = _start_guard(theirs_control, theirs_report, own_session)
            finally:
                os.close(theirs_control)
                os.close(theirs_report)
            session = cls(launch, folder, guard, control, report)
        except OSError as error:
            os.close(control)
            os.close(report)
            raise LockstepError("observer_failed", detail=os_detail(error)) from None
        session._send_text(plan.to_json())
        return session

    # --- commands -----------------------------------------------------------------------------

    @property
    def running(self) -> bool:
        """Whether anything of the run may still be alive, or be written."""
        return not self._finished.is_set()

    def stop(self) -> None:
        """SIGTERM for every process of the run, SIGKILL after two seconds.  Returns at once."""
        self._send(do="stop")

    def send_input(self, data: bytes) -> None:
        """Give the program ``data`` on standard input (only when it has terminals of ours)."""
        self._send(do="input", data=base64.b64encode(data).decode())

    def end_input(self) -> None:
        """Standard input ends here."""
        self._send(do="end_input")

    def resize(self, columns: int, rows: int) -> None:
        """Its terminals have another size now."""
        self._send(do="resize", columns=columns, rows=rows)

    def wait(self, timeout_s: float | None = None) -> int | None:
        """Wait until the run is over and everything of it is written; its exit status as a shell
        gives it (128 + N after signal N, 124 at the time limit), None: not over yet, or not known."""
        if not self._finished.wait(timeout_s):
            return None
        return self.exit_status

    def close(self) -> None:
        """End whatever of the run is left, at once, and wait for it.  The folder stays."""
        with self._sending:
            control, self._control = self._control, -1
        if control >= 0:
            os.close(control)
        try:
            self._guard.wait(_END_S)
        except subprocess.TimeoutExpired:
            self._guard.kill()
            self._guard.wait()
        if self._reader.is_alive():
            self._reader.join()
        report, self._report = self._report, -1
        if report >= 0:
            os.close(report)

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    # --- inside -------------------------------------------------------------------------------

    def _send(self, **command: Any) -> None:
        self._send_text(json.dumps(command))

    def _send_text(self, text: str) -> None:
        data = text.encode() + b"\n"
        with self._sending:  # a signal handler of the same thread may come here as well: an RLock
            if self._control < 0:
                return
            try:
                while data:
                    data = data[os.write(self._control, data) :]
            except BrokenPipeError:  # the run is over
                return

    def _read(self) -> None:
        """The session's thread: events until everybody of the observer is gone."""
        rest = b""
        try:
            while data := os.read(self._report, 65536):
                lines = (rest + data).split(b"\n")
                rest = lines.pop()
                for line in lines:
                    self._take(json.loads(line))
        finally:
            if not self._finished.is_set():
                self._abandoned()

    def _take(self, event: dict[str, Any]) -> None:
        kind = event.get("event")
        if kind == "started":
            self.pid = int(event["pid"])
        elif kind == "exited":
            self.exit_status = int(event["status"])
            self.exit_signal = int(event["signal"])
            self.timed_out = bool(event["timed_out"])
            self.stopped = bool(event["stopped"])
        elif kind == "error" and not self.pid:
            self._problem = str(event.get("message", ""))
        self.events.put(event)
        if self._listener is not None:
            self._listener(event)
        if kind == "finished":
            self._finished.set()
        if kind in ("started", "finished"):
            self._started.set()

    def _abandoned(self) -> None:
        """The guard was lost; the follower has ended the program and is gone too."""
        self._take({"event": "error", "code": "observer_died", "message": "the observer ended unexpectedly"})
        try:
            info = json.loads((self.folder / "session.json").read_text(encoding="utf-8"))
            session_file.end(str(self.folder), info, self.exit_status, observer_died=True)
        except (OSError, ValueError):
            pass
        self._take({"event": "finished"})


@contextmanager
def foreground(launch: Launch) -> Iterator[Session]:
    """``Session.start`` on the command line, closed at the end; in the main thread.

    Until then what the terminal sends to its whole foreground group (^C, ^\\) is for the program, and
    does not end us; when we are to be ended (SIGTERM, SIGHUP) the run is stopped.
    """
    sessions: list[Session] = []
    to_stop = False

    def let_pass(number: int, frame: object) -> None:
        """Not SIG_IGN: a handler is reset in the programs that are started, ignoring is inherited."""

    def stop(number: int, frame: object) -> None:
        nonlocal to_stop
        to_stop = True
        for session in sessions:
            session.stop()

    before: dict[int, Any] = {}
    for name, handler in (("SIGINT", let_pass), ("SIGQUIT", let_pass), ("SIGTERM", stop), ("SIGHUP", stop)):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            before[number] = signal.signal(number, handler)
    try:
        with Session.start(launch) as session:
            sessions.append(session)
            if to_stop:
                session.stop()
            yield session
    finally:
        for number, former in before.items():
            signal.signal(number, former)


def _name_of(launch: Launch) -> str:
    if launch.scenario:
        return launch.scenario
    if launch.script:
        return Path(launch.script).stem
    return launch.module or "code"


def _plan(launch: Launch, python: interpreters.Interpreter, folder: Path) -> plans.Plan:
    token = secrets.token_hex(8)
    bootstrap = [str(_BOOTSTRAP), "--session", str(folder.resolve()), "--token", token, "--"]
    return plans.Plan(
        session=str(folder.resolve()),
        argv=[python.path, *launch.options, *bootstrap, *launch.command],
        cwd=str(Path(launch.cwd).absolute()) if launch.cwd else "",
        streams=launch.streams,
        time_limit_s=launch.time_limit_s,
        size_limit_bytes=launch.size_limit_bytes,
        gil=launch.gil,
        priority=launch.priority,
        linger_s=launch.linger_s,
        columns=launch.columns,
        rows=launch.rows,
        info={
            "lockstep": version.VERSION,
            "command": [python.path, *launch.options, *launch.command],
            "script": launch.script,
            "module": launch.module,
            "scenario": launch.scenario,
            "parameters": launch.parameters,
            "cwd": str(Path(launch.cwd).absolute()),
            "interpreter": {
                "executable": python.executable,
                "version": python.version,
                "implementation": python.implementation,
                "free_threaded": python.free_threaded,
            },
        },
    )


def _start_guard(control: int, report: int, own_session: bool) -> subprocess.Popen[bytes]:
    """The guard, which gets the other ends of our pipes.

    On the command line it inherits every descriptor that we would hand to the program; the
    window hands on nothing but the pipes.
    """
    argv = [sys.executable, "-I", "-S", str(_OBSERVER), str(control), str(report)]
    if own_session:
        return subprocess.Popen(
            argv, pass_fds=(control, report), start_new_session=True, stdin=subprocess.DEVNULL
        )
    os.set_inheritable(control, True)
    os.set_inheritable(report, True)
    return subprocess.Popen(argv, close_fds=False)
