"""How long a frame of the timeline takes while it is panned and zoomed.

A frame is everything from the gesture until all parts of the timeline are painted, handed to the
screen, and nothing more is waiting to be done.  ``work`` is the processor time of it, which other
programs on the machine do not lengthen.  Beside it, for the ratio, the plain way: one
``pyqtgraph.BarGraphItem``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np

from engine.bench.synthetic import many
from gui.bench.measuring import Figures, Stage, spread
from gui.document import Document, Origin, Phase
from gui.timeline.view import TimelineView

WIDTH, HEIGHT = 1920, 1080
#: name → tracks, spans a track.
LOADS = {"16 tracks, 10 million spans": (16, 625_000), "200 tracks, 1 million spans": (200, 5_000)}
QUICK = {"16 tracks, 160,000 spans": (16, 10_000), "200 tracks, 40,000 spans": (200, 200)}


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


def measure(stage: Stage, tracks: int, spans_a_track: int) -> Figures:
    """A recording of that size, the timeline as large as the screen."""
    document = Document()
    view = TimelineView(stage.theme, document)
    view.resize(WIDTH, HEIGHT)
    view.show()
    document.show(many(tracks, spans_a_track), Origin("bench"), Phase.LOADED)
    for _ in range(20):
        stage.turn()
    times, work = [], []
    for gesture in gestures(view):
        begin, begin_work = time.perf_counter(), time.thread_time()
        gesture()
        view.canvas.repaint()  # and all that has to be painted with it, without waiting
        stage.turn()
        times.append((time.perf_counter() - begin) * 1000)
        work.append((time.thread_time() - begin_work) * 1000)
    view.close()
    view.deleteLater()
    stage.turn()
    return {"frames": len(times), **spread(times), **spread(work, "work_")}


def measure_bar_graph(stage: Stage, bars: int, frames: int = 6) -> Figures:
    """The plain way: one bar for each span."""
    import pyqtgraph as pg

    random = np.random.default_rng(1)
    edges = np.sort(random.random(bars + 1)) * 60_000
    widget = pg.PlotWidget()
    widget.resize(WIDTH, HEIGHT)
    rows = random.integers(0, 16, bars)
    widget.addItem(pg.BarGraphItem(x0=edges[:-1], x1=edges[1:], y0=rows, height=0.8))
    widget.show()
    for _ in range(5):
        stage.turn()
    times, work = [], []
    for frame in range(frames):
        begin, begin_work = time.perf_counter(), time.thread_time()
        widget.setXRange(0, 60_000 / 1.25**frame, padding=0)
        widget.viewport().repaint()
        times.append((time.perf_counter() - begin) * 1000)
        work.append((time.thread_time() - begin_work) * 1000)
    widget.close()
    return {"frames": len(times), **spread(times), **spread(work, "work_")}
