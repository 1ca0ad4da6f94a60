"""However a program ends, the recording has everything up to then, and the end as it was."""

from __future__ import annotations

import collections
import signal
from pathlib import Path

import pytest

from tests.end_to_end.runs import PROGRAMS, alone, record, until_limit
from tests.helpers.interpreters import Interpreter, installed, newest

pytestmark = [pytest.mark.linux]

#: way to end → (exit status, kind of the process's end, a word its detail has)
ENDS = {
    "kill": (128 + signal.SIGKILL, "killed", "SIGKILL"),
    "terminate": (128 + signal.SIGTERM, "killed", "SIGTERM"),
    "segfault": (128 + signal.SIGSEGV, "killed", "SIGSEGV"),
    "abort": (128 + signal.SIGABRT, "killed", "SIGABRT"),
    "_exit": (3, "failed", "3"),
    "exit": (5, "failed", "5"),
    "raise": (1, "failed", "1"),
    "fall off the end": (0, "finished", ""),
}


@pytest.mark.parametrize("interpreter", installed(), ids=lambda i: i.label)
@pytest.mark.parametrize("way", ENDS)
def test_everything_up_to_the_end_is_there(interpreter: Interpreter, way: str, tmp_path: Path) -> None:
    program = PROGRAMS / "many_locks.py"
    before = alone(interpreter.path, program, way)
    ran = record(tmp_path, interpreter.path, program, way)
    status, kind, detail = ENDS[way]
    assert ran.status == status
    assert (ran.out, ran.err) == (before.out, before.err)
    assert ran.lock("counter_lock")["acquisitions"] == 2000
    assert ran.info["lost"] == 0
    assert not ran.info["truncated"]
    (process,) = ran.tracks("process")
    assert process["end"]["kind"] == kind
    assert detail in process["end"]["detail"]
    names = {track["name"] for track in ran.tracks("thread")}
    assert {"MainThread", "worker-0", "worker-1"} <= names
    if kind == "killed":
        assert {track["end"]["kind"] for track in ran.tracks("thread")} == {"killed"}


@pytest.mark.parametrize("interpreter", installed(), ids=lambda i: i.label)
def test_threads_end_as_they_did(interpreter: Interpreter, tmp_path: Path) -> None:
    program = PROGRAMS / "thread_ends.py"
    before = alone(interpreter.path, program)
    ran = record(tmp_path, interpreter.path, program)
    assert (ran.status, ran.out, ran.err) == (0, before.out, before.err)
    ends = {track["name"]: track["end"] for track in ran.tracks("thread")}
    assert ends["leave"]["kind"] == "finished"
    assert ends["fail"]["kind"] == "failed"
    assert ends["fail"]["detail"] == "ValueError: on purpose"
    assert ends["finish"]["kind"] == "finished"
    assert ends["MainThread"]["kind"] == "finished"


def test_a_deadlock_is_named_and_ended_by_the_time_limit(tmp_path: Path) -> None:
    python = newest().path
    ran = until_limit(
        lambda limit: record(tmp_path, python, PROGRAMS / "deadlock.py", options=["--time-limit", limit]),
        lambda ran: bool(ran.info["deadlocks"]),
    )
    assert ran.status == 124
    (deadlock,) = ran.info["deadlocks"]
    names = {track["id"]: track["name"] for track in ran.info["tracks"]}
    waits = {(names[link["track"]], link["object_name"], names[link["owner"]]) for link in deadlock["links"]}
    assert waits == {("forward", "second_lock", "backward"), ("backward", "first_lock", "forward")}


@pytest.mark.parametrize("way", ["loop", "ignore"])
def test_an_endless_loop_is_ended_by_the_time_limit(way: str, tmp_path: Path) -> None:
    python = newest().path
    ran = until_limit(
        lambda limit: record(tmp_path, python, "--time-limit", limit, PROGRAMS / "many_locks.py", way),
        lambda ran: b"all taken" in ran.out,
    )
    assert ran.status == 124
    assert b"all taken" in ran.out
    assert ran.lock("counter_lock")["acquisitions"] == 2000
    (process,) = ran.tracks("process")
    assert process["end"]["kind"] == "killed"


def test_the_time_limit_reaches_what_ran_away(tmp_path: Path) -> None:
    python = newest().path
    ran = until_limit(
        lambda limit: record(tmp_path, python, "--time-limit", limit, PROGRAMS / "stubborn_tree.py"),
        lambda ran: b"ready" in ran.out,
    )
    assert ran.status == 124
    assert ran.out == b"ready\n"


def test_a_process_that_becomes_another_program_is_recorded_as_both(tmp_path: Path) -> None:
    """The first process and a forked child of it: each is one program, then the other (exec)."""
    ran = record(tmp_path, newest().path, PROGRAMS / "becomes_another.py")
    assert (ran.status, ran.out) == (0, b"second\nsecond\n"), ran.err.decode()
    processes = ran.tracks("process")
    assert len(processes) == 4, [track["name"] for track in processes]
    assert {track["pid"]: 2 for track in processes} == collections.Counter(t["pid"] for t in processes)
    for pid in {track["pid"] for track in processes}:
        first, second = (track for track in processes if track["pid"] == pid)
        assert first["end"]["kind"] == "cut_off"
        assert (second["name"], second["end"]["kind"]) == ("becomes_another.py", "finished")
        assert first["end_ns"] <= second["start_ns"]
        assert not second["notes"]
        assert [t["end"]["kind"] for t in ran.tracks("thread") if t["parent"] == second["id"]] == ["finished"]
