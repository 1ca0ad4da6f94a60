"""Which line of a file each thread and task is on.  No Qt: from a moment to marks.

A thread's place is where it is known to be, or the last place known ("after line N"); which
of the two is part of the mark.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.model import State, TrackKind
from engine.moment import Doing, Moment, SpanSource
from gui.wording import told_name

#: Of several states on one line the first of these gives the line its colour.
_RANK = (
    State.RUNNING,
    State.NATIVE,
    State.HELD,
    State.WAIT_LOCK,
    State.WAIT_GIL,
    State.WAIT_CPU,
    State.READY,
    State.WAIT,
    State.SUSPENDED,
    State.IO,
    State.SLEEP,
    State.STARTING,
    State.UNOBSERVED,
)


@dataclass(frozen=True, slots=True)
class LineMark:
    """Who is on a line.  ``groups``: (state, exact, names or badges) in the order of rank."""

    line: int
    state: State
    groups: tuple[tuple[State, bool, tuple[str, ...]], ...]
    tracks: tuple[int, ...]


def rank(state: State) -> int:
    """The smaller, the more it matters where on the line somebody is."""
    return _RANK.index(state) if state in _RANK else len(_RANK)


def files_of(store: SpanSource, moment: Moment) -> list[str]:
    """The files in which somebody is, those that run first."""
    found: dict[str, int] = {}
    for doing in moment.doing.values():
        place = store.locations.get(doing.location) if doing.location >= 0 else None
        if place is not None:
            found[place.file] = min(rank(doing.state), found.get(place.file, len(_RANK)))
    return sorted(found, key=lambda file: found[file])


def label_of(store: SpanSource, track_id: int) -> str:
    """What stands for a track on a line: its badge's digit, else its name."""
    track = store.tracks[track_id]
    return str(track.badge) if track.badge else told_name(store, track_id)


def marks_in(store: SpanSource, moment: Moment, file: str) -> list[LineMark]:
    """The marks for ``file``, by line.

    A thread that runs a task's step stands there once, as the task.
    """
    lines: dict[int, list[Doing]] = {}
    for doing in _without_threads_behind_tasks(store, moment.doing.values()):
        place = store.locations.get(doing.location) if doing.location >= 0 else None
        if place is not None and place.file == file and place.line > 0:
            lines.setdefault(place.line, []).append(doing)
    marks = []
    for line, doings in sorted(lines.items()):
        groups: dict[tuple[State, bool], list[Doing]] = {}
        for doing in doings:
            groups.setdefault((doing.state, doing.exact), []).append(doing)
        ranked = sorted(groups.items(), key=lambda g: rank(g[0][0]))
        marks.append(
            LineMark(
                line,
                ranked[0][0][0],
                tuple((s, exact, tuple(label_of(store, d.track) for d in g)) for (s, exact), g in ranked),
                tuple(d.track for d in doings),
            )
        )
    return marks


def _without_threads_behind_tasks(store: SpanSource, doings: Iterable[Doing]) -> list[Doing]:
    every = list(doings)
    active = (State.RUNNING, State.NATIVE, State.WAIT_GIL, State.WAIT_CPU)
    running_on = {
        store.tracks[d.track].parent
        for d in every
        if store.tracks[d.track].kind is TrackKind.TASK and d.state in active
    }
    return [
        d
        for d in every
        if store.tracks[d.track].kind is TrackKind.TASK
        or (store.tracks[d.track].kind is TrackKind.THREAD and d.track not in running_on)
    ]


def shortened(who: tuple[str, ...]) -> str:
    """``1–5, 8, MainThread``: badges that follow each other as a range."""
    parts: list[str] = []
    run: list[int] = []
    for name in (*who, ""):
        number = int(name) if name.isdigit() else None
        if run and (number is None or number != run[-1] + 1):
            parts += [str(n) for n in run] if len(run) < 3 else [f"{run[0]}–{run[-1]}"]
            run = []
        if number is not None:
            run.append(number)
        elif name:
            parts.append(name)
    return ", ".join(parts)
