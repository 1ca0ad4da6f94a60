"""What ``bench`` found: plain data, a JSON document, a table."""

from __future__ import annotations

import statistics
from dataclasses import asdict, dataclass, field
from typing import Any

from engine.counted import counted

SCHEMA = "lockstep-bench"
SCHEMA_VERSION = 1


@dataclass
class Timing:
    """Milliseconds of one way to run one workload, one median a round; rounds of all ways are interleaved."""

    rounds_ms: list[float] = field(default_factory=list)
    failed: str = ""

    @property
    def median_ms(self) -> float | None:
        """None when no round succeeded."""
        return statistics.median(self.rounds_ms) if self.rounds_ms else None


@dataclass
class WorkloadResult:
    """One workload.  ``ways``: "alone", "record", and the other tools by name."""

    id: str
    title: str
    budget: float
    ways: dict[str, Timing] = field(default_factory=dict)

    def factors(self, way: str) -> list[float]:
        """Round by round, the time this way by the time alone; rounds that failed are left out."""
        alone, other = self.ways["alone"].rounds_ms, self.ways[way].rounds_ms
        return [theirs / ours for ours, theirs in zip(alone, other, strict=False)]

    def factor(self, way: str) -> float | None:
        """The ratio of the medians; None when a way has no figures."""
        alone, other = self.ways["alone"].median_ms, self.ways[way].median_ms
        return other / alone if alone and other else None


@dataclass
class AgentCost:
    """ns; None where not measured."""

    record_ns: float | None = None
    record_with_location_ns: float | None = None
    with_lock_ns: float | None = None
    with_lock_alone_ns: float | None = None


@dataclass
class Reading:
    """How fast a finished session goes through tail, assembler and store."""

    records: int = 0
    seconds: float = 0.0
    peak_memory_mb: float = 0.0
    lost: int = 0
    failed: str = ""

    @property
    def records_per_second(self) -> float:
        return self.records / self.seconds if self.seconds else 0.0


@dataclass
class BenchReport:
    """One run of ``bench``."""

    machine: dict[str, Any]
    interpreter: dict[str, Any]
    lockstep: str
    rounds: int
    load_before: float | None
    load_after: float | None = None
    peers: dict[str, str] = field(default_factory=dict)  # tool → version, or why it is absent
    workloads: list[WorkloadResult] = field(default_factory=list)
    agent: AgentCost = field(default_factory=AgentCost)
    reading: Reading | None = None
    window: dict[str, Any] | None = None  # filled by ``bench --window``

    def as_json(self) -> dict[str, Any]:
        """The document that ``bench --json`` prints (docs/formats.md)."""
        return {
            "schema": SCHEMA,
            "version": SCHEMA_VERSION,
            "lockstep": self.lockstep,
            "machine": self.machine,
            "interpreter": self.interpreter,
            "rounds": self.rounds,
            "load": {"before": self.load_before, "after": self.load_after},
            "tools": self.peers,
            "workloads": [_workload_json(result) for result in self.workloads],
            "agent": asdict(self.agent),
            "reading": None
            if self.reading is None
            else {**asdict(self.reading), "records_per_second": self.reading.records_per_second},
            "window": self.window,
        }

    def as_text(self) -> str:
        """A table for people."""
        ways = list(dict.fromkeys(way for result in self.workloads for way in result.ways if way != "alone"))
        machine = self.machine
        lines = [
            f"{machine['system']} {machine['machine']}, {counted(machine['cpus'], 'core')}",
            f"CPython {self.interpreter['version']}, medians of {counted(self.rounds, 'interleaved round')}",
            f"load before {_load(self.load_before)}, after {_load(self.load_after)}",
            "",
            f"{'':34}{'alone':>10}" + "".join(f"{way:>12}" for way in ways) + f"{'budget':>9}",
        ]
        for result in self.workloads:
            alone = result.ways["alone"].median_ms
            row = f"{result.title:34}" + (f"{alone:7.1f} ms" if alone is not None else f"{'failed':>10}")
            for way in ways:
                factor = result.factor(way) if way in result.ways else None
                row += f"{factor:11.2f}×" if factor is not None else f"{'–':>12}"
            row += f"{'≤ ' + format(result.budget, '.2f'):>9}" if result.budget else f"{'':>9}"
            lines.append(row)
            if len(factors := result.factors("record") if "record" in result.ways else []) > 1:
                lines.append(f"{'':34}{'':10}{min(factors):7.2f}…{max(factors):.2f}")
        cost = self.agent
        lines += [
            "",
            f"one record                        {_ns(cost.record_ns)}",
            f"one record with its location      {_ns(cost.record_with_location_ns)}   budget 350 ns",
            f"with lock, uncontended            {_ns(cost.with_lock_ns)}   budget 1000 ns",
            f"with lock, alone                  {_ns(cost.with_lock_alone_ns)}",
        ]
        if self.reading is not None and not self.reading.failed:
            reading = self.reading
            lines.append(
                f"tail, assembler, store            {reading.records_per_second / 1e6:.2f} M records/s "
                f"({counted(reading.records, 'record')}, {reading.lost:,} lost, "
                f"peak {reading.peak_memory_mb:.0f} MB)"
            )
        failures = [
            f"{result.id}, {way}: {timing.failed}"
            for result in self.workloads
            for way, timing in result.ways.items()
            if timing.failed
        ]
        if self.reading is not None and self.reading.failed:
            failures.append(f"reading: {self.reading.failed}")
        failures += [f"{tool}: {text}" for tool, text in self.peers.items() if not text[:1].isdigit()]
        return "\n".join([*lines, *(["", *failures] if failures else [])])


def _workload_json(result: WorkloadResult) -> dict[str, Any]:
    ways: dict[str, Any] = {}
    for way, timing in result.ways.items():
        factors = result.factors(way)
        ways[way] = {
            "median_ms": timing.median_ms,
            "rounds_ms": timing.rounds_ms,
            "factor": result.factor(way),
            "lowest_factor": min(factors, default=None),
            "highest_factor": max(factors, default=None),
            "failed": timing.failed or None,
        }
    return {"id": result.id, "title": result.title, "budget": result.budget or None, "ways": ways}


def _ns(value: float | None) -> str:
    return "      –   " if value is None else f"{value:7.0f} ns"


def _load(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
