"""What docs/differences.md says an observed program can notice: no more, and no less."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest

from tests.helpers.interpreters import Interpreter, installed, newest
from tests.helpers.side_by_side import SideBySide, side_by_side

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")

every_interpreter = pytest.mark.parametrize("interpreter", installed(), ids=lambda i: i.label)
PAGE = Path(__file__).parents[3] / "docs" / "differences.md"


def _run(interpreter: Interpreter, tmp_path: Path, source: str, *options: str, **files: str) -> SideBySide:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "program.py").write_text(source)
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text)
        (folder / f"{name}.py").chmod(0o755)
    done = side_by_side(interpreter, folder, "program.py", options=options)
    assert done.observed.status == done.plain.status, str(done.observed)
    return done


def _said(interpreter: Interpreter, tmp_path: Path, source: str, **files: str) -> tuple[str, str]:
    """What the program says alone and observed."""
    done = _run(interpreter, tmp_path, source, **files)
    assert done.plain.status == 0, str(done.plain)
    return done.plain.stdout.decode().strip(), done.observed.stdout.decode().strip()


def test_every_line_of_the_page_has_its_test() -> None:
    named = re.findall(r"\| `(test_\w+)` \|$", PAGE.read_text("utf-8"), flags=re.MULTILINE)
    here = [name for name in globals() if name.startswith("test_") and not name.startswith("test_every_line")]
    assert sorted(named) == sorted(here)


# --- the process ----------------------------------------------------------------------------


@every_interpreter
def test_command_line(interpreter: Interpreter, tmp_path: Path) -> None:
    source = "print(open('/proc/self/cmdline').read().split(chr(0))[1:])"
    plain, observed = _said(interpreter, tmp_path, source)
    assert plain == "['program.py', '']"
    assert "bootstrap.py" in observed
    assert observed.endswith("'--', 'program.py', '']")


def test_name_of_a_script(tmp_path: Path) -> None:
    interpreter = newest()
    source = "import subprocess, sys\nsys.stdout.flush()\nsubprocess.run(['./named.py'])\n"
    script = f"#!{interpreter.path}\nprint(open('/proc/self/comm').read())"
    plain, observed = _said(interpreter, tmp_path, source, named=script)
    assert plain == "named.py"
    assert observed.startswith("python")


def test_mapped_files(tmp_path: Path) -> None:
    source = "print(sum(line.rstrip().endswith('.seg') for line in open('/proc/self/maps')) > 0)"
    assert _said(newest(), tmp_path, source) == ("False", "True")


@every_interpreter
def test_descriptors(interpreter: Interpreter, tmp_path: Path) -> None:
    source = (
        "import os\n"
        "def look():\n"
        "    found = []\n"
        "    for name in os.listdir('/proc/self/fd'):\n"
        "        try:\n"
        "            found.append((int(name), 'libffi' in os.readlink('/proc/self/fd/' + name)))\n"
        "        except OSError:\n"
        "            pass\n"
        "    return found\n"
        "before = look()\n"
        "import _ctypes\n"
        "print([number for number, _ in before if number < 200], len(look()))\n"
        "print(any(by_libffi for _, by_libffi in look()))\n"
    )
    plain, observed = _said(interpreter, tmp_path, source)
    assert plain == observed  # the same numbers, and once it has loaded _ctypes itself, as many


def test_children_without_the_agent(tmp_path: Path) -> None:
    source = (
        "import subprocess, sys\n"
        "look = 'import sys; print(\"_lockstep\" in sys.modules)'\n"
        "for options in ([], ['-v'], ['-X', 'importtime']):\n"
        "    done = subprocess.run([sys.executable, *options, '-c', look], capture_output=True, text=True)\n"
        "    print(done.stdout.strip(), 'lockstep' in done.stderr, end=' ')\n"
    )
    plain, observed = _said(newest(), tmp_path, source)
    assert plain == "False False False False False False"
    assert observed == "True False False False False False"


def test_list_of_imports(tmp_path: Path) -> None:
    done = _run(newest(), tmp_path, "import queue", "-X", "importtime")
    assert b"_lockstep" not in done.plain.stderr
    assert b"_lockstep" in done.observed.stderr


def test_python_started_by_a_shell(tmp_path: Path) -> None:
    source = (
        "import subprocess, sys\n"
        'look = \'import sys; print(len(sys.modules["__main__"].__dict__), "_lockstep" in sys.modules)\'\n'
        "command = [sys.executable, '-c', look]\n"
        "print(subprocess.run(command, capture_output=True, text=True).stdout.split()[1])\n"
        "command = ['/bin/sh', '-c', '\"$@\"; exit $?', 'sh', *command]\n"
        "print(subprocess.run(command, capture_output=True, text=True).stdout.split()[1])\n"
    )
    assert _said(newest(), tmp_path, source) == ("False\nFalse", "True\nFalse")


def test_forked_child_before_it_becomes_another_program(tmp_path: Path) -> None:
    source = "import subprocess\nsubprocess.run(['true'], preexec_fn=lambda: None)\n"
    done = _run(newest(), tmp_path, source)
    assert done.difference() == ""
    assert len(done.processes) == 2


# --- modules, functions and classes ---------------------------------------------------------


@every_interpreter
def test_modules(interpreter: Interpreter, tmp_path: Path) -> None:
    source = "import sys, threading\nprint(*sorted({name.partition('.')[0] for name in sys.modules}))\n"
    plain, observed = _said(interpreter, tmp_path, source)
    assert set(observed.split()) - set(plain.split()) == {"_lockstep"}
    assert set(plain.split()) <= set(observed.split())


@every_interpreter
def test_functions_written_in_c(interpreter: Interpreter, tmp_path: Path) -> None:
    source = (
        "import inspect, os, time, types\n"
        "for f in (os.fork, time.sleep):\n"
        "    print(isinstance(f, types.BuiltinFunctionType), inspect.isbuiltin(f), f, f.__module__)\n"
        "    print(type(f) is type(len), len(set(dir(f)) - set(dir(len))))\n"
    )
    plain, observed = _said(interpreter, tmp_path, source)
    assert plain.splitlines()[0::2] == observed.splitlines()[0::2]
    assert plain.splitlines()[1::2] == ["True 0"] * 2
    assert observed.splitlines()[1::2] == ["False 2"] * 2


@every_interpreter
def test_patched_functions(interpreter: Interpreter, tmp_path: Path) -> None:
    source = (
        "import inspect, threading\n"
        "f = threading.Thread.start\n"
        "print(f.__name__, f.__qualname__, f.__module__, inspect.signature(f), f.__doc__[:20])\n"
        "print(hasattr(f, '__wrapped__'), f.__code__.co_filename == threading.__file__)\n"
    )
    plain, observed = (text.splitlines() for text in _said(interpreter, tmp_path, source))
    assert plain[0] == observed[0]
    assert (plain[1], observed[1]) == ("False True", "True False")


@every_interpreter
def test_types_of_locks(interpreter: Interpreter, tmp_path: Path) -> None:
    source = (
        "import queue, threading\n"
        "for thing in (threading.Lock(), threading.RLock(), queue.SimpleQueue()):\n"
        "    kind = type(thing)\n"
        "    print(kind.__name__, kind.__module__, repr(thing).split(' at ')[0], isinstance(thing, kind))\n"
        "    print(len(kind.__mro__), hasattr(kind, '__slots__'))\n"
    )
    plain, observed = (text.splitlines() for text in _said(interpreter, tmp_path, source))
    assert plain[0::2] == observed[0::2]
    assert plain[1::2] == ["2 False"] * 3
    assert all(line.split()[0] == "3" for line in observed[1::2]), observed
    assert observed[1].endswith("True")


@every_interpreter
def test_lock_factory(interpreter: Interpreter, tmp_path: Path) -> None:
    source = "import threading\nprint(type(threading.Lock) in (type, type(len)))\n"
    assert _said(interpreter, tmp_path, source) == ("True", "False")


@every_interpreter
def test_functions_called_at_exit(interpreter: Interpreter, tmp_path: Path) -> None:
    assert _said(interpreter, tmp_path, "import atexit\nprint(atexit._ncallbacks())\n") == ("0", "1")


def test_event_loops_of_others(tmp_path: Path) -> None:
    source = (
        "import asyncio\n"
        "class Base:\n"
        "    def call_soon(self, callback, *args, context=None):\n"
        "        self.soon = callback\n"
        "    def get_debug(self):\n"
        "        return False\n"
        "class Loop(Base, asyncio.AbstractEventLoop):\n"
        "    pass\n"
        "loop = Loop()\n"
        "task = asyncio.Task(asyncio.sleep(0), loop=loop)\n"
        "print('__init_subclass__' in vars(asyncio.AbstractEventLoop), 'call_soon' in vars(Loop),\n"
        "      type(loop.soon).__name__)\n"
        "asyncio._set_running_loop(loop)\n"
        "loop.soon()\n"
        "loop.soon()\n"
        "assert task.done()\n"
    )
    plain, observed = _said(newest(), tmp_path, source)
    assert plain == "False False TaskStepMethWrapper"
    assert observed == "True True _Step"


def test_gc_callbacks(tmp_path: Path) -> None:
    assert _said(newest(), tmp_path, "import gc\nprint(len(gc.callbacks))\n") == ("0", "1")


@every_interpreter
def test_flush_at_the_end(interpreter: Interpreter, tmp_path: Path) -> None:
    source = (
        "import os, sys\n"
        "class Told:\n"
        "    def write(self, text):\n"
        "        pass\n"
        "    def flush(self):\n"
        "        os.write(1, b'ending ' if sys.is_finalizing() else b'running ')\n"
        "sys.stderr = Told()\n"
    )
    plain, observed = _said(interpreter, tmp_path, source)
    assert plain == observed == "running ending"
    (tmp_path / "command").mkdir()
    done = side_by_side(interpreter, tmp_path / "command", "-c", source)
    assert done.plain.stdout == b"ending "
    assert done.observed.stdout == b"running ending "


# --- frames and tracing ---------------------------------------------------------------------


@every_interpreter
def test_stack_of_a_thread(interpreter: Interpreter, tmp_path: Path) -> None:
    source = (
        "import inspect, threading\n"
        "def work():\n"
        "    print(*[frame.function for frame in inspect.stack()])\n"
        "thread = threading.Thread(target=work)\n"
        "thread.start()\n"
        "thread.join()\n"
    )
    plain, observed = _said(interpreter, tmp_path, source)
    assert plain == "work run _bootstrap_inner _bootstrap"
    assert observed == "work run _bootstrap_inner _bootstrap_inner _bootstrap"


@every_interpreter
def test_thread_without_threading(interpreter: Interpreter, tmp_path: Path) -> None:
    source = (
        "import _thread, sys\n"
        "over = _thread.allocate_lock()\n"
        "over.acquire()\n"
        "def told(args):\n"
        "    print(*names, args.object is work)\n"
        "    over.release()\n"
        "sys.unraisablehook = told\n"
        "names = []\n"
        "def work():\n"
        "    frame = sys._getframe()\n"
        "    while frame:\n"
        "        names.append(frame.f_code.co_name)\n"
        "        frame = frame.f_back\n"
        "    raise KeyError\n"
        "_thread.start_new_thread(work, ())\n"
        "over.acquire()\n"
    )
    plain, observed = _said(interpreter, tmp_path, source)
    assert plain == f"work {interpreter.version < (3, 13)}"
    assert observed == "work __call__ False"


@every_interpreter
def test_stack_of_a_task(interpreter: Interpreter, tmp_path: Path) -> None:
    source = (
        "import asyncio, inspect\n"
        "async def main():\n"
        "    names = [frame.function for frame in inspect.stack()]\n"
        "    print(*names[: names.index('_run_once')])\n"
        "asyncio.run(main())\n"
    )
    plain, observed = _said(interpreter, tmp_path, source)
    assert plain == "main _run"
    assert observed in ("main _run _run", "main _run run _run")


@every_interpreter
def test_stack_during_an_import(interpreter: Interpreter, tmp_path: Path) -> None:
    module = (
        "import sys\n"
        "frame, names = sys._getframe(), []\n"
        "while frame:\n"
        "    names.append(frame.f_code.co_name)\n"
        "    frame = frame.f_back\n"
        "print(names.count('_find_and_load_unlocked'))\n"
    )
    assert _said(interpreter, tmp_path, "import looking\n", looking=module) == ("1", "2")


@every_interpreter
def test_trace_functions(interpreter: Interpreter, tmp_path: Path) -> None:
    source = (
        "import sys, threading\n"
        "files = set()\n"
        "sys.setprofile(lambda frame, event, arg: files.add(frame.f_code.co_filename))\n"
        "threading.Event().set()\n"
        "with threading.Lock():\n"
        "    pass\n"
        "sys.setprofile(None)\n"
        "print(any('/agent/' in file for file in files))\n"
    )
    assert _said(interpreter, tmp_path, source) == ("False", "True")


@every_interpreter
def test_faulthandler(interpreter: Interpreter, tmp_path: Path) -> None:
    source = (
        "import faulthandler, tempfile\n"
        "with tempfile.TemporaryFile('w+') as file:\n"
        "    faulthandler.dump_traceback(file)\n"
        "    file.seek(0)\n"
        "    print(sum('File' in line for line in file))\n"
    )
    seen = interpreter.version >= (3, 15) or interpreter.free_threaded
    assert _said(interpreter, tmp_path, source) == ("1", "4" if seen else "1")


def test_audit_hooks(tmp_path: Path) -> None:
    source = (
        "import sys, threading\n"
        "heard = []\n"
        "sys.addaudithook(lambda name, args: heard.append(name))\n"
        "lock = threading.Lock()\n"
        "print('open' in heard)\n"
    )
    assert _said(newest(), tmp_path, source) == ("False", "True")


# --- limits and time ------------------------------------------------------------------------


@every_interpreter
def test_limit_on_file_size(interpreter: Interpreter, tmp_path: Path) -> None:
    source = (
        "import resource, threading\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))\n"
        "lock = threading.Lock()\n"
        "for _ in range(20000):\n"
        "    with lock:\n"
        "        pass\n"
        "print('to the end')\n"
    )
    done = _run(interpreter, tmp_path, source)
    assert done.difference() == ""
    assert done.processes[0].lost > 0


def test_changed_root(tmp_path: Path) -> None:
    if os.geteuid():
        pytest.skip("only root can change the root folder")
    source = (
        "import os, threading\n"
        "os.chroot('.')\n"
        "lock = threading.Lock()\n"
        "for _ in range(20000):\n"
        "    with lock:\n"
        "        pass\n"
        "print(os.listdir('/'))\n"
    )
    done = _run(newest(), tmp_path, source)
    assert done.difference() == ""
    assert not done.processes[0].objects("Lock")
