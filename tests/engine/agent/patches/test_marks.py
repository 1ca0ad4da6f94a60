"""Marks, in real programs on every interpreter found."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.helpers.agent_run import run_agent
from tests.helpers.interpreters import Interpreter, installed
from tests.helpers.side_by_side import side_by_side

every_interpreter = pytest.mark.parametrize("interpreter", installed(), ids=lambda i: i.label)


@every_interpreter
def test_collections_and_imports_that_take_long(interpreter: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "slow_one.py").write_text("import time\ntime.sleep(0.005)\n", "utf-8")
    source = """
import gc
import slow_one
much = [[] for _ in range(200_000)]
gc.collect()
"""
    run = run_agent(interpreter, tmp_path, source)
    assert run.failed_probes() == []
    process = run.main
    imports = {process.text(r.object): r for r in process.kinds("IMPORT")}
    assert "slow_one" in imports
    assert all(r.value >= 1_000_000 for r in imports.values())
    assert imports["slow_one"].value >= 5_000_000
    assert process.line_of(imports["slow_one"].location) == 3
    collections = process.kinds("GC")
    assert collections
    assert all(r.value >= 1_000_000 for r in collections)


@every_interpreter
def test_signals_reach_their_handlers(interpreter: Interpreter, tmp_path: Path) -> None:
    source = """
import os, signal
def handle(number, frame):
    print(number, frame.f_code.co_name)
print(signal.signal(signal.SIGUSR1, handle))
print(signal.getsignal(signal.SIGUSR1) is handle, signal.signal(signal.SIGUSR1, handle) is handle)
os.kill(os.getpid(), signal.SIGUSR1)
"""
    run = run_agent(interpreter, tmp_path, source)
    assert run.failed_probes() == []
    number = int(signal.SIGUSR1)
    assert run.stdout.splitlines()[1:] == ["True True", f"{number} <module>"]
    (arrived,) = run.main.kinds("SIGNAL")
    assert arrived.value == number
    (called,) = run.main.kinds("CALLED")
    assert (run.main.text(called.object), called.value) == ("os.kill", number)
    assert called.time < arrived.time


@every_interpreter
def test_warnings_switch_interval_and_exit(interpreter: Interpreter, tmp_path: Path) -> None:
    source = """
import asyncio, os, sys, warnings
async def nobody():
    pass
nobody()
warnings.warn("careful")
warnings.simplefilter("ignore")
warnings.warn("not shown")
sys.setswitchinterval(0.01)
sys.stdout.flush()
os._exit(7)
"""
    run = run_agent(interpreter, tmp_path, source)
    assert run.status == 7
    assert run.failed_probes() == []
    process = run.main
    texts = [process.text(r.value) for r in process.kinds("WARNING")]
    assert "UserWarning: careful" in texts
    assert any("never awaited" in text for text in texts)
    assert not any("not shown" in text for text in texts)
    (interval,) = process.kinds("SWITCH_INTERVAL")
    assert interval.value == 10_000_000
    (called,) = process.kinds("CALLED")
    assert (process.text(called.object), called.value) == ("os._exit", 7)
    assert process.line_of(called.location) == 11
    assert process.records[-1].kind == "PROCESS_END"


DROP_IN = r"""
import asyncio, gc, inspect, os, signal, sys, traceback, warnings

def handler(number, frame):
    traceback.print_stack(frame, file=sys.stdout)
    raise RuntimeError("from the handler")

class Callable:
    def __call__(self, number, frame):
        print("called", number)

def show(call):
    try:
        print(call())
    except BaseException:
        print(traceback.format_exc())

print(inspect.signature(signal.signal), signal.signal.__module__, signal.getsignal.__name__)
show(lambda: signal.signal(signal.SIGUSR1, handler))
show(lambda: os.kill(os.getpid(), signal.SIGUSR1))
one = Callable()
print(signal.signal(signal.SIGUSR1, one) is handler, signal.getsignal(signal.SIGUSR1) is one)
os.kill(os.getpid(), signal.SIGUSR1)
print(signal.signal(signal.SIGUSR1, signal.SIG_IGN) is one, signal.getsignal(signal.SIGUSR1))
print(signal.signal(signal.SIGUSR1, signal.SIG_DFL), signal.getsignal(signal.SIGINT))
show(lambda: signal.signal(signal.SIGUSR1, 5))
show(lambda: signal.signal(signal.SIGKILL, handler))
show(lambda: signal.signal(signal.SIGUSR1))
show(lambda: sys.setswitchinterval(0))
show(lambda: os.kill("x"))
def interrupt(number, frame):
    signal.default_int_handler(number, frame)
signal.signal(signal.SIGUSR1, interrupt)
show(lambda: os.kill(os.getpid(), signal.SIGUSR1))

def old():
    warnings.warn("stack level", DeprecationWarning, stacklevel=2)
warnings.simplefilter("always")
old()
with warnings.catch_warnings(record=True) as caught:
    old()
    print([str(w.message) for w in caught], caught[0].lineno)
warnings.simplefilter("error")
show(old)
warnings.simplefilter("default")
shown = []
warnings.showwarning = lambda *args, **kwargs: shown.append(str(args[0]))
old()
print(shown)
gc.collect()
print(gc.isenabled(), len(gc.get_stats()))
"""


@every_interpreter
def test_what_is_marked_is_what_it_is_without_us(interpreter: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(DROP_IN, "utf-8")
    side_by_side(interpreter, tmp_path, "program.py").assert_same()


def test_a_callback_of_the_collector_is_seen(tmp_path: Path) -> None:
    """What still differs: there is no other way to time collections."""
    for interpreter in installed():
        folder = tmp_path / interpreter.label
        folder.mkdir()
        run = run_agent(interpreter, folder, "import gc\nprint(len(gc.callbacks))\n")
        assert run.stdout == "1\n"
