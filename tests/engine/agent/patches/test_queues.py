"""Queues between threads, in real programs on every interpreter found."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.agent.layout import Result, Wait
from tests.helpers.agent_run import Process, Record, run_agent
from tests.helpers.interpreters import Interpreter, installed
from tests.helpers.side_by_side import side_by_side

every_interpreter = pytest.mark.parametrize("interpreter", installed(), ids=lambda i: i.label)


def numbers(process: Process, serial: int, kind: str) -> list[int]:
    return [record.value for record in process.about(serial) if record.kind == kind]


def waits(records: list[Record]) -> list[Record]:
    return [record for record in records if record.kind in ("WAIT_BEGIN", "WAIT_END")]


@every_interpreter
def test_items_match_in_every_order(interpreter: Interpreter, tmp_path: Path) -> None:
    source = """
import queue
first_in = queue.Queue()
last_in = queue.LifoQueue()
ranked = queue.PriorityQueue()
simple = queue.SimpleQueue()
for rank in (3, 1, 2):
    for q in (first_in, last_in, ranked, simple):
        q.put(rank)
for q in (first_in, last_in, ranked, simple):
    print([q.get() for _ in range(3)])
"""
    run = run_agent(interpreter, tmp_path, source)
    assert run.failed_probes() == []
    assert run.stdout == "[3, 1, 2]\n[2, 1, 3]\n[1, 2, 3]\n[3, 1, 2]\n"
    process = run.main
    expected = {
        "Queue": ("first_in", [1, 2, 3]),
        "LifoQueue": ("last_in", [3, 2, 1]),
        "PriorityQueue": ("ranked", [2, 3, 1]),
        "SimpleQueue": ("simple", [1, 2, 3]),
    }
    for sort, (name, order) in expected.items():
        ((serial, found),) = process.objects(sort).items()
        assert found == name
        assert numbers(process, serial, "PUT") == [1, 2, 3]
        assert numbers(process, serial, "GET") == order
        assert {process.line_of(r.location) for r in process.about(serial) if r.kind == "PUT"} == {9}
        assert {process.line_of(r.location) for r in process.about(serial) if r.kind == "GET"} == {11}


@every_interpreter
def test_waits_of_a_full_and_an_empty_queue(interpreter: Interpreter, tmp_path: Path) -> None:
    source = """
import queue, threading
jobs = queue.Queue(maxsize=1)
waiting = threading.Event()
def consume():
    waiting.set()
    for _ in range(2):
        jobs.get()
        jobs.task_done()
thread = threading.Thread(target=consume)
jobs.put("a")
try:
    jobs.put("x", timeout=0.02)
except queue.Full:
    print("full")
thread.start()
waiting.wait()
jobs.put("b")
jobs.join()
thread.join()
try:
    jobs.get(timeout=0.02)
except queue.Empty:
    print("empty")
try:
    jobs.get_nowait()
except queue.Empty:
    print("nothing")
"""
    run = run_agent(interpreter, tmp_path, source)
    assert run.failed_probes() == []
    assert run.stdout == "full\nempty\nnothing\n"
    process = run.main
    ((serial, name),) = process.objects("Queue").items()
    assert name == "jobs"
    records = process.about(serial)
    assert numbers(process, serial, "PUT") == [1, 2]
    assert numbers(process, serial, "GET") == [1, 2]
    assert len([r for r in records if r.kind == "TASK_DONE"]) == 2
    ended = [r for r in waits(records) if r.kind == "WAIT_END"]
    assert ended[0].flags == Wait.QUEUE_PUT | Result.TIMEOUT
    assert ended[-1].flags == Wait.QUEUE_GET | Result.TIMEOUT
    reasons = {r.flags & 0xFF for r in waits(records)}
    assert reasons <= {Wait.QUEUE_PUT, Wait.QUEUE_GET, Wait.QUEUE_JOIN}
    first = waits(records)[0]
    assert 0 < first.value <= 20_000_000
    assert process.line_of(first.location) == 13
    # every wait that begins ends, on the same thread
    open_waits: dict[int, int] = {}
    for record in waits(records):
        open_waits[record.thread] = open_waits.get(record.thread, 0) + (
            1 if record.kind == "WAIT_BEGIN" else -1
        )
        assert open_waits[record.thread] in (0, 1)


@every_interpreter
def test_who_waits_gets_the_item_after_it_was_put(interpreter: Interpreter, tmp_path: Path) -> None:
    source = """
import queue, threading
for make in (queue.Queue, queue.SimpleQueue):
    mail = make()
    got = []
    threads = [threading.Thread(target=lambda: got.append(mail.get())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for letter in range(3):
        mail.put(letter)
    for thread in threads:
        thread.join()
    print(sorted(got))
"""
    run = run_agent(interpreter, tmp_path, source)
    assert run.stdout == "[0, 1, 2]\n[0, 1, 2]\n"
    process = run.main
    for sort in ("Queue", "SimpleQueue"):
        (serial,) = process.objects(sort)
        put = {r.value: r.time for r in process.about(serial) if r.kind == "PUT"}
        got = {r.value: r.time for r in process.about(serial) if r.kind == "GET"}
        assert put.keys() == got.keys() == {1, 2, 3}
        assert all(put[number] < got[number] for number in put)


SUBCLASSES = """
import queue

class Unique(queue.Queue):                     # the classic: a set inside
    def _init(self, maxsize):
        self.queue = set()
    def _put(self, item):
        self.queue.add(item)
    def _get(self):
        return self.queue.pop()

class Reversed(queue.PriorityQueue):           # calls its base with something else
    def _put(self, item):
        super()._put((-item, item))
    def _get(self):
        return super()._get()[1]

class Deaf(queue.Queue):                       # counts in its own way
    def _qsize(self):
        return min(len(self.queue), 5)

class Named(queue.Queue):                      # only a constructor of its own
    def __init__(self, name):
        super().__init__()
        self.name = name

unique = Unique()
for item in (1, 2, 2, 3):
    unique.put(item)
print(sorted(unique.get() for _ in range(3)), unique.empty())
backwards = Reversed()
for item in (1, 5, 3):
    backwards.put(item)
print([backwards.get() for _ in range(3)])
deaf = Deaf()
deaf.put(1)
print(deaf.get())
named = Named("post")
named.put(1)
print(named.get(), named.name)
cleared = queue.Queue()
cleared.put("gone")
with cleared.mutex:
    cleared.queue.clear()
cleared.put("here")
print(cleared.get())
"""


@every_interpreter
def test_subclasses_and_hands_in_the_container(interpreter: Interpreter, tmp_path: Path) -> None:
    run = run_agent(interpreter, tmp_path, SUBCLASSES)
    assert run.failed_probes() == []
    assert run.stdout == "[1, 2, 3] True\n[5, 3, 1]\n1\n1 post\nhere\n"
    process = run.main
    by_name = {
        name: serial for sort in ("Queue", "PriorityQueue") for serial, name in process.objects(sort).items()
    }
    backwards = by_name["backwards"]
    assert numbers(process, backwards, "PUT") == [1, 2, 3]
    assert numbers(process, backwards, "GET") == [2, 3, 1]
    unique = by_name["unique"]
    assert len(numbers(process, unique, "PUT")) == 4
    puts = numbers(process, unique, "PUT")
    gets = numbers(process, unique, "GET")
    assert len(gets) == 3
    # the 2 that was there already is never matched with anything
    assert puts[2] == 0
    assert set(gets) <= {0, puts[3]}
    assert numbers(process, by_name["deaf"], "GET") == [0], "its order cannot be followed"
    assert numbers(process, by_name["named"], "GET") == [1]
    assert numbers(process, by_name["cleared"], "GET") == [2], "the first was thrown away"


def test_shutdown(tmp_path: Path) -> None:
    for interpreter in installed():
        if interpreter.version < (3, 13):
            continue
        folder = tmp_path / interpreter.label
        folder.mkdir()
        source = """
import queue
tasks = queue.Queue()
tasks.put(1)
tasks.put(2)
print(tasks.get())
tasks.put(3)
tasks.shutdown(immediate=True)
try:
    tasks.get()
except queue.ShutDown:
    print("shut")
"""
        run = run_agent(interpreter, folder, source)
        assert run.failed_probes() == []
        assert run.stdout == "1\nshut\n"
        (serial,) = run.main.objects("Queue")
        assert numbers(run.main, serial, "GET") == [1], "what shutdown throws away nobody got"
        called = [run.main.text(r.object) for r in run.main.kinds("CALLED")]
        assert called == ["Queue.shutdown"]


@every_interpreter
def test_queues_of_the_standard_library_are_not_shown(interpreter: Interpreter, tmp_path: Path) -> None:
    source = """
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(1) as pool:
    pool.submit(len, "abc").result()
"""
    run = run_agent(interpreter, tmp_path, source)
    assert run.main.kinds("PUT", "GET") == []
    assert run.main.objects("SimpleQueue") == {}


DROP_IN = r"""
import copy, inspect, pickle, queue, sys, threading, traceback, weakref, _queue

for make in (queue.Queue, queue.LifoQueue, queue.PriorityQueue, queue.SimpleQueue):
    q = make()
    print(make.__name__, make.__module__, make.__qualname__, type(q) is make, isinstance(q, make))
    print(sorted(vars(q)) if hasattr(q, "__dict__") else "no dict", weakref.ref(q)() is q)
    print(repr(q).split(" at ")[0], q.qsize(), q.empty(), bool(q), q == q, hash(q) == hash(q))
    for name in ("put", "get", "put_nowait", "get_nowait", "qsize", "empty"):
        method = getattr(make, name)
        print(name, inspect.signature(method), method.__name__, method.__qualname__, bool(method.__doc__))
    print(inspect.signature(make))
    for call in (lambda: q.get_nowait(), lambda: q.get(False), lambda: q.get(timeout=0.001),
                 lambda: q.get(timeout=-1), lambda: q.get(True, "soon"), lambda: q.get(True, 1e300),
                 lambda: q.get(1, 0.001), lambda: q.get(block=False), lambda: q.put(1, False, -1)):
        try:
            print("gave", str(call()).split(" at ")[0])
        except BaseException:
            print(traceback.format_exc())
    for call in (lambda: pickle.dumps(q), lambda: copy.copy(q), lambda: copy.deepcopy(q), lambda: q.put()):
        try:
            call()
        except TypeError as error:
            print(type(error))
    while not q.empty():
        q.get()
    class Sub(make):
        pass
    s = Sub()
    s.anything = 1
    s.put(2)
    print(Sub.__mro__[1] is make, s.get(), s.anything, make[int])
print(queue.SimpleQueue is _queue.SimpleQueue, issubclass(queue.SimpleQueue, object))
print(pickle.loads(pickle.dumps(queue.SimpleQueue)) is queue.SimpleQueue, pickle.dumps(queue.Queue))

class Loud:
    def __lt__(self, other):
        raise ValueError("do not compare me")
ranked = queue.PriorityQueue()
ranked.put(Loud())
try:
    ranked.put(Loud())
except ValueError:
    print(traceback.format_exc())
print(ranked.qsize())
try:
    queue.Queue().task_done()
except ValueError:
    print(traceback.format_exc())

# from a destructor and while the interpreter ends
class Last:
    def __init__(self, q):
        self.q = q
    def __del__(self):
        self.q.put("last")
q = queue.SimpleQueue()
last = Last(q)
del last
print(q.get())
keep = Last(queue.Queue())
"""


@every_interpreter
def test_queues_are_what_they_are_without_us(interpreter: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(DROP_IN, "utf-8")
    side_by_side(interpreter, tmp_path, "program.py").assert_same()


@every_interpreter
def test_many_threads_at_one_queue(interpreter: Interpreter, tmp_path: Path) -> None:
    source = """
import queue, threading
q = queue.Queue(maxsize=3)
def produce():
    for item in range(200):
        q.put(item)
def consume():
    while q.get() is not None:
        q.task_done()
producers = [threading.Thread(target=produce) for _ in range(4)]
consumers = [threading.Thread(target=consume) for _ in range(3)]
for thread in producers + consumers:
    thread.start()
for thread in producers:
    thread.join()
q.join()
for _ in consumers:
    q.put(None)
for thread in consumers:
    thread.join()
"""
    run = run_agent(interpreter, tmp_path, source)
    assert run.failed_probes() == []
    process = run.main
    (serial,) = process.objects("Queue")
    put = {r.value: r.time for r in process.about(serial) if r.kind == "PUT"}
    got = {r.value: r.time for r in process.about(serial) if r.kind == "GET"}
    assert sorted(put) == sorted(got) == list(range(1, 804))
    assert all(put[number] <= got[number] for number in put)
    assert sorted(put, key=lambda n: put[n]) == sorted(put), "numbers are given in the order of time"
