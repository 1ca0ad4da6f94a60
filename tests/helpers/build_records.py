"""Recordings made by hand, in memory: what agents and observer would write, cut into batches at will.

Times are microseconds here, so that tests read well; records carry nanoseconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engine.agent import layout
from engine.agent.layout import Acquired, End, Gil, Kind, Line, Os, Result, Wait
from engine.batch import OBSERVER_INDEX, RECORD_DTYPE, Batch, ProcessFeed, Records

US = 1_000


@dataclass
class Stream:
    """Records of one writer, in the order in which they were written."""

    rows: list[tuple[int, int, int, int, int, int, int]] = field(default_factory=list)

    def add(
        self, at_us: float, kind: int, thread: int, obj: int = 0, value: int = 0, flags: int = 0, loc: int = 0
    ) -> None:
        self.rows.append((round(at_us * US), value, thread, obj, loc, flags, kind))

    def array(self) -> Records:
        return np.array(self.rows, RECORD_DTYPE)


class ThreadBuilder:
    """One thread and its records."""

    def __init__(self, process: ProcessBuilder, serial: int, name: str, tid: int, obj: int) -> None:
        self.process, self.serial, self.name, self.tid, self.obj = process, serial, name, tid, obj
        self.state_address = 0x1000 * process.pid + 16 * serial
        self.stream = Stream()

    def record(
        self, at_us: float, kind: int, obj: int = 0, value: int = 0, flags: int = 0, loc: int = 0
    ) -> ThreadBuilder:
        self.stream.add(at_us, kind, self.serial, obj, value, flags, loc)
        return self

    def registers(self, at_us: float, *, daemon: bool = False, interpreter: int = 0) -> ThreadBuilder:
        """Its THREAD line, as written by itself."""
        self.process.line(
            at_us,
            [Line.THREAD, self.serial, self.name, 7000 + self.serial, self.tid, self.state_address, daemon,
             0, interpreter, self.obj, round(at_us * US)],
        )  # fmt: skip
        return self

    def begins(self, at_us: float, *, daemon: bool = False) -> ThreadBuilder:
        self.registers(at_us, daemon=daemon)
        return self.record(at_us, Kind.THREAD_BEGIN, self.obj, self.tid)

    def starts(self, at_us: float, other: ThreadBuilder, loc: int = 0) -> ThreadBuilder:
        return self.record(at_us, Kind.THREAD_START, other.obj, loc=loc)

    def ends(self, at_us: float, how: int = End.FINISHED, text: int = 0) -> ThreadBuilder:
        return self.record(at_us, Kind.THREAD_END, self.obj, text, how)

    def waits(
        self,
        begin_us: float,
        end_us: float | None,
        reason: int,
        obj: int = 0,
        *,
        result: int = Result.GOT,
        timeout_ns: int = -1,
        loc: int = 0,
    ) -> ThreadBuilder:
        self.record(begin_us, Kind.WAIT_BEGIN, obj, timeout_ns, reason, loc)
        if end_us is not None:
            self.record(end_us, Kind.WAIT_END, obj, 0, reason | result)
        return self

    def sleeps(self, begin_us: float, end_us: float, loc: int = 0) -> ThreadBuilder:
        return self.waits(begin_us, end_us, Wait.SLEEP, loc=loc)

    def takes(self, at_us: float, lock: int, *, since_us: float | None = None, loc: int = 0) -> ThreadBuilder:
        """Acquires ``lock``; after a wait that began at ``since_us``."""
        if since_us is not None:
            self.record(since_us, Kind.WAIT_BEGIN, lock, -1, Wait.LOCK, loc)
            return self.record(at_us, Kind.ACQUIRED, lock, 0, Acquired.AFTER_WAIT, loc)
        return self.record(at_us, Kind.ACQUIRED, lock, 0, 0, loc)

    def gives(self, at_us: float, lock: int, loc: int = 0) -> ThreadBuilder:
        return self.record(at_us, Kind.RELEASED, lock, 0, 0, loc)


class ProcessBuilder:
    """One process folder."""

    def __init__(
        self, recording: RecordingBuilder, index: int, pid: int, start_us: float, parent: int, flags: Any
    ) -> None:
        self.recording, self.index, self.pid = recording, index, pid
        self.folder = f"p{pid}-{round(start_us * US):x}"
        self.serial = index + 1  # the observer's
        self.lines: list[tuple[int, list[Any]]] = []
        self.threads: dict[int, ThreadBuilder] = {}
        self._next_object = 100 * (index + 1)
        self.line(
            start_us,
            [Line.PROCESS, pid, parent, round(start_us * US), "3.13.0", "cpython", "/usr/bin/python3",
             ["/home/user/program.py"], "/", flags],
        )  # fmt: skip
        recording.observer_line(start_us, [Line.OBSERVED, self.serial, pid, parent, self.folder, "python", 0])

    def line(self, at_us: float, line: list[Any]) -> None:
        self.lines.append((round(at_us * US), line))

    def object(self, sort: str, name: str, at_us: float = 0, loc: int = 0, **extra: Any) -> int:
        """An object; gives its serial."""
        self._next_object += 1
        extra.setdefault("family", "threading")
        self.line(at_us, [Line.OBJECT, self._next_object, sort, name, loc, extra])
        return self._next_object

    def string(self, number: int, text: str, at_us: float = 0) -> int:
        self.line(at_us, [Line.STRING, number, text])
        return number

    def place(self, number: int, line: int, at_us: float = 0, file: str = "program.py") -> int:
        self.line(at_us, [Line.LOCATION, number, file, line, "work", 0, "__main__"])
        return number

    def thread(self, name: str, at_us: float = 0, serial: int = 0) -> ThreadBuilder:
        """A thread that has not begun."""
        serial = serial or len(self.threads) + 1
        obj = self.object("Thread", name, at_us)
        tid = self.pid if serial == 1 else 10 * self.pid + serial
        thread = ThreadBuilder(self, serial, name, tid, obj)
        self.threads[serial] = thread
        return thread

    def main(self, at_us: float = 0) -> ThreadBuilder:
        """The main thread, with its first record."""
        thread = self.thread("MainThread", at_us).registers(at_us)
        return thread.record(at_us, Kind.PROCESS_BEGIN, 0, 1)

    # --- as seen from outside ------------------------------------------------------------------

    def gil(
        self,
        at_us: float,
        holder: ThreadBuilder | None,
        switches: int,
        since_us: float = 100,
        *,
        locked: bool = True,
        interpreter: int = 0,
    ) -> None:
        """A change that a sample showed; the sample before was ``since_us`` earlier."""
        flags = (Gil.LOCKED | Gil.CERTAIN if holder is not None and locked else 0) | interpreter << 8
        number = 0
        if holder is not None:
            number = self.recording.holder(self, holder, at_us)
        value = (switches & 0x7FFFFFFF) << 32 | round(since_us * US)
        self.recording.sampled.add(at_us, Kind.GIL, 0, number, value, flags, self.serial)

    def gap(self, end_us: float, length_us: float, *, unchanged: bool = True) -> None:
        flags = Gil.UNCHANGED if unchanged else 0
        self.recording.sampled.add(end_us, Kind.GIL_GAP, 0, 0, round(length_us * US), flags, self.serial)

    def looked(self, *at_us: float, samples: int = 100, age_us: int = 0) -> None:
        """``age_us``: how long before that the GIL was sampled last."""
        for at in at_us:
            self.recording.sampled.add(at, Kind.LOOKED, 0, 1, samples, age_us, self.serial)

    def looks(self, begin_us: float, end_us: float, every_us: float = 20_000) -> None:
        """LOOKED all along."""
        at = begin_us
        while at < end_us:
            self.looked(at)
            at += every_us
        self.looked(end_us)

    def state(self, at_us: float, thread: ThreadBuilder, state: int, since_us: float = 100) -> None:
        self.recording.sampled.add(
            at_us, Kind.OS_STATE, thread.tid, 0, round(since_us * US), state, self.serial
        )

    def cpu(self, at_us: float, thread: ThreadBuilder, waited_us: float, ran_us: float) -> None:
        self.recording.sampled.add(
            at_us, Kind.CPU, thread.tid, round(ran_us), round(waited_us * US), 0, self.serial
        )

    def seen(self, at_us: float, parent: int = 1) -> None:
        self.recording.sampled.add(at_us, Kind.PROCESS_SEEN, 0, parent, self.pid, 0, self.serial)

    def gone(self, at_us: float, status: int = 0, *, became_another: bool = False) -> None:
        self.recording.sampled.add(
            at_us, Kind.PROCESS_GONE, 0, self.pid, status, int(became_another), self.serial
        )


class RecordingBuilder:
    """A whole run."""

    def __init__(self) -> None:
        self.processes: list[ProcessBuilder] = []
        self.sampled = Stream()
        self.lines: list[tuple[int, list[Any]]] = []
        self._holders: dict[tuple[int, int], int] = {}

    def process(
        self, pid: int = 100, start_us: float = 0, *, parent: int = 1, **flags: Any
    ) -> ProcessBuilder:
        process = ProcessBuilder(self, len(self.processes), pid, start_us, parent, flags)
        self.processes.append(process)
        return process

    def observer_line(self, at_us: float, line: list[Any]) -> None:
        self.lines.append((round(at_us * US), line))

    def holder(self, process: ProcessBuilder, thread: ThreadBuilder, at_us: float) -> int:
        key = (process.index, thread.state_address)
        if key not in self._holders:
            self._holders[key] = len(self._holders) + 1
            self.observer_line(at_us, [Line.HOLDER, self._holders[key], process.serial, thread.state_address])
        return self._holders[key]

    # --- batches -------------------------------------------------------------------------------

    def batches(self, *cuts_us: float, eager: bool = False) -> list[Batch]:
        """The run in batches whose watermarks are ``cuts_us``, and a last one with the rest.

        ``eager``: every batch brings what its watermark promises and half of the rest, too.
        """
        cuts = [round(cut * US) for cut in sorted(cuts_us)]
        streams = {
            (process.index, thread.serial): thread.stream.array()
            for process in self.processes
            for thread in process.threads.values()
        }
        sampled = self.sampled.array()
        sampled = sampled[np.argsort(sampled["time"], kind="stable")]
        taken = dict.fromkeys(streams, 0)
        sampled_taken = 0
        lines_taken = {process.index: 0 for process in self.processes}
        observer_taken = 0
        batches = []
        for cut in [*cuts, None]:
            feeds = []
            for process in self.processes:
                feed = ProcessFeed(process.folder, process.index, process.pid)
                for thread in process.threads.values():
                    rows = streams[(process.index, thread.serial)]
                    begin = taken[(process.index, thread.serial)]
                    end = _upto(rows, begin, cut, eager=eager)
                    if end > begin:
                        feed.records[thread.serial] = rows[begin:end]
                        feed.native_ids[thread.serial] = thread.tid
                    taken[(process.index, thread.serial)] = end
                latest = max((int(rows["time"].max()) for rows in feed.records.values()), default=0)
                known = len(process.lines) if cut is None else _lines_upto(process.lines, max(cut, latest))
                begin = lines_taken[process.index]
                feed.lines = [line for _, line in process.lines[begin:known]]
                lines_taken[process.index] = max(begin, known)
                if feed.lines or feed.records:
                    feeds.append(feed)
            observer = ProcessFeed("observer", OBSERVER_INDEX)
            end = _upto(sampled, sampled_taken, cut, eager=eager)
            if end > sampled_taken:
                observer.records[0] = sampled[sampled_taken:end]
            latest = int(sampled["time"][end - 1]) if end else 0
            sampled_taken = end
            known = len(self.lines) if cut is None else _lines_upto(self.lines, max(cut, latest))
            observer.lines = [line for _, line in self.lines[observer_taken:known]]
            observer_taken = max(observer_taken, known)
            batches.append(Batch(cut or 0, feeds, observer, complete=cut is None))
        return batches


def _upto(rows: Records, begin: int, cut: int | None, *, eager: bool) -> int:
    """How many rows a batch brings: all that are older than ``cut``, as written."""
    if cut is None:
        return len(rows)
    older = np.flatnonzero(rows["time"] < cut)
    end = max(begin, int(older[-1]) + 1 if len(older) else 0)
    return end + (len(rows) - end) // 2 if eager else end


def _lines_upto(lines: list[tuple[int, list[Any]]], cut: int) -> int:
    lines.sort(key=lambda line: line[0])
    return sum(1 for at, _ in lines if at <= cut)


__all__ = ["US", "End", "Kind", "Os", "RecordingBuilder", "Result", "Wait", "layout"]
