"""Recordings of any size without a run, to measure with: threads whose states change at random."""

from __future__ import annotations

import numpy as np

from engine.assembler.delta import Delta
from engine.model import SPAN_DTYPE, End, EndKind, State, Track, TrackKind
from engine.store import Store

#: When they begin: as on a machine that has been up for some days.
START_NS = 432_000_000_000_000
PID = 4711
_STATES = np.array([State.RUNNING, State.WAIT_GIL, State.WAIT_LOCK, State.SLEEP, State.WAIT], np.uint8)


def many(tracks: int, spans_a_track: int, milliseconds: float = 60_000.0, seed: int = 1) -> Store:
    """One process with so many threads; the same seed gives the same spans."""
    random = np.random.default_rng(seed)
    length = round(milliseconds * 1_000_000)
    end_ns = START_NS + length
    finished = End(EndKind.FINISHED)
    made = [Track(0, TrackKind.PROCESS, "many.py", PID, 9000, -1, START_NS, end_ns, finished)]
    spans_of = {}
    for number in range(1, tracks + 1):
        made.append(
            Track(
                number, TrackKind.THREAD, f"worker-{number}", PID, 9000 + number, 0, START_NS, end_ns,
                finished, badge=number, sort="Thread",
            )
        )  # fmt: skip
        steps = random.random(spans_a_track, np.float32) + np.float32(0.02)
        # Bursts: a tenth of the spans takes most of the time.
        steps[random.integers(0, spans_a_track, spans_a_track // 10)] *= 20
        edges = steps.cumsum(dtype=np.float64)
        edges = START_NS + np.rint(edges * (length / edges[-1])).astype(np.int64)
        spans = np.zeros(spans_a_track, SPAN_DTYPE)
        spans["start"][1:], spans["start"][0], spans["end"] = edges[:-1], START_NS, edges
        spans["state"] = _STATES[random.integers(0, len(_STATES), spans_a_track)]
        spans["object"] = spans["owner"] = spans["location"] = -1
        spans_of[number] = spans
    store = Store()
    count = tracks * spans_a_track
    store.apply(Delta(end_ns, end_ns, new_tracks=made, spans=spans_of, records=count, complete=True))
    return store
