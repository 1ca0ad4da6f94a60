"""How long a frame of the timeline takes while it is panned and zoomed.

    python tests/bench/window_frames.py [--json] [--size 1920x1080] [--quick]

A frame is everything from the gesture until all parts of the timeline are painted and handed to
the screen; ``work`` is the processor time of it, which other programs on the machine do not
lengthen.  Run it on a virtual screen (software rendering); without DISPLAY Qt's offscreen
platform is used, which leaves out the handing over.  Beside it, for the ratio, the plain way: one
``pyqtgraph.BarGraphItem`` with 100,000 bars.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))
if not os.environ.get("DISPLAY") and not os.environ.get("QT_QPA_PLATFORM"):
    os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtWidgets import QApplication  # noqa: E402

from engine.store import Store  # noqa: E402
from gui.document import Document, Origin, Phase  # noqa: E402
from gui.theme import Theme  # noqa: E402
from gui.timeline.view import TimelineView  # noqa: E402
from gui.workarounds import keep_none_alive  # noqa: E402
from tests.helpers.synthetic_store import many  # noqa: E402

#: name → tracks, spans a track.
LOADS = {"16 tracks, 10 million spans": (16, 625_000), "200 tracks, 1 million spans": (200, 5_000)}
QUICK = {"16 tracks, 160,000 spans": (16, 10_000), "200 tracks, 40,000 spans": (200, 200)}
BUDGET_MS = 1000 / 60


def gestures(view: TimelineView) -> Iterator[Callable[[], None]]:
    """What a person does: zooms in step by step about changing points, pans, scrolls, zooms out."""
    port = view.viewport
    width = port.transform.width_px
    yield port.fit_all
    for round_ in range(3):
        anchor = width * (0.2 + 0.3 * round_)
        for step in range(40):
            yield lambda a=anchor: port.zoom(1.25, a)  # type: ignore[misc]
            if step % 4 == 0:
                for _ in range(3):
                    yield lambda: port.pan(width * 0.03)
        for _ in range(6):
            yield lambda: port.scroll_to(port.scroll_px + 60)
        for _ in range(40):
            yield lambda a=anchor: port.zoom(1 / 1.25, a)  # type: ignore[misc]
        for _ in range(6):
            yield lambda: port.scroll_to(port.scroll_px - 60)


def measure(app: QApplication, store: Store, size: tuple[int, int]) -> dict[str, float]:
    """Frame times in milliseconds of one recording."""
    theme = Theme(app, choice="light")
    document = Document()
    view = TimelineView(theme, document)
    view.resize(*size)
    view.show()
    document.show(store, Origin("bench"), Phase.LOADED)
    for _ in range(20):
        app.processEvents()
    times, work = [], []
    for gesture in gestures(view):
        begin, begin_work = time.perf_counter(), time.thread_time()
        gesture()
        view.canvas.repaint()  # and all that has to be painted with it, without waiting
        times.append((time.perf_counter() - begin) * 1000)
        work.append((time.thread_time() - begin_work) * 1000)
        app.processEvents()
    view.close()
    view.deleteLater()
    app.processEvents()
    return {
        "frames": len(times),
        "median_ms": float(np.percentile(times, 50)),
        "p95_ms": float(np.percentile(times, 95)),
        "max_ms": float(max(times)),
        "p95_work_ms": float(np.percentile(work, 95)),
    }


def measure_bar_graph(
    app: QApplication, bars: int, size: tuple[int, int], frames: int = 6
) -> dict[str, float]:
    """The plain way: one bar for each span."""
    import pyqtgraph as pg

    random = np.random.default_rng(1)
    edges = np.sort(random.random(bars + 1)) * 60_000
    widget = pg.PlotWidget()
    widget.resize(*size)
    rows = random.integers(0, 16, bars)
    widget.addItem(pg.BarGraphItem(x0=edges[:-1], x1=edges[1:], y0=rows, height=0.8))
    widget.show()
    for _ in range(5):
        app.processEvents()
    times = []
    for frame in range(frames):
        begin = time.perf_counter()
        widget.setXRange(0, 60_000 / 1.25**frame, padding=0)
        widget.viewport().repaint()
        times.append((time.perf_counter() - begin) * 1000)
    widget.close()
    return {"frames": frames, "median_ms": float(np.median(times)), "p95_ms": float(np.percentile(times, 95))}


def run(size: tuple[int, int] = (1920, 1080), quick: bool = False) -> dict[str, object]:
    """All measurements, as a document."""
    keep_none_alive()
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    results = {}
    for name, (tracks, spans) in (QUICK if quick else LOADS).items():
        results[name] = measure(app, many(tracks, spans), size)
    bars = 5_000 if quick else 100_000
    results[f"pyqtgraph.BarGraphItem, {bars:,} bars"] = measure_bar_graph(app, bars, size)
    return {
        "schema": "lockstep-window-frames",
        "version": 1,
        "size": list(size),
        "platform": app.platformName(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "budget_p95_ms": round(BUDGET_MS, 1),
        "results": results,
    }


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--json", action="store_true")
    options.add_argument("--quick", action="store_true", help="small recordings: only whether it works")
    options.add_argument("--size", default="1920x1080")
    chosen = options.parse_args()
    width, height = map(int, chosen.size.split("x"))
    document = run((width, height), chosen.quick)
    if chosen.json:
        print(json.dumps(document, indent=2))
        return 0
    print(
        f"{document['size']} on {document['platform']}, {document['machine']}; p95 budget {BUDGET_MS:.1f} ms"
    )
    results = document["results"]
    assert isinstance(results, dict)
    for name, result in results.items():
        print(
            f"{name:40} median {result['median_ms']:7.1f} ms   p95 {result['p95_ms']:7.1f} ms   "
            f"p95 of work {result.get('p95_work_ms', 0.0):7.1f} ms"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
