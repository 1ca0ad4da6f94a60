"""The assembler: batches in, deltas out.

Pure: no files, no clock.  Incremental: what a delta says is final is never changed by a later one;
what is not settled yet is drawn provisionally and replaced.  Deterministic: final spans do not
depend on how a recording was cut into batches, as long as each batch keeps its watermark's promise.
Nothing in the data makes it raise: what is broken, late or missing is counted in ``problems``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.agent.layout import Kind, Line
from engine.assembler import arrows, combination, locks, opening, sampling
from engine.assembler.arrows import ArrowBook
from engine.assembler.delta import Delta
from engine.assembler.flow import Flow, Flowed, Work
from engine.assembler.identity import Domain, Identities
from engine.assembler.intake import OBSERVER, Intake, Source
from engine.assembler.life import Life
from engine.assembler.opening import Raw
from engine.assembler.population import (
    Population,
)
from engine.batch import OBSERVER_INDEX, Batch, ProcessFeed, Records
from engine.model import (
    EndKind,
    GilFigures,
    SpanFlag,
    State,
    TrackKind,
)

#: Records understood at once: bounds the memory that a long recording needs.
WINDOW_RECORDS = 262_144
#: With more than this waiting, what is not settled is not drawn: it will be in a moment.
MOST_PROVISIONAL = 200_000

SpanArray = NDArray[np.void]


class Assembler:
    """Turns batches into deltas.  One thread at a time."""

    def __init__(self) -> None:
        self.problems: Counter[str] = Counter()
        self.identities = Identities(self._problem)
        self.population = Population(self.identities)
        self._intake = Intake()
        self._flow = Flow(self.population)
        self._arrows = ArrowBook()
        self._life = Life(self.identities, self.population, self._flow)
        self._until = 0
        self._now = 0
        self._told_tracks = 0
        self._told_objects = 0
        self._told_locations = 0
        self._observing: list[str] = []
        self._hold_ns: Counter[int] = Counter()
        self._wait_ns: Counter[int] = Counter()
        self._unseen_ns: Counter[int] = Counter()
        self._seen_ns: Counter[int] = Counter()
        self._complete = False

    @property
    def tracks(self) -> list[Any]:
        """All tracks so far, by id."""
        return self.population.tracks

    @property
    def objects(self) -> list[Any]:
        """All objects so far, by id."""
        return self.identities.objects

    @property
    def locations(self) -> list[Any]:
        """All locations so far, by id."""
        return self.identities.locations

    def _problem(self, code: str) -> None:
        self.problems[code] += 1

    # --- one batch ---------------------------------------------------------------------------

    def feed(self, batch: Batch) -> Delta:
        """Take in a batch; gives everything that is new by it."""
        delta = Delta(lost=batch.lost, size_bytes=batch.size_bytes, output=list(batch.output))
        for feed in batch.processes:
            self._take_feed(feed)
        if batch.observer is not None:
            self._take_observer(batch.observer)
        if batch.complete:
            self._now = self._intake.last_ns + 1
            watermark = max(self._now, self._until) + 1
        else:
            watermark = batch.watermark_ns
            # what is stamped far ahead of the rest is broken
            self._now = max(self._now, watermark, min(self._intake.last_ns, watermark + 10**9))
        horizon = watermark if batch.complete else self._intake.horizon(watermark)
        while self._until < horizon:
            cut = self._intake.cut_after(WINDOW_RECORDS, horizon)
            last = batch.complete and cut == horizon
            self._advance(
                max(cut, self._until + 1), horizon if cut < horizon else watermark, delta, last=last
            )
        if batch.complete:
            self._complete = True
        else:
            self._run_ahead(delta)
        self._describe(delta)
        return delta

    # --- lines -------------------------------------------------------------------------------

    def _take_feed(self, feed: ProcessFeed) -> None:
        domain = self.identities.domain(feed.index, feed.folder, feed.pid)
        self.problems["broken_lines"] += feed.broken
        for line in feed.lines:
            try:
                self._take_line(domain, line)
            except (IndexError, TypeError, ValueError, KeyError, AttributeError, OverflowError):
                self._problem("broken_lines")
        for serial, records in feed.records.items():
            if serial == 0:
                self._intake.add_samples(self._intake.source(domain.index, domain), records)
            else:
                self._intake.add(domain, serial, feed.native_ids.get(serial, 0), records)

    def _take_line(self, domain: Domain, line: list[Any]) -> None:
        what = line[0]
        identities = self.identities
        if what == Line.LOCATION:
            identities.location_line(domain, line)
        elif what == Line.OBJECT:
            identities.object_line(domain, line)
            self._renamed(domain, line[1])
            pid = line[5].get("pid") if line[2] == "Process" and len(line) > 5 else None
            if isinstance(pid, int):
                self.population.name_process(pid, str(line[3]))
        elif what == Line.NAME:
            identities.name_line(domain, line)
            self._renamed(domain, line[1])
        elif what == Line.STRING:
            identities.string_line(domain, line)
        elif what == Line.THREAD:
            serial, known, time_ns = identities.thread_line(domain, line)
            # what a line says of somebody else (no native id) is no registration
            if line[4] or line[5]:
                self.population.register(domain, serial, known.state_address, known.native_id, time_ns)
            self.population.describe_thread(domain, serial)
        elif what == Line.PROCESS:
            identities.process_line(domain, line)
        elif what == Line.GIL:
            number, address, reason, time_ns = line[1], line[2], line[4], line[5]
            self._life.gil_lines.append((int(time_ns), domain, int(number), int(address), str(reason)))
        elif what == Line.HOLDER:
            source = self._intake.source(domain.index, domain)
            source.holders[int(line[1])] = (int(line[2]), int(line[3]))
        elif what == Line.PROBE_FAILED:
            self._problem("probe_failed")

    def _renamed(self, domain: Domain, serial: object) -> None:
        object_id = domain.object_ids.get(serial) if isinstance(serial, int) else -1
        if object_id >= 0:
            object_ = self.identities.objects[object_id]
            if object_.track >= 0 and self.tracks[object_.track].kind in (TrackKind.LOCK, TrackKind.TASK):
                self.population.rename_track(object_.track, object_.name)

    def _take_observer(self, feed: ProcessFeed) -> None:
        source = self._intake.source(OBSERVER, None)
        self.problems["broken_lines"] += feed.broken
        for line in feed.lines:
            try:
                if line[0] == Line.OBSERVED:
                    self._life.observed[int(line[1])] = (int(line[2]), int(line[3]), str(line[4]))
                elif line[0] == Line.HOLDER:
                    source.holders[int(line[1])] = (int(line[2]), int(line[3]))
                elif line[0] == Line.OBSERVING:
                    self._observing = [str(reason) for reason in line[4]] if len(line) > 4 else []
            except (IndexError, TypeError, ValueError, OverflowError):
                self._problem("broken_lines")
        for records in feed.records.values():
            self._intake.add_samples(source, records)

    # --- one window --------------------------------------------------------------------------

    def _advance(self, until: int, watermark: int, delta: Delta, *, last: bool) -> None:
        since, self._until = self._until, until
        intake, population = self._intake, self.population
        taken = intake.take(since, until)
        chunks = [
            (source, intake.take_samples(source, since, until))
            for _, source in sorted(intake.sources.items())
        ]
        raw = opening.open_records(taken, self.identities, new_ids=True)
        work = Work(
            window=opening.window_of(raw, population)[0],
            of_tasks=np.empty(0, np.bool_),
            awaited=np.empty(0, np.int32),
            until=until,
            everything=last,
        )
        self._life.live_through(self._life.happenings(raw, chunks, until), work)
        if last:
            self._life.end_everything(work, self._now)
        self._give_sampled(work, chunks)
        work.limits, work.silent = sampling.limits(population, intake, until, watermark)
        self._fill(work, raw)
        flowed = self._flow.advance(work)
        self.problems["late_records"] = intake.late
        self._give_spans(flowed, delta)
        self._life.end_tasks(flowed)
        self._life.joins(flowed.waits)
        self._give_arrows(work, flowed, delta)
        if last:
            self._close_spans(delta, until)

    def _fill(self, work: Work, raw: Raw) -> None:
        """The records themselves, now that everybody in them is known."""
        work.window, work.awaited = opening.window_of(raw, self.population)
        work.of_tasks = self.identities.of_tasks(work.window.object)
        work.without_gil = {i.index for i in self.population.interpreters if i.without_gil}

    def _give_sampled(self, work: Work, chunks: list[tuple[Source, Records]]) -> None:
        sampled = sampling.understand(self.population, chunks, work.begun)
        work.samples, work.looks, work.looked = sampled.samples, sampled.looks, sampled.looked
        for process_index, count in sampled.counts.items():
            for index in self.population.processes[process_index].interpreters.values():
                self.population.interpreters[index].samples += count

    # --- spans -------------------------------------------------------------------------------

    def _give_spans(self, flowed: Flowed, delta: Delta) -> None:
        parts = self._span_parts(flowed)
        for track, spans in _by_track(parts):
            _append(delta.spans, track, spans)
        for track, spans in self._life.take_process_spans().items():
            _append(delta.spans, track, spans)
        self._count_gil(flowed)

    def _span_parts(self, flowed: Flowed) -> list[tuple[SpanArray, NDArray[np.int32]]]:
        population = self.population
        threads = flowed.threads
        gil_track = np.array([i.track for i in population.interpreters] or [-1], np.int32)
        lock_spans = flowed.lock_spans
        if len(lock_spans):
            lock_spans["object"] = np.array(population.lock_objects, np.int32)[flowed.lock_of_span]
        return [
            (threads.spans, population.thread_track[threads.thread]),
            (flowed.gils.spans, gil_track[flowed.gils.thread]),
            (flowed.tasks.spans, population.task_track[flowed.tasks.thread]),
            (lock_spans, population.lock_track[flowed.lock_of_span]),
        ]

    def _give_arrows(self, work: Work, flowed: Flowed, delta: Delta) -> None:
        window, identities, population = work.window, self.identities, self.population
        rows = np.flatnonzero(arrows.used(window.kind))
        rows = rows[np.argsort(window.time[rows], kind="stable")]
        objects, kind, value = window.object[rows], window.kind[rows], window.value[rows]
        for row in np.flatnonzero(kind == Kind.RECEIVE).tolist():
            objects[row] = identities.peers.get(int(objects[row]), -1)
        for row in np.flatnonzero((kind == Kind.JOB_BEGIN) & (objects < 0)).tolist():
            objects[row] = identities.object_of_key(int(value[row]))
        following = flowed.following
        resumed = np.zeros(len(following.resumed_task), arrows.RESUMED_DTYPE)
        resumed["time"], resumed["object"] = following.resumed_time, following.resumed_object
        resumed["reason"] = following.resumed_reason
        resumed["track"] = population.task_track[following.resumed_task]
        records = arrows.Records(
            window.time[rows], kind, window.flags[rows], value, objects, flowed.who[rows]
        )
        found = arrows.advance(self._arrows, records, resumed, work.until)
        asked = np.flatnonzero(found["to_track"] < 0)
        tasks = population.index_of(population.task_of_object, found["object"][asked])
        for row, task in zip(asked.tolist(), tasks.tolist(), strict=True):
            track = int(population.task_track[task]) if task >= 0 else -1
            if track >= 0 and population.tracks[track].start_ns <= found["to_time"][row]:
                found["to_track"][row] = track
        found = found[found["to_track"] >= 0]
        delta.arrows = np.concatenate([delta.arrows, *self._life.take_arrows(), found])

    def _close_spans(self, delta: Delta, until: int) -> None:
        """Nothing is open any more: every track has ended."""
        for flow_spans, tracks in self._open_parts(self._flow, until):
            for track, spans in _by_track([(flow_spans, tracks)]):
                _append(delta.spans, track, spans)

    def _open_parts(self, flow: Flow, now: int) -> list[tuple[SpanArray, NDArray[np.int32]]]:
        """What goes on at ``now``, by track."""
        population = self.population
        parts = []
        going = flow.open[: len(population.threads)]
        parts.append((going, population.thread_track))
        parts.append((flow.task_open[: len(population.task_objects)], population.task_track))
        gils = [flow.holding.open[i][0] for i in sorted(flow.holding.open)]
        gil_track = np.array([i.track for i in population.interpreters] or [-1], np.int32)
        if gils:
            parts.append((np.array(gils, combination.STRETCH_DTYPE), gil_track))
        result = []
        for stretches, tracks in parts:
            shown = stretches[(stretches["state"] != State.NONE) & (stretches["time"] < now)]
            result.append((combination.open_spans(shown, now), tracks[shown["thread"]]))
        spans, which = locks.open_spans(flow.locks, now)
        spans["flags"] = int(SpanFlag.OPEN)
        if len(spans):
            spans["object"] = np.array(population.lock_objects, np.int32)[which]
        result.append((spans, population.lock_track[which]))
        return result

    def _run_ahead(self, delta: Delta) -> None:
        """Draw what is not settled yet, on a copy of everything."""
        flow = self._flow
        parts: list[tuple[SpanArray, NDArray[np.int32]]] = []
        now = max(self._now, self._until)
        if self._intake.count_before(now + 1) <= MOST_PROVISIONAL:
            flow = self._flow.copy()
            intake = self._intake
            chunks = [
                (source, intake.take_samples(source, self._until, now + 1, peek=True))
                for _, source in sorted(intake.sources.items())
            ]
            taken = intake.take(self._until, now + 1, peek=True)
            raw = opening.open_records(taken, self.identities, new_ids=False)
            empty = np.empty(0, np.int32)
            work = Work(opening.window_of(raw, self.population)[0], np.empty(0, np.bool_), empty, now + 1)
            work.everything = True
            sampled = sampling.understand(self.population, chunks, [])
            work.samples, work.looks, work.looked = sampled.samples, sampled.looks, sampled.looked
            self._fill(work, raw)
            flowed = flow.advance(work)
            parts = self._span_parts(flowed)
        for track, spans in _by_track(parts + self._open_parts(flow, now)):
            _append(delta.open_spans, track, spans)
        for track, spans in self._life.open_process_spans(now).items():
            _append(delta.open_spans, track, spans)

    # --- figures and descriptions ------------------------------------------------------------

    def _count_gil(self, flowed: Flowed) -> None:
        population = self.population
        for index, count in flowed.switches.items():
            population.interpreters[index].switches += count
        for index, count in flowed.missed.items():
            population.interpreters[index].missed += count
        spans, interps = flowed.gils.spans, flowed.gils.thread
        length = spans["end"] - spans["start"]
        unseen = spans["state"] == State.UNOBSERVED
        _add_up(self._unseen_ns, interps[unseen], length[unseen])
        _add_up(self._seen_ns, interps[~unseen], length[~unseen])
        owned = (spans["state"] == State.OWNED) & (spans["owner"] >= 0)
        _add_up(self._hold_ns, spans["owner"][owned], length[owned])
        spans = flowed.threads.spans
        waits = spans["state"] == State.WAIT_GIL
        tracks = population.thread_track[flowed.threads.thread[waits]]
        _add_up(self._wait_ns, tracks, (spans["end"] - spans["start"])[waits])

    def gil_figures(self) -> list[GilFigures]:
        """Every interpreter's GIL, as far as it is settled."""
        population = self.population
        figures = []
        for interpreter in population.interpreters:
            process = population.processes[interpreter.process]
            if not process.domains:
                continue
            threads = [t for t in population.threads if t.interpreter == interpreter.index]
            observed = interpreter.track >= 0
            reason = "" if observed else interpreter.reason or "; ".join(self._observing) or "not_sampled"
            figures.append(
                GilFigures(
                    pid=process.pid,
                    interpreter=interpreter.number,
                    track=interpreter.track,
                    observed=observed,
                    reason=reason,
                    samples=interpreter.samples,
                    switches=interpreter.switches,
                    missed=interpreter.missed,
                    unobserved_ns=self._unseen_ns[interpreter.index],
                    observed_ns=self._seen_ns[interpreter.index],
                    hold_ns={t.track: self._hold_ns[t.track] for t in threads if self._hold_ns[t.track]},
                    wait_ns={t.track: self._wait_ns[t.track] for t in threads if self._wait_ns[t.track]},
                )
            )
        return figures

    def _describe(self, delta: Delta) -> None:
        population, identities = self.population, self.identities
        delta.now_ns, delta.final_ns = self._now, min(self._until, self._now)
        if not self._complete:
            population.note_unreached(self._until)
        for track in population.tracks:
            if track.end.kind is EndKind.RUNNING:
                track.end_ns = max(self._now, track.start_ns)
        delta.new_tracks = [replace(track) for track in population.tracks[self._told_tracks :]]
        delta.changed_tracks = [
            replace(population.tracks[i]) for i in sorted(population.changed) if i < self._told_tracks
        ]
        delta.new_objects = [replace(o) for o in identities.objects[self._told_objects :]]
        delta.changed_objects = [
            replace(identities.objects[i])
            for i in sorted(identities.changed_objects)
            if i < self._told_objects
        ]
        delta.new_locations = list(identities.locations[self._told_locations :])
        delta.changed_locations = {
            i: identities.locations[i]
            for i in sorted(identities.changed_locations)
            if i < self._told_locations
        }
        self._told_tracks = len(population.tracks)
        self._told_objects = len(identities.objects)
        self._told_locations = len(identities.locations)
        population.changed.clear()
        identities.changed_objects.clear()
        identities.changed_locations.clear()
        delta.marks, population.marks = population.marks, []
        delta.gil = self.gil_figures()
        delta.problems = {code: count for code, count in self.problems.items() if count}
        delta.records = self._intake.records
        delta.complete = self._complete


def _add_up(counter: Counter[int], keys: NDArray[np.int32], values: NDArray[np.int64]) -> None:
    if len(keys):
        names, which = np.unique(keys, return_inverse=True)
        sums = np.zeros(len(names), np.int64)
        np.add.at(sums, which, values)
        for name, total in zip(names.tolist(), sums.tolist(), strict=True):
            counter[name] += total


def _by_track(
    parts: list[tuple[SpanArray, NDArray[np.int32]]],
) -> Iterable[tuple[int, SpanArray]]:
    """Spans (in the order of time for each track) cut into one array a track; without a track: left out."""
    for spans, tracks in parts:
        if not len(spans):
            continue
        edges = np.flatnonzero(tracks[1:] != tracks[:-1]) + 1
        begin = 0
        for end in [*edges.tolist(), len(tracks)]:
            if tracks[begin] >= 0:
                yield int(tracks[begin]), spans[begin:end]
            begin = end


def _append(book: dict[int, SpanArray], track: int, spans: SpanArray) -> None:
    have = book.get(track)
    book[track] = spans if have is None else np.concatenate([have, spans])


assert OBSERVER_INDEX == OBSERVER
