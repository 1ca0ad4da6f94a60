"""All that is known of one span: for the inspector.

Who woke it is read off the arrows that end at it; what it waited for in the end is followed
from owner to owner through the moments in between.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engine.model import ARROW_KINDS, ArrowKind, SpanFlag, State
from engine.moment import SpanSource, moment_at


class ArrowSource(SpanSource, Protocol):
    """A store that also knows causes (``engine.store.Store``)."""

    def arrows_into(self, track_id: int, start_ns: int, end_ns: int) -> NDArray[np.void]: ...


@dataclass(frozen=True, slots=True)
class Waking:
    """What let the track go on: ``track`` did it at ``time_ns``."""

    kind: ArrowKind
    track: int
    time_ns: int
    object: int


@dataclass(frozen=True, slots=True)
class ChainLink:
    """``track`` waits for ``object`` (a GIL: its track in ``gil``); -1 and -1 at the root, which waits
    for nothing and is in ``state``."""

    track: int
    object: int
    gil: int
    state: State
    index: int


@dataclass(frozen=True, slots=True)
class Inspection:
    """One span, explained.  ``closed``: the chain came back to where it began (a deadlock)."""

    track: int
    index: int
    state: State
    start_ns: int
    end_ns: int
    object: int
    owner: int
    location: int
    exact: bool
    reason: int
    flags: SpanFlag
    wakings: tuple[Waking, ...]
    chain: tuple[ChainLink, ...]
    closed: bool

    @property
    def root(self) -> ChainLink | None:
        """Who all of the chain waits for in the end; None where nobody is waited for, in a circle, and
        where it is not known who has what the last one waits for."""
        last = self.chain[-1] if self.chain else None
        if last is None or len(self.chain) < 2 or self.closed or last.index < 0:
            return None
        return last if last.object < 0 and last.gil < 0 else None


def inspect_span(store: ArrowSource, track_id: int, index: int, time_ns: int | None = None) -> Inspection:
    """Explain a span at ``time_ns`` (inside it; else its beginning).

    IndexError when the track has no such span.
    """
    spans = store.spans(track_id)
    if not 0 <= index < len(spans):
        raise IndexError(index)
    span = spans[index]
    start, end = int(span["start"]), int(span["end"])
    at = time_ns if time_ns is not None and start <= time_ns < end else start
    chain, closed = _chain(store, track_id, at)
    location = int(span["location"])
    exact = location >= 0 and not int(span["flags"]) & SpanFlag.AFTER_LINE
    if location < 0:
        location = store.place_at(track_id, at)
    owner = int(span["owner"])
    if owner < 0 and len(chain) > 1:
        owner = chain[1].track
    return Inspection(
        track_id,
        index,
        State(int(span["state"])),
        start,
        end,
        int(span["object"]),
        owner,
        location,
        exact,
        int(span["reason"]),
        SpanFlag(int(span["flags"])),
        _wakings(store, track_id, start, end),
        chain,
        closed,
    )


def _wakings(store: ArrowSource, track_id: int, start_ns: int, end_ns: int) -> tuple[Waking, ...]:
    """Arrows that end inside the span, or just where the next begins."""
    arrows = store.arrows_into(track_id, start_ns, end_ns)
    return tuple(
        Waking(ARROW_KINDS[int(a["kind"])], int(a["from_track"]), int(a["from_time"]), int(a["object"]))
        for a in arrows
        if int(a["to_time"]) > start_ns
    )


def _chain(store: ArrowSource, track_id: int, time_ns: int) -> tuple[tuple[ChainLink, ...], bool]:
    moment = moment_at(store, time_ns)
    edges = {edge.waiter: edge for edge in moment.edges}
    links: list[ChainLink] = []
    seen: set[int] = set()
    track = track_id
    while track >= 0:
        doing = moment.doing.get(track)
        state = doing.state if doing is not None else State.NONE
        index = doing.index if doing is not None else -1
        edge = edges.get(track)
        if edge is None:
            links.append(ChainLink(track, -1, -1, state, index))
            return tuple(links), False
        links.append(ChainLink(track, edge.object, edge.gil, state, index))
        seen.add(track)
        if edge.owner in seen:
            return tuple(links), True
        track = edge.owner
    return tuple(links), False
