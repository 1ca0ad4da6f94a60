"""More processes, output and records than anybody should make."""

from __future__ import annotations

import collections
import hashlib
from pathlib import Path

import pytest

from tests.end_to_end.runs import PROGRAMS, alone, record
from tests.helpers.interpreters import Interpreter, installed, newest

pytestmark = [pytest.mark.linux, pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_fifty_processes_which_start_two_each(method: str, tmp_path: Path) -> None:
    ran = record(tmp_path, newest().path, PROGRAMS / "process_tree.py", method, timeout=400)
    assert ran.status == 0, ran.err.decode()
    assert ran.out == b"50\n"
    processes = ran.tracks("process")
    helpers = [track for track in processes if track["sort"] == "helper"]
    own = {"fork": set(), "spawn": {"resource tracker"}, "forkserver": {"resource tracker", "fork server"}}
    assert {track["name"] for track in helpers} == own[method]
    workers = [track for track in processes if track not in helpers]
    assert len(workers) == 1 + 50 + 100, collections.Counter(track["name"] for track in processes)
    assert {track["end"]["kind"] for track in workers} == {"finished"}
    # every one of them recorded itself: it has a main thread
    with_threads = {track["pid"] for track in ran.tracks("thread")}
    assert {track["pid"] for track in workers} <= with_threads


def test_two_hundred_million_bytes_of_output_pass_untouched(tmp_path: Path) -> None:
    program = PROGRAMS / "much_output.py"
    before = alone(newest().path, program)
    ran = record(tmp_path, newest().path, program, timeout=300)
    assert (ran.status, ran.err) == (0, b"written\n")
    assert len(ran.out) == 200_000_000
    assert hashlib.sha256(ran.out).digest() == hashlib.sha256(before.out).digest()


@pytest.mark.parametrize("interpreter", installed(), ids=lambda i: i.label)
def test_five_million_records_and_none_lost(interpreter: Interpreter, tmp_path: Path) -> None:
    rounds = 312_500
    ran = record(tmp_path, interpreter.path, PROGRAMS / "flood.py", str(rounds), timeout=500)
    assert (ran.status, ran.err) == (0, b"")
    assert ran.info["lost"] == 0
    assert ran.info["records"] >= 5_000_000
    assert [lock["acquisitions"] for lock in ran.info["locks"]] == [rounds] * 8
