"""Programs that a program starts: they run as they would, and Python ones record themselves."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.agent import carrying, command_line, pythons, recorder, windows_children
from tests.helpers.agent_run import BOOTSTRAP, Process
from tests.helpers.interpreters import Interpreter, installed
from tests.helpers.side_by_side import SideBySide, side_by_side

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="fork and exec")

every_interpreter = pytest.mark.parametrize("interpreter", installed(), ids=lambda i: i.label)

#: What a child says of itself.
SHOW = (
    "import sys; print(ascii([sys.argv, getattr(sys, 'orig_argv', None), sys.flags, sys.path[:1], __name__, "
    "sorted(globals()), globals().get('__file__')]))"
)
START = f"import os, subprocess, sys\nSHOW = {SHOW!r}\nPY = sys.executable\nsys.stdout.flush()\n"


def _run(interpreter: Interpreter, tmp_path: Path, source: str, **more: str | bytes) -> SideBySide:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "program.py").write_text(source)
    for name, text in more.items():
        path = folder / name.replace("_py", ".py")
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        path.chmod(0o755)
    done = side_by_side(interpreter, folder, "program.py")
    done.assert_same()
    return done


def _pid(process: Process) -> int:
    return int(process.of("process")[0][0])


def _told(process: Process) -> list[tuple[str, int, int]]:
    """(kind, pid, flags) of every process that ``process`` says it started."""
    return [(r.kind, r.value, r.flags) for r in process.kinds("FORKED", "SPAWNED")]


COMMAND_LINES = [
    "[PY, '-c', SHOW, 'x', '-y', '']",
    "[PY, '-Ic', SHOW, 'x']",
    "[PY, '-c' + SHOW]",
    "[PY, '-B', '-W', 'ignore', '-Xutf8', '-OO', '-u', '-c', SHOW]",
    "[PY, '-Wignore', '-X', 'utf8', '-bb', '-sE', 'show.py', '-m']",
    "[PY, '--check-hash-based-pycs', 'always', '--', 'show.py', '--', '1']",
    "[PY, '-m', 'show', '-c']",
    "[PY, '-Bmshow', 'a']",
    "[PY, './show.py', '1']",
    "[PY, '-S', 'show.py']",
    "[PY, '-x', 'first_line.py']",
    "[PY, '-', 'arg']",
    "[PY]",
    "[os.path.dirname(PY) + '/another', 'show.py']",
    "[PY, '-c', '1 / 0']",
    "[PY, '-c', 'def f(:']",
    "[PY, '-c', 'raise SystemExit(7)']",
    "[PY, '-c', 'import os; os.kill(os.getpid(), 9)']",
    "[PY, 'missing.py']",
    "[PY, '-m', 'missing']",
]
NO_PROGRAM = [
    "[PY, '-V']",
    "[PY, '-h']",
    "[PY, '-m']",
    "[PY, '-c']",
    "[PY, '--nonsense']",
    "[PY, '-Z', 'show.py']",
]


@every_interpreter
def test_command_lines_of_python(interpreter: Interpreter, tmp_path: Path) -> None:
    lines = ",\n".join(COMMAND_LINES + NO_PROGRAM)
    source = START + (
        f"for words in [{lines}]:\n"
        "    done = subprocess.run(words, executable=PY, input=SHOW.encode(), capture_output=True)\n"
        "    print(words, done.returncode, ascii(done.stdout), ascii(done.stderr))\n"
    )
    done = _run(
        interpreter, tmp_path, source, show_py=SHOW, first_line_py=b"\xff is no Python\nprint(1)\n1 / 0\n"
    )
    told = _told(done.processes[0])
    assert [flags for _, _, flags in told] == [1] * len(COMMAND_LINES) + [0] * len(NO_PROGRAM)
    carrying = {pid for _, pid, flags in told if flags}
    assert {_pid(process) for process in done.processes[1:]} == carrying


@every_interpreter
def test_scripts_that_name_their_interpreter(interpreter: Interpreter, tmp_path: Path) -> None:
    source = START + (
        "os.environ['PATH'] = os.path.dirname(PY) + os.pathsep + os.environ['PATH']\n"
        "os.chmod('direct.py', 0o755)\n"
        "def run(*words, **more):\n"
        "    done = subprocess.run(words, capture_output=True, **more)\n"
        "    print(words, done.returncode, done.stdout, done.stderr)\n"
        "run('./direct.py', 'a')\n"
        "run('./option.py', 'a')\n"
        "run('./by_env.py', 'a')\n"
        "run(os.path.abspath('direct.py'), '-x', cwd='/')\n"
        "run('./shell.py')\n"
        "run('./direct.py', executable='./by_env.py')\n"
        "os.chmod('direct.py', 0o644)\n"
        "try:\n"
        "    run('./direct.py')\n"
        "except OSError as error:\n"
        "    print(error)\n"
    )
    name = Path(interpreter.path).name
    done = _run(
        interpreter,
        tmp_path,
        source,
        direct_py=f"#!{interpreter.path}\n{SHOW}\n",
        option_py=f"#! {interpreter.path} -B \n{SHOW}\n",
        by_env_py=f"#!/usr/bin/env {name}\n{SHOW}\n",
        shell_py="#!/bin/sh\necho $0\n",
    )
    assert [flags for _, _, flags in _told(done.processes[0])][:6] == [1, 1, 1, 1, 0, 1]
    assert len(done.processes) == 6


@every_interpreter
def test_every_call_that_starts_a_program(interpreter: Interpreter, tmp_path: Path) -> None:
    source = START + (
        "import traceback\n"
        "def wait(pid):\n"
        "    print(os.waitpid(pid, 0)[1])\n"
        "    sys.stdout.flush()\n"
        "argv = [os.path.dirname(PY) + '/another', '-c', SHOW]\n"
        "wait(os.posix_spawn(PY, argv, os.environ))\n"
        "wait(os.posix_spawnp(PY, argv, os.environ, setsigmask=[]))\n"
        "print(os.spawnv(os.P_WAIT, PY, argv), os.spawnlp(os.P_WAIT, PY, *argv))\n"
        "for run in (lambda: os.execv(PY, argv), lambda: os.execve(PY, argv, {'A': 'b'}),\n"
        "            lambda: os.execlp(PY, *argv), lambda: os.execvpe(PY, argv, os.environ)):\n"
        "    pid = os.fork()\n"
        "    if pid == 0:\n"
        "        run()\n"
        "    wait(pid)\n"
        "pid, terminal = os.forkpty()\n"
        "if pid == 0:\n"
        "    os._exit(5)\n"
        "wait(pid)\n"
        "for wrong in (lambda: os.posix_spawn('/missing', argv, {}), lambda: os.execv('/missing', argv),\n"
        "              lambda: os.execv(PY), lambda: os.execv(PY, []), lambda: os.execve(PY, argv, None),\n"
        "              lambda: os.fork(1), lambda: os.posix_spawn(PY, 3, {}),\n"
        "              lambda: subprocess.run(['/missing'])):\n"
        "    try:\n"
        "        wrong()\n"
        "    except Exception:\n"
        "        traceback.print_exc()\n"
        "print(subprocess.check_output('echo $0', shell=True))\n"
        "print(os.system('exit 3'), os.popen('echo a').read())\n"
    )
    done = _run(interpreter, tmp_path, source)
    main, *others = done.processes
    told = _told(main)
    assert [kind for kind, _, _ in told].count("FORKED") == 7
    assert {pid for _, pid, flags in told if flags or pid in {_pid(p) for p in others}} == {
        _pid(p) for p in others
    }
    # a process that became another program has two folders, the second with the new command line
    twice = [p for p in others if [_pid(o) for o in others].count(_pid(p)) == 2]
    assert len(twice) == 12
    assert sum("-c" in p.of("process")[0][6] for p in twice) == 6


@every_interpreter
@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_multiprocessing(interpreter: Interpreter, tmp_path: Path, method: str) -> None:
    source = (
        "import multiprocessing as mp, os, sys, traceback\n"
        "def work(n, out):\n"
        "    import multiprocessing.spawn\n"
        "    out.put((n, sys.argv, __name__, mp.current_process().name))\n"
        "    if n == 1:\n"
        "        sys.exit(3)\n"
        "    if n == 2:\n"
        "        1 / 0\n"
        "    if n == 3:\n"
        "        inner = mp.Process(target=work, args=(9, out))\n"
        "        inner.start()\n"
        "        inner.join()\n"
        "        sys.exit(inner.exitcode + 5)\n"
        "def double(x):\n"
        "    return 2 * x\n"
        "if __name__ == '__main__':\n"
        f"    mp.set_start_method({method!r})\n"
        "    out = mp.Queue()\n"
        "    for n in range(4):\n"
        "        p = mp.Process(target=work, args=(n, out), name=f'P{n}')\n"
        "        p.start()\n"
        "        # a process and its child put from feeder threads of their own: in either order\n"
        "        for item in sorted(out.get() for _ in range(1 + (n == 3))):\n"
        "            print(*item, flush=True)\n"
        "        p.join()\n"
        "        print(p.exitcode, flush=True)\n"
        "    pool = mp.Pool(2)\n"
        "    print(pool.map(double, range(5)))\n"
        "    pool.close()  # leaving it as a context would kill a worker that has only just begun\n"
        "    pool.join()\n"
    )
    done = _run(interpreter, tmp_path, source)
    pids = {_pid(process) for process in done.processes}
    assert len(pids) >= 1 + 5 + 2
    parents = {_pid(process): int(process.of("process")[0][1]) for process in done.processes}
    assert all(parent in pids for pid, parent in parents.items() if pid != _pid(done.processes[0]))


@every_interpreter
def test_process_pool(interpreter: Interpreter, tmp_path: Path) -> None:
    source = (
        "from concurrent.futures import ProcessPoolExecutor\n"
        "import math\n"
        "if __name__ == '__main__':\n"
        "    with ProcessPoolExecutor(2) as pool:\n"
        "        print(list(pool.map(math.factorial, range(5))))\n"
        "        try:\n"
        "            pool.submit(math.sqrt, -1).result()\n"
        "        except ValueError as error:\n"
        "            print(type(error.__cause__).__name__, error.args)\n"
    )
    done = _run(interpreter, tmp_path, source)
    assert len(done.processes) >= 2


@every_interpreter
def test_a_child_that_no_longer_may_read_us_is_left_alone(interpreter: Interpreter, tmp_path: Path) -> None:
    if os.geteuid():
        pytest.skip("only root can become another user")
    source = START + (
        "look = 'import os; print(os.geteuid())'\n"
        "done = subprocess.run([PY, '-c', look], user=65534, capture_output=True)\n"
        "print(done.returncode, done.stdout)\n"
    )
    _run(interpreter, tmp_path, source)


@every_interpreter
def test_nothing_is_put_into_the_environment_or_the_descriptors(
    interpreter: Interpreter, tmp_path: Path
) -> None:
    look = (
        "import os; print(sorted(os.environ.items()), "
        "sorted(int(n) for n in os.listdir('/proc/self/fd') if int(n) < 200))"
    )
    source = START + (
        f"look = {look!r}\n"
        "for close in (True, False):\n"
        "    done = subprocess.run([PY, '-c', look], env={'A': 'b'}, close_fds=close, capture_output=True)\n"
        "    print(done.stdout)\n"
        "print(subprocess.run(['/usr/bin/env'], env={'A': 'b'}, capture_output=True).stdout)\n"
    )
    _run(interpreter, tmp_path, source)


@every_interpreter
def test_forking_beside_threads_warns_of_the_same_line(interpreter: Interpreter, tmp_path: Path) -> None:
    source = (
        "import os, threading, warnings\n"
        "warnings.simplefilter('always')\n"
        "go = threading.Event()\n"
        "thread = threading.Thread(target=go.wait)\n"
        "thread.start()\n"
        "pid = os.fork()\n"
        "if pid == 0:\n"
        "    os._exit(0)\n"
        "os.waitpid(pid, 0)\n"
        "go.set()\n"
        "thread.join()\n"
    )
    done = _run(interpreter, tmp_path, re.sub(r"warnings.simplefilter.*\n", "", source))
    assert (b"multi-threaded" in done.plain.stderr) == (interpreter.version >= (3, 12))


@every_interpreter
def test_starting_programs_while_traced(interpreter: Interpreter, tmp_path: Path) -> None:
    source = START + (
        "for switch in (sys.settrace, sys.setprofile):\n"
        "    for _ in range(2):\n"
        "        switch(lambda *what: None)\n"
        "        pid = os.fork()\n"
        "        if pid == 0:\n"
        "            os._exit(0)\n"
        "        os.waitpid(pid, 0)\n"
        "        print(subprocess.run([PY, '-c', 'print(1)'], capture_output=True).stdout)\n"
        "        switch(None)\n"
        "        print(subprocess.run([PY, '-c', 'print(1)'], capture_output=True).stdout)\n"
    )
    _run(interpreter, tmp_path, source)


@every_interpreter
def test_a_fork_that_nobody_calls(interpreter: Interpreter, tmp_path: Path) -> None:
    _run(interpreter, tmp_path, "import atexit, os\natexit.register(os.fork)\n")


# --- the parts ------------------------------------------------------------------------------


def _with_agent(*words: str, terminal: bool = False) -> list[str] | None:
    return command_line.with_agent(words, "BOOT", "DIR", "TOKEN", lambda: terminal)


US = ["BOOT", "--session", "DIR", "--token", "TOKEN"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["a.py", "-V"], [*US, "--", "a.py", "-V"]),
        (["-Xdev", "a.py"], ["-X", "dev", *US, "--orig", "-Xdev", "--orig", "a.py", "--", "a.py"]),
        (["-Bm", "mod", "x"], ["-B", *US, "--orig", "-Bm", "--orig", "mod", "--", "-m", "mod", "x"]),
        (["-W", "error", "-c", "1", "-c"], ["-W", "error", *US, "--", "-c", "1", "-c"]),
        (["-x", "a.py"], ["-x", "BOOT", "--skip-first-line", *US[1:], "--", "a.py"]),
        (["--", "-c"], [*US, "--orig", "--", "--orig", "-c", "--", "-c"]),
        ([], [*US, "--"]),
        (["-"], [*US, "--", "-"]),
        (["-V"], None),
        (["-vc", "1"], None),
        (["-X", "importtime", "a.py"], None),
        (["-W"], None),
        (["-m"], None),
        (["--help-all"], None),
        (["-i"], None),
    ],
    ids=str,
)  # fmt: skip
def test_a_command_line_with_the_bootstrap(words: list[str], expected: list[str] | None) -> None:
    assert _with_agent(*words) == expected


def test_an_interactive_python_is_left_alone() -> None:
    assert _with_agent(terminal=True) is None
    assert _with_agent("-", terminal=True) is None
    assert _with_agent("-i", "a.py", terminal=True) is not None


def test_which_files_are_pythons(tmp_path: Path) -> None:
    assert pythons.is_python(sys.executable)
    link = tmp_path / "bin" / "anything"
    link.parent.mkdir()
    link.symlink_to(sys.executable)
    assert pythons.is_python(str(link))
    assert not pythons.is_python("/bin/sh")
    fake = tmp_path / "bin" / "python3.12"
    fake.write_bytes(b"\x7fELF")
    assert not pythons.is_python(str(fake))
    (tmp_path / "lib" / "python3.12").mkdir(parents=True)
    (tmp_path / "lib" / "python3.12" / "os.py").touch()
    other = tmp_path / "bin" / "python3.8"
    shutil.copy(fake, other)
    pythons._known.clear()
    assert pythons.is_python(str(fake))
    assert not pythons.is_python(str(other))
    shim = tmp_path / "bin" / "python3.13"
    shim.write_text("#!/bin/sh\n")
    assert not pythons.is_python(str(shim))


def test_links_are_followed_as_the_system_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    (folder / "file").touch()
    (tmp_path / "up").symlink_to("a/b/../b")
    (folder / "back").symlink_to(tmp_path / "up" / "file")
    (tmp_path / "circle").symlink_to("circle")
    monkeypatch.chdir(tmp_path)
    for path in ("up/file", "up/back", "up/../b/./file", "/", "a//b/back", "no/such", "/../etc", "a/x"):
        assert pythons.resolved(path) == os.path.realpath(path), path
        assert pythons.absolute(path) == os.path.abspath(path), path
    assert pythons.resolved(str(tmp_path / "circle")) == str(tmp_path / "circle")


WATCHED = """
callers = set()

def watch(name):
    original = getattr(os, name)

    def call(*args, **kwargs):
        callers.add((name, sys._getframe(1).f_globals.get("__name__")))
        return original(*args, **kwargs)

    setattr(os, name, call)

for name in ("access", "close", "getcwd", "isatty", "lstat", "open", "read", "readlink", "stat"):
    watch(name)
print(subprocess.run([PY, "-c", "print(1)"], stdout=subprocess.PIPE).stdout)
print(subprocess.run(["./script.py"], stdout=subprocess.PIPE).stdout)
os.waitpid(os.posix_spawn(PY, [PY, "-c", "print(3)"], os.environ), 0)
print(sorted(callers))
"""


def test_calls_that_a_program_watches_or_forbids_are_not_ours(tmp_path: Path) -> None:
    """As tools do that find blocking calls in coroutines (blockbuster): they stand in for os.stat …"""
    interpreter = installed()[-1]
    script = f"#!{interpreter.path}\nprint(2)\n"
    done = _run(interpreter, tmp_path, START + WATCHED, script_py=script)
    assert len(_told(done.processes[0])) == 3


def test_a_copied_interpreter_of_a_virtual_environment(tmp_path: Path) -> None:
    copy = tmp_path / "bin" / "python"
    copy.parent.mkdir()
    copy.write_bytes(b"\x7fELF")
    assert not pythons.is_python(str(copy))
    home = tmp_path / "home" / "bin"
    home.mkdir(parents=True)
    (tmp_path / "home" / "lib" / "python3.11").mkdir(parents=True)
    (tmp_path / "home" / "lib" / "python3.11" / "os.py").touch()
    (tmp_path / "pyvenv.cfg").write_text(f"home = {home}\nversion = 3.11.4\n")
    pythons._known.clear()
    assert pythons.is_python(str(copy))
    (tmp_path / "pyvenv.cfg").write_text(f"home = {home}\nimplementation = PyPy\nversion = 3.11.4\n")
    pythons._known.clear()
    assert not pythons.is_python(str(copy))


def test_the_bootstrap_stands_where_children_look_for_it() -> None:
    assert BOOTSTRAP.is_file()


WORDS = st.lists(st.text(st.sampled_from('ab \\t"\\\\-é'), max_size=8), min_size=1, max_size=5)


@given(WORDS)
def test_command_lines_of_windows(words: list[str]) -> None:
    line = windows_children.join(words)
    assert line == subprocess.list2cmdline(words)
    assert windows_children.split(line) == words


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("  a   b\t", ["a", "b"]),
        ('"a b" c', ["a b", "c"]),
        ('a"b c"d', ["ab cd"]),
        (r'"a\\" b', ["a\\", "b"]),
        (r"a\\b \c", ["a\\\\b", "\\c"]),
        ('""', [""]),
        ('"a""b"', ['a"b']),
        ("", []),
    ],
)
def test_command_lines_that_others_wrote(line: str, words: list[str]) -> None:
    assert windows_children.split(line) == words


def test_a_process_of_windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "started", True)
    monkeypatch.setattr(recorder, "session_folder", str(tmp_path))
    monkeypatch.setattr(carrying, "token", "00")
    rest = (None, None, True, 0, {"A": "b"}, str(tmp_path), None)
    line = subprocess.list2cmdline([sys.executable, "-Bc", "print('a b')", "x y"])
    changed = windows_children.changed_arguments((sys.executable, line, *rest))
    assert changed is not None
    assert (changed[0], *changed[2:]) == (sys.executable, *rest)
    assert windows_children.split(changed[1]) == [
        *(sys.executable, "-B", str(BOOTSTRAP), "--session", str(tmp_path), "--token", "00"),
        *("--orig", "-Bc", "--orig", "print('a b')", "--", "-c", "print('a b')", "x y"),
    ]
    assert windows_children.changed_arguments(("/bin/sh", "sh -c true", *rest)) is None
    assert windows_children.changed_arguments((sys.executable, "", *rest)) is None
