"""Records four loads under kernel probes and says how often the recording is right.

    python -m tests.bench.measure_gil [LOAD …] [--python INTERPRETER] [--runs N] [--seconds S]
                                      [--priority auto|normal] [--gil auto|proc|interpreter] [--json]

Needs root on Linux (tests/bench/kernel_probes.py).  ``--priority normal`` is what an ordinary user
gets.  Every run prints its own line, so that a disturbed one can be told; medians stand at the end.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.model import TrackKind
from engine.recording import load
from tests.bench.gil_compare import Comparison, compare
from tests.bench.gil_truth import timeline
from tests.bench.kernel_probes import KernelProbes, ProbeError

MAIN = Path(__file__).resolve().parents[2] / "main.py"
LOADS = Path(__file__).with_name("loads")
NAMES = ("cpu_threads", "io_beside", "hashing", "queue_pair")


@dataclass
class Run:
    """One run of one load."""

    load: str
    comparison: Comparison
    gil: dict[str, Any]
    machine_load: float

    def line(self) -> str:
        """The figures of the run in one line."""
        result = self.comparison
        threads = "  ".join(
            f"{thread.name} {thread.right:.2%}"
            f" (running {thread.running.agreement:.2%}, wait_gil {thread.wait_gil.agreement:.2%})"
            for thread in result.threads
        )
        return (
            f"{self.load:12} holder {result.holder_right:7.2%}  unobserved {result.unobserved:6.2%}  "
            f"threads {result.threads_right:7.2%}  unobserved {result.threads_unobserved:6.2%}  "
            f"{result.switches / result.whole_ns * 1e9:7.0f} switches/s  load {self.machine_load:.2f}\n"
            f"{'':12} {threads}"
        )


def measure(load_name: str, python: Path, seconds: float, options: list[str]) -> Run:
    """One run.  Raises ProbeError or LookupError when it cannot be judged, RuntimeError when it fails."""
    with tempfile.TemporaryDirectory(prefix="lockstep-truth-") as folder:
        recording = Path(folder) / "run.lockstep"
        machine_load = os.getloadavg()[0]
        with KernelProbes(python) as probes:
            done = subprocess.run(
                [
                    sys.executable, str(MAIN), "record", "-o", str(recording), "--python", str(python),
                    *options, str(LOADS / f"{load_name}.py"), str(seconds),
                ],
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            capture = probes.capture()
        if done.returncode:
            raise RuntimeError(f"record failed ({done.returncode}): {done.stderr.strip()[-500:]}")
        store = load(recording).store
        pid = next(track.pid for track in store.tracks.values() if track.kind is TrackKind.PROCESS)
        shown = subprocess.run(
            [sys.executable, str(MAIN), "info", str(recording), "--json"], capture_output=True, check=True
        )
        gil = next(gil for gil in json.loads(shown.stdout)["gil"] if gil["pid"] == pid)
        return Run(load_name, compare(timeline(capture, pid), store, pid), gil, machine_load)


def table(run: Run) -> str:
    """Where the time went, thread by thread: truth, place of the scheduler, what was recorded."""
    lines = []
    names = {thread.tid: thread.name for thread in run.comparison.threads} | {0: "nobody", -1: "unobserved"}
    for (true, said), ns in sorted(run.comparison.holders.items(), key=lambda item: -item[1]):
        mark = " " if true == said or said == -1 else "✗"
        lines.append(
            f"  {mark} GIL  truth {names.get(true, true)!s:14} recorded {names.get(said, said)!s:14} "
            f"{ns / 1e6:10.3f} ms"
        )
    for thread in run.comparison.threads:
        for (truth, core, said_state), ns in sorted(thread.table.items(), key=lambda item: -item[1]):
            if ns > thread.compared_ns / 1000:
                lines.append(f"    {thread.name:12} {truth:11} {core:14} {said_state:11} {ns / 1e6:10.3f} ms")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("loads", nargs="*", metavar="LOAD", help=", ".join(NAMES))
    parser.add_argument("--python", type=Path, default=Path(sys.executable))
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--priority", default="auto")
    parser.add_argument("--gil", default="auto")
    parser.add_argument("--table", action="store_true", help="say where the time went")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    options = ["--priority", chosen.priority, "--gil", chosen.gil]
    runs: dict[str, list[Run]] = {}
    for _ in range(chosen.runs):
        for name in chosen.loads or NAMES:
            try:
                run = measure(name, chosen.python, chosen.seconds, options)
            except (ProbeError, LookupError, RuntimeError) as error:
                print(f"{name:12} not judged: {error}", file=sys.stderr, flush=True)
                continue
            runs.setdefault(name, []).append(run)
            print(run.line(), file=sys.stderr, flush=True)
            if chosen.table:
                print(table(run), file=sys.stderr, flush=True)
    figures = {
        name: {
            key: statistics.median(getattr(run.comparison, key) for run in several)
            for key in ("holder_right", "unobserved", "threads_right", "threads_unobserved")
        }
        for name, several in runs.items()
    }
    if chosen.json:
        print(json.dumps(figures, indent=1))
    else:
        for name, figure in figures.items():
            print(f"{name:12} " + "  ".join(f"{key} {value:.2%}" for key, value in figure.items()))
    return 0 if len(figures) == len(chosen.loads or NAMES) else 1


if __name__ == "__main__":
    sys.exit(main())
