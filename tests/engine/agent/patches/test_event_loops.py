"""Loops that are none of asyncio's, with handles of their own, on every interpreter found."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.agent.layout import End, Wait
from tests.engine.agent.patches.test_coroutines import AWAIT, STEP, awaited, story, task, with_eager_tasks
from tests.helpers.agent_run import run_agent
from tests.helpers.interpreters import Interpreter, installed
from tests.helpers.side_by_side import side_by_side

every_interpreter = pytest.mark.parametrize("interpreter", installed(), ids=lambda i: i.label)

#: A loop that has nothing of asyncio's but the abstract class.
OWN_LOOP = '''
import asyncio, collections, contextvars, heapq, time

class Handle:
    def __init__(self, callback, args, context, when=0.0):
        self.callback, self.args, self.moment = callback, args, when
        self.context = context or contextvars.copy_context()
        self.dropped = False
    def __lt__(self, other):
        return self.moment < other.moment
    def __repr__(self):
        return "<Handle %r>" % (self.callback,)
    def cancel(self):
        self.dropped = True
    def cancelled(self):
        return self.dropped
    def when(self):
        return self.moment

class Base:
    """Where uvloop's methods are: on a class that knows nothing of asyncio."""
    def __init__(self):
        self.soon, self.timers, self.factory, self.told = collections.deque(), [], None, []
        self.is_done = False
    def call_soon(self, callback, *args, context=None):
        self.soon.append(Handle(callback, args, context))
        return self.soon[-1]
    def call_later(self, delay, callback, *args, context=None):
        handle = Handle(callback, args, context, self.time() + delay)
        heapq.heappush(self.timers, handle)
        return handle
    def time(self):
        return time.monotonic()
    def get_debug(self):
        return False
    def is_running(self):
        return not self.is_done
    def create_future(self):
        return asyncio.Future(loop=self)
    def get_task_factory(self):
        return self.factory
    def set_task_factory(self, factory):
        self.factory = factory
    def create_task(self, coro, *, name=None, **kwargs):
        if self.factory is not None:
            task = self.factory(self, coro, **kwargs)
        else:
            task = asyncio.Task(coro, loop=self, **kwargs)
        if name is not None:
            task.set_name(name)
        return task
    def call_exception_handler(self, context):
        self.told.append(context["message"])
    def run_until_complete(self, coroutine):
        task = self.create_task(coroutine)
        task.add_done_callback(lambda task: setattr(self, "is_done", True))
        asyncio._set_running_loop(self)
        try:
            while not self.is_done:
                while self.timers and (not self.soon or self.timers[0].moment <= self.time()):
                    handle = heapq.heappop(self.timers)
                    time.sleep(max(0, handle.moment - self.time()))
                    self.soon.append(handle)
                for _ in range(len(self.soon)):
                    handle = self.soon.popleft()
                    if not handle.dropped:
                        handle.context.run(handle.callback, *handle.args)
                    handle = None
        finally:
            asyncio._set_running_loop(None)
        return task.result()

class Loop(Base, asyncio.AbstractEventLoop):
    pass

class Mine(Loop):
    def call_soon(self, callback, *args, context=None):
        return super().call_soon(callback, *args, context=context)
'''


@every_interpreter
def test_steps_of_tasks_on_a_loop_with_handles_of_its_own(interpreter: Interpreter, tmp_path: Path) -> None:
    source = (
        OWN_LOOP
        + """
async def work():
    await asyncio.sleep(0)
    await asyncio.sleep(0.01)
    raise KeyError("job")

async def main():
    job = asyncio.create_task(work(), name="job")
    for _ in range(2):
        await asyncio.sleep(0)
    try:
        await job
    except KeyError as error:
        print(error)

Mine().run_until_complete(main())
"""
    )
    run = run_agent(interpreter, tmp_path, source)
    assert run.stdout == "'job'\n", run.stderr
    assert run.failed_probes() == []
    process = run.main
    job, main = task(process, "job"), task(process, "main")
    assert story(process, job) == ["TASK_CREATED", "TASK_READY", *STEP, *AWAIT, "TASK_READY", *STEP]
    assert [record.flags for record in awaited(process, job)] == [Wait.SLEEP]
    assert process.about(job)[-1].flags & End.FAILED
    (waited,) = awaited(process, main)
    assert (waited.value, waited.flags) == (job, Wait.TASK)
    assert process.about(main)[-1].flags & End.FINISHED


@with_eager_tasks
def test_an_eager_task_on_such_a_loop(interpreter: Interpreter, tmp_path: Path) -> None:
    source = (
        OWN_LOOP
        + """
async def work():
    await asyncio.sleep(0)

async def main():
    loop = asyncio.get_running_loop()
    loop.set_task_factory(asyncio.eager_task_factory)
    await loop.create_task(work(), name="job", **asks)

takes = "eager_start" in asyncio.eager_task_factory.__code__.co_varnames
asks = {"eager_start": True} if takes else {}
Loop().run_until_complete(main())
"""
    )
    run = run_agent(interpreter, tmp_path, source)
    assert (run.status, run.stderr) == (0, "")
    assert run.failed_probes() == []
    kinds = story(run.main, task(run.main, "job"))
    assert [kind for kind in kinds if kind != "TASK_READY"][-2:] == STEP
    assert kinds.count("TASK_STEP_END") == 2


DROP_IN = (
    OWN_LOOP
    + r"""
import inspect, re, traceback
for name in ("call_soon", "create_task", "call_exception_handler"):
    function = getattr(Loop, name)
    print(inspect.signature(function), function.__name__, function.__qualname__, function.__module__)

async def look():
    loop = asyncio.get_running_loop()
    print(re.sub("0x[0-9a-f]+", "", repr(list(loop.soon))), loop.call_soon(print, "soon"))
    task = loop.create_task(asyncio.sleep(0))
    callback = loop.soon[-1].callback
    print(type(task), re.sub("0x[0-9a-f]+", "", repr(callback)), callback.__self__ is task)
    await task
    try:
        loop.create_task(None)
    except TypeError:
        print(traceback.format_exc())
    try:
        loop.call_soon()
    except TypeError:
        print(traceback.format_exc().splitlines()[-1])
    loop.create_task(fails())
    await asyncio.sleep(0)
    import gc
    gc.collect()
    print(loop.told)

async def fails():
    raise ValueError

Loop().run_until_complete(look())

async def left():
    raise SystemExit(3)

try:
    Loop().run_until_complete(left())
except SystemExit:
    print(traceback.format_exc())

class Other:
    def __init_subclass__(cls, wish="", **kwargs):
        super().__init_subclass__(**kwargs)
        print(cls.__name__, wish)

class Both(Other, asyncio.AbstractEventLoop, wish="kept"):
    pass

class Behind(asyncio.AbstractEventLoop, Other, wish="kept"):
    pass

try:
    class Wrong(Loop, wish=""):
        pass
except TypeError:
    print(traceback.format_exc())
"""
)


@every_interpreter
def test_such_a_loop_is_what_it_is_without_us(interpreter: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(DROP_IN, "utf-8")
    side_by_side(interpreter, tmp_path, "program.py").assert_same()
