"""The store answers every question as a plain look through all spans would."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.assembler import Delta
from engine.model import (
    ARROW_DTYPE,
    SPAN_DTYPE,
    Location,
    Mark,
    MarkKind,
    ObjectInfo,
    OutputChunk,
    State,
    Track,
    TrackKind,
)
from engine.store import Store, store
from engine.store.levels import FENCE, STRIDE

Spans = np.ndarray[Any, np.dtype[np.void]]


def spans_of(rows: list[tuple[int, int, int]], **fields: int) -> Spans:
    """(start, end, state) as spans."""
    array = np.zeros(len(rows), SPAN_DTYPE)
    for name in ("object", "owner", "location"):
        array[name] = fields.get(name, -1)
    for at, (start, end, state) in enumerate(rows):
        array[at]["start"], array[at]["end"], array[at]["state"] = start, end, state
    return array


def random_spans(seed: int, count: int, begin: int = 0, gaps: bool = True) -> list[tuple[int, int, int]]:
    rng = np.random.default_rng(seed)
    rows = []
    at = begin
    for _ in range(count):
        at += int(rng.integers(0, 50)) if gaps and rng.random() < 0.3 else 0
        end = at + int(rng.integers(0, 1000) if rng.random() < 0.9 else rng.integers(0, 100_000))
        rows.append((at, end, int(rng.choice([1, 2, 4, 6, 8, 13]))))
        at = end
    return rows


def plain_times(rows: list[tuple[int, int, int]], low: float, high: float) -> np.ndarray:
    times = np.zeros(len(State))
    for start, end, state in rows:
        times[state] += max(0.0, min(end, high) - max(start, low))
    return times


def filled(rows: list[tuple[int, int, int]]) -> Store:
    result = Store()
    result.apply(Delta(now_ns=rows[-1][1] if rows else 0, spans={1: spans_of(rows)}))
    return result


def test_empty_store_answers() -> None:
    empty = Store()
    assert (empty.start_ns, empty.end_ns, empty.track_ids) == (0, 0, [])
    assert len(empty.spans(3)) == 0
    assert empty.at(3, 10) is None
    assert empty.span_index(3, 10) == empty.next_index(3, 10) == empty.previous_index(3, 10) == -1
    assert empty.columns(3, 0, 10, 4).shape == (4, len(State))
    assert empty.totals(3).tolist() == [0] * len(State)
    assert empty.count(3, 0, 10) == 0
    assert len(empty.arrows_in(0, 10)) == len(empty.marks_in(0, 10)) == 0
    assert empty.place_at(3, 10) == -1
    assert empty.waiters_of(1, 10) == []


@pytest.mark.parametrize("count", [1, STRIDE - 1, STRIDE, FENCE - 1, FENCE, FENCE + 1, 63, 64, 65, 1000])
@pytest.mark.parametrize("gaps", [False, True])
def test_columns_and_totals_are_exact(count: int, gaps: bool) -> None:
    rows = random_spans(count, count, begin=10**15, gaps=gaps)
    first, last = rows[0][0], max(rows[-1][1], rows[0][0] + 1)
    held = filled(rows)
    length = last - first
    for low, high in (
        (first, last),
        (first - 500, last + 500),
        (first + length / 3, first + length / 2),
        (first + length / 3 + 0.25, first + length / 3 + 7.5),
        (first - 900, first - 100),
        (last + 10, last + 20),
    ):
        columns = held.columns(1, low, high, 37)
        assert columns.dtype == np.float32
        edges = [low + (high - low) * i / 37 for i in range(38)]
        for at in range(37):
            expected = plain_times(rows, edges[at], edges[at + 1]) / (edges[at + 1] - edges[at])
            # Edges near 10**15 are floats with eighths of a nanosecond.
            np.testing.assert_allclose(columns[at], expected, atol=1e-5 + 0.6 / (high - low) * 37)
        assert (columns.sum(axis=1) <= 1 + 1e-5).all()
    assert held.totals(1).tolist() == plain_times(rows, first, last).tolist()
    third = first + length // 3
    assert held.totals(1, third, last).tolist() == plain_times(rows, third, last).tolist()


def test_columns_narrower_than_a_nanosecond_are_exact() -> None:
    held = filled([(10**17, 10**17 + 3, 2), (10**17 + 3, 10**17 + 8, 4)])
    columns = held.columns(1, 10**17, 10**17 + 8, 16)
    assert columns[:, 2].tolist() == [1.0] * 6 + [0.0] * 10
    assert columns[:, 4].tolist() == [0.0] * 6 + [1.0] * 10


def test_spans_without_length_at_the_edge_of_a_window_belong_to_it() -> None:
    held = filled([(0, 5, 1), (5, 5, 2), (5, 5, 3), (5, 9, 4)])
    assert [span["state"] for span in held.window(1, 5, 6)] == [1, 2, 3, 4]
    assert held.count(1, 6, 8) == 1


@given(
    rows=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 40), st.integers(1, 15)), max_size=120),
    cuts=st.lists(st.tuples(st.integers(0, 40), st.integers(0, 10)), max_size=12),
    asked=st.tuples(st.integers(-20, 3000), st.integers(1, 900)),
)
@settings(max_examples=150, deadline=None)
def test_any_growth_gives_what_all_at_once_gives(
    rows: list[tuple[int, int, int]], cuts: list[tuple[int, int]], asked: tuple[int, int]
) -> None:
    spans = []
    at = 0
    for gap, length, state in rows:
        spans.append((at + gap, at + gap + length, state))
        at += gap + length
    grown = Store()
    done = 0
    for final, provisional in [*cuts, (len(spans), 0)]:
        final = min(final, len(spans) - done)
        delta = Delta(now_ns=at)
        if final:
            delta.spans[1] = spans_of(spans[done : done + final])
        done += final
        if provisional:
            delta.open_spans[1] = spans_of(spans[done : done + provisional])
        grown.apply(delta)
        shown = spans[: done + provisional]
        assert [(s, e, q) for s, e, _, _, _, q, *_ in grown.spans(1).tolist()] == shown
        assert grown.final_count(1) == done
        low, high = asked[0], asked[0] + asked[1]
        touching = [s for s in shown if s[1] >= low and s[0] <= high]
        assert [(s, e, q) for s, e, _, _, _, q, *_ in grown.window(1, low, high).tolist()] == touching
        assert grown.count(1, low, high) == len(touching)
        np.testing.assert_allclose(
            grown.columns(1, low, high, 5).sum(axis=0) * (high - low) / 5,
            plain_times(shown, low, high),
            atol=0.01,
        )
        assert grown.totals(1, low, high).tolist() == plain_times(shown, low, high).tolist()
        index = grown.span_index(1, low)
        inside = [i for i, s in enumerate(shown) if s[0] <= low < s[1]]
        if inside:
            assert index == inside[0]
        elif index >= 0:
            assert index >= done  # at the very end of an open part
            assert shown[index][1] == low
        later = [i for i, s in enumerate(shown) if s[0] > low]
        assert grown.next_index(1, low) == (later[0] if later else -1)
        before = [i for i, s in enumerate(shown) if s[0] < low]
        assert grown.previous_index(1, low) == (before[-1] if before else -1)


def test_open_part_goes_when_the_next_delta_has_none() -> None:
    held = Store()
    held.apply(Delta(now_ns=9, spans={1: spans_of([(0, 5, 2)])}, open_spans={1: spans_of([(5, 9, 4)])}))
    revision = held.track_revision(1)
    assert len(held.spans(1)) == 2
    at_end = held.at(1, 9)
    assert at_end is not None
    assert at_end["state"] == State.WAIT_GIL
    held.apply(Delta(now_ns=10))
    assert len(held.spans(1)) == 1
    assert held.at(1, 7) is None
    assert held.at(1, 5) is None  # the track is over: its last span does not hold at its end
    assert held.track_revision(1) > revision


def test_indices_of_final_spans_stay() -> None:
    held = filled(random_spans(3, 500))
    before = held.spans(1)[100].copy()
    held.apply(Delta(spans={1: spans_of([(10**9, 10**9 + 5, 2)] * 5000)}))
    assert held.spans(1)[100] == before


def test_tracks_objects_and_locations_are_replaced_as_a_whole() -> None:
    held = Store()
    track = Track(0, TrackKind.THREAD, "Thread-1", 1, 11, -1, 50, 60)
    held.apply(
        Delta(
            now_ns=60,
            new_tracks=[track],
            new_objects=[ObjectInfo(0, "Lock", "lock", 1)],
            new_locations=[Location("a.py", 1, "f"), Location("a.py", 2, "f")],
        )
    )
    renamed = Track(0, TrackKind.THREAD, "worker", 1, 11, -1, 50, 70)
    held.apply(
        Delta(
            now_ns=70,
            new_tracks=[Track(1, TrackKind.GIL, "GIL", 1, 0, -1, 40, 70)],
            changed_tracks=[renamed],
            changed_objects=[ObjectInfo(0, "Lock", "balance_lock", 1)],
            new_locations=[Location("b.py", 9, "g")],
            changed_locations={0: Location("a.py", 3, "f")},
        )
    )
    assert held.track_ids == [0, 1]
    assert held.tracks[0].name == "worker"
    assert [t.id for t in held.of_kind(TrackKind.GIL)] == [1]
    assert held.objects[0].name == "balance_lock"
    assert [held.locations[i].line for i in range(3)] == [3, 2, 9]
    assert (held.start_ns, held.end_ns) == (40, 70)


def test_holder_and_waiters() -> None:
    held = Store()
    lock = spans_of([(0, 10, State.OWNED), (10, 20, State.FREE), (20, 30, State.OWNED)])
    lock["owner"] = [1, -1, 2]
    waits = spans_of([(5, 20, State.WAIT_LOCK)], object=7)
    held.apply(
        Delta(
            now_ns=30,
            new_tracks=[
                Track(0, TrackKind.LOCK, "lock", 1, 0, -1, 0, 30, object=7),
                Track(1, TrackKind.THREAD, "one", 1, 1, -1, 0, 30),
                Track(2, TrackKind.THREAD, "two", 1, 2, -1, 0, 30),
            ],
            spans={0: lock, 1: spans_of([(0, 30, State.RUNNING)]), 2: waits},
        )
    )
    assert [held.holder_at(0, t) for t in (0, 9, 10, 19, 20, 30)] == [1, 1, -1, -1, 2, -1]
    assert held.waiters_of(7, 6) == [2]
    assert held.waiters_of(7, 4) == held.waiters_of(7, 20) == held.waiters_of(8, 6) == []


def test_arrows_are_found_by_the_time_they_cross() -> None:
    rng = np.random.default_rng(5)
    arrows = np.zeros(3000, ARROW_DTYPE)
    arrows["to_time"] = np.sort(rng.integers(0, 100_000, 3000))
    lengths = np.where(rng.random(3000) < 0.02, rng.integers(0, 90_000, 3000), rng.integers(0, 50, 3000))
    arrows["from_time"] = arrows["to_time"] - lengths
    arrows["to_track"] = rng.integers(0, 4, 3000)
    arrows["object"] = np.arange(3000)
    held = Store()
    for low in range(0, 3000, 170):
        held.apply(Delta(arrows=arrows[low : low + 170]))
    assert len(held.arrows) == 3000
    for low, high in ((0, 100_000), (50_000, 50_010), (99_990, 200_000), (-10, -1)):
        expected = arrows[(arrows["from_time"] <= high) & (arrows["to_time"] >= low)]
        assert held.arrows_in(low, high)["object"].tolist() == expected["object"].tolist()
        few = held.arrows_in(low, high, most=40)
        assert len(few) <= 40
        assert set(few["object"].tolist()) <= set(expected["object"].tolist())
        assert len(few) > 0 or not len(expected)
    into = held.arrows_into(2, 500, 900)
    expected = arrows[(arrows["to_track"] == 2) & (arrows["to_time"] >= 500) & (arrows["to_time"] <= 900)]
    assert into["object"].tolist() == expected["object"].tolist()


def test_marks_stand_in_the_order_of_time() -> None:
    held = Store()
    held.apply(Delta(marks=[Mark(t, 0, MarkKind.GC, str(t)) for t in (10, 30)]))
    held.apply(Delta(marks=[Mark(t, 0, MarkKind.GC, str(t)) for t in (20, 40, 5)]))
    held.add_note(Mark(25, 0, MarkKind.NOTE, "look here"))
    assert [mark.time_ns for mark in held.marks] == [5, 10, 20, 25, 30, 40]
    assert [mark.time_ns for mark in held.marks_in(10, 25)] == [10, 20, 25]


def test_output_is_kept_up_to_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MOST_OUTPUT", 100)
    held = Store()
    for at in range(20):
        held.apply(Delta(output=[OutputChunk(at, 1, b"%010d" % at)]))
    assert b"".join(chunk.text for chunk in held.output) == b"".join(b"%010d" % n for n in range(10, 20))
    assert held.output_dropped == 100


def test_the_last_known_place_is_that_of_an_earlier_span_where_a_span_has_none() -> None:
    spans = spans_of([(10, 20, 1), (20, 30, 2), (30, 40, 1), (50, 60, 1)])
    spans["location"] = [-1, 7, -1, 8]
    held = Store()
    held.apply(Delta(now_ns=60, spans={4: spans[:3]}, open_spans={4: spans[3:]}))
    assert [held.place_at(4, t) for t in (9, 19, 20, 35, 45, 50)] == [-1, -1, 7, 7, 7, 8]


def test_counters_are_those_of_the_last_delta() -> None:
    held = Store()
    assert held.end_ns == 0
    held.apply(Delta(records=1, now_ns=30))
    assert held.end_ns == 0  # nothing has begun: from when on would it count?
    track = Track(0, TrackKind.THREAD, "Thread-1", 1, 11, -1, 20, 60)
    counters = {"unknown_kind": 2}
    held.apply(Delta(records=10, lost=1, problems=counters, size_bytes=320, now_ns=50, new_tracks=[track]))
    held.apply(Delta(records=20, lost=1, now_ns=40, complete=True))
    assert (held.records, held.lost, held.problems, held.complete) == (20, 1, {}, True)
    assert held.revision == 3
    assert held.end_ns == 50  # does not go back
