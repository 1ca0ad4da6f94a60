"""What is seen from outside, held against programs that know what they do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.agent.layout import Gil, Kind, Os, Way
from engine.session import Session
from tests.helpers.interpreters import Interpreter, installed
from tests.helpers.run_session import agent_lines, observed, observer_lines, output, ran

pytestmark = pytest.mark.linux

WITH_GIL = [one for one in installed() if not one.free_threaded]
each = pytest.mark.parametrize("interpreter", WITH_GIL, ids=lambda one: one.label)

Piece = tuple[int, int, int]


def _holders(session: Session) -> list[Piece]:
    """(from, to, native id of the holder, 0 nobody) as samples show it; nothing between a sample and a
    change, nor where nobody looked."""
    tids = {line[5]: line[4] for line in agent_lines(session, "thread") if line[5]}
    tstates = {line[1]: line[3] for line in observer_lines(session) if line[0] == "holder"}
    pieces: list[Piece] = []
    since, who = 0, -1
    for record in observed(session):
        if record["kind"] == Kind.GIL_GAP and who >= 0:
            if record["time"] - record["value"] > since:
                pieces.append((since, record["time"] - record["value"], who))
            since = record["time"]
        if record["kind"] != Kind.GIL:
            continue
        before = record["time"] - (record["value"] & 0xFFFFFFFF)
        if who >= 0 and before > since:
            pieces.append((since, before, who))
        locked = record["flags"] & Gil.LOCKED
        since, who = record["time"], tids.get(tstates.get(record["object"], 0), 0) if locked else 0
    return pieces


def _within(pieces: list[Piece], begin: int, end: int) -> dict[int, int]:
    """ns by value between two moments."""
    found: dict[int, int] = {}
    for since, until, value in pieces:
        length = min(until, end) - max(since, begin)
        if length > 0:
            found[value] = found.get(value, 0) + length
    return found


def _states(session: Session, tid: int) -> list[Piece]:
    """(from, to, Os.*) of a thread, changes put where they were seen."""
    pieces: list[Piece] = []
    last = None
    for record in observed(session):
        if record["kind"] == Kind.OS_STATE and record["thread"] == tid:
            if last is not None:
                pieces.append((last["time"], record["time"], last["flags"]))
            last = record
    if last is not None:
        pieces.append((last["time"], 1 << 62, last["flags"]))
    return pieces


@each
def test_holder_is_who_computes(tmp_path: Path, interpreter: Interpreter) -> None:
    """Three threads compute one after the other, each while the others wait for a lock."""
    code = """
import os, threading, time
def work(turn, following):
    turn.acquire()
    time.sleep(0.1)                      # whoever let us go waits by now
    begin = time.perf_counter_ns()
    while time.perf_counter_ns() < begin + 100_000_000: pass
    os.write(1, b'%d %d %d\\n' % (threading.get_native_id(), begin, time.perf_counter_ns()))
    following.release()
locks = [threading.Lock() for _ in range(4)]
for lock in locks[1:]: lock.acquire()
threads = [threading.Thread(target=work, args=locks[n:n + 2]) for n in range(3)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""
    with ran(tmp_path, code, interpreter=str(interpreter.path)) as (session, status):
        assert status == 0, output(session, 2)
        turns = [tuple(map(int, line.split())) for line in output(session).splitlines()]
        assert len(turns) == 3
        pieces = _holders(session)
        for tid, begin, end in turns:
            seen = _within(pieces, begin, end)
            others = sum(ns for value, ns in seen.items() if value != tid)
            assert seen.get(tid, 0) > 0.1 * (end - begin), "some of it was observed"
            assert others < 0.03 * seen[tid], "nobody else is said to have had it"


@each
def test_what_threads_wait_for(tmp_path: Path, interpreter: Interpreter) -> None:
    code = """
import os, threading, time
read, write = os.pipe()
lock = threading.Lock(); lock.acquire()
def waits(name, wait):
    begin = time.perf_counter_ns(); wait(); end = time.perf_counter_ns()
    os.write(1, ('%s %d %d %d\\n' % (name, threading.get_native_id(), begin, end)).encode())
threads = [threading.Thread(target=waits, args=args) for args in (
    ('SLEEPING', lambda: time.sleep(0.2)), ('IO', lambda: os.read(read, 1)), ('FUTEX', lock.acquire))]
for thread in threads: thread.start()
time.sleep(0.2)
os.write(write, b'x'); lock.release()
for thread in threads: thread.join()
"""
    with ran(tmp_path, code, interpreter=str(interpreter.path)) as (session, status):
        assert status == 0, output(session, 2)
        lines = [line.decode().split() for line in output(session).splitlines()]
        assert len(lines) == 3
        for name, tid, begin, end in lines:
            # The edges are where the thread still has, or waits for, the GIL.
            seen = _within(_states(session, int(tid)), int(begin), int(end))
            assert seen.get(getattr(Os, name), 0) > 0.7 * (int(end) - int(begin)), (name, seen)


@each
def test_who_waits_for_the_gil(tmp_path: Path, interpreter: Interpreter) -> None:
    code = """
import threading, time
begin = time.perf_counter_ns()
def spin():
    while time.perf_counter_ns() < begin + 400_000_000: pass
threads = [threading.Thread(target=spin) for _ in range(2)]
for thread in threads: thread.start()
print(begin + 50_000_000, begin + 390_000_000, *[thread.native_id for thread in threads])
for thread in threads: thread.join()
"""
    with ran(tmp_path, code, interpreter=str(interpreter.path)) as (session, status):
        assert status == 0, output(session, 2)
        begin, end, first, second = map(int, output(session).split())
        waited = 0
        for mine, other in ((first, second), (second, first)):
            waits = [piece for piece in _states(session, mine) if piece[2] == Os.GIL_WAIT]
            waited += sum(_within(waits, begin, end).values())
            held = [piece for piece in _holders(session) if piece[2] == other]
            # while one waits, it is the other who has it
            agree = sum(sum(_within(held, since, until).values()) for since, until, _ in waits)
            mine_too = [piece for piece in _holders(session) if piece[2] == mine]
            differ = sum(sum(_within(mine_too, since, until).values()) for since, until, _ in waits)
            assert differ <= 0.1 * agree
        assert waited > 0.05 * (end - begin)


def test_what_is_watched_is_said(tmp_path: Path) -> None:
    with ran(tmp_path, "sum(range(3_000_000))") as (session, _):
        (line,) = [line for line in observer_lines(session) if line[0] == "observing"]
        assert line[1] == Way.PROC
        assert line[4] == []
        kinds: dict[int, list[dict[str, Any]]] = {}
        for record in observed(session):
            kinds.setdefault(record["kind"], []).append(record)
        assert all(record["flags"] == Way.PROC for record in kinds[Kind.OBSERVING])
        assert sum(record["value"] for record in kinds[Kind.LOOKED]) > 10
        assert {record["location"] for record in kinds[Kind.LOOKED]} == {1}
        ages = [record["flags"] for record in kinds[Kind.LOOKED]]
        assert 0 < min(ages) < Gil.NO_AGE, "a look tells when the GIL was sampled last"
        assert len(kinds[Kind.PROCESS_SEEN]) == len(kinds[Kind.PROCESS_GONE]) == 1
        assert kinds[Kind.CPU]
