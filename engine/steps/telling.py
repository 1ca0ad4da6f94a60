"""What is said of one step: the event, its cause, its line; as data, without any language.

All of it is read off the moment's :class:`~engine.moment.Moment`, from which the code marks, the
wait-for graph and the sentence are drawn as well, so that they agree.  A cause is named only where
the recording has an arrow for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engine.model import ARROW_KINDS, ArrowKind, Deadlock, End, Mark, State, TrackKind
from engine.moment import Doing, Holding, Moment, SpanSource
from engine.steps.events import What

#: What somebody goes on from.
_WAITS = (State.WAIT, State.WAIT_LOCK, State.SUSPENDED, State.READY, State.SLEEP, State.IO)


class StepSource(SpanSource, Protocol):
    """What telling a step needs of a store."""

    @property
    def marks(self) -> Sequence[Mark]: ...
    @property
    def deadlocks(self) -> Sequence[Deadlock]: ...
    def arrows_into(self, track_id: int, start_ns: int, end_ns: int) -> NDArray[np.void]: ...


@dataclass(frozen=True, slots=True)
class Cause:
    """An arrow: ``track`` did at ``time_ns`` what let the other go on.  ``location``: its line then,
    -1 where that is not known for certain."""

    kind: ArrowKind
    track: int
    time_ns: int
    location: int


@dataclass(frozen=True, slots=True)
class Telling:
    """One step in full.

    ``track``: whose step it is (of a lock's event the thread's, -1 not known); ``location`` and
    ``exact``: its line, as the code marks show it.  ``holds_gil``: whether the GIL's track says that
    it holds the GIL now; None where there is none or that was not seen.  ``owner``: of the lock or
    GIL that is wanted, -1 nobody or not known, ``had_ns`` since when it has it, ``owner_location``
    the line where it took it.  ``others``: who else waits for the same; in a deadlock all of the
    circle.  ``waited_ns``: how long what is over now had lasted.
    """

    what: What
    time_ns: int
    track: int
    state: State
    object: int = -1
    reason: int = 0
    location: int = -1
    exact: bool = True
    holds_gil: bool | None = None
    owner: int = -1
    had_ns: int = 0
    owner_location: int = -1
    others: tuple[int, ...] = ()
    waited_ns: int = 0
    cause: Cause | None = None
    end: End | None = None
    mark: Mark | None = None


def tell(store: StepSource, event: np.void, moment: Moment) -> Telling:
    """What happened at an event (of ``EVENT_DTYPE``); ``moment`` is that of its time."""
    what, track = What(int(event["what"])), int(event["track"])
    if what is What.DEADLOCK:
        return _deadlock(store, event, moment)
    if what is What.MARK:
        return _mark(store, event, moment)
    if what in (What.TAKES_LOCK, What.RELEASES_LOCK, What.HOLDER, What.NO_HOLDER):
        return _owner(store, event, moment, what)
    if what is What.ENDS:
        return Telling(
            what,
            moment.time_ns,
            track,
            State.NONE,
            end=store.tracks[track].end,
            waited_ns=moment.time_ns - store.tracks[track].start_ns,
        )
    return _state(store, event, moment, what)


def _state(store: StepSource, event: np.void, moment: Moment, what: What) -> Telling:
    track = int(event["track"])
    doing = moment.doing.get(track)
    if doing is None:
        return Telling(What.NOTHING, moment.time_ns, track, State.NONE)
    before_ns = waited_since(store, track, doing, what)
    object_id = int(event["object"])
    owner, had_ns, owner_location = -1, 0, -1
    others: tuple[int, ...] = ()
    for edge in moment.edges:
        if edge.waiter != track:
            continue
        owner = edge.owner
        holding = moment.gils.get(edge.gil) if edge.gil >= 0 else _lock(store, moment, edge.object)
        if holding is not None and holding.owner == owner and owner >= 0:
            had_ns = moment.time_ns - holding.since_ns
            owner_location = holding.location
        others = tuple(
            e.waiter
            for e in moment.edges
            if (e.gil, e.object) == (edge.gil, edge.object) and e.waiter != track
        )
    return Telling(
        what,
        moment.time_ns,
        track,
        doing.state,
        object_id,
        _reason(store, track, doing, what),
        doing.location,
        doing.exact,
        _holds(store, moment, track),
        owner,
        had_ns,
        owner_location,
        others,
        max(0, moment.time_ns - before_ns),
        _cause(store, track, doing, what, object_id, before_ns),
    )


def _lock(store: SpanSource, moment: Moment, object_id: int) -> Holding | None:
    info = store.objects.get(object_id)
    return moment.locks.get(info.track) if info is not None else None


def _holds(store: SpanSource, moment: Moment, track_id: int) -> bool | None:
    """Whether the track, or the thread below a task, has its GIL now."""
    track = store.tracks[track_id]
    if track.kind is TrackKind.TASK:
        track = store.tracks.get(track.parent, track)
    for gil, holding in moment.gils.items():
        owner = store.tracks[gil]
        if (owner.pid, owner.interpreter) == (track.pid, track.interpreter):
            if holding.state is State.FREE:
                return False
            return None if holding.owner < 0 else holding.owner == track.id
    return None


def waited_since(store: SpanSource, track_id: int, doing: Doing, what: What) -> int:
    """When that began which is over now: the wait, its object, and the GIL's part of it."""
    if what not in (What.GOES_ON, What.GETS_GIL, What.GETS_CORE, What.RUNS_FIRST, What.BACK, What.WANTS_GIL):
        return doing.since_ns
    spans = store.spans(track_id)
    index = int(store.span_index(track_id, doing.since_ns))
    since = doing.since_ns
    wanted: tuple[int, ...] | None = None
    for at in range(index - 1, max(-1, index - 4096), -1):
        span = spans[at]
        state, object_id = int(span["state"]), int(span["object"])
        if state == State.UNOBSERVED:
            continue
        key = (object_id,) if object_id >= 0 else (state, -1)
        if state in (State.NONE, State.RUNNING, State.FREE) or (wanted is not None and key != wanted):
            break
        wanted = key
        since = int(span["start"])
    return since


def _reason(store: SpanSource, track_id: int, doing: Doing, what: What) -> int:
    """Why it waits, or has waited."""
    if what is not What.GOES_ON:
        return doing.reason
    spans = store.spans(track_id)
    index = int(store.span_index(track_id, doing.since_ns))
    for at in range(index - 1, max(-1, index - 64), -1):
        if int(spans[at]["state"]) in _WAITS:
            return int(spans[at]["reason"])
        if int(spans[at]["state"]) == State.RUNNING:
            break
    return 0


def _cause(
    store: StepSource, track_id: int, doing: Doing, what: What, object_id: int, before_ns: int
) -> Cause | None:
    """The arrow that let it go on: it left before this moment and arrives in the state that begins."""
    if what in (What.STARTED, What.RUNS_FIRST):
        arrows = store.arrows_into(track_id, doing.since_ns, _start_of_run(store, track_id, doing))
        fits = arrows[np.isin(arrows["kind"], _STARTS) & (arrows["from_time"] <= doing.since_ns)]
    elif what in (What.GOES_ON, What.WANTS_GIL) and object_id >= 0:
        arrows = store.arrows_into(track_id, before_ns, max(doing.until_ns, doing.since_ns))
        fits = arrows[
            (arrows["object"] == object_id)
            & (arrows["from_time"] <= doing.since_ns)
            & (arrows["from_time"] >= before_ns)
        ]
    else:
        return None
    return _latest(store, fits, track_id)


_STARTS = [ARROW_KINDS.index(k) for k in (ArrowKind.START, ArrowKind.SUBMIT, ArrowKind.FORK, ArrowKind.WAKE)]


def _start_of_run(store: SpanSource, track_id: int, doing: Doing) -> int:
    """Where the start's arrow arrives: the first moment its code runs."""
    if doing.state is not State.STARTING:
        return doing.until_ns
    spans = store.spans(track_id)
    following = doing.index + 1
    return int(spans["end"][following]) if following < len(spans) else doing.until_ns


def _latest(store: StepSource, arrows: NDArray[np.void], track_id: int) -> Cause | None:
    arrows = arrows[(arrows["from_track"] >= 0) & (arrows["from_track"] != track_id)]
    if not len(arrows):
        return None
    arrow = arrows[int(np.argmax(arrows["from_time"]))]
    source, time = int(arrow["from_track"]), int(arrow["from_time"])
    return Cause(ARROW_KINDS[int(arrow["kind"])], source, time, _line_of_call(store, source, time))


def _line_of_call(store: SpanSource, track_id: int, time_ns: int) -> int:
    """The line of the call a track is in; -1 when it is in none that was recorded with its line."""
    index = int(store.span_index(track_id, time_ns))
    if index < 0:
        return -1
    span = store.spans(track_id)[index]
    inside = int(span["state"]) in (State.WAIT, State.IO) and int(span["start"]) <= time_ns
    return int(span["location"]) if inside else -1


def _owner(store: StepSource, event: np.void, moment: Moment, what: What) -> Telling:
    """A lock or a GIL changes hands."""
    lock, owner, object_id = int(event["track"]), int(event["owner"]), int(event["object"])
    holding = moment.locks.get(lock) or moment.gils.get(lock)
    taken = what in (What.TAKES_LOCK, What.HOLDER)
    if holding is None or (taken and holding.owner != owner):
        return Telling(What.NOTHING, moment.time_ns, -1, State.NONE)
    doing = moment.doing.get(owner)
    waiting = tuple(
        e.waiter
        for e in moment.edges
        if e.waiter != owner and (e.object == object_id if object_id >= 0 else e.gil == lock)
    )
    cause = None
    if taken and object_id >= 0:
        span = store.spans(lock)[int(event["index"])]
        arrows = store.arrows_into(owner, moment.time_ns, int(span["end"]))
        fits = arrows[
            (arrows["object"] == object_id)
            & (arrows["kind"] == ARROW_KINDS.index(ArrowKind.RELEASE))
            & (arrows["from_time"] <= moment.time_ns)
        ]
        cause = _latest(store, fits, owner)
    return Telling(
        what,
        moment.time_ns,
        owner,
        doing.state if doing is not None else State.NONE,
        object_id if object_id >= 0 else lock,
        location=doing.location if doing is not None else -1,
        exact=doing.exact if doing is not None else False,
        owner=owner if taken else -1,
        others=waiting,
        cause=cause,
    )


def _deadlock(store: StepSource, event: np.void, moment: Moment) -> Telling:
    number = int(event["index"])
    links = store.deadlocks[number].links if number < len(store.deadlocks) else ()
    if not links:
        return Telling(What.NOTHING, moment.time_ns, -1, State.NONE)
    first = links[0]
    doing = moment.doing.get(first.track)
    return Telling(
        What.DEADLOCK,
        moment.time_ns,
        first.track,
        doing.state if doing is not None else State.NONE,
        first.object,
        location=doing.location if doing is not None else -1,
        exact=doing.exact if doing is not None else False,
        owner=first.owner,
        others=tuple(link.track for link in links),
    )


def _mark(store: StepSource, event: np.void, moment: Moment) -> Telling:
    number, track = int(event["index"]), int(event["track"])
    if number >= len(store.marks):
        return Telling(What.NOTHING, moment.time_ns, track, State.NONE)
    mark = store.marks[number]
    state = moment.doing[track].state if track in moment.doing else State.NONE
    return Telling(What.MARK, moment.time_ns, track, state, location=mark.location, mark=mark)
