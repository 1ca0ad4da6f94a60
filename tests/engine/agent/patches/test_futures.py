"""Executors and futures, in real programs on every interpreter found."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.agent.layout import End, Result, Wait
from tests.helpers.agent_run import Process, run_agent
from tests.helpers.interpreters import Interpreter, installed
from tests.helpers.side_by_side import side_by_side

every_interpreter = pytest.mark.parametrize("interpreter", installed(), ids=lambda i: i.label)


def keys(process: Process, sort: str) -> dict[int, int]:
    """key → serial of the objects of a sort that cross a border between processes."""
    return {line[4]["key"]: line[0] for line in process.of("object") if line[1] == sort and "key" in line[4]}


@every_interpreter
def test_jobs_of_a_thread_pool(interpreter: Interpreter, tmp_path: Path) -> None:
    source = """
import threading
from concurrent.futures import ThreadPoolExecutor

def double(number):
    return 2 * number

def fail(number):
    raise ValueError("no")

pool = ThreadPoolExecutor(1, thread_name_prefix="worker")
gate = threading.Event()
busy = pool.submit(gate.wait)
good = pool.submit(double, 3)
bad = pool.submit(fail, 3)
dropped = pool.submit(double, 4)
print(dropped.cancel())
gate.set()
print(good.result(), bad.exception())
pool.shutdown()
"""
    run = run_agent(interpreter, tmp_path, source)
    assert run.failed_probes() == []
    assert run.stdout == "True\n6 no\n"
    process = run.main
    ((pool, pool_name),) = process.objects("ThreadPoolExecutor").items()
    assert pool_name in ("pool", "worker")
    futures = process.objects("Future")
    assert list(futures.values()) == ["Event.wait", "double", "fail", "double"]
    _, good, bad, dropped = futures
    submitted = process.kinds("SUBMITTED")
    assert [r.object for r in submitted] == list(futures)
    assert {r.value for r in submitted} == {pool}
    assert [process.line_of(r.location) for r in submitted] == [13, 14, 15, 16]
    for serial, how in ((good, End.FINISHED), (bad, End.FAILED)):
        kinds = [
            r.kind
            for r in process.about(serial)
            if r.kind in ("SUBMITTED", "JOB_BEGIN", "FUTURE_DONE", "JOB_END")
        ]
        assert kinds == ["SUBMITTED", "JOB_BEGIN", "FUTURE_DONE", "JOB_END"]
        ends = [r.flags for r in process.about(serial) if r.kind in ("FUTURE_DONE", "JOB_END")]
        assert ends == [how, how]
    assert [r.kind for r in process.about(dropped)] == ["SUBMITTED", "FUTURE_DONE"]
    assert process.about(dropped)[1].flags == End.CANCELLED
    jobs = process.kinds("JOB_BEGIN")
    (worker,) = {r.thread for r in jobs}
    assert process.thread_names()[worker] == "worker_0"
    # between two jobs the worker waits for the pool
    idle = [r for r in process.about(pool) if r.kind == "WAIT_BEGIN"]
    assert all(r.thread == worker and r.flags == Wait.QUEUE_GET for r in idle)


@every_interpreter
def test_waits_for_results(interpreter: Interpreter, tmp_path: Path) -> None:
    source = """
import threading
from concurrent.futures import ThreadPoolExecutor, TimeoutError, as_completed, wait
from recorded import until
gate = threading.Event()
def open_when_waited_for(count):
    until("WAIT_BEGIN", "FUTURE", count)
    gate.set()
with ThreadPoolExecutor(2) as pool:
    slow = pool.submit(gate.wait)
    try:
        slow.result(timeout=0.01)
    except TimeoutError:
        print("late")
    threading.Thread(target=open_when_waited_for, args=(2,)).start()
    wait([slow])
    gate.clear()
    slow = pool.submit(gate.wait)
    threading.Thread(target=open_when_waited_for, args=(3,)).start()
    for done in as_completed([slow]):
        print(done.result())
    gate.clear()
    slow = pool.submit(gate.wait)
    threading.Thread(target=open_when_waited_for, args=(4,)).start()
    print(slow.exception())
"""
    run = run_agent(interpreter, tmp_path, source)
    assert run.failed_probes() == []
    assert run.stdout == "late\nTrue\nNone\n"
    process = run.main
    first, second, third = process.objects("Future")
    main = 1
    waits = [r for r in process.kinds("WAIT_BEGIN", "WAIT_END", thread=main) if r.flags & 0xFF == Wait.FUTURE]
    pairs = list(zip(waits[::2], waits[1::2], strict=True))
    assert all(b.kind == "WAIT_BEGIN" and e.kind == "WAIT_END" and b.object == e.object for b, e in pairs)
    assert [b.object for b, _ in pairs] == [first, first, second, third]
    assert [e.flags & 0xFF00 for _, e in pairs] == [Result.TIMEOUT, Result.GOT, Result.GOT, Result.GOT]
    assert pairs[0][0].value == 10_000_000
    for serial, (_, end) in zip((first, second, third), pairs[1:], strict=True):
        (done,) = [r for r in process.about(serial) if r.kind == "FUTURE_DONE"]
        assert done.time < end.time


@every_interpreter
def test_a_result_that_is_there_is_not_waited_for(interpreter: Interpreter, tmp_path: Path) -> None:
    source = """
from concurrent.futures import Future
future = Future()
future.set_result(1)
print(future.result(), future.exception(), future.result(timeout=5))
"""
    run = run_agent(interpreter, tmp_path, source)
    assert run.stdout == "1 None 1\n"
    assert run.main.kinds("WAIT_BEGIN") == []


@every_interpreter
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_jobs_of_a_process_pool(interpreter: Interpreter, method: str, tmp_path: Path) -> None:
    source = """
import multiprocessing, sys
from concurrent.futures import ProcessPoolExecutor

def double(number):
    return 2 * number

def fail(number):
    raise ValueError("no")

if __name__ == "__main__":
    context = multiprocessing.get_context(sys.argv[1])
    crowd = ProcessPoolExecutor(2, mp_context=context)
    good = crowd.submit(double, 3)
    bad = crowd.submit(fail, 3)
    print(good.result(), bad.exception())
    print(list(crowd.map(double, [1, 2])))
    crowd.shutdown()
"""
    run = run_agent(interpreter, tmp_path, source, method)
    assert run.failed_probes() == []
    assert run.stdout == "6 no\n[2, 4]\n"
    process = run.main
    ((pool, name),) = process.objects("ProcessPoolExecutor").items()
    assert name == "crowd"
    assert list(process.objects("Future").values()) == ["double", "fail", "double", "double"]
    by_key = keys(process, "Future")
    assert len(by_key) == 4
    begun = {r.value: r for child in run.processes[1:] for r in child.kinds("JOB_BEGIN")}
    ended = {r.value: r for child in run.processes[1:] for r in child.kinds("JOB_END")}
    assert begun.keys() == ended.keys() == by_key.keys()
    assert process.kinds("JOB_BEGIN") == []
    for key, serial in by_key.items():
        (submitted,) = [r for r in process.about(serial) if r.kind == "SUBMITTED"]
        (done,) = [r for r in process.about(serial) if r.kind == "FUTURE_DONE"]
        assert submitted.value == pool
        assert submitted.time < begun[key].time < ended[key].time < done.time
        failed = process.objects("Future")[serial] == "fail"
        assert ended[key].flags == done.flags == (End.FAILED if failed else End.FINISHED)


DROP_IN = r"""
import concurrent.futures as cf, copy, gc, inspect, pickle, re, threading, time, traceback, weakref

def boom(word):
    raise KeyError(word)

def show(call):
    try:
        result = call()
    except BaseException:
        print(traceback.format_exc())
    else:
        print(re.sub("0x[0-9a-f]+", "0x", repr(result)))

for function in (cf.ThreadPoolExecutor, cf.ThreadPoolExecutor.submit, cf.ProcessPoolExecutor, cf.Future,
                 cf.Future.result, cf.Future.set_result, cf.Future.cancel, cf.wait, cf.as_completed):
    print(inspect.signature(function), function.__name__, function.__qualname__, function.__module__)

with cf.ThreadPoolExecutor(2, "named") as pool:
    print(type(pool), sorted(vars(pool)))
    future = pool.submit(time.sleep, 0)
    future.result()
    print(type(future), sorted(vars(future)))
    show(lambda: future)
    show(lambda: pool.submit(boom, "a").result())
    show(lambda: pool.submit(boom, word="a").exception())
    show(lambda: pool.submit())
    show(lambda: pool.submit(len, 1, 2).result())
    show(lambda: future.set_result(1))
    show(lambda: future.cancel())
    show(lambda: cf.Future().result(0.001))
    show(lambda: cf.Future().result("soon"))
    show(lambda: list(pool.map(lambda x: x * x, range(5))))
    show(lambda: weakref.ref(future)() is future)
    print(pool.submit(lambda: threading.current_thread().name).result()[:5])
    calls = []
    done = pool.submit(len, "ab")
    done.result()
    done.add_done_callback(lambda f: calls.append(f is done))
    print(calls)
show(lambda: pool.submit(len, ""))
show(lambda: cf.ThreadPoolExecutor(0))
show(lambda: cf.ProcessPoolExecutor(0))

class Mine(cf.ThreadPoolExecutor):
    def submit(self, function, *args):
        print("mine")
        return super().submit(function, *args)
with Mine(1) as pool:
    print(pool.submit(len, "abc").result(), list(pool.map(len, ["a", "bc"])))

class Result:
    pass
with cf.ThreadPoolExecutor(1) as pool:
    result = Result()
    alive = weakref.ref(result)
    future = pool.submit(lambda x: None, result)
    future.result()
    pool.submit(len, "").result()
    del result, future
    gc.collect()
    print(alive())

# an executor nobody shut down, and one that is dropped
left = cf.ThreadPoolExecutor(1)
left.submit(len, "")
cf.ThreadPoolExecutor(1).submit(print, "dropped").result()
"""


@every_interpreter
def test_futures_are_what_they_are_without_us(interpreter: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(DROP_IN, "utf-8")
    side_by_side(interpreter, tmp_path, "program.py").assert_same()


BROKEN = """
import multiprocessing, os
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
if __name__ == "__main__":
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("fork")) as pool:
        future = pool.submit(os._exit, 3)
        try:
            future.result()
        except BrokenProcessPool as error:
            print(error)
"""


@every_interpreter
def test_a_worker_that_dies_loses_its_job(interpreter: Interpreter, tmp_path: Path) -> None:
    run = run_agent(interpreter, tmp_path, BROKEN)
    assert run.failed_probes() == []
    assert "terminated abruptly" in run.stdout
    process, worker = run.processes
    ((key, serial),) = keys(process, "Future").items()
    assert [r.value for r in worker.kinds("JOB_BEGIN")] == [key]
    assert worker.kinds("JOB_END") == []
    (done,) = [r for r in process.about(serial) if r.kind == "FUTURE_DONE"]
    assert done.flags == End.FAILED
