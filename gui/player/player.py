"""Playing and stepping: moves the document's cursor through what was recorded.

Nothing is animated: at every moment the window shows what the recording holds for that moment.
GUI thread only.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter_ns

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer, Signal

from engine.steps import What
from gui.document import Document, Phase
from gui.player.speeds import ORDINARY, nearest, next_speed
from gui.player.steps import StepList
from gui.timeline.viewport import Viewport

#: One picture of a 60 Hz screen.
TICK_MS = 16
#: After this long without a tick (the machine slept, a dialog was open) time has not gone on.
LONGEST_TICK_NS = 250_000_000


class Player(QObject):
    """``changed``: playing, speed or loop are others than before; ``stepped``: a step was taken."""

    changed = Signal()
    stepped = Signal()

    def __init__(
        self,
        document: Document,
        viewport: Viewport,
        steps: StepList,
        parent: QObject | None = None,
        clock: Callable[[], int] = perf_counter_ns,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._viewport = viewport
        self.steps = steps
        self.playing = False
        self.looping = False
        self.speed = ORDINARY
        self._clock = clock
        self._told_ns = 0
        self._exact = 0.0  # where playing is; slow speeds move less than a nanosecond a tick
        self._place = -1  # of the step the cursor stands on
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.tick)
        document.replaced.connect(self._on_replaced)
        document.cursor_moved.connect(self._on_cursor_moved)
        steps.changed.connect(self._on_steps_changed)

    # --- playing ---------------------------------------------------------------------------

    @property
    def possible(self) -> bool:
        """Whether there is anything to play."""
        return bool(self._document.tracks) and self._document.phase is not Phase.STARTING

    def toggle(self) -> None:
        """Play, or pause."""
        if self.playing:
            self.pause()
        else:
            self.play()

    def play(self) -> None:
        """From the cursor; from the beginning when there is none, or when it stands at the end."""
        if self.playing or not self.possible:
            return
        start, end = self._bounds()
        time = self._document.cursor_ns
        if time is None:
            time = end if self._document.live else start
        if (time >= end and not self._document.live) or time < start:
            time = start
        self._exact = float(time - start)
        self._move(time)
        self.playing = True
        self._told_ns = self._clock()
        self._timer.start()
        self.changed.emit()

    def pause(self) -> None:
        if self.playing:
            self.playing = False
            self._timer.stop()
            self.changed.emit()

    def set_speed(self, speed: float) -> None:
        speed = nearest(speed)
        if speed != self.speed:
            self.speed = speed
            self.changed.emit()

    def faster(self) -> None:
        self.set_speed(next_speed(self.speed, 1))

    def slower(self) -> None:
        self.set_speed(next_speed(self.speed, -1))

    def set_looping(self, on: bool) -> None:
        """Begins again at the end: of the selected range, else of the run."""
        if on != self.looping:
            self.looping = on
            self.changed.emit()

    def _bounds(self) -> tuple[int, int]:
        """What is played: the selected range while looping, else the run."""
        chosen = self._document.range
        if self.looping and chosen is not None:
            return chosen
        return self._document.store.start_ns, self._document.store.end_ns

    def tick(self) -> None:
        """Goes on by the time that has passed; stops, waits or begins again at the end."""
        now = self._clock()
        passed = min(now - self._told_ns, LONGEST_TICK_NS)
        self._told_ns = now
        if not self.playing:
            return
        start, end = self._bounds()
        length = end - start
        self._exact += passed * self.speed
        if self._exact >= length:
            if self.looping and length > 0 and not self._document.live:
                self._exact %= length
            elif self._document.live:
                self._exact = float(max(0, length))  # waits for what comes
            else:
                self._move(end)
                self.pause()
                return
        self._move(start + round(self._exact))

    def _move(self, time_ns: int) -> None:
        self._viewport.leave_present()
        self._moving = True
        try:
            self._document.set_cursor(time_ns)
        finally:
            self._moving = False
        self._viewport.show_moment(time_ns)

    _moving = False

    def go_to(self, time_ns: int) -> None:
        """To a moment; playing goes on from there."""
        if self.possible:
            self._move(time_ns)
            self._exact = float(time_ns - self._bounds()[0])

    # --- stepping --------------------------------------------------------------------------

    @property
    def step_number(self) -> tuple[int, int]:
        """(number, of how many) of the last step at the cursor or before it, counted from 1."""
        steps = self.steps.steps()
        if 0 <= self._place < len(steps):
            return self._place + 1, len(steps)
        return self.steps.count_up_to(self._document.now_ns), len(steps)

    @property
    def on_step(self) -> bool:
        return self._place >= 0

    def next_step(self, count: int = 1) -> None:
        """To the next event (``count`` of them), or as far as there are any."""
        self.pause()
        self.steps.refresh()
        if self._document.cursor_ns is None and not self._document.live:
            place = count - 1
        elif self._place >= 0:
            place = self._place + count
        else:
            place = self.steps.count_up_to(self._document.now_ns) + count - 1
        self._go(place)

    def previous_step(self, count: int = 1) -> None:
        self.pause()
        self.steps.refresh()
        if self._place >= 0:
            place = self._place - count
        else:
            place = self.steps.count_before(self._document.now_ns) - count
        self._go(place)

    def first_step(self) -> None:
        self.pause()
        self._go(0)

    def last_step(self) -> None:
        self.pause()
        self.steps.refresh()
        self._go(len(self.steps.steps()) - 1)

    def next_mark(self) -> None:
        self._go_to_mark(1)

    def previous_mark(self) -> None:
        self._go_to_mark(-1)

    def _go_to_mark(self, direction: int) -> None:
        """The next mark of the recording: an exception, a note, a signal, a collection …"""
        self.pause()
        now = self._document.now_ns
        moments = [mark.time_ns for mark in self._document.store.marks]
        moments += [note.time_ns for note in self._document.notes.notes]
        times = np.array(sorted(moments), np.int64)
        if direction > 0:
            later = times[times > now] if self._document.cursor_ns is not None else times
            found = later[:1]
        else:
            found = times[times < now][-1:]
        if len(found):
            self._move(int(found[0]))

    def _go(self, place: int) -> None:
        steps = self.steps.steps()
        if not len(steps):
            return
        place = min(max(place, 0), len(steps) - 1)
        row = steps[place]
        self._viewport.leave_present()
        time = int(row["time"])
        self._moving = True
        try:
            self._select(row)
            self._document.show_step(row, (place + 1, len(steps)))
        finally:
            self._moving = False
        self._place = place
        self._viewport.show_moment(time)
        if self._document.selection is not None:
            self._viewport.show_row(self._document.selection.track)
        self.stepped.emit()

    def _select(self, row: np.void) -> None:
        """The span of the step, so that its arrow is drawn; a lock's step selects its owner's."""
        if self.steps.track >= 0:
            return
        track, index = int(row["track"]), int(row["index"])
        what = int(row["what"])
        if what in (What.TAKES_LOCK, What.RELEASES_LOCK, What.DEADLOCK):
            track = int(row["owner"]) if what != What.DEADLOCK else track
            index = self._document.store.span_index(track, int(row["time"]))
        if what in (What.ENDS, What.MARK) or index < 0:
            self._document.clear_selection()
        else:
            self._document.select(track, index)

    # --- what others do ----------------------------------------------------------------------

    def _on_cursor_moved(self) -> None:
        """Somebody put the cursor elsewhere: playing goes on from there."""
        self._place = -1
        if not self._moving and self.playing:
            time = self._document.cursor_ns
            if time is None:
                self.pause()
            else:
                self._exact = float(time - self._bounds()[0])

    def _on_steps_changed(self) -> None:
        """Other steps: the one the cursor stands on has another number, or is none any more."""
        step = self._document.step
        self._place = -1
        if step is not None:
            steps = self.steps.known()
            at = np.flatnonzero(
                (steps["time"] == step["time"])
                & (steps["track"] == step["track"])
                & (steps["what"] == step["what"])
            )
            if len(at):
                self._place = int(at[0])
                self._document.show_step(step, (self._place + 1, len(steps)))
        self.changed.emit()

    def _on_replaced(self) -> None:
        self._place = -1
        self.pause()
        self.changed.emit()
