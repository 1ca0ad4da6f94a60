"""Interpreters within one process: each is recorded by an agent of its own, each has its GIL line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.agent.layout import Gil, Kind
from tests.helpers.interpreters import Interpreter, installed
from tests.helpers.run_session import (
    PATIENCE_S,
    agent_lines,
    observed,
    observer_lines,
    output,
    ran,
    running,
    waited_for,
)

pytestmark = pytest.mark.linux

WITH_GIL = [one for one in installed() if not one.free_threaded]
NEW = [one for one in WITH_GIL if one.version >= (3, 13)]
OLD = [one for one in WITH_GIL if (3, 12) <= one.version < (3, 13)]
each = pytest.mark.parametrize("interpreter", NEW, ids=lambda one: one.label)

#: Its threads compute until there is a file of the name in argv.
PROGRAM = """
import _interpreters, sys, threading
def work(kind):
    identity = _interpreters.create(kind)
    for _ in range(2):
        problem = _interpreters.exec(identity, 'over = %r' % sys.argv[1] + '''
import os, sys, threading
def spin():
    while not os.path.exists(over): sum(range(100_000))
thread = threading.Thread(target=spin)
thread.start(); spin(); thread.join()
assert not [name for name in sys.modules if 'ctypes' in name]
assert sys.getswitchinterval() == 0.005
''')
        if problem is not None: print(problem.formatted)
    _interpreters.destroy(identity)
threads = [threading.Thread(target=work, args=[kind]) for kind in ('isolated', 'legacy')]
for thread in threads: thread.start()
for thread in threads: thread.join()
print('done')
"""


def _folders(folder: Path) -> dict[int, Path]:
    return {int(path.name.partition("i")[2] or 0): path for path in folder.glob("p*-*")}


@each
def test_every_interpreter_records_itself(tmp_path: Path, interpreter: Interpreter) -> None:
    over = tmp_path / "over"
    over.touch()
    with ran(tmp_path, PROGRAM, str(over), interpreter=str(interpreter.path)) as (session, status):
        assert (status, output(session), output(session, 2)) == (0, b"done\n", b"")
        assert set(_folders(session.folder)) == {0, 1, 2}
        assert not agent_lines(session, "probe_failed")
        gils: dict[int, list[list[Any]]] = {}
        for line in agent_lines(session, "gil"):
            gils.setdefault(line[1], []).append(line)
        assert len(gils[0]) == 1
        # which of the two came first is up to the threads
        own, shared = sorted((gils[1], gils[2]), key=lambda lines: not lines[0][2])
        assert own[0][2]
        assert own[0][2] != gils[0][0][2]
        assert own[-1][2] == 0
        assert own[-1][4].startswith("ended: ")
        assert shared[0][4].startswith("shared: ")


@each
def test_holders_of_an_own_gil_are_threads_of_that_interpreter(
    tmp_path: Path, interpreter: Interpreter
) -> None:
    over = tmp_path / "over"
    with running(tmp_path, PROGRAM, str(over), interpreter=str(interpreter.path)) as session:

        def both_seen() -> bool:
            owns = {line[1] for line in agent_lines(session, "gil") if line[1] and line[2]}
            tstates = {line[1]: line[3] for line in observer_lines(session) if line[0] == "holder"}
            seen = {
                (record["flags"] >> 8, tstates.get(record["object"]))
                for record in observed(session)
                if record["kind"] == Kind.GIL and record["flags"] & Gil.LOCKED
            }
            theirs = {(line[8], line[5]) for line in agent_lines(session, "thread") if line[8] in owns}
            return len(owns) == 1 and len(seen & theirs) >= 2

        waited_for(both_seen, "both threads of the interpreter with a GIL of its own")
        over.touch()
        assert session.wait(PATIENCE_S) == 0


@pytest.mark.parametrize("interpreter", OLD, ids=lambda one: one.label)
def test_on_3_12_they_are_said_not_to_be_recorded(tmp_path: Path, interpreter: Interpreter) -> None:
    code = (
        "import _xxsubinterpreters as i\nidentity = i.create()\n"
        "i.run_string(identity, 'x = 1')\ni.destroy(identity)\nprint('done')"
    )
    with ran(tmp_path, code, interpreter=str(interpreter.path)) as (session, status):
        assert (status, output(session), output(session, 2)) == (0, b"done\n", b"")
        assert [line[4][:10] for line in agent_lines(session, "gil") if line[1]] == ["no_agent: "]
