"""What an assembler gave in the end, and checks that hold for every delta."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from engine.assembler import Assembler, Delta
from engine.batch import Batch
from engine.model import Location, Mark, ObjectInfo, State, Track, TrackKind

Span = tuple[int, ...]


@dataclass
class Collected:
    """Everything final, in plain Python."""

    tracks: dict[int, Track] = field(default_factory=dict)
    objects: dict[int, ObjectInfo] = field(default_factory=dict)
    locations: dict[int, Location] = field(default_factory=dict)
    spans: dict[int, list[Span]] = field(default_factory=dict)
    marks: list[Mark] = field(default_factory=list)
    arrows: list[tuple[int, ...]] = field(default_factory=list)
    last: Delta = field(default_factory=Delta)

    def named(self, name: str, kind: TrackKind | None = None) -> Track:
        """The one track with this name."""
        found = [t for t in self.tracks.values() if t.name == name and kind in (None, t.kind)]
        assert len(found) == 1, f"{len(found)} tracks are called {name}: {list(self.tracks.values())}"
        return found[0]

    def states(self, name: str, kind: TrackKind | None = None) -> list[tuple[int, int, str]]:
        """(start µs, end µs, state) of a track."""
        return [
            (span[0] // 1000, span[1] // 1000, State(span[5]).word)
            for span in self.spans.get(self.named(name, kind).id, [])
        ]

    def owners(self, name: str, kind: TrackKind | None = None) -> list[tuple[int, int, str]]:
        """Of a lock's or a GIL's track: (start µs, end µs, owner's name, "free", "?" or "unobserved")."""
        result = []
        for span in self.spans.get(self.named(name, kind).id, []):
            state, owner = State(span[5]), span[3]
            who = state.word if state is not State.OWNED else self.tracks[owner].name if owner >= 0 else "?"
            result.append((span[0] // 1000, span[1] // 1000, who))
        return result


def collect(batches: list[Batch]) -> Collected:
    """Feed all batches; every delta is checked on the way."""
    assembler = Assembler()
    result = Collected()
    for batch in batches:
        delta = assembler.feed(batch)
        for new in delta.new_tracks:
            assert new.id == len(result.tracks)
            result.tracks[new.id] = new
        result.tracks.update({track.id: track for track in delta.changed_tracks})
        for thing in delta.new_objects:
            assert thing.id == len(result.objects)
            result.objects[thing.id] = thing
        result.objects.update({thing.id: thing for thing in delta.changed_objects})
        for place in delta.new_locations:
            result.locations[len(result.locations)] = place
        for track, spans in delta.spans.items():
            result.spans.setdefault(track, []).extend(tuple(int(v) for v in span) for span in spans.tolist())
        for track, spans in delta.open_spans.items():
            _check_open(result, track, spans)
        result.marks.extend(delta.marks)
        result.arrows.extend(tuple(arrow)[:6] for arrow in delta.arrows.tolist())
        result.last = delta
    for track, rows in result.spans.items():
        _check_final(result, track, rows)
    return result


def _check_open(result: Collected, track: int, spans: np.ndarray) -> None:
    assert track in result.tracks
    final = result.spans.get(track)
    begin = final[-1][1] if final else 0
    for span in spans.tolist():
        assert begin <= span[0] < span[1], f"track {track}: {span} after {begin}"
        begin = span[1]


def _check_final(result: Collected, track: int, rows: list[Span]) -> None:
    end = 0
    for span in rows:
        assert end <= span[0] < span[1], f"{result.tracks[track]}: {span} after {end}"
        assert span[5] != State.NONE
        assert span[3] < len(result.tracks)
        assert span[2] < len(result.objects)
        assert span[4] < len(result.locations)
        end = span[1]
