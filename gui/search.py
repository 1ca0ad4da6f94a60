"""Looking for words in a recording: tracks, objects, sources, marks, notes.  No widgets."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.model import Mark, MarkKind, TrackKind
from engine.recording import Note
from engine.store import Store
from gui import wording

#: Found things of one kind: more cannot be looked through anyway.
MOST = 300


class HitKind(enum.Enum):
    TRACK = "track"
    OBJECT = "object"
    SOURCE = "source"
    MARK = "mark"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Hit:
    """``text``: what was found; ``where``: a file and line, a track …; ``track`` and ``time_ns``,
    ``object`` or ``file`` and ``line`` lead there, by kind."""

    kind: HitKind
    text: str
    where: str = ""
    track: int = -1
    time_ns: int = -1
    object: int = -1
    file: str = ""
    line: int = 0
    note: Note | None = None


def find(
    words: str, store: Store, sources: Mapping[str, str], notes: Sequence[Note]
) -> tuple[list[Hit], bool]:
    """What has all the words in it, in any order, upper or lower case alike; whether that is all."""
    wanted = words.casefold().split()
    if not wanted:
        return [], True
    hits: list[Hit] = []
    complete = True
    for found in (
        _notes(wanted, notes, store),
        _tracks(wanted, store),
        _objects(wanted, store),
        _sources(wanted, sources),
        _marks(wanted, store),
    ):
        for count, hit in enumerate(found):
            if count == MOST:
                complete = False
                break
            hits.append(hit)
    return hits, complete


def _has(text: str, wanted: Sequence[str]) -> bool:
    text = text.casefold()
    return all(word in text for word in wanted)


def _notes(wanted: Sequence[str], notes: Sequence[Note], store: Store) -> Iterator[Hit]:
    for note in notes:
        if _has(note.text, wanted):
            yield Hit(HitKind.NOTE, note.text, time_ns=note.time_ns, note=note)


def _tracks(wanted: Sequence[str], store: Store) -> Iterator[Hit]:
    for track in store.tracks.values():
        end = wording.end_text(track.end)
        ids = f"pid {track.pid}" + (f" tid {track.tid}" if track.tid else "")
        if _has(f"{track.name} {wording.kind_word(track.kind)} {track.sort} {ids} {end}", wanted):
            yield Hit(HitKind.TRACK, track.name, f"{wording.kind_word(track.kind)} · {ids}", track=track.id)


def _objects(wanted: Sequence[str], store: Store) -> Iterator[Hit]:
    """Those that no track stands for by the same name."""
    for info in store.objects.values():
        track = store.tracks.get(info.track)
        if track is not None and (track.name == info.name or not info.name):
            continue
        place = wording.place_text(store, info.location)
        if info.name and _has(f"{info.name} {info.sort} {place}", wanted):
            where = " · ".join(part for part in (info.sort, place) if part)
            yield Hit(HitKind.OBJECT, info.name, where, object=info.id, track=info.track)


def _sources(wanted: Sequence[str], sources: Mapping[str, str]) -> Iterator[Hit]:
    for path, text in sources.items():
        name = path.replace("\\", "/").rsplit("/", 1)[-1]
        folded = text.casefold()
        if not all(word in folded for word in wanted):
            continue
        for number, line in enumerate(text.split("\n"), 1):
            if _has(line, wanted):
                yield Hit(HitKind.SOURCE, line.strip(), f"{name}:{number}", file=path, line=number)


def _marks(wanted: Sequence[str], store: Store) -> Iterator[Hit]:
    kinds: dict[MarkKind, str] = {}  # putting a mark into words takes longer than looking at it
    for mark in store.marks:
        if mark.kind not in kinds:
            plain = Mark(mark.time_ns, -1, mark.kind, "")
            kinds[mark.kind] = wording.mark_text(store, plain, store.start_ns).split("\n")[0]
        if _has(f"{kinds[mark.kind]} {mark.text}", wanted):
            text = wording.mark_text(store, mark, store.start_ns).split("\n")[0]
            name = wording.track_name(store, mark.track)
            yield Hit(HitKind.MARK, text, name, track=mark.track, time_ns=mark.time_ns)


def first_use(store: Store, object_id: int) -> tuple[int, int] | None:
    """The first span that waits for an object or owns it: its track and when it begins."""
    best: tuple[int, int] | None = None
    for track in store.tracks.values():
        if track.kind is TrackKind.GIL:
            continue
        spans = store.spans(track.id)
        found = np.flatnonzero(spans["object"] == object_id)
        if len(found):
            start = int(spans["start"][found[0]])
            if best is None or start < best[1]:
                best = (track.id, start)
    return best
