"""``bench --window``: how quickly the window answers.  No Qt until it is measured."""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from engine import system_libraries
from engine.bench import add_arguments as add_engine_arguments
from engine.bench.report import BenchReport
from engine.errors import EXIT_BAD_INPUT, LockstepError, UsageError
from engine.version import VERSION

if TYPE_CHECKING:
    from gui.bench.measuring import Figures

DESCRIPTION = (
    "Measures how quickly the window answers: frames while panning and zooming, a live run, the start. "
    "Opens windows; leave mouse and keyboard alone meanwhile. Without a display nothing is seen, and "
    "handing the picture to a screen is not measured."
)
LIVE_S, QUICK_LIVE_S = 60.0, 3.0
#: What ``docs/formats.md`` and the table say beside each figure: group → figure → at most.
BUDGETS: dict[str, dict[str, float]] = {
    "frames": {"p95_ms": 16.7},
    "live": {"frame_p95_ms": 33.0, "event_to_pixel_p95_ms": 100.0},
    "start": {"median_ms": 1500.0},
    "run": {"median_ms": 500.0},
}


#: What can be left out.
PARTS = ("frames", "live", "start", "run")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Those of ``bench``, and those of ``--window``."""
    add_engine_arguments(parser)
    parser.add_argument("--only", action="append", choices=PARTS, help="measure this part; can be repeated")
    parser.add_argument("--seconds", type=float, default=None, metavar="N",
                        help=f"how long the live run takes; default {LIVE_S:g}")  # fmt: skip


def run(options: argparse.Namespace) -> int:
    """Measure and print.  Exit status 0 also when a budget is not kept.  Raises LockstepError."""
    if options.workload or options.python or options.rounds or options.tools:
        raise UsageError("bench --window takes --only, --seconds, --quick and --json, nothing else")
    if options.seconds is not None and not 1 <= options.seconds <= 3600:
        raise UsageError(f"--seconds must be 1 to 3600, not {options.seconds:g}")
    if importlib.util.find_spec("PySide6") is None:
        raise LockstepError("window_missing")
    if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY") and sys.platform == "linux":
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    missing = system_libraries.missing(system_libraries.OFFSCREEN)
    if missing:
        print(f"lockstep: {system_libraries.sentence(missing)}", file=sys.stderr)
        return EXIT_BAD_INPUT
    report = BenchReport(
        machine={
            "system": platform.system(), "release": platform.release(), "machine": platform.machine(),
            "cpus": os.cpu_count() or 0, "python": platform.python_version(),
        },
        interpreter={"executable": sys.executable, "version": platform.python_version()},
        lockstep=VERSION,
        rounds=1,
        load_before=load(),
    )  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="lockstep-bench-") as folder:
        report.window = _measured(options, Path(folder))
    report.load_after = load()
    print(json.dumps(report.as_json(), indent=1) if options.json else as_text(report))
    return 0


def load() -> float | None:
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None


def _measured(options: argparse.Namespace, folder: Path) -> dict[str, object]:
    from gui.bench import frames, live, start
    from gui.bench.measuring import Stage

    wanted = options.only or PARTS
    seconds = options.seconds if options.seconds is not None else QUICK_LIVE_S if options.quick else LIVE_S

    def progress(text: str) -> None:
        print(f"bench: {text}", file=sys.stderr, flush=True)

    figures: dict[str, Figures] = {}
    if "start" in wanted:  # first: other processes of ours would be in its way
        progress("start to a usable window")
        figures["start"] = start.measure(folder, 2 if options.quick else 5)
    with Stage(folder) as stage:
        if "frames" in wanted:
            for name, (tracks, spans) in (frames.QUICK if options.quick else frames.LOADS).items():
                progress(f"frames, {name}")
                figures[f"frames, {name}"] = frames.measure(stage, tracks, spans)
            bars = 5_000 if options.quick else 100_000
            progress(f"pyqtgraph.BarGraphItem, {bars:,} bars")
            figures[f"bars, {bars:,} as pyqtgraph.BarGraphItem"] = frames.measure_bar_graph(stage, bars)
        if "run" in wanted:
            progress("click on Run to the first span")
            figures["run"] = live.measure_run(stage, 2 if options.quick else 5)
        if "live" in wanted:
            progress(f"a live run of {seconds:g} s")
            figures["live"] = live.measure_live(stage, live.RATE, seconds)
        platform_name = stage.app.platformName()
    return {
        "platform": platform_name,
        "size": [frames.WIDTH, frames.HEIGHT],
        "budgets": BUDGETS,
        "figures": figures,
    }


def as_text(report: BenchReport) -> str:
    """A table for people."""
    window, machine = report.window or {}, report.machine
    lines = [
        f"{machine['system']} {machine['machine']}, {machine['cpus']} cores, Python {machine['python']}",
        f"{window['platform']}, {window['size'][0]}×{window['size'][1]}",
        f"load before {_load(report.load_before)}, after {_load(report.load_after)}",
        "",
    ]
    figures: dict[str, Figures] = window["figures"]
    for title, found in figures.items():
        lines.append(title)
        for name, value in found.items():
            most = BUDGETS.get(title.split(",")[0], {}).get(name)
            budget = f"   budget ≤ {most:g}" if most is not None else ""
            lines.append(f"    {name.replace('_', ' '):32}{value:14,.1f}{budget}")
    plain = next((found for title, found in figures.items() if title.startswith("bars")), None)
    if plain:
        lines.append("")
        for title, found in figures.items():
            if title.startswith("frames"):
                ratio = plain["work_median_ms"] / found["work_median_ms"]
                lines.append(f"{title}: {ratio:.0f} times less work a frame than the bars")
    return "\n".join(lines)


def _load(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
