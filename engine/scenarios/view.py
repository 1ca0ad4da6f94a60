"""A read-only view on a recording, in the words a check is written in.

A check asks for the threads of the program, for the stretches in which one of them slept,
for how many were inside something at once.  It never asks for clock times.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from engine.agent.layout import Wait
from engine.analysis.lock_figures import lock_figures
from engine.analysis.source import Source
from engine.model import (
    ARROW_KINDS,
    SORT_HELPER,
    ArrowKind,
    Deadlock,
    EndKind,
    Location,
    LockFigures,
    Mark,
    MarkKind,
    ObjectInfo,
    OutputChunk,
    SpanFlag,
    State,
    Track,
    TrackKind,
)
from engine.scenarios.intervals import Intervals, beside, clipped, together, total

Spans = NDArray[np.void]

#: Above these shares a run is too disturbed to say that something failed.  A program that fills
#: all cores shares them with our own sampler.
TAKEN_TOO_MUCH = 0.05
TAKEN_TOO_MUCH_WHEN_FULL = 0.15
UNOBSERVED_TOO_MUCH = 0.15
STDOUT, STDERR = 1, 2


class Recorded(Source, Protocol):
    """What a view needs of a store."""

    @property
    def locations(self) -> Mapping[int, Location]: ...
    @property
    def marks(self) -> Sequence[Mark]: ...
    @property
    def arrows(self) -> NDArray[np.void]: ...
    @property
    def output(self) -> Sequence[OutputChunk]: ...
    @property
    def lost(self) -> int: ...


@dataclass(frozen=True, eq=False)
class Row:
    """A track and its spans (``SPAN_DTYPE``, in time order)."""

    track: Track
    spans: Spans

    @property
    def id(self) -> int:
        return self.track.id

    @property
    def name(self) -> str:
        return self.track.name

    @property
    def start_ns(self) -> int:
        return self.track.start_ns

    @property
    def end_ns(self) -> int:
        return self.track.end_ns

    @property
    def length_ns(self) -> int:
        return self.track.end_ns - self.track.start_ns

    @property
    def ended(self) -> EndKind:
        return self.track.end.kind

    def select(
        self, *states: State, reason: int | None = None, object: int | None = None
    ) -> NDArray[np.void]:
        """The spans in one of ``states``, for this reason and on this object where given."""
        chosen = np.isin(self.spans["state"], [int(state) for state in states])
        if reason is not None:
            chosen &= self.spans["reason"] == reason
        if object is not None:
            chosen &= self.spans["object"] == object
        return self.spans[chosen]

    def within(self, *states: State, reason: int | None = None, object: int | None = None) -> Intervals:
        """When it was in one of ``states``; see :meth:`select`."""
        spans = self.select(*states, reason=reason, object=object)
        return np.stack([spans["start"], spans["end"]], axis=1).astype(np.int64)

    def calls(self, reason: int) -> Spans:
        """Its calls that wait for ``reason``, as it recorded them itself, each as one span.

        A wait may be drawn in parts: what stood in its way at the end was the GIL or a core, or
        nobody looked for a while.  Each of these spans goes from the first part to the last one and
        is the first one otherwise.
        """
        parts = self.spans[self.spans["reason"] == reason]
        begins = (parts["flags"] & SpanFlag.CONTINUES) == 0
        begins[:1] = True
        calls: Spans = parts[begins]
        calls["end"] = np.maximum.reduceat(parts["end"], np.flatnonzero(begins)) if len(parts) else 0
        return calls

    def in_calls(self, reason: int) -> Intervals:
        """When it was in the calls that wait for ``reason``."""
        calls = self.calls(reason)
        return np.stack([calls["start"], calls["end"]], axis=1).astype(np.int64)

    @property
    def sleep_calls(self) -> Spans:
        """The calls of time.sleep it made."""
        return self.calls(Wait.SLEEP)

    @property
    def sleeps(self) -> Intervals:
        """When it was in each call of time.sleep."""
        return self.in_calls(Wait.SLEEP)

    def total(self, *states: State, reason: int | None = None) -> int:
        """ns spent in ``states``; in any state when none is named."""
        spans = self.select(*states, reason=reason) if states else self.spans
        return int((spans["end"] - spans["start"]).sum())

    def share(self, *states: State) -> float:
        """Part of its recorded time spent in ``states``, 0 to 1."""
        return self.total(*states) / max(1, self.total())


@dataclass(frozen=True)
class Machine:
    """Where and with what the program ran."""

    system: str
    cpus: int
    version: tuple[int, int]
    free_threaded: bool

    @classmethod
    def of_session(cls, session: Mapping[str, Any]) -> Machine:
        """From the contents of a recording's ``session.json``; what is missing is taken as usual."""
        machine = session.get("machine", {})
        interpreter = session.get("interpreter", {})
        major, minor = str(interpreter.get("version", "3.11")).split(".")[:2]
        return cls(
            system=str(machine.get("system", "Linux")),
            cpus=int(machine.get("cpus") or 1),
            version=(int(major), int(minor)),
            free_threaded=bool(interpreter.get("free_threaded", False)),
        )


class View:
    """A finished or growing recording of a scenario's program.

    ``values`` are the parameters it ran with.  One thread at a time may use it.
    """

    def __init__(self, recorded: Recorded, machine: Machine, values: Mapping[str, Any]) -> None:
        self._recorded = recorded
        self.machine = machine
        self.values = dict(values)

    def __getitem__(self, name: str) -> Any:
        """The value of a parameter."""
        return self.values[name]

    # --- rows ---------------------------------------------------------------------

    def _rows(self, kind: TrackKind) -> list[Row]:
        chosen = [track for track in self._recorded.tracks.values() if track.kind is kind]
        chosen.sort(key=lambda track: (track.start_ns, track.id))
        return [Row(track, self._recorded.spans(track.id)) for track in chosen]

    @cached_property
    def processes(self) -> list[Row]:
        """Every process, the program's first one at the head."""
        return sorted(self._rows(TrackKind.PROCESS), key=lambda row: row.track.parent != -1)

    @cached_property
    def children(self) -> list[Row]:
        """The processes the program started, in the order of their start.

        Without those that multiprocessing starts for itself: fork server and resource tracker.
        """
        return [row for row in self.processes[1:] if row.track.sort != SORT_HELPER]

    @cached_property
    def threads(self) -> list[Row]:
        """Every thread of every process, in the order of their start."""
        return self._rows(TrackKind.THREAD)

    @cached_property
    def tasks(self) -> list[Row]:
        """Every task, without those in which asyncio.run ends its loop."""
        rows = self._rows(TrackKind.TASK)
        return [row for row in rows if not self.coroutine_of(row).startswith("BaseEventLoop.shutdown_")]

    def coroutine_of(self, task: Row) -> str:
        """The qualified name of the coroutine a task runs, empty when it is not known."""
        info = self._recorded.objects.get(task.track.object)
        return str(info.extra.get("coroutine", "")) if info else ""

    @cached_property
    def locks(self) -> list[Row]:
        return self._rows(TrackKind.LOCK)

    @cached_property
    def lock_figures(self) -> dict[int, LockFigures]:
        """How much each lock was used and waited for, by the id of its row."""
        return {figures.track: figures for figures in lock_figures(self._recorded)}

    @cached_property
    def gils(self) -> list[Row]:
        return self._rows(TrackKind.GIL)

    @cached_property
    def main(self) -> Row:
        """The main thread of the program's first process."""
        return self.main_of(self.processes[0])

    def joined_between(self, rows: Sequence[Row]) -> bool:
        """Whether the main thread waited for an end while ``rows`` were not all started yet."""
        start, end = rows[0].start_ns, rows[-1].start_ns
        joins = [self.main.calls(reason)["start"] for reason in (Wait.THREAD_JOIN, Wait.PROCESS_JOIN)]
        return any(bool(((start <= begins) & (begins < end)).any()) for begins in joins)

    def main_of(self, process: Row) -> Row:
        """The main thread of a process.

        Raises:
            LookupError: nothing was recorded in that process.
        """
        threads = self.threads_of(process)
        if not threads:
            raise LookupError(f"process {process.track.pid} recorded no thread")
        return threads[0]

    @cached_property
    def workers(self) -> list[Row]:
        """The threads of the first process beside its main thread."""
        return self.threads_of(self.processes[0])[1:] if self.processes else []

    def threads_of(self, process: Row) -> list[Row]:
        """The threads of a process in the order of their start, its main thread first."""
        return [row for row in self.threads if row.track.parent == process.id]

    def process_of(self, track_id: int) -> Row:
        """The process that a track belongs to."""
        row = self.row(track_id)
        while row.track.kind is not TrackKind.PROCESS:
            row = self.row(row.track.parent)
        return row

    @staticmethod
    def inside(intervals: Intervals, frame: Intervals) -> int:
        """For how long ``intervals`` and ``frame`` hold at the same time, ns."""
        return together([intervals, frame])

    def row(self, track_id: int) -> Row:
        return Row(self._recorded.tracks[track_id], self._recorded.spans(track_id))

    # --- objects, arrows, marks, output ---------------------------------------------

    def objects(self, *sorts: str) -> list[ObjectInfo]:
        return [info for info in self._recorded.objects.values() if info.sort in sorts]

    def name_of(self, object_id: int) -> str:
        """The name of an object, "?" when it is not known."""
        return self._recorded.objects[object_id].name if object_id >= 0 else "?"

    def line_of(self, location: int) -> int:
        """The line number of a location, 0 when it is not known."""
        return self._recorded.locations[location].line if location >= 0 else 0

    def arrows(self, kind: ArrowKind) -> NDArray[np.void]:
        """The arrows of a kind (``ARROW_DTYPE``), in the order of their beginnings."""
        arrows = self._recorded.arrows
        chosen: NDArray[np.void] = arrows[arrows["kind"] == ARROW_KINDS.index(kind)]
        chosen.sort(order="from_time", kind="stable")
        return chosen

    def marks(self, *kinds: MarkKind) -> list[Mark]:
        return [mark for mark in self._recorded.marks if mark.kind in kinds]

    @property
    def deadlocks(self) -> Sequence[Deadlock]:
        return self._recorded.deadlocks

    @cached_property
    def gil_problem(self) -> str:
        """Why it could not be seen who held the first process's GIL, in English; empty when it could."""
        first = self.processes[0].track.pid
        figures = [each for each in self._recorded.gil if each.pid == first]
        if not figures:
            return "nothing is known of it"
        if any(each.observed for each in figures):
            return ""
        return figures[0].reason or "no reason is known"

    @cached_property
    def stdout(self) -> str:
        """Everything the program wrote to its standard output, in the order in which it was written."""
        return self._written(STDOUT)

    @cached_property
    def stderr(self) -> str:
        """The same of its standard error."""
        return self._written(STDERR)

    def _written(self, stream: int) -> str:
        chunks = [chunk.text for chunk in self._recorded.output if chunk.stream == stream]
        return b"".join(chunks).decode("utf-8", "replace").replace("\r\n", "\n")

    def printed(self, pattern: str) -> list[str]:
        """What matches ``pattern`` in the standard output, in order; its one group, where it has one.

        Whole lines cannot be relied on: print writes a line and its end one after the other, and
        another thread or process may write in between.
        """
        return re.findall(pattern, self.stdout)

    @property
    def wall_ns(self) -> int:
        return self._recorded.end_ns - self._recorded.start_ns

    def computes_at_the_end(self, last_s: float) -> bool:
        """Whether threads wanted a core for a tenth of the last seconds that were recorded, or more."""
        end = self._recorded.end_ns
        begin = end - int(last_s * 1e9)
        wanting = (State.RUNNING, State.NATIVE, State.WAIT_CPU)
        wanted = [total(clipped(row.within(*wanting), begin, end)) for row in self.threads]
        return sum(wanted) >= 0.1 * (end - begin)

    # --- what can be trusted --------------------------------------------------------

    def disturbance(self) -> str:
        """What got in the way of this run, in English; empty when nothing did.

        A thread that waits for a core which another program has, and time in which we could not
        look, make a property uncertain.
        """
        if self._recorded.lost:
            return "records were lost"
        lengths, busy, waiting = beside(
            [row.within(State.RUNNING, State.NATIVE) for row in self.threads],
            [row.within(State.WAIT_CPU) for row in self.threads],
        )
        # Cores that neither idled, since a thread waited for one, nor were used by the program.
        taken = np.minimum(waiting, np.maximum(0, self.machine.cpus - busy))
        wanted = np.minimum(busy + waiting, self.machine.cpus)
        limit = np.where(wanted < self.machine.cpus, TAKEN_TOO_MUCH, TAKEN_TOO_MUCH_WHEN_FULL)
        taken_ns = int((lengths * taken).sum())
        if taken_ns > float((lengths * wanted * limit).sum()):
            share = taken_ns / int((lengths * wanted).sum())
            return f"other programs had {share:.0%} of the cores' time that this one wanted"
        alive = sum(row.total() for row in self.threads)
        unseen = sum(row.total(State.UNOBSERVED) for row in self.threads)
        if unseen > UNOBSERVED_TOO_MUCH * max(1, alive):
            return f"{unseen / alive:.0%} of the threads' time was not observed"
        return ""
