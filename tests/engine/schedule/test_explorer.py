"""Exploring: what is found, how short, and what "complete" means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.agent.gate_apart import stays_alike, stays_within
from engine.schedule import ControlledRun, Options, explore, of_script
from engine.schedule.explorer import Explorer, Result
from engine.schedule.runs import Run, run_of
from engine.schedule.scenario_targets import SMALL as SMALL_SCENARIOS
from engine.schedule.scenario_targets import of_scenario
from engine.schedule.schedule import Grain
from engine.schedule.search import Search
from engine.schedule.server import Server
from engine.schedule.shared import result_of
from tests.engine.schedule.programs import DEADLOCK, PHILOSOPHERS, RACE, write
from tests.helpers.interpreters import Interpreter, installed

LIMIT_S = 120.0

BROKEN = [
    ("race_balance", {}, "check"),
    ("race_balance", {"step": "function"}, "check"),
    ("lost_wakeup", {}, "deadlock"),
    ("condition_if", {}, "exception"),
    ("singleton_init", {}, "check"),
    ("singleton_init", {"locking": "check-then-lock"}, "check"),
    ("lock_wrong_one", {}, "check"),
    ("lock_wrong_one", {"locking": "two locks"}, "check"),
    ("lock_wrong_one", {"locking": "read and write apart"}, "check"),
    ("deadlock_two_locks", {}, "deadlock"),
    ("deadlock_philosophers", {}, "deadlock"),
    ("deadlock_pool", {}, "deadlock"),
    ("coroutine_async_race", {}, "check"),
]
REPAIRED = [
    ("lock_balance", {}),
    ("lost_wakeup", {"kind": "event"}),
    ("lost_wakeup", {"kind": "condition with flag"}),
    ("condition_if", {"check": "while"}),
    ("singleton_init", {"locking": "check-lock-check"}),
    ("lock_wrong_one", {"locking": "one lock"}),
    ("deadlock_two_locks", {"same_order": True}),
    ("deadlock_philosophers", {"ordered": True}),
    ("deadlock_pool", {"workers": 3}),
    ("coroutine_async_race", {"await": "nothing"}),
    ("coroutine_async_race", {"await": "sleep under a lock"}),
]


def explored(path: Path, interpreter: str = "") -> Result:
    target = of_script(path, interpreter=interpreter)
    return Explorer(target, Options(time_limit_s=LIMIT_S)).run()


@pytest.mark.parametrize(("scenario", "values", "kind"), BROKEN, ids=str)
def test_broken_scenarios_are_found_with_few_switches(
    tmp_path: Path, scenario: str, values: dict[str, object], kind: str
) -> None:
    result = Explorer(of_scenario(scenario, values, tmp_path), Options(time_limit_s=LIMIT_S)).run()
    assert result.failure is not None
    assert result.failure.kind == kind
    assert result.switches <= (4 if scenario == "deadlock_philosophers" else 2)
    assert result.fewest
    assert not result.complete


@pytest.mark.parametrize("scenario", sorted(SMALL_SCENARIOS))
def test_a_schedule_of_a_small_scenario_finds_its_program_again(tmp_path: Path, scenario: str) -> None:
    target = of_scenario(scenario, {}, tmp_path)
    source = target.path.read_text()
    again = of_scenario(scenario, target.parameters, tmp_path)
    assert again.path.read_text() == source
    assert again.parameters == target.parameters


@pytest.mark.parametrize(("scenario", "values"), REPAIRED, ids=str)
def test_repaired_scenarios_are_complete(tmp_path: Path, scenario: str, values: dict[str, object]) -> None:
    result = Explorer(of_scenario(scenario, values, tmp_path), Options(time_limit_s=LIMIT_S)).run()
    assert not result.found, result.failure
    assert result.complete, result.why_not


@pytest.mark.parametrize("interpreter", installed(), ids=lambda one: one.label)
def test_a_lost_update_on_every_interpreter(tmp_path: Path, interpreter: Interpreter) -> None:
    result = explored(write(tmp_path, RACE.format(rounds=2)), str(interpreter.path))
    assert result.failure is not None
    assert result.failure.kind == "check"
    assert result.switches == 2
    assert result.fewest


@pytest.mark.parametrize("interpreter", installed(), ids=lambda one: one.label)
def test_the_same_schedule_gives_the_same_steps(tmp_path: Path, interpreter: Interpreter) -> None:
    target = of_script(write(tmp_path, RACE.format(rounds=4)), interpreter=str(interpreter.path))
    with Server(target) as server:
        first = run_of(result_of(server, server.ask(mode="rule", rule="pos", seed=3), LIMIT_S))
        assert len({step.actor for step in first.steps}) == 3
        for _ in range(100):
            again = run_of(result_of(server, server.ask(mode="rule", prefix=first.choices), LIMIT_S))
            assert again == first


RANDOM = """\
import random, threading
def draw():
    print(random.random(), random.Random().random(), random.Random(7).random())
random.seed()
threads = [threading.Thread(target=draw) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


@pytest.mark.parametrize("interpreter", installed(), ids=lambda one: one.label)
def test_random_numbers_are_the_same_in_every_run(tmp_path: Path, interpreter: Interpreter) -> None:
    target = of_script(write(tmp_path, RANDOM), interpreter=str(interpreter.path))
    with Server(target) as server:
        told = [result_of(server, server.ask(mode="rule", prefix=[]), LIMIT_S)["output"] for _ in range(3)]
    assert len(told[0].split()) == 6
    assert len(set(told[0].split())) == 5, "only the seed that the program gives is the same twice"
    assert told[1:] == told[:1] * 2


BEGINS = """\
import concurrent.futures, queue, random, sys, threading, time
sys.setswitchinterval(0.125)
print("before", random.random(), flush=True)
print("kept", end=" ")
time.sleep(3)
done = queue.Queue()
drawn = []
def work(number):
    drawn.append((number, random.random(), random.Random().random(), time.monotonic()))
    done.put(number)
threads = [threading.Thread(target=work, args=(number,), daemon=number == 2) for number in range(3)]
never = threading.Thread(target=work)
for thread in threads[:2]:
    thread.start()
print(never.is_alive(), [thread.is_alive() for thread in threads][2:])
for thread in threads[:2]:
    thread.join()
threads[2].start()
threads[2].join()
with concurrent.futures.ThreadPoolExecutor(1) as pool:
    print(list(pool.map(str, [1])))
try:
    threads[0].start()
except RuntimeError as error:
    print(error)
print(drawn, sys.getswitchinterval(), [thread.name for thread in threading.enumerate()], done.qsize())
"""


BEGINS_IN_A_POOL = """\
import concurrent.futures
with concurrent.futures.ThreadPoolExecutor(2) as pool:
    print("before", list(pool.map(str, [0.1, 2])))
"""


@pytest.mark.parametrize("interpreter", installed(), ids=lambda one: one.label)
@pytest.mark.parametrize("source", [BEGINS, BEGINS_IN_A_POOL], ids=["threads", "pool"])
def test_runs_with_a_common_beginning_give_what_runs_of_their_own_give(
    tmp_path: Path, source: str, interpreter: Interpreter
) -> None:
    target = of_script(write(tmp_path, source), interpreter=str(interpreter.path))
    asked: list[dict[str, Any]] = [{"rule": "pos", "seed": seed} for seed in range(6)]
    asked[4:4] = [
        {"stop": Grain.INSTRUCTION.stop},
        {"prefix": [0, 1]},
        {"prefix": [0, 0], "sleep": [[1, []]]},
    ]
    with Server(target, explored=True) as server:

        def told(alike: bool) -> Iterator[dict[str, Any]]:
            for request in asked:
                number = server.ask(mode="rule", alike=alike, **request)
                result = result_of(server, number, LIMIT_S)
                yield {name: value for name, value in result.items() if name not in ("run", "pid")}

        alone = list(told(False))
        together = list(told(True))
    assert alone[0]["kind"] == "ok"
    assert alone[0]["output"].startswith("before ")
    assert together == alone


@pytest.mark.parametrize(
    ("source", "alike"),
    [
        ("import threading, random\nprint(random.random())\n", True),
        ("import random\nprint(random.SystemRandom().random())\n", False),
        ("from datetime import datetime as d\nprint(d.now())\n", False),
        ("import asyncio.events\n", False),
        ("import os\n", False),
    ],
    ids=["random", "system", "now", "tasks", "os"],
)
def test_a_common_beginning_is_only_for_programs_that_begin_alike(source: str, alike: bool) -> None:
    assert (stays_within(source.encode()) and stays_alike(source.encode())) is alike


COMPREHENSIONS = """\
import threading
total = 0
names = [f"thread {number}" for number in range(2)]
class Bag:
    twice = {n: total + n for n in (1, 2)}
def draw():
    global total
    total += 1
threads = [threading.Thread(target=draw, name=names[number]) for number in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print([thread.name for thread in threads], Bag.twice, total)
"""


@pytest.mark.parametrize("interpreter", installed(), ids=lambda one: one.label)
def test_comprehensions_outside_functions_are_left_alone(tmp_path: Path, interpreter: Interpreter) -> None:
    target = of_script(write(tmp_path, COMPREHENSIONS), interpreter=str(interpreter.path))
    with Server(target) as server:
        for stop in (Grain.SHARED.stop, Grain.INSTRUCTION.stop):
            done = result_of(server, server.ask(mode="rule", prefix=[], stop=stop), LIMIT_S)
            assert done["output"] == "['thread 0', 'thread 1'] {1: 1, 2: 2} 2\n"


FORKS = """\
import os, time
child = os.fork()
if child == 0:
    begin = time.monotonic()
    time.sleep(0.001)
    print("child", time.monotonic() > begin)
else:
    os.waitpid(child, 0)
    print("parent")
"""
WAITS_FOR_ANOTHER_PROCESS = """\
import asyncio, os, select, socket
ours, theirs = socket.socketpair()
if os.fork() == 0:
    select.select([], [], [], 0.05)
    theirs.send(b"answer")
    os._exit(0)
async def main():
    ours.setblocking(False)
    print(await asyncio.get_running_loop().sock_recv(ours, 100))
asyncio.run(main())
"""


@pytest.mark.parametrize("interpreter", installed(), ids=lambda one: one.label)
@pytest.mark.parametrize(
    ("source", "output"),
    [(FORKS, "child True\nparent\n"), (WAITS_FOR_ANOTHER_PROCESS, "b'answer'\n")],
    ids=["forks", "waits"],
)
def test_forked_processes_run_as_they_would_alone(
    tmp_path: Path, source: str, output: str, interpreter: Interpreter
) -> None:
    """They are not controlled, tell nothing, and what comes from them is no deadlock."""
    with Server(of_script(write(tmp_path, source), interpreter=str(interpreter.path))) as server:
        run = run_of(result_of(server, server.ask(mode="rule"), LIMIT_S))
    assert (run.kind, run.output) == ("ok", output)


def test_five_philosophers_need_one_switch(tmp_path: Path) -> None:
    """The last one is held with its first fork; the others run into each other, from last to first."""
    result = explored(write(tmp_path, PHILOSOPHERS))
    assert result.failure is not None
    assert result.failure.kind == "deadlock"
    assert result.switches == 1
    assert result.fewest


def test_a_found_schedule_opens_by_hand(tmp_path: Path) -> None:
    path = write(tmp_path, DEADLOCK)
    result = explored(path)
    assert result.schedule is not None
    assert result.switches == 1
    with ControlledRun.start(of_script(path), patience_s=30.0) as run:
        state = run.load(result.schedule)
        while state.deadlock is None:
            state = run.until_blocked(state.enabled[0])
        assert sorted(state.deadlock.cycle) == [1, 2]


def test_a_variable_that_differs_is_found(tmp_path: Path) -> None:
    source = RACE.format(rounds=1).replace("    assert balance == 0\n", "")
    result = explored(write(tmp_path, source))
    assert result.failure is not None
    assert result.failure.kind == "differs"
    assert "balance" in result.failure.message


def test_a_program_that_diverges_by_itself_is_never_complete(tmp_path: Path) -> None:
    source = """\
import os, threading
number = 0
def work():
    global number
    for _ in range(os.urandom(1)[0] % 5):
        number = 1
    number = 1
threads = [threading.Thread(target=work) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""
    target = of_script(write(tmp_path, source))
    result = Explorer(target, Options(time_limit_s=LIMIT_S, most_schedules=400)).run()
    assert not result.found
    assert not result.complete
    assert result.why_not


def test_cancelling_ends_the_search(tmp_path: Path) -> None:
    path = write(
        tmp_path, RACE.format(rounds=4).replace("    assert balance == 0\n", "    globals().pop('balance')\n")
    )
    explorer: Explorer
    explorer = Explorer(of_script(path), Options(time_limit_s=LIMIT_S), lambda progress: explorer.cancel())
    result = explorer.run()
    assert result.cancelled
    assert not result.complete
    assert "cancelled" in result.why_not


def lose_an_update() -> None:
    """Explored by the test below; its module is run in the process that it is explored in."""
    import threading

    seen = [0]

    def add() -> None:
        value = seen[0]
        seen[0] = value + 1

    threads = [threading.Thread(target=add) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen[0] == 2


def test_functions_are_explored() -> None:
    result = explore(lose_an_update, time_limit_s=LIMIT_S)
    assert result.failure is not None
    assert result.failure.kind == "check"
    assert result.switches == 1


# --- the reduction against trying everything ----------------------------------------------------

SMALL = {
    "writes": """\
x = y = 0
def one():
    global x, y
    x = 1
    y = x + 1
def other():
    global x, y
    y = 5
    x = y + 1
""",
    "locks": """\
a, b = threading.Lock(), threading.Lock()
x = 0
def one():
    global x
    with a:
        x = x + 1
    with b:
        x = x * 3
def other():
    global x
    with b:
        x = x + 10
""",
    "deadlock": """\
a, b = threading.Lock(), threading.Lock()
x = 0
def one():
    global x
    with a:
        x = 1
        with b:
            x = x + 1
def other():
    global x
    with b:
        with a:
            x = 7
""",
    "condition": """\
c = threading.Condition()
x = 0
def one():
    global x
    with c:
        while not x:
            c.wait()
        x = x + 1
def other():
    global x
    with c:
        x = 5
        c.notify()
""",
    "try": """\
a = threading.Lock()
x = 0
def one():
    global x
    if a.acquire(blocking=False):
        x = x + 1
        a.release()
def other():
    global x
    with a:
        x = x * 2 + 3
""",
    "event": """\
e = threading.Event()
x = 0
def one():
    global x
    x = 1 if e.is_set() else 2
def other():
    global x
    x = 3
    e.set()
    x = x + 10
""",
    "attributes": """\
class Box:
    pass
p, q = Box(), Box()
p.v = q.v = 0
x = 0
def one():
    global x
    p.v = 1
    x = q.v
def other():
    q.v = p.v + 1
""",
    "containers": """\
items = []
x = 0
def one():
    items.append(1)
    items.append(2)
def other():
    global x
    x = len(items)
    items.append(x)
""",
    "sleep": """\
import time
a = threading.Lock()
x = 0
def one():
    global x
    with a:
        time.sleep(1)
        x = x + 1
def other():
    global x
    with a:
        x = x * 2 + 5
""",
}
FRAME = """\
import threading
from helper import together
{body}
together(one, other)
if "items" in globals():
    x = repr(items) + str(x)
"""
#: In a file that is not chosen, so that starting and joining adds no schedules of its own.
HELPER = """\
import threading
def together(*functions):
    threads = [threading.Thread(target=function) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
"""


def outcome(run: Run) -> tuple[str, str]:
    return run.kind, run.values.get("x", "")


@pytest.mark.parametrize("name", SMALL)
def test_leaving_out_schedules_loses_no_outcome(tmp_path: Path, name: str) -> None:
    write(tmp_path, HELPER, "helper.py")
    target = of_script(write(tmp_path, FRAME.format(body=SMALL[name])))
    with Server(target) as server:

        def execute(request: dict[str, Any], coming: Iterable[dict[str, Any]] = ()) -> Run:
            return run_of(result_of(server, server.ask(mode="rule", **request), LIMIT_S))

        everything: set[tuple[str, str]] = set()
        waiting: list[list[int]] = [[]]
        count = 0
        while waiting:
            prefix = waiting.pop()
            run = execute({"prefix": prefix})
            count += 1
            everything.add(outcome(run))
            for at in range(len(prefix), len(run.steps)):
                step = run.steps[at]
                waiting += [[*run.choices[:at], other] for other in step.enabled if other != step.chosen]
        reduced: set[tuple[str, str]] = set()
        search = Search(execute, None)
        while (found := search.next()) is not None:
            if found.kind != "asleep":
                reduced.add(outcome(found))
        bounded: set[tuple[str, str]] = set()
        within = Search(execute, 100)
        while (found := within.next()) is not None:
            bounded.add(outcome(found))
    assert reduced == everything
    assert bounded == everything
    assert search.sound
    assert search.runs <= count


def test_runs_side_by_side_give_what_one_after_the_other_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = of_script(write(tmp_path, RACE))
    found = []
    for count in (1, 2, 3):
        monkeypatch.setattr("engine.schedule.explorer.lanes", lambda count=count: count)
        explorer = Explorer(target, Options(time_limit_s=LIMIT_S, differs=False, grain=Grain.LINE))
        result = explorer.run()
        found.append((result.schedules, result.failure, result.complete, result.covered, result.run))
    assert found[1] == found[0]
    assert found[2] == found[0]


@pytest.mark.parametrize(
    ("source", "apart"),
    [
        ("import threading, queue, time\nx = 1\n", True),
        ("import asyncio\nasync def main():\n    await asyncio.sleep(1)\nasyncio.run(main())\n", True),
        ("import os\n", False),
        ("with open('shared') as file: pass\n", False),
        ("from . import other\n", False),
        ("import asyncio\nasyncio.open_connection('localhost', 80)\n", False),
        ("import concurrent.futures as f\nf.ProcessPoolExecutor()\n", False),
        ("from asyncio import start_server\n", False),
        ("import sys\nsys.modules['os'].remove('x')\n", False),
    ],
    ids=["threads", "tasks", "os", "open", "relative", "connection", "processes", "server", "modules"],
)
def test_side_by_side_go_only_programs_that_stay_within_themselves(
    tmp_path: Path, source: str, apart: bool
) -> None:
    with Server(of_script(write(tmp_path, source)), lanes=2) as server:
        assert len(server.lanes) == (2 if apart else 1)
