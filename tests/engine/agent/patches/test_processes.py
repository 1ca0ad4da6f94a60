"""multiprocessing: processes, what they share, queues, pipes, pools, managers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.agent.layout import Acquired, End, Result, Wait
from tests.helpers.agent_run import AgentRun, Process, run_agent
from tests.helpers.interpreters import Interpreter, installed
from tests.helpers.side_by_side import side_by_side

every_interpreter = pytest.mark.parametrize("interpreter", installed(), ids=lambda i: i.label)
every_method = pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])


def extra(process: Process, serial: int) -> dict[str, Any]:
    """What the last OBJECT line says of an object."""
    found: dict[str, Any] = [line[4] for line in process.of("object") if line[0] == serial][-1]
    return found


def pid_of(process: Process) -> int:
    told = process.of("process")  # nothing of a process that was killed as it began to record
    return int(told[0][0]) if told else 0


def child_of(run: AgentRun, pid: int) -> Process:
    (found,) = [process for process in run.processes if pid_of(process) == pid]
    return found


def in_child(run: AgentRun, child: Process, sort: str, name: str) -> int:
    """The serial, in a child, of what the program's first process calls ``name``.

    A forked child goes on with its parent's serials; else both say the same key.
    """
    (serial,) = [serial for serial, found in run.main.objects(sort).items() if found == name]
    flags = child.of("process")[0][8]
    if flags.get("forked_from") == run.main.folder.name:
        assert serial < flags["next_serial"]
        return serial
    key = extra(run.main, serial)["key"]
    (same,) = [line[0] for line in child.of("object") if line[1] == sort and line[4].get("key") == key]
    return int(same)


@every_interpreter
@every_method
def test_a_process_from_start_to_end(interpreter: Interpreter, method: str, tmp_path: Path) -> None:
    source = """
import multiprocessing, sys, time

def work(code):
    sys.exit(code)

if __name__ == "__main__":
    context = multiprocessing.get_context(sys.argv[1])
    worker = context.Process(target=work, args=(3,), name="worker")
    worker.start()
    worker.join()
    print(worker.exitcode, worker.pid > 0)
    sleeper = context.Process(target=time.sleep, args=(60,))
    sleeper.start()
    sleeper.join(0.01)
    print(sleeper.exitcode)
    sleeper.terminate()
    sleeper.join()
    print(sleeper.exitcode)
"""
    run = run_agent(interpreter, tmp_path, source, method)
    assert run.failed_probes() == []
    assert run.stdout == "3 True\nNone\n-15\n"
    process = run.main
    worker, sleeper = process.objects("Process")
    assert process.objects("Process")[worker] == "worker"
    told = extra(process, worker)
    assert told["method"] == method
    assert child_of(run, told["pid"]).kinds("PROCESS_BEGIN")
    begun = [r.kind for r in process.kinds("FORKED", "SPAWNED") if r.value == told["pid"]]
    assert begun == ["FORKED" if method == "fork" else "SPAWNED"]
    joins = [r for r in process.records if r.flags & 0xFF == Wait.PROCESS_JOIN and r.kind.startswith("WAIT")]
    assert [(r.kind, r.object) for r in joins] == [
        ("WAIT_BEGIN", worker),
        ("WAIT_END", worker),
        ("WAIT_BEGIN", sleeper),
        ("WAIT_END", sleeper),
        ("WAIT_BEGIN", sleeper),
        ("WAIT_END", sleeper),
    ]
    assert [r.value for r in joins if r.kind == "WAIT_END"] == [3, 0, -15]
    assert joins[3].flags & 0xFF00 == Result.TIMEOUT
    (called,) = [r for r in process.kinds("CALLED") if process.text(r.object).startswith("Process.")]
    assert (process.text(called.object), called.value) == (
        "Process.terminate",
        extra(process, sleeper)["pid"],
    )


@every_interpreter
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_an_exception_in_a_child(interpreter: Interpreter, method: str, tmp_path: Path) -> None:
    source = """
import multiprocessing, sys

def fail():
    raise LookupError("lost")

if __name__ == "__main__":
    worker = multiprocessing.get_context(sys.argv[1]).Process(target=fail)
    worker.start()
    worker.join()
    print(worker.exitcode)
"""
    run = run_agent(interpreter, tmp_path, source, method)
    assert run.failed_probes() == []
    assert run.stdout == "1\n"
    assert "LookupError: lost" in run.stderr
    assert "_lockstep" not in run.stderr
    assert "patches" not in run.stderr
    (worker,) = run.main.objects("Process")
    child = child_of(run, extra(run.main, worker)["pid"])
    (mark,) = child.kinds("EXCEPTION")
    assert child.text(mark.value) == "LookupError: lost"
    assert child.line_of(mark.location) == 5
    assert child.kinds("PROCESS_END")


SHARED = """
import multiprocessing, sys
from recorded import until

def use(lock, permits, ready, gate, door):
    with lock:
        ready.set()
        until("WAIT_BEGIN", "LOCK")
    with permits:
        pass
    with gate:
        gate.notify()
    door.wait()

if __name__ == "__main__":
    context = multiprocessing.get_context(sys.argv[1])
    lock, permits, ready, gate, door = (None,) * 5
    lock = context.Lock()
    permits = context.Semaphore(2)
    ready = context.Event()
    gate = context.Condition()
    door = context.Barrier(2)
    worker = context.Process(target=use, args=(lock, permits, ready, gate, door))
    with gate:
        worker.start()
        ready.wait()
        with lock:
            pass
        gate.wait()
    door.wait()
    worker.join()
    nested = context.RLock()
    with nested:
        with nested:
            print(nested)
    print(lock, permits)
    print(lock.acquire(), lock.acquire(False), lock.acquire(timeout=0.01))
    try:
        nested.release()
    except AssertionError as error:
        print(error)
"""


@every_interpreter
@every_method
def test_what_processes_share(interpreter: Interpreter, method: str, tmp_path: Path) -> None:
    run = run_agent(interpreter, tmp_path, SHARED, method)
    assert run.failed_probes() == []
    process = run.main
    (worker,) = process.objects("Process")
    child = child_of(run, extra(process, worker)["pid"])

    (lock,) = process.objects("Lock")
    assert process.objects("Lock")[lock] == "lock"
    theirs = child.about(in_child(run, child, "Lock", "lock"))
    assert [r.kind for r in theirs] == ["ACQUIRED", "RELEASED"]
    ours = process.about(lock)
    assert [r.kind for r in ours[:3]] == ["WAIT_BEGIN", "ACQUIRED", "RELEASED"]
    assert ours[1].flags == Acquired.AFTER_WAIT
    assert theirs[0].time < ours[0].time < theirs[1].time <= ours[1].time
    later = [(r.kind, r.flags) for r in ours[3:]]
    assert later == [
        ("ACQUIRED", 0),
        ("WAIT_BEGIN", Wait.LOCK),
        ("WAIT_END", Wait.LOCK | Result.TIMEOUT),
    ]

    permits = child.about(in_child(run, child, "Semaphore", "permits"))
    assert [(r.kind, r.value) for r in permits] == [("ACQUIRED", 1), ("RELEASED", 2)]

    (ready,) = process.objects("Event")
    waits = [(r.kind, r.flags) for r in process.about(ready)]
    assert waits in ([], [("WAIT_BEGIN", Wait.EVENT), ("WAIT_END", Wait.EVENT | Result.GOT)])
    (was_set,) = child.about(in_child(run, child, "Event", "ready"))
    assert was_set.kind == "EVENT_SET"

    (gate,) = process.objects("Condition")
    story = [(r.kind, r.flags & 0xFF) for r in process.about(gate) if r.kind.startswith("WAIT")]
    condition = [("WAIT_BEGIN", Wait.CONDITION), ("WAIT_END", Wait.CONDITION)]
    assert [step for step in story if step[1] == Wait.CONDITION] in ([], condition), (
        "or it was notified at once"
    )
    assert {step[1] for step in story} <= {Wait.CONDITION, Wait.LOCK}
    (notify,) = [r for r in child.about(in_child(run, child, "Condition", "gate")) if r.kind == "NOTIFY"]
    assert notify.value == 1

    (door,) = process.objects("Barrier")
    arrived = process.about(door) + child.about(in_child(run, child, "Barrier", "door"))
    assert sorted(r.flags for r in arrived if r.kind == "BARRIER_ARRIVED") == [0, 0, 1]
    assert len([r for r in arrived if r.kind == "WAIT_END"]) == 2

    (nested,) = process.objects("RLock")
    assert [(r.kind, r.value, r.flags) for r in process.about(nested)] == [
        ("ACQUIRED", 1, 0),
        ("ACQUIRED", 2, Acquired.REENTERED),
        ("RELEASED", 1, 0),
        ("RELEASED", 0, 0),
    ]


CHANNELS = """
import multiprocessing, sys

def work(orders, results, simple, end):
    while True:
        order = orders.get()
        orders.task_done()
        if order is None:
            break
        results.put(order * 2)
    simple.put("done")
    end.send(end.recv() + 1)

if __name__ == "__main__":
    context = multiprocessing.get_context(sys.argv[1])
    orders = context.JoinableQueue()
    results = context.Queue()
    simple = context.SimpleQueue()
    near, far = context.Pipe()
    workers = [context.Process(target=work, args=(orders, results, simple, far))]
    for worker in workers:
        worker.start()
    for order in (1, 2, 3):
        orders.put(order)
    print([results.get() for _ in range(3)])
    orders.put(None)
    orders.join()
    print(simple.get())
    near.send(5)
    print(near.poll(5), near.recv())
    for worker in workers:
        worker.join()
    try:
        results.get(timeout=0.01)
    except Exception as error:
        print(type(error).__name__)
    big = context.Queue()
    big.put(b"x" * 3_000_000)
    print(len(big.get()))
"""


@every_interpreter
@every_method
def test_items_and_messages_match_across_processes(
    interpreter: Interpreter, method: str, tmp_path: Path
) -> None:
    run = run_agent(interpreter, tmp_path, CHANNELS, method)
    assert run.failed_probes() == []
    assert run.stdout == "[2, 4, 6]\ndone\nTrue 6\nEmpty\n3000000\n"
    process = run.main
    (worker,) = process.objects("Process")
    child = child_of(run, extra(process, worker)["pid"])

    def numbers(where: Process, serial: int, kind: str) -> dict[int, int]:
        return {r.value: r.time for r in where.about(serial) if r.kind == kind}

    def match(sort: str, name: str, to_child: int, from_child: int) -> None:
        (ours,) = [serial for serial, found in process.objects(sort).items() if found == name]
        theirs = in_child(run, child, sort, name)
        for putter, getter, count in (
            ((process, ours), (child, theirs), to_child),
            ((child, theirs), (process, ours), from_child),
        ):
            put, got = numbers(*putter, "PUT"), numbers(*getter, "GET")
            assert len(put) == count
            assert put.keys() == got.keys()
            assert all(put[number] < got[number] for number in put)

    match("JoinableQueue", "orders", 4, 0)
    match("Queue", "results", 0, 3)
    match("SimpleQueue", "simple", 0, 1)
    assert len(child.kinds("TASK_DONE")) == 4
    (orders,) = process.objects("JoinableQueue")
    assert {r.flags & 0xFF for r in process.about(orders) if r.kind == "WAIT_END"} <= {
        Wait.QUEUE_JOIN,
        Wait.QUEUE_GET,  # the thread that feeds the pipe has nothing to do
        Wait.WRITE,
    }
    results = next(serial for serial, name in process.objects("Queue").items() if name == "results")
    last = [r for r in process.about(results) if r.kind == "WAIT_END"][-1]
    assert last.flags == Wait.QUEUE_GET | Result.TIMEOUT
    big = next(serial for serial, name in process.objects("Queue").items() if name == "big")
    assert [r.value for r in process.about(big) if r.kind == "GET"] == [0], "too big to carry a number"

    near, far = process.objects("Connection")
    assert extra(process, near)["peer"] == far
    assert [(r.kind, r.value) for r in process.about(near) if r.kind in ("SEND", "RECEIVE")] == [
        ("SEND", 1),
        ("RECEIVE", 1),
    ]
    if method == "fork":
        end = far
    else:
        key = extra(process, far)["key"]
        (end,) = [line[0] for line in child.of("object") if line[1] == "Connection" and line[4]["key"] == key]
    assert [(r.kind, r.value) for r in child.about(end) if r.kind in ("SEND", "RECEIVE")] == [
        ("RECEIVE", 1),
        ("SEND", 1),
    ]


@every_interpreter
def test_a_child_without_us_understands_every_item(interpreter: Interpreter, tmp_path: Path) -> None:
    """The number behind an item is nothing to who does not look for it."""
    source = """
import multiprocessing, multiprocessing.connection, pickle
queue = multiprocessing.get_context("fork").SimpleQueue()
queue.put({"a": 1})
raw = queue._reader.recv_bytes()
print(pickle.loads(raw))
near, far = multiprocessing.Pipe()
near.send([1, 2])
print(far.recv_bytes() == pickle.dumps([1, 2], pickle.DEFAULT_PROTOCOL) or "other pickle")
near.send_bytes(b"just these")
print(far.recv_bytes())
"""
    run = run_agent(interpreter, tmp_path, source)
    assert run.failed_probes() == []
    assert run.stdout.splitlines()[0] == "{'a': 1}"
    assert run.stdout.splitlines()[2] == "b'just these'"


@every_interpreter
@every_method
def test_a_pool(interpreter: Interpreter, method: str, tmp_path: Path) -> None:
    source = """
import multiprocessing, sys

def double(number):
    if number == 13:
        raise ValueError("unlucky")
    return 2 * number

if __name__ == "__main__":
    context = multiprocessing.get_context(sys.argv[1])
    pool = context.Pool(2)
    print(pool.apply(double, (4,)))
    print(pool.map(double, range(4), chunksize=2))
    print(list(pool.imap(double, [1, 2])), sorted(pool.imap_unordered(double, [3])))
    later = pool.apply_async(double, (13,))
    try:
        later.get()
    except ValueError as error:
        print(error)
    pool.close()
    pool.join()
"""
    run = run_agent(interpreter, tmp_path, source, method)
    assert run.failed_probes() == []
    assert run.stdout == "8\n[0, 2, 4, 6]\n[2, 4] [6]\nunlucky\n"
    process = run.main
    ((pool, name),) = process.objects("Pool").items()
    assert name == "pool"
    jobs = process.objects("Job")
    assert list(jobs.values()) == ["double"] * 5
    by_key = {extra(process, serial)["key"]: serial for serial in jobs}
    submitted = process.kinds("SUBMITTED")
    assert [r.object for r in submitted] == list(jobs)
    assert {r.value for r in submitted} == {pool}
    begun = [r for child in run.processes[1:] for r in child.kinds("JOB_BEGIN")]
    ended = [r for child in run.processes[1:] for r in child.kinds("JOB_END")]
    counts = [len([r for r in begun if by_key[r.value] == serial]) for serial in jobs]
    assert counts == [1, 2, 2, 1, 1], "a map begins once for each chunk"
    failed = [r for r in ended if r.flags == End.FAILED]
    assert [by_key[r.value] for r in failed] == [list(jobs)[-1]]
    assert len(ended) == len(begun)
    for serial in jobs:
        done = [r for r in process.about(serial) if r.kind == "FUTURE_DONE"]
        last = max(r.time for r in ended if by_key[r.value] == serial)
        assert done[-1].time > last
    waited = {r.object for r in process.kinds("WAIT_BEGIN") if r.flags == Wait.RESULT}
    assert waited <= set(jobs)
    key = extra(process, pool)["key"]
    for child in run.processes[1:]:
        for serial in child.objects("Pool"):
            if not child.of("process")[0][8].get("forked_from"):
                assert extra(child, serial)["key"] == key


@every_interpreter
def test_a_pool_of_threads(interpreter: Interpreter, tmp_path: Path) -> None:
    source = """
from multiprocessing.pool import ThreadPool
crew = ThreadPool(2)
print(crew.map(abs, [-1, -2]), crew.apply(len, ("abc",)))
crew.terminate()
crew.join()
"""
    run = run_agent(interpreter, tmp_path, source)
    assert run.failed_probes() == []
    assert run.stdout == "[1, 2] 3\n"
    process = run.main
    jobs = process.objects("Job")
    assert list(jobs.values()) == ["abs", "len"]
    for serial in jobs:
        kinds = [r.kind for r in process.about(serial) if not r.kind.startswith("WAIT")]
        assert kinds[0] == "SUBMITTED"
        assert kinds.count("JOB_BEGIN") == kinds.count("JOB_END") > 0


@every_interpreter
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_managers_and_shared_memory(interpreter: Interpreter, method: str, tmp_path: Path) -> None:
    source = """
import multiprocessing, sys
from multiprocessing import shared_memory

def work(lock, mail, event, table):
    with lock:
        table["seen"] = True
    mail.put("letter")
    event.wait()

if __name__ == "__main__":
    context = multiprocessing.get_context(sys.argv[1])
    with context.Manager() as manager:
        lock = manager.Lock()
        mail = manager.Queue()
        event = manager.Event()
        table = manager.dict()
        worker = context.Process(target=work, args=(lock, mail, event, table))
        worker.start()
        print(mail.get())
        event.set()
        worker.join()
        print(dict(table), worker.exitcode)
    memory = shared_memory.SharedMemory(create=True, size=10)
    memory.buf[0] = 7
    memory.close()
    memory.unlink()
"""
    run = run_agent(interpreter, tmp_path, source, method)
    assert run.failed_probes() == []
    assert run.stdout == "letter\n{'seen': True} 0\n"
    process = run.main
    worker = next(serial for serial, name in process.objects("Process").items() if "Manager" not in name)
    child = child_of(run, extra(process, worker)["pid"])
    theirs = child.about(in_child(run, child, "Lock", "lock")) if method == "spawn" else None
    if theirs is not None:
        assert [r.kind for r in theirs if not r.kind.startswith("WAIT")] == ["ACQUIRED", "RELEASED"]
        assert (theirs[0].kind, theirs[0].flags) == ("WAIT_BEGIN", Wait.LOCK)
    (mail,) = process.objects("Queue")
    kinds = [(r.kind, r.flags) for r in process.about(mail)]
    assert ("WAIT_BEGIN", Wait.QUEUE_GET) in kinds
    assert [kind for kind, _ in kinds][-1] == "GET"
    (event,) = process.objects("Event")
    assert "EVENT_SET" in [r.kind for r in process.about(event)]
    assert process.objects("Manager")
    ((_, name),) = process.objects("SharedMemory").items()
    assert name == "memory"
    assert "SharedMemory.unlink" in [process.text(r.object) for r in process.kinds("CALLED")]


@every_interpreter
def test_values_have_a_lock_of_their_name(interpreter: Interpreter, tmp_path: Path) -> None:
    source = """
import multiprocessing
counter = multiprocessing.get_context("fork").Value("i", 0)
with counter.get_lock():
    counter.value += 1
print(counter.value)
"""
    run = run_agent(interpreter, tmp_path, source)
    assert run.failed_probes() == []
    ((serial, name),) = run.main.objects("RLock").items()
    assert name == "counter"
    first = run.main.about(serial)[0]
    assert (first.kind, run.main.line_of(first.location)) == ("ACQUIRED", 4)


DROP_IN = r"""
import copy, inspect, multiprocessing, pickle, re, sys, time, traceback, weakref
from multiprocessing import connection, pool, process, queues, synchronize

def clean(thing):
    text = thing if isinstance(thing, str) else repr(thing)
    text = re.sub("(pid|parent)=[0-9]+", "N", text)  # few digits where few processes were started yet
    return re.sub("[0-9]{4,}", "N", re.sub("0x[0-9a-f]+", "0x", text))

def show(call):
    try:
        print(clean(call()))
    except BaseException:
        print(clean(traceback.format_exc()))

def fail():
    raise KeyError("child")

def look(conn):
    conn.send([frame.name for frame in traceback.extract_stack()][-3:])

def echo(value):
    return value

if __name__ == "__main__":
    context = multiprocessing.get_context(sys.argv[1])
    for make in (context.Lock, context.RLock, context.Semaphore, context.BoundedSemaphore, context.Condition,
                 context.Event, context.Queue, context.JoinableQueue, context.SimpleQueue):
        thing = make()
        print(make.__name__, clean(thing).replace("/mp-[a-z0-9_]+", ""), sorted(vars(thing)))
        print(weakref.ref(thing)() is thing)
        show(lambda: pickle.dumps(thing))
        show(lambda: copy.copy(thing))
    lock = context.Lock()
    print(inspect.isbuiltin(lock.acquire), lock.acquire.__name__)
    show(lock.release)
    show(lambda: lock.acquire(1, 2, 3))
    show(lambda: lock.acquire(timeout="soon"))
    show(lambda: lock.acquire(blocking=True))
    show(lambda: (lock.acquire(), lock.acquire(False), lock.acquire(True, -1), lock, lock.release()))
    show(context.BoundedSemaphore(1).release)
    show(context.RLock().release)
    show(context.Condition().notify)
    show(context.Condition().wait)
    show(lambda: context.Event().wait(0.001))
    show(lambda: context.Barrier(2).wait(0.001))
    show(lambda: context.Barrier(1).wait())
    for queue in (context.Queue(1), context.JoinableQueue(1)):
        queue.put(1)
        show(lambda: queue.put(2, False))
        show(lambda: queue.put(2, True, 0.001))
        show(lambda: (queue.get(), queue.qsize(), queue.empty(), queue.full()))
        show(lambda: queue.get(False))
        show(lambda: queue.get(True, 0.001))
        queue.close()
        show(lambda: queue.put(1))
        queue.join_thread()
    show(context.JoinableQueue().task_done)
    unpicklable = context.Queue()
    unpicklable.put(lambda: None)
    unpicklable.put("after")
    print(unpicklable.get())
    near, far = context.Pipe()
    print(type(near), clean(near), near.readable, near.closed, near.poll(), sorted(vars(near)))
    near.send_bytes(b"abcdef", 1, 3)
    near.send({"a": 1})
    print(far.recv_bytes(), far.recv())
    show(lambda: near.send(lambda: 1))
    show(lambda: near.send_bytes("text"))
    buffer = bytearray(10)
    near.send_bytes(b"xyz")
    print(far.recv_bytes_into(buffer), buffer)
    far.close()
    show(near.recv)
    show(lambda: near.send(1))
    near.close()
    show(near.recv)
    near, far = context.Pipe(duplex=False)
    show(lambda: near.send(1))
    show(lambda: far.recv())
    near, far = context.Pipe()
    child = context.Process(target=look, args=(far,), name="looker")
    print(clean(child), child.is_alive(), child.exitcode, inspect.signature(context.Process))
    child.start()
    print(near.recv())
    child.join()
    print(clean(child), child.exitcode)
    show(child.start)
    child.close()
    show(child.join)
    show(lambda: context.Process(target=fail).join())
    failing = context.Process(target=fail)
    failing.start()
    failing.join()
    print(failing.exitcode)
    with context.Pool(1) as workers:
        print(workers.map(echo, [1, 2]), workers.apply_async(echo, (3,)).get(), type(workers).__name__)
        show(lambda: workers.apply(fail))
        show(lambda: workers.apply_async(time.sleep, (60,)).get(0.001))
        show(lambda: workers.map(echo, 5))
        show(lambda: next(workers.imap(echo, [])))
        show(lambda: pickle.dumps(workers))
    show(lambda: workers.apply(echo, (1,)))
    show(lambda: context.Pool(0))
    for function in (process.BaseProcess.start, process.BaseProcess.join, queues.Queue.put, queues.Queue.get,
                     connection.Connection.send, connection.Pipe, pool.Pool.map, pool.worker,
                     synchronize.Condition.wait, synchronize.SemLock.__enter__):
        print(function.__name__, function.__qualname__, function.__module__, inspect.signature(function))
"""


@every_interpreter
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_multiprocessing_is_what_it_is_without_us(
    interpreter: Interpreter, method: str, tmp_path: Path
) -> None:
    (tmp_path / "program.py").write_text(DROP_IN, "utf-8")
    side_by_side(interpreter, tmp_path, "program.py", method).assert_same()


@every_interpreter
def test_killed_in_the_middle(interpreter: Interpreter, tmp_path: Path) -> None:
    source = """
import multiprocessing, os, signal
def work(lock, ready):
    with lock:
        ready.send(1)
        os.kill(os.getpid(), signal.SIGKILL)
context = multiprocessing.get_context("fork")
lock = context.Lock()
ready, far = context.Pipe()
worker = context.Process(target=work, args=(lock, far))
worker.start()
ready.recv()
worker.join()
print(worker.exitcode, lock.acquire(timeout=0.01))
"""
    run = run_agent(interpreter, tmp_path, source)
    assert run.failed_probes() == []
    assert run.stdout == "-9 False\n"
    process = run.main
    (worker,) = process.objects("Process")
    child = child_of(run, extra(process, worker)["pid"])
    (lock,) = process.objects("Lock")
    assert [r.kind for r in child.about(lock)] == ["ACQUIRED"]
    assert child.records[-1].kind == "CALLED", "all records up to the end are there"
