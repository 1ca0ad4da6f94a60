"""Launches the program, follows its processes until the last has ended, stops it when asked.

A process of its own below the guard, which it reports to in lines of JSON: ``launched`` (pid),
``exited`` (wait status of the program's first process), ``full``, ``problem``, ``done``.
The guard's commands come on another pipe: ``stop``, ``kill``; its end means kill.
"""

from __future__ import annotations

import json
import os
import select
import signal
import time
from typing import Any

from engine.agent.layout import Kind, Line, Way
from engine.observer import ending, launcher, pace, reach
from engine.observer.board import Board
from engine.observer.crew import Crew
from engine.observer.launcher import Streams
from engine.observer.plan import Plan
from engine.observer.segment import Segment
from engine.observer.tree import Tree

#: Between SIGTERM and SIGKILL.
GRACE_S = 2.0
_LIVELY_S, _CALM_S = 0.004, 0.015
_LIVELY_FOR_S = 0.5
_WEIGH_EVERY_S = 0.25


class Follower:
    """``commands`` and ``reports`` are pipes from and to the guard."""

    def __init__(
        self, plan: Plan, streams: Streams, ignored: frozenset[int], commands: int, reports: int
    ) -> None:
        self._plan = plan
        self._streams = streams
        self._ignored = ignored
        self._commands = commands
        self._reports = reports
        self._rest = b""
        self._folder = os.path.join(plan.session, "observer")
        self._full = os.path.join(plan.session, "full")
        self._root_status: int | None = None
        self._root_ended_s = 0.0
        self._stop_s = 0.0  # when SIGTERM was sent, 0: not stopping
        self._killing = False
        self._deadline_s = 0.0
        self._lively_until_s = 0.0
        self._next_weigh_s = 0.0
        self._modest = False

    def run(self) -> None:
        """From launch to the end of the last process."""
        os.mkdir(self._folder, 0o700)
        seen = reach.find_out()
        way = _choose_way(self._plan.gil, seen)
        _write_conf(self._plan, way)
        self._side_fd = os.open(
            os.path.join(self._folder, "side.jsonl"),
            os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC,
            0o600,
        )
        self._segment = Segment(os.path.join(self._folder, "o0.seg"), self._full)
        poked, poke = os.pipe()
        os.set_blocking(poked, False)
        os.set_blocking(poke, False)
        self._poked = poked
        self._board = Board()
        self._say_what_can_be_seen(way, seen)
        realtime = self._plan.priority == "auto" and pace.can_be_realtime()
        self._crew = Crew(self._folder, self._board, self._full, self._side_fd, poke, realtime)
        if way == Way.PROC or seen.calls:
            self._crew.start()
        self._tree = Tree(
            self._plan.session,
            self._board,
            self._segment,
            self._side_fd,
            [member.pipe for member in self._crew.members],
            way == Way.PROC,
            seen.calls,
        )
        self._tree.spare = self._crew.pids()
        self._wake = self._wake_on_signals()
        try:
            self._launch()
            while not self._over():
                self._turn()
        finally:
            self._end()
        self._report("done")

    # --- beginning ----------------------------------------------------------------------------

    def _say_what_can_be_seen(self, way: int, seen: reach.Reach) -> None:
        reasons = list(seen.reasons)
        if way == Way.NONE and self._plan.gil == "off":
            reasons.append("off: the GIL was not to be looked at")
        line = [Line.OBSERVING, way, 100_000, self._plan.priority, reasons]
        os.write(self._side_fd, json.dumps(line).encode() + b"\n")

    def _wake_on_signals(self) -> int:
        woken, wake = os.pipe()
        os.set_blocking(woken, False)
        os.set_blocking(wake, False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        self._wake_end = wake
        return woken

    def _launch(self) -> None:
        plan = self._plan
        begun_s = time.monotonic()
        try:
            pid = launcher.launch(plan.argv, plan.cwd, self._streams, self._ignored)
        except OSError as error:
            self._report("problem", code="not_started", message=error.strerror or str(error))
            self._root_status = 127 << 8
            return
        finally:
            for descriptor in {self._streams.stdin, self._streams.stdout, self._streams.stderr} - {-1}:
                os.close(descriptor)
        launcher.let_go_of_streams()
        self._tree.root = pid
        self._tree.add(pid, os.getpid())
        self._lively_until_s = begun_s + _LIVELY_FOR_S
        if plan.time_limit_s is not None:
            self._deadline_s = begun_s + plan.time_limit_s
        self._report("launched", pid=pid)

    # --- one turn -----------------------------------------------------------------------------

    def _turn(self) -> None:
        now_s = time.monotonic()
        wait_s = _LIVELY_S if now_s < self._lively_until_s or self._killing else _CALM_S
        sources = [self._commands, self._wake, self._poked, *self._tree.wakes]
        ready, _, _ = select.select(sources, [], [], wait_s)
        if self._wake in ready:
            os.read(self._wake, 4096)
        if self._poked in ready:
            os.read(self._poked, 4096)
        if self._commands in ready:
            self._read_commands()
        self._bury()
        if self._tree.look():
            self._lively_until_s = time.monotonic() + _LIVELY_FOR_S
        now_s = time.monotonic()
        self._adapt()
        if now_s >= self._next_weigh_s:
            begin_s = time.monotonic()
            self._weigh()
            self._next_weigh_s = time.monotonic() + max(_WEIGH_EVERY_S, 30 * (time.monotonic() - begin_s))
        self._watch_time(now_s)

    def _read_commands(self) -> None:
        data = os.read(self._commands, 65536)
        if not data:
            self._killing = True
            return
        lines = (self._rest + data).split(b"\n")
        self._rest = lines.pop()
        for line in lines:
            command = json.loads(line)["do"]
            if command == "kill":
                self._killing = True
            elif command == "stop" and not self._stop_s:
                self._stop()

    def _bury(self) -> None:
        ending.bury(self._ended)

    def _ended(self, pid: int, status: int) -> None:
        if pid in self._crew.pids():
            self._tree.forget(self._crew.pipe_of(pid))
            member = self._crew.replace(pid)
            self._tree.spare = self._crew.pids()
            if member is not None:
                self._tree.introduce(member.pipe)
            self._report("problem", code="sampler_lost", message=f"a sampler ended with status {status}")
            return
        if pid == self._tree.root and self._root_status is None:
            self._root_status = status
            self._root_ended_s = time.monotonic()
            self._report("exited", wait_status=status)
        self._tree.scan_now()
        self._tree.ended(pid, status)

    def _over(self) -> bool:
        """Whether nobody is left."""
        if self._killing:
            self._kill()
            return True
        if self._root_status is None or self._tree.processes:
            return False
        self._tree.scan_now()
        self._tree.look()
        self._bury()
        return not self._tree.processes

    # --- limits -------------------------------------------------------------------------------

    def _adapt(self) -> None:
        """Take no core from the program, unless we would not get one at all."""
        modest = not self._board.control[Board.BUSY]
        if modest is not self._modest:
            self._modest = modest
            pace.be_modest(modest)

    def _weigh(self) -> None:
        """Stop recording when the session folder has reached its limit."""
        if os.path.exists(self._full):
            return
        total = 0
        for folder, _, names in os.walk(self._plan.session):
            for name in names:
                try:
                    total += os.stat(os.path.join(folder, name)).st_blocks * 512
                except OSError:
                    continue
        if total >= self._plan.size_limit_bytes:
            os.close(os.open(self._full, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o600))
            self._report("full", bytes=total)

    def _watch_time(self, now_s: float) -> None:
        plan = self._plan
        if self._deadline_s and now_s >= self._deadline_s and not self._stop_s:
            if self._root_status is None:
                self._report("timed_out")
            self._stop()
        lingers = plan.linger_s is not None and self._root_status is not None
        if lingers and not self._stop_s and now_s >= self._root_ended_s + (plan.linger_s or 0.0):
            self._report("lingering", pids=sorted(self._tree.processes))
            self._stop()
        if self._stop_s and now_s >= self._stop_s + GRACE_S:
            self._killing = True

    def _stop(self) -> None:
        """SIGTERM for everybody; SIGKILL follows after ``GRACE_S``."""
        self._stop_s = time.monotonic()
        self._tree.scan_now()
        for pid in ending.signal_all(signal.SIGTERM, self._tree.spare):
            self._note_signal(pid, signal.SIGTERM)

    def _kill(self) -> None:
        for pid in list(self._tree.processes):
            self._note_signal(pid, signal.SIGKILL)
        if not ending.kill_all(self._tree.spare, self._ended):
            self._report("problem", code="not_killed", message="some processes could not be ended")
        for pid in list(self._tree.processes):
            self._tree.ended(pid, -1)

    def _note_signal(self, pid: int, number: signal.Signals) -> None:
        process = self._tree.processes.get(pid)
        serial = process.serial if process is not None else 0
        self._segment.add(time.perf_counter_ns(), Kind.STOP_SENT, number, obj=pid, process=serial)

    # --- end ----------------------------------------------------------------------------------

    def _end(self) -> None:
        signal.set_wakeup_fd(-1)
        # also after a failure of ours: nothing may be left
        ending.kill_all(self._tree.spare)
        self._crew.stop()
        self._tree.close()
        self._segment.close()
        self._weigh()

    def _report(self, event: str, **data: Any) -> None:
        try:
            os.write(self._reports, json.dumps({"event": event, **data}).encode() + b"\n")
        except (BrokenPipeError, BlockingIOError):
            pass


def _choose_way(wish: str, seen: reach.Reach) -> int:
    if wish == "off":
        return Way.NONE
    if wish == "interpreter":
        return Way.INTERPRETER
    if seen.memory:
        return Way.PROC
    return Way.NONE if wish == "proc" else Way.INTERPRETER


def _write_conf(plan: Plan, way: int) -> None:
    """What every agent of this session reads."""
    name = {Way.NONE: "off", Way.PROC: "proc", Way.INTERPRETER: "interpreter"}[way]
    text = f"gil={name}\nsize_limit={plan.size_limit_bytes}\n"
    descriptor = os.open(
        os.path.join(plan.session, "agent.conf"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600
    )
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)
