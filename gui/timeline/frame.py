"""Makes the picture of the visible rows: what the lanes show, without cursor and selection.

GUI thread only.  Everything is measured in device pixels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QFont, QPainter

from engine.model import Location, ObjectInfo, Track
from gui import wording
from gui.theme import SMALL, Theme
from gui.timeline.levels import EMPTY_BLOCKS, EMPTY_LANE, Lane, SpanSource, lane, summed
from gui.timeline.painting import Drawn, LanePainter, Picture, pixel
from gui.timeline.queues import QueuePainter
from gui.timeline.rows import Row, RowKind
from gui.timeline.styles import StateBrushes
from gui.timeline.ticks import ruler_ticks
from gui.timeline.viewport import Viewport


class Source(SpanSource, Protocol):
    """What of a store is drawn."""

    @property
    def tracks(self) -> Mapping[int, Track]: ...
    @property
    def objects(self) -> Mapping[int, ObjectInfo]: ...
    @property
    def locations(self) -> Mapping[int, Location]: ...
    @property
    def start_ns(self) -> int: ...
    def track_revision(self, track_id: int) -> int: ...


class FrameRenderer:
    """Paints the lanes of a viewport.  ``drawn`` are the rows of the last picture, top to bottom."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._density = 0.0
        self._painter: LanePainter | None = None
        self._picture: Picture | None = None
        self._store: Source | None = None
        #: The lanes of the last picture, with the revision of their tracks: where only the rows moved,
        #: what is in them is the same.
        self._lanes: dict[int, tuple[int, Lane]] = {}
        self._lanes_of: tuple[object, ...] = ()
        self.drawn: list[Drawn] = []

    def forget_theme(self) -> None:
        """The theme or the language changed: brushes and fonts are made anew."""
        self._painter = None

    @property
    def brushes(self) -> StateBrushes:
        assert self._painter is not None
        return self._painter.brushes

    def prepare(self, store: Source, density: float) -> LanePainter:
        """The painter for this store and density."""
        if self._painter is None or density != self._density or store is not self._store:
            self._density = density
            self._store = store

            def badge_of(track_id: int) -> int:
                track = store.tracks.get(track_id)
                return track.badge if track is not None else 0

            names: dict[tuple[int, str, int], str] = {}

            def owner_label(track_id: int) -> str:
                key = (track_id, wording.track_name(store, track_id), len(store.tracks))
                if key not in names:
                    names[key] = wording.short_name(store, track_id)
                return names[key]

            theme = self._theme
            self._painter = LanePainter(
                StateBrushes(theme.palette, density),
                scaled(theme.font(SMALL * 0.96, QFont.Weight.DemiBold), density),
                scaled(theme.font(SMALL * 0.92), density),
                badge_of,
                owner_label,
                lambda span: wording.span_label(store, span),
                plates=theme.projector,
            )
        return self._painter

    def render(
        self, store: Source, viewport: Viewport, width: int, height: int, density: float, coarse: int = 1
    ) -> Picture:
        """The picture of the rows in sight; ``coarse``: columns this many pixels wide will do, and
        where it is over 1 small labels can wait."""
        painter = self.prepare(store, density)
        picture = self._picture
        if picture is None or (picture.width, picture.height, picture.density) != (width, height, density):
            picture = self._picture = Picture(width, height, density)
        palette = self._theme.palette
        grounds = (pixel(palette.lane), pixel(palette.surface))
        heading = pixel(palette.window)
        rows = viewport.visible_rows()
        lanes = self._lanes_in_sight(store, rows, viewport, coarse)
        self.drawn = [
            Drawn(
                row,
                viewport.top_of(row),
                lane,
                heading if row.kind is RowKind.PROCESS else grounds[row.stripe],
            )
            for row, lane in zip(rows, lanes, strict=True)
        ]
        painter.paint(
            picture,
            self.drawn,
            grid_columns(viewport, store.start_ns),
            grounds[1],
            pixel(palette.line),
            wait_labels=coarse == 1,
        )
        self._queues(painter, picture, viewport, density)
        return picture

    def _queues(self, lanes: LanePainter, picture: Picture, viewport: Viewport, density: float) -> None:
        """How many wait for each lock in sight."""
        locks = [item for item in self.drawn if item.row.kind is RowKind.LOCK]
        if locks:
            theme = self._theme
            font = scaled(theme.font(SMALL * 0.92), density)
            painter = QPainter(picture.image)
            QueuePainter(theme.palette, lanes.brushes, font).paint(
                painter, locks, viewport.transform, density
            )
            painter.end()

    def _lanes_in_sight(
        self, store: Source, rows: Sequence[Row], viewport: Viewport, coarse: int
    ) -> list[Lane]:
        """What is in these rows; made anew where it can have changed since the last picture."""
        made_for = (store, viewport.transform, coarse)
        known = self._lanes if made_for == self._lanes_of else {}
        self._lanes, self._lanes_of = {}, made_for
        result = []
        for row in rows:
            if row.kind is RowKind.PROCESS:
                result.append(lane_of(store, row, viewport, coarse))
                continue
            revision = store.track_revision(row.track)
            entry = known.get(row.track)
            if entry is None or entry[0] != revision:
                entry = (revision, lane_of(store, row, viewport, coarse))
            self._lanes[row.track] = entry
            result.append(entry[1])
        return result


def lane_of(store: Source, row: Row, viewport: Viewport, coarse: int = 1) -> Lane:
    """What is drawn in a row: its track, or for a collapsed process the sum of its threads."""
    transform = viewport.transform
    if row.kind is not RowKind.PROCESS:
        return lane(store, row.track, transform, coarse)
    if not row.summary:
        return EMPTY_LANE
    end = transform.start_ns + transform.ns_per_px * transform.width_px
    return Lane(EMPTY_BLOCKS, summed(store, row.summary, transform.start_ns, end, transform.width_px))


def grid_columns(viewport: Viewport, origin_ns: int, label_px: float = 82.0) -> NDArray[np.int32]:
    """The pixel columns where the ruler's ticks continue as lines."""
    ticks = ruler_ticks(viewport.transform, origin_ns, label_px).ticks
    xs = np.array([round(t.x) for t in ticks], np.int32)
    return xs[(xs >= 0) & (xs < viewport.transform.width_px)]


def scaled(font: QFont, density: float) -> QFont:
    """A font for painting in device pixels."""
    result = QFont(font)
    result.setPixelSize(max(1, round(font.pixelSize() * density)))
    return result
