"""What a sampler looks at: processes, their GILs, their threads; told by the follower in messages.

A message is a JSON array; the first element says what:
``["process", serial, pid]``, ``["gil", serial, slot, interpreter, address, size, end, sampled]``,
``["gil_gone", serial, interpreter]``, ``["thread", serial, slot, tid, tstate]``,
``["thread_gone", serial, tid]``, ``["process_gone", serial]``.
"""

from __future__ import annotations

import json
import os
import signal

from engine.observer import procfs
from engine.observer.board import WORDS, Board

#: The switch interval unless a program sets another.
USUAL_INTERVAL_NS = 5_000_000
FIRST_WORD = 8  # from the interval word to last_holder, 64-bit systems with /proc


class Gil:
    """``slot`` on the board; ``address`` of its ``last_holder``; ``interpreter`` id.

    ``sampled``: it is read from here (otherwise only its futexes are known).  A futex from ``low``
    to ``high`` belongs to it.  ``shown`` are the words that the last sample showed.  Whoever waits
    for it asks its holder to let go after ``interval_ns`` (``sys.setswitchinterval``).  ``sampled_ns``:
    when this sampler read it last, and what it showed has been written.
    """

    __slots__ = (
        "address", "high", "holder", "interpreter", "interval_ns", "low", "sampled", "sampled_ns", "shown",
        "slot", "words",
    )  # fmt: skip

    def __init__(
        self, board: Board, slot: int, interpreter: int, address: int, end: int, sampled: bool
    ) -> None:
        self.slot = slot
        self.interpreter = interpreter
        self.address = address + FIRST_WORD
        self.low, self.high = address, address + end
        self.sampled = sampled
        self.sampled_ns = 0
        self.shown = board.words[slot * WORDS : (slot + 1) * WORDS]
        self.holder = 0
        self.interval_ns = USUAL_INTERVAL_NS
        self.words = b""

    def read_interval(self, memory: int) -> None:
        """Bring ``interval_ns`` up to date from the process's ``memory`` (a descriptor of it)."""
        try:
            word = os.pread(memory, FIRST_WORD, self.low)
        except OSError:
            return
        if len(word) == FIRST_WORD:
            self.interval_ns = int.from_bytes(word, "little") * 1_000


class Thread:
    """``tstate``: address of its Python thread state, 0 not known.  ``call`` and ``cpu`` are
    descriptors of its files in /proc, -1 when they cannot be had."""

    __slots__ = ("call", "code", "cpu", "slot", "text", "tid", "tstate")

    def __init__(self, slot: int, pid: int, tid: int, tstate: int) -> None:
        self.slot = slot
        self.tid = tid
        self.tstate = tstate
        self.call = _open(f"/proc/{pid}/task/{tid}/syscall")
        self.cpu = _open(f"/proc/{pid}/task/{tid}/schedstat")
        self.text = b""
        self.code = 0

    def close(self) -> None:
        for descriptor in (self.call, self.cpu):
            if descriptor >= 0:
                os.close(descriptor)
        self.call = self.cpu = -1


class Process:
    """``serial``: the observer's number for it.  ``memory``: descriptor of its memory.  ``asked_ns``:
    since when one of its threads waits for a GIL, 0 none does."""

    __slots__ = (
        "asked_ns", "by_tstate", "due", "gils", "looked_ns", "memory", "pid", "rounds", "samples", "serial",
        "threads",
    )  # fmt: skip

    def __init__(self, serial: int, pid: int) -> None:
        self.serial = serial
        self.pid = pid
        self.memory = -1
        self.gils: list[Gil] = []
        self.threads: list[Thread] = []
        self.by_tstate: dict[int, Thread] = {}
        self.asked_ns = 0
        self.due = 0
        self.looked_ns = 0
        self.samples = 0
        self.rounds = 0

    def open_memory(self) -> bool:
        """Open (again) what its memory can be read through; False when that is refused."""
        if self.memory >= 0:
            os.close(self.memory)
        self.memory = _open(f"/proc/{self.pid}/mem")
        return self.memory >= 0

    def drop_thread(self, thread: Thread) -> None:
        self.threads.remove(thread)
        if self.by_tstate.get(thread.tstate) is thread:
            del self.by_tstate[thread.tstate]
        thread.close()

    def close(self) -> None:
        for thread in self.threads:
            thread.close()
        if self.memory >= 0:
            os.close(self.memory)
            self.memory = -1


def _open(path: str) -> int:
    try:
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return -1


class Targets:
    """All that is looked at now; ``read`` takes in the messages that have come."""

    def __init__(self, board: Board, source: int) -> None:
        self._board = board
        self._source = source
        self._rest = b""
        self.processes: dict[int, Process] = {}

    def read(self) -> None:
        """Take in what has been written to the pipe (not blocking)."""
        while True:
            try:
                data = os.read(self._source, 65536)
            except BlockingIOError:
                return
            if not data:
                return
            lines = (self._rest + data).split(b"\n")
            self._rest = lines.pop()
            for line in lines:
                self._take(*json.loads(line))

    def _take(self, what: str, serial: int, *rest: int) -> None:
        if what == "process":
            self.processes[serial] = Process(serial, *rest)
            return
        process = self.processes.get(serial)
        if process is None:
            return
        if what == "gil":
            slot, interpreter, address, size, end, sampled = rest
            if size == FIRST_WORD + WORDS:
                process.gils = [gil for gil in process.gils if gil.interpreter != interpreter]
                process.gils.append(Gil(self._board, slot, interpreter, address, end, bool(sampled)))
                process.open_memory()
        elif what == "gil_gone":
            process.gils = [gil for gil in process.gils if gil.interpreter != rest[0]]
        elif what == "thread":
            self._thread(process, *rest)
        elif what == "thread_gone":
            for thread in [thread for thread in process.threads if thread.tid == rest[0]]:
                process.drop_thread(thread)
        elif what == "process_gone":
            process.close()
            del self.processes[serial]

    def _thread(self, process: Process, slot: int, tid: int, tstate: int) -> None:
        for thread in process.threads:
            if thread.tid == tid:
                break
        else:
            thread = Thread(slot, process.pid, tid, tstate)
            process.threads.append(thread)
        if tstate:
            thread.tstate = tstate
            process.by_tstate[tstate] = thread
        process.due = 0

    def kill(self, session: str) -> None:
        """End every process that is known, those they have started since, and those that carry the
        agent of this session (their command lines name its folder)."""
        self.read()
        known = [process.pid for process in self.processes.values()]
        for _ in range(3):
            started = [pid for root in known for pid in procfs.descendants(root)]
            for pid in {*known, *started, *procfs.with_in_command_line("--session\0" + session)} - {
                os.getpid()
            }:
                procfs.send(pid, signal.SIGKILL)

    def close(self) -> None:
        for process in self.processes.values():
            process.close()
        self.processes.clear()
        os.close(self._source)
