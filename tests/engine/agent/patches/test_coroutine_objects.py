"""Locks, semaphores, events, conditions and queues of asyncio, on every interpreter found."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.agent.layout import Acquired, Wait
from tests.helpers.agent_run import Process, run_agent
from tests.helpers.interpreters import Interpreter, installed
from tests.helpers.side_by_side import side_by_side

every_interpreter = pytest.mark.parametrize("interpreter", installed(), ids=lambda i: i.label)
since_3_11 = pytest.mark.parametrize(
    "interpreter", [i for i in installed() if i.version >= (3, 11)], ids=lambda i: i.label
)


def the(process: Process, sort: str) -> tuple[int, str]:
    ((serial, name),) = process.objects(sort).items()
    return serial, name


def whose(process: Process, serial: int) -> list[tuple[str, str, int]]:
    """(kind, name of the task whose step it is, flags) of the records about an object, in order."""
    names = process.objects("Task")
    running = 0
    found = []
    for record in process.records:
        if record.kind == "TASK_STEP_BEGIN":
            running = record.object
        elif record.kind == "TASK_STEP_END":
            running = 0
        elif record.object == serial and record.kind not in ("IMPORT", "CALLED"):
            found.append((record.kind, names.get(running, ""), record.flags))
    return found


def waiting_for(process: Process, serial: int) -> list[tuple[str, int]]:
    """(name of the task, reason) for each time that somebody awaits an object."""
    names = process.objects("Task")
    return [
        (names[r.object], r.flags)
        for r in process.kinds("TASK_AWAITS")
        if r.value == serial and r.flags != Wait.SLEEP
    ]


PROLOGUE = """
import asyncio

def named(coroutine, name):
    return asyncio.get_running_loop().create_task(coroutine, name=name)
"""


@every_interpreter
def test_a_lock_belongs_to_a_task(interpreter: Interpreter, tmp_path: Path) -> None:
    source = (
        PROLOGUE
        + """
async def use(lock):
    async with lock:
        await asyncio.sleep(0.001)

async def main():
    shared = asyncio.Lock()
    await asyncio.gather(named(use(shared), "a"), named(use(shared), "b"))

asyncio.run(main())
"""
    )
    run = run_agent(interpreter, tmp_path, source)
    assert run.failed_probes() == []
    process = run.main
    serial, name = the(process, "Lock")
    assert name == "shared"
    assert whose(process, serial) == [
        ("ACQUIRED", "a", 0),
        ("RELEASED", "a", 0),
        ("ACQUIRED", "b", Acquired.AFTER_WAIT),
        ("RELEASED", "b", 0),
    ]
    assert waiting_for(process, serial) == [("b", Wait.LOCK)]
    assert {process.line_of(r.location) for r in process.about(serial) if r.kind == "ACQUIRED"} == {8}


@every_interpreter
def test_a_semaphore_is_handed_over(interpreter: Interpreter, tmp_path: Path) -> None:
    source = (
        PROLOGUE
        + """
async def use(permits):
    async with permits:
        await asyncio.sleep(0.001)

async def main():
    permits = asyncio.Semaphore(1)
    bounded = asyncio.BoundedSemaphore(2)
    await asyncio.gather(named(use(permits), "a"), named(use(permits), "b"))
    async with bounded:
        pass

asyncio.run(main())
"""
    )
    run = run_agent(interpreter, tmp_path, source)
    assert run.failed_probes() == []
    process = run.main
    serial, name = the(process, "Semaphore")
    assert name == "permits"
    story = whose(process, serial)
    assert [(kind, who) for kind, who, _ in story] == [
        ("ACQUIRED", "a"),
        ("RELEASED", "a"),
        ("ACQUIRED", "b"),
        ("RELEASED", "b"),
    ]
    assert story[2][2] == Acquired.AFTER_WAIT
    assert waiting_for(process, serial) == [("b", Wait.SEMAPHORE)]
    bounded, name = the(process, "BoundedSemaphore")
    assert name == "bounded"
    assert [(r.kind, r.value) for r in process.about(bounded)] == [("ACQUIRED", 1), ("RELEASED", 2)]


@every_interpreter
def test_a_permit_handed_to_a_task_that_is_cancelled(interpreter: Interpreter, tmp_path: Path) -> None:
    source = (
        PROLOGUE
        + """
async def use(permits):
    async with permits:
        await asyncio.sleep(60)

async def main():
    permits = asyncio.Semaphore(1)
    await permits.acquire()
    waiting = named(use(permits), "waiting")
    await asyncio.sleep(0)
    permits.release()
    waiting.cancel()
    try:
        await waiting
    except asyncio.CancelledError:
        pass
    print(permits.locked())

asyncio.run(main())
"""
    )
    run = run_agent(interpreter, tmp_path, source)
    assert run.failed_probes() == []
    assert run.stdout == "False\n"
    serial, _ = the(run.main, "Semaphore")
    held = 0
    for record in run.main.about(serial):
        held += {"ACQUIRED": 1, "RELEASED": -1}[record.kind]
        assert held in (0, 1)
    assert held == 0


@every_interpreter
def test_events_and_conditions(interpreter: Interpreter, tmp_path: Path) -> None:
    source = (
        PROLOGUE
        + """
async def wait_event(event):
    await event.wait()

async def wait_condition(condition):
    async with condition:
        await condition.wait()

async def main():
    event, condition = asyncio.Event(), asyncio.Condition()
    ready = asyncio.Event()
    full = asyncio.Condition()
    tasks = [named(wait_event(ready), "e"), named(wait_condition(full), "c")]
    await asyncio.sleep(0.001)
    ready.set()
    ready.clear()
    async with full:
        full.notify(5)
    await asyncio.gather(*tasks)
    try:
        full.notify()
    except RuntimeError as error:
        print(error)

asyncio.run(main())
"""
    )
    run = run_agent(interpreter, tmp_path, source)
    assert run.failed_probes() == []
    assert run.stdout == "cannot notify on un-acquired lock\n"
    process = run.main
    events = {name: serial for serial, name in process.objects("Event").items()}
    conditions = {name: serial for serial, name in process.objects("Condition").items()}
    ready, full = events["ready"], conditions["full"]
    assert [kind for kind, _, _ in whose(process, ready)] == ["EVENT_SET", "EVENT_CLEARED"]
    assert waiting_for(process, ready) == [("e", Wait.EVENT)]
    assert ("c", Wait.CONDITION) in waiting_for(process, full)
    story = [(kind, who) for kind, who, _ in whose(process, full)]
    main = "Task-1"
    assert story == [
        ("ACQUIRED", "c"),
        ("RELEASED", "c"),
        ("ACQUIRED", main),
        ("NOTIFY", main),
        ("RELEASED", main),
        ("ACQUIRED", "c"),
        ("RELEASED", "c"),
    ], "the lock of a condition goes by its name"
    (notify,) = [r for r in process.about(full) if r.kind == "NOTIFY"]
    assert notify.value == 1, "one was waiting"
    assert process.objects("Lock") == {}


@every_interpreter
def test_queues(interpreter: Interpreter, tmp_path: Path) -> None:
    source = (
        PROLOGUE
        + """
async def produce(mail):
    for item in (3, 1, 2):
        await mail.put(item)

async def consume(mail):
    for _ in range(3):
        await mail.get()
        mail.task_done()

async def main():
    mail = asyncio.Queue(1)
    await asyncio.gather(named(produce(mail), "p"), named(consume(mail), "c"))
    await mail.join()
    ranked = asyncio.PriorityQueue()
    last = asyncio.LifoQueue()
    for queue in (ranked, last):
        for item in (3, 1, 2):
            queue.put_nowait(item)
        print([queue.get_nowait() for _ in range(3)])

asyncio.run(main())
"""
    )
    run = run_agent(interpreter, tmp_path, source)
    assert run.failed_probes() == []
    assert run.stdout == "[1, 2, 3]\n[2, 1, 3]\n"
    process = run.main
    mail, name = the(process, "Queue")
    assert name == "mail"
    kinds = [(r.kind, r.value) for r in process.about(mail)]
    assert [pair for pair in kinds if pair[0] == "PUT"] == [("PUT", 1), ("PUT", 2), ("PUT", 3)]
    assert [pair for pair in kinds if pair[0] == "GET"] == [("GET", 1), ("GET", 2), ("GET", 3)]
    assert ("p", Wait.QUEUE_PUT) in waiting_for(process, mail)
    assert set(waiting_for(process, mail)) <= {("p", Wait.QUEUE_PUT), ("c", Wait.QUEUE_GET)}
    assert {who for kind, who, _ in whose(process, mail) if kind == "PUT"} == {"p"}
    assert {who for kind, who, _ in whose(process, mail) if kind == "GET"} == {"c"}
    ranked, _ = the(process, "PriorityQueue")
    assert [r.value for r in process.about(ranked) if r.kind == "GET"] == [2, 3, 1]
    last, _ = the(process, "LifoQueue")
    assert [r.value for r in process.about(last) if r.kind == "GET"] == [3, 2, 1]


@since_3_11
def test_task_groups_and_barriers(interpreter: Interpreter, tmp_path: Path) -> None:
    source = (
        PROLOGUE
        + """
async def meet(gate):
    await gate.wait()

async def main():
    gate = asyncio.Barrier(2)
    async with asyncio.TaskGroup() as group:
        group.create_task(meet(gate), name="a")
        group.create_task(meet(gate), name="b")

asyncio.run(main())
"""
    )
    run = run_agent(interpreter, tmp_path, source)
    assert run.failed_probes() == []
    process = run.main
    group, _ = the(process, "TaskGroup")
    gate, name = the(process, "Barrier")
    assert name == "gate"
    assert waiting_for(process, group) == [("Task-1", Wait.TASK)]
    assert ("a", Wait.BARRIER) in waiting_for(process, gate)
    assert process.objects("Condition") == {}, "that of the barrier belongs to it"


@every_interpreter
def test_streams_say_what_they_wait_for(interpreter: Interpreter, tmp_path: Path) -> None:
    source = """
import asyncio

async def echo(reader, writer):
    writer.write(await reader.readline())
    await writer.drain()
    writer.close()

async def main():
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
    writer.write(b"hello\\n")
    print(await reader.readline())
    writer.close()
    server.close()

asyncio.run(main())
"""
    run = run_agent(interpreter, tmp_path, source)
    assert run.failed_probes() == []
    assert run.stdout == "b'hello\\n'\n"
    reads = [r for r in run.main.kinds("TASK_AWAITS") if r.flags == Wait.READ]
    assert run.main.line_of(reads[-1].location) == 13 or run.main.line_of(reads[0].location) == 13


DROP_IN = r"""
import asyncio, copy, inspect, pickle, re, traceback, weakref

def clean(thing):
    return re.sub("0x[0-9a-f]+", "0x", repr(thing))

def show(call):
    try:
        print(clean(call()))
    except BaseException:
        print(traceback.format_exc())

async def main():
    for make in (asyncio.Lock, asyncio.Event, asyncio.Condition, asyncio.Semaphore, asyncio.BoundedSemaphore,
                 asyncio.Queue, asyncio.PriorityQueue, asyncio.LifoQueue):
        thing = make()
        print(make.__name__, inspect.signature(make), clean(thing), sorted(vars(thing)), type(thing) is make)
        print(weakref.ref(thing)() is thing, hash(thing) == hash(thing))
        other = copy.copy(thing)
        print(type(other) is make, sorted(vars(other)))
        for name in sorted(n for n in dir(make) if not n.startswith("_")):
            member = getattr(make, name)
            if callable(member):
                print(name, inspect.signature(member), inspect.iscoroutinefunction(member))
                print(member.__qualname__, member.__module__)
        class Sub(make):
            pass
        show(lambda: Sub())
    lock = asyncio.Lock()
    print(vars(lock), lock.locked())
    async with lock:
        print(vars(lock)["_locked"], lock.locked(), clean(lock))
    show(lock.release)
    show(asyncio.Condition().notify)
    show(asyncio.Condition().notify_all)
    show(asyncio.BoundedSemaphore(1).release)
    show(lambda: asyncio.Semaphore(-1))
    show(asyncio.Queue().get_nowait)
    full = asyncio.Queue(1)
    full.put_nowait(1)
    show(lambda: full.put_nowait(2))
    show(asyncio.Queue().task_done)
    plain = asyncio.Lock()
    plain._locked = False
    show(lambda: pickle.loads(pickle.dumps(plain)).locked())
    show(lambda: copy.deepcopy(plain).locked())
    print(clean(lock.acquire).split(" of ")[0], inspect.getsource(asyncio.Lock.acquire)[:40])
    waiting = lock.acquire()
    print(inspect.iscoroutine(waiting), waiting.cr_code.co_name, waiting.__qualname__)
    waiting.close()
    try:
        async with lock:
            await asyncio.wait_for(lock.acquire(), 0.001)
    except asyncio.TimeoutError:
        print("timed out", lock.locked())

asyncio.run(main())
"""


@every_interpreter
def test_objects_are_what_they_are_without_us(interpreter: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(DROP_IN, "utf-8")
    side_by_side(interpreter, tmp_path, "program.py").assert_same()
