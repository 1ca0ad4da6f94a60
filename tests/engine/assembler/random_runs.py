"""Random recordings: plausible ones, and ones that make no sense at all."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from engine.agent.layout import Acquired
from tests.helpers.build_records import (
    End,
    Kind,
    Os,
    ProcessBuilder,
    RecordingBuilder,
    Result,
    ThreadBuilder,
    Wait,
)

LENGTH_US = 60_000


class _Run:
    """A random run of some threads, record by record."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.recording = RecordingBuilder()
        self.numbers: dict[tuple[int, int], int] = {}

    def build(self) -> RecordingBuilder:
        draw = self.draw
        for index in range(draw(st.integers(1, 2))):
            self._process(100 + index, draw(st.integers(0, 5000)))
        return self.recording

    def _process(self, pid: int, start_us: int) -> None:
        draw = self.draw
        process = self.recording.process(pid, start_us)
        process.place(1, 11)
        process.place(2, 22)
        locks = [process.object("Lock", "lock"), process.object("RLock", "again")]
        semaphore = process.object("Semaphore", "permits", permits=2)
        tasks = [process.object("Task", f"task {i}", family="asyncio") for i in range(2)]
        key: dict[str, Any] = {"key": "k"} if draw(st.booleans()) else {}
        task_lock = process.object("Lock", "shared", family="asyncio", **key)
        shared = process.object("Lock", "across", family="multiprocessing", key="m1")
        things = [*locks, semaphore, *tasks, task_lock, shared]
        main = process.main(start_us)
        threads = [main]
        for number in range(draw(st.integers(0, 2))):
            thread = process.thread(f"t{number}")
            begin = start_us + draw(st.integers(1, 3000))
            if draw(st.booleans()):
                main.starts(begin - 1, thread)
            thread.begins(begin)
            threads.append(thread)
        for thread in threads:
            self._thread(thread, things)
        if draw(st.booleans()):
            self._observe(process, threads, start_us)
        if draw(st.booleans()):
            process.gone(LENGTH_US + 0.5 - draw(st.integers(0, 20_000)), draw(st.sampled_from([0, 9, 256])))

    def _thread(self, thread: ThreadBuilder, things: list[int]) -> None:
        draw = self.draw
        at = thread.stream.rows[-1][0] // 1000
        for _ in range(draw(st.integers(0, 12))):
            at += draw(st.integers(1, 6000))
            thing = draw(st.sampled_from(things))
            kind = draw(st.sampled_from(KINDS))
            flags = 0
            if kind in (Kind.WAIT_BEGIN, Kind.TASK_AWAITS):
                flags = draw(st.sampled_from([Wait.LOCK, Wait.SEMAPHORE, Wait.SLEEP, Wait.EVENT, Wait.READ]))
            elif kind == Kind.WAIT_END:
                flags = draw(st.sampled_from([Result.GOT, Result.TIMEOUT, Result.FAILED]))
            elif kind == Kind.ACQUIRED:
                flags = draw(st.sampled_from([0, Acquired.AFTER_WAIT, Acquired.REENTERED, Acquired.HANDED]))
            elif kind == Kind.TASK_STEP_END:
                flags = draw(st.sampled_from([0, 0, 0x100, End.FINISHED, End.FAILED]))
            value = draw(st.sampled_from([0, 1, 5, (at + 700) * 1000]))
            if kind in (Kind.PUT, Kind.GET):  # an item has a number of its own
                value = self.numbers.setdefault((kind, thing), 0) + 1
                self.numbers[(kind, thing)] = value
            thread.record(at, kind, thing, value, flags, draw(st.integers(0, 2)))
        if draw(st.booleans()):
            thread.ends(at + 1)

    def _observe(self, process: ProcessBuilder, threads: list[ThreadBuilder], start_us: int) -> None:
        draw = self.draw
        process.seen(start_us)
        at = start_us + draw(st.integers(0, 4000))
        last, switches = at, 1
        if draw(st.booleans()):
            process.looks(at, LENGTH_US, draw(st.sampled_from([3000, 10_000])))
        for _ in range(draw(st.integers(1, 14))):
            at += draw(st.integers(20, 6000))
            what = draw(st.integers(0, 5))
            since = min(draw(st.sampled_from([50, 100, 900, 3000])), at - last)
            thread = draw(st.sampled_from(threads))
            if what <= 2:
                switches += draw(st.integers(0, 2))
                process.gil(at, thread, switches, since, locked=draw(st.booleans()))
                last = at
            elif what == 3:
                process.gap(at, since)
                last = at
            elif what == 4:
                states = [Os.RUNNING, Os.GIL_WAIT, Os.FUTEX, Os.IO, Os.SLEEPING]
                process.state(at, thread, draw(st.sampled_from(states)), draw(st.integers(10, 5000)))
            else:
                process.cpu(at, thread, draw(st.integers(0, 3000)), draw(st.integers(0, 3000)))


KINDS = [
    Kind.WAIT_BEGIN, Kind.WAIT_BEGIN, Kind.WAIT_END, Kind.ACQUIRED, Kind.ACQUIRED, Kind.RELEASED,
    Kind.RELEASED,
    Kind.PUT, Kind.GET, Kind.EVENT_SET, Kind.NOTIFY, Kind.TASK_CREATED, Kind.TASK_READY,
    Kind.TASK_STEP_BEGIN,
    Kind.TASK_STEP_END, Kind.TASK_AWAITS, Kind.LOOP_WAIT_BEGIN, Kind.LOOP_WAIT_END, Kind.GC, Kind.SUBMITTED,
    Kind.JOB_BEGIN, Kind.FUTURE_DONE, Kind.CANCEL_REQUESTED,
]  # fmt: skip


@st.composite
def runs(draw: st.DrawFn) -> RecordingBuilder:
    """A recording of one or two processes."""
    return _Run(draw).build()
