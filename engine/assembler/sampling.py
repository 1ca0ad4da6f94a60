"""The samplers' records as the stages need them: per interpreter, per thread, with processes known."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engine.agent.layout import Kind
from engine.assembler import outside
from engine.assembler.evidence import Samples, start_of_window
from engine.assembler.gil_layer import FOREIGN, NOT_SET
from engine.assembler.intake import Intake, Source, stamp
from engine.assembler.population import Population, Process
from engine.batch import Records


@dataclass(slots=True)
class Sampled:
    """``samples``: by interpreter.  ``looks``: in the order of time.  ``looked``: (process, time).
    ``counts``: how many samples of each process's GIL were taken."""

    samples: dict[int, Samples] = field(default_factory=dict)
    looks: NDArray[np.void] = field(default_factory=lambda: np.empty(0, outside.LOOK_DTYPE))
    looked: list[tuple[int, int]] = field(default_factory=list)
    counts: dict[int, int] = field(default_factory=dict)


def understand(
    population: Population, chunks: list[tuple[Source, Records]], born: list[tuple[int, int]]
) -> Sampled:
    """Sort the samplers' records; ``born``: (thread, time) of first records, for what was seen before.

    Records about processes that are not known (yet) are left out."""
    result = Sampled()
    looks = [_born_looks(population, born)]
    for source, records in chunks:
        for process, mine in _by_process(population, source, records):
            _gil_samples(population, source, process, mine, result)
            looks.append(_looks(population, process, mine))
    everything = np.concatenate(looks)
    result.looks = everything[np.argsort(everything["time"], kind="stable")]
    return result


def _by_process(population: Population, source: Source, records: Records) -> list[tuple[Process, Records]]:
    if not len(records):
        return []
    if source.domain is not None:
        index = source.domain.process
        return [(population.processes[index], records)] if index >= 0 else []
    found = []
    location = records["location"]
    serials = np.unique(location)
    for serial in serials.tolist():
        process = population.process_of_serial(serial)
        if process is not None:
            found.append((process, records if len(serials) == 1 else records[location == serial]))
    return found


def _gil_samples(
    population: Population, source: Source, process: Process, records: Records, result: Sampled
) -> None:
    kind = records["kind"]
    looked = records[kind == Kind.LOOKED]
    for time, rounds, count in looked[["time", "object", "value"]].tolist():
        if rounds:
            result.looked.append((process.index, time))
        result.counts[process.index] = result.counts.get(process.index, 0) + max(0, count)
    use = (kind == Kind.GIL) | (kind == Kind.GIL_GAP) | (kind == Kind.LOOKED)
    mine = records[use]
    if not len(mine):
        return
    number = _interpreters(mine)
    named = set(np.unique(number[number >= 0]).tolist())
    for which in sorted(named | set(process.interpreters)):
        interpreter = population.interpreter(process, which)
        rows = mine[(number == which) | (number == -1)]
        if not len(rows):
            continue
        time = stamp(rows)
        result.samples[interpreter.index] = Samples(
            time,
            rows["kind"].copy(),
            rows["flags"].copy(),
            rows["value"].copy(),
            _holders(population, source, process, rows, time),
        )


def _interpreters(records: Records) -> NDArray[np.int32]:
    """Of which interpreter of its process each record tells, -1 of all."""
    which: NDArray[np.int32] = (records["flags"] >> 8).astype(np.int32)
    which[records["kind"] == Kind.LOOKED] = -1
    return which


def _holders(
    population: Population, source: Source, process: Process, rows: Records, time: NDArray[np.int64]
) -> NDArray[np.int32]:
    """Thread index of every GIL record's holder."""
    holder = np.full(len(rows), NOT_SET, np.int32)
    interned = np.where(rows["kind"] == Kind.GIL, rows["object"], 0)
    for number in np.unique(interned).tolist():
        if not number:
            continue
        at = np.flatnonzero(interned == number)
        _, address = source.holders.get(number, (0, 0))
        threads = population.threads_at(process.pid, address, time[at], native=False)
        holder[at] = np.where(threads >= 0, threads, FOREIGN)
    return holder


def _looks(population: Population, process: Process, records: Records) -> NDArray[np.void]:
    kind = records["kind"]
    mine = records[(kind == Kind.OS_STATE) | (kind == Kind.CPU) | (kind == Kind.OS_GAP)]
    looks = np.zeros(len(mine), outside.LOOK_DTYPE)
    looks["time"], looks["value"], looks["kind"] = stamp(mine), mine["value"], mine["kind"]
    looks["pid"], looks["tid"], looks["process"] = process.pid, mine["thread"], process.index
    looks["state"] = np.where(mine["kind"] == Kind.OS_STATE, mine["flags"] & 0xFF, 0)
    looks["thread"] = -1
    for tid in np.unique(mine["thread"]).tolist():
        if tid:
            at = np.flatnonzero(mine["thread"] == tid)
            looks["thread"][at] = population.threads_at(process.pid, tid, looks["time"][at], native=True)
    return looks


def _born_looks(population: Population, born: list[tuple[int, int]]) -> NDArray[np.void]:
    looks = np.zeros(len(born), outside.LOOK_DTYPE)
    for row, (index, time) in enumerate(born):
        thread = population.threads[index]
        looks[row] = (
            time,
            0,
            population.processes[thread.process].pid,
            thread.tid,
            index,
            thread.process,
            outside.BORN,
            0,
        )
    return looks


def limits(
    population: Population, intake: Intake, until: int, watermark: int
) -> tuple[dict[int, int], dict[int, int]]:
    """By interpreter: from when on samples that wait say something new; and until when there are
    certainly no more samples than those taken."""
    starts: dict[int, int] = {}
    silent: dict[int, int] = {}
    for source in intake.sources.values():
        heard = set()
        for process, records in _by_process(population, source, intake.waiting_samples(source)):
            heard.add(process.index)
            kind = records["kind"]
            mine = records[(kind == Kind.GIL) | (kind == Kind.GIL_GAP) | (kind == Kind.LOOKED)]
            number = _interpreters(mine)
            for which, index in process.interpreters.items():
                rows = mine[(number == which) | (number == -1)]
                none = np.full(len(rows), NOT_SET, np.int32)
                samples = Samples(stamp(rows), rows["kind"], rows["flags"], rows["value"], none)
                starts[index] = min(starts.get(index, until), start_of_window(samples))
        for interpreter in population.interpreters:
            if interpreter.process in heard:
                silent[interpreter.index] = until
    for interpreter in population.interpreters:
        silent.setdefault(interpreter.index, watermark)
    return starts, silent
