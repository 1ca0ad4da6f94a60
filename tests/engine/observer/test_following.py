"""Every descendant is found, told of and seen to end, whatever kind of process it is."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from engine.agent.layout import Kind, Line
from engine.session import Session
from tests.helpers.run_session import (
    observed,
    observer_lines,
    output,
    ran,
    running,
    wait_for_output,
    waited_for,
)

pytestmark = pytest.mark.linux


def _processes(session: Session) -> dict[int, list[list[Any]]]:
    """pid → its OBSERVED lines."""
    found: dict[int, list[list[Any]]] = {}
    for line in observer_lines(session):
        if line[0] == Line.OBSERVED:
            found.setdefault(line[2], []).append(line)
    return found


def _ends(session: Session) -> dict[int, int]:
    """pid → wait status."""
    return {r["object"]: r["value"] for r in observed(session) if r["kind"] == Kind.PROCESS_GONE}


def test_foreign_children_are_followed(tmp_path: Path) -> None:
    code = (
        "import subprocess\nchild = subprocess.Popen(['cat'], stdin=subprocess.PIPE)\n"
        "print('pid', child.pid, flush=True)\ninput()\nchild.communicate()"
    )
    with running(tmp_path, code) as session:
        pid = int(wait_for_output(session, b"\n").split()[1])
        waited_for(lambda: pid in _processes(session) and _processes(session)[pid][-1][5] == "cat", "cat")
        session.send_input(b"\n")
        assert session.wait(60) == 0
        lines = _processes(session)[pid]
        assert {line[4] for line in lines} == {""}, "it carries no agent"
        assert {line[3] for line in lines} == {session.pid}
        assert pid in _ends(session)


def test_python_children_are_followed_with_their_folders(tmp_path: Path) -> None:
    code = """
import multiprocessing, os, subprocess, sys
def work(connection): connection.recv()
if __name__ == '__main__':
    for method in ('fork', 'spawn'):
        context = multiprocessing.get_context(method)
        ours, theirs = context.Pipe()
        child = context.Process(target=work, args=(theirs,))
        child.start()
        print(child.pid, flush=True)
        ours.send(1)
        child.join()
    print('done', flush=True)
"""
    with ran(tmp_path, code) as (session, status):
        assert status == 0, output(session, 2)
        known = _processes(session)
        for pid in [int(word) for word in output(session).split()[:-1]]:
            folder = known[pid][-1][4]
            assert folder.startswith(f"p{pid}-")
            assert (session.folder / folder).is_dir()


def test_exec_is_another_program_under_the_same_pid(tmp_path: Path) -> None:
    (tmp_path / "second.py").write_text("print('second')")
    code = f"import os, sys; os.execv(sys.executable, [sys.executable, {str(tmp_path / 'second.py')!r}])"
    with ran(tmp_path, code) as (session, status):
        assert (status, output(session)) == (0, b"second\n"), output(session, 2)
        lines = _processes(session)[session.pid]
        assert len({line[1] for line in lines}) == 2, "two serials"
        assert len({line[4] for line in lines} - {""}) == 2, "two folders"
        ends = [r["value"] for r in observed(session) if r["kind"] == Kind.PROCESS_GONE]
        assert ends == [-1, 0]


def test_how_processes_ended(tmp_path: Path) -> None:
    code = """
import os, signal, sys
pids = []
for end in (lambda: os._exit(3), lambda: os.kill(os.getpid(), signal.SIGKILL)):
    pid = os.fork()
    if pid == 0: end()
    pids.append(pid)
print('pids', *pids, flush=True)
input()                                  # zombies until then
for pid in pids: os.waitpid(pid, 0)
os._exit(9)
"""
    with running(tmp_path, code) as session:
        first, second = (int(word) for word in wait_for_output(session, b"\n").split()[1:])
        waited_for(lambda: {first, second} <= set(_ends(session)), "both ends")
        session.send_input(b"\n")
        assert session.wait(60) == 9
        ends = _ends(session)
        assert ends[first] == 3 << 8
        assert ends[second] == signal.SIGKILL
        assert os.waitstatus_to_exitcode(ends[session.pid]) == 9


def test_signals_of_a_stop_are_recorded(tmp_path: Path) -> None:
    code = """
import os, signal
os.fork()
signal.signal(signal.SIGTERM, signal.SIG_IGN)
os.write(1, b'up\\n')
while True: signal.pause()
"""
    with running(tmp_path, code) as session:
        waited_for(lambda: output(session).count(b"up\n") == 2, "both processes")
        waited_for(lambda: len(_processes(session)) == 2, "both being followed")
        session.stop()
        assert session.wait(60) == 128 + 9
        sent = [(r["object"], r["value"]) for r in observed(session) if r["kind"] == Kind.STOP_SENT]
        pids = set(_processes(session))
        assert set(sent) == {(pid, number) for pid in pids for number in (15, 9)}
