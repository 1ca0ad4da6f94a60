"""What one batch of records changed in the recording, as the assembler understands it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engine.model import (
    ARROW_DTYPE,
    Deadlock,
    GilFigures,
    Location,
    Mark,
    ObjectInfo,
    OutputChunk,
    Track,
)

SpanArray = NDArray[np.void]
ArrowArray = NDArray[np.void]


@dataclass(slots=True)
class Delta:
    """What is new since the delta before.  Shares nothing that changes later with the assembler.

    ``new_tracks`` stand in the order of their ids, which go on without a gap where the last
    delta's ended; ``changed_tracks`` are whole new values of earlier tracks.  The same holds for
    objects and locations.

    ``spans`` are final, in the order of time, to be appended; a track's spans follow each other
    without overlap.  ``open_spans`` replace what was provisional on *every* track: a track that
    is not in it has no provisional part.  The provisional part begins where the final spans end.

    ``arrows``, ``marks`` and ``output`` are final and appended.  Arrows are in the
    order of ``to_time`` within one delta only.  ``gil``, ``deadlocks`` and ``problems`` are whole
    and replace what was there.  ``records`` and ``lost`` count from the beginning; ``now_ns`` is
    the last moment anything is known of, ``final_ns`` the moment before which nothing will be
    added (except what still waits for the end of a call).
    """

    now_ns: int = 0
    final_ns: int = 0
    new_tracks: list[Track] = field(default_factory=list)
    changed_tracks: list[Track] = field(default_factory=list)
    new_objects: list[ObjectInfo] = field(default_factory=list)
    changed_objects: list[ObjectInfo] = field(default_factory=list)
    new_locations: list[Location] = field(default_factory=list)
    changed_locations: dict[int, Location] = field(default_factory=dict)
    spans: dict[int, SpanArray] = field(default_factory=dict)
    open_spans: dict[int, SpanArray] = field(default_factory=dict)
    arrows: ArrowArray = field(default_factory=lambda: np.empty(0, ARROW_DTYPE))
    marks: list[Mark] = field(default_factory=list)
    output: list[OutputChunk] = field(default_factory=list)
    gil: list[GilFigures] = field(default_factory=list)
    deadlocks: list[Deadlock] = field(default_factory=list)
    problems: dict[str, int] = field(default_factory=dict)
    records: int = 0
    lost: int = 0
    size_bytes: int = 0
    complete: bool = False
