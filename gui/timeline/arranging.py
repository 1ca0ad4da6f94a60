"""Arranging the tracks: pin, hide, collapse, move; by the keys and by the menu of a name.

Everything acts on one track and can be undone.  GUI thread only.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from engine.model import TrackKind
from gui.document import Document
from gui.timeline.rows import Arrangement, Row, RowKind
from gui.timeline.viewport import Viewport


class Arranging(QObject):
    """``go``: selects on a track at the cursor (its id)."""

    def __init__(
        self, document: Document, viewport: Viewport, go: Callable[[int], None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._viewport = viewport
        self._go = go

    # --- the selected track: what the keys do -----------------------------------------------

    @property
    def _row(self) -> Row | None:
        selection = self._document.selection
        return self._viewport.row_of(selection.track) if selection is not None else None

    def pin_selected(self) -> None:
        """Pins the selected track to the top, or lets it go back."""
        row = self._row
        if row is not None and row.kind is not RowKind.PROCESS:
            self.pin(row.track, not row.pinned)
            self._viewport.show_row(row.track)

    def hide_selected(self) -> None:
        """Hides the selected track and selects the next, so that several go one after the other."""
        row = self._row
        if row is None:
            return
        before = self.stops()
        self.hide(row.track)
        left = set(self.stops().values())
        at = list(before).index(row.track) if row.track in before else 0
        order = list(before.values())
        following = [track for track in order[at:] + order[at::-1] if track in left]
        if following:
            self._go(following[0])
        else:
            self._document.clear_selection()

    def stops(self) -> dict[int, int]:
        """Where Up and Down stop, from top to bottom: row's track → the track that is selected there,
        for a collapsed process its first thread."""
        spans = self._document.store.spans
        result = {}
        for row in self._viewport.rows:
            track = next((t for t in (row.track, *row.summary) if len(spans(t))), None)
            if track is not None:
                result[row.track] = track
        return result

    def collapse_selected(self) -> None:
        """Collapses or expands the selected track; one without anything below it: what it is below."""
        selection, tracks = self._document.selection, self._document.tracks
        track = tracks.get(selection.track) if selection is not None else None
        while track is not None:
            row = self._viewport.row_of(track.id)
            if row is not None and row.below:
                self.toggle(row)
                return
            track = tracks.get(track.parent)

    def collapse_all(self) -> None:
        """Collapses every process; when all are, expands them."""
        rows = [r for r in self._viewport.rows if r.kind is RowKind.PROCESS and r.below]
        if not rows:
            return
        processes = {row.track for row in rows}
        expand = all(row.collapsed for row in rows)

        def change(arrangement: Arrangement) -> None:
            arrangement.collapsed -= processes
            arrangement.expanded -= processes
            (arrangement.expanded if expand else arrangement.collapsed).update(processes)

        self._viewport.edit(change)
        selection = self._document.selection
        if selection is not None:
            self._viewport.show_row(selection.track)

    def move_selected(self, step: int) -> None:
        """One place up (-1) or down (1) among its siblings."""
        row = self._row
        if row is None or row.pinned:
            return
        siblings = self.siblings(row.track)
        place = siblings.index(row.track) + step
        if 0 <= place < len(siblings):
            self.move(row.track, siblings[place], behind=step > 0)
            self._viewport.show_row(row.track)

    # --- any track: what the menu and the pointer do ------------------------------------------

    def pin(self, track_id: int, on: bool) -> None:
        def change(arrangement: Arrangement) -> None:
            if on:
                arrangement.pinned.append(track_id)
            else:
                arrangement.pinned.remove(track_id)

        self._viewport.edit(change)

    def hide(self, track_id: int) -> None:
        self._viewport.edit(lambda arrangement: arrangement.hidden.add(track_id))

    def show_hidden(self) -> None:
        if self._viewport.arrangement.hidden:
            self._viewport.edit(lambda arrangement: arrangement.hidden.clear())

    def toggle(self, row: Row) -> None:
        """Collapses or expands."""

        def change(arrangement: Arrangement) -> None:
            if row.collapsed:
                arrangement.collapsed.discard(row.track)
                arrangement.expanded.add(row.track)
            else:
                arrangement.expanded.discard(row.track)
                arrangement.collapsed.add(row.track)

        self._viewport.edit(change)

    def siblings(self, track_id: int) -> list[int]:
        """The tracks shown among which it can be moved, from top to bottom."""
        tracks = self._document.tracks
        moved = tracks[track_id]
        processes = moved.kind is TrackKind.PROCESS  # stand below the tracks of the process they are in
        return [
            row.track
            for row in self._viewport.rows
            if tracks[row.track].parent == moved.parent
            and (tracks[row.track].kind is TrackKind.PROCESS) is processes
            and not row.pinned
        ]

    def move(self, track_id: int, target: int, *, behind: bool) -> bool:
        """Puts a track before or behind one of its siblings; False: that is none."""
        siblings = self.siblings(track_id)
        if target == track_id or target not in siblings or track_id not in siblings:
            return False
        siblings.remove(track_id)
        siblings.insert(siblings.index(target) + behind, track_id)

        def change(arrangement: Arrangement) -> None:
            for place, each in enumerate(siblings):
                arrangement.order[each] = float(place)

        self._viewport.edit(change)
        return True
