"""What a check answers to runs that a machine in a bad mood makes of its program, and to broken programs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.agent.layout import Wait
from engine.model import OutputChunk, State, TrackKind
from engine.scenarios.descriptions import process_shared_memory, semaphore, threads_five_workers
from engine.scenarios.outcome import Verdict, fails
from engine.scenarios.running import TIME_LIMIT_S, unless_cut_short
from engine.scenarios.scenario import Reading
from engine.scenarios.view import View
from tests.engine.scenarios.test_view import LINUX, MS, Recorded

Thread = list[tuple[int, int, State, int]]


def view(name: str, main: Thread, threads: list[Thread], **values: object) -> View:
    recorded = Recorded(end_ns=max(end for _, end, _, _ in main) * MS)
    process = recorded.track(TrackKind.PROCESS, "program", -1)
    recorded.track(TrackKind.THREAD, "MainThread", process, *main)
    for number, spans in enumerate(threads, start=1):
        recorded.track(TrackKind.THREAD, f"{name} {number}", process, *spans)
    return View(recorded, LINUX, values)


def comes(at: int, table: int) -> Thread:
    """A guest that comes, and gets a table, at these moments (ms); a meal takes 30."""
    waits = [(at + 1, table, State.WAIT_LOCK, int(Wait.SEMAPHORE))] if table > at + 1 else []
    meal = table if waits else at + 1
    return [
        (at, at + 1, State.RUNNING, 0),
        *waits,
        (meal, meal + 30, State.SLEEP, int(Wait.SLEEP)),
        (meal + 30, meal + 31, State.RUNNING, 0),
    ]


@pytest.mark.parametrize(
    ("guests", "verdict"),
    [
        ([comes(0, 0), comes(1, 1), comes(2, 31), comes(3, 32)], Verdict.HOLDS),
        ([comes(0, 0), comes(1, 1), comes(2, 31), comes(60, 60)], Verdict.TOO_DISTURBED),
        ([comes(0, 0), comes(40, 40), comes(80, 80), comes(120, 120)], Verdict.TOO_DISTURBED),
        ([comes(0, 0), comes(1, 1), comes(2, 2), comes(3, 31)], Verdict.FAILS),
        ([comes(0, 0), comes(1, 31), comes(2, 62), comes(3, 93)], Verdict.FAILS),
    ],
    ids=["as it should be", "one is late", "all are late", "three at two tables", "one at two tables"],
)
def test_guests_and_tables(guests: list[Thread], verdict: Verdict) -> None:
    main: Thread = [(0, 200, State.RUNNING, 0)]
    seen = view("guest", main, guests, tables=2, guests=4)
    assert semaphore.SCENARIO.check(seen).verdict is verdict


def naps(*begins: int) -> list[Thread]:
    return [[(at, at + 1, State.RUNNING, 0), (at + 1, at + 40, State.SLEEP, Wait.SLEEP)] for at in begins]


@pytest.mark.parametrize(
    ("begins", "joins", "verdict"),
    [
        ((0, 1, 2), [(2, 42)], Verdict.HOLDS),
        ((0, 30, 90), [(90, 130)], Verdict.TOO_DISTURBED),
        ((0, 41, 82), [(0, 40), (41, 81), (82, 122)], Verdict.FAILS),
    ],
    ids=["together", "started slowly", "joined one by one"],
)
def test_naps_at_the_same_time(
    begins: tuple[int, ...], joins: list[tuple[int, int]], verdict: Verdict
) -> None:
    main: Thread = [(start, end, State.WAIT, Wait.THREAD_JOIN) for start, end in joins]
    seen = view("worker", [(0, 0, State.RUNNING, 0), *main], naps(*begins), workers=3, nap_s=0.039)
    assert threads_five_workers.SCENARIO.check(seen).verdict is verdict


@pytest.mark.parametrize(
    ("state", "verdict"),
    [(State.RUNNING, Verdict.TOO_DISTURBED), (State.WAIT_LOCK, Verdict.FAILS)],
    ids=["at work", "hangs"],
)
def test_a_program_that_was_stopped_at_the_time_limit(state: State, verdict: Verdict) -> None:
    limit_ms = int(TIME_LIMIT_S * 1_000)
    seen = view("worker", [(0, limit_ms, state, 0)], [])
    assert unless_cut_short(Reading(fails("nothing was printed")), seen).outcome.verdict is verdict


def test_on_one_core_nothing_is_said_of_the_same_moment() -> None:
    recorded = Recorded(output=[OutputChunk(5 * MS, 1, b"counted: 150\n")])
    for number in range(3):
        recorded.track(TrackKind.PROCESS, f"process {number}", number - 1)
    values = {"rounds": 100, "locked": False}
    for cpus, verdict, answer in ((2, Verdict.HOLDS, "lost"), (1, Verdict.NOT_APPLICABLE, None)):
        reading = process_shared_memory.read(View(recorded, replace(LINUX, cpus=cpus), values))
        assert (reading.outcome.verdict, reading.answer) == (verdict, answer)
