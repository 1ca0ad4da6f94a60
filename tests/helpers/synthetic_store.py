"""Recordings made by hand: real stores with as many spans as a test wants, without a run.

``contended`` is the picture everybody knows (threads that take turns at the GIL), in any size;
``StoreBuilder`` puts single spans where a test needs them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engine.agent.layout import Wait
from engine.assembler.delta import Delta
from engine.model import (
    ARROW_DTYPE,
    ARROW_KINDS,
    SPAN_DTYPE,
    ArrowKind,
    End,
    EndKind,
    GilFigures,
    Location,
    Mark,
    MarkKind,
    ObjectInfo,
    OutputChunk,
    State,
    Track,
    TrackKind,
)
from engine.store import Store

#: When hand-made runs begin: like a machine that has been up for some days.
START_NS = 432_000_000_000_000
MS = 1_000_000
PID = 4711


def spans_of(rows: list[tuple[int, int, State]], **columns: int) -> NDArray[np.void]:
    """Spans from (start, end, state); other columns as given for all of them."""
    spans = np.zeros(len(rows), SPAN_DTYPE)
    for name in ("object", "owner", "location"):
        spans[name] = columns.pop(name, -1)
    for name, value in columns.items():
        spans[name] = value
    for i, (start, end, state) in enumerate(rows):
        spans[i]["start"], spans[i]["end"], spans[i]["state"] = start, end, state
    return spans


@dataclass
class StoreBuilder:
    """Tracks, objects and spans added one by one; ``store()`` gives the real thing.

    Times in the methods are milliseconds since the start of the run.
    """

    start_ns: int = START_NS
    end_ns: int = START_NS
    tracks: list[Track] = field(default_factory=list)
    objects: list[ObjectInfo] = field(default_factory=list)
    locations: list[Location] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    output: list[OutputChunk] = field(default_factory=list)
    spans: dict[int, list[NDArray[np.void]]] = field(default_factory=dict)
    arrows: list[tuple[int, int, int, int, int, int]] = field(default_factory=list)
    gil: list[GilFigures] = field(default_factory=list)

    def at(self, ms: float) -> int:
        return self.start_ns + round(ms * MS)

    def track(
        self,
        kind: TrackKind,
        name: str,
        *,
        parent: int = -1,
        pid: int = PID,
        badge: int = 0,
        sort: str = "",
        object: int = -1,
        end: End | None = None,
        start_ms: float = 0,
        end_ms: float = 0,
    ) -> int:
        number = len(self.tracks)
        self.tracks.append(
            Track(
                number,
                kind,
                name,
                pid,
                0 if kind in (TrackKind.GIL, TrackKind.LOCK, TrackKind.TASK) else 9000 + number,
                parent,
                self.at(start_ms),
                self.at(end_ms),
                end or End(EndKind.FINISHED),
                object,
                badge,
                sort,
            )
        )
        return number

    def process(self, name: str = "program.py", parent: int = -1, pid: int = PID) -> int:
        return self.track(TrackKind.PROCESS, name, parent=parent, pid=pid)

    def thread(self, name: str, process: int, badge: int = 0, end: End | None = None) -> int:
        sort = "Thread" if badge else "MainThread"
        pid = self.tracks[process].pid
        return self.track(TrackKind.THREAD, name, parent=process, badge=badge, sort=sort, end=end, pid=pid)

    def object(self, sort: str, name: str, track: int = -1) -> int:
        number = len(self.objects)
        self.objects.append(ObjectInfo(number, sort, name, PID, track=track))
        return number

    def lock(self, name: str, process: int, sort: str = "Lock") -> tuple[int, int]:
        """A lock with a track of its own: (track, object)."""
        number = self.object(sort, name, len(self.tracks))
        track = self.track(TrackKind.LOCK, name, parent=process, sort=sort, object=number)
        return track, number

    def location(self, file: str, line: int, function: str = "<module>") -> int:
        self.locations.append(Location(file, line, function))
        return len(self.locations) - 1

    def span(self, track: int, start_ms: float, end_ms: float, state: State, **columns: int) -> None:
        start, end = self.at(start_ms), self.at(end_ms)
        self.add(track, spans_of([(start, end, state)], **columns))

    def add(self, track: int, spans: NDArray[np.void]) -> None:
        self.spans.setdefault(track, []).append(spans)
        if len(spans):
            self.end_ns = max(self.end_ns, int(spans["end"].max()))

    def arrow(self, kind: ArrowKind, from_track: int, from_ms: float, to_track: int, to_ms: float) -> None:
        self.arrows.append(
            (self.at(from_ms), self.at(to_ms), from_track, to_track, -1, ARROW_KINDS.index(kind))
        )

    def mark(self, track: int, ms: float, kind: MarkKind, text: str, duration_ms: float = 0) -> None:
        self.marks.append(Mark(self.at(ms), track, kind, text, round(duration_ms * MS)))

    def print(self, ms: float, text: str, stream: int = 1) -> None:
        self.output.append(OutputChunk(self.at(ms), stream, text.encode()))

    def delta(self) -> Delta:
        arrows = np.zeros(len(self.arrows), ARROW_DTYPE)
        for i, (t0, t1, k0, k1, number, kind) in enumerate(self.arrows):
            arrows[i] = (t0, t1, k0, k1, number, kind, (0, 0, 0))
        for track in self.tracks:
            if track.end_ns <= track.start_ns:
                track.end_ns = self.end_ns
        return Delta(
            now_ns=self.end_ns,
            final_ns=self.end_ns,
            new_tracks=list(self.tracks),
            new_objects=list(self.objects),
            new_locations=list(self.locations),
            spans={track: np.concatenate(parts) for track, parts in self.spans.items()},
            arrows=arrows,
            marks=sorted(self.marks, key=lambda mark: mark.time_ns),
            output=list(self.output),
            gil=list(self.gil),
            records=sum(len(part) for parts in self.spans.values() for part in parts),
            complete=True,
        )

    def store(self) -> Store:
        store = Store()
        store.apply(self.delta())
        return store


def contended(
    threads: int = 3, spans_a_thread: int = 40, milliseconds: float = 412.0, seed: int = 1
) -> Store:
    """Threads that count, one GIL: at each moment one runs and the others wait for it.

    Tracks: 0 the process, 1 the GIL, 2 MainThread, 3… the workers, numbered from 1.
    """
    return contended_builder(threads, spans_a_thread, milliseconds, seed).store()


def contended_builder(
    threads: int = 3, spans_a_thread: int = 40, milliseconds: float = 412.0, seed: int = 1
) -> StoreBuilder:
    builder = StoreBuilder()
    random = np.random.default_rng(seed)
    process = builder.process("cpu_threads.py")
    gil = builder.track(TrackKind.GIL, "GIL", parent=process)
    main = builder.thread("MainThread", process)
    workers = [builder.thread(f"worker-{i + 1}", process, badge=i + 1) for i in range(threads)]
    joined = [builder.object("Thread", w.name, w.id) for w in builder.tracks if w.id in workers]
    line = builder.location("/home/ada/cpu_threads.py", 5, "count")
    join = builder.location("/home/ada/cpu_threads.py", 16)
    first = round(milliseconds * MS * 0.02)
    length = round(milliseconds * MS)
    # A thread's spans alternate: it runs while it is the holder and waits for its next turn.
    turns = max(2, spans_a_thread * threads // 2)
    edges = np.unique(random.integers(first, length, turns - 1))
    edges = builder.start_ns + np.concatenate(([first], edges[edges > first], [length]))
    turns = len(edges) - 1
    holder = (np.arange(turns) + random.integers(0, 2, turns).cumsum()) % threads
    holds = np.zeros(turns, SPAN_DTYPE)
    holds["start"], holds["end"] = edges[:-1], edges[1:]
    holds["state"], holds["owner"] = State.OWNED, 3 + holder
    holds["object"] = holds["location"] = -1
    builder.span(gil, 0, first / MS, State.OWNED, owner=main)
    builder.add(gil, merged(holds, holder))
    builder.span(main, 0, first / MS, State.RUNNING, location=join)
    builder.span(
        main,
        first / MS,
        milliseconds,
        State.WAIT,
        reason=Wait.THREAD_JOIN,
        object=joined[0],
        owner=workers[0],
        location=join,
    )
    for number, worker in enumerate(workers):
        mine = holder == number
        spans = holds.copy()
        spans["state"] = np.where(mine, State.RUNNING, State.WAIT_GIL)
        spans["owner"] = np.where(mine, -1, holds["owner"])
        spans["location"] = line
        builder.add(worker, merged(spans, mine))
    figures = GilFigures(PID, 0, gil, True, "", samples=int(8.1 * milliseconds), switches=turns)
    figures.observed_ns = round(length * 0.996)
    figures.unobserved_ns = length - figures.observed_ns
    builder.gil.append(figures)
    return builder


def merged(spans: NDArray[np.void], key: NDArray[np.generic]) -> NDArray[np.void]:
    """Neighbours with the same key as one span."""
    edges = np.flatnonzero(key[1:] != key[:-1]) + 1
    first = np.concatenate(([0], edges))
    last = np.concatenate((edges, [len(spans)])) - 1
    result = spans[first].copy()
    result["end"] = spans["end"][last]
    return result
