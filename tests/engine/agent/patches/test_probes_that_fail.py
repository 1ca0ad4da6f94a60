"""A probe that raises goes off, says so, and the program never notices."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.agent_run import run_agent, run_plain
from tests.helpers.interpreters import Interpreter, installed

every_interpreter = pytest.mark.parametrize("interpreter", installed(), ids=lambda i: i.label)

#: Breaks what every probe uses, after the program has used everything once.
BREAK = """
import sys
def break_ours():
    recorder = sys.modules.get("_lockstep.recorder")
    if recorder is None:
        return
    def breaking(original):
        def broken(*args, **kwargs):
            if sys._getframe(1).f_globals is vars(recorder):  # what it does for itself
                return original(*args, **kwargs)
            raise ZeroDivisionError("ours")
        return broken
    for name in ("emit", "emit_at", "nearest", "here", "location", "describe", "string", "new_serial"):
        setattr(recorder, name, breaking(getattr(recorder, name)))
    recorder.local.write = breaking(recorder.local.write)
"""

USES: dict[str, str] = {
    "queues": """
import queue
def use():
    for make in (queue.Queue, queue.LifoQueue, queue.PriorityQueue, queue.SimpleQueue):
        q = make()
        q.put(1)
        print(q.get())
        try:
            q.get(timeout=0.001)
        except queue.Empty:
            print("empty")
""",
    "futures": """
from concurrent.futures import ThreadPoolExecutor
def use():
    with ThreadPoolExecutor(1) as pool:
        print(pool.submit(len, "ab").result(), pool.submit(int, "x").exception())
        print(list(pool.map(abs, [-1, -2])))
""",
    "coroutines": """
import asyncio
async def work(lock, mail):
    async with lock:
        await asyncio.sleep(0)
        await asyncio.sleep(0.001)
    await mail.put(1)
    raise ValueError("end")
async def main():
    lock, mail = asyncio.Lock(), asyncio.Queue()
    tasks = [asyncio.create_task(work(lock, mail)) for _ in range(2)]
    print(await mail.get(), await asyncio.gather(*tasks, return_exceptions=True))
    task = asyncio.create_task(asyncio.sleep(9))
    await asyncio.sleep(0)
    task.cancel()
    event, condition, permits = asyncio.Event(), asyncio.Condition(), asyncio.Semaphore(1)
    asyncio.get_running_loop().call_soon(event.set)
    await event.wait()
    async with condition, permits:
        condition.notify()
def use():
    asyncio.run(main())
""",
    "blocking": """
import os, select, selectors, socket, subprocess, sys, time
def use():
    time.sleep(0.001)
    near, far = os.pipe()
    os.write(far, b"x")
    print(os.read(near, 1), select.select([near], [], [], 0.001))
    one, two = socket.socketpair()
    one.sendall(b"y")
    print(two.recv(1))
    with selectors.DefaultSelector() as selector:
        selector.register(near, selectors.EVENT_READ)
        print(selector.select(0.001))
    poll = select.poll()
    poll.register(near)
    print(poll.poll(1))
    print(subprocess.run([sys.executable, "-c", ""]).returncode)
    for each in (one, two):
        each.close()
    os.close(near)
    os.close(far)
""",
    "processes": """
import multiprocessing
def double(number):
    return 2 * number
def work(lock, queue, simple, end):
    with lock:
        queue.put(1)
    simple.put(2)
    end.send(3)
def use():
    context = multiprocessing.get_context("fork")
    lock, queue, simple = context.Lock(), context.JoinableQueue(), context.SimpleQueue()
    near, far = context.Pipe()
    worker = context.Process(target=work, args=(lock, queue, simple, far))
    worker.start()
    print(queue.get(), simple.get(), near.recv(), queue.task_done())
    worker.join()
    condition, event, permits = context.Condition(), context.Event(), context.Semaphore(1)
    event.set()
    print(worker.exitcode, event.wait(1))
    with condition, permits:
        condition.notify()
    with context.Pool(1) as pool:
        print(pool.map(double, [1, 2]), pool.apply(double, (3,)))
""",
    "marks": """
import gc, os, signal, sys, warnings
def use():
    signal.signal(signal.SIGUSR1, lambda number, frame: print("signal"))
    os.kill(os.getpid(), signal.SIGUSR1)
    sys.setswitchinterval(0.005)
    warnings.warn("careful")
    keep = [[] for _ in range(100_000)]
    gc.collect()
    import colorsys
""",
}


@every_interpreter
@pytest.mark.parametrize("family", USES)
@pytest.mark.parametrize("before", [True, False], ids=["used_before", "broken_at_once"])
def test_the_program_goes_on(interpreter: Interpreter, family: str, before: bool, tmp_path: Path) -> None:
    source = BREAK + USES[family] + "\nif __name__ == '__main__':\n"
    source += ("    use()\n" if before else "") + "    break_ours()\n    use()\n    use()\n    print('end')\n"
    plain = run_plain(interpreter, tmp_path, source)
    run = run_agent(interpreter, tmp_path, source)
    assert (run.status, run.stdout) == (plain.returncode, plain.stdout)
    assert run.stderr.replace("0x", "") == plain.stderr.replace("0x", "")
    assert run.failed_probes(), "it is said that a probe is off"
    assert all("ours" in line for line in run.failed_probes())


@every_interpreter
def test_a_program_that_replaces_what_the_recorder_calls(interpreter: Interpreter, tmp_path: Path) -> None:
    """As tools do that find blocking calls in event loops: recording goes on all the same."""
    source = """
import os, threading

def forbidden(*args, **kwargs):
    raise RuntimeError("blocking call")

lock = threading.Lock()
kept = os.open, os.close, os.stat, os.write
os.open = os.close = os.stat = os.write = forbidden
for _ in range(20000):
    with lock:
        pass
os.open, os.close, os.stat, os.write = kept
"""
    run = run_agent(interpreter, tmp_path, source)
    assert run.stderr == ""
    assert run.failed_probes() == []
    assert len(run.main.kinds("RELEASED")) == 20000
