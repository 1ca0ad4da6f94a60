"""``compare``: the same work one after the other, by threads, processes and coroutines, measured."""

from __future__ import annotations

import argparse
import dataclasses
import json
import platform
import sys
from pathlib import Path
from typing import Any

from engine.commands.record import checked_folder
from engine.comparison import WAYS, WORKLOADS, Comparison, Figures, Plan, Progress, compare, observe
from engine.counted import counted
from engine.errors import LockstepError, os_detail
from engine.observer import cores
from engine.version import VERSION

DESCRIPTION = (
    "Does the same pieces of work in six ways (one after the other, a thread or process each, pools of both, "
    "coroutines) and compares the time, the processor time, the memory and the time until the first piece "
    "begins. Nothing observes these runs; they take turns, after rounds to warm up."
)
SCHEMA, SCHEMA_VERSION = "lockstep-compare", 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--workload",
        required=True,
        choices=tuple(WORKLOADS),
        help="cpu: a loop in Python; io: waits; network: pages from a slow web server on this machine",
    )
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="measured runs of each way (5)")
    parser.add_argument("--pieces", type=int, default=8, metavar="N", help="pieces of work (8)")
    parser.add_argument("--workers", type=int, default=4, metavar="N", help="workers in a pool (4)")
    parser.add_argument(
        "--size",
        type=int,
        default=0,
        metavar="N",
        help="of a piece: rounds of the loop (600000), or milliseconds of waiting (50)",
    )
    parser.add_argument("--python", metavar="INTERPRETER", help="the interpreter to run on")
    parser.add_argument(
        "-o",
        dest="folder",
        metavar="FOLDER",
        help="run each way once more, observed, and save the recordings there",
    )
    parser.add_argument("--json", action="store_true", help="a JSON document (docs/formats.md)")


def run(options: argparse.Namespace) -> int:
    plan = Plan(
        workload=options.workload,
        runs=options.runs,
        pieces=options.pieces,
        workers=options.workers,
        size=options.size,
        interpreter=options.python or "",
    )
    folder = Path(options.folder) if options.folder else None
    if folder is not None:
        checked_folder(folder)
    say = _Teller()
    try:
        result = compare(plan, say.progress)
        assert result is not None  # only who gives a way to cancel gets None
        recordings = _observed(plan, folder, say) if folder else {}
    finally:
        say.clear()
    shown = document(result, recordings)
    print(json.dumps(shown, indent=2, ensure_ascii=False) if options.json else text(result))
    return 0


def _observed(plan: Plan, folder: Path, say: _Teller) -> dict[str, Path]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LockstepError("output_unwritable", path=folder, detail=os_detail(error)) from error
    recordings = {}
    for way in WAYS:
        say.line(f"observed: {_words(way)}")
        recordings[way] = folder / f"{plan.workload}-{way}.lockstep"
        observe(plan, way, recordings[way])
    return recordings


class _Teller:
    """Says on standard error how far it is: in one line on a terminal, else a line a round."""

    def __init__(self) -> None:
        self._round = 0
        self._on_terminal = sys.stderr.isatty()

    def progress(self, step: Progress) -> None:
        kind, number, of = "round", step.round - step.warm_up, step.rounds - step.warm_up
        if step.round <= step.warm_up:
            kind, number, of = "warm-up", step.round, step.warm_up
        if self._on_terminal:
            self.line(f"{kind} {number} of {of}: {_words(step.way)}")
        elif step.round != self._round:
            self._round = step.round
            self.line(f"{kind} {number} of {of}")

    def line(self, words: str) -> None:
        if self._on_terminal:
            print(f"\r\x1b[K{words}", end="", file=sys.stderr, flush=True)
        else:
            print(words, file=sys.stderr, flush=True)

    def clear(self) -> None:
        if self._on_terminal:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def document(result: Comparison, recordings: dict[str, Path]) -> dict[str, Any]:
    """The JSON document; ``recordings`` by way, empty when nothing was observed."""
    plan = result.plan
    return {
        "schema": SCHEMA,
        "version": SCHEMA_VERSION,
        "lockstep": VERSION,
        "workload": plan.workload,
        "runs": plan.runs,
        "pieces": plan.pieces,
        "piece_size": plan.piece_size,
        "workers": plan.workers,
        "interpreter": {"path": result.interpreter.path, "version": result.interpreter.version},
        "machine": {"system": platform.system(), "cpus": cores.usable()},
        "ways": [
            {
                "way": figures.way,
                "wall_ns": _spread(Figures.of(figures.wall_ns)),
                "cpu_ns": _spread(Figures.of(figures.cpu_ns)),
                "startup_ns": _spread(Figures.of(figures.startup_ns)),
                "memory_bytes": _spread(Figures.of(figures.memory_bytes)),
                "speed_up": round(result.speed_up(figures.way), 4),
                "recording": str(recordings[figures.way]) if figures.way in recordings else None,
            }
            for figures in result.ways.values()
        ],
    }


def _spread(figures: Figures | None) -> dict[str, int] | None:
    if figures is None:
        return None
    return {name: round(value) for name, value in dataclasses.asdict(figures).items()}


def text(result: Comparison) -> str:
    """For people: a table of medians, the spread of the time behind it."""
    plan = result.plan
    title = (
        f"{plan.workload}: {counted(plan.pieces, 'piece')}, pools of {plan.workers}, "
        f"medians of {counted(plan.runs, 'run')}, "
        f"Python {result.interpreter.version}, {counted(cores.usable(), 'core')}"
    )
    columns = ("time", "from", "to", "speed-up", "CPU time", "start-up", "memory")
    lines = [title, "", " " * 18 + "".join(f"{column:>10}" for column in columns)]
    for figures in result.ways.values():
        wall = Figures.of(figures.wall_ns)
        assert wall is not None
        cells = [
            *(f"{value / 1e6:.0f} ms" for value in (wall.median, wall.least, wall.most)),
            f"×{result.speed_up(figures.way):.2f}",
            _median(figures.cpu_ns, 1e6, "{:.0f} ms"),
            _median(figures.startup_ns, 1e6, "{:.1f} ms"),
            _median(figures.memory_bytes, 2**20, "{:.1f} MB"),
        ]
        lines.append(f"{_words(figures.way):18}" + "".join(f"{cell:>10}" for cell in cells))
    return "\n".join(lines)


def _median(values: list[int], unit: float, form: str) -> str:
    figures = Figures.of(values)
    return "?" if figures is None else form.format(figures.median / unit)


def _words(way: str) -> str:
    return "one after another" if way == "sequential" else way.replace("_", " ")
