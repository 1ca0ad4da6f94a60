"""``with lock`` under the agent: nothing gets in between, and nothing is lost, whatever is inside."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.agent_run import run_agent
from tests.helpers.interpreters import Interpreter, installed

every_interpreter = pytest.mark.parametrize("interpreter", installed(), ids=lambda i: i.label)


@every_interpreter
def test_threads_seldom_switch_while_a_lock_is_held(interpreter: Interpreter, tmp_path: Path) -> None:
    if interpreter.version < (3, 12) or interpreter.free_threaded:
        pytest.skip("the collector, or other threads, may run in the middle there")
    source = """
import sys, threading
sys.setswitchinterval(1e-6)  # a switch wherever there can be one
lock = threading.Lock()
balance = 0
def work():
    global balance
    for _ in range(10_000):
        with lock:
            balance += 1
threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(balance)
"""
    run = run_agent(interpreter, tmp_path, source)
    assert run.stdout == "40000\n"
    assert run.failed_probes() == []
    ((serial, _),) = run.main.objects("Lock").items()
    kinds = [r.kind for r in run.main.about(serial)]
    assert kinds.count("ACQUIRED") == kinds.count("RELEASED") == 40_000
    assert kinds.count("WAIT_BEGIN") < 10_000  # beside them it is nearly every one


@every_interpreter
def test_many_locks_are_left_at_once(interpreter: Interpreter, tmp_path: Path) -> None:
    """More than a chunk's records in one go, in code that can only leave."""
    source = """
import sys, threading
sys.setrecursionlimit(20_000)
threading.stack_size(64 << 20)
locks = [threading.Lock() for _ in range(2_000)]
def enter(number):
    if number < len(locks):
        with locks[number]:
            enter(number + 1)
def work():
    for _ in range(5):
        enter(0)
thread = threading.Thread(target=work)
thread.start()
thread.join()
print(any(lock.locked() for lock in locks))
"""
    run = run_agent(interpreter, tmp_path, source)
    assert (run.stderr, run.stdout) == ("", "False\n")
    assert run.main.lost == 0
    locks = run.main.objects("Lock")
    assert len(locks) == 2_000
    seen: dict[int, list[str]] = {serial: [] for serial in locks}
    times = []
    for record in run.main.records:
        if record.object in seen and record.kind in ("ACQUIRED", "RELEASED"):
            seen[record.object].append(record.kind)
            times.append(record.time)
    assert all(kinds == ["ACQUIRED", "RELEASED"] * 5 for kinds in seen.values())
    assert times == sorted(times)


@every_interpreter
def test_leaving_through_exceptions_and_by_hand(interpreter: Interpreter, tmp_path: Path) -> None:
    source = """
import contextlib, threading
lock = threading.Lock()
try:
    with lock as got:
        print(got, lock.locked())
        1 / 0
except ZeroDivisionError as error:
    print(repr(error), lock.locked())
with contextlib.ExitStack() as stack:
    print(stack.enter_context(lock), lock.locked())
kind = type(lock)
print(kind.__enter__(lock), kind.__exit__(lock, None, None, None), lock.locked())
print(lock.__enter__(), bool(lock.__exit__(None, None, None)), lock.locked())
try:
    lock.__exit__(None, None, None)
except RuntimeError as error:
    print(error)
with lock:
    pass
for _ in range(3):
    try:
        with lock:
            with lock if False else contextlib.nullcontext():
                raise KeyError(1)
    except KeyError:
        print(lock.locked())
"""
    run = run_agent(interpreter, tmp_path, source)
    assert run.stderr == ""
    assert run.stdout.splitlines() == [
        "True True",
        "ZeroDivisionError('division by zero') False",
        "True True",
        "True None False",
        "True False False",
        "release unlocked lock",
        *["False"] * 3,
    ]
    assert run.failed_probes() == []
    ((serial, _),) = run.main.objects("Lock").items()
    kinds = [r.kind for r in run.main.about(serial)]
    assert kinds.count("ACQUIRED") == 8
    # where it was not taken, some versions of us have said that it was about to be given back
    assert kinds.count("RELEASED") in (8, 9)


@every_interpreter
def test_a_lock_goes_with_its_last_reference(interpreter: Interpreter, tmp_path: Path) -> None:
    source = """
import gc, threading, weakref
gc.disable()
lock = threading.Lock()
with lock:
    pass
gone = weakref.ref(lock)
del lock
print(gone())
"""
    assert run_agent(interpreter, tmp_path, source).stdout == "None\n"
