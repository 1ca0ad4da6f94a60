"""The process between the window (or the command line) and everything of one run.

Lets the program's input and output through, passes commands on, and ends the whole tree when
the control pipe closes or the follower is lost.  Does little, so that little can go wrong with
it; when it is lost itself, the follower ends the tree.

Commands (lines of JSON on the control pipe, after the plan): ``{"do": "stop"}``,
``{"do": "kill"}``, ``{"do": "input", "data": base64}``, ``{"do": "end_input"}``,
``{"do": "resize", "columns": …, "rows": …}``.  Events, the same on the report pipe: ``started``
(pid), ``exited`` (status as a shell gives it, signal, timed_out, stopped), ``full``, ``error``
(code, message), ``finished``.
"""

from __future__ import annotations

import base64
import json
import os
import select
import signal
import sys
import time
import traceback
from typing import Any

from engine.observer import ending, launcher, linux, session_file
from engine.observer.follower import Follower
from engine.observer.output import OutputFile
from engine.observer.plan import INHERIT, TEE, TERMINALS, Plan
from engine.observer.terminal import Console

TIMED_OUT_STATUS = 124
#: The part of the size limit that captured output may take.
OUTPUT_SHARE = 8
#: How long the follower may take to end everybody before the guard does it.
_PATIENCE_S = 15.0


def exit_status(wait_status: int) -> int:
    """As a shell gives it: the exit code, or 128 + the signal's number."""
    code = os.waitstatus_to_exitcode(wait_status)
    return code if code >= 0 else 128 - code


def main(control: int, report: int) -> int:
    """The guard's life.  The exit status says nothing."""
    os.set_inheritable(control, False)
    os.set_inheritable(report, False)
    ignored = launcher.inherited_ignored()
    # What a terminal sends to its whole foreground group is for the program.
    for name in ("SIGINT", "SIGQUIT", "SIGHUP", "SIGTERM", "SIGPIPE"):
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    linux.become_subreaper()
    plan, rest = _read_plan(control)
    if plan is None:
        return 1
    guard = Guard(plan, control, report, rest)
    try:
        guard.run(ignored)
    except BaseException as error:
        guard.tell(event="error", code="observer_failed", message=f"{type(error).__name__}: {error}")
        _keep_problem(plan.session)
    finally:
        ending.kill_all()
        guard.tell(event="finished")
        guard.say_all()
    return 0


def _read_plan(control: int) -> tuple[Plan | None, bytes]:
    """The first line, and what came behind it."""
    data = b""
    while b"\n" not in data:
        piece = os.read(control, 65536)
        if not piece:
            return None, b""
        data += piece
    line, _, rest = data.partition(b"\n")
    return Plan.from_json(line.decode()), rest


def _keep_problem(session: str) -> None:
    try:
        with open(os.path.join(session, "observer-problem.txt"), "a", encoding="utf-8") as file:
            traceback.print_exc(file=file)
    except OSError:
        traceback.print_exc(file=sys.stderr)


class Guard:
    """``control`` and ``report``: pipes from and to the window; ``rest``: commands already read."""

    def __init__(self, plan: Plan, control: int, report: int, rest: bytes) -> None:
        self._plan = plan
        self._control = control
        self._report = report
        self._rest = rest
        self._follower = 0
        self._to_follower = -1
        self._from_follower = -1
        self._follower_rest = b""
        self._follower_done = False
        self._root = 0
        self._status: int | None = None
        self._timed_out = False
        self._stopped = False
        self._said_exited = False
        self._lost_window = False
        self._late_s = 0.0  # from then on the guard does not wait for the follower any more
        self._info: dict[str, Any] = {}
        self._output: OutputFile | None = None
        self._console = Console(None)
        os.set_blocking(report, False)
        self._unsaid = b""

    def run(self, ignored: frozenset[int]) -> None:
        """From the plan to the last byte of output."""
        plan = self._plan
        self._info = session_file.begin(plan)
        if plan.streams != INHERIT:
            limit = plan.size_limit_bytes // OUTPUT_SHARE
            self._output = OutputFile(os.path.join(plan.session, "output.bin"), limit)
        if plan.streams == TERMINALS:
            assert self._output is not None
            self._console = Console.with_terminals(self._output, plan.columns, plan.rows)
            self._console.become_terminal()
        elif plan.streams == TEE:
            assert self._output is not None
            self._console = Console.passing_on(self._output)
        self._wake = self._wake_on_signals()
        self._start_follower(ignored)
        if plan.streams != TEE:
            launcher.let_go_of_streams()
        self._take_commands(b"")
        while not self._follower_done:
            self._turn()
        self._finish()

    def _wake_on_signals(self) -> int:
        woken, wake = os.pipe()
        os.set_blocking(woken, False)
        os.set_blocking(wake, False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        if self._plan.streams == TEE and hasattr(signal, "SIGWINCH"):
            signal.signal(signal.SIGWINCH, lambda number, frame: self._console.follow_our_size())
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        return woken

    def _start_follower(self, ignored: frozenset[int]) -> None:
        commands, self._to_follower = os.pipe()
        self._from_follower, reports = os.pipe()
        guard = os.getpid()
        self._follower = os.fork()
        if self._follower == 0:
            status = 1
            try:
                signal.set_wakeup_fd(-1)
                # The report pipe stays open: its end says that nobody is left.
                for descriptor in (self._to_follower, self._from_follower, self._control):
                    os.close(descriptor)
                self._console.close_our_ends()
                linux.become_subreaper()
                if os.getppid() == guard:
                    Follower(self._plan, self._console.streams, ignored, commands, reports).run()
                status = 0
            except BaseException:
                _keep_problem(self._plan.session)
                ending.kill_all()
            finally:
                os._exit(status)
        os.close(commands)
        os.close(reports)
        os.set_blocking(self._from_follower, False)
        self._console.close_program_ends()

    # --- the loop -----------------------------------------------------------------------------

    def _turn(self) -> None:
        console = self._console
        readers = [self._from_follower, self._wake, *console.readers()]
        if not self._lost_window:
            readers.append(self._control)
        writers = console.writers()
        if self._unsaid:
            writers.append(self._report)
        readable, writable, _ = select.select(readers, writers, [], 1.0)
        if self._wake in readable:
            os.read(self._wake, 4096)
        console.transfer(readable, writable)
        if self._report in writable:
            self._say_more()
        if self._control in readable:
            data = os.read(self._control, 65536)
            if data:
                self._take_commands(data)
            else:
                self._window_is_gone()
        if self._from_follower in readable:
            self._read_follower()
        if self._late_s and time.monotonic() > self._late_s:
            self._follower_done = True

    def _window_is_gone(self) -> None:
        self._lost_window = True
        self._command("kill")
        self._late_s = time.monotonic() + _PATIENCE_S

    def _take_commands(self, data: bytes) -> None:
        lines = (self._rest + data).split(b"\n")
        self._rest = lines.pop()
        for line in lines:
            command = json.loads(line)
            do = command.get("do")
            if do in ("stop", "kill"):
                self._stopped = True
                self._command(do)
            elif do == "input":
                if not self._console.send(base64.b64decode(command["data"])):
                    self.tell(event="error", code="input_refused", message="the program reads no input")
            elif do == "end_input":
                self._console.send_end()
            elif do == "resize":
                self._console.resize(int(command["columns"]), int(command["rows"]))

    def _command(self, do: str) -> None:
        try:
            os.write(self._to_follower, json.dumps({"do": do}).encode() + b"\n")
        except BrokenPipeError:
            pass

    # --- the follower -------------------------------------------------------------------------

    def _read_follower(self) -> None:
        while True:
            try:
                data = os.read(self._from_follower, 65536)
            except BlockingIOError:
                return
            if not data:
                self._follower_is_gone()
                return
            lines = (self._follower_rest + data).split(b"\n")
            self._follower_rest = lines.pop()
            for line in lines:
                self._hear(**json.loads(line))

    def _hear(self, event: str, **data: Any) -> None:
        if event == "launched":
            self._root = data["pid"]
            if self._output is not None:
                self._output.pid = self._root
            self.tell(event="started", pid=self._root)
        elif event == "exited":
            self._status = data["wait_status"]
            self._say_exited()
        elif event == "timed_out":
            self._timed_out = True
        elif event == "problem":
            self.tell(event="error", **data)
        elif event == "done":
            self._follower_done = True
        else:
            self.tell(event=event, **data)

    def _follower_is_gone(self) -> None:
        """Its pipe has ended.  Without its word that it is done, everybody is ended here."""
        if not self._follower_done:
            self._follower_done = True
            self.tell(event="error", code="observer_died", message="the observer ended unexpectedly")

    def _say_exited(self) -> None:
        if self._said_exited or self._status is None:
            return
        self._said_exited = True
        self.tell(
            event="exited",
            status=TIMED_OUT_STATUS if self._timed_out else exit_status(self._status),
            signal=os.WTERMSIG(self._status) if os.WIFSIGNALED(self._status) else 0,
            timed_out=self._timed_out,
            stopped=self._stopped,
        )

    def _ended(self, pid: int, status: int) -> None:
        if pid == self._root and self._status is None:
            self._status = status

    # --- end ----------------------------------------------------------------------------------

    def _finish(self) -> None:
        # The follower has ended everybody; if it was lost, its children are ours now.
        ending.kill_all(frozenset(), self._ended)
        self._say_exited()
        deadline = time.monotonic() + _PATIENCE_S
        self._console.drain(lambda: time.monotonic() > deadline)
        self._console.close()
        if self._output is not None:
            self._output.close()
        status: int | None = None
        if self._timed_out:
            status = TIMED_OUT_STATUS
        elif self._status is not None:
            status = exit_status(self._status)
        session_file.end(
            self._plan.session, self._info, status, stopped=self._stopped, timed_out=self._timed_out
        )

    # --- reporting ----------------------------------------------------------------------------

    def tell(self, **event: Any) -> None:
        """Send an event; kept when the window does not read just now, forgotten when it is gone."""
        self._unsaid += json.dumps(event).encode() + b"\n"
        self._say_more()

    def say_all(self) -> None:
        """Wait until everything has been said, unless nobody listens."""
        deadline = time.monotonic() + _PATIENCE_S
        while self._unsaid and time.monotonic() < deadline:
            select.select([], [self._report], [], 1.0)
            self._say_more()

    def _say_more(self) -> None:
        try:
            while self._unsaid:
                self._unsaid = self._unsaid[os.write(self._report, self._unsaid) :]
        except BlockingIOError:
            return
        except OSError:
            self._unsaid = b""
