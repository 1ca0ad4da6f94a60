"""Threads under the agent, in real programs on every interpreter found."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.agent.layout import End, Result, Wait
from tests.helpers.agent_run import Process, run_agent, run_plain
from tests.helpers.interpreters import Interpreter, installed

every_interpreter = pytest.mark.parametrize("interpreter", installed(), ids=lambda i: i.label)

WORKERS = """
import threading

def work(number):
    if number == 2:
        raise ValueError("no")

threads = [threading.Thread(target=work, args=(i,), name=f"worker-{i}") for i in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


def serial_of(process: Process, name: str) -> int:
    return next(serial for serial, found in process.thread_names().items() if found == name)


@every_interpreter
def test_a_thread_is_seen_from_start_to_end(interpreter: Interpreter, tmp_path: Path) -> None:
    run = run_agent(interpreter, tmp_path, WORKERS)
    assert run.status == 0
    assert run.failed_probes() == []
    process = run.main
    main = serial_of(process, "MainThread")
    for number in range(3):
        serial = serial_of(process, f"worker-{number}")
        start = next(r for r in process.kinds("THREAD_START") if r.value == serial)
        begin, *_ = process.kinds("THREAD_BEGIN", thread=serial)
        end, *_ = process.kinds("THREAD_END", thread=serial)
        assert start.thread == main
        assert start.time <= begin.time <= end.time
        assert start.object == begin.object == end.object
        assert process.line_of(start.location) == 10
        assert begin.value > 0  # native id
        assert process.line_of(begin.location) == 4  # where its function is defined


@every_interpreter
def test_how_a_thread_ended(interpreter: Interpreter, tmp_path: Path) -> None:
    process = run_agent(interpreter, tmp_path, WORKERS).main
    good, *_ = process.kinds("THREAD_END", thread=serial_of(process, "worker-0"))
    bad, *_ = process.kinds("THREAD_END", thread=serial_of(process, "worker-2"))
    assert good.flags == End.FINISHED
    assert bad.flags == End.FAILED
    assert process.text(bad.value) == "ValueError: no"
    exception, *_ = process.kinds("EXCEPTION", thread=serial_of(process, "worker-2"))
    assert process.line_of(exception.location) == 6


@every_interpreter
def test_the_traceback_of_a_thread_is_as_without_us(interpreter: Interpreter, tmp_path: Path) -> None:
    plain = run_plain(interpreter, tmp_path, WORKERS)
    run = run_agent(interpreter, tmp_path, WORKERS)
    assert run.stderr == plain.stderr
    assert run.stdout == plain.stdout


@every_interpreter
def test_join_names_the_thread_and_says_how_it_ended(interpreter: Interpreter, tmp_path: Path) -> None:
    source = """
import threading
go = threading.Event()
thread = threading.Thread(target=go.wait, name="waiter")
thread.start()
thread.join(0.01)
go.set()
thread.join()
"""
    process = run_agent(interpreter, tmp_path, source).main
    obj = next(s for s, name in process.objects("Thread").items() if name == "waiter")
    joins = [r for r in process.about(obj) if r.flags & 0xFF == Wait.THREAD_JOIN]
    assert [r.kind for r in joins] == ["WAIT_BEGIN", "WAIT_END", "WAIT_BEGIN", "WAIT_END"]
    assert [process.line_of(r.location) for r in joins if r.kind == "WAIT_BEGIN"] == [6, 8]
    assert joins[0].value == 10_000_000
    assert joins[1].flags & Result.TIMEOUT
    assert joins[3].flags & Result.GOT


@every_interpreter
def test_subclasses_timers_and_names_given_later(interpreter: Interpreter, tmp_path: Path) -> None:
    source = """
import threading

class Worker(threading.Thread):
    def __init__(self):
        super().__init__(daemon=True)
        self.name = "first"
    def run(self):
        self.name = "second"
        self.seen = threading.current_thread() is self

worker = Worker()
worker.start()
worker.join()
timer = threading.Timer(0.001, print, ["rang"])
timer.start()
timer.join()
print(worker.seen, worker.name, isinstance(worker, threading.Thread))
print(repr(worker).startswith("<Worker(second"))
"""
    run = run_agent(interpreter, tmp_path, source)
    assert run.stdout == "rang\nTrue second True\nTrue\n"
    process = run.main
    assert "second" in process.thread_names().values()
    assert list(process.objects("Timer").values())
    sleeping = [r for r in process.kinds("WAIT_BEGIN") if r.flags == Wait.SLEEP]
    assert [r.value for r in sleeping] == [1_000_000]


@every_interpreter
def test_threads_started_without_threading(interpreter: Interpreter, tmp_path: Path) -> None:
    source = """
import _thread, time
done = _thread.allocate_lock()
done.acquire()
def work(text):
    print(text)
    done.release()
_thread.start_new_thread(work, ("bare",))
done.acquire()
assert "threading" not in __import__("sys").modules or True
print("end")
"""
    run = run_agent(interpreter, tmp_path, source)
    assert run.stdout == "bare\nend\n"
    begins = run.main.kinds("THREAD_BEGIN")
    assert len(begins) == 1
    assert "work" in run.main.thread_names().values()


@every_interpreter
def test_an_error_in_a_bare_thread_is_printed_as_without_us(interpreter: Interpreter, tmp_path: Path) -> None:
    source = """
import _thread, sys, threading
over = threading.Event()
hook = sys.unraisablehook
def told(args):
    hook(args)
    over.set()
sys.unraisablehook = told
def work():
    raise KeyError("gone")
_thread.start_new_thread(work, ())
over.wait()
"""
    plain = run_plain(interpreter, tmp_path, source)
    run = run_agent(interpreter, tmp_path, source)

    def without_addresses(text: str) -> str:
        return re.sub("0x[0-9a-f]+", "0x", text)

    assert "thread started by" in plain.stderr
    assert without_addresses(run.stderr) == without_addresses(plain.stderr)
    end, *_ = run.main.kinds("THREAD_END")
    assert end.flags == End.FAILED


@every_interpreter
def test_the_main_thread_waits_for_the_others_at_the_end(interpreter: Interpreter, tmp_path: Path) -> None:
    source = """
import threading
from recorded import until
threading.Thread(target=until, args=("WAIT_BEGIN", "THREAD_JOIN"), name="last").start()
"""
    process = run_agent(interpreter, tmp_path, source).main
    main = serial_of(process, "MainThread")
    wait = [r for r in process.kinds("WAIT_BEGIN", thread=main) if r.flags == Wait.THREAD_JOIN]
    assert len(wait) == 1
    assert wait[0].object in process.objects("Thread")


@every_interpreter
def test_many_short_threads_leave_no_descriptor(interpreter: Interpreter, tmp_path: Path) -> None:
    source = """
import os, threading
if not os.path.isdir("/proc/self/fd"):
    print("same")
else:
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(40):
        threads = [threading.Thread(target=lambda: None) for _ in range(25)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
    print("same" if len(os.listdir("/proc/self/fd")) == before else "more")
"""
    run = run_agent(interpreter, tmp_path, source)
    assert run.stdout == "same\n"
    assert len(run.main.kinds("THREAD_END")) in (0, 1000)
