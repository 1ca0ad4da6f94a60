"""The steps of the recording in the window: which there are, and which one comes next.

GUI thread only.
"""

from __future__ import annotations

import enum
from collections.abc import Generator
from time import perf_counter

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from engine.steps import EVENT_DTYPE, EventIndex
from engine.steps.choice import choosing
from engine.steps.events import Events, exhausted
from gui.document import Document

#: While a run is live its steps are looked for at most this often, for the ticks ...
LIVE_MS = 700
#: ... and as long as that takes no more than half a frame: then not before somebody steps, or the end.
LIVE_COST_MS = 8.0
#: What is done of it at a time while nobody waits for it.
SLICE_MS = 4.0


class Detail(enum.Enum):
    KEY = "key"  # the events that matter most
    ALL = "all"


class StepList(QObject):
    """The steps of the document, looked for when somebody asks.

    ``changed``: there may be others now.  ``detail`` and ``one_track`` choose which; with ``one_track``
    all the events of that track are steps.
    """

    changed = Signal()

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.detail = Detail.KEY
        self.one_track = False
        self._index = EventIndex(document.store)
        self._steps: Events = np.empty(0, EVENT_DTYPE)
        self._stale = True
        #: what is being done about that, in slices
        self._looking: Generator[None, None, None] | None = None
        self._work = QTimer(self)
        self._work.setInterval(0)
        self._work.timeout.connect(self._work_on)
        #: detail and track that ``_steps`` are the steps of
        self._made_for: tuple[Detail, int] | None = None
        self._track = -1
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(LIVE_MS)
        self._later.timeout.connect(self._on_grown)
        self._cost_ms = 0.0  # of the last time they were looked for
        document.replaced.connect(self._on_replaced)
        document.grew.connect(lambda _: self._later.isActive() or self._later.start())
        document.phase_changed.connect(self._on_later)
        document.selection_changed.connect(self._on_selection_changed)

    def choose(self, detail: Detail, one_track: bool) -> None:
        """Which events are steps; without a selected track ``one_track`` does nothing."""
        if (detail, one_track) != (self.detail, self.one_track):
            self.detail, self.one_track = detail, one_track
            self._track = self._wanted_track()
            self._on_later()

    def _wanted_track(self) -> int:
        selection = self._document.selection
        return selection.track if self.one_track and selection is not None else -1

    @property
    def track(self) -> int:
        """The track whose events are steps; -1 for all."""
        return self._track

    def steps(self) -> Events:
        """The steps in the order of time (``EVENT_DTYPE``)."""
        if self._stale:
            exhausted(self._looking or self._look())
        return self._steps

    def known(self) -> Events:
        """The same without waiting for it: as many as were found so far; ``changed`` says when there are
        others."""
        if self._stale and not self._work.isActive():
            self._looking = self._looking or self._look()
            self._cost_ms = 0.0
            self._work.start()
        return self._steps

    def _look(self) -> Generator[None, None, None]:
        if self._index.store is not self._document.store:
            self._index = EventIndex(self._document.store)
            self._made_for = None
        wanted = (self.detail, self._track)
        grown = yield from self._index.refreshing()
        if grown or wanted != self._made_for:
            self._made_for = wanted
            if self._track >= 0:
                self._steps = self._index.of_track(self._track)
            elif self.detail is Detail.ALL:
                self._steps = self._index.every()
            else:
                self._steps = yield from choosing(self._index)
        self._stale, self._looking = False, None

    def _work_on(self) -> None:
        """A slice of what is to be done."""
        begun = perf_counter()
        self._work.stop()
        while self._looking is not None and (perf_counter() - begun) * 1000 < SLICE_MS:
            next(self._looking, None)
        self._cost_ms += (perf_counter() - begun) * 1000
        if self._looking is None:
            self.changed.emit()
        else:
            self._work.start()

    def count_up_to(self, time_ns: int) -> int:
        """How many steps there are at a moment and before."""
        return int(np.searchsorted(self.steps()["time"], time_ns, "right"))

    def count_before(self, time_ns: int) -> int:
        return int(np.searchsorted(self.steps()["time"], time_ns, "left"))

    def refresh(self) -> None:
        """Takes up what has come: a step that is taken now must not miss what is on the screen."""
        self._forget()

    def _forget(self) -> None:
        self._stale, self._looking = True, None
        self._work.stop()

    def _on_grown(self) -> None:
        if not self._document.live or self._cost_ms <= LIVE_COST_MS:
            self._on_later()

    def _on_replaced(self) -> None:
        self._track = -1
        self._cost_ms = 0.0
        self._steps = np.empty(0, EVENT_DTYPE)
        self._on_later()

    def _on_later(self) -> None:
        self._forget()
        self.changed.emit()

    def _on_selection_changed(self) -> None:
        track = self._wanted_track()
        if track != self._track:
            self._track = track
            self._on_later()
