"""Frames of ours that the program does not see."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from engine.agent import hidden, thread_state
from tests.helpers.interpreters import Interpreter, installed

every_interpreter = pytest.mark.parametrize("interpreter", installed(), ids=lambda i: i.label)

LOAD = f"""\
import sys, gc, traceback, weakref
import _frozen_importlib as machinery, _frozen_importlib_external as files
folder = {str(Path(hidden.__file__).parent)!r}
file = folder + "/__init__.py"
machinery._load(files.spec_from_file_location("_lockstep", file, submodule_search_locations=[folder]))
from _lockstep import hidden
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


@every_interpreter
def test_hidden_frames_are_seen_by_nobody(interpreter: Interpreter) -> None:
    if interpreter.version < (3, 11):
        pytest.skip("before 3.11 see call_without_frames")
    _passes(
        interpreter,
        """
def base():
    try:
        return middle()
    except ValueError:
        raise
def middle():
    value = look()
    try:
        fails()
    except KeyError as error:
        names = [entry.name for entry in traceback.extract_tb(error.__traceback__)]
        assert names == (["fails"] if is_hidden else ["middle", "fails"]), names
    return value
def look():
    frame, names = sys._getframe(), []
    while frame:
        names.append(frame.f_code.co_name)
        frame = frame.f_back
    stack = [entry.name for entry in traceback.extract_stack()]
    assert stack[::-1] == names
    seen = []
    for switch in (sys.settrace, sys.setprofile):
        switch(lambda frame, event, arg: seen.append((frame.f_code.co_name, event)))
        inner()
        switch(None)
    seen = [event for name, event in seen if name == "inner"]
    assert seen == ["call", "call", "return"], seen
    return names
def inner():
    pass
def fails():
    raise KeyError
is_hidden = False
assert base() == ["look", "middle", "base", "<module>"]
assert hidden.hide(middle.__code__, base.__code__) is True
is_hidden = True
for _ in range(3):
    assert base() == ["look", "<module>"], base()
    seen = []
    for switch in (sys.settrace, sys.setprofile):
        switch(lambda frame, event, arg: seen.append(frame.f_code.co_name))
        base()
        switch(None)
    if sys.version_info >= (3, 12):
        assert not {"base", "middle"} & set(seen), seen
def other():
    pass
assert hidden.hide(other.__code__) is (sys.version_info < (3, 12))  # has no except
def hidden_and_fails():
    try:
        fails()
    except ValueError:
        pass
assert hidden.hide(hidden_and_fails.__code__)
try:
    hidden_and_fails()
except KeyError as error:
    trace = error.__traceback__
    assert [trace.tb_frame.f_code.co_name, trace.tb_next.tb_frame.f_code.co_name] == ["<module>", "fails"]
""",
    )


@every_interpreter
@pytest.mark.parametrize("switch", ["settrace", "setprofile"])
def test_a_trace_function_that_is_left_on(interpreter: Interpreter, switch: str) -> None:
    _passes(
        interpreter,
        f"""
seen = []
def program():
    sys.{switch}(lambda frame, event, arg: seen.append((frame.f_code.co_name, event)))
    inner()
    raise KeyError
def inner():
    pass
def base():
    hidden.be_quiet()
    hidden.call_without_frames(program)
hidden.hide(base.__code__, sys._getframe().f_code, hidden.call_without_frames.__code__, again=False)
try:
    base()
except BaseException as error:
    caught = error
length = len(seen)
hidden.come_back()
later = lambda: None
later()
sys.{switch}(None)
assert type(caught) is KeyError, caught
names = [name for name, event in seen[:length] if event in ("call", "return")]
if sys.version_info >= (3, 12) or "{switch}" == "settrace":
    assert set(names) == {{"inner", "program"}} or names == ["inner"], seen
assert ("<lambda>", "call") in seen[length:], seen
""",
    )


@every_interpreter
def test_what_is_hidden_for_good_can_be(interpreter: Interpreter) -> None:
    if interpreter.version < (3, 11):
        pytest.skip("nothing is hidden in this way before 3.11")
    _passes(
        interpreter,
        """
from _lockstep import children, program
codes = [children._Start.__call__.__code__, children._fork_exec.__code__]
codes += [function.__code__ for function in children._SYSTEM.values()]
assert hidden.hide(*codes)
assert hidden.hide(program._code.__code__, hidden.call_without_frames.__code__)
assert hidden.hide(program.run.__code__, again=False)
""",
    )


@every_interpreter
def test_calls_may_be_as_deep_and_the_count_comes_back(interpreter: Interpreter) -> None:
    _passes(
        interpreter,
        """
def depth(n=1):
    try:
        return depth(n + 1)
    except RecursionError:
        return n
found = []
def program():
    frame = sys._getframe()
    below = 0
    while frame.f_back:
        frame = frame.f_back
        below += 1
    found.append((depth(), below))
def call(function):
    try:
        hidden.call_without_frames(function)
    finally:
        hidden.come_back()
before = depth()
call(program)
deeper = lambda n: call(program) if not n else deeper(n - 1)
deeper(10)
def raises():
    program()
    raise KeyError
try:
    call(raises)
except KeyError:
    pass
assert depth() == before
plain, below = found[0]
assert found[1][0] == plain and found[2][0] == plain - 1, found
assert plain > before - 1, (plain, before)
""",
    )


def test_without_ctypes_the_program_runs_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def fetch(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(hidden, "fetch", fetch)
    monkeypatch.setattr(thread_state, "fetch", fetch)
    monkeypatch.setattr(thread_state, "_thread_states", [])

    def code() -> None:
        pass

    assert not hidden.hide(code.__code__)
    called: list[int] = []
    hidden.call_without_frames(called.append, 1)
    assert called == [1]
    assert sys.getrecursionlimit() > 0
