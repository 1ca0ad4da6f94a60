"""The moment shown when nobody says which."""

from __future__ import annotations

from engine.analysis.telling import telling_moment, telling_stretch
from engine.bench.synthetic import many
from engine.model import State, TrackKind
from engine.moment import moment_at
from engine.store import Store
from tests.helpers.synthetic_store import START_NS, StoreBuilder, contended

MS = 1_000_000


def three_threads() -> StoreBuilder:
    """Asleep for long; one that waits for a lock for 10 ms; two that do for 40 µs."""
    build = StoreBuilder()
    process = build.process()
    first, second, third = (build.thread(f"t{n}", process, n) for n in (1, 2, 3))
    for track, since, until in ((first, 600, 600.04), (second, 550, 560), (third, 600, 600.04)):
        build.span(track, 0, since, State.SLEEP)
        build.span(track, since, until, State.WAIT_LOCK)
        build.span(track, until, 1000, State.SLEEP)
    return build


def test_many_waiting_wins_over_much_else() -> None:
    store = contended()
    found = moment_at(store, telling_moment(store))
    assert len(found.in_state(State.WAIT_GIL)) == 2
    assert len([1 for gil in found.gils if found.holder(gil) >= 0]) == 1


def test_an_instant_does_not_win_over_what_lasts() -> None:
    at = telling_moment(three_threads().store())
    assert START_NS + 550 * MS < at < START_NS + 560 * MS


def test_of_equal_waits_the_longer_is_shown() -> None:
    build = StoreBuilder()
    track = build.thread("t", build.process(), 1)
    for since, until in ((100, 105), (300, 340), (700, 710)):
        build.span(track, since, until, State.WAIT_LOCK)
    assert telling_moment(build.store()) == START_NS + 320 * MS


def test_not_observed_is_not_shown_where_something_else_can_be() -> None:
    build = StoreBuilder()
    track = build.thread("t", build.process(), 1)
    build.span(track, 0, 900, State.UNOBSERVED)
    build.span(track, 900, 950, State.RUNNING)
    assert START_NS + 900 * MS < telling_moment(build.store()) < START_NS + 950 * MS


def test_nothing_recorded_is_no_fault() -> None:
    assert telling_moment(Store()) == 0
    build = StoreBuilder()
    build.thread("t", build.process(), 1)
    store = build.store()
    assert telling_moment(store) == store.start_ns


def test_few_spans_are_shown_whole() -> None:
    store = three_threads().store()
    assert telling_stretch(store, telling_moment(store)) == (store.start_ns, store.end_ns)


def test_of_many_spans_as_many_are_shown_as_can_be_told_apart() -> None:
    store = many(4, 5000)
    for moment in (store.start_ns, telling_moment(store), store.end_ns):
        first, last = telling_stretch(store, moment)
        assert store.start_ns <= first <= moment <= last <= store.end_ns
        thread = store.of_kind(TrackKind.THREAD)[0]
        assert 8 <= store.count(thread.id, first, last) <= 120


def test_a_long_wait_is_shown_from_its_beginning_to_its_end() -> None:
    build = StoreBuilder()
    process = build.process()
    busy, waits = build.thread("busy", process, 1), build.thread("waits", process, 2)
    for ms in range(1000):
        build.span(busy, ms, ms + 0.5, State.RUNNING)
        build.span(busy, ms + 0.5, ms + 1, State.SLEEP)
    build.span(waits, 0, 300, State.SLEEP)
    build.span(waits, 300, 600, State.WAIT_LOCK)
    build.span(waits, 600, 1000, State.SLEEP)
    store = build.store()
    moment = telling_moment(store)
    first, last = telling_stretch(store, moment)
    assert first < START_NS + 300 * MS < moment < START_NS + 600 * MS < last
