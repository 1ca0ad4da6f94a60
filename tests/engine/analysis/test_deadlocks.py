"""Circles of waiting, what locks cost, and the verdict on a run."""

from __future__ import annotations

import pytest

from engine.agent.layout import Wait
from engine.analysis import lock_figures, verdict
from engine.model import State, TrackKind
from tests.helpers.synthetic_store import StoreBuilder


class Threads:
    """A process with threads and locks, by name."""

    def __init__(self, *names: str) -> None:
        self.builder = StoreBuilder()
        self.process = self.builder.process()
        self.gil = self.builder.track(TrackKind.GIL, "GIL", parent=self.process)
        self.ids = {name: self.builder.thread(name, self.process, i + 1) for i, name in enumerate(names)}
        self.locks: dict[str, tuple[int, int]] = {}

    def lock(self, name: str, sort: str = "Lock") -> None:
        self.locks[name] = self.builder.lock(name, self.process, sort)

    def waits(self, who: str, begin: float, end: float, what: str, owner: str) -> None:
        self.builder.span(
            self.ids[who],
            begin,
            end,
            State.WAIT_LOCK,
            object=self.locks[what][1],
            owner=self.ids[owner],
            reason=Wait.LOCK,
        )


@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_circle_is_found_once_with_everybody_in_it(count: int) -> None:
    names = [f"philosopher {i}" for i in range(count)]
    made = Threads(*names)
    for i in range(count):
        made.lock(f"fork {i}")
    for i, name in enumerate(names):
        made.waits(name, i, 1000, f"fork {(i + 1) % count}", names[(i + 1) % count])
    (deadlock,) = made.builder.store().deadlocks
    assert len(deadlock.links) == count
    assert deadlock.time_ns == made.builder.at(count - 1)  # closed by the last
    for link, following in zip(deadlock.links, deadlock.links[1:] + deadlock.links[:1], strict=True):
        assert link.owner == following.track


def test_a_chain_is_not_a_circle_and_a_short_wait_is_none() -> None:
    made = Threads("one", "two", "three")
    made.lock("a")
    made.lock("b")
    made.waits("one", 0, 1000, "a", "two")
    made.waits("two", 0, 1000, "b", "three")
    made.builder.span(made.ids["three"], 0, 1000, State.SLEEP)
    assert made.builder.store().deadlocks == []
    short = Threads("one", "two")
    short.lock("a")
    short.lock("b")
    short.waits("one", 0, 50, "a", "two")
    short.waits("two", 0, 50, "b", "one")
    assert short.builder.store().deadlocks == []


def test_a_circle_that_a_time_out_broke_is_still_told() -> None:
    made = Threads("one", "two")
    made.lock("a")
    made.lock("b")
    made.waits("one", 0, 400, "a", "two")
    made.waits("two", 10, 2000, "b", "one")
    made.builder.span(made.ids["one"], 400, 2000, State.RUNNING)
    (deadlock,) = made.builder.store().deadlocks
    assert {link.track for link in deadlock.links} == set(made.ids.values())


def test_threads_that_join_each_other_cannot_go_on_either() -> None:
    made = Threads("one", "two")
    for who, whom in (("one", "two"), ("two", "one")):
        thread = made.builder.object("Thread", whom, track=made.ids[whom])
        made.builder.span(made.ids[who], 0, 1000, State.WAIT, object=thread, reason=Wait.THREAD_JOIN)
    (deadlock,) = made.builder.store().deadlocks
    assert len(deadlock.links) == 2


def test_what_a_lock_cost() -> None:
    made = Threads("one", "two")
    made.lock("account")
    track, number = made.locks["account"]
    b, one, two = made.builder, made.ids["one"], made.ids["two"]
    b.span(track, 0, 10, State.OWNED, owner=one)
    b.span(track, 10, 14, State.OWNED, owner=one, depth=1)  # the same hold; somebody queues now
    b.span(track, 14, 15, State.OWNED, owner=two)
    b.span(track, 15, 20, State.FREE)
    b.span(track, 20, 22, State.OWNED, owner=two)
    b.span(one, 0, 22, State.RUNNING)
    b.span(two, 10, 12, State.WAIT_LOCK, object=number, owner=one, reason=Wait.LOCK)
    b.span(two, 12, 14, State.WAIT_LOCK, object=number, owner=one, reason=Wait.LOCK)
    (figures,) = lock_figures(b.store())
    assert figures.name == "account"
    assert figures.acquisitions == 3
    assert figures.contended == 1
    assert figures.wait_ns == figures.longest_wait_ns == 4_000_000
    assert figures.hold_ns == 17_000_000
    assert figures.longest_hold_ns == 14_000_000


def test_how_often_a_semaphore_was_taken() -> None:
    made = Threads("one")
    made.lock("gate", "Semaphore")
    track, _ = made.locks["gate"]
    for i, inside in enumerate((1, 2, 1, 2, 3)):
        made.builder.span(track, i, i + 1, State.OWNED, reason=inside)
    (figures,) = lock_figures(made.builder.store())
    assert figures.acquisitions == 4


def states(*parts: tuple[State, float]) -> Threads:
    """Two threads, each in these states for so many ms."""
    made = Threads("one", "two")
    for thread in made.ids.values():
        at = 0.0
        for state, length in parts:
            made.builder.span(thread, at, at + length, state)
            at += length
    return made


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (states((State.RUNNING, 50), (State.WAIT_GIL, 50)), "gil"),
        (states((State.RUNNING, 50), (State.WAIT_CPU, 50)), "cores"),
        (states((State.NATIVE, 90), (State.WAIT, 10)), "parallel"),
        (states((State.SLEEP, 95), (State.RUNNING, 5)), "waiting"),
        (states((State.UNOBSERVED, 95), (State.RUNNING, 5)), "not_seen"),
    ],
)
def test_the_verdict_follows_the_figures(made: Threads, code: str) -> None:
    found = verdict(made.builder.store())
    assert found.code == code
    assert str(found)  # every code has its sentence, and the data for it


def test_locks_and_deadlocks_in_the_verdict() -> None:
    made = Threads("one", "two")
    made.lock("account")
    made.waits("two", 0, 90, "account", "one")
    made.builder.span(made.ids["one"], 0, 90, State.RUNNING)
    found = verdict(made.builder.store())
    assert (found.code, found.data["lock"]) == ("lock", "account")
    locked = Threads("one")
    locked.lock("plain")
    locked.waits("one", 0, 1000, "plain", "one")
    found = verdict(locked.builder.store())
    assert found.code == "deadlock_of_one"
    assert str(found) == "Deadlocks: 1. one waits for itself."
    for who, what, owner in (("one", "a", "two"), ("two", "b", "one")):
        made.lock(what)
        made.waits(who, 100, 1000, what, owner)
    found = verdict(made.builder.store())
    assert found.code == "deadlock"
    assert str(found) == "Deadlocks: 1. one, two wait for each other."


def test_a_recording_without_anything() -> None:
    assert verdict(StoreBuilder().store()).code == "nothing"
