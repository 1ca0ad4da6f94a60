"""CSV: one span a row (docs/formats.md)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import TextIO

from engine.export.labels import object_labels
from engine.model import State
from engine.store import Store

COLUMNS = (
    *("track_id", "pid", "tid", "track", "kind", "state"),
    *("start_ns", "end_ns", "object", "owner", "file", "line"),
)


def write(store: Store, out: TextIO) -> None:
    """All spans, track by track, each in the order of time.  ``out`` is opened with newline=""."""
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(COLUMNS)
    words = [state.word for state in State]
    labels = object_labels(store)
    places = {n: (location.file, location.line) for n, location in store.locations.items()}
    for track_id in sorted(store.tracks):
        track = store.tracks[track_id]
        head = (track.id, track.pid, track.tid or "", track.name, track.kind.value)
        rows.writerows(_rows(store, track_id, head, words, labels, places))


def _rows(
    store: Store,
    track_id: int,
    head: tuple[object, ...],
    words: list[str],
    labels: dict[int, str],
    places: dict[int, tuple[str, int]],
) -> Iterator[tuple[object, ...]]:
    nowhere = ("", "")
    for start, end, obj, owner, location, state, *_ in store.spans(track_id).tolist():
        yield (
            *head,
            words[state],
            start,
            end,
            labels.get(obj, ""),
            owner if owner >= 0 else "",
            *places.get(location, nowhere),
        )
