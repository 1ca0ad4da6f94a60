"""Session folders made by hand: real segment files, side files and output, without a program.

They hold what agent and observer would write, byte for byte as ``layout`` says, so that the
reading side is tested against files and not against fakes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.agent import layout
from engine.agent.layout import End, Gil, Kind, Line, Way

RECORD_DTYPE = np.dtype(layout.RECORD_FIELDS)

#: time_ns, kind, obj, value, flags, loc: as ``recorder.emit_at`` takes them.
Event = tuple[int, ...]


def records(thread: int, events: Iterable[Event]) -> NDArray[np.void]:
    """Events as records of one thread; what an event leaves out at its end is 0."""
    rows = []
    for event in events:
        time_ns, kind, obj, value, flags, loc = (*event, 0, 0, 0, 0)[:6]
        rows.append((time_ns, value, thread, obj, loc, flags, kind))
    return np.array(rows, dtype=RECORD_DTYPE)


class SegmentFile:
    """A segment as its writer leaves it: a header, records, then zeroed room to grow."""

    def __init__(
        self, path: Path, *, writer: int, pid: int, thread: int, native_id: int, start_ns: int, version: int
    ) -> None:
        self.path = path
        self.thread = thread
        self.filled = 0
        self.room = 0
        header = layout.SEGMENT_HEADER.pack(
            layout.SEGMENT_MAGIC, version, writer, pid, thread, native_id, start_ns, 0
        )
        path.write_bytes(header.ljust(layout.SEGMENT_HEADER_SIZE, b"\0"))

    def put(self, at: int, rows: NDArray[np.void]) -> None:
        """Fill slots from ``at`` on, allocating chunks as the recorder does."""
        end = layout.SEGMENT_HEADER_SIZE + (at + len(rows)) * layout.RECORD_SIZE
        with self.path.open("r+b") as file:
            while self.room < end:
                self.room += layout.FIRST_CHUNK if not self.room else layout.NEXT_CHUNK
            file.truncate(self.room)
            file.seek(layout.SEGMENT_HEADER_SIZE + at * layout.RECORD_SIZE)
            file.write(rows.tobytes())
        self.filled = max(self.filled, at + len(rows))

    def add(self, events: Iterable[Event] | NDArray[np.void]) -> None:
        """Append records."""
        rows = events if isinstance(events, np.ndarray) else records(self.thread, events)
        self.put(self.filled, rows)

    def skip(self, slots: int = 1) -> int:
        """Leave a hole; gives the slot where it begins."""
        at = self.filled
        self.filled += slots
        return at


class ProcessFolder:
    """One ``p<pid>-<start>`` folder, or the observer's."""

    def __init__(self, folder: Path, pid: int, start_ns: int, *, observer: bool = False) -> None:
        self.folder = folder
        self.pid = pid
        self.start_ns = start_ns
        self.observer = observer
        folder.mkdir(parents=True)

    @property
    def side(self) -> Path:
        return self.folder / "side.jsonl"

    def line(self, *parts: Any) -> None:
        self.raw(json.dumps(parts, ensure_ascii=False).encode() + b"\n")

    def raw(self, data: bytes) -> None:
        """Bytes onto the side file, whole lines or not."""
        with self.side.open("ab") as file:
            file.write(data)

    def segment(
        self, thread: int, native_id: int = 0, *, version: int = layout.FORMAT_VERSION
    ) -> SegmentFile:
        name = f"o{thread}.seg" if self.observer else f"t{thread}.seg"
        return SegmentFile(
            self.folder / name,
            writer=layout.WRITER_OBSERVER if self.observer else layout.WRITER_AGENT,
            pid=self.pid,
            thread=thread,
            native_id=native_id or self.pid + thread,
            start_ns=self.start_ns,
            version=version,
        )


class SessionBuilder:
    """A session folder, filled step by step as a run would."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.info: dict[str, Any] = {
            "schema": "lockstep-session",
            "version": 1,
            "lockstep": "0.1.0",
            "command": ["python", "example.py"],
            "script": "example.py",
            "module": None,
            "scenario": None,
            "parameters": {},
            "interpreter": {
                "executable": "/usr/bin/python3",
                "version": "3.13.0",
                "implementation": "cpython",
            },
            "machine": {
                "system": "Linux",
                "release": "6",
                "machine": "x86_64",
                "cpus": 2,
                "python": "3.11.2",
            },
            "started_ns": 1_000_000,
            "started_at": "2026-01-01T12:00:00+00:00",
            "gil_way": "proc",
            "limits": {},
        }

    def write_info(self, **changes: Any) -> None:
        """Write session.json by rename, as the observer does."""
        self.info.update(changes)
        temporary = self.folder / "session.json.new"
        temporary.write_text(json.dumps(self.info))
        temporary.replace(self.folder / "session.json")

    def end(self, ended_ns: int, exit_status: int = 0) -> None:
        self.write_info(ended_ns=ended_ns, exit_status=exit_status)

    def process(self, pid: int, start_ns: int = 1_000_000, *, parent: int = 1, **flags: Any) -> ProcessFolder:
        suffix = f"i{flags['interpreter']}" if "interpreter" in flags else ""
        process = ProcessFolder(self.folder / f"p{pid}-{start_ns:x}{suffix}", pid, start_ns)
        process.line(
            Line.PROCESS, pid, parent, start_ns, "3.13.0", "cpython", "/usr/bin/python3", ["example.py"],
            "/home/user", flags,
        )  # fmt: skip
        return process

    def observer(self) -> ProcessFolder:
        return ProcessFolder(self.folder / "observer", 1, self.info["started_ns"], observer=True)

    def observer_segment(self, process: ProcessFolder, name: str) -> SegmentFile:
        """Samples that a process takes of itself."""
        return SegmentFile(
            process.folder / name,
            writer=layout.WRITER_OBSERVER,
            pid=process.pid,
            thread=0,
            native_id=process.pid,
            start_ns=process.start_ns,
            version=layout.FORMAT_VERSION,
        )

    def output(self, time_ns: int, text: bytes, stream: int = 1, pid: int = 100) -> None:
        with (self.folder / "output.bin").open("ab") as file:
            file.write(layout.OUTPUT_HEADER.pack(time_ns, pid, stream, len(text)) + text)


MS = 1_000_000


def example(folder: Path, *, rounds: int = 20, pid: int = 100, ended: bool = True) -> SessionBuilder:
    """A run of two worker threads that take turns with one lock, seen from outside as well.

    Thread 1 is the main thread; 2 and 3 take ``lock`` (object 10) ``rounds`` times each, 1 ms
    apart; the second to come waits for the first.  The GIL is at 0x1000, its holders sampled.
    """
    session = SessionBuilder(folder)
    session.write_info()
    begin = session.info["started_ns"]
    process = session.process(pid, begin)
    tids = {1: pid, 2: pid + 1, 3: pid + 2}
    names = {1: "MainThread", 2: "left", 3: "right"}
    script = str(folder / "example.py")
    for number, name in names.items():
        process.line(Line.OBJECT, number, "Thread", name, 0, {"family": "threading"})
        process.line(
            Line.THREAD, number, name, 1000 + number, tids[number], 0x7000 + number, False,
            0 if number == 1 else 1, 0, number, begin + number * MS,
        )  # fmt: skip
    process.line(Line.OBJECT, 10, "Lock", "lock", 1, {"family": "threading"})
    process.line(Line.LOCATION, 1, script, 3, "<module>", 10, "__main__")
    process.line(Line.LOCATION, 2, script, 7, "work", 20, "__main__")
    process.line(Line.STRING, 1, "ValueError: too much")
    process.line(Line.GIL, 0, 0x1000, {"interval": 0, "last_holder": 8, "locked": 16}, "", begin)

    main: list[Event] = [(begin, Kind.PROCESS_BEGIN, 0, 1), (begin + 10, Kind.THREAD_BEGIN, 1, tids[1])]
    for number in (2, 3):
        main.append((begin + number * MS - 2000, Kind.THREAD_CREATED, number, 0, 0, 1))
        main.append((begin + number * MS - 1000, Kind.THREAD_START, number, 0, 0, 1))
    workers: dict[int, list[Event]] = {n: [(begin + n * MS, Kind.THREAD_BEGIN, n, tids[n])] for n in (2, 3)}
    holders: list[tuple[int, int]] = [(begin, 1)]
    t = begin + 4 * MS
    for _ in range(rounds):
        left, right = workers[2], workers[3]
        left.append((t, Kind.ACQUIRED, 10, 0, 0, 2))
        holders.append((t - 5000, 2))
        right.append((t + 100_000, Kind.WAIT_BEGIN, 10, -1, layout.Wait.LOCK, 2))
        left.append((t + MS, Kind.RELEASED, 10, 0, 0, 2))
        flags = layout.Wait.LOCK | layout.Acquired.AFTER_WAIT
        right.append((t + MS + 20_000, Kind.ACQUIRED, 10, 0, flags, 2))
        holders.append((t + MS + 10_000, 3))
        right.append((t + 2 * MS, Kind.RELEASED, 10, 0, 0, 2))
        t += 3 * MS
    workers[2].append((t, Kind.THREAD_END, 2, 0, End.FINISHED))
    workers[3].append((t + 1000, Kind.THREAD_END, 3, 1, End.FAILED))
    main.append((t - 2 * MS, Kind.WAIT_BEGIN, 2, -1, layout.Wait.THREAD_JOIN, 1))
    main.append((t + 5000, Kind.WAIT_END, 2, 0, layout.Wait.THREAD_JOIN | layout.Result.GOT, 1))
    main.append((t + MS, Kind.PROCESS_END))
    process.segment(1, tids[1]).add(main)
    for number in (2, 3):
        process.segment(number, tids[number]).add(workers[number])

    observer = session.observer()
    observer.line(Line.OBSERVED, 1, pid, 1, process.folder.name, "python example.py", begin)
    for number in names:
        observer.line(Line.HOLDER, number, 1, 0x7000 + number)
    observer.line(Line.OBSERVING, "proc", 100_000, "fifo", [])
    seen: list[Event] = [
        (begin, Kind.PROCESS_SEEN, 1, pid, 0, 1),
        (begin, Kind.OBSERVING, 0, 100_000, Way.PROC, 1),
    ]
    for switch, (time_ns, holder) in enumerate(holders):
        value = switch << 32 | 100_000
        seen.append((time_ns, Kind.GIL, holder, value, Gil.LOCKED | Gil.CERTAIN, 1))
    seen.append((t + 2 * MS, Kind.PROCESS_GONE, pid, 0, 0, 1))
    observer.segment(0).add(records(0, seen))
    session.output(begin + 5 * MS, b"working\n")
    session.output(t, b"Traceback ...\n", stream=2)
    if ended:
        session.end(t + 3 * MS, 0)
    return session


def bulk_records(
    thread: int, count: int, *, begin_ns: int, step_ns: int, kinds: Sequence[int]
) -> NDArray[np.void]:
    """``count`` records at even steps, the kinds in turn; for measuring."""
    rows = np.zeros(count, RECORD_DTYPE)
    rows["time"] = begin_ns + np.arange(count, dtype=np.uint64) * np.uint64(step_ns)
    rows["thread"] = thread
    rows["object"] = 10
    rows["location"] = 1
    rows["kind"] = np.resize(np.array(kinds, np.uint16), count)
    return rows
