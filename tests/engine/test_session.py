"""One run from start to end: what the program gets, what is told of it, what is left of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from engine.errors import LockstepError
from engine.session import Launch, Session, check, discard, new_folder
from tests.helpers import interpreters
from tests.helpers.run_session import (
    PATIENCE_S,
    environment,
    events,
    gone,
    info,
    output,
    ran,
    running,
    wait_for_output,
    wait_until_gone,
)

pytestmark = pytest.mark.linux

HOLD = "import signal, sys\nprint('up', flush=True)\nsignal.pause()\n"


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("pass", 0),
        ("raise SystemExit(3)", 3),
        ("raise SystemExit('said')", 1),
        ("1/0", 1),
        ("import os; os._exit(7)", 7),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", 128 + 9),
        ("import ctypes; ctypes.string_at(0)", 128 + 11),
        ("import os; os.abort()", 128 + 6),
        ("def f(:", 1),
    ],
)
def test_exit_status_is_the_programs(tmp_path: Path, code: str, status: int) -> None:
    with ran(tmp_path, code) as (session, got):
        assert got == status
        (ended,) = [event for event in events(session) if event["event"] == "exited"]
        assert ended["signal"] == (status - 128 if status > 128 else 0)
        assert not ended["stopped"]
        assert info(session)["exit_status"] == status


@pytest.mark.parametrize("interpreter", interpreters.installed(), ids=lambda interpreter: interpreter.label)
def test_runs_on_every_interpreter(tmp_path: Path, interpreter: interpreters.Interpreter) -> None:
    code = "import sys; print(sys.version_info[:2], sys.argv[1:])"
    with ran(tmp_path, code, "a", "b c", interpreter=str(interpreter.path)) as (session, status):
        assert status == 0
        assert output(session) == f"{interpreter.version} ['a', 'b c']\n".encode()
        assert info(session)["interpreter"]["version"].startswith(".".join(map(str, interpreter.version)))


def test_session_file_says_what_was_run(tmp_path: Path) -> None:
    how = {"scenario": "example", "parameters": {"workers": 3}, "time_limit_s": 50.0}
    with ran(tmp_path, "pass", "x", **how) as (session, _):
        document = info(session)
        assert document["schema"] == "lockstep-session"
        assert document["script"] == str(tmp_path / "program.py")
        assert document["module"] is None
        assert document["command"] == [sys.executable, str(tmp_path / "program.py"), "x"]
        assert document["scenario"] == "example"
        assert document["parameters"] == {"workers": 3}
        assert document["limits"]["time_s"] == 50.0
        assert document["started_ns"] < document["ended_ns"]
        assert session.folder.stat().st_mode & 0o777 == 0o700


def test_module_and_code(tmp_path: Path) -> None:
    (tmp_path / "part.py").write_text("import sys; print(__name__, sys.argv[1:])")
    for command, wanted in (
        (["-m", "part", "-q"], b"__main__ ['-q']\n"),
        (["-c", "import sys; print(__name__, sys.argv)", "y"], b"__main__ ['-c', 'y']\n"),
    ):
        folder = new_folder("test", tmp_path)
        with Session.start(
            Launch(command, cwd=str(tmp_path), capture=True, session_folder=folder)
        ) as session:
            assert session.wait(PATIENCE_S) == 0
            assert output(session) == wanted
        discard(folder)


def test_program_finds_itself_as_without_us(tmp_path: Path) -> None:
    code = """
import os, signal
print(sorted(os.environ))
print([n.name for n in signal.valid_signals() if signal.getsignal(n) is signal.SIG_IGN])
print(sorted(int(f) for f in os.listdir('/proc/self/fd'))[:-1])
print(os.sched_getscheduler(0), sorted(os.sched_getaffinity(0)), os.nice(0))
print(open('/proc/self/timerslack_ns').read())
print(os.getcwd(), os.umask(0o22), sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])))
"""
    with ran(tmp_path, code) as (session, status):
        assert status == 0, output(session, 2)
        alone = subprocess.run(
            [sys.executable, str(tmp_path / "program.py")],
            capture_output=True,
            check=True,
            timeout=PATIENCE_S,
        )
        assert output(session) == alone.stdout


# --- streams ----------------------------------------------------------------------------------


def test_captured_streams_are_terminals_that_change_nothing(tmp_path: Path) -> None:
    code = """
import os, sys
print([os.isatty(n) for n in range(3)])
sys.stdout.write('a\\nb\\r\\nc\\t\\x07\\n'); sys.stdout.flush()
os.write(2, b'bad\\n')
print(tuple(os.get_terminal_size()))
"""
    with ran(tmp_path, code, columns=100, rows=40) as (session, _):
        assert output(session) == b"[True, True, True]\na\nb\r\nc\t\x07\n(100, 40)\n"
        assert output(session, 2) == b"bad\n"


def test_output_survives_an_abrupt_end(tmp_path: Path) -> None:
    with ran(tmp_path, "import os; print('last words'); os._exit(0)") as (session, _):
        assert output(session) == b"last words\n"


def test_input_reaches_the_program_and_is_not_echoed(tmp_path: Path) -> None:
    code = """
import sys
print('ask', flush=True)
for line in sys.stdin: print('got', repr(line), flush=True)
print('end')
"""
    with running(tmp_path, code) as session:
        wait_for_output(session, b"ask\n")
        session.send_input("zwölf\n".encode())
        wait_for_output(session, "got 'zwölf\\n'\n".encode())
        session.end_input()
        assert session.wait(PATIENCE_S) == 0
        assert output(session) == "ask\ngot 'zwölf\\n'\nend\n".encode()


def test_resized_while_running(tmp_path: Path) -> None:
    code = """
import os, signal
signal.signal(signal.SIGWINCH, lambda *a: print(tuple(os.get_terminal_size(0)), flush=True))
print('up', flush=True)
signal.pause()
"""
    with running(tmp_path, code) as session:
        wait_for_output(session, b"up\n")
        session.resize(132, 50)
        wait_for_output(session, b"(132, 50)\n")
        assert session.wait(PATIENCE_S) == 0


def test_flood_of_output_is_bounded_with_its_end_kept(tmp_path: Path) -> None:
    code = """
import sys
for n in range(40_000): sys.stdout.write('%09d ' % n + 'x' * 489 + '\\n')
print('the end')
"""
    limit = 16 * 1024 * 1024
    with ran(tmp_path, code, size_limit_bytes=limit) as (session, status):
        assert status == 0
        kept = output(session)
        dropped = json.loads(output(session, 0))["dropped"]
        assert kept.startswith(b"000000000 xxx")
        assert kept.endswith(b"the end\n")
        assert len(kept) + dropped == 40_000 * 500 + len("the end\n")
        assert (session.folder / "output.bin").stat().st_size < limit // 8 + 512 * 1024


def _driver(folder: Path, program: str, **how: object) -> list[str]:
    """A command line's part: starts ``program`` with inherited streams and leaves with its status."""
    script = folder / "program.py"
    script.write_text(program)
    driver = folder / "driver.py"
    driver.write_text(
        "import sys\nfrom pathlib import Path\n"
        "from engine.session import Launch, discard, foreground, new_folder\n"
        f"folder = new_folder('driver', Path({str(folder)!r}))\n"
        f"launch = Launch([{str(script)!r}], session_folder=folder, **{how!r})\n"
        "try:\n"
        "    with foreground(launch) as session: status = session.wait()\n"
        "finally:\n    discard(folder)\n"
        "sys.exit(status)\n"
    )
    return [sys.executable, str(driver)]


def test_inherited_streams_are_ours(tmp_path: Path) -> None:
    code = """
import os, sys
print(sys.stdin.read(), os.getpgrp() == int(os.environ['GROUP']), end='')
sys.stderr.write('e')
sys.exit(5)
"""
    done = subprocess.run(
        _driver(tmp_path, code),
        input=b"in\n",
        capture_output=True,
        env={**environment(), "GROUP": str(os.getpgrp())},
        check=False,
        timeout=PATIENCE_S,
    )
    assert (done.returncode, done.stdout, done.stderr) == (5, b"in\n True", b"e")


def test_further_descriptors_are_inherited_on_the_command_line(tmp_path: Path) -> None:
    read, write = os.pipe()
    code = f"""
import os
os.write({write}, b'through')
print(*sorted(int(name) for name in os.listdir('/proc/self/fd') if os.path.exists('/proc/self/fd/' + name)))
"""
    done = subprocess.run(
        _driver(tmp_path, code),
        capture_output=True,
        env=environment(),
        pass_fds=[write],
        check=False,
        timeout=PATIENCE_S,
    )
    os.close(write)
    with os.fdopen(read, "rb") as file:
        assert file.read() == b"through"
    assert done.stdout.decode().strip() == f"0 1 2 {write}"


def test_interrupt_from_the_terminal_goes_to_the_program(tmp_path: Path) -> None:
    code = """
import sys, time
try:
    print('up', flush=True)
    while True:  # one wait could begin just after the signal
        time.sleep(0.01)
except KeyboardInterrupt:
    print('interrupted', flush=True)
    sys.exit(9)
"""
    with subprocess.Popen(
        _driver(tmp_path, code),
        stdout=subprocess.PIPE,
        env=environment(),
        start_new_session=True,
        # a shell's background job, which these tests may be, starts with it ignored
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as driver:
        assert driver.stdout is not None
        assert driver.stdout.readline() == b"up\n"
        os.killpg(driver.pid, signal.SIGINT)  # what a terminal does on ^C
        assert driver.stdout.read() == b"interrupted\n"
        assert driver.wait(PATIENCE_S) == 9


def test_passed_on_output_is_captured_as_well(tmp_path: Path) -> None:
    code = "import sys; print('out'); sys.stdout.flush(); sys.stderr.write('err\\n')"
    how = {"capture": True, "terminals": False}
    done = subprocess.run(
        _driver(tmp_path, code, **how),
        capture_output=True,
        env=environment(),
        check=False,
        timeout=PATIENCE_S,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"out\n", b"err\n")


def test_whoever_reads_our_output_sees_its_end_with_the_program(tmp_path: Path) -> None:
    """Neither guard nor follower may hold the inherited streams open."""
    with running(tmp_path, HOLD) as session:
        wait_for_output(session, b"up\n")
        ours = {os.readlink(f"/proc/self/fd/{n}") for n in (1, 2)}
        parent = int(Path(f"/proc/{session.pid}/stat").read_text().rpartition(")")[2].split()[1])
        theirs = {os.readlink(f"/proc/{parent}/fd/{n}") for n in range(3)}
        assert theirs == {"/dev/null"}
        assert not theirs & ours


# --- ends -------------------------------------------------------------------------------------


def test_stop_ends_politely(tmp_path: Path) -> None:
    code = """
import os, signal
signal.signal(signal.SIGTERM, lambda *a: os._exit(4))
print('up', flush=True)
signal.pause()
"""
    with running(tmp_path, code) as session:
        wait_for_output(session, b"up\n")
        session.stop()
        assert session.wait(PATIENCE_S) == 4
        assert info(session)["stopped"]


RELUCTANT = """
import os, signal, subprocess, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
def another(code):
    code = 'import os, signal\\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\\n' + code
    return subprocess.Popen([sys.executable, '-S', '-c', code + 'signal.pause()']).pid
pids = [another(''), another('os.setsid(); '), another('os.setpgid(0, 0); ')]
read, write = os.pipe()
if os.fork() == 0:                       # its child becomes an orphan in a session of its own
    os.setsid()
    if os.fork() == 0:
        os.write(write, b'%d' % os.getpid())
        signal.pause()
    os._exit(0)
os.wait()
pids.append(int(os.read(read, 20)))
print('pids', *pids)
print('done', flush=True)
while True: signal.pause()
"""


def _pids(printed: bytes) -> list[int]:
    return [int(word) for word in printed.split(b"pids", 1)[1].split(b"\n", 1)[0].split()]


def test_stop_ends_the_whole_tree(tmp_path: Path) -> None:
    with running(tmp_path, RELUCTANT) as session:
        pids = _pids(wait_for_output(session, b"done\n"))
        assert len(pids) == 4
        assert not any(gone(pid) for pid in pids)
        session.stop()
        assert session.wait(PATIENCE_S) == 128 + 9
        assert all(gone(pid) for pid in [*pids, session.pid])


def test_close_while_running_leaves_nothing(tmp_path: Path) -> None:
    with running(tmp_path, RELUCTANT) as session:
        pids = _pids(wait_for_output(session, b"done\n"))
        session.close()
        wait_until_gone(*pids, session.pid)


def test_time_limit(tmp_path: Path) -> None:
    with ran(tmp_path, "while True: pass", time_limit_s=0.5) as (session, status):
        assert status == 124
        assert session.timed_out
        assert info(session)["timed_out"]


def test_descendants_may_outlive_the_first_process(tmp_path: Path) -> None:
    code = """
import os, sys
if os.fork() == 0:
    sys.stdin.read()
    print('late', flush=True)
    os._exit(0)
print('early', flush=True)
os._exit(6)
"""
    with running(tmp_path, code) as session:
        while (event := session.events.get(timeout=PATIENCE_S))["event"] != "exited":
            pass
        assert event["status"] == 6
        assert session.running
        session.end_input()
        assert session.wait(PATIENCE_S) == 6
        assert output(session).endswith(b"late\n")


def test_those_who_linger_are_ended(tmp_path: Path) -> None:
    code = """
import os, signal
pid = os.fork()
if pid == 0: signal.pause()
print('pids', pid, flush=True)
os._exit(2)
"""
    with ran(tmp_path, code, linger_s=0.2) as (session, status):
        assert status == 2
        assert any(event["event"] == "lingering" for event in events(session))
        assert all(gone(pid) for pid in _pids(output(session)))


def test_full_session_stops_recording_not_the_program(tmp_path: Path) -> None:
    code = """
import os, sys, threading
lock = threading.Lock()
here = os.path.dirname(os.path.abspath(sys.argv[1]))
while not os.path.exists(sys.argv[1]):
    for _ in range(1000):
        with lock: pass
print('still here')
"""
    folder = new_folder("test", tmp_path)
    script = tmp_path / "program.py"
    script.write_text(code)
    launch = Launch(
        [str(script), str(folder / "full")], capture=True, size_limit_bytes=2_000_000, session_folder=folder
    )
    with Session.start(launch) as session:
        assert session.wait(PATIENCE_S) == 0
        assert output(session) == b"still here\n"
        assert any(event["event"] == "full" for event in events(session))
    discard(folder)


# --- what is refused ------------------------------------------------------------------------


def _refused(launch: Launch) -> LockstepError:
    with pytest.raises(LockstepError) as caught:
        Session.start(launch)
    return caught.value


def test_bad_scripts_are_refused_before_anything_runs(tmp_path: Path) -> None:
    assert _refused(Launch([str(tmp_path / "none.py")])).code == "script_missing"
    assert _refused(Launch([str(tmp_path)])).code == "script_is_folder"
    assert _refused(Launch(["x.py"], cwd=str(tmp_path / "nowhere"))).code == "folder_missing"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("#!/bin/sh\necho hello\n", "interpreter_not_python"),
        ("#!/bin/sh\nyes\n", "interpreter_not_python"),
        ("#!/no/such/thing\n", "interpreter_not_python"),
        ("#!/bin/sh\nprintf 'lockstep-interpreter\\n2.7.18\\ncpython\\n/x\\n0\\n'\n", "interpreter_too_old"),
        ("#!/bin/sh\nprintf 'lockstep-interpreter\\n3.8.1\\ncpython\\n/x\\n0\\n'\n", "interpreter_too_old"),
        ("#!/bin/sh\nprintf 'lockstep-interpreter\\n3.10.1\\npypy\\n/x\\n0\\n'\n", "interpreter_not_cpython"),
    ],
)
def test_bad_interpreters_are_refused(tmp_path: Path, text: str, code: str) -> None:
    (tmp_path / "program.py").write_text("pass")
    python = tmp_path / "python"
    python.write_text(text)
    python.chmod(0o755)
    assert _refused(Launch([str(tmp_path / "program.py")], interpreter=str(python))).code == code


def test_missing_interpreters_are_refused(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text("pass")
    script = [str(tmp_path / "program.py")]
    assert _refused(Launch(script, interpreter=str(tmp_path / "none"))).code == "interpreter_missing"
    assert _refused(Launch(script, interpreter=script[0])).code == "interpreter_not_python"


def test_old_pythons_are_refused() -> None:
    old = sorted((Path.home() / ".pyenv" / "versions").glob("[23].*/bin/python"))
    old = [path for path in old if path.parts[-3].startswith(("2.", "3.6", "3.7", "3.8"))]
    if not old:
        pytest.skip("no old Python here")
    for path in old:
        with pytest.raises(LockstepError) as caught:
            check(Launch(["-c", "pass"], interpreter=str(path)))
        assert caught.value.code == "interpreter_too_old"
        assert caught.value.data["version"] == path.parts[-3]


# --- what a program can notice (docs/observing.md) --------------------------------------------


def test_orphans_become_the_followers_children(tmp_path: Path) -> None:
    code = """
import os
read, write = os.pipe()
if os.fork() == 0:
    parent = os.getpid()
    if os.fork() == 0:
        while os.getppid() == parent: os.sched_yield()
        print(os.getppid(), flush=True)
    os._exit(0)
os.close(write)
os.read(read, 1)  # the end of the grandchild
print(os.getppid(), flush=True)
"""
    with ran(tmp_path, code) as (session, status):
        assert status == 0
        first, second = output(session).split()
        assert first == second != b"1"


def test_first_process_ends_with_its_parent(tmp_path: Path) -> None:
    code = (
        "import ctypes, os\nvalue = ctypes.c_int()\n"
        "def ask(): ctypes.CDLL(None).prctl(2, ctypes.byref(value)); print(value.value, flush=True)\n"
        "ask()\nif os.fork() == 0:\n    ask()\n    os._exit(0)\nos.wait()"
    )
    with ran(tmp_path, code) as (session, _):
        assert output(session).split() == [b"9", b"0"]


def test_program_is_in_the_foreground_of_a_session_it_does_not_lead(tmp_path: Path) -> None:
    code = """
import os
print(os.getsid(0) == os.getpid(), os.getpgrp() == os.getpid(), os.tcgetpgrp(0) == os.getpgrp())
print(os.isatty(os.open('/dev/tty', os.O_RDWR)))
"""
    with ran(tmp_path, code) as (session, _):
        assert output(session) == b"False True True\nTrue\n"
