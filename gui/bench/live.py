"""A live run in the program's own window: how smooth it stays, how soon what happens is seen.

Sixty times a second something is asked of the window, as a person would: the pointer moves, or the
view is panned and zoomed.  A frame lasts from the moment it was due until it is painted, so work
that kept the window busy counts for every frame it delayed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from engine.errors import LockstepError
from engine.model import TrackKind
from engine.store import Store
from gui.bench.measuring import Figures, Stage, spread
from gui.document import Phase
from gui.main_window import MainWindow

PROGRAM = Path(__file__).resolve().parent.parent.parent / "engine" / "bench" / "programs" / "paced.py"
#: Records a second that the program is asked for.
RATE = 100_000
FRAME_NS = 1_000_000_000 // 60
#: This share of the run the present is followed; then the view is moved about.
FOLLOWED = 0.75
#: Nothing of a start or an end takes longer.
PATIENCE_S = 60.0
#: A scenario whose first span comes at once.
SCENARIO = "threads_five_workers"


class Frames:
    """Asks for frames while a run goes on, and keeps when each was due, when it was painted, and how
    far the newest span of each thread on it reached."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self.times_ms: list[float] = []
        self.painted: list[int] = []
        self.newest: list[dict[int, int]] = []
        self._count = 0
        self._due = self._move_from = 0
        self._timer = QTimer(window)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def begin(self, seconds: float) -> None:
        """Of a run that takes so long."""
        self._due = time.perf_counter_ns() + FRAME_NS
        self._move_from = self._due + round(seconds * FOLLOWED * 1e9)
        self._timer.start(4)

    def end(self) -> None:
        self._timer.stop()

    def _tick(self) -> None:
        if time.perf_counter_ns() < self._due:
            return
        window = self._window
        follows = self._gesture()
        window.timeline.canvas.repaint()
        done = time.perf_counter_ns()
        while self._due <= done:
            self.times_ms.append((done - self._due) / 1e6)
            self._due += FRAME_NS
        if follows:
            self.painted.append(done)
            self.newest.append(newest_edges(window.document.store))

    def _gesture(self) -> bool:
        """One gesture; whether the present is in sight."""
        window, at = self._window, self._count
        view, port = window.timeline, window.timeline.viewport
        self._count += 1
        if self._due < self._move_from:
            x = 40 + at * 3 % max(1, view.canvas.width() - 80)
            _move_pointer(view.canvas, QPoint(x, view.canvas.height() // 2))
            return port.following
        width = port.transform.width_px
        if at % 3 == 0:
            port.pan(-width * 0.02)
        else:
            port.zoom(1.1 if at % 60 < 30 else 1 / 1.1, width * 0.5)
        return False


def _move_pointer(canvas: object, where: QPoint) -> None:
    from PySide6.QtWidgets import QWidget

    assert isinstance(canvas, QWidget)
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(where),
        QPointF(canvas.mapToGlobal(where)),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(canvas, event)


def newest_edges(store: Store) -> dict[int, int]:
    """Where the newest span of each thread begins, ns."""
    newest = {}
    for track in store.of_kind(TrackKind.THREAD):
        spans = store.spans(track.id)
        if len(spans):
            newest[track.id] = int(spans["start"][-1])
    return newest


def event_to_pixel(
    store: Store, painted: list[int], newest: list[dict[int, int]]
) -> tuple[NDArray[np.float64], int]:
    """For each change of state while the present was followed, from its moment until a frame showed it
    and all after did, ms; and how many were not shown by the last frame: what these had waited until
    then is among the others."""
    waits, unseen = [np.empty(0)], 0
    times = np.array(painted, np.int64)
    for track in store.of_kind(TrackKind.THREAD) if len(times) else []:
        reach = np.array([each.get(track.id, -1) for each in newest], np.int64)
        reach = np.minimum.accumulate(reach[::-1])[::-1]
        starts = np.ascontiguousarray(store.spans(track.id)["start"])
        edges = starts[(starts > times[0]) & (starts <= times[-1])]
        shown = reach.searchsorted(edges, "left")
        unseen += int(np.count_nonzero(shown == len(times)))
        waits.append((times[np.minimum(shown, len(times) - 1)] - edges) / 1e6)
    return np.concatenate(waits), unseen


def measure_live(stage: Stage, rate: int, seconds: float) -> Figures:
    """A run of so many records a second in the whole window, 1920×1080.

    Raises:
        LockstepError: the program did not run to its end.
    """
    window = stage.window((1920, 1080))
    window.choice.choose_script(PROGRAM, (str(rate), f"{seconds:g}"))
    window.script_page.show_script(PROGRAM, (str(rate), f"{seconds:g}"))
    window.running.run()
    try:
        wait_until(stage, lambda: bool(newest_edges(window.document.store)), PATIENCE_S)
        frames = Frames(window)
        begin_work = time.process_time()
        begin = time.perf_counter()
        frames.begin(seconds)
        wait_until(stage, lambda: window.document.phase is Phase.ENDED, seconds * 3 + PATIENCE_S)
        frames.end()
        took, work = time.perf_counter() - begin, time.process_time() - begin_work
        store = window.document.store
        waits, unseen = event_to_pixel(store, frames.painted, frames.newest)
        return {
            "seconds": took,
            "records": store.records,
            "records_a_second": store.records * 1e9 / max(1, store.end_ns - store.start_ns),
            "lost": store.lost,
            "spans": sum(len(store.spans(track)) for track in store.track_ids),
            "frames": len(frames.times_ms),
            **spread(frames.times_ms, "frame_"),
            "changes": len(waits),
            "changes_not_shown": unseen,
            **spread(waits.tolist(), "event_to_pixel_"),
            "window_cores": work / max(took, 1e-9),
        }
    finally:
        stage.close(window)


def measure_run(stage: Stage, times: int) -> Figures:
    """From the click on Run until a span is on the screen.  Raises LockstepError."""
    found = []
    window = stage.window((1920, 1080))
    try:
        for _ in range(times):
            window.list.choose(SCENARIO)
            window.files.saved = True
            stage.turn()
            begin = time.perf_counter()
            window.top.run_button.click()
            wait_until(stage, lambda: bool(newest_edges(window.document.store)), PATIENCE_S)
            window.timeline.canvas.repaint()
            found.append((time.perf_counter() - begin) * 1000)
            wait_until(stage, lambda: window.document.phase is Phase.ENDED, PATIENCE_S)
    finally:
        stage.close(window)
    return {"runs": len(found), **spread(found)}


def wait_until(stage: Stage, there: Callable[[], bool], patience_s: float) -> None:
    """Lets the window work until something is there.  Raises LockstepError when it does not come."""
    deadline = time.monotonic() + patience_s
    while not there():
        if time.monotonic() > deadline:
            raise LockstepError("bench_failed", detail=f"the window was not ready within {patience_s:g} s")
        stage.wait(20)
