"""The ``bench`` command: what observing costs, and how fast a recording is read.

``add_arguments`` and ``main`` are for the command line; ``run`` gives the report itself.  Imports no Qt:
the figures of the window (``bench --window``) are put into ``BenchReport.window`` by the window's side.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

from engine import interpreter as interpreters
from engine.bench.peers import Peer, find_peers
from engine.bench.report import BenchReport, Reading
from engine.bench.runner import Progress, RunFailed, Runner
from engine.bench.workloads import PROGRAMS, WORKLOADS, Workload
from engine.errors import LockstepError, UsageError
from engine.version import VERSION

ROUNDS, QUICK_ROUNDS = 7, 2
FLOOD_ROUNDS, QUICK_FLOOD_ROUNDS = 312_500, 31_250  # eight threads, two records a round


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``bench``; those of ``--window``, which main.py sends to ``gui.bench``, are added
    there."""
    parser.add_argument(
        "--window", action="store_true",
        help="how quickly the window answers, instead; --window --help tells its options",
    )  # fmt: skip
    parser.add_argument(
        "workload", nargs="*", help="only these workloads: " + ", ".join(w.id for w in WORKLOADS)
    )
    parser.add_argument("--python", metavar="INTERPRETER", help="measure on this one")
    parser.add_argument("--rounds", type=int, default=None, metavar="N", help=f"default {ROUNDS}")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, no other tools")
    parser.add_argument("--tools", choices=("install", "installed", "none"), default=None,
                        help="other tools beside us, install: fetched first; default: installed, "
                        "with --quick none")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="a JSON document instead of a table")


def main(options: argparse.Namespace) -> int:
    """Run and print.  Exit status 0 also when a budget is not kept: the figures say so.

    Raises:
        LockstepError: an unknown workload, an interpreter or a number of rounds that cannot be used.
    """
    if options.window:
        raise LockstepError("window_missing")
    known = {workload.id: workload for workload in WORKLOADS}
    for name in options.workload:
        if name not in known:
            raise LockstepError("bench_unknown_workload", workload=name, known=", ".join(known))
    if options.rounds is not None and options.rounds < 1:
        raise UsageError(f"--rounds must be 1 or more, not {options.rounds}")
    report = run(
        interpreter=Path(interpreters.probe(options.python or sys.executable).path),
        workloads=[known[name] for name in options.workload] or list(WORKLOADS),
        rounds=options.rounds or (QUICK_ROUNDS if options.quick else ROUNDS),
        tools=options.tools or ("none" if options.quick else "installed"),
        quick=options.quick,
        progress=lambda text: print(f"bench: {text}", file=sys.stderr, flush=True),
    )
    print(json.dumps(report.as_json(), indent=1) if options.json else report.as_text())
    return 0


def run(
    *, interpreter: Path, workloads: list[Workload], rounds: int, tools: str, quick: bool, progress: Progress
) -> BenchReport:
    """Measure everything.  Takes minutes; blocks; may be called from any thread."""
    peers: list[Peer] = []
    if tools != "none":
        progress("looking for viztracer and py-spy")
        peers = find_peers(interpreter, install=tools == "install")
    runner = Runner(interpreter)
    report = BenchReport(
        machine={
            "system": platform.system(), "release": platform.release(), "machine": platform.machine(),
            "cpus": os.cpu_count() or 0, "python": platform.python_version(),
        },
        interpreter={"executable": str(interpreter), "version": _version(interpreter)},
        lockstep=VERSION,
        rounds=rounds,
        load_before=_load(),
        peers={peer.id: peer.absent or peer.version for peer in peers},
    )  # fmt: skip
    report.workloads = runner.measure(workloads, peers, rounds, progress)
    progress("one record, one lock")
    report.agent = runner.agent_cost()
    progress("tail, assembler and store")
    report.reading = _reading(runner, QUICK_FLOOD_ROUNDS if quick else FLOOD_ROUNDS)
    report.load_after = _load()
    return report


def _reading(runner: Runner, rounds: int) -> Reading:
    """Record eight threads at full speed, then read the session folder in a process of its own."""
    from engine.session import Launch, Session

    with tempfile.TemporaryDirectory(prefix="lockstep-bench-") as name:
        folder = Path(name) / "session"
        folder.mkdir(mode=0o700)
        try:
            session = Session.start(
                Launch(
                    command=[str(PROGRAMS / "flood.py"), str(rounds)],
                    interpreter=str(runner.interpreter),
                    cwd=name,
                    session_folder=folder,
                )
            )
            try:
                session.wait(600)
            finally:
                session.close()
            output = runner.output_of([sys.executable, "-m", "engine.bench.reading", str(folder)])
        except (LockstepError, RunFailed) as error:
            return Reading(failed=str(error))
    return Reading(**json.loads(output))


def _version(interpreter: Path) -> str:
    done = subprocess.run(
        [interpreter, "-c", "import platform; print(platform.python_version())"],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip()


def _load() -> float | None:
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None


__all__ = ["BenchReport", "add_arguments", "main", "run"]
