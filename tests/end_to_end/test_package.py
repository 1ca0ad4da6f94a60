"""The package: its own Python, as a real one; the window on a virtual screen; the second start.

Run against a package with LOCKSTEP_PACKAGE=/path/to/lockstep, as are the other end-to-end tests; what
only a package has is left out where there is none.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.recording import load
from tests.end_to_end.test_window import PATIENCE_S, Driver, wait_for
from tests.helpers.program import COMMAND, PACKAGE, PYTHON, ROOT

packaged = pytest.mark.skipif(not PACKAGE, reason="LOCKSTEP_PACKAGE names no package")
pytestmark = [pytest.mark.linux, pytest.mark.slow]

INSIDE = """\
import asyncio, ctypes, hashlib, inspect, multiprocessing, os, sqlite3, ssl, subprocess, sys, threading
import tomllib, uuid, zoneinfo

def child(queue):
    queue.put(sys.executable)

async def nap():
    await asyncio.sleep(0.01)
    return "napped"

if __name__ == "__main__":
    print(sys.executable)
    print(subprocess.check_output([sys.executable, "-c", "print(6 * 7)"], text=True).strip())
    print("class Thread" in inspect.getsource(threading))
    for method in ("fork", "spawn", "forkserver"):
        context = multiprocessing.get_context(method)
        queue = context.Queue()
        process = context.Process(target=child, args=(queue,))
        process.start()
        print(method, queue.get())
        process.join()
    print(asyncio.run(nap()))
    print(sorted(name for name in os.environ if name.startswith(("LD_", "PYTHON", "QT_"))))
"""


def clean_environment() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith(("LD_", "PYTHON", "QT_"))}


def test_a_program_finds_a_whole_python(tmp_path: Path) -> None:
    script, recording = tmp_path / "inside.py", tmp_path / "inside.lockstep"
    script.write_text(INSIDE)
    done = subprocess.run(
        [*COMMAND, "record", "-o", str(recording), str(script)],
        env=clean_environment(), capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert os.path.samefile(lines[0], PYTHON)
    assert lines[1:3] == ["42", "True"]
    assert [line.split()[0] for line in lines[3:6]] == ["fork", "spawn", "forkserver"]
    assert {line.split()[1] for line in lines[3:6]} == {lines[0]}
    assert lines[6:] == ["napped", "[]"]
    assert not load(recording).truncated


@packaged
def test_every_module_of_the_standard_library_is_there() -> None:
    """Those that CPython was built with; only dbm's databases may be missing."""
    question = (
        "import importlib.util, sys\n"
        "names = sorted(n for n in sys.stdlib_module_names if not n.startswith('_'))\n"
        "print(*(n for n in names if importlib.util.find_spec(n) is None))"
    )
    answer = subprocess.run([PYTHON, "-I", "-c", question], capture_output=True, text=True, check=True)
    other_systems = {"msvcrt", "nt", "winreg", "winsound"}
    assert set(answer.stdout.split()) <= other_systems


@packaged
def test_nothing_in_the_package_points_outside() -> None:
    folder = Path(PACKAGE).parent
    for link in (path for path in folder.rglob("*") if path.is_symlink()):
        assert link.resolve().is_relative_to(folder.resolve()), link
    assert (folder / "licences" / "LICENCES.txt").is_file()


@packaged
def test_every_library_that_was_taken_along_has_its_licence() -> None:
    """Those beside the interpreter, Tk's, and X's beside Qt's; the wheels' own are in the wheels' texts."""
    folder = Path(PACKAGE).parent
    lib = folder / "python" / "lib"
    places = (lib, lib / "tk", next(lib.glob("python3*/site-packages/PySide6/Qt/lib")))
    of_others = re.compile(r"libpython|libQt6|libicu")
    shipped = {path.name for place in places for path in place.glob("*.so*")}
    lines = (folder / "licences" / "LICENCES.txt").read_text(encoding="utf-8").splitlines()
    texts = {line.split(" — ")[0]: line.split(" — ")[-1] for line in lines}
    assert {name for name in shipped if not of_others.match(name)} <= set(texts)
    for name in shipped & set(texts):
        assert (folder / "licences" / texts[name]).is_file(), name


@packaged
def test_the_package_keeps_its_size() -> None:
    folder = Path(PACKAGE).parent
    size = sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file())
    assert size <= 260_000_000


@packaged
def test_qt_support_modules_are_compiled_beforehand() -> None:
    """Else PySide6 compiles them from text at every start."""
    question = "import shiboken6, shibokensupport.signature.loader as it; print(it.__cached__)"
    answer = subprocess.run([PYTHON, "-I", "-c", question], capture_output=True, text=True, check=True)
    assert Path(answer.stdout.strip()).is_file()


@packaged
def test_the_package_says_and_draws_what_the_source_does(tmp_path: Path) -> None:
    """The list, a recording's figures and its picture, byte for byte."""
    sample = str(ROOT / "resources" / "recordings" / "first.lockstep")
    picture = tmp_path / "picture.png"
    environment = {**clean_environment(), "XDG_STATE_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}

    def answers(command: list[str]) -> list[bytes]:
        asked = (["list", "--json"], ["info", "--json", sample], ["screenshot", "-o", str(picture), sample])
        told = [
            subprocess.run(
                [*command, *arguments],
                env=environment, cwd=tmp_path, stdout=subprocess.PIPE, check=True, timeout=2 * PATIENCE_S,
            ).stdout
            for arguments in asked
        ]  # fmt: skip
        return [*told, picture.read_bytes()]

    assert answers(COMMAND) == answers([sys.executable, str(ROOT / "main.py")])


@pytest.fixture
def fresh(display: str, tmp_path: Path) -> Iterator[Driver]:
    """A window that nobody ever used."""
    driver = Driver(display, tmp_path, used=False)
    yield driver
    driver.end()


@pytest.mark.window
def test_a_fresh_window_opens_on_a_recorded_run_and_a_second_start_joins_it(
    fresh: Driver, tmp_path: Path
) -> None:
    fresh.find("first.lockstep – Lockstep$")
    fresh.key("Escape")  # the tour
    script = tmp_path / "mine.py"
    script.write_text("print('mine')\n")
    recording = tmp_path / "mine.lockstep"
    subprocess.run(
        [*COMMAND, "record", "-o", str(recording), str(script)], check=True, capture_output=True, timeout=300
    )
    second = subprocess.run(
        [*COMMAND, str(recording)],
        env=fresh.environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE_S, check=False,
    )  # fmt: skip
    assert second.returncode == 0, second.stderr
    assert fresh.process.poll() is None
    wait_for(lambda: fresh.visible("mine.lockstep – Lockstep$"), "the file in the first window")
    assert fresh.quit() == 0, fresh.output()
