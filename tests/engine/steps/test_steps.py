"""Events, the choice of them, and what is said: on recordings made by hand."""

from __future__ import annotations

import numpy as np
import pytest

from engine.agent.layout import Wait
from engine.model import ARROW_KINDS, ArrowKind, End, EndKind, MarkKind, State, TrackKind
from engine.moment import moment_at
from engine.steps import MOST_STEPS, EventIndex, Telling, What, chosen, tell
from engine.store import Store
from tests.helpers.synthetic_store import StoreBuilder, contended, contended_builder


def index_of(store: Store) -> EventIndex:
    index = EventIndex(store)
    index.refresh()
    return index


def told(store: Store, what: What, track: int) -> Telling:
    """The first event of this kind on this track, told."""
    rows = index_of(store).of_track(track)
    row = rows[rows["what"] == what][0]
    return tell(store, row, moment_at(store, int(row["time"])))


@pytest.fixture
def locked() -> tuple[Store, int, int, int]:
    """b wants the lock that a took on line 14, and gets it when a lets go: store, a, b, lock."""
    builder = StoreBuilder()
    process = builder.process()
    a, b = builder.thread("a", process, 1), builder.thread("b", process, 2)
    lock, number = builder.lock("balance_lock", process)
    taken = builder.location("/p.py", 14, "work")
    wanted = builder.location("/p.py", 20, "work")
    builder.span(a, 0, 10, State.RUNNING, location=taken)
    builder.span(b, 0, 2, State.RUNNING, location=wanted)
    builder.span(b, 2, 5, State.WAIT_LOCK, object=number, owner=a, location=wanted, reason=Wait.LOCK)
    builder.span(b, 5, 9, State.RUNNING, location=wanted)
    builder.span(lock, 1, 4.5, State.OWNED, object=number, owner=a, location=taken)
    builder.span(lock, 4.5, 8, State.OWNED, object=number, owner=b, location=wanted)
    builder.span(lock, 8, 10, State.FREE, object=number)
    builder.arrow(ArrowKind.RELEASE, a, 4.5, b, 5)
    builder.arrows[-1] = (*builder.arrows[-1][:4], number, ARROW_KINDS.index(ArrowKind.RELEASE))
    return builder.store(), a, b, lock


def test_a_wait_names_the_owner_since_when_and_where(locked: tuple[Store, int, int, int]) -> None:
    store, a, b, _ = locked
    telling = told(store, What.WANTS_LOCK, b)
    assert (telling.owner, telling.had_ns) == (a, 1_000_000)
    assert store.locations[telling.owner_location].line == 14
    assert store.locations[telling.location].line == 20


def test_because_stands_where_an_arrow_is(locked: tuple[Store, int, int, int]) -> None:
    store, a, b, lock = locked
    telling = told(store, What.GOES_ON, b)
    assert telling.cause is not None
    assert (telling.cause.kind, telling.cause.track) == (ArrowKind.RELEASE, a)
    assert telling.waited_ns == 3_000_000
    first, second = (
        tell(store, row, moment_at(store, int(row["time"])))
        for row in index_of(store).of_track(lock)
        if row["what"] == What.TAKES_LOCK
    )
    assert first.cause is None, "nobody let go of it before"
    assert second.cause is not None
    assert (second.track, second.cause.track) == (b, a)


def test_without_the_arrow_no_cause_is_named(locked: tuple[Store, int, int, int]) -> None:
    store, _, b, _ = locked
    store.arrows["object"] = 77
    assert told(store, What.GOES_ON, b).cause is None
    store.arrows["object"] = 0
    store.arrows["from_time"] += 10_000_000  # after the effect
    assert told(store, What.GOES_ON, b).cause is None


def test_what_goes_on_behind_a_gap_is_no_event() -> None:
    builder = StoreBuilder()
    thread = builder.thread("a", builder.process(), 1)
    for start, end, state in ((0, 1, State.RUNNING), (1, 2, State.UNOBSERVED), (2, 3, State.RUNNING)):
        builder.span(thread, start, end, state)
    rows = index_of(builder.store()).of_track(thread)
    assert [What(w) for w in rows["what"]] == [What.RUNS_FIRST, What.ENDS]


def test_events_are_in_the_order_of_time_and_the_same_however_they_came() -> None:
    builder = contended_builder(threads=3, spans_a_thread=200)
    whole = builder.delta()
    at_once = index_of(builder.store()).every()
    assert (np.diff(at_once["time"]) >= 0).all()
    store = Store()
    index = EventIndex(store)
    arrays = whole.spans
    for part in range(5):  # grows: final spans one part after the other
        delta = contended_builder(threads=3, spans_a_thread=200).delta()
        delta.spans = {t: np.array_split(rows, 5)[part] for t, rows in arrays.items()}
        if part:
            delta.new_tracks, delta.new_objects, delta.new_locations, delta.marks = [], [], [], []
            delta.arrows = delta.arrows[:0]
        store.apply(delta)
        index.refresh()
    assert np.array_equal(
        np.sort(index.every(), order=["time", "track"]), np.sort(at_once, order=["time", "track"])
    )


def test_at_most_about_thirty_are_chosen_and_the_important_ones_are_among_them() -> None:
    builder = contended_builder(threads=6, spans_a_thread=400)
    broken = End(EndKind.FAILED, "ValueError: no")
    builder.tracks[4].end = broken
    builder.mark(4, 100, MarkKind.EXCEPTION, "ValueError: no")
    builder.mark(4, 50, MarkKind.IMPORT, "json", 5)
    store = builder.store()
    steps = chosen(index_of(store))
    assert 10 <= len(steps) <= MOST_STEPS
    whats = [What(w) for w in steps["what"]]
    assert whats.count(What.MARK) == 1, "the exception, not the import"
    assert any(row["what"] == What.ENDS and row["track"] == 4 for row in steps)
    assert {What.RUNS_FIRST, What.WANTS_GIL, What.GETS_GIL} <= set(whats)
    assert len({int(row["track"]) for row in steps if row["what"] == What.RUNS_FIRST}) >= 6


def test_slices_find_what_one_go_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    store = contended_builder().store()
    at_once = index_of(store)
    monkeypatch.setattr("engine.steps.events.SLICE", 3)
    sliced = EventIndex(store)
    slices = sum(1 for _ in sliced.refreshing())
    assert slices > len(store.tracks)
    assert sliced.every().tolist() == at_once.every().tolist()
    assert chosen(sliced).tolist() == chosen(at_once).tolist()
    assert not sliced.refresh()


def test_an_empty_recording_has_no_steps() -> None:
    index = index_of(Store())
    assert len(index.every()) == 0
    assert len(chosen(index)) == 0


def test_a_gil_has_its_own_events_but_only_for_itself() -> None:
    store = contended()
    index = index_of(store)
    gil = store.of_kind(TrackKind.GIL)[0].id
    assert set(index.of_track(gil)["what"]) <= {What.HOLDER, What.NO_HOLDER}
    assert gil not in index.every()["track"]
