"""What has arrived and is not understood yet: records by writer, and what the samplers wrote."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engine.agent.layout import Kind
from engine.assembler.evidence import DEAD_NS
from engine.assembler.identity import Domain
from engine.batch import RECORD_DTYPE, Records

#: The observer as a source of samples; processes that sample themselves have their domain's index.
OBSERVER = -1

_NONE: Records = np.empty(0, RECORD_DTYPE)
_SAMPLER_KINDS = (Kind.GIL, Kind.GIL_GAP, Kind.OS_STATE, Kind.CPU, Kind.OS_GAP, Kind.LOOKED)


@dataclass(slots=True)
class Writer:
    """One thread's segment."""

    domain: Domain
    serial: int
    tid: int = 0
    pending: list[Records] = field(default_factory=list)
    seen: bool = False  # a record of it was taken


@dataclass(slots=True)
class Source:
    """A sampler: the observer, or a process that samples its own GIL."""

    domain: Domain | None
    pending: list[Records] = field(default_factory=list)
    #: by (process's serial there): the moments of its LOOKED records, its first record, its end
    looked: dict[int, list[int]] = field(default_factory=dict)
    since: dict[int, int] = field(default_factory=dict)
    gone: dict[int, int] = field(default_factory=dict)
    holders: dict[int, tuple[int, int]] = field(default_factory=dict)  # id → (process's serial, address)


class Intake:
    """Keeps records until their time has come."""

    def __init__(self) -> None:
        self.writers: dict[tuple[int, int], Writer] = {}
        self.sources: dict[int, Source] = {}
        self.records = 0
        self.late = 0
        self.last_ns = 0  # the latest record
        self._waiting: set[tuple[int, int]] = set()

    # --- arrival -----------------------------------------------------------------------------

    def add(self, domain: Domain, serial: int, tid: int, records: Records) -> None:
        """Records of a thread."""
        records = records[records["kind"] != 0]
        if not len(records):
            return
        key = (domain.index, serial)
        writer = self.writers.get(key)
        if writer is None:
            writer = self.writers[key] = Writer(domain, serial)
        writer.tid = tid or writer.tid
        writer.pending.append(records)
        self._waiting.add(key)
        self._count(records)

    def source(self, index: int, domain: Domain | None) -> Source:
        """The sampler with this index, made when it is new."""
        found = self.sources.get(index)
        if found is None:
            found = self.sources[index] = Source(domain)
        return found

    def add_samples(self, source: Source, records: Records) -> None:
        """Records of a sampler."""
        records = records[records["kind"] != 0]
        if not len(records):
            return
        source.pending.append(records)
        self._count(records)
        looked = records[records["kind"] == Kind.LOOKED]
        for serial, time in zip(looked["location"].tolist(), looked["time"].tolist(), strict=True):
            source.looked.setdefault(serial, []).append(time)
        sampled = records[np.isin(records["kind"], _SAMPLER_KINDS)]
        serials, first = np.unique(sampled["location"], return_index=True)
        for serial, row in zip(serials.tolist(), first.tolist(), strict=True):
            time = int(sampled["time"][row])
            source.since[serial] = min(time, source.since.get(serial, time))
        for row in records[records["kind"] == Kind.PROCESS_GONE]:
            source.gone[int(row["location"])] = int(row["time"])

    def _count(self, records: Records) -> None:
        self.records += len(records)
        # a time beyond the clock's reach is broken data: it must not hold everything up
        times = records["time"]
        if len(times):
            self.last_ns = max(self.last_ns, min(int(times.max()), _LATEST))

    # --- departure ---------------------------------------------------------------------------

    def horizon(self, watermark: int) -> int:
        """Up to when everything is known, samples included."""
        horizon = watermark
        for source in self.sources.values():
            for serial, since in source.since.items():
                if since >= watermark or source.gone.get(serial, watermark) < watermark:
                    continue
                looked = source.looked.get(serial, [])
                passed = [time for time in looked if time < watermark]
                if passed:
                    source.looked[serial] = [max(passed), *(t for t in looked if t >= watermark)]
                latest = max(passed) if passed else since
                horizon = min(horizon, max(latest, watermark - DEAD_NS))
        return horizon

    def count_before(self, until: int) -> int:
        """How many records are waiting that are older than ``until``."""
        return sum(
            int((part["time"] < until).sum()) for key in self._waiting for part in self.writers[key].pending
        )

    def cut_after(self, records: int, until: int) -> int:
        """The moment at most ``until`` before which about so many records are waiting."""
        if self.count_before(until) <= 2 * records:
            return until
        times = np.concatenate([part["time"] for key in self._waiting for part in self.writers[key].pending])
        times = times[times < until]
        if len(times) <= 2 * records:
            return until
        cut = int(np.partition(times, records)[records])
        return max(cut, int(times.min()) + 1)

    def take(self, since: int, until: int, *, peek: bool = False) -> list[tuple[Writer, Records]]:
        """Records older than ``until``, by writer, each in the order of time.

        Those older than ``since`` came too late: they are stamped with it, and counted.
        ``peek`` leaves everything where it is."""
        taken = []
        for key in sorted(self._waiting):
            writer = self.writers[key]
            records = _in_order(writer.pending)
            time = records["time"]
            count = int(np.searchsorted(time, until))
            if count:
                mine = records[:count]
                late = int(np.searchsorted(time[:count], since))
                if late:
                    mine = mine.copy()
                    mine["time"][:late] = since
                    self.late += 0 if peek else late
                taken.append((writer, mine))
            if peek:
                writer.pending = [records]
                continue
            if count == len(records):
                writer.pending = []
                self._waiting.discard(key)
            else:
                writer.pending = [records[count:]]
        return taken

    def take_samples(self, source: Source, since: int, until: int, *, peek: bool = False) -> Records:
        """A sampler's records older than ``until``, in the order of time; late ones as in ``take``."""
        if not source.pending:
            return _NONE
        records = _in_order(source.pending)
        count = int(np.searchsorted(records["time"], until))
        mine = records[:count]
        late = int(np.searchsorted(records["time"][:count], since))
        if late:
            mine = mine.copy()
            mine["time"][:late] = since
            self.late += 0 if peek else late
        source.pending = [records] if peek else ([records[count:]] if count < len(records) else [])
        return mine

    def waiting_samples(self, source: Source) -> Records:
        """A sampler's records whose time has not come."""
        return _in_order(source.pending) if source.pending else _NONE


#: perf_counter_ns does not get that far in a hundred years.
_LATEST = 1 << 62


def _in_order(parts: list[Records]) -> Records:
    records = parts[0] if len(parts) == 1 else np.concatenate(parts)
    time = records["time"]
    if len(time) > 1 and bool((time[1:] < time[:-1]).any()):
        records = records[np.argsort(time, kind="stable")]
    return records


def stamp(records: Records) -> NDArray[np.int64]:
    """Times as signed numbers."""
    time: NDArray[np.int64] = np.minimum(records["time"], _LATEST).astype(np.int64)
    return time
