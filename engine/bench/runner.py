"""Runs the workloads: alone, under ``record`` and under other tools, in turn, round after round.

Everything is a child process on the same interpreter; a program reports its own time, so neither the
start of an interpreter nor the saving of a file is in a figure.
"""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.bench.peers import Peer
from engine.bench.report import AgentCost, Timing, WorkloadResult
from engine.bench.workloads import PROGRAMS, Workload

MAIN = Path(__file__).resolve().parents[2] / "main.py"

Progress = Callable[[str], None]

#: Runs what follows it on the first so many of the cores it may use.
_ON_CORES = (
    "import os, sys; "
    "os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:int(sys.argv[1])]); "
    "os.execv(sys.argv[2], sys.argv[2:])"
)

TIMEOUT_S = 600


class RunFailed(Exception):
    """A run ended badly; the text is what it said last."""


@dataclass(frozen=True)
class Runner:
    """Runs programs on ``interpreter`` in every way that is asked for."""

    interpreter: Path
    options: tuple[str, ...] = ()  # further options of ``record``

    def alone(self, program: Path, *arguments: str) -> list[str]:
        """The command that runs the program without us."""
        return [str(self.interpreter), str(program), *arguments]

    def recorded(self, program: Path, output: Path, *arguments: str) -> list[str]:
        """The command that runs the program under ``record``."""
        return [
            sys.executable, str(MAIN), "record", "-o", str(output), "--python", str(self.interpreter),
            *self.options, str(program), *arguments,
        ]  # fmt: skip

    def output_of(self, command: Sequence[str], cores: int = 0) -> str:
        """Run it and give its standard output.  Raises RunFailed."""
        full = list(command)
        if 0 < cores < _usable_cores():
            full = [sys.executable, "-c", _ON_CORES, str(cores), *full]
        try:
            done = subprocess.run(full, capture_output=True, text=True, check=False, timeout=TIMEOUT_S)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise RunFailed(str(error)) from error
        if done.returncode:
            lines = done.stderr.strip().splitlines()
            raise RunFailed(f"exit status {done.returncode}: {lines[-1][:300] if lines else 'no message'}")
        return done.stdout

    def measure(
        self, workloads: Sequence[Workload], peers: Sequence[Peer], rounds: int, progress: Progress
    ) -> list[WorkloadResult]:
        """All workloads in all ways, ``rounds`` times; the ways of one workload follow each other."""
        results = [WorkloadResult(w.id, w.title, w.budget) for w in workloads]
        usable = [peer for peer in peers if not peer.absent]
        for result in results:
            result.ways = {way: Timing() for way in ("alone", "record", *(peer.id for peer in usable))}
        for number in range(rounds):
            for workload, result in zip(workloads, results, strict=True):
                progress(f"round {number + 1} of {rounds}: {workload.title}")
                self._one_round(workload, result, usable)
        return results

    def _one_round(self, workload: Workload, result: WorkloadResult, peers: Sequence[Peer]) -> None:
        with tempfile.TemporaryDirectory(prefix="lockstep-bench-") as name:
            folder = Path(name)
            commands = {
                "alone": self.alone(workload.program),
                "record": self.recorded(workload.program, folder / "run.lockstep"),
                **{peer.id: peer.command(workload.program, folder) for peer in peers},
            }
            for way, command in commands.items():
                timing = result.ways[way]
                if timing.failed:
                    continue
                try:
                    timing.rounds_ms.append(_elapsed(self.output_of(command, workload.cores)))
                except RunFailed as error:
                    timing.failed = str(error)

    def agent_cost(self) -> AgentCost:
        """ns per record and per ``with lock``.  What could not be measured stays None."""
        program = PROGRAMS / "agent_cost.py"
        with tempfile.TemporaryDirectory(prefix="lockstep-bench-") as name:
            alone = self._named_figures(self.alone(program))
            watched = self._named_figures(self.recorded(program, Path(name) / "run.lockstep"))
        return AgentCost(
            record_ns=watched.get("record"),
            record_with_location_ns=watched.get("record_with_location"),
            with_lock_ns=watched.get("with_lock"),
            with_lock_alone_ns=alone.get("with_lock"),
        )

    def _named_figures(self, command: Sequence[str]) -> dict[str, float]:
        try:
            text = self.output_of(command)
        except RunFailed:
            return {}
        return {name: float(value) for name, value in re.findall(r"^(\w+) ([0-9.]+)$", text, re.MULTILINE)}


def _elapsed(output: str) -> float:
    figures = [float(text) for text in re.findall(r"^elapsed ([0-9.]+)$", output, re.MULTILINE)]
    if not figures:
        raise RunFailed("the program printed no time")
    return statistics.median(figures)


def _usable_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return 0
