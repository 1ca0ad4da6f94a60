"""Stand-ins for functions written in C, on every interpreter found."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.interpreters import Interpreter, installed
from tests.helpers.side_by_side import side_by_side

every_interpreter = pytest.mark.parametrize("interpreter", installed(), ids=lambda i: i.label)

PROGRAM = r"""
import builtins, copy, inspect, os, pickle, select, sys, time, types

for module, name in ((time, "sleep"), (os, "read"), (os, "write"), (os, "kill"), (os, "waitpid"),
                     (select, "select"), (builtins, "input"), (sys, "setswitchinterval")):
    function = getattr(module, name)
    print(name, repr(function), function.__name__, function.__qualname__, function.__module__)
    print(isinstance(function, types.BuiltinFunctionType), inspect.isbuiltin(function), callable(function))
    print(function.__doc__, function.__text_signature__)
    try:
        print(inspect.signature(function))
    except ValueError as error:
        print(error)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(function, protocol)) is function
    print(pickle.dumps(function, 2))
    assert pickle.loads(pickle._dumps(function)) is function
    assert copy.copy(function) is function and copy.deepcopy(function) is function
    assert function == function and hash(function) == hash(function) and {function: 1}[function] == 1

class Waits:
    nap = time.sleep
    def __init__(self):
        self.read = os.read
Waits().nap(0)
print(list(map(time.sleep, [0, 0])))
for call in (lambda: time.sleep(), lambda: time.sleep("x"), lambda: time.sleep(-1), lambda: os.read(1),
             lambda: os.read(-1, 1), lambda: select.select(1), lambda: time.sleep(seconds=1)):
    try:
        call()
    except Exception:
        import traceback
        traceback.print_exc(file=sys.stdout)
import posix
print(posix.read is os.read, posix.write is os.write)
"""


@every_interpreter
def test_a_stand_in_passes_for_what_it_stands_for(interpreter: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PROGRAM, "utf-8")
    side_by_side(interpreter, tmp_path, "program.py").assert_same()
