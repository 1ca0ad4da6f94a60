"""A small store made by hand: one process, two threads that share a lock, a task, a GIL."""

from __future__ import annotations

import numpy as np

from engine.agent.layout import Wait
from engine.assembler import Delta
from engine.model import (
    ARROW_DTYPE,
    ARROW_KINDS,
    SPAN_DTYPE,
    ArrowKind,
    Deadlock,
    DeadlockLink,
    End,
    EndKind,
    GilFigures,
    Location,
    Mark,
    MarkKind,
    ObjectInfo,
    OutputChunk,
    SpanFlag,
    State,
    Track,
    TrackKind,
)
from engine.store import Store

START = 10**12
PROCESS, MAIN, WORKER, LOCK, GIL, TASK = range(6)

#: start, end, state, object, owner, location, reason, flags, depth; times from START
SPANS: dict[int, list[tuple[int, ...]]] = {
    PROCESS: [(0, 9000, State.RUNNING, -1, -1, -1, 0, 0, 0)],
    MAIN: [
        (0, 4000, State.RUNNING, -1, -1, 0, 0, 0, 0),
        (4000, 6000, State.WAIT_LOCK, 1, WORKER, 1, Wait.LOCK, SpanFlag.TIMED_OUT, 0),
        (6000, 9001, State.RUNNING, -1, -1, 1, 0, SpanFlag.AFTER_LINE, 0),
    ],
    WORKER: [
        (500, 1000, State.STARTING, -1, -1, -1, 0, 0, 0),
        (1000, 4500, State.WAIT_GIL, -1, MAIN, -1, 0, 0, 0),
        (4500, 5500, State.RUNNING, -1, -1, 1, 0, 0, 0),
        (5500, 7500, State.SLEEP, -1, -1, 2, Wait.SLEEP, 0, 0),
    ],
    LOCK: [
        (1000, 2000, State.FREE, 1, -1, -1, 0, 0, 0),
        (2000, 5500, State.OWNED, 1, WORKER, 1, 0, 0, 1),
    ],
    GIL: [
        (0, 4200, State.OWNED, -1, MAIN, -1, 0, 0, 0),
        (4200, 4500, State.UNOBSERVED, -1, -1, -1, 0, 0, 0),
        (4500, 5500, State.OWNED, -1, WORKER, -1, 0, 0, 0),
        (5500, 6000, State.FREE, -1, -1, -1, 0, 0, 0),
    ],
    TASK: [(100, 300, State.SUSPENDED, 2, -1, 2, Wait.FUTURE, 0, 1)],
}


def spans_of(rows: list[tuple[int, ...]]) -> np.ndarray[tuple[int], np.dtype[np.void]]:
    array = np.zeros(len(rows), SPAN_DTYPE)
    names = ("start", "end", "state", "object", "owner", "location", "reason", "flags", "depth")
    for at, row in enumerate(rows):
        for name, value in zip(names, row, strict=True):
            array[at][name] = value + (START if name in ("start", "end") else 0)
    return array


def delta() -> Delta:
    """Everything of it in one delta."""

    def track(
        number: int,
        kind: TrackKind,
        name: str,
        tid: int,
        parent: int,
        end: End,
        badge: int = 0,
        obj: int = -1,
    ) -> Track:
        begin, last = START + SPANS[number][0][0], START + SPANS[number][-1][1]
        return Track(number, kind, name, 77, tid, parent, begin, last, end, object=obj, badge=badge)

    finished = End(EndKind.FINISHED)
    arrows = np.zeros(2, ARROW_DTYPE)
    arrows[0] = (START + 400, START + 1000, MAIN, WORKER, -1, ARROW_KINDS.index(ArrowKind.START), 0)
    arrows[1] = (START + 5400, START + 6000, WORKER, MAIN, 1, ARROW_KINDS.index(ArrowKind.RELEASE), 0)
    return Delta(
        now_ns=START + 9001,
        new_tracks=[
            track(PROCESS, TrackKind.PROCESS, 'prog "é".py', 0, -1, End(EndKind.KILLED, "SIGKILL")),
            track(MAIN, TrackKind.THREAD, "MainThread", 77, PROCESS, finished, badge=1),
            track(WORKER, TrackKind.THREAD, "worker, 1", 78, PROCESS, End(EndKind.FAILED, "ValueError: no")),
            track(LOCK, TrackKind.LOCK, "lock", 0, PROCESS, finished, obj=1),
            track(GIL, TrackKind.GIL, "GIL", 0, PROCESS, finished),
            track(TASK, TrackKind.TASK, "fetch", 0, MAIN, finished, obj=2),
        ],
        new_objects=[
            ObjectInfo(0, "Thread", "worker, 1", 77, track=WORKER),
            ObjectInfo(1, "Lock", "lock", 77, location=0, track=LOCK),
            ObjectInfo(2, "Future", "", 77),
            ObjectInfo(3, "Lock", "lock", 77),
        ],
        new_locations=[
            Location("/home/me/prog.py", 3, "main"),
            Location("/home/me/prog.py", 12, "work"),
            Location("/home/me/other, file.py", 5, "rest"),
        ],
        spans={number: spans_of(rows) for number, rows in SPANS.items()},
        arrows=arrows,
        marks=[Mark(START + 5100, WORKER, MarkKind.GC, "generation 2", 1_200_000)],
        output=[OutputChunk(START + 100, 1, b"hello\n")],
        gil=[
            GilFigures(
                77, 0, GIL, True, "", samples=900, switches=3, missed=1, unobserved_ns=300, observed_ns=5700,
                hold_ns={MAIN: 4200, WORKER: 1000}, wait_ns={WORKER: 3500},
            )
        ],
        deadlocks=[
            Deadlock(START + 5000, (DeadlockLink(MAIN, 1, WORKER, START + 4000, 1),)),
        ],
        records=40,
        lost=2,
        size_bytes=40 * 32,
        complete=True,
    )  # fmt: skip


def small_store() -> Store:
    store = Store()
    store.apply(delta())
    return store
