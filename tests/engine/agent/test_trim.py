"""Traceback entries of ours that the program does not see."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from engine.agent import trim
from tests.helpers.interpreters import Interpreter, installed

every_interpreter = pytest.mark.parametrize("interpreter", installed(), ids=lambda i: i.label)

LOAD = f"""\
import sys, gc, traceback, weakref
import _frozen_importlib as machinery, _frozen_importlib_external as files
folder = {str(Path(trim.__file__).parent)!r}
file = folder + "/__init__.py"
machinery._load(files.spec_from_file_location("_lockstep", file, submodule_search_locations=[folder]))
from _lockstep.trim import drop_own_entry
"""


def _passes(interpreter: Interpreter, source: str, *options: str) -> None:
    """``source`` runs to its end; it asserts by itself."""
    done = subprocess.run(
        [interpreter.path, "-X", "dev", *options, "-c", LOAD + source],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""


WRAPPER = """\
def wrapper(function, *args):
    try:
        return function(*args)
    except BaseException as error:
        drop_own_entry(error)
        raise

class Callable:
    def __call__(self, *args):
        try:
            return wrapper(*args)
        except BaseException as error:
            drop_own_entry(error)
            raise

def functions(trace):
    names = []
    while trace is not None:
        names.append(trace.tb_frame.f_code.co_name)
        trace = trace.tb_next
    return names

def fails(n):
    if n:
        return fails(n - 1)
    raise KeyError("inside")
"""


@every_interpreter
def test_a_wrapper_leaves_no_entry(interpreter: Interpreter) -> None:
    _passes(
        interpreter,
        WRAPPER
        + """
def called_directly():
    try:
        wrapper(fails, 2)
    except KeyError as error:
        shown = traceback.format_exc().count("File")
        return functions(error.__traceback__), functions(sys.exc_info()[2]), shown

def called_by_instance():
    try:
        Callable()(fails, 0)
    except KeyError as error:
        shown = traceback.format_exc().count("File")
        return functions(error.__traceback__), functions(sys.exc_info()[2]), shown

def called_in_a_generator():
    def generate():
        try:
            yield wrapper(fails, 0)
        except KeyError as error:
            yield functions(error.__traceback__)
    return next(generate())

def through_a_generator():
    def generate():
        yield wrapper(fails, 0)
    try:
        next(generate())
    except KeyError as error:
        return functions(error.__traceback__)

assert called_directly() == (["called_directly"] + ["fails"] * 3,) * 2 + (4,), called_directly()
assert called_by_instance() == (["called_by_instance", "fails"],) * 2 + (2,), called_by_instance()
assert called_in_a_generator() == ["generate", "fails"]
assert through_a_generator() == ["through_a_generator", "generate", "fails"]
""",
    )


@every_interpreter
def test_a_wrapper_of_a_function_in_c_leaves_no_entry(interpreter: Interpreter) -> None:
    _passes(
        interpreter,
        WRAPPER
        + """
def call(*args):
    try:
        Callable()(*args)
    except Exception as error:
        return functions(error.__traceback__), functions(sys.exc_info()[2]), type(error)

def in_a_generator():
    def generate():
        yield call(int, "x")
        try:
            wrapper(int, "x")
        except ValueError as error:
            yield functions(error.__traceback__)
    return list(generate())

def while_another_is_handled():
    try:
        raise KeyError
    except KeyError as outer:
        result = call(int, "x")
        assert functions(outer.__traceback__) == functions(sys.exc_info()[2]) == ["while_another_is_handled"]
        return result

expected = ["call"], ["call"], ValueError
assert call(int, "x") == expected, call(int, "x")
assert call(wrapper, int, "x") == expected
assert in_a_generator() == [expected, ["generate"]], in_a_generator()
assert while_another_is_handled() == expected
""",
    )


@every_interpreter
def test_nothing_is_kept_alive_or_freed_too_early(interpreter: Interpreter) -> None:
    _passes(
        interpreter,
        WRAPPER
        + """
class Thing:
    pass

def holds_and_fails(function, *args):
    thing = Thing()
    alive.append(weakref.ref(thing))
    function(*args)

gc.disable()
for function, args in ((fails, (3,)), (wrapper, (fails, 1)), (wrapper, (int, "x")), (Callable(), (int, "x"))):
    for _ in range(200):
        alive = []
        try:
            wrapper(holds_and_fails, function, *args)
        except (KeyError, ValueError):
            pass
        assert len(alive) == 1 and alive[0]() is None, function
gc.enable()
for _ in range(3000):
    try:
        wrapper(holds_and_fails, Callable(), fails, 2)
    except KeyError as error:
        kept = error
    gc.collect(0)
assert functions(kept.__traceback__) == ["<module>", "holds_and_fails", "fails", "fails", "fails"]
""",
    )


@every_interpreter
def test_many_threads_raise_at_once(interpreter: Interpreter) -> None:
    _passes(
        interpreter,
        WRAPPER
        + """
import threading
wrong = []
def work(function, *args):
    for _ in range(500):
        try:
            Callable()(function, *args)
        except (KeyError, ValueError) as error:
            found = functions(error.__traceback__)
            if found != ["work"] + ["fails"] * (function is fails):
                wrong.append(found)
sys.setswitchinterval(1e-5)
threads = [threading.Thread(target=work, args=a) for a in ((fails, 0), (int, "x")) * 3]
for t in threads: t.start()
for t in threads: t.join()
assert not wrong, wrong[:3]
""",
    )
