"""Final spans depend on what was recorded, not on how it was cut into batches."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.engine.assembler.collect import Collected, collect
from tests.engine.assembler.random_runs import LENGTH_US, runs
from tests.helpers.build_records import Kind, Os, RecordingBuilder, Wait

cuts = st.lists(st.integers(1, LENGTH_US + 5000), max_size=6)


def _same(one: Collected, other: Collected) -> None:
    assert [str(t) for t in one.tracks.values()] == [str(t) for t in other.tracks.values()]
    assert one.objects == other.objects
    assert one.locations == other.locations
    for track in one.tracks:
        assert one.spans.get(track) == other.spans.get(track), one.tracks[track]
    assert sorted(one.marks, key=str) == sorted(other.marks, key=str)
    assert sorted(one.arrows) == sorted(other.arrows)
    assert one.last.deadlocks == other.last.deadlocks


@settings(
    max_examples=40,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(runs(), cuts, st.booleans())
def test_one_batch_or_many(run: RecordingBuilder, where: list[int], eager: bool) -> None:
    whole = collect(run.batches())
    _same(whole, collect(run.batches(*where, eager=eager)))


def test_a_thread_that_ended_before_its_past_is_settled() -> None:
    """What is known later of who held the GIL still concerns a thread that has ended by then."""
    run = RecordingBuilder()
    process = run.process(100, 0)
    lock = process.object("Lock", "lock")
    main = process.main(0)
    for at in (78, 79, 80):
        main.record(at, Kind.EVENT_SET, lock)
    main.ends(81)
    process.seen(0)
    process.looks(0, LENGTH_US, 3000)
    process.gap(20, 20)
    process.state(25, main, Os.RUNNING, 10)
    for at in range(40, 220, 20):  # between 80 and 100: a switch that nobody saw
        process.gil(at, main, 1 if at < 100 else 2, 20, locked=False)
    whole = collect(run.batches())
    _same(whole, collect(run.batches(3001)))
    _same(whole, collect(run.batches(190, 3001)))


def test_a_new_thread_has_not_had_the_gil_for_longer_than_it_is_there() -> None:
    """It was taken for one that had to let go after the switch interval, and to want it back at once."""
    run = RecordingBuilder()
    process = run.process(100, 3618)
    lock = process.object("Lock", "lock")
    main = process.main(3618)
    main.record(3619, Kind.WAIT_BEGIN, lock, flags=Wait.LOCK)
    main.record(3629, Kind.WAIT_BEGIN, lock, flags=Wait.LOCK)
    worker = process.thread("worker")
    worker.begins(4438)
    for at in (4439, 4440):
        worker.record(at, Kind.WAIT_BEGIN, lock, flags=Wait.LOCK)
    worker.record(4441, Kind.RELEASED, lock)
    process.seen(3618)
    process.looks(3874, LENGTH_US, 3000)
    process.gil(3894, main, 1, 20)
    for at in (4689, 4709, 4729):
        process.gil(at, main, 1, 20, locked=False)
    whole = collect(run.batches())
    assert "wait_gil" not in [state for *_, state in whole.states("worker")]
    _same(whole, collect(run.batches(3619)))
