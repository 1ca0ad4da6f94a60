"""Tasks of asyncio, in real programs on every interpreter found."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.agent.layout import End, Step, Wait
from tests.helpers.agent_run import Process, Record, run_agent
from tests.helpers.interpreters import Interpreter, installed
from tests.helpers.side_by_side import side_by_side

every_interpreter = pytest.mark.parametrize("interpreter", installed(), ids=lambda i: i.label)
with_eager_tasks = pytest.mark.parametrize(
    "interpreter", [i for i in installed() if i.version >= (3, 12)], ids=lambda i: i.label
)


def task(process: Process, name: str) -> int:
    """The serial of the task with this name or of this coroutine."""
    renamed = dict(process.of("name"))
    (found,) = [
        serial
        for serial, sort, first, _place, extra in process.of("object")
        if sort == "Task" and name in (renamed.get(serial, first), extra["coroutine"])
    ]
    return int(found)


def story(process: Process, serial: int) -> list[str]:
    return [record.kind for record in process.about(serial) if record.kind.startswith(("TASK_", "CANCEL"))]


def awaited(process: Process, serial: int) -> list[Record]:
    return [record for record in process.about(serial) if record.kind == "TASK_AWAITS"]


STEP = ["TASK_STEP_BEGIN", "TASK_STEP_END"]
AWAIT = ["TASK_STEP_BEGIN", "TASK_AWAITS", "TASK_STEP_END"]


@every_interpreter
def test_a_task_from_its_making_to_its_end(interpreter: Interpreter, tmp_path: Path) -> None:
    source = """
import asyncio

async def work():
    await asyncio.sleep(0)
    await asyncio.sleep(0.1)
    return 5

async def main():
    job = asyncio.create_task(work(), name="job")
    print(await job)

asyncio.run(main())
"""
    run = run_agent(interpreter, tmp_path, source)
    assert run.failed_probes() == []
    assert run.stdout == "5\n"
    process = run.main
    main, job = task(process, "main"), task(process, "job")
    assert story(process, job) == ["TASK_CREATED", "TASK_READY", *STEP, *AWAIT, "TASK_READY", *STEP]
    created, _, _, first_end, begun, sleeps, second_end, _, _, last_end = process.about(job)
    assert created.value == main
    assert process.line_of(created.location) == 10
    assert first_end.flags == Step.READY, "a bare yield: on the loop again at once"
    assert second_end.flags == 0
    assert last_end.flags == End.FINISHED
    assert process.line_of(sleeps.location) == 6
    assert sleeps.flags == Wait.SLEEP
    # asked for in between, on the loop's clock, which may be a little coarser than ours
    nap = 100_000_000
    assert begun.time + nap - 1_000_000 < sleeps.value < sleeps.time + nap + 1_000_000, (
        "when the sleep is over"
    )
    (waits_for_job,) = [r for r in awaited(process, main) if r.flags == Wait.TASK]
    assert waits_for_job.value == job
    assert process.line_of(waits_for_job.location) == 11
    # the loop sleeps in its selector while nothing is ready
    (loop,) = process.objects("Loop")
    waits = [r for r in process.about(loop) if r.kind.startswith("LOOP_WAIT")]
    assert [r.kind for r in waits[:2]] == ["LOOP_WAIT_BEGIN", "LOOP_WAIT_END"]
    assert second_end.time < waits[-2].time < waits[-1].time < last_end.time


@every_interpreter
def test_how_tasks_end(interpreter: Interpreter, tmp_path: Path) -> None:
    source = """
import asyncio

async def fails():
    raise ValueError("no")

async def stopped():
    await asyncio.sleep(60)

async def outer():
    await asyncio.create_task(stopped())

async def unstarted():
    pass

async def main():
    tasks = [asyncio.create_task(f()) for f in (fails, outer)]
    await asyncio.sleep(0.01)
    tasks[1].cancel()
    early = asyncio.create_task(unstarted())
    early.cancel()
    for task in (*tasks, early):
        try:
            await task
        except (ValueError, asyncio.CancelledError) as error:
            print(repr(error))

asyncio.run(main())
"""
    run = run_agent(interpreter, tmp_path, source)
    assert run.failed_probes() == []
    process = run.main
    failing = process.about(task(process, "fails"))[-1]
    assert (failing.kind, failing.flags) == ("TASK_STEP_END", End.FAILED)
    assert process.text(failing.value) == "ValueError: no"
    inner, outer = task(process, "stopped"), task(process, "outer")
    for serial in (inner, outer):
        (asked,) = [r for r in process.about(serial) if r.kind == "CANCEL_REQUESTED"]
        last = process.about(serial)[-1]
        assert (last.kind, last.flags) == ("TASK_STEP_END", End.CANCELLED)
        if serial == inner or interpreter.version >= (3, 11):
            assert process.line_of(asked.location) == 19
        assert asked.time < last.time
    early = process.about(task(process, "unstarted"))[-1]
    assert (early.kind, early.flags) == ("TASK_STEP_END", End.CANCELLED)


@every_interpreter
def test_what_is_awaited(interpreter: Interpreter, tmp_path: Path) -> None:
    source = """
import asyncio, time

async def child():
    await asyncio.sleep(0.001)

async def main():
    await asyncio.gather(child(), child())
    await asyncio.wait_for(asyncio.create_task(child(), name="timed"), 5)
    loop = asyncio.get_running_loop()
    await loop.run_in_executor(None, time.sleep, 0.05)
    future = loop.create_future()
    loop.call_later(0.001, future.set_result, None)
    await future
    done, _ = await asyncio.wait([asyncio.create_task(child(), name="only")])
    await asyncio.shield(asyncio.create_task(child(), name="shielded"))
    print(len(done))

asyncio.run(main())
"""
    run = run_agent(interpreter, tmp_path, source)
    assert run.failed_probes() == []
    assert run.stdout == "1\n"
    process = run.main
    waits = {process.line_of(r.location): r for r in awaited(process, task(process, "main"))}
    assert set(waits) == {8, 9, 11, 14, 15, 16}
    futures = process.objects("Future")
    assert futures[waits[8].value] == "gather(2)"
    assert waits[8].flags == Wait.FUTURE
    assert (waits[9].flags, waits[9].value) == (Wait.TASK, task(process, "timed"))
    assert futures[waits[11].value] == "sleep", "the future of the executor's job"
    assert [r.kind for r in process.about(waits[11].value)][:3] == ["SUBMITTED", "JOB_BEGIN", "FUTURE_DONE"]
    assert waits[14].flags == Wait.FUTURE
    assert (waits[15].flags, waits[15].value) == (Wait.TASK, task(process, "only"))
    assert waits[16].flags == Wait.FUTURE


@every_interpreter
def test_others_wait_while_one_does_not_let_go(interpreter: Interpreter, tmp_path: Path) -> None:
    source = """
import asyncio, time

async def short():
    await asyncio.sleep(0.1)

async def greedy():
    time.sleep(0.3)

async def main():
    await asyncio.gather(short(), greedy())

asyncio.run(main())
"""
    run = run_agent(interpreter, tmp_path, source)
    process = run.main
    (sleeps,) = awaited(process, task(process, "short"))
    begun, ended = [r for r in process.about(task(process, "greedy")) if r.kind in STEP]
    assert sleeps.time < begun.time
    assert sleeps.value < ended.time, "it was due before the other let go"
    went_on = [r for r in process.about(task(process, "short")) if r.kind == "TASK_STEP_BEGIN"][-1]
    assert went_on.time > ended.time
    (nap,) = [r for r in process.kinds("WAIT_BEGIN") if r.flags == Wait.SLEEP]
    assert begun.time < nap.time < ended.time


@with_eager_tasks
def test_eager_tasks_run_inside_their_maker(interpreter: Interpreter, tmp_path: Path) -> None:
    source = """
import asyncio

async def at_once():
    pass

async def later():
    await asyncio.sleep(0)
    await asyncio.sleep(0.001)

async def main():
    asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
    first = asyncio.create_task(at_once(), name="first")
    print(first.done())
    await asyncio.create_task(later(), name="second")

asyncio.run(main())
"""
    run = run_agent(interpreter, tmp_path, source)
    assert run.failed_probes() == []
    assert run.stdout == "True\n"
    process = run.main
    main, first, second = (task(process, name) for name in ("main", "first", "second"))
    assert story(process, first) == ["TASK_CREATED", *STEP]
    assert story(process, second) == ["TASK_CREATED", *STEP, *AWAIT, "TASK_READY", *STEP]
    made, begun, ended = process.about(first)
    assert made.value == main
    assert process.line_of(made.location) == 13
    assert ended.flags == End.FINISHED
    outer_begin = next(r for r in process.about(main) if r.kind == "TASK_STEP_BEGIN")
    outer_end = next(r for r in process.about(main) if r.kind == "TASK_STEP_END")
    assert outer_begin.time < begun.time < ended.time < outer_end.time


@every_interpreter
def test_tasks_written_in_python_and_callbacks(interpreter: Interpreter, tmp_path: Path) -> None:
    source = """
import asyncio, asyncio.tasks

def tick(event):
    event.set()

async def work():
    await asyncio.sleep(0)
    event = asyncio.Event()
    asyncio.get_running_loop().call_soon(tick, event)
    await event.wait()
    return 3

async def main():
    loop = asyncio.get_running_loop()
    return await asyncio.tasks._PyTask(work(), loop=loop, name="python")

print(asyncio.run(main()))
"""
    run = run_agent(interpreter, tmp_path, source)
    assert run.failed_probes() == []
    assert run.stdout == "3\n"
    process = run.main
    serial = task(process, "python")
    assert story(process, serial) == ["TASK_CREATED", "TASK_READY", *STEP, *AWAIT, "TASK_READY", *STEP]
    begun = process.kinds("CALLBACK_BEGIN")
    assert [process.text(r.value) for r in begun] == ["tick"]
    assert len(process.kinds("CALLBACK_END")) == 1


@every_interpreter
def test_exceptions_that_nobody_retrieves(interpreter: Interpreter, tmp_path: Path) -> None:
    source = """
import asyncio, gc

async def boom():
    raise KeyError("lost")

async def main():
    asyncio.create_task(boom())
    await asyncio.sleep(0.001)
    gc.collect()

asyncio.run(main())
"""
    run = run_agent(interpreter, tmp_path, source)
    assert run.failed_probes() == []
    process = run.main
    (mark,) = process.kinds("EXCEPTION")
    assert process.text(mark.value) == "KeyError: 'lost': Task exception was never retrieved"
    assert process.line_of(mark.location) == 5


DROP_IN = r"""
import asyncio, asyncio.events, asyncio.tasks, gc, inspect, re, sys, traceback, warnings, weakref

def clean(thing):
    return re.sub("0x[0-9a-f]+", "0x", repr(thing))

for name in ("Handle", "TimerHandle", "AbstractEventLoop"):
    cls = getattr(asyncio, name)
    print(name, inspect.signature(cls), [n for n in dir(cls) if not n.startswith("__")])
for function in (asyncio.Handle.__init__, asyncio.Handle._run, asyncio.BaseEventLoop.create_task,
                 asyncio.BaseEventLoop.call_exception_handler):
    print(inspect.signature(function), function.__name__, function.__qualname__, function.__module__)

class Stop(BaseException):
    pass

async def nested(level):
    if level:
        return await nested(level - 1)
    raise ValueError("deep")

async def look(task):
    frames = task.get_stack()
    return [(frame.f_code.co_name, frame.f_lineno) for frame in frames]

async def waits():
    await asyncio.sleep(60)

async def main():
    task = asyncio.create_task(waits(), name="waiting")
    coroutine = task.get_coro()
    await asyncio.sleep(0)
    print(clean(task), clean(coroutine), type(task), asyncio.current_task().get_name())
    print(coroutine.cr_frame.f_lineno, type(coroutine.cr_await), inspect.getcoroutinestate(coroutine))
    print(await look(task), weakref.ref(task)() is task)
    task.print_stack(file=sys.stdout)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print(traceback.format_exc())
    try:
        await nested(2)
    except ValueError:
        print(traceback.format_exc())
    loop = asyncio.get_running_loop()
    handle = loop.call_soon(print, "soon")
    print(clean(handle), handle.cancelled())
    timer = loop.call_later(60, print, "later")
    print(re.sub("when=[0-9.]+", "when", clean(timer)))
    timer.cancel()
    print(re.sub("when=[0-9.]+", "when", clean(timer)))
    await asyncio.sleep(0)
    def bad():
        1 / 0
    def tell(loop, context):
        error = context["exception"]
        print(sorted(context), context["message"].split(" at ")[0])
        print("".join(traceback.format_exception(type(error), error, error.__traceback__)))
    loop.set_exception_handler(tell)
    loop.call_soon(bad)
    await asyncio.sleep(0)
    asyncio.create_task(nested(0))
    await asyncio.sleep(0.001)
    gc.collect()
    loop.set_exception_handler(None)
    try:
        async with asyncio.timeout(0.001) if hasattr(asyncio, "timeout") else nothing():
            await asyncio.sleep(1)
    except TimeoutError:
        print("timed out")

class nothing:
    async def __aenter__(self):
        raise TimeoutError
    async def __aexit__(self, *error):
        pass

asyncio.run(main())

async def interrupted():
    raise KeyboardInterrupt

async def left():
    raise SystemExit(3)

for function in (interrupted, left):
    try:
        asyncio.run(function())
    except BaseException:
        print(traceback.format_exc())

async def debugged():
    loop = asyncio.get_running_loop()
    handle = loop.call_soon(len, "")
    print([(frame.name, frame.lineno) for frame in handle._source_traceback[-4:]])
    timer = loop.call_later(0, len, "")
    print([(frame.name, frame.lineno) for frame in timer._source_traceback[-4:]])
    task = asyncio.create_task(asyncio.sleep(0))
    print([(frame.name, frame.lineno) for frame in task._source_traceback[-4:]])
    await task

asyncio.run(debugged(), debug=True)

async def never():
    pass

def forgets():
    never()

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    forgets()
    gc.collect()
    print([str(w.message) for w in caught])

# a task that is dropped while it waits
async def dropped():
    loop = asyncio.get_running_loop()
    messages = []
    loop.set_exception_handler(lambda loop, context: messages.append(context["message"]))
    async def forever():
        await loop.create_future()
    task = asyncio.create_task(forever())
    await asyncio.sleep(0)
    alive = weakref.ref(task)
    task = None
    gc.collect()
    print(alive(), messages)
asyncio.run(dropped())
"""


@every_interpreter
def test_asyncio_is_what_it_is_without_us(interpreter: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(DROP_IN, "utf-8")
    side_by_side(interpreter, tmp_path, "program.py").assert_same()


@every_interpreter
def test_loops_in_several_threads(interpreter: Interpreter, tmp_path: Path) -> None:
    source = """
import asyncio, threading

async def work(number):
    for _ in range(5):
        await asyncio.sleep(0.001)
    return number

async def main(number):
    return await asyncio.gather(*(work(n) for n in range(number)))

results = []
threads = [threading.Thread(target=lambda n=n: results.append(asyncio.run(main(n)))) for n in (3, 3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(results)
"""
    run = run_agent(interpreter, tmp_path, source)
    assert run.failed_probes() == []
    assert run.stdout == "[[0, 1, 2], [0, 1, 2]]\n"
    process = run.main
    by_thread: dict[int, int] = {}
    for record in process.kinds("TASK_STEP_BEGIN", "TASK_STEP_END"):
        # on one thread, one step at a time
        by_thread[record.thread] = by_thread.get(record.thread, 0) + (
            1 if record.kind == "TASK_STEP_BEGIN" else -1
        )
        assert by_thread[record.thread] in (0, 1)
    assert len(by_thread) == 2
    ends = [r for r in process.kinds("TASK_STEP_END") if r.flags == End.FINISHED]
    assert len([r for r in ends if r.object in process.objects("Task")]) == len(process.objects("Task"))
