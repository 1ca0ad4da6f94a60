"""Whoever of us is killed, in whatever order: nothing of the run is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from engine.session import discard, recoverable
from tests.helpers.run_session import (
    PATIENCE_S,
    environment,
    events,
    follower_of,
    guard_of,
    info,
    observed,
    output,
    running,
    samplers_of,
    wait_for_output,
    wait_until_gone,
    waited_for,
)

pytestmark = pytest.mark.linux

#: A worker, one in a group of its own, an orphan in a session of its own; none goes voluntarily.
PROGRAM = """
import os, signal, sys
for number in (signal.SIGTERM, signal.SIGHUP): signal.signal(number, signal.SIG_IGN)
read, write = os.pipe()
def worker(prepare=lambda: None):
    if os.fork() == 0:
        prepare()
        os.write(write, b'%d ' % os.getpid())
        while True: signal.pause()
worker()
worker(lambda: os.setpgid(0, 0))
if os.fork() == 0:
    os.setsid()
    worker()
    os._exit(0)
os.wait()
text = b''
while text.count(b' ') < 3: text += os.read(read, 100)
print('pids', text.decode(), '.', flush=True)
while True: signal.pause()
"""


def _workers(printed: bytes) -> list[int]:
    pids = [int(word) for word in printed.split(b"pids", 1)[1].split(b".")[0].split()]
    assert len(pids) == 3
    return pids


@pytest.mark.parametrize("victims", [["guard"], ["follower"], ["guard", "follower"], ["follower", "guard"]])
def test_killed_observer_takes_the_program_along(tmp_path: Path, victims: list[str]) -> None:
    with running(tmp_path, PROGRAM) as session:
        workers = _workers(wait_for_output(session, b".\n"))
        ours = {"guard": guard_of(session), "follower": follower_of(session)}
        everybody = [*workers, session.pid, *ours.values(), *samplers_of(session)]
        for victim in victims:
            os.kill(ours[victim], signal.SIGKILL)
        wait_until_gone(*(pid for pid in everybody if pid != ours["guard"]))
        session.wait(PATIENCE_S)
        assert not session.running
        assert any(event.get("code") == "observer_died" for event in events(session))
        assert "ended_ns" in info(session)


def test_killed_sampler_is_replaced(tmp_path: Path) -> None:
    code = "import sys\nprint('up', flush=True)\nwhile sys.stdin.readline(): print('again', flush=True)"
    with running(tmp_path, code) as session:
        wait_for_output(session, b"up\n")
        first = samplers_of(session)
        os.kill(first[0], signal.SIGKILL)
        waited_for(lambda: len(set(samplers_of(session)) - set(first)) == 1, "another sampler")
        before = len(observed(session))
        waited_for(lambda: len(observed(session)) > before, "more records")
        session.end_input()
        assert session.wait(PATIENCE_S) == 0


WINDOW = """
import sys
from pathlib import Path
from engine.session import Launch, Session, new_folder
folder = new_folder('window', Path(sys.argv[1]))
session = Session.start(Launch([sys.argv[2]], capture=True, session_folder=folder))
print(folder, session.pid, session._guard.pid, flush=True)
sys.stdin.read()
"""


def _window(tmp_path: Path) -> tuple[subprocess.Popen[bytes], Path, list[int]]:
    """A process that runs the program as the window does: (it, session folder, pids of the run)."""
    script = tmp_path / "program.py"
    script.write_text(PROGRAM)
    window = subprocess.Popen(
        [sys.executable, "-c", WINDOW, str(tmp_path / "sessions"), str(script)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(),
    )
    assert window.stdout is not None
    folder_text, root, guard = window.stdout.readline().split()
    folder = Path(os.fsdecode(folder_text))
    waited_for(lambda: b".\n" in output(folder), "the program's output")
    workers = _workers(output(folder))
    return window, folder, [int(root), int(guard), *workers]


def test_killed_window_leaves_a_session_to_recover_and_nothing_else(tmp_path: Path) -> None:
    window, folder, pids = _window(tmp_path)
    assert recoverable(tmp_path / "sessions") == []
    window.kill()
    window.communicate()
    wait_until_gone(*pids)
    waited_for(lambda: b"ended_ns" in (folder / "session.json").read_bytes(), "the session's end")
    assert recoverable(tmp_path / "sessions") == [folder]
    discard(folder)
    assert recoverable(tmp_path / "sessions") == []


def test_window_and_guard_killed_at_once(tmp_path: Path) -> None:
    window, folder, pids = _window(tmp_path)
    os.kill(pids[1], signal.SIGKILL)
    window.kill()
    window.communicate()
    wait_until_gone(*pids)
    assert recoverable(tmp_path / "sessions") == [folder]
    discard(folder)


def test_many_processes_are_all_found_and_ended(tmp_path: Path) -> None:
    """50 processes that start 2 each."""
    code = """
import os, signal
read, write = os.pipe()
for _ in range(50):
    if os.fork() == 0:
        for _ in range(2):
            if os.fork() == 0: break
        os.write(write, b'%7d ' % os.getpid())
        while True: signal.pause()
text = b''
while len(text) < 150 * 8: text += os.read(read, 10_000)
print('pids', text.decode(), '.', flush=True)
while True: signal.pause()
"""
    with running(tmp_path, code) as session:
        printed = wait_for_output(session, b".\n")
        pids = {int(word) for word in printed.split(b"pids", 1)[1].split(b".")[0].split()}
        assert len(pids) == 150
        side = session.folder / "observer" / "side.jsonl"

        def seen() -> bool:
            lines = [line for line in side.read_text().splitlines() if line.startswith('["observed"')]
            return all(any(f", {pid}, " in line for line in lines) for pid in pids)

        waited_for(seen, "all processes being followed")
        session.stop()
        assert session.wait(PATIENCE_S) == 128 + 15
        wait_until_gone(*pids)
