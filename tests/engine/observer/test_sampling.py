"""What is seen from outside, held against programs that know what they do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.agent.layout import Gil, Kind, Os, Way
from engine.session import Session
from tests.helpers.interpreters import Interpreter, installed
from tests.helpers.run_session import (
    PATIENCE_S,
    agent_lines,
    observed,
    observer_lines,
    output,
    ran,
    running,
    waited_for,
)

pytestmark = pytest.mark.linux

WITH_GIL = [one for one in installed() if not one.free_threaded]
each = pytest.mark.parametrize("interpreter", WITH_GIL, ids=lambda one: one.label)

Piece = tuple[int, int, int]


def _looks(session: Session) -> list[int]:
    """When it was said that threads had been looked at."""
    return [record["time"] for record in observed(session) if record["kind"] == Kind.LOOKED]


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


#: For programs: how often the observer has said that it looked.  A busy machine may leave it without a core.
LOOKS = f"""
import glob, sys
def looks():
    files = glob.glob(sys.modules['_lockstep.recorder'].session_folder + '/observer/o*.seg')
    return sum(open(file, 'rb').read()[94::32].count({Kind.LOOKED}) for file in files)
"""


@each
def test_holder_is_who_computes(tmp_path: Path, interpreter: Interpreter) -> None:
    """Three threads compute one after the other, each while nobody else wants the GIL."""
    code = f"""{LOOKS}
import os, threading, time
def work(previous, turn, following):
    turn.acquire()
    if previous: previous.join()         # whoever let us go is gone by now
    clock = time.perf_counter_ns
    since, enough = clock(), looks() + 5
    found = [[since, since]]             # between readings this close nobody else had it for long
    while True:
        now = clock()
        if now - found[-1][1] > 200_000: found.append([now, now])
        found[-1][1] = now
        if now - since > 100_000_000:
            since = now
            if looks() >= enough: break
    text = ' '.join('%d %d' % tuple(piece) for piece in found)
    os.write(1, b'%d %s\\n' % (threading.get_native_id(), text.encode()))
    following.release()
locks = [threading.Lock() for _ in range(4)]
for lock in locks: lock.acquire()
threads = [None]
for n in range(3): threads.append(threading.Thread(target=work, args=(threads[-1], *locks[n:n + 2])))
for thread in threads[1:]: thread.start()
locks[0].release()
locks[3].acquire()
"""
    with ran(tmp_path, code, interpreter=str(interpreter.path)) as (session, status):
        assert status == 0, output(session, 2)
        turns = [[int(word) for word in line.split()] for line in output(session).splitlines()]
        assert len(turns) == 3
        pieces = _holders(session)
        for tid, *edges in turns:
            computed = right = others = 0
            for begin, end in zip(edges[::2], edges[1::2], strict=True):
                seen = _within(pieces, begin, end)
                computed += end - begin
                right += seen.get(tid, 0)
                others += sum(ns for value, ns in seen.items() if value != tid)
            assert right > 0, "some of it was observed"
            assert others < 0.03 * computed, "nobody else is said to have had it"


@each
def test_what_threads_wait_for(tmp_path: Path, interpreter: Interpreter) -> None:
    code = """
import os, threading, time
read, write = os.pipe()
lock = threading.Lock(); lock.acquire()
def waits(name, wait):
    os.write(1, ('%s %d\\n' % (name, threading.get_native_id())).encode()); wait()
threads = [threading.Thread(target=waits, args=args, daemon=True) for args in (
    ('SLEEPING', lambda: time.sleep(3600)), ('IO', lambda: os.read(read, 1)), ('FUTEX', lock.acquire))]
for thread in threads: thread.start()
input()
"""
    with running(tmp_path, code, interpreter=str(interpreter.path)) as session:
        waited_for(lambda: output(session).count(b"\n") == 3, "three threads")
        for name, word in (line.decode().split() for line in output(session).splitlines()):
            wanted, tid = int(getattr(Os, name)), int(word)

            def told(wanted: int = wanted, tid: int = tid) -> bool:
                """Ten looks later nothing else has been said of the thread."""
                (*_, last), looks = [(0, 0, 0), *_states(session, tid)], _looks(session)
                return last[2] == wanted and len([then for then in looks if then > last[0]]) >= 10

            waited_for(told, f"a thread in {name}")
        session.send_input(b"\n")
        assert session.wait(PATIENCE_S) == 0


@each
def test_who_waits_for_the_gil(tmp_path: Path, interpreter: Interpreter) -> None:
    code = f"""{LOOKS}
import os, threading, time
begun = threading.Barrier(2)
def spin():
    begun.wait()
    begin = now = since = time.perf_counter_ns()
    enough = looks() + 15
    while now < begin + 300_000_000 or looks() < enough:
        since = now
        while now < since + 100_000_000: now = time.perf_counter_ns()
    os.write(1, b'%d %d %d\\n' % (threading.get_native_id(), begin, now))
threads = [threading.Thread(target=spin) for _ in range(2)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""
    with ran(tmp_path, code, interpreter=str(interpreter.path)) as (session, status):
        assert status == 0, output(session, 2)
        told = [[int(word) for word in line.split()] for line in output(session).splitlines()]
        (first, *_), (second, *_) = told
        begin, end = max(line[1] for line in told), min(line[2] for line in told)
        assert begin < end, "both computed at the same time"
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
