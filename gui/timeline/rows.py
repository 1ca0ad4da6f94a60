"""Which tracks are shown, in which order, and how high.  Plain arithmetic, no Qt.

Tracks stand grouped by process: the process's GIL, its threads in order of their start, each
followed by the tasks of its event loop, then its locks.  A program of one process needs no
heading for it.  People may collapse, hide, pin and reorder (:class:`Arrangement`).
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from engine.model import Track, TrackKind


class RowKind(enum.Enum):
    PROCESS = "process"  # the heading of a process; its track's states, or its threads' in sum
    GIL = "gil"
    THREAD = "thread"
    TASK = "task"
    LOCK = "lock"


_ROW_KINDS = {
    TrackKind.PROCESS: RowKind.PROCESS,
    TrackKind.GIL: RowKind.GIL,
    TrackKind.THREAD: RowKind.THREAD,
    TrackKind.TASK: RowKind.TASK,
    TrackKind.LOCK: RowKind.LOCK,
}
_ORDER = {TrackKind.GIL: 0, TrackKind.THREAD: 1, TrackKind.TASK: 2, TrackKind.LOCK: 3, TrackKind.PROCESS: 4}

#: Height of a row in relation to a thread's.
_WEIGHTS = {
    RowKind.PROCESS: 0.0,
    RowKind.GIL: 0.58,
    RowKind.THREAD: 1.0,
    RowKind.TASK: 0.62,
    RowKind.LOCK: 0.62,
}
_MAIN_WEIGHT = 0.68  # the main thread of most programs only starts the others and joins them

#: From this number of processes on all but the first begin collapsed.
COLLAPSE_FROM = 9


@dataclass(frozen=True, slots=True)
class Row:
    """One row.  ``y`` and ``height`` in pixels from the top of all rows; ``summary``: tracks whose
    states are drawn in sum (a collapsed process), empty otherwise; ``stripe`` alternates; ``below``:
    how many tracks stand under it, shown or not, without those of other processes."""

    kind: RowKind
    track: int
    depth: int
    y: int
    height: int
    stripe: bool
    collapsed: bool = False
    pinned: bool = False
    summary: tuple[int, ...] = ()
    below: int = 0


@dataclass(slots=True)
class Arrangement:
    """What people changed: all by track id.  ``order``: places among siblings by hand, smaller
    first, for the tracks that were dragged.  ``expanded`` and ``collapsed`` hold what was said
    explicitly; the rest follows :data:`COLLAPSE_FROM`."""

    collapsed: set[int] = field(default_factory=set)
    expanded: set[int] = field(default_factory=set)
    hidden: set[int] = field(default_factory=set)
    pinned: list[int] = field(default_factory=list)
    order: dict[int, float] = field(default_factory=dict)
    filter: str = ""

    def is_collapsed(self, track_id: int, many: bool, first: bool) -> bool:
        if track_id in self.collapsed:
            return True
        return many and not first and track_id not in self.expanded

    def copy(self) -> Arrangement:
        return Arrangement(
            set(self.collapsed),
            set(self.expanded),
            set(self.hidden),
            list(self.pinned),
            dict(self.order),
            self.filter,
        )


@dataclass(frozen=True, slots=True)
class RowSizes:
    """Pixels.  ``tallest`` and ``lowest`` bound the height of a thread's row, ``heading`` is that
    of a process.  Rows grow into the room there is (:func:`arrange`), never below ``lowest``; with
    ``most`` no more than so many are in sight at once."""

    tallest: int = 76
    lowest: int = 30
    heading: int = 30
    most: int = 0


@dataclass(slots=True)
class _Entry:
    track: Track
    depth: int
    collapsed: bool = False
    pinned: bool = False
    summary: tuple[int, ...] = ()
    below: int = 0


def matches(track: Track, words: Sequence[str]) -> bool:
    """Whether every word occurs in the track's name, kind, sort or ids."""
    text = f"{track.name} {track.kind.value} {track.sort} {track.pid} {track.tid}".casefold()
    return all(word in text for word in words)


def _children(tracks: Mapping[int, Track]) -> dict[int, list[Track]]:
    children: dict[int, list[Track]] = {}
    for track in tracks.values():
        parent = track.parent if track.parent in tracks else -1
        children.setdefault(parent, []).append(track)
    return children


def _count(track: Track, children: Mapping[int, list[Track]]) -> int:
    below = [child for child in children.get(track.id, ()) if child.kind is not TrackKind.PROCESS]
    return len(below) + sum(_count(child, children) for child in below)


def _sorted(siblings: Iterable[Track], arrangement: Arrangement) -> list[Track]:
    ranked = sorted(siblings, key=lambda t: (_ORDER[t.kind], t.sort != "MainThread", t.start_ns, t.id))
    if not arrangement.order:
        return ranked
    place = {track.id: float(i) for i, track in enumerate(ranked)}
    return sorted(ranked, key=lambda t: arrangement.order.get(t.id, place[t.id]))


def _entries(tracks: Mapping[int, Track], arrangement: Arrangement) -> list[_Entry]:
    children = _children(tracks)
    processes = [t for t in tracks.values() if t.kind is TrackKind.PROCESS]
    headings = len(processes) > 1
    many = len(processes) >= COLLAPSE_FROM
    first = min(processes, key=lambda t: (t.parent != -1, t.start_ns, t.id)).id if processes else -1
    words = arrangement.filter.casefold().split()
    pinned = [tracks[i] for i in arrangement.pinned if i in tracks]
    entries = [_Entry(track, 0, pinned=True) for track in pinned]
    apart = {track.id for track in pinned}

    def add(track: Track, depth: int) -> None:
        if track.id in arrangement.hidden:
            return
        below = _sorted(children.get(track.id, ()), arrangement)
        if track.kind is TrackKind.PROCESS:
            if headings:
                collapsed = not words and arrangement.is_collapsed(track.id, many, track.id == first)
                threads = tuple(t.id for t in below if t.kind is TrackKind.THREAD) if collapsed else ()
                entries.append(_Entry(track, 0, collapsed, summary=threads, below=_count(track, children)))
            else:
                collapsed = False
            if not collapsed:
                for child in below:
                    if child.kind is not TrackKind.PROCESS:
                        add(child, 0)
            for child in below:
                if child.kind is TrackKind.PROCESS:
                    add(child, 0)
            return
        if track.id not in apart:
            collapsed = track.id in arrangement.collapsed and bool(below)
            if not words or matches(track, words):
                entries.append(_Entry(track, depth, collapsed, below=_count(track, children)))
            if collapsed and not words:
                return
        for child in below:
            add(child, depth + 1)

    for track in _sorted(children.get(-1, ()), arrangement):
        add(track, 0)
    if words:  # headings of processes without a match say nothing
        entries = _without_empty_headings(entries)
    return entries


def _without_empty_headings(entries: list[_Entry]) -> list[_Entry]:
    kept: list[_Entry] = []
    for entry, following in zip_longest(entries, entries[1:]):
        heading = entry.track.kind is TrackKind.PROCESS
        if heading and (following is None or following.track.kind is TrackKind.PROCESS):
            continue
        kept.append(entry)
    return kept


def _weight(track: Track) -> float:
    if track.kind is TrackKind.THREAD and track.sort == "MainThread":
        return _MAIN_WEIGHT
    return _WEIGHTS[_ROW_KINDS[track.kind]]


def _filling(weights: Sequence[float], room: float, lowest: float) -> float:
    """How much a weight of 1 gets so that all together fill ``room`` and none gets less than ``lowest``."""
    rest = sorted(weights, reverse=True)
    while rest and room / sum(rest) * rest[-1] < lowest:
        room -= lowest
        rest.pop()
    return room / sum(rest) if rest else 0.0


def arrange(
    tracks: Mapping[int, Track], arrangement: Arrangement, room_px: int, sizes: RowSizes, stretch: float = 1.0
) -> list[Row]:
    """The rows from top to bottom.  They fill ``room_px`` as far as ``sizes`` lets them;
    ``stretch`` is the person's wish for taller or lower rows."""
    entries = _entries(tracks, arrangement)
    headings = sum(sizes.heading for e in entries if e.track.kind is TrackKind.PROCESS)
    weights = sum(_weight(e.track) for e in entries)
    unit = (room_px - headings) / weights if weights else 0.0
    lowest = max(sizes.lowest, -(-room_px // sizes.most)) if sizes.most else sizes.lowest
    shares = [_weight(e.track) for e in entries if e.track.kind is not TrackKind.PROCESS]
    few = not sizes.most or len(shares) <= sizes.most
    if few and len(shares) * sizes.lowest <= room_px - headings:  # all can be in sight
        if sizes.most:
            lowest = max(sizes.lowest, min(lowest, (room_px - headings) // sizes.most))
        unit = min(_filling(shares, room_px - headings, lowest), sizes.tallest) * stretch
    else:
        unit = min(max(unit, lowest / _MAIN_WEIGHT), sizes.tallest) * stretch
    lowest = round(lowest * min(1.0, stretch))
    rows: list[Row] = []
    y = 0.0  # kept exact, so that rounding does not add up to a scroll bar
    stripe = True
    for entry in entries:
        kind = _ROW_KINDS[entry.track.kind]
        top = round(y)
        if kind is RowKind.PROCESS:
            y += sizes.heading
            stripe = True
        else:
            y += max(lowest, unit * _weight(entry.track))
        height = round(y) - top
        rows.append(
            Row(
                kind,
                entry.track.id,
                entry.depth,
                top,
                height,
                stripe,
                entry.collapsed,
                entry.pinned,
                entry.summary,
                entry.below,
            )
        )
        stripe = not stripe
    return rows


def total_height(rows: Sequence[Row]) -> int:
    return rows[-1].y + rows[-1].height if rows else 0


def row_at(rows: Sequence[Row], y_px: float) -> int:
    """The index of the row at ``y_px``, or -1."""
    low, high = 0, len(rows)
    while low < high:
        middle = (low + high) // 2
        if rows[middle].y + rows[middle].height <= y_px:
            low = middle + 1
        else:
            high = middle
    return low if low < len(rows) and rows[low].y <= y_px else -1
