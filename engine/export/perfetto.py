"""Trace Event Format JSON, as ui.perfetto.dev and chrome://tracing open it.

Spans are complete events (``X``), arrows are flows (``s`` and ``f``), marks are instants
(``i``), names are metadata (``M``).  What the importer of Perfetto does, and so what is done
here (src/trace_processor/importers/json/ there; the format's document leaves it open):

- A flow's end binds to the slice that was begun last on its track: all events are sorted by
  time, at the same time by their order in the file.  So the spans stand before the flows.
- Threads are told apart by ``tid`` alone where they lack a process, and a number that is used
  again later is the same thread: a track gets its native id only when no other track has it.
- ``displayTimeUnit`` was taken for the unit of ``ts`` by some versions: it is left out.
  ``ts`` is in microseconds, with the nanoseconds behind the point, from the start of the run.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, TextIO

from engine.agent.layout import Wait
from engine.export.labels import REASONS, object_labels
from engine.model import ARROW_KINDS, SpanFlag, State, Track, TrackKind
from engine.store import Store
from engine.version import VERSION

#: Numbers for tracks without a native id of their own: above any the operating system gives.
OWN_NUMBERS = 1 << 30

#: Order of the tracks of one process.
_ORDER = {
    TrackKind.PROCESS: 0,
    TrackKind.GIL: 1,
    TrackKind.THREAD: 2,
    TrackKind.TASK: 3,
    TrackKind.LOCK: 4,
}
_NAMES = {TrackKind.PROCESS: "process", TrackKind.GIL: "GIL"}


def write(store: Store, out: TextIO, *, info: dict[str, Any] | None = None) -> None:
    """The whole recording; ``info`` is put into ``otherData`` beside what is known anyway."""
    numbers = track_numbers(store)
    start_ns = store.start_ns
    out.write('{"traceEvents":[\n')
    events = _Events(out)
    _write_names(store, numbers, events)
    labels = {n: json.dumps(label) for n, label in object_labels(store).items()}
    places = {n: json.dumps(f"{place.file}:{place.line}") for n, place in store.locations.items()}
    for track_id in sorted(store.tracks):
        _write_spans(store, track_id, numbers, labels, places, start_ns, events)
    _write_marks(store, numbers, start_ns, events)
    _write_arrows(store, numbers, labels, start_ns, events)
    other = {
        **(info or {}),
        "schema": "lockstep-perfetto",
        "version": 1,
        "lockstep": VERSION,
        "start_ns": start_ns,
    }
    out.write(f'\n],\n"otherData":{json.dumps(other)}}}\n')


def track_numbers(store: Store) -> dict[int, int]:
    """track id → the ``tid`` it has in the export, each once."""
    used = Counter(t.tid for t in store.tracks.values() if t.kind is TrackKind.THREAD)
    return {
        t.id: t.tid
        if t.kind is TrackKind.THREAD and 0 < t.tid < OWN_NUMBERS and used[t.tid] == 1
        else OWN_NUMBERS + t.id
        for t in store.tracks.values()
    }


class _Events:
    """Writes events with commas between them."""

    def __init__(self, out: TextIO) -> None:
        self._write = out.write
        self._first = True

    def add(self, text: str) -> None:
        if self._first:
            self._first = False
        else:
            self._write(",\n")
        self._write(text)


def _us(time_ns: int) -> str:
    sign = "-" if time_ns < 0 else ""
    whole, part = divmod(abs(time_ns), 1000)
    return f"{sign}{whole}.{part:03d}"


def _write_names(store: Store, numbers: dict[int, int], events: _Events) -> None:
    named: set[int] = set()
    tracks = sorted(store.tracks.values(), key=lambda t: (_ORDER[t.kind], t.id))
    for place, track in enumerate(tracks):
        if track.kind is TrackKind.PROCESS and track.pid not in named:
            named.add(track.pid)
            _metadata(events, track.pid, numbers[track.id], "process_name", {"name": track.name})
        name = _NAMES.get(track.kind) or track.name
        _metadata(events, track.pid, numbers[track.id], "thread_name", {"name": name})
        _metadata(events, track.pid, numbers[track.id], "thread_sort_index", {"sort_index": place})


def _metadata(events: _Events, pid: int, tid: int, name: str, args: dict[str, Any]) -> None:
    events.add(json.dumps({"ph": "M", "pid": pid, "tid": tid, "name": name, "args": args}))


def _write_spans(
    store: Store,
    track_id: int,
    numbers: dict[int, int],
    labels: dict[int, str],
    places: dict[int, str],
    start_ns: int,
    events: _Events,
) -> None:
    track = store.tracks[track_id]
    head = f'{{"ph":"X","pid":{track.pid},"tid":{numbers[track_id]},"cat":"{track.kind.value}","name":"'
    words = [state.word for state in State]
    for start, end, obj, owner, location, state, reason, flags, depth in store.spans(track_id).tolist():
        args = []
        if obj in labels:
            args.append(f'"object":{labels[obj]}')
        if owner in store.tracks:
            args.append(f'"owner":{_owner(store.tracks[owner])}')
        if location in places:
            args.append(f'"line":{places[location]}')
        if reason in REASONS and reason != Wait.LOCK:
            args.append(f'"reason":"{REASONS[reason]}"')
        if flags & SpanFlag.TIMED_OUT:
            args.append('"timed_out":true')
        if depth and track.kind is TrackKind.LOCK:
            args.append(f'"waiting":{depth}')
        events.add(
            f'{head}{words[state]}","ts":{_us(start - start_ns)},"dur":{_us(end - start)},'
            f'"args":{{{",".join(args)}}}}}'
        )


def _owner(track: Track) -> str:
    return json.dumps(f"{track.name} ({track.id})")


def _write_marks(store: Store, numbers: dict[int, int], start_ns: int, events: _Events) -> None:
    for mark in store.marks:
        track = store.tracks.get(mark.track)
        if track is None:
            continue
        args: dict[str, Any] = {"text": mark.text}
        if mark.duration_ns:
            args["duration_ns"] = mark.duration_ns
        events.add(
            f'{{"ph":"i","s":"t","pid":{track.pid},"tid":{numbers[track.id]},"cat":"mark",'
            f'"name":"{mark.kind.value}","ts":{_us(mark.time_ns - start_ns)},"args":{json.dumps(args)}}}'
        )


def _write_arrows(
    store: Store, numbers: dict[int, int], labels: dict[int, str], start_ns: int, events: _Events
) -> None:
    kinds = [kind.value for kind in ARROW_KINDS]
    for number, (begin, end, origin, target, obj, kind, _) in enumerate(store.arrows.tolist(), 1):
        if origin not in numbers or target not in numbers:
            continue
        args = f'{{"object":{labels[obj]}}}' if obj in labels else "{}"
        for ph, track_id, time_ns in (("s", origin, begin), ("f", target, max(begin, end))):
            bind = '"bp":"e",' if ph == "f" else ""
            events.add(
                f'{{"ph":"{ph}",{bind}"id":{number},"pid":{store.tracks[track_id].pid},'
                f'"tid":{numbers[track_id]},"cat":"arrow","name":"{kinds[kind]}",'
                f'"ts":{_us(time_ns - start_ns)},"args":{args}}}'
            )
