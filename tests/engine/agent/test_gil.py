"""The GIL is found in every interpreter's memory, and found where it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.agent import gil
from engine.agent.layout import Gil, Kind, Way
from engine.session import Session
from tests.helpers.agent_run import run_agent
from tests.helpers.interpreters import Interpreter, installed
from tests.helpers.run_session import (
    PATIENCE_S,
    agent_lines,
    observed,
    output,
    ran,
    running,
    waited_for,
)

pytestmark = pytest.mark.linux

each = pytest.mark.parametrize("interpreter", installed(), ids=lambda interpreter: interpreter.label)
WITH_GIL = [one for one in installed() if not one.free_threaded]
each_with_gil = pytest.mark.parametrize("interpreter", WITH_GIL, ids=lambda one: one.label)
OWN = [one for one in WITH_GIL if one.version >= (3, 13)]
each_that_can = pytest.mark.parametrize("interpreter", OWN, ids=lambda one: one.label)

#: Reads the words at the address that the side file of this process gives.
READ = """
import ctypes, glob, json, os, sys, threading
def lines(first):
    (path,) = glob.glob(sys.argv[1] + '/p%d-*/side.jsonl' % os.getpid())
    return [line for line in map(json.loads, open(path)) if line[0] == first]
def words():
    (gil,) = lines('gil')
    at = lambda name, kind: kind.from_address(gil[2] + gil[3][name]).value
    return (at('interval', ctypes.c_ulong), at('last_holder', ctypes.c_void_p), at('locked', ctypes.c_int))
state = ctypes.pythonapi.PyThreadState_Get
state.restype = ctypes.c_void_p
"""


@each_with_gil
def test_found_where_it_is(tmp_path: Path, interpreter: Interpreter) -> None:
    code = READ + (
        "print(words() == (5000, state(), 1))\n"
        "sys.setswitchinterval(0.25)\n"
        "print(words() == (250000, state(), 1))\n"
        "def other(): print(words() == (250000, state(), 1))\n"
        "thread = threading.Thread(target=other); thread.start(); thread.join()\n"
    )
    run = run_agent(interpreter, tmp_path, code, str(tmp_path / "session"))
    assert (run.status, run.stdout) == (0, "True\n" * 3), run.stderr


@each
def test_looking_for_it_leaves_no_trace(tmp_path: Path, interpreter: Interpreter) -> None:
    code = (
        "import sys\n"
        "print(sys.getswitchinterval(), [m for m in sys.modules if 'ctypes' in m or 'interpreters' in m])\n"
        "import ctypes\n"
        "print(ctypes.c_long(5).value, ctypes.pythonapi.PyLong_FromLong.__name__)\n"
    )
    run = run_agent(interpreter, tmp_path, code)
    assert run.stdout == "0.005 []\n5 PyLong_FromLong\n"


@each_with_gil
def test_threads_are_known_by_their_states(tmp_path: Path, interpreter: Interpreter) -> None:
    code = READ + (
        "def work(): print(threading.get_native_id(), state())\n"
        "work()\n"
        "for _ in range(3):\n"
        "    thread = threading.Thread(target=work); thread.start(); thread.join()\n"
    )
    run = run_agent(interpreter, tmp_path, code, str(tmp_path / "session"))
    said = {(native, tstate) for _, _, _, native, tstate, *_ in run.main.of("thread") if native}
    printed = {tuple(int(word) for word in line.split()) for line in run.stdout.splitlines()}
    assert len(printed) == 4
    assert printed <= said


@each_with_gil
def test_forked_child_says_it_again(tmp_path: Path, interpreter: Interpreter) -> None:
    code = READ + (
        "before = lines('gil')[0][2]\n"
        "if os.fork() == 0:\n"
        "    os._exit(0 if words() == (5000, state(), 1) and lines('gil')[0][2] == before else 1)\n"
        "print(os.wait()[1])\n"
    )
    run = run_agent(interpreter, tmp_path, code, str(tmp_path / "session"))
    assert run.stdout == "0\n", run.stderr


@pytest.mark.parametrize(
    "interpreter",
    [one for one in installed() if one.free_threaded] or [None],
    ids=lambda one: one and one.label,
)
def test_free_threaded_build_says_so(tmp_path: Path, interpreter: Interpreter | None) -> None:
    if interpreter is None:
        pytest.skip("no free-threaded build here")
    run = run_agent(interpreter, tmp_path, "print(1)")
    (line,) = run.main.of("gil")
    assert line[1] == 0
    assert line[3].startswith("gil_disabled: ")
    assert run.main.of("process")[0][8]["free_threaded"] is True


def test_layout_of_this_machine() -> None:
    layout = gil.gil_layout()
    assert (layout["last_holder"], layout["locked"], layout["switch_number"]) == (8, 16, 24)
    assert layout["size"] == 32
    # the futexes of both condition variables (+72, +76 and +160, +164) lie inside
    assert layout["size"] < 72 < 164 < layout["end"]


# --- from an interpreter of its own -----------------------------------------------------------

#: Four threads that compute until there is a line to read.
THREADS = """
import select, sys, threading
over = False
def spin():
    while not over: pass
threads = [threading.Thread(target=spin) for _ in range(3)]
for thread in threads: thread.start()
while not select.select([sys.stdin], [], [], 0)[0]: sum(range(10_000))
over = True
for thread in threads: thread.join()
"""


def holders_seen(session: Session) -> set[int]:
    """Serials of the threads that the interpreter's own sampler saw with the GIL."""
    holders = {line[1]: line[3] for line in agent_lines(session, "holder")}
    threads = {line[5]: line[1] for line in agent_lines(session, "thread") if line[5]}
    seen = {
        threads.get(holders.get(r["object"]))
        for r in observed(session)
        if r["location"] == 0 and r["kind"] == Kind.GIL and r["flags"] & Gil.LOCKED
    }
    return {thread for thread in seen if thread is not None}


@each_that_can
def test_own_interpreter_sees_who_holds_it(tmp_path: Path, interpreter: Interpreter) -> None:
    with running(tmp_path, THREADS, interpreter=str(interpreter.path), gil="interpreter") as session:
        waited_for(lambda: len(holders_seen(session)) >= 4, "main thread and three workers")
        session.send_input(b"\n")
        assert session.wait(PATIENCE_S) == 0, output(session, 2)
        ours = [record for record in observed(session) if record["location"] == 0]
        assert any(r["kind"] == Kind.OBSERVING and r["flags"] == Way.INTERPRETER for r in ours)
        assert any(r["kind"] == Kind.LOOKED and r["value"] > 0 for r in ours)
        assert len(holders_seen(session)) == 4
        numbers = [r["value"] >> 32 for r in ours if r["kind"] == Kind.GIL]
        assert numbers == sorted(numbers)
        assert not any(record["kind"] == Kind.GIL for record in observed(session) if record["location"])


@each_that_can
def test_own_interpreter_ends_before_every_fork(tmp_path: Path, interpreter: Interpreter) -> None:
    code = f"""
import multiprocessing, os, subprocess, sys, time
def looked():
    segment = sys.modules['_lockstep.recorder'].process_folder + '/gil.seg'
    return open(segment, 'rb').read()[94::32].count({Kind.OBSERVING})
def spin(seconds=0.05):
    end = time.perf_counter() + seconds
    while time.perf_counter() < end: pass
    return 1
if __name__ == '__main__':
    for number in range(5):
        while looked() <= number: pass
        pid = os.fork()
        if pid == 0:
            spin(0.01)
            os._exit(number)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == number
    with multiprocessing.get_context('fork').Pool(2) as pool:
        assert pool.map(spin, [0.01] * 4) == [1] * 4
    assert subprocess.run([sys.executable, '-c', 'print(3)'], capture_output=True).stdout == b'3\\n'
    while looked() < 6: pass
    print('fine')
"""
    with ran(tmp_path, code, interpreter=str(interpreter.path), gil="interpreter") as (session, status):
        assert (status, output(session), output(session, 2)) == (0, b"fine\n", b"")
        gaps = [r for r in observed(session) if r["kind"] == Kind.GIL_GAP and r["location"] == 0]
        assert len(gaps) >= 5, "a pause for every fork"
        starts = [r for r in observed(session) if r["kind"] == Kind.OBSERVING and r["location"] == 0]
        assert len(starts) >= 6


@each_that_can
@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("pass", 0),
        ("raise SystemExit(3)", 3),
        ("import os; os._exit(4)", 4),
        ("import threading, time; threading.Thread(target=time.sleep, args=(100,), daemon=True).start()", 0),
        ("import threading; threading.Timer(0.05, print, ['x']).start()", 0),
        ("import atexit, os; atexit.register(lambda: os.fork() or os._exit(0))", 0),
        ("import os, signal; os.kill(os.getpid(), signal.SIGINT)", 130),
    ],
)
def test_exit_with_own_interpreter(tmp_path: Path, interpreter: Interpreter, code: str, status: int) -> None:
    how = {"interpreter": str(interpreter.path), "gil": "interpreter"}
    with ran(tmp_path, code, **how) as (session, got):
        assert got == status, output(session, 2)
        if status != 130:
            assert output(session, 2) == b""


@each_with_gil
def test_where_it_cannot_be_the_reason_is_said(tmp_path: Path, interpreter: Interpreter) -> None:
    if interpreter in OWN:
        pytest.skip("it can")
    with ran(tmp_path, "print(1)", interpreter=str(interpreter.path), gil="interpreter") as (session, status):
        assert (status, output(session)) == (0, b"1\n")
        *_, line = agent_lines(session, "gil")
        assert line[2] == 0
        assert line[4].startswith("own_interpreter: ")


def test_off(tmp_path: Path) -> None:
    with ran(tmp_path, "print(1)", gil="off") as (session, _):
        (line,) = agent_lines(session, "gil")
        assert (line[2], line[4][:5]) == (0, "off: ")
        assert not any(record["kind"] in (Kind.GIL, Kind.GIL_GAP) for record in observed(session))
