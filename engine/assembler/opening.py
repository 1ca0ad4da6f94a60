"""Opening a window: ids for what is new in it, tracks for what begins, and what else happened once.

Everything rare is sorted by time first, so that ids do not depend on batches.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engine.agent.layout import Kind, Result, Wait
from engine.assembler import groups
from engine.assembler.identity import Domain, Identities
from engine.assembler.intake import Writer, stamp
from engine.assembler.population import Population
from engine.assembler.rows import Window
from engine.batch import Records

_RARE_AGENT = (
    Kind.PROCESS_BEGIN, Kind.PROCESS_END, Kind.FORKED, Kind.SPAWNED, Kind.THREAD_START, Kind.THREAD_END,
    Kind.GC, Kind.IMPORT, Kind.EXCEPTION, Kind.SIGNAL, Kind.WARNING, Kind.CALLED, Kind.LOST,
    Kind.PROBE_FAILED,
)  # fmt: skip
_IS_RARE = np.zeros(1 << 16, np.bool_)
_IS_RARE[list(_RARE_AGENT)] = True
#: Kinds whose ``object`` is no object's serial.
_NO_OBJECT = np.zeros(1 << 16, np.bool_)
_NO_OBJECT[
    [
        Kind.GC, Kind.IMPORT, Kind.EXCEPTION, Kind.SIGNAL, Kind.WARNING, Kind.CALLED, Kind.LOST,
        Kind.PROBE_FAILED, Kind.SWITCH_INTERVAL, Kind.GIL_GAP_BEGIN, Kind.GIL_GAP_END,
    ]
] = True  # fmt: skip
_NO_OBJECT[128:] = True
_OF_TASK = np.zeros(1 << 16, np.bool_)
_OF_TASK[[Kind.TASK_CREATED, Kind.TASK_READY, Kind.TASK_STEP_BEGIN, Kind.TASK_STEP_END, Kind.TASK_AWAITS]] = (
    True
)
#: Shorter garbage collections are no marks.
GC_NS = 1_000_000


@dataclass(slots=True)
class Raw:
    """The records of one window as they came: writer after writer, each in the order of time."""

    writers: list[Writer]
    part: NDArray[np.int32]  # index into ``writers``
    time: NDArray[np.int64]
    kind: NDArray[np.uint16]
    flags: NDArray[np.uint16]
    value: NDArray[np.int64]
    object: NDArray[np.int32]  # ids; -1 none
    location: NDArray[np.int32]
    awaited: NDArray[np.int32]  # TASK_AWAITS and SUBMITTED: id of the object in ``value``
    serial: NDArray[np.uint32]  # the field ``object`` as it was written


@dataclass(order=True, slots=True)
class Happening:
    """Something rare; sorts by time, then by what it is, then by where it stands."""

    time: int
    rank: int
    number: int
    what: str = field(compare=False)
    writer: Writer | None = field(compare=False, default=None)
    serial: int = field(compare=False, default=0)  # the field ``object`` as it was written
    object: int = field(compare=False, default=-1)  # its id
    kind: int = field(compare=False, default=0)
    value: int = field(compare=False, default=0)
    flags: int = field(compare=False, default=0)
    location: int = field(compare=False, default=-1)


RANK_PROCESS, RANK_THREAD, RANK_GIL, RANK_TASK, RANK_LOCK, RANK_OTHER = range(6)


def open_records(taken: list[tuple[Writer, Records]], identities: Identities, *, new_ids: bool) -> Raw:
    """Columns of what was taken; gives ids to what has none when ``new_ids``."""
    writers = [writer for writer, _ in taken]
    sizes = np.array([len(records) for _, records in taken], np.int64)
    part = np.repeat(np.arange(len(taken), dtype=np.int32), sizes)
    records = np.concatenate([records for _, records in taken]) if taken else np.empty(0, _RECORDS)
    kind = records["kind"].copy()
    time = stamp(records)
    value = records["value"].copy()
    serial = records["object"].copy()
    serial[_NO_OBJECT[kind]] = 0
    names_other = (kind == Kind.SUBMITTED) | (
        (kind == Kind.TASK_AWAITS) & ((records["flags"] & 0xFF) != Wait.SLEEP)
    )
    other = np.where(names_other & (value > 0) & (value < 1 << 32), value, 0).astype(np.uint32)
    place = records["location"].copy()
    slices = _domain_slices(writers, sizes)
    raw = Raw(
        writers,
        part,
        time,
        kind,
        records["flags"].copy(),
        value,
        np.empty(0, np.int32),
        np.empty(0, np.int32),
        np.empty(0, np.int32),
        records["object"].copy(),
    )
    if new_ids:
        _give_object_ids(identities, slices, time, (serial, other), writers, raw)
        _give_location_ids(identities, slices, time, place)
    raw.object = _ids(slices, serial, "object")
    raw.location = _ids(slices, place, "location")
    raw.awaited = _ids(slices, other, "object")
    return raw


_RECORDS = np.dtype(
    [("time", "<u8"), ("value", "<i8"), ("thread", "<u4"), ("object", "<u4"), ("location", "<u4"),
     ("flags", "<u2"), ("kind", "<u2")]
)  # fmt: skip


def _domain_slices(writers: list[Writer], sizes: NDArray[np.int64]) -> list[tuple[Domain, slice]]:
    """Writers are sorted by domain: each domain's records are one stretch."""
    slices: list[tuple[Domain, slice]] = []
    begin = 0
    for writer, size in zip(writers, sizes.tolist(), strict=True):
        end = begin + size
        if slices and slices[-1][0] is writer.domain:
            slices[-1] = (writer.domain, slice(slices[-1][1].start, end))
        else:
            slices.append((writer.domain, slice(begin, end)))
        begin = end
    return slices


def _ids(slices: list[tuple[Domain, slice]], serials: NDArray[np.uint32], what: str) -> NDArray[np.int32]:
    ids = np.empty(len(serials), np.int32)
    for domain, where in slices:
        book = domain.object_ids if what == "object" else domain.location_ids
        ids[where] = book.lookup(serials[where])
    ids[serials == 0] = -1
    return ids


def _first_uses(
    domain: Domain, time: NDArray[np.int64], serials: NDArray[np.uint32], what: str
) -> list[tuple[int, int, int]]:
    """(time, domain index, serial) of the first use of everything that has no id yet."""
    book = domain.object_ids if what == "object" else domain.location_ids
    missing = np.flatnonzero((serials > 0) & (book.lookup(serials) < 0))
    if not len(missing):
        return []
    missing = missing[np.argsort(time[missing], kind="stable")]
    names, first = np.unique(serials[missing], return_index=True)
    return [
        (int(time[missing[row]]), domain.index, serial)
        for serial, row in zip(names.tolist(), first.tolist(), strict=True)
    ]


def _give_object_ids(
    identities: Identities,
    slices: list[tuple[Domain, slice]],
    time: NDArray[np.int64],
    columns: tuple[NDArray[np.uint32], ...],
    writers: list[Writer],
    raw: Raw,
) -> None:
    uses: list[tuple[int, int, int]] = []
    for domain, where in slices:
        for serials in columns:
            uses.extend(_first_uses(domain, time[where], serials[where], "object"))
    # a thread that writes for the first time is an object as well
    first_rows = np.flatnonzero(groups.first_of_group(raw.part))
    for row in first_rows.tolist():
        writer = writers[raw.part[row]]
        line = writer.domain.threads.get(writer.serial)
        if not writer.seen and line is not None and line.object_serial:
            uses.append((int(time[row]), writer.domain.index, line.object_serial))
    for _, domain_index, serial in sorted(uses):
        identities.object_id(identities.domains[domain_index], serial)


def _give_location_ids(
    identities: Identities,
    slices: list[tuple[Domain, slice]],
    time: NDArray[np.int64],
    places: NDArray[np.uint32],
) -> None:
    uses: list[tuple[int, int, int]] = []
    for domain, where in slices:
        uses.extend(_first_uses(domain, time[where], places[where], "location"))
    for _, domain_index, number in sorted(uses):
        identities.location_id(identities.domains[domain_index], number)


def happenings(raw: Raw) -> list[Happening]:
    """Everything rare in the agents' records, first records of threads included; not sorted."""
    found = []
    for row in np.flatnonzero(groups.first_of_group(raw.part)).tolist():
        writer = raw.writers[raw.part[row]]
        if not writer.seen:
            writer.seen = True
            serial = int(raw.serial[row]) if raw.kind[row] == Kind.THREAD_BEGIN else 0
            found.append(Happening(int(raw.time[row]), RANK_THREAD, _place(writer), "begin", writer, serial))
    is_rare = _IS_RARE[raw.kind]
    is_rare |= (raw.kind == Kind.WAIT_END) & (raw.flags == Wait.PROCESS_JOIN | Result.GOT)
    rare = np.flatnonzero(is_rare)
    short = (raw.kind[rare] == Kind.GC) & (raw.value[rare] < GC_NS)
    for row in rare[~short].tolist():
        kind, writer = int(raw.kind[row]), raw.writers[raw.part[row]]
        rank = RANK_THREAD if kind == Kind.THREAD_START else RANK_OTHER
        if kind in (Kind.FORKED, Kind.SPAWNED):
            rank = RANK_PROCESS
        found.append(
            Happening(
                int(raw.time[row]),
                rank,
                _place(writer),
                "record",
                writer,
                serial=int(raw.serial[row]),
                object=int(raw.object[row]),
                kind=kind,
                value=int(raw.value[row]),
                flags=int(raw.flags[row]),
                location=int(raw.location[row]),
            )
        )
    return found


def _place(writer: Writer) -> int:
    """Orders what happens at the same moment, whatever the batch."""
    return writer.domain.index << 32 | writer.serial


def new_tracks(raw: Raw, population: Population) -> list[Happening]:
    """Tasks and locks that are met for the first time; not sorted."""
    found = []
    lock = ((raw.kind == Kind.ACQUIRED) | (raw.kind == Kind.RELEASED)) & (raw.object >= 0)
    reason = raw.flags & 0xFF
    lock |= (
        (raw.kind == Kind.WAIT_BEGIN)
        & ((reason == Wait.LOCK) | (reason == Wait.SEMAPHORE))
        & (raw.object >= 0)
    )
    task = _OF_TASK[raw.kind] & (raw.object >= 0)
    for mask, table, rank, what in (
        (task, population.task_of_object, RANK_TASK, "task"),
        (lock, population.lock_of_object, RANK_LOCK, "lock"),
    ):
        rows = np.flatnonzero(mask)
        rows = rows[population.index_of(table, raw.object[rows]) < 0]
        if not len(rows):
            continue
        rows = rows[np.argsort(raw.time[rows], kind="stable")]
        ids, first = np.unique(raw.object[rows], return_index=True)
        for object_id, row in zip(ids.tolist(), rows[first].tolist(), strict=True):
            writer = raw.writers[raw.part[row]]
            found.append(Happening(int(raw.time[row]), rank, _place(writer), what, writer, object=object_id))
    return found


def window_of(raw: Raw, population: Population) -> tuple[Window, NDArray[np.int32]]:
    """The window, without records of threads that do not exist yet, and ``awaited`` for it."""
    threads = np.array(
        [population.thread_of_writer(w.domain.index, w.serial) for w in raw.writers] or [-1], np.int32
    )
    domains = np.array([w.domain.index for w in raw.writers] or [-1], np.int32)
    thread = threads[raw.part]
    window = Window(
        raw.time, raw.kind, raw.flags, raw.value, thread, raw.object, raw.location, domains[raw.part]
    )
    if len(thread) and int(thread.min()) < 0:
        keep = thread >= 0
        return window.take(keep), raw.awaited[keep]
    return window, raw.awaited
