"""Who holds the GIL, from records and samples made by hand: what a thread is then said to do."""

from __future__ import annotations

from tests.engine.assembler.collect import collect
from tests.helpers.build_records import Os, ProcessBuilder, RecordingBuilder, ThreadBuilder


def test_a_thread_that_announced_a_call_runs_until_it_lets_go() -> None:
    run = RecordingBuilder()
    process = run.process(100, 0)
    main = process.main(0)
    process.seen(0)
    process.gil(40, main, 1, 20, locked=False)
    main.sleeps(100, 5000)
    process.gil(180, main, 1, 100)  # the record was written, the call itself is yet to come
    process.gil(300, main, 1, 100, locked=False)
    process.looks(300, 6000, 1000)
    states = collect(run.batches()).states("MainThread")
    assert [(start, end) for start, end, state in states if state == "sleep"] == [(250, 5000)]
    assert {state for start, end, state in states if start < 250 and end > 100} == {"running"}


def test_up_to_the_last_sample_before_a_look_nothing_changed_and_after_it_anything_may_have() -> None:
    run = RecordingBuilder()
    process = run.process(100, 0)
    main = process.main(0)
    other = process.thread("other")
    main.starts(10, other)
    other.begins(20)
    process.seen(0)
    process.gil(40, other, 1, 20)
    other.sleeps(200, 9000)
    main.sleeps(220, 230)  # it has had the GIL since
    main.sleeps(235, 9500)
    process.looked(300, age_us=110)  # the last sample was made before all that
    process.gil(450, main, 2, 260, locked=False)
    process.looks(450, 10_000, 1000)
    states = collect(run.batches()).states("other")
    assert [(start, end) for start, end, state in states if state == "sleep"] == [(200, 9000)]


def _two_threads() -> tuple[RecordingBuilder, ProcessBuilder, ThreadBuilder, ThreadBuilder]:
    """Two threads that compute, and are looked at from 100 µs on: the first one has the GIL."""
    run = RecordingBuilder()
    process = run.process(100, 0)
    one = process.main(0)
    two = process.thread("two")
    one.starts(10, two)
    two.begins(20)
    process.seen(0)
    process.looks(0, 30_000, 5_000)
    process.gil(100, one, 2, 50)
    process.state(110, one, Os.RUNNING, 50)
    process.state(110, two, Os.GIL_WAIT, 50)
    return run, process, one, two


def _between(states: list[tuple[int, int, str]], begin: int, end: int) -> list[str]:
    return [state for start, stop, state in states if start < end and stop > begin]


def test_a_thread_that_had_to_let_go_waits_for_the_gil() -> None:
    run, process, _, two = _two_threads()
    process.gil(6_000, two, 3, 100)  # nothing said of the first one: on a core when last looked at
    states = collect(run.batches()).states("MainThread")
    assert _between(states, 6_100, 20_000) == ["wait_gil"]


def test_a_thread_that_let_go_early_runs_native_code() -> None:
    run, process, _, two = _two_threads()
    process.gil(1_000, two, 3, 100)
    states = collect(run.batches()).states("MainThread")
    assert _between(states, 1_100, 20_000) == ["native"]


def test_a_moment_in_which_nobody_has_the_gil_yet_is_part_of_the_wait() -> None:
    run, process, one, two = _two_threads()
    process.gil(6_000, one, 2, 100, locked=False)
    process.gil(6_300, two, 3, 100)
    process.state(6_400, one, Os.GIL_WAIT, 100)
    states = collect(run.batches()).states("MainThread")
    assert _between(states, 6_050, 20_000) == ["wait_gil"]


def test_native_code_may_follow_a_long_hold() -> None:
    run, process, one, _ = _two_threads()
    process.gil(6_000, one, 2, 100, locked=False)
    process.state(9_000, one, Os.GIL_WAIT, 100)
    states = collect(run.batches()).states("MainThread")
    assert _between(states, 6_050, 8_800) == ["native"]


def test_out_of_the_wait_for_the_gil_leads_no_other_way() -> None:
    run, process, _, two = _two_threads()
    process.state(3_000, two, Os.RUNNING, 50)  # woken up to ask for it again
    states = collect(run.batches()).states("two")
    assert _between(states, 200, 20_000) == ["wait_gil"]


def test_a_wait_for_a_core_is_laid_only_where_it_was() -> None:
    run, process, one, two = _two_threads()
    process.cpu(120, one, 0, 0)
    process.cpu(4_000, one, 3_000, 800)  # all the while it had the GIL
    process.gil(6_000, two, 3, 100)
    process.cpu(8_000, one, 3_000, 800)  # with the GIL, or after it?
    states = collect(run.batches()).states("MainThread")
    assert _between(states, 200, 3_900) == ["wait_cpu"]
    assert _between(states, 4_100, 5_800) == ["running"]
    assert _between(states, 6_100, 7_900) == ["wait_gil"]
