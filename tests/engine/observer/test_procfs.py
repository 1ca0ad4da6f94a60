"""Processes as the system lists them, with /proc and without."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from engine.observer import ending, procfs
from tests.helpers.run_session import wait_until_gone, waited_for

pytestmark = pytest.mark.linux

FAMILY = """
import os, signal
read, write = os.pipe()
for _ in range(2):
    if os.fork() == 0:
        if os.fork() == 0: os.setsid()
        os.write(write, b'%7d ' % os.getpid())
        while True: signal.pause()
text = b''
while len(text) < 32: text += os.read(read, 100)
print(text.decode(), flush=True)
while True: signal.pause()
"""


@contextmanager
def _family() -> Iterator[tuple[int, set[int]]]:
    """(root, its four descendants)."""
    root = subprocess.Popen([sys.executable, "-S", "-c", FAMILY], stdout=subprocess.PIPE)
    assert root.stdout is not None
    pids = {int(word) for word in root.stdout.readline().split()}
    try:
        yield root.pid, pids
    finally:
        for pid in [root.pid, *pids]:
            procfs.send(pid, signal.SIGKILL)
        root.communicate()
        wait_until_gone(*pids)


@pytest.mark.parametrize("have_proc", [True, False])
def test_descendants(monkeypatch: pytest.MonkeyPatch, have_proc: bool) -> None:
    with _family() as (root, pids):
        monkeypatch.setattr(procfs, "HAVE_PROC", have_proc)
        assert len(pids) == 4
        assert set(procfs.descendants(root)) == pids
        first = procfs.children(root)
        assert len(first) == 2
        assert set(procfs.descendants(root, frozenset(first[:1]))) < pids
        assert root in procfs.descendants(os.getpid())


def test_threads_and_states() -> None:
    assert os.getpid() in procfs.threads(os.getpid())
    assert procfs.thread_count(os.getpid()) == len(procfs.threads(os.getpid()))
    assert procfs.parent(os.getpid()) == os.getppid()
    assert procfs.state(os.getpid()) in ("R", "S")
    assert "pytest" in procfs.command_line(os.getpid())


def test_zombies_and_what_is_gone() -> None:
    child = subprocess.Popen([sys.executable, "-S", "-c", "pass"])
    waited_for(lambda: procfs.is_zombie(child.pid), "the zombie")
    child.wait()
    assert procfs.state(child.pid) == ""
    assert not procfs.alive(child.pid)
    assert procfs.alive(os.getpid())
    assert procfs.threads(child.pid) == []
    assert procfs.thread_count(child.pid) == 0
    assert not procfs.send(child.pid, signal.SIGTERM)


KILLER = """
import os, signal, subprocess, sys
from engine.observer import ending, linux, procfs
procfs.HAVE_PROC = bool(int(sys.argv[2]))
assert linux.become_subreaper()
child = subprocess.Popen([sys.executable, '-S', '-c', sys.argv[1]], stdout=subprocess.PIPE)
print(child.stdout.readline().decode(), flush=True)
ends = []
print(ending.kill_all(frozenset(), lambda pid, status: ends.append(pid)), len(ends))
"""


@pytest.mark.parametrize("have_proc", [True, False])
def test_kill_all_takes_those_who_left_the_group_too(have_proc: bool) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLER, FAMILY, str(int(have_proc))],
        capture_output=True,
        text=True,
        check=True,
        cwd=os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(__file__)))),
    )
    lines = done.stdout.splitlines()
    wait_until_gone(*(int(word) for word in lines[0].split()))
    assert lines[-1] == "True 5", "all five were buried by the subreaper"


def test_bury_tells_who_ended() -> None:
    pid = os.fork()
    if pid == 0:
        os._exit(3)
    found: list[tuple[int, int]] = []
    waited_for(lambda: ending.bury(lambda *end: found.append(end)) is None or found, "the end")
    assert (pid, 3 << 8) in found
