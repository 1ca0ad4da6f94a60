"""The few figures that matter."""

from __future__ import annotations

import pytest

from engine.model import End, EndKind, GilFigures, State, TrackKind
from engine.store import Store
from gui.figures import FigureKind, chosen_states, figures, observed_rate
from tests.helpers.synthetic_store import MS, START_NS, StoreBuilder, contended, spans_of


def test_contention_is_two_thirds_of_three_threads() -> None:
    found = {f.kind: f for f in figures(contended())}
    assert found[FigureKind.GIL_WAIT].value == pytest.approx(2 / 3, abs=0.02)
    assert found[FigureKind.GIL_SWITCHES].value > 0
    assert FigureKind.LONGEST_LOCK_WAIT not in found


def test_the_longest_wait_for_a_lock_names_it() -> None:
    builder = StoreBuilder()
    process = builder.process()
    thread = builder.thread("worker", process, 1)
    _, lock = builder.lock("total_lock", process)
    builder.span(thread, 0, 5, State.WAIT_LOCK, object=lock)
    builder.span(thread, 5, 6, State.RUNNING)
    builder.span(thread, 6, 20, State.WAIT_LOCK, object=lock)
    found = {f.kind: f for f in figures(builder.store())}
    assert found[FigureKind.LONGEST_LOCK_WAIT].value == 14 * MS
    assert found[FigureKind.LONGEST_LOCK_WAIT].object == lock
    part = {f.kind: f for f in figures(builder.store(), START_NS, START_NS + 4 * MS)}
    assert part[FigureKind.LONGEST_LOCK_WAIT].value == 5 * MS


def test_what_failed_comes_first() -> None:
    builder = StoreBuilder()
    thread = builder.thread("worker", builder.process(), 1, End(EndKind.FAILED, "ValueError"))
    builder.span(thread, 0, 5, State.RUNNING)
    first = figures(builder.store())[0]
    assert first.kind is FigureKind.FAILED
    assert first.track == thread


def test_rate_and_share_not_seen() -> None:
    rate = observed_rate(contended())
    assert rate is not None
    assert rate[0] == pytest.approx(8100, rel=0.01)
    assert rate[1] == pytest.approx(0.004, rel=0.01)
    assert observed_rate(StoreBuilder().store()) is None


def test_a_gil_that_is_free_just_now_is_looked_at_no_oftener() -> None:
    """While a program sleeps, the stretch that is still open is nearly all there is."""
    builder = StoreBuilder()
    process = builder.process()
    gil = builder.track(TrackKind.GIL, "GIL", parent=process)
    thread = builder.thread("worker", process, 1)
    builder.span(gil, 0, 10, State.OWNED, owner=thread)
    seen = GilFigures(1, 0, gil, True, "", samples=1_000, observed_ns=10 * MS)
    delta = builder.delta()
    store = Store()
    delta.gil = [seen]
    delta.open_spans = {gil: spans_of([(START_NS + 10 * MS, START_NS + 1_000 * MS, State.FREE)])}
    store.apply(delta)
    assert observed_rate(store) == (1_000.0, 0.0)


def test_states_of_a_stretch() -> None:
    states = chosen_states(contended(), [3, 4, 5], START_NS + 100 * MS, START_NS + 200 * MS)
    assert sum(states.values()) == pytest.approx(300 * MS, abs=10)
    assert states[State.RUNNING] == pytest.approx(100 * MS, abs=10)


def test_what_a_person_stopped_did_not_end_badly() -> None:
    builder = StoreBuilder()
    process = builder.process()
    builder.span(builder.thread("worker", process, 1, End(EndKind.KILLED, "SIGTERM")), 0, 5, State.RUNNING)
    builder.span(builder.thread("other", process, 2, End(EndKind.FAILED, "ValueError")), 0, 5, State.RUNNING)
    store = builder.store()
    store.tracks[process].end = End(EndKind.KILLED, "SIGTERM")
    assert figures(store)[0].value == 2
    assert figures(store, stopped=True)[0].value == 1, "what failed by itself still counts"


def test_a_wait_for_a_lock_that_went_to_somebody_else_first_is_one_wait() -> None:
    builder = StoreBuilder()
    process = builder.process()
    thread = builder.thread("a", process, 1)
    _, lock = builder.lock("counter", process)
    builder.span(thread, 0, 5, State.WAIT_LOCK, object=lock, owner=7)
    builder.span(thread, 5, 9, State.WAIT_LOCK, object=lock, owner=8)
    longest = next(f for f in figures(builder.store()) if f.kind is FigureKind.LONGEST_LOCK_WAIT)
    assert longest.value == 9_000_000
