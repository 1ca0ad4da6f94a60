"""Locks and their kin under the agent, in real programs on every interpreter found."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.agent.layout import Acquired, Result, Wait
from tests.helpers.agent_run import run_agent, run_plain
from tests.helpers.interpreters import Interpreter, installed

every_interpreter = pytest.mark.parametrize("interpreter", installed(), ids=lambda i: i.label)


@every_interpreter
def test_a_contended_lock(interpreter: Interpreter, tmp_path: Path) -> None:
    source = """
import threading
from recorded import until
balance_lock = threading.Lock()
inside = threading.Event()
def second():
    inside.wait()
    with balance_lock:
        pass
thread = threading.Thread(target=second)
thread.start()
with balance_lock:
    inside.set()
    until("WAIT_BEGIN", "LOCK")
thread.join()
"""
    run = run_agent(interpreter, tmp_path, source)
    assert run.failed_probes() == []
    process = run.main
    ((serial, name),) = process.objects("Lock").items()
    assert name == "balance_lock"
    records = process.about(serial)
    assert [r.kind for r in records] == ["ACQUIRED", "WAIT_BEGIN", "RELEASED", "ACQUIRED", "RELEASED"]
    first, wait, freed, got, _ = records
    assert first.thread != wait.thread == got.thread
    assert first.thread == freed.thread
    assert wait.flags == Wait.LOCK
    assert got.flags == Acquired.AFTER_WAIT
    assert first.flags == 0
    assert [process.line_of(r.location) for r in (first, wait, got)] == [12, 8, 8]


@every_interpreter
def test_time_outs_and_what_a_lock_answers(interpreter: Interpreter, tmp_path: Path) -> None:
    source = """
import threading
class Account:
    def __init__(self):
        self.guard = threading.Lock()
account = Account()
account.guard.acquire()
print(account.guard.acquire(False), account.guard.acquire(blocking=False))
print(account.guard.acquire(timeout=0.01))
print(account.guard.acquire(True, 0.01), account.guard.locked())
account.guard.release()
print(account.guard.locked(), account.guard.acquire(True, -1), bool(account.guard))
"""
    run = run_agent(interpreter, tmp_path, source)
    assert run.stdout == "False False\nFalse\nFalse True\nFalse True True\n"
    process = run.main
    ((serial, name),) = process.objects("Lock").items()
    assert name == "guard"
    ends = [r for r in process.about(serial) if r.kind == "WAIT_END"]
    assert [r.flags for r in ends] == [Wait.LOCK | Result.TIMEOUT] * 2
    begins = [r for r in process.about(serial) if r.kind == "WAIT_BEGIN"]
    assert [r.value for r in begins] == [10_000_000] * 2


DROP_IN = r"""
import copy, pickle, re, sys, threading, weakref

def attempt(name, function, *args, **kwargs):
    try:
        result = function(*args, **kwargs)
    except BaseException as error:
        result = type(error).__name__ + ": " + str(error)
    print(name, re.sub("0x[0-9a-f]+", "0x", repr(result) if not isinstance(result, str) else result))

for make in (threading.Lock, threading.RLock):
    lock = make()
    attempt("repr", repr, lock)
    attempt("copy", copy.copy, lock)
    attempt("deepcopy", copy.deepcopy, lock)
    attempt("pickle", pickle.dumps, lock)
    attempt("release", lock.release)
    attempt("negative", lock.acquire, True, -5)
    attempt("both", lock.acquire, False, 1)
    attempt("long", lock.acquire, True, 1e40)
    attempt("word", lock.acquire, "yes", 0.001)
    attempt("number", lock.acquire, 1, 0.5)
    attempt("attribute", getattr, lock, "nothing")
    attempt("repr held", lambda: repr(lock).split("owner")[0])
    attempt("weakref", lambda: weakref.ref(lock)() is lock)
    attempt("hash", lambda: hash(lock) == hash(lock) and lock == lock and lock != make())
    attempt("instance", lambda: isinstance(lock, type(make())))
    attempt("kind", lambda: type(make()) is type(lock))
    attempt("enter", lambda: lock.__enter__() if make is threading.RLock else True)
    attempt("exit", lambda: lock.__exit__(None, None, None))
    if make is threading.Lock:
        attempt("arguments", make, 1)

lock = threading.Lock()
if isinstance(threading.Lock, type):
    attempt("isinstance", isinstance, lock, threading.Lock)
    attempt("subclass", type, "Mine", (threading.Lock,), {})
    attempt("name", lambda: (threading.Lock.__name__, threading.Lock.__module__))
import _thread
attempt("LockType", isinstance, lock, _thread.LockType)

class Holder:
    factory = threading.Lock
    other = threading.RLock
attempt("factory in a class", lambda: bool(Holder.factory()))

condition = threading.Condition()
attempt("wait without", condition.wait)
attempt("notify without", condition.notify)
attempt("notify_all without", condition.notify_all)
with condition:
    attempt("wait", condition.wait, 0.001)
    attempt("wait_for", condition.wait_for, lambda: True)
attempt("repr condition", repr, condition)
bounded = threading.BoundedSemaphore(1)
attempt("too many", bounded.release)
attempt("negative", threading.Semaphore, -1)
semaphore = threading.Semaphore(1)
attempt("take", semaphore.acquire)
attempt("none left", semaphore.acquire, False)
attempt("time-out", semaphore.acquire, True, 0.001)
attempt("blocking", semaphore.acquire, False, 1)
attempt("give", semaphore.release)
attempt("zero", semaphore.release, 0)
event = threading.Event()
attempt("event", event.wait, 0.001)
attempt("repr event", repr, event)
event.set()
attempt("event", event.wait)
barrier = threading.Barrier(1, action=lambda: print("all here"))
attempt("barrier", barrier.wait)
attempt("repr barrier", repr, barrier)
barrier.abort()
attempt("broken", barrier.wait)
import inspect
functions = [threading.Condition.wait, threading.Semaphore.acquire, threading.Event.wait,
             threading.Thread.start, threading.Barrier.wait, threading.Thread.join]
for function in functions:
    attempt("signature", lambda: (function.__qualname__, str(inspect.signature(function))))
    attempt("documentation", lambda: bool(function.__doc__))
class Mine(threading.Semaphore):
    def acquire(self, *args, **kwargs):
        return super().acquire(*args, **kwargs)
with Mine(2) as got:
    attempt("subclass", lambda: got)
"""


@every_interpreter
def test_locks_answer_as_without_us(interpreter: Interpreter, tmp_path: Path) -> None:
    plain = run_plain(interpreter, tmp_path, DROP_IN)
    run = run_agent(interpreter, tmp_path, DROP_IN)
    assert run.stdout.splitlines() == plain.stdout.splitlines()
    assert run.stderr == plain.stderr
    assert run.failed_probes() == []


@every_interpreter
def test_a_reentered_lock_and_a_condition_on_it(interpreter: Interpreter, tmp_path: Path) -> None:
    source = """
import threading
lock = threading.RLock()
with lock:
    with lock:
        pass
condition = threading.Condition(lock)
ready = []
def consumer():
    with lock:
        with condition:
            condition.wait_for(lambda: ready)
thread = threading.Thread(target=consumer)
thread.start()
while True:
    with condition:
        if condition._waiters:
            ready.append(1)
            condition.notify()
            break
thread.join()
"""
    process = run_agent(interpreter, tmp_path, source).main
    ((lock, name),) = process.objects("RLock").items()
    assert name == "lock"
    first = process.about(lock)[:4]
    assert [(r.kind, r.value) for r in first] == [
        ("ACQUIRED", 1),
        ("ACQUIRED", 2),
        ("RELEASED", 1),
        ("RELEASED", 0),
    ]
    assert first[1].flags == Acquired.REENTERED
    ((condition, name),) = process.objects("Condition").items()
    assert name == "condition"
    waits = [r for r in process.about(condition) if r.kind in ("WAIT_BEGIN", "WAIT_END")]
    assert waits[0].flags == Wait.CONDITION
    assert waits[-1].flags == Wait.CONDITION | Result.GOT
    assert process.line_of(waits[0].location) == 12
    consumer = waits[0].thread
    # while it waits the consumer has let go of both levels, and has both again afterwards
    during = [r for r in process.kinds("ACQUIRED", "RELEASED", thread=consumer) if r.object == lock]
    assert [(r.kind, r.value) for r in during] == [
        ("ACQUIRED", 1),
        ("ACQUIRED", 2),
        ("RELEASED", 0),
        ("ACQUIRED", 2),
        ("RELEASED", 1),
        ("RELEASED", 0),
    ]
    notified, *_ = process.kinds("NOTIFY")
    assert notified.value == 1


@every_interpreter
def test_semaphores_events_and_barriers(interpreter: Interpreter, tmp_path: Path) -> None:
    source = """
import threading
from recorded import until
gate = threading.BoundedSemaphore(1)
opened = threading.Event()
meeting = threading.Barrier(2)
def work():
    with gate:
        meeting.wait()
gate.acquire()
thread = threading.Thread(target=work)
thread.start()
until("WAIT_BEGIN", "SEMAPHORE")
opened.set()
opened.wait()
opened.clear()
opened.wait(0.001)
gate.release()
meeting.wait()
thread.join()
"""
    process = run_agent(interpreter, tmp_path, source).main
    ((gate, _),) = process.objects("BoundedSemaphore").items()
    story = [(r.kind, r.value if r.kind != "WAIT_BEGIN" else 0) for r in process.about(gate)]
    assert story == [
        ("ACQUIRED", 0),
        ("WAIT_BEGIN", 0),
        ("RELEASED", 1),
        ("WAIT_END", 0),
        ("ACQUIRED", 0),
        ("RELEASED", 1),
    ]
    ((event, _),) = process.objects("Event").items()
    assert [r.kind for r in process.about(event)] == ["EVENT_SET", "EVENT_CLEARED", "WAIT_BEGIN", "WAIT_END"]
    ((barrier, _),) = process.objects("Barrier").items()
    kinds = [r.kind for r in process.about(barrier)]
    assert kinds.count("WAIT_BEGIN") == kinds.count("WAIT_END") == 2
    arrived = [r for r in process.about(barrier) if r.kind == "BARRIER_ARRIVED"]
    assert sorted(r.flags for r in arrived) == [0, 0, 1]
    # the last to arrive lets all go
    releasing = next(r for r in arrived if r.flags == 1)
    assert releasing.thread == [r for r in process.about(barrier) if r.kind == "WAIT_BEGIN"][-1].thread


@every_interpreter
def test_what_the_standard_library_makes_for_itself_stays_raw(
    interpreter: Interpreter, tmp_path: Path
) -> None:
    source = """
import logging, queue, threading
logging.getLogger("x").addHandler(logging.StreamHandler())
queue.Queue()
threading.Event()
print(type(threading.Event()._cond._lock).__module__)
print(type(logging.Handler().lock).__module__)
"""
    run = run_agent(interpreter, tmp_path, source)
    assert run.stdout == "_thread\n_thread\n"
    assert run.main.objects("Lock") == {}
    assert run.main.objects("RLock") == {}
    assert run.main.objects("Condition") == {}


@every_interpreter
def test_signal_handlers_finalisers_and_forks(interpreter: Interpreter, tmp_path: Path) -> None:
    source = """
import os, signal, threading
lock = threading.RLock()
class Noisy:
    def __del__(self):
        with lock:
            pass
def handler(number, frame):
    with lock:
        Noisy()
signal.signal(signal.SIGALRM, handler)
signal.setitimer(signal.ITIMER_REAL, 0.0003, 0.0003)
for _ in range(30000):
    with lock:
        pass
signal.setitimer(signal.ITIMER_REAL, 0)
other = threading.Lock()
child = os.fork()
if child == 0:
    with other:
        pass
    os._exit(7)
_, status = os.waitpid(child, 0)
print(os.WEXITSTATUS(status))
"""
    run = run_agent(interpreter, tmp_path, source)
    assert run.stdout == "7\n"
    assert run.failed_probes() == []
    lock = next(iter(run.main.objects("RLock")))
    depth = 0
    for record in run.main.about(lock):
        # whoever interrupts puts its records between those of the interrupted, none is lost
        depth += 1 if record.kind == "ACQUIRED" else -1
    assert depth == 0
    assert len(run.processes) == 2
    child = run.processes[1]
    other = next(iter(run.main.objects("Lock")))
    assert [r.kind for r in child.about(other)] == ["ACQUIRED", "RELEASED"]


@every_interpreter
def test_a_probe_that_raises_goes_off_and_the_program_goes_on(
    interpreter: Interpreter, tmp_path: Path
) -> None:
    source = """
import sys, threading
lock = threading.Lock()
with lock:
    pass
agent = sys.modules["_lockstep.recorder"]
agent.emit = agent.nearest = None  # break our own part
agent.local.write = None
for _ in range(3):
    with lock:
        pass
    lock.acquire()
    lock.release()
gate = threading.Semaphore(2)
with gate:
    pass
threading.Event().set()
print("went on", lock.locked())
"""
    run = run_agent(interpreter, tmp_path, source)
    assert run.stdout == "went on False\n"
    assert run.stderr == ""
    assert any(line.startswith("locks ") for line in run.failed_probes())
