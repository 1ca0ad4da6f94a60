"""Words for states, reasons and spans, in the language of the window.

Used by the legend, labels in spans, hover texts and the inspector, so that one thing has one
name everywhere.  GUI thread only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Protocol

import numpy as np
from PySide6.QtCore import QCoreApplication

from engine.agent.layout import Wait
from engine.model import End, EndKind, Location, Mark, MarkKind, ObjectInfo, SpanFlag, State, Track, TrackKind
from gui.durations import duration
from gui.track_names import TrackNames

translate = QCoreApplication.translate

_AUTOMATIC = re.compile(r"(Thread-\d+) \(.+\)", re.DOTALL)
#: In programs with more tracks than this names stay as they are.
MOST_SHORTENED = 300


class Names(Protocol):
    """The part of a store that names things."""

    @property
    def tracks(self) -> Mapping[int, Track]: ...
    @property
    def objects(self) -> Mapping[int, ObjectInfo]: ...
    @property
    def locations(self) -> Mapping[int, Location]: ...


def state_word(state: State) -> str:
    """A state in a few words, as the legend says it."""
    match state:
        case State.STARTING:
            return translate("State", "starting")
        case State.RUNNING:
            return translate("State", "running")
        case State.NATIVE:
            return translate("State", "outside the GIL")
        case State.WAIT_GIL:
            return translate("State", "waits for the GIL")
        case State.WAIT_CPU:
            return translate("State", "waits for a core")
        case State.WAIT_LOCK:
            return translate("State", "waits for a lock")
        case State.WAIT:
            return translate("State", "other wait")
        case State.SLEEP:
            return translate("State", "sleep")
        case State.IO:
            return translate("State", "input, output")
        case State.READY:
            return translate("State", "ready, loop is busy")
        case State.SUSPENDED:
            return translate("State", "suspended")
        case State.HELD:
            return translate("State", "held by you")
        case State.UNOBSERVED:
            return translate("State", "not seen")
        case State.OWNED:
            return translate("State", "owned")
        case State.FREE:
            return translate("State", "free")
        case _:
            return translate("State", "not there")


def kind_word(kind: TrackKind) -> str:
    match kind:
        case TrackKind.PROCESS:
            return translate("Track", "process")
        case TrackKind.THREAD:
            return translate("Track", "thread")
        case TrackKind.TASK:
            return translate("Track", "task")
        case TrackKind.LOCK:
            return translate("Track", "lock")
        case _:
            return translate("Track", "GIL")


def end_text(end: End) -> str:
    """How a track ended; empty while it runs."""
    match end.kind:
        case EndKind.FINISHED:
            return translate("Track", "finished")
        case EndKind.FAILED:
            return translate("Track", "failed: {detail}").format(detail=end.detail)
        case EndKind.CANCELLED:
            return translate("Track", "cancelled")
        case EndKind.KILLED:
            return translate("Track", "killed: {detail}").format(detail=end.detail)
        case EndKind.CUT_OFF:
            return translate("Track", "cut off")
        case _:
            return ""


def object_text(store: Names, object_id: int) -> str:
    """The name of an object, or its sort; empty when it is not known."""
    info = store.objects.get(object_id) if object_id >= 0 else None
    if info is None:
        return ""
    return info.name or info.sort


def track_name(store: Names, track_id: int) -> str:
    track = store.tracks.get(track_id) if track_id >= 0 else None
    return track.name if track is not None else ""


def track_title(store: Names, track: Track) -> str:
    """A track's name; of an object nobody named its sort and where it was made."""
    if track.name:
        return track.name
    info = store.objects.get(track.object) if track.object >= 0 else None
    sort = track.sort or kind_word(track.kind)
    place = place_text(store, info.location) if info is not None else ""
    return f"{sort} · {place}" if place else sort


def short_name(store: Names, track_id: int) -> str:
    """A track's name without what CPython puts behind the number of a thread nobody named
    (``Thread-1 (work)``), where the number alone tells it from all others."""
    name = track_name(store, track_id)
    found = _AUTOMATIC.fullmatch(name)
    if found is None:
        return name
    short = found[1]
    alike = sum(
        track.name == short or track.name.startswith(f"{short} (") for track in _first(store.tracks.values())
    )
    return short if alike == 1 else name


def told_name(store: Names, track_id: int) -> str:
    """A track's short name for a text about all processes: with its process where another has one of
    that name (every process has a ``MainThread``)."""
    track = store.tracks.get(track_id)
    if track is None:
        return ""
    for other in _first(store.tracks.values()):
        if other.name == track.name and other.kind is track.kind and other.pid != track.pid:
            return TrackNames(store.tracks).of(track_id)
    return short_name(store, track_id)


def _first(tracks: Iterable[Track]) -> Iterator[Track]:
    """Those that can be looked through at every moment; of more tracks none, so no name is shortened."""
    chosen = list(islice(tracks, MOST_SHORTENED + 1))
    return iter(chosen if len(chosen) <= MOST_SHORTENED else [])


def place_text(store: Names, location: int) -> str:
    """``file.py:14``, or empty."""
    place = store.locations.get(location) if location >= 0 else None
    if place is None:
        return ""
    name = place.file.replace("\\", "/").rsplit("/", 1)[-1]
    return f"{name}:{place.line}"


def span_label(store: Names, span: np.void) -> str:
    """What stands in or above a span, in a few words: ``waiting: worker-1.join()``."""
    state = State(int(span["state"]))
    name = object_text(store, int(span["object"]))
    if state is State.WAIT_LOCK:
        owner = short_name(store, int(span["owner"]))
        if name and owner:
            return translate("SpanLabel", "waits for {lock}: {owner} has it").format(lock=name, owner=owner)
        return translate("SpanLabel", "waits for {lock}").format(lock=name) if name else state_word(state)
    if state in (State.WAIT, State.SUSPENDED, State.IO, State.SLEEP):
        return _reason(int(span["reason"]), name) or state_word(state)
    if state is State.NATIVE and name:
        return name
    return state_word(state)


def _reason(reason: int, name: str) -> str:
    """A wait with its reason; ``name`` may be empty."""
    match reason:
        case Wait.CONDITION | Wait.EVENT | Wait.BARRIER:
            text = translate("SpanLabel", "waiting: {name}.wait()")
        case Wait.QUEUE_GET:
            text = translate("SpanLabel", "waiting: {name}.get(), it is empty")
        case Wait.QUEUE_PUT:
            text = translate("SpanLabel", "waiting: {name}.put(), it is full")
        case Wait.QUEUE_JOIN | Wait.THREAD_JOIN | Wait.PROCESS_JOIN:
            text = translate("SpanLabel", "waiting: {name}.join()")
        case Wait.START:
            text = translate("SpanLabel", "waiting: {name}.start()")
        case Wait.FUTURE | Wait.RESULT:
            text = translate("SpanLabel", "waiting for the result of {name}")
        case Wait.SEMAPHORE | Wait.LOCK:
            text = translate("SpanLabel", "waits for {lock}").replace("{lock}", "{name}")
        case Wait.TASK:
            text = translate("SpanLabel", "awaits {name}")
        case Wait.SLEEP:
            return translate("SpanLabel", "sleep")
        case Wait.READ:
            return _with(translate("SpanLabel", "reads"), name)
        case Wait.WRITE:
            return _with(translate("SpanLabel", "writes"), name)
        case Wait.CONNECT:
            return _with(translate("SpanLabel", "connects"), name)
        case Wait.ACCEPT:
            return _with(translate("SpanLabel", "waits for a connection"), name)
        case Wait.SELECT:
            return translate("SpanLabel", "waits for any of several")
        case Wait.INPUT:
            return translate("SpanLabel", "waits for input")
        case _:
            return translate("SpanLabel", "waits for {lock}").format(lock=name) if name else ""
    return text.format(name=name) if name else ""


def _with(text: str, name: str) -> str:
    return f"{text}: {name}" if name else text


def span_tooltip(store: Names, track_id: int, span: np.void, origin_ns: int) -> str:
    """Several lines for the pointer: who, what, how long, where, since when."""
    track = store.tracks[track_id]
    state = State(int(span["state"]))
    length = duration(int(span["end"]) - int(span["start"]))
    flags = SpanFlag(int(span["flags"]))
    lines = []
    if track.kind in (TrackKind.GIL, TrackKind.LOCK):
        lines.append(_owned_line(store, track, span, state))
    else:
        label = span_label(store, span)
        lines.append(f"{track.name}: {label}")
    going_on = translate("Hover", "{time}, still going on").format(time=length)
    since = duration(int(span["start"]) - origin_ns)
    lines.append(
        translate("Hover", "{time} from {start}").format(
            time=going_on if flags & SpanFlag.OPEN else length, start=since
        )
    )
    place = place_text(store, int(span["location"]))
    if place:
        text = (
            translate("Hover", "after {place}")
            if flags & SpanFlag.AFTER_LINE
            else translate("Hover", "at {place}")
        )
        lines.append(text.format(place=place))
    if flags & SpanFlag.TIMED_OUT:
        lines.append(translate("Hover", "ended by its time-out"))
    if flags & SpanFlag.FAILED:
        lines.append(translate("Hover", "ended with an exception"))
    if track.kind is TrackKind.LOCK and int(span["depth"]) > 0:
        lines.append(translate("Hover", "{count} waiting").format(count=int(span["depth"])))
    return "\n".join(lines)


def _owned_line(store: Names, track: Track, span: np.void, state: State) -> str:
    owner = track_name(store, int(span["owner"]))
    if state is State.OWNED and owner:
        return translate("Hover", "{owner} holds {what}").format(owner=owner, what=track.name)
    if state is State.OWNED:
        return translate("Hover", "{what} is taken; by whom is not known").format(what=track.name)
    if state is State.FREE:
        return translate("Hover", "nobody holds {what}").format(what=track.name)
    return f"{track.name}: {state_word(state)}"


def mark_text(store: Names, mark: Mark, origin_ns: int) -> str:
    """A mark in words: what, when, how long, where."""
    match mark.kind:
        case MarkKind.GC:
            text = translate("Mark", "garbage collection {detail}")
        case MarkKind.IMPORT:
            text = translate("Mark", "import {detail}")
        case MarkKind.EXCEPTION:
            text = translate("Mark", "uncaught {detail}")
        case MarkKind.SIGNAL:
            text = translate("Mark", "signal {detail}")
        case MarkKind.WARNING:
            text = translate("Mark", "warning: {detail}")
        case MarkKind.CALLED:
            text = translate("Mark", "called {detail}")
        case MarkKind.LOST:
            text = translate("Mark", "records lost {detail}")
        case MarkKind.PROBE_FAILED:
            text = translate("Mark", "Lockstep switched a probe off: {detail}")
        case MarkKind.STOP:
            text = translate("Mark", "stopped {detail}")
        case MarkKind.FORK:
            text = translate("Mark", "fork {detail}")
        case _:
            text = "{detail}"
    lines = [text.format(detail=mark.text).strip()]
    since = duration(mark.time_ns - origin_ns)
    if mark.duration_ns:
        lines.append(
            translate("Hover", "{time} from {start}").format(time=duration(mark.duration_ns), start=since)
        )
    else:
        lines.append(translate("Hover", "at {time}").format(time=since))
    place = place_text(store, mark.location)
    if place:
        lines.append(translate("Hover", "at {place}").format(place=place))
    return "\n".join(lines)
