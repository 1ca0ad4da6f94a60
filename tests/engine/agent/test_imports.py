"""Imports are noticed and modules patched, and the program sees nothing of it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.helpers.agent_run import run_agent
from tests.helpers.interpreters import Interpreter, installed
from tests.helpers.side_by_side import side_by_side

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="compares POSIX exit statuses")

every_interpreter = pytest.mark.parametrize("interpreter", installed(), ids=lambda i: i.label)


def _folder(tmp_path: Path, **files: str) -> Path:
    folder = tmp_path / "work"
    (folder / "package").mkdir(parents=True)
    for name, text in files.items():
        (folder / (name.replace("__dot__", "/") + ".py")).write_text(text)
    return folder


FAILING = """\
import importlib, sys, traceback
ways = [importlib.import_module, __import__, lambda name: exec("import " + name)]
for name in ("missing", "package.missing", "missing.too", "broken", "fails", "imports_missing",
             "nobody.at.home", "exits", "interrupts", "odd name", "."):
    for way in ways:
        try:
            way(name)
        except BaseException:
            traceback.print_exc()
try:
    from package import nothing
except ImportError:
    traceback.print_exc()
try:
    from fails import x
finally:
    print("now")
"""


@every_interpreter
def test_imports_that_fail_are_told_alike(interpreter: Interpreter, tmp_path: Path) -> None:
    folder = _folder(
        tmp_path,
        program=FAILING,
        broken="def f(:\n",
        fails="def f():\n    1 / 0\nf()\n",
        imports_missing="import sys\nimport os.path.missing\n",
        exits="import sys\nsys.exit(4)\n",
        interrupts="raise KeyboardInterrupt\n",
        package__dot____init__="",
    )
    side_by_side(interpreter, folder, "program.py").assert_same()


LOOKING = """\
import importlib, sys
print(sys.meta_path, sys.path_hooks, __import__, importlib.__import__)
print(importlib._bootstrap._find_and_load_unlocked.__name__, importlib._bootstrap._find_and_load.__module__)
import threading, queue, asyncio, concurrent.futures, multiprocessing, subprocess, socket, select, time
print(sorted(name for name in sys.modules if not name.startswith("_lockstep")))
print(sorted(path for path in sys.path_importer_cache))
for module in (threading, queue, asyncio, subprocess, socket):
    print(module.__name__, module.__spec__.origin, module.__loader__.__class__, module.__file__)
print(importlib.reload(queue) is queue, importlib.reload(threading) is threading)
import shadowed, mmap, _json
print(shadowed.mmap is mmap, mmap.here, _json.here)
"""


@every_interpreter
def test_nothing_is_imported_that_would_not_be(interpreter: Interpreter, tmp_path: Path) -> None:
    folder = _folder(
        tmp_path, program=LOOKING, mmap="here = 1\n", _json="here = 2\n", shadowed="import mmap\n"
    )
    side_by_side(interpreter, folder, "program.py").assert_same()


@every_interpreter
def test_nothing_is_imported_without_site(interpreter: Interpreter, tmp_path: Path) -> None:
    shown = "sorted(name for name in sys.modules if not name.startswith('_lockstep'))"
    folder = _folder(tmp_path, program=f"import sys\nimport threading\nprint({shown})\n")
    side_by_side(interpreter, folder, "program.py", options=("-I", "-S")).assert_same()


@every_interpreter
def test_the_stack_during_an_import(interpreter: Interpreter, tmp_path: Path) -> None:
    """Only importlib's own frames stand between; ``warnings`` and ``traceback`` pass over those."""
    folder = _folder(
        tmp_path,
        program="import noisy\n",
        noisy=(
            "import sys, warnings\n"
            "warnings.warn('told where it was imported', stacklevel=2)\n"
            "frame, files = sys._getframe(), []\n"
            "while frame:\n"
            "    name = frame.f_code.co_filename\n"
            "    if not name.startswith('<frozen importlib'):\n"
            "        files.append(name)\n"
            "    frame = frame.f_back\n"
            "print(files)\n"
        ),
    )
    side_by_side(interpreter, folder, "program.py").assert_same()


@every_interpreter
def test_modules_are_patched_when_they_are_imported(interpreter: Interpreter, tmp_path: Path) -> None:
    source = (
        "import sys\n"
        "before = 'queue' in sys.modules, 'threading' in sys.modules\n"
        "import threading\n"
        "lock = threading.Lock()\n"
        "with lock:\n"
        "    pass\n"
        "t = threading.Thread(target=print, args=('run',), name='worker')\n"
        "t.start()\n"
        "t.join()\n"
    )
    run = run_agent(interpreter, tmp_path, source)
    assert (run.status, run.stdout) == (0, "run\n")
    assert not run.failed_probes()
    assert "lock" in run.main.objects("Lock").values()
    assert {"ACQUIRED", "RELEASED", "THREAD_BEGIN", "THREAD_END"} <= {r.kind for r in run.main.records}


@every_interpreter
def test_imports_in_many_threads(interpreter: Interpreter, tmp_path: Path) -> None:
    names = ["json", "decimal", "csv", "email.message", "queue", "asyncio", "sqlite3", "xml.dom", "logging"]
    source = (
        "import threading, importlib, sys\n"
        f"names = {names!r}\n"
        "start = threading.Barrier(len(names) * 2)\n"
        "def load(name):\n"
        "    start.wait()\n"
        "    importlib.import_module(name)\n"
        "threads = [threading.Thread(target=load, args=(name,)) for name in names * 2]\n"
        "for t in threads: t.start()\n"
        "for t in threads: t.join()\n"
        "print(all(name in sys.modules for name in names))\n"
    )
    run = run_agent(interpreter, tmp_path, source)
    assert (run.status, run.stdout, run.stderr) == (0, "True\n", "")
    assert not run.failed_probes()


@every_interpreter
def test_slow_imports_are_told(interpreter: Interpreter, tmp_path: Path) -> None:
    _folder(tmp_path)
    (tmp_path / "slow.py").write_text("import time\ntime.sleep(0.02)\nimport quick\n")
    (tmp_path / "quick.py").write_text("")
    source = (
        "import sys, time\n"
        "told = []\n"
        "sys.modules['_lockstep.recorder'].on_import.append(lambda *what: told.append(what))\n"
        "begin = time.perf_counter_ns()\n"
        "import slow\n"
        "end = time.perf_counter_ns()\n"
        "right = all(begin <= b < b + d <= end and d >= 20_000_000 for _, b, d in told)\n"
        "print([name for name, _, _ in told], right)\n"
    )
    run = run_agent(interpreter, tmp_path, source)
    assert (run.status, run.stdout, run.stderr) == (0, "['slow'] True\n", "")
