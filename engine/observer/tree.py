"""The processes of one run: who they are, what is known of their threads and GILs.

Finds descendants in ``/proc`` and agents by the folders they make in the session folder; tells
the samplers what to look at, and records who came and went.
"""

from __future__ import annotations

import json
import os
import re
import select
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from engine.agent.layout import Kind, Line
from engine.observer import procfs
from engine.observer.board import MOST_GILS, MOST_THREADS, Board
from engine.observer.segment import Segment
from engine.observer.side_lines import SideLines

_FOLDER = re.compile(r"p(\d+)-([0-9a-f]+)(?:i(\d+))?$")
#: A slot on the board is used again only after this long: the samplers must have heard.
_SLOT_REST_S = 2.0
#: Looking for children costs; it may take this share of the time.
_SCAN_SHARE = 0.03
#: A process that carries no agent: so many of its threads are looked at.
_MOST_FOREIGN_THREADS = 16


@dataclass(eq=False)
class Followed:
    """``serial`` is the observer's number of it; ``folder`` "" when it carries no agent.

    ``agents``: side files by interpreter; ``threads``: slot by native id."""

    serial: int
    pid: int
    parent: int
    folder: str = ""
    command: str = ""
    agents: dict[int, SideLines] = field(default_factory=dict)
    threads: dict[int, int] = field(default_factory=dict)
    tstates: dict[int, int] = field(default_factory=dict)
    gil_slots: dict[int, int] = field(default_factory=dict)
    handle: int = -1  # a pidfd
    since_ns: int = 0


#: So many of those that ended are remembered.
_MOST_OVER = 4096


class Slots:
    """Numbers from 0 to ``most`` - 1; one given back rests before it is given out again."""

    def __init__(self, most: int) -> None:
        self._fresh = iter(range(most))
        self._resting: deque[tuple[float, int]] = deque()

    def take(self) -> int:
        """A free number, -1 when there is none."""
        if self._resting and self._resting[0][0] < time.monotonic():
            return self._resting.popleft()[1]
        return next(self._fresh, -1)

    def give_back(self, slot: int) -> None:
        self._resting.append((time.monotonic() + _SLOT_REST_S, slot))


class Tree:
    """``spare``: children of ours that do not belong to the program.  ``pipes``: where messages for
    the samplers are written.  ``sample_gil``: the samplers read the GIL's words."""

    def __init__(
        self,
        session: str,
        board: Board,
        segment: Segment,
        side_fd: int,
        pipes: list[int],
        sample_gil: bool,
        look_at_threads: bool,
    ) -> None:
        self._session = session
        self._board = board
        self._segment = segment
        self._side_fd = side_fd
        #: by pipe: what has not been written to it yet
        self._waiting: dict[int, bytes] = dict.fromkeys(pipes, b"")
        self._sample_gil = sample_gil
        self._look_at_threads = look_at_threads
        self._next_serial = 1
        self._gil_slots = Slots(MOST_GILS)
        self._thread_slots = Slots(MOST_THREADS)
        self._folders: set[str] = set()
        self._folder_stamp: tuple[int, int] = (0, 0)
        self._next_scan = 0.0
        self._next_list = 0.0
        self._ends = select.epoll() if hasattr(select, "epoll") else None
        self._by_handle: dict[int, Followed] = {}
        self.processes: dict[int, Followed] = {}
        self.spare: frozenset[int] = frozenset()
        self.root = 0
        self.everybody = 0  # how many there have been
        self._over: dict[int, int] = {}  # pid → when its end was noticed, for the last ones

    # --- what the follower calls --------------------------------------------------------------

    def add(self, pid: int, parent: int) -> Followed:
        """Follow ``pid`` from now on."""
        now = time.perf_counter_ns()
        process = Followed(self._next_serial, pid, parent, since_ns=now)
        self._next_serial += 1
        self.everybody += 1
        self.processes[pid] = process
        process.command = procfs.command_line(pid)
        self._segment.add(now, Kind.PROCESS_SEEN, pid, obj=parent, process=process.serial)
        self._describe(process)
        self._tell("process", process.serial, pid)
        if self._ends is not None and hasattr(os, "pidfd_open"):
            try:
                process.handle = os.pidfd_open(pid)
                self._ends.register(process.handle, select.EPOLLIN)
                self._by_handle[process.handle] = process
            except OSError:
                process.handle = -1
        self._list_threads(process)
        return process

    def ended(self, pid: int, status: int, *, became_another: bool = False) -> None:
        """``pid`` is gone; ``status`` as waitpid gives it, -1 not known.  ``became_another``: only its
        program is, another one runs under its number."""
        process = self.processes.pop(pid, None)
        if process is None:
            return
        self._read_agents(process)
        now = time.perf_counter_ns()
        self._over.pop(pid, None)
        self._over[pid] = now
        if len(self._over) > _MOST_OVER:
            del self._over[next(iter(self._over))]
        for tid in list(process.threads):
            self._drop_thread(process, tid, now)
        for slot in process.gil_slots.values():
            self._gil_slots.give_back(slot)
        self._segment.add(
            now, Kind.PROCESS_GONE, status, obj=pid, process=process.serial, flags=int(became_another)
        )
        self._tell("process_gone", process.serial)
        self._forget_handle(process)

    def _forget_handle(self, process: Followed) -> None:
        if process.handle >= 0 and self._ends is not None:
            self._ends.unregister(process.handle)
            del self._by_handle[process.handle]
            os.close(process.handle)
            process.handle = -1

    def look(self) -> bool:
        """One round: new folders, new lines, new children, ends.  True when something was new."""
        before = self.everybody, len(self.processes), self._board.control[Board.CHANGES]
        self._find_folders()
        for process in list(self.processes.values()):
            self._read_agents(process)
        now = time.monotonic()
        if now >= self._next_scan:
            self._find_children()
            self._next_scan = time.monotonic() + max(0.01, (time.monotonic() - now) / _SCAN_SHARE)
        if now >= self._next_list:
            begin = time.monotonic()
            for process in list(self.processes.values()):
                self._list_threads(process)
            self._next_list = time.monotonic() + max(0.005, (time.monotonic() - begin) / _SCAN_SHARE)
        self._find_ends()
        self._flush()
        return before != (self.everybody, len(self.processes), self._board.control[Board.CHANGES])

    @property
    def wakes(self) -> list[int]:
        """What becomes readable when a process that is not our child has ended: its status can be had
        until its parent buries it."""
        return [self._ends.fileno()] if self._ends is not None else []

    def scan_now(self) -> None:
        """Look for children in this round whatever it costs."""
        self._next_scan = 0.0

    def close(self) -> None:
        for process in self.processes.values():
            if process.handle >= 0:
                os.close(process.handle)
        if self._ends is not None:
            self._ends.close()

    # --- processes ----------------------------------------------------------------------------

    def _describe(self, process: Followed) -> None:
        line = [
            Line.OBSERVED, process.serial, process.pid, process.parent, process.folder, process.command,
            time.perf_counter_ns(),
        ]  # fmt: skip
        os.write(self._side_fd, json.dumps(line).encode() + b"\n")

    def _find_children(self) -> None:
        """Everybody's children, and the orphans that have become ours."""
        mine = os.getpid()
        for parent in [mine, *self.processes]:
            for pid in procfs.children(parent):
                if pid not in self.processes and pid not in self.spare and procfs.lives(pid, parent):
                    self.add(pid, parent)
        for process in self.processes.values():
            if not process.folder:
                command = procfs.command_line(process.pid)
                if command and command != process.command:  # it has become another program
                    process.command = command
                    self._describe(process)

    def _find_ends(self) -> None:
        """Processes that are not our children: their parents bury them."""
        if self._ends is not None:
            for handle, _ in self._ends.poll(0):
                process = self._by_handle[handle]
                if procfs.parent(process.pid) != os.getpid():
                    self.ended(process.pid, _status_of_zombie(process.pid))
                else:  # waitpid will tell
                    self._forget_handle(process)
        for process in list(self.processes.values()):
            if process.handle < 0 and not procfs.alive(process.pid):
                self.ended(process.pid, -1)

    # --- agents -------------------------------------------------------------------------------

    def _find_folders(self) -> None:
        try:
            stat = os.stat(self._session)
            stamp = (stat.st_mtime_ns, stat.st_nlink)
            if stamp == self._folder_stamp and time.time_ns() - stat.st_mtime_ns > 100_000_000:
                return
            self._folder_stamp = stamp
            names = os.listdir(self._session)
        except OSError:
            return
        for name in sorted(names):
            if name not in self._folders:
                match = _FOLDER.match(name)
                if match and os.path.exists(os.path.join(self._session, name, "side.jsonl")):
                    self._folders.add(name)
                    self._new_folder(name, int(match[1]), int(match[2], 16), int(match[3] or 0))

    def _new_folder(self, name: str, pid: int, start_ns: int, interpreter: int) -> None:
        process = self.processes.get(pid)
        gone = process is None and (procfs.is_zombie(pid) or not procfs.alive(pid))
        if process is None and pid in self._over and (interpreter or start_ns <= self._over[pid]):
            return  # it was seen, and had ended before its folder was
        if process is None:
            process = self.add(pid, procfs.parent(pid))
        elif process.folder and interpreter == 0:  # exec: another program under the same pid
            self.ended(pid, -1, became_another=True)
            process = self.add(pid, process.parent)
        process.agents[interpreter] = SideLines(os.path.join(self._session, name, "side.jsonl"))
        if interpreter == 0:
            process.folder = name
            process.command = procfs.command_line(pid)
            self._describe(process)
        self._read_agents(process)
        if gone:  # it came and went between two looks
            self.ended(pid, _status_of_zombie(pid))

    def _read_agents(self, process: Followed) -> None:
        for interpreter, lines in process.agents.items():
            for line in lines.read():
                if line[0] == Line.GIL:
                    self._gil_line(process, interpreter, line)
                elif line[0] == Line.THREAD:
                    self._thread_line(process, line)

    def _gil_line(self, process: Followed, interpreter: int, line: list[Any]) -> None:
        address, layout = line[2], line[3]
        if not address:
            if process.gil_slots.pop(interpreter, None) is not None:
                self._tell("gil_gone", process.serial, interpreter)
            return
        slot = process.gil_slots.get(interpreter, -1)
        if slot < 0:
            slot = self._gil_slots.take()
            if slot < 0:
                return
            process.gil_slots[interpreter] = slot
            self._board.gil_time[slot] = 0
        self._tell(
            "gil", process.serial, slot, interpreter, address, layout["size"], layout["end"],
            int(self._sample_gil),
        )  # fmt: skip

    def _thread_line(self, process: Followed, line: list[Any]) -> None:
        tid, tstate = line[4], line[5]
        if tid:
            if tstate:
                process.tstates[tid] = tstate
            self._add_thread(process, tid)

    # --- threads ------------------------------------------------------------------------------

    def _list_threads(self, process: Followed) -> None:
        if not self._look_at_threads or procfs.thread_count(process.pid) == len(process.threads):
            return
        tids = procfs.threads(process.pid)
        if not process.agents:
            tids = sorted(tids)[:_MOST_FOREIGN_THREADS]
        now = time.perf_counter_ns()
        for tid in set(process.threads).difference(tids):
            self._drop_thread(process, tid, now)
        for tid in tids:
            if tid not in process.threads:
                self._add_thread(process, tid)

    def _add_thread(self, process: Followed, tid: int) -> None:
        if not self._look_at_threads:
            return
        slot = process.threads.get(tid, -1)
        if slot < 0:
            slot = self._thread_slots.take()
            if slot < 0:
                return
            board = self._board
            board.thread_state[slot] = board.thread_time[slot] = board.thread_since[slot] = 0
            board.cpu_time[slot] = 0
            process.threads[tid] = slot
            self._segment.add(time.perf_counter_ns(), Kind.THREAD_SEEN, thread=tid, process=process.serial)
        self._tell("thread", process.serial, slot, tid, process.tstates.get(tid, 0))

    def _drop_thread(self, process: Followed, tid: int, now: int) -> None:
        slot = process.threads.pop(tid)
        process.tstates.pop(tid, None)
        self._thread_slots.give_back(slot)
        self._segment.add(now, Kind.THREAD_GONE, thread=tid, process=process.serial)
        self._tell("thread_gone", process.serial, tid)

    # --- samplers -----------------------------------------------------------------------------

    def _tell(self, *message: Any) -> None:
        line = json.dumps(message, separators=(",", ":")).encode() + b"\n"
        for pipe in self._waiting:
            self._waiting[pipe] += line
        self._flush()

    def _flush(self) -> None:
        wrote = False
        for pipe, data in self._waiting.items():
            if data:
                try:
                    count = os.write(pipe, data)
                except (BlockingIOError, BrokenPipeError):
                    continue
                self._waiting[pipe] = data[count:]
                wrote = True
        if wrote:
            self._board.control[Board.CHANGES] += 1

    def forget(self, pipe: int) -> None:
        """The sampler that reads from it is gone."""
        self._waiting.pop(pipe, None)

    def introduce(self, pipe: int) -> None:
        """A sampler that has just been started: tell it everything that is known."""
        lines: list[tuple[Any, ...]] = []
        for process in self.processes.values():
            lines.append(("process", process.serial, process.pid))
            lines += [
                ("thread", process.serial, slot, tid, process.tstates.get(tid, 0))
                for tid, slot in process.threads.items()
            ]
        self._waiting[pipe] = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
        for process in self.processes.values():
            for interpreter, lines_of in list(process.agents.items()):
                process.agents[interpreter] = lines_of.again()
            self._read_agents(process)
        self._flush()


def _status_of_zombie(pid: int) -> int:
    """The wait status of a process that its parent has not buried yet, else -1 (proc_pid_stat(5),
    field 52)."""
    words = procfs.read(f"/proc/{pid}/stat", 4096).rpartition(b")")[2].split()
    return int(words[49]) if len(words) > 49 and words[0] in (b"Z", b"X") else -1
