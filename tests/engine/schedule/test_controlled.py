"""Runs by hand."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from engine.errors import LockstepError
from engine.schedule.controlled import ControlledRun, RunState
from engine.schedule.schedule import Grain, load
from engine.schedule.target import of_script
from tests.engine.schedule.programs import DEADLOCK, RACE, write
from tests.helpers.interpreters import Interpreter, installed

PATIENCE_S = 30.0


def started(path: Path, interpreter: str = "", patience_s: float = PATIENCE_S) -> ControlledRun:
    return ControlledRun.start(of_script(path, interpreter=interpreter), patience_s=patience_s)


def until_there(run: ControlledRun, count: int) -> RunState:
    """Let the main thread go on by lines until it has started ``count`` threads."""
    while len(run.state.threads) <= count:
        run.step(0, Grain.LINE)
    return run.state


@pytest.mark.parametrize("interpreter", installed(), ids=lambda one: one.label)
def test_a_lost_update_by_hand(tmp_path: Path, interpreter: Interpreter) -> None:
    with started(write(tmp_path, RACE.format(rounds=1)), str(interpreter.path)) as run:
        assert run.variables == ("g:balance",)
        until_there(run, 2)
        while run.state.thread(1).variable != "balance":
            run.step(1)
        assert run.state.thread(1).access == "read"
        state = run.step(1)  # thread 1 has read 0
        assert state.thread(1).loaded == {"balance": "0"}
        state = run.step(1)
        assert (state.thread(1).variable, state.thread(1).access) == ("balance", "write")
        while run.state.thread(2).text != "-" and run.state.thread(2).state != "ended":
            run.step(2)  # 8 more, and read again
        assert run.state.shared["balance"] == "8"
        state = run.step(1)
        assert state.shared["balance"] == "5"
        assert state.accesses[-1].thread == 1
        run.until_blocked(2)
        run.until_blocked(1)
        state = run.until_blocked(0)
        assert state.ended is not None
        assert state.ended.kind == "check"
        before = run.choices
        state = run.undo()
        assert state.ended is None
        assert state.enabled == (0,)
        path = tmp_path / "a.schedule.json"
        run.load(run.schedule("lost"), len(before))
        run.schedule("lost").save(path)
        again = run.load(load(path))
        assert again.shared == state.shared


@pytest.mark.parametrize("interpreter", installed(), ids=lambda one: one.label)
def test_by_instruction_says_who_allows_the_switch(tmp_path: Path, interpreter: Interpreter) -> None:
    """Between reading and writing back, with a plain addition between: only up to 3.9 CPython itself."""
    with started(write(tmp_path, RACE.format(rounds=1)), str(interpreter.path)) as run:
        until_there(run, 1)
        while run.state.thread(1).access != "write":
            run.step(1, Grain.INSTRUCTION)
        state = run.state.thread(1)
        assert state.variable == "balance"
        assert state.by_itself is (interpreter.version < (3, 10) or interpreter.free_threaded)


def test_a_deadlock_is_told_with_its_cycle_and_can_be_undone(tmp_path: Path) -> None:
    with started(write(tmp_path, DEADLOCK)) as run:
        until_there(run, 2)
        for thread in (1, 2):
            while "second" not in run.state.thread(thread).text or thread == 2:
                run.step(thread)
                if "first" in run.state.thread(2).text:
                    break
        run.until_blocked(1)
        run.until_blocked(2)
        state = run.until_blocked(0)
        assert state.deadlock is not None
        assert sorted(state.deadlock.cycle) == [1, 2]
        waits = {one.number: one.wait for one in state.threads if one.wait}
        assert waits[1].name == "second"
        assert waits[1].owner == 2
        assert waits[2].name == "first"
        assert waits[2].owner == 1
        assert run.undo(2).deadlock is None


def test_what_functions_change_counts_where_looking_takes_too_long(tmp_path: Path) -> None:
    source = """\
import threading
ROUNDS = 3
total = 0
def compute():
    global total
    while ROUNDS:
        number = ROUNDS
    total = number
threading.Thread(target=compute).start()
"""
    with started(write(tmp_path, source)) as run:
        assert run.variables == ("c:", "g:total")


def test_a_thread_that_went_on_until_it_waits_is_where_it_waits(tmp_path: Path) -> None:
    source = """\
import threading
lock = threading.Lock()
lock.acquire()
thread = threading.Thread(target=lock.acquire)
thread.start()
number = 1
thread.join()
"""
    with started(write(tmp_path, source)) as run:
        state = run.until_blocked(0)
        assert state.thread(0).state == "blocked"
        assert state.thread(0).line == 7


def test_a_blocked_thread_cannot_be_chosen(tmp_path: Path) -> None:
    source = "import threading\nlock = threading.Lock()\nlock.acquire()\nlock.acquire()\n"
    with started(write(tmp_path, source)) as run:
        state = run.until_blocked(0)
        assert state.enabled == ()
        assert state.deadlock is not None
        with pytest.raises(LockstepError, match="cannot go on"):
            run.step(0)


def test_sleeping_for_an_hour_takes_no_time(tmp_path: Path) -> None:
    source = "import time\nbegin = time.monotonic()\ntime.sleep(3600)\nprint(time.monotonic() - begin)\n"
    with started(write(tmp_path, source)) as run:
        run.until_blocked(0)
        state = run.until_blocked(0)
        assert state.ended is not None
        assert state.output == "3600.0\n"


@pytest.mark.parametrize("body", ["while True: pass", "os.read(os.pipe()[0], 1)"], ids=["spins", "native"])
def test_who_does_not_come_back_is_outside_and_others_go_on(tmp_path: Path, body: str) -> None:
    source = f"""\
import os, threading
def away():
    {body}
def other():
    print("other")
threading.Thread(target=away, daemon=True).start()
threading.Thread(target=other).start()
"""
    with started(write(tmp_path, source), patience_s=1.0) as run:
        assert run.variables == ("c:",)  # who shares what is not waited for
        until_there(run, 2)
        state = run.until_blocked(1)
        while state.thread(1).state != "outside":
            state = run.look()
        assert state.thread(1).line == 3
        assert 2 in state.enabled
        state = run.until_blocked(2)
        while state.thread(2).state != "ended":
            state = run.look()
        assert state.thread(1).state == "outside"
        assert 1 not in state.enabled
        assert state.deadlock is None
        run.stop()
        assert run.state.ended is not None


def test_who_comes_back_later_can_be_let_go_again(tmp_path: Path) -> None:
    source = """\
import os, threading
wait, tell = os.pipe()
def away():
    os.read(wait, 1)
    print("back")
def other():
    os.write(tell, b"x")
threading.Thread(target=away).start()
threading.Thread(target=other).start()
"""
    with started(write(tmp_path, source), patience_s=1.0) as run:
        until_there(run, 2)
        run.until_blocked(1)
        while 1 in run.state.enabled or run.state.thread(1).state != "outside":
            run.look()
        run.until_blocked(2)
        deadline = time.monotonic() + PATIENCE_S
        while run.state.thread(1).state != "ended" and time.monotonic() < deadline:
            run.poll()
        while run.state.ended is None:
            run.until_blocked(run.state.enabled[0]) if run.state.enabled else run.look()
        assert run.state.output == "back\n"


def test_a_program_that_is_killed_while_held_is_told(tmp_path: Path) -> None:
    with started(write(tmp_path, RACE.format(rounds=1))) as run:
        until_there(run, 1)
        os.kill(run.pid, signal.SIGKILL)
        state = run.step(0)
        assert state.ended is not None
        assert state.ended.kind == "died"
        assert state.ended.signal == signal.SIGKILL
        assert run.undo().enabled  # and there is a way back


def test_tasks_are_chosen(tmp_path: Path) -> None:
    source = """\
import asyncio
async def say(name):
    print(name)
async def main():
    await asyncio.gather(say("a"), say("b"))
asyncio.run(main())
"""
    with started(write(tmp_path, source)) as run:
        state = run.until_blocked(0)
        while not state.tasks:
            state = run.until_blocked(0)
        assert len(state.tasks) == 2
        state = run.choose_task(1)
        while state.ended is None:
            state = run.choose_task(0) if state.tasks else run.until_blocked(0)
        assert state.output == "b\na\n"
        assert [choice.thread for choice in run.choices].count(-1) >= 1


def test_a_program_that_is_no_python_is_told(tmp_path: Path) -> None:
    with pytest.raises(LockstepError, match="SyntaxError"):
        started(write(tmp_path, "def (\n"))
