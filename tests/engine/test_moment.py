"""One moment of a recording, the sentence for it, and a span explained."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from engine.agent.layout import Wait
from engine.inspection import inspect_span
from engine.model import ArrowKind, SpanFlag, State, TrackKind
from engine.moment import moment_at
from engine.narrative import Narration, Say, Statement, narrate
from engine.store import Store
from tests.helpers.synthetic_store import StoreBuilder


@dataclass
class Scene:
    """A process with its GIL and some threads."""

    builder: StoreBuilder
    process: int
    gil: int
    main: int
    threads: list[int]

    def store(self) -> Store:
        return self.builder.store()

    def says(self, ms: float) -> Narration:
        store = self.store()
        return narrate(store, moment_at(store, self.builder.at(ms)), store.start_ns, store.end_ns)


def scene(workers: int = 2) -> Scene:
    builder = StoreBuilder()
    process = builder.process()
    gil = builder.track(TrackKind.GIL, "GIL", parent=process)
    main = builder.thread("MainThread", process)
    threads = [builder.thread(f"worker-{i + 1}", process, badge=i + 1) for i in range(workers)]
    return Scene(builder, process, gil, main, threads)


def contended() -> Scene:
    made = scene()
    b, (one, two) = made.builder, made.threads
    b.span(made.gil, 0, 10, State.OWNED, owner=one)
    b.span(made.gil, 10, 20, State.OWNED, owner=two)
    b.span(made.main, 0, 20, State.WAIT, reason=Wait.THREAD_JOIN)
    b.span(one, 0, 10, State.RUNNING)
    b.span(one, 10, 20, State.WAIT_GIL)
    b.span(two, 0, 10, State.WAIT_GIL)
    b.span(two, 10, 20, State.RUNNING)
    return made


def test_the_holder_is_read_off_the_gil_track() -> None:
    made = contended()
    store = made.store()
    moment = moment_at(store, made.builder.at(5))
    assert moment.holder(made.gil) == made.threads[0]
    (edge,) = moment.edges
    assert (edge.waiter, edge.gil, edge.owner) == (made.threads[1], made.gil, made.threads[0])
    assert edge.since_ns == made.builder.at(0)


def test_sentence_and_graph_name_the_same_holder_at_every_change() -> None:
    made = contended()
    store = made.store()
    for ms in (0, 3, 9.999, 10, 15, 19.999):
        moment = moment_at(store, made.builder.at(ms))
        said = narrate(store, moment, store.start_ns, store.end_ns).headline
        assert said.say is Say.GIL_CONTENDED
        assert said.owner == moment.holder(made.gil) == moment.edges[0].owner
        assert store.holder_at(made.gil, made.builder.at(ms)) == said.owner
        assert moment.doing[said.owner].state is State.RUNNING


def test_where_the_holder_was_not_seen_nobody_is_named() -> None:
    made = scene()
    b, (one, two) = made.builder, made.threads
    b.span(made.gil, 0, 10, State.UNOBSERVED)
    b.span(one, 0, 10, State.UNOBSERVED)
    b.span(two, 0, 10, State.WAIT_GIL)
    said = made.says(5)
    assert said.headline.say is Say.GIL_CONTENDED_UNSEEN
    assert said.headline.owner == -1


def test_a_wait_says_since_when_across_its_pieces() -> None:
    made = scene(1)
    b, (one,) = made.builder, made.threads
    for start in range(0, 30, 10):
        b.span(one, start, start + 10, State.WAIT_GIL)
    moment = moment_at(made.store(), b.at(25))
    assert moment.doing[one].since_ns == b.at(0)
    assert moment.doing[one].index == 2


def deadlocked() -> Scene:
    made = scene()
    b, (one, two) = made.builder, made.threads
    first_track, first = b.lock("savings", made.process)
    second_track, second = b.lock("checking", made.process)
    place = b.location("bank.py", 14)
    b.span(made.gil, 0, 500, State.FREE)
    b.span(first_track, 0, 500, State.OWNED, owner=one, depth=1)
    b.span(second_track, 0, 500, State.OWNED, owner=two, depth=1)
    b.span(one, 0, 1, State.RUNNING)
    b.span(one, 1, 500, State.WAIT_LOCK, object=second, owner=two, location=place, reason=Wait.LOCK)
    b.span(two, 0, 2, State.RUNNING)
    b.span(two, 2, 500, State.WAIT_LOCK, object=first, owner=one, reason=Wait.LOCK)
    b.span(made.main, 0, 500, State.WAIT, reason=Wait.THREAD_JOIN)
    return made


def test_a_deadlock_comes_before_everything_else() -> None:
    made = deadlocked()
    moment = moment_at(made.store(), made.builder.at(100))
    assert {frozenset(cycle) for cycle in moment.cycles} == {frozenset(made.threads)}
    said = made.says(100)
    assert said.headline.say is Say.DEADLOCK
    assert set(said.headline.tracks) == set(made.threads)
    assert [d.say for d in said.details] == [Say.ALSO_LOCK, Say.ALSO_LOCK]


def test_before_the_circle_closes_there_is_no_deadlock() -> None:
    made = deadlocked()
    said = made.says(1.5)
    assert moment_at(made.store(), made.builder.at(1.5)).cycles == ()
    assert said.headline.say is Say.LOCK_WAIT
    assert said.headline.owner == made.threads[1]
    assert said.headline.duration_ns == 1_500_000


def test_a_join_leads_to_the_thread_that_is_joined() -> None:
    made = scene(1)
    b, (one,) = made.builder, made.threads
    thread_object = b.object("Thread", "worker-1", track=one)
    b.span(made.main, 0, 10, State.WAIT, object=thread_object, reason=Wait.THREAD_JOIN)
    b.span(one, 0, 10, State.SLEEP, reason=Wait.SLEEP)
    moment = moment_at(made.store(), b.at(5))
    assert [(e.waiter, e.owner) for e in moment.edges] == [(made.main, one)]
    assert moment.cycles == ()


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ((State.RUNNING, State.SLEEP), Say.RUNS_ALONE),
        ((State.NATIVE, State.NATIVE), Say.NATIVE_TOGETHER),
        ((State.NATIVE, State.SLEEP), Say.NATIVE_ONE),
        ((State.SLEEP, State.IO), Say.ALL_SLEEP),
        ((State.WAIT, State.WAIT), Say.ALL_WAIT),
        ((State.WAIT_CPU, State.SLEEP), Say.NO_CORE),
        ((State.UNOBSERVED, State.WAIT), Say.NOT_SEEN),
        ((State.STARTING, State.STARTING), Say.STARTING),
    ],
)
def test_what_is_said_when_nobody_contends(states: tuple[State, ...], expected: Say) -> None:
    made = scene(len(states))
    for thread, state in zip(made.threads, states, strict=True):
        made.builder.span(thread, 0, 10, state)
    assert made.says(5).headline.say is expected


def test_several_processes_run_at_once() -> None:
    builder = StoreBuilder()
    processes = [builder.process(pid=1000 + i) for i in range(2)]
    for process in processes:
        builder.span(builder.thread("MainThread", process), 0, 10, State.RUNNING)
    store = builder.store()
    said = narrate(store, moment_at(store, builder.at(5)), store.start_ns, store.end_ns)
    assert said.headline.say is Say.PROCESSES_TOGETHER
    assert set(said.headline.tracks) == set(processes)


def test_a_busy_event_loop() -> None:
    made = scene(0)
    b = made.builder
    culprit = b.track(TrackKind.TASK, "busy", parent=made.main)
    others = [b.track(TrackKind.TASK, f"ticker-{i}", parent=made.main) for i in range(2)]
    place = b.location("loop.py", 7, "busy")
    b.span(made.main, 0, 10, State.RUNNING)
    b.span(culprit, 0, 10, State.RUNNING, location=place)
    for other in others:
        b.span(other, 0, 10, State.READY)
    said = made.says(5)
    assert said.headline.say is Say.LOOP_BUSY
    assert said.headline.owner == culprit
    assert set(said.headline.tracks) == set(others)
    assert said.details[0].location == place


def test_an_event_loop_that_is_held_up() -> None:
    made = scene(0)
    b = made.builder
    culprit = b.track(TrackKind.TASK, "blocking", parent=made.main)
    others = [b.track(TrackKind.TASK, f"ticker-{i}", parent=made.main) for i in range(2)]
    place = b.location("loop.py", 7, "blocking")
    b.span(made.main, 0, 10, State.SLEEP, reason=Wait.SLEEP)
    b.span(culprit, 0, 10, State.SLEEP, location=place)
    for other in others:
        b.span(other, 0, 10, State.READY)
    said = made.says(5)
    assert said.headline.say is Say.LOOP_BLOCKED
    assert said.headline.owner == culprit
    assert set(said.headline.tracks) == set(others)
    assert said.details[0].location == place


def test_before_and_after_the_run() -> None:
    made = contended()
    assert made.says(-5).headline.say is Say.NOT_STARTED
    after = made.says(50).headline
    assert after.say is Say.OVER
    assert after.duration_ns == 20_000_000


def test_when_all_threads_have_ended_it_is_not_said_that_nothing_has_started() -> None:
    builder = StoreBuilder()
    process = builder.process()  # outlives its thread: the interpreter takes its leave
    builder.span(process, 0, 30, State.RUNNING)
    first = builder.track(TrackKind.THREAD, "MainThread", parent=process, start_ms=5)
    builder.span(first, 5, 20, State.RUNNING)
    late = builder.process("child", parent=process, pid=5000)
    made = Scene(builder, process, -1, -1, [])
    assert made.says(2).headline.say is Say.NOT_STARTED
    assert made.says(25).headline.say is Say.OVER
    second = builder.track(TrackKind.THREAD, "MainThread", parent=late, start_ms=28)
    builder.span(second, 28, 30, State.RUNNING)
    assert made.says(25).headline == Statement(Say.NOT_SEEN, (process,))


def test_a_line_that_is_only_the_last_one_known_is_not_exact() -> None:
    made = scene(2)
    b, (one, two) = made.builder, made.threads
    place = b.location("work.py", 3)
    b.span(one, 0, 10, State.RUNNING, location=place, flags=int(SpanFlag.AFTER_LINE))
    b.span(two, 0, 10, State.SLEEP, location=place)
    doing = moment_at(made.store(), b.at(5)).doing
    assert not doing[one].exact
    assert doing[two].exact


# --- a span explained -----------------------------------------------------------------------


def test_a_wait_is_followed_to_its_root_and_names_who_ended_it() -> None:
    made = scene(3)
    b, (one, two, three) = made.builder, made.threads
    first_track, first = b.lock("first", made.process)
    second_track, second = b.lock("second", made.process)
    b.span(first_track, 0, 20, State.OWNED, owner=two)
    b.span(second_track, 0, 20, State.OWNED, owner=three)
    b.span(one, 0, 20, State.WAIT_LOCK, object=first, owner=two, reason=Wait.LOCK)
    b.span(two, 0, 20, State.WAIT_LOCK, object=second, owner=three, reason=Wait.LOCK)
    b.span(three, 0, 20, State.SLEEP)
    b.arrow(ArrowKind.RELEASE, two, 19, one, 20)
    explained = inspect_span(made.store(), one, 0)
    assert [(link.track, link.object) for link in explained.chain] == [
        (one, first),
        (two, second),
        (three, -1),
    ]
    assert explained.chain[-1].state is State.SLEEP
    assert not explained.closed
    assert explained.owner == two
    (waking,) = explained.wakings
    assert (waking.kind, waking.track) == (ArrowKind.RELEASE, two)


def test_the_chain_of_a_deadlock_is_closed() -> None:
    made = deadlocked()
    explained = inspect_span(made.store(), made.threads[0], 1, made.builder.at(100))
    assert explained.closed
    assert [link.track for link in explained.chain] == made.threads


def test_a_span_that_is_not_there() -> None:
    made = contended()
    with pytest.raises(IndexError):
        inspect_span(made.store(), made.threads[0], 99)
