"""Controlled runs of programs with processes: each has threads of its own to choose from."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from engine.schedule.controlled import ControlledRun, RunState
from engine.schedule.explorer import Explorer, Options
from engine.schedule.runs import run_of
from engine.schedule.scenario_targets import of_scenario
from engine.schedule.schedule import Grain
from engine.schedule.server import Server
from engine.schedule.shared import result_of
from engine.schedule.target import of_script
from tests.engine.schedule.programs import write
from tests.helpers.interpreters import Interpreter, installed
from tests.helpers.run_session import gone, wait_until_gone

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are controlled on Linux")

PATIENCE_S = 60.0

LOCKS = """\
import multiprocessing, os
context = multiprocessing.get_context("fork")
a, b = context.Lock(), context.Lock()
def work(first, second):
    with first:
        with second:
            print("both", flush=True)
one = context.Process(target=work, args=(a, b), name="one")
two = context.Process(target=work, args=(b, a), name="two")
one.start()
two.start()
one.join()
two.join()
"""
COUNTER = """\
import multiprocessing, random
from multiprocessing.sharedctypes import RawValue
context = multiprocessing.get_context("fork")
counter = RawValue("q", 0)
own = 0
results = context.Queue()
def count(name):
    global own
    own += 1
    counter.value += 1
    results.put((name, random.random()))
if __name__ == "__main__":
    processes = [context.Process(target=count, args=(name,), name=name) for name in ("one", "two")]
    for process in processes:
        process.start()
    print(sorted(results.get() for _ in processes))
    for process in processes:
        process.join()
    print(counter.value, own)
"""
SPAWNED = """\
import multiprocessing
context = multiprocessing.get_context("spawn")
def work(first, second):
    with first:
        with second:
            pass
if __name__ == "__main__":
    a, b = context.Lock(), context.Lock()
    one = context.Process(target=work, args=(a, b), name="one")
    two = context.Process(target=work, args=(b, a), name="two")
    one.start()
    two.start()
    one.join()
    two.join()
"""
THREADS = """\
import os, threading
seen = 0
def add():
    global seen
    seen = seen + 1
child = os.fork()
if child == 0:
    threads = [threading.Thread(target=add, name=name) for name in ("left", "right")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(seen)
else:
    os.waitpid(child, 0)
    print(seen)
"""
ENDS = """\
import multiprocessing, os, time
context = multiprocessing.get_context("fork")
def ends(how):
    if how == "exception":
        raise ValueError(how)
    if how == "exit":
        os._exit(7)
    print(os.getpid(), flush=True)
    time.sleep(3600)
for how in ("exception", "exit", "killed"):
    process = context.Process(target=ends, args=(how,))
    process.start()
    if how == "killed":
        process.terminate()
    process.join()
    print(how, process.exitcode, flush=True)
"""
SPAWNS = """\
import multiprocessing
def work():
    pass
if __name__ == "__main__":
    for method in ("fork", "spawn", "forkserver"):
        process = multiprocessing.get_context(method).Process(target=work, name=method)
        process.start()
        process.join()
        print(process.exitcode)
"""


def started(path: Path, interpreter: str = "", *, find_variables: bool = False) -> ControlledRun:
    target = of_script(path, interpreter=interpreter)
    return ControlledRun.start(target, patience_s=PATIENCE_S, find_variables=find_variables)


def to_the_end(run: ControlledRun, grain: Grain = Grain.BLOCKED) -> RunState:
    """The thread with the highest number that can goes on."""
    while run.state.ended is None and run.state.enabled:
        run.step(run.state.enabled[-1], grain)
    return run.state


@pytest.mark.parametrize("interpreter", installed(), ids=lambda one: one.label)
def test_a_deadlock_of_two_processes(tmp_path: Path, interpreter: Interpreter) -> None:
    with started(write(tmp_path, LOCKS), str(interpreter.path)) as run:
        state = run.until_blocked(0)
        assert state.processes == ("", "one", "two")
        assert [(one.name, one.process) for one in state.threads] == [("MainThread", n) for n in (0, 1, 2)]
        wait = state.thread(0).wait
        assert wait is not None
        assert (wait.sort, wait.name, wait.owner) == ("join", "one", 1)
        assert state.enabled == (1, 2)
        for number in (1, 2):
            while run.state.thread(number).line != 6:
                run.step(number, Grain.LINE)
        held = run.state
        state = run.until_blocked(1)
        wait = state.thread(1).wait
        assert wait is not None
        assert (state.thread(1).state, wait.sort, wait.name, wait.owner) == ("blocked", "lock", "b", 2)
        state = run.until_blocked(2)
        assert state.deadlock is not None
        assert sorted(state.deadlock.cycle) == [1, 2]
        assert run.undo(2) == held
        run.undo(len(run.choices) - 1)
        state = to_the_end(run)
        assert state.ended is not None
        assert (state.ended.kind, state.output) == ("ok", "both\nboth\n")


@pytest.mark.parametrize("interpreter", installed(), ids=lambda one: one.label)
def test_the_same_schedule_of_processes_gives_the_same_steps(
    tmp_path: Path, interpreter: Interpreter
) -> None:
    with Server(of_script(write(tmp_path, COUNTER), interpreter=str(interpreter.path))) as server:
        first = run_of(result_of(server, server.ask(mode="rule", rule="pos", seed=3), PATIENCE_S))
        assert first.kind == "ok"
        assert first.processes == 3
        assert len({step.actor for step in first.steps}) == 5  # with the threads that feed the queue
        for _ in range(5):
            again = run_of(result_of(server, server.ask(mode="rule", prefix=first.choices), PATIENCE_S))
            assert again == first


def test_an_update_is_lost_in_memory_that_processes_share(tmp_path: Path) -> None:
    """Their own variables are copies, and are not said to be shared."""
    with started(write(tmp_path, COUNTER), find_variables=True) as run:
        assert run.variables is not None
        assert "m:value" in run.variables
        assert "g:own" not in run.variables
        while len(run.state.threads) < 3:
            run.step(0, Grain.LINE)
        for number in (1, 2):
            while run.state.thread(number).access != "write":
                run.step(number)
            assert run.state.thread(number).loaded == {"counter.value": "0"}
        state = to_the_end(run)
        assert state.shared["counter.value"] == "1"
        assert state.output.endswith("\n1 0\n")
        writes = [one for one in state.accesses if one.access == "write"]
        assert len(writes) == 2
        assert {(one.variable, one.value, one.process) for one in writes} == {("counter.value", "1", None)}


def test_threads_of_a_forked_process_share_what_its_parent_has_a_copy_of(tmp_path: Path) -> None:
    with started(write(tmp_path, THREADS), find_variables=True) as run:
        assert run.variables == ("g:seen",)
        state = to_the_end(run, Grain.ACCESS)
        assert [(one.name, one.process) for one in state.threads] == [
            ("MainThread", 0), ("MainThread", 1), ("left", 1), ("right", 1),
        ]  # fmt: skip
        assert state.copies[1]["seen"] == "2"
        assert state.output == "2\n0\n"
        assert state.processes == ("", "fork-1")


def test_ends_of_processes(tmp_path: Path) -> None:
    """By an exception, ``os._exit``, and killed while it is held."""
    with started(write(tmp_path, ENDS)) as run:
        while run.state.ended is None:
            run.step(run.state.enabled[0], Grain.LINE)
        assert run.state.ended.kind == "ok"
        for line in ("ValueError: exception", "exception 1", "exit 7", "killed -15"):
            assert line in run.state.output


def test_a_process_that_somebody_else_kills_while_it_is_held(tmp_path: Path) -> None:
    with started(write(tmp_path, ENDS.replace("process.terminate()", "pass"))) as run:
        to_the_end_of(run, "ends", 3)
        pid = int(run.state.output.split()[-1])
        run.until_blocked(0)
        assert run.state.enabled == (3,)
        os.kill(pid, signal.SIGKILL)
        wait_until_gone(pid)
        assert run.step(3).thread(3).state == "ended"
        state = to_the_end(run)
        assert state.ended is not None
        assert "killed -9" in state.output


def test_no_process_is_left_behind(tmp_path: Path) -> None:
    """Neither by going back nor by Stop."""
    with started(write(tmp_path, ENDS)) as run:
        pids = []
        for _ in range(2):
            to_the_end_of(run, "ends", 3)
            pids.append(int(run.state.output.split()[-1]))
            run.undo(len(run.choices))
        wait_until_gone(*pids)
        to_the_end_of(run, "ends", 3)
        pid = int(run.state.output.split()[-1])
        assert not gone(pid)
    wait_until_gone(pid)


def to_the_end_of(run: ControlledRun, function: str, process: int) -> None:
    """Until a thread of that process sleeps in that function."""
    while not any(one.process == process and one.wait is not None for one in run.state.threads):
        run.step(run.state.enabled[-1], Grain.LINE)
    assert run.state.threads[-1].function == function


def test_a_process_that_cannot_be_held_runs_free_and_is_named(tmp_path: Path) -> None:
    with started(write(tmp_path, SPAWNS)) as run:
        state = to_the_end(run)
        assert state.processes == ("", "fork", "spawn")
        assert state.free == ("forkserver",)
        assert state.output == "0\n0\n0\n"


@pytest.mark.parametrize("interpreter", [installed()[0], installed()[-1]], ids=lambda one: one.label)
def test_processes_that_are_spawned_are_held(tmp_path: Path, interpreter: Interpreter) -> None:
    with started(write(tmp_path, SPAWNED), str(interpreter.path)) as run:
        state = run.until_blocked(0)
        assert state.processes == ("", "one", "two")
        assert not state.free
        assert [one.line for one in state.threads[1:]] == [4, 4]
        for number in (1, 2):
            while run.state.thread(number).line != 5:
                run.step(number, Grain.LINE)
        run.until_blocked(1)
        state = run.until_blocked(2)
        wait = state.thread(1).wait
        assert wait is not None
        assert (wait.sort, wait.owner) == ("lock", 2)
        assert state.deadlock is not None
        assert sorted(state.deadlock.cycle) == [1, 2]


@pytest.mark.parametrize("scenario", ["process_queue", "process_end_kill", "process_pool"])
def test_scenarios_by_hand(tmp_path: Path, scenario: str) -> None:
    """Also where queues and pools have threads of their own; twice the same."""
    target = of_scenario(scenario, {}, tmp_path)
    with ControlledRun.start(target, patience_s=PATIENCE_S, variables=()) as run:
        traces = []
        for _ in range(2):
            trace = []
            while run.state.ended is None and run.state.enabled:
                state = run.until_blocked(run.state.enabled[len(run.choices) % len(run.state.enabled)])
                trace.append((state.threads, state.enabled))
            assert run.state.ended is not None
            assert run.state.ended.kind == "ok"
            traces.append((trace, run.choices))
            run.undo(len(run.choices))
        assert traces[0] == traces[1]


def test_exploring_processes_never_claims_all(tmp_path: Path) -> None:
    source = "import os\nchild = os.fork()\nif child:\n    os.waitpid(child, 0)\n"
    result = Explorer(of_script(write(tmp_path, source)), Options(most_schedules=78)).run()
    assert not result.found
    assert not result.complete
    assert result.why_not == "other processes took part"


def test_exploring_finds_a_deadlock_of_processes(tmp_path: Path) -> None:
    result = Explorer(of_script(write(tmp_path, LOCKS)), Options(time_limit_s=60.0)).run()
    assert result.failure is not None
    assert result.failure.kind == "deadlock"
