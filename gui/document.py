"""What the window shows: one recording, live or finished, and where in it one looks.

Panels and timeline read it and listen to its signals; nobody keeps a copy.  GUI thread only.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from engine.model import State, Track, TrackKind
from engine.moment import Moment, moment_at
from engine.recording import Note
from engine.steps import Telling, tell
from engine.store import Store
from gui.notes import NoteBook

#: What is read rather than watched follows a live run ten times a second.
PACE_MS = 100


class Phase(enum.Enum):
    """Of what is shown."""

    EMPTY = "empty"  # nothing yet
    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"
    ENDED = "ended"  # a run that is over, not saved elsewhere yet
    LOADED = "loaded"  # from a file


@dataclass(frozen=True, slots=True)
class Selection:
    """A span: the track, its index there, and its times when it was selected."""

    track: int
    index: int
    start_ns: int
    end_ns: int


@dataclass(slots=True)
class Origin:
    """Where the recording comes from.  ``sources``: file → text as it was run, where the recording
    carries it; ``path``: the file it was loaded from or saved to; ``stopped``: a person ended it."""

    title: str = ""
    question: str = ""
    scenario: str = ""
    script: str = ""
    interpreter: str = ""
    path: Path | None = None
    session_folder: Path | None = None
    truncated: bool = False
    stopped: bool = False
    #: ``path`` is not a person's own file: what is written on it is saved elsewhere
    borrowed: bool = False
    sources: dict[str, str] = field(default_factory=dict)
    #: a schedule that the recording carries (its document)
    schedule: dict[str, Any] = field(default_factory=dict)

    @property
    def scheduled(self) -> Path | None:
        """The recording, where it carries a schedule of the program that it shows."""
        if not self.schedule or (self.schedule.get("scenario") or "") != self.scenario:
            return None
        theirs, ours = Path(str(self.schedule.get("script"))), Path(self.script)
        both = theirs.is_absolute() and ours.is_absolute()
        same = bool(self.scenario) or (theirs == ours if both else theirs.name == ours.name)
        return self.path if same else None


class Document(QObject):
    """The recording in the window.

    ``replaced``: another recording; ``grew``: the store was added to (whether tracks changed);
    ``grew_paced``: the same for what need not follow each frame of a flood, at most every
    ``PACE_MS`` while a run is live; ``phase_changed``; ``cursor_moved``; ``selection_changed``;
    ``range_changed``; ``lit_changed``: the object that is lit on all tracks; ``moment_changed``: at
    most once per turn of the event loop after any of these, and paced after growth.
    """

    replaced = Signal()
    grew = Signal(bool)
    grew_paced = Signal()
    phase_changed = Signal()
    cursor_moved = Signal()
    selection_changed = Signal()
    range_changed = Signal()
    lit_changed = Signal()  # the object or the places that are lit
    moment_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.store = Store()
        self.notes = NoteBook(self)
        self.origin = Origin()
        self.phase = Phase.EMPTY
        self.cursor_ns: int | None = None
        self.selection: Selection | None = None
        self.range: tuple[int, int] | None = None
        self.lit_object = -1
        self.lit_places: frozenset[int] = frozenset()
        self.moment: Moment | None = None
        #: the event the cursor was put on by stepping, and (its number, of how many)
        self.step: np.void | None = None
        self.step_number = (0, 0)
        #: what is said of it; made of ``moment``
        self.telling: Telling | None = None
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._make_moment)
        self._pace = QTimer(self)
        self._pace.setSingleShot(True)
        self._pace.setInterval(PACE_MS // 2)
        self._pace.timeout.connect(self._on_paced)
        self._grown = False  # since ``grew_paced`` was emitted
        self._moment_due = False

    # --- the recording -------------------------------------------------------------------

    def show(self, store: Store, origin: Origin, phase: Phase, notes: Iterable[Note] = ()) -> None:
        """Another recording takes the place of the one shown."""
        self._pace.stop()
        self._grown = self._moment_due = False
        self.store = store
        self.origin = origin
        self.phase = phase
        self.cursor_ns = None
        self.selection = None
        self.range = None
        self.lit_object = -1
        self.lit_places = frozenset()
        self.moment = None
        self.step = self.telling = None
        self.notes.load(notes)
        self.replaced.emit()
        self.phase_changed.emit()
        self._later.start()

    def clear(self) -> None:
        self.show(Store(), Origin(), Phase.EMPTY)

    def set_phase(self, phase: Phase) -> None:
        if phase is not self.phase:
            self.phase = phase
            self._pace.stop()
            self._moment_due = False
            self._on_paced()
            self._make_moment_later()
            self.phase_changed.emit()

    @property
    def live(self) -> bool:
        return self.phase in (Phase.STARTING, Phase.RUNNING, Phase.STOPPING)

    def note_growth(self, tracks_changed: bool) -> None:
        """The store was added to."""
        self.grew.emit(tracks_changed)
        self._grown = True
        if not self._pace.isActive():
            self._on_paced()

    def _on_paced(self) -> None:
        """What has grown is told; while that goes on, again after a while.  The moment is made in
        between: both in one turn would keep a frame waiting."""
        if self._moment_due:
            self._moment_due = False
            self._make_moment_later()
        elif self._grown:
            self._grown = False
            self.grew_paced.emit()
            self._moment_due = self.live
            if not self.live:
                self._make_moment_later()
        else:
            return
        if self.live:
            self._pace.start()

    def _make_moment_later(self) -> None:
        if self.cursor_ns is None:
            self._later.start()

    # --- where one looks -----------------------------------------------------------------

    @property
    def now_ns(self) -> int:
        """The cursor; without one the present of a live run, or the start of a finished one."""
        if self.cursor_ns is not None:
            return self.cursor_ns
        return self.store.end_ns if self.live else self.store.start_ns

    def set_cursor(self, time_ns: int | None) -> None:
        if time_ns is not None:
            time_ns = min(max(time_ns, self.store.start_ns), self.store.end_ns)
        if time_ns != self.cursor_ns:
            self.cursor_ns = time_ns
            self.step = None
            self.cursor_moved.emit()
            self._later.start()

    def show_step(self, step: np.void, number: tuple[int, int]) -> None:
        """Puts the cursor on an event of ``engine.steps``, which is told then; ``number`` of how many."""
        self.set_cursor(int(step["time"]))
        self.step = step
        self.step_number = number
        self._later.start()

    def select(self, track_id: int, index: int) -> None:
        """Selects a span and puts the cursor into it, unless it is there already."""
        spans = self.store.spans(track_id)
        if not 0 <= index < len(spans):
            return
        span = spans[index]
        start, end = int(span["start"]), int(span["end"])
        self.selection = Selection(track_id, index, start, end)
        self.selection_changed.emit()
        if self.cursor_ns is None or not start <= self.cursor_ns < end:
            self.set_cursor(start)
        self._later.start()

    def clear_selection(self) -> None:
        if self.selection is not None:
            self.selection = None
            self.selection_changed.emit()

    def select_neighbour(self, step: int) -> bool:
        """The next (1) or previous (-1) span on the selected track that shows a state."""
        if self.selection is None:
            return False
        spans = self.store.spans(self.selection.track)
        index = self.selection.index + step
        while 0 <= index < len(spans):
            if spans["state"][index] not in (State.NONE, State.FREE):
                self.select(self.selection.track, index)
                self.set_cursor(int(spans["start"][index]))
                return True
            index += step
        return False

    def set_range(self, chosen: tuple[int, int] | None) -> None:
        if chosen is not None:
            low, high = sorted(chosen)
            low, high = max(low, self.store.start_ns), min(high, self.store.end_ns)
            chosen = (low, high) if high > low else None
        if chosen != self.range:
            self.range = chosen
            self.range_changed.emit()

    def light(self, object_id: int) -> None:
        """Lights an object (a lock) on every track; -1 for none."""
        if object_id != self.lit_object:
            self.lit_object = object_id
            self.lit_changed.emit()

    def light_places(self, locations: frozenset[int]) -> None:
        """Lights the spans at these locations on every track."""
        if locations != self.lit_places:
            self.lit_places = locations
            self.lit_changed.emit()

    def places_on_line(self, file: str, line: int) -> frozenset[int]:
        """The locations that lie on a line of code."""
        locations = self.store.locations.items()
        return frozenset(number for number, place in locations if place.file == file and place.line == line)

    def spans_at(self, locations: frozenset[int]) -> list[tuple[int, NDArray[np.intp]]]:
        """Threads and tasks with spans at one of these locations, and the spans' indices."""
        wanted = np.fromiter(locations, np.int32, len(locations))
        result = []
        for track in self.store.tracks.values():
            if track.kind in (TrackKind.THREAD, TrackKind.TASK):
                found = np.flatnonzero(np.isin(self.store.spans(track.id)["location"], wanted))
                if len(found):
                    result.append((track.id, found))
        return result

    def spans_on_line(self, file: str, line: int) -> list[tuple[int, NDArray[np.intp]]]:
        """The same for a line of code."""
        places = self.places_on_line(file, line)
        return self.spans_at(places) if places else []

    def next_span_at(self, locations: frozenset[int], time_ns: int) -> tuple[int, int] | None:
        """The first span at one of these locations that begins after a moment, else the first of
        all: track and index; None where there is none."""
        best: tuple[int, int, int, int] | None = None
        for track_id, found in self.spans_at(locations):
            starts = self.store.spans(track_id)["start"]
            later = found[starts[found] > time_ns]
            index = int(later[0] if len(later) else found[0])
            candidate = (0 if len(later) else 1, int(starts[index]), track_id, index)
            best = candidate if best is None else min(best, candidate)
        return None if best is None else best[2:]

    # --- look-ups ------------------------------------------------------------------------

    @property
    def tracks(self) -> dict[int, Track]:
        return self.store.tracks

    def tracks_of(self, kind: TrackKind) -> list[Track]:
        return [t for t in self.store.tracks.values() if t.kind is kind]

    def badge(self, track_id: int) -> int:
        track = self.store.tracks.get(track_id)
        return track.badge if track is not None else 0

    def _make_moment(self) -> None:
        if self.phase is Phase.EMPTY or not self.store.tracks:
            self.moment = None
        else:
            time = self.now_ns
            if self.cursor_ns is None and self.live:
                time -= 1  # the present itself belongs to nothing yet
            self.moment = moment_at(self.store, time)
        if self.moment is None or self.step is None:
            self.telling = None
        else:
            self.telling = tell(self.store, self.step, self.moment)
        self.moment_changed.emit()
