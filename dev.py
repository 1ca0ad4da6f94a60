#!/usr/bin/env python3
"""The way in on a fresh machine: sets everything up, then runs, tests, measures or packages.

    python3 dev.py setup            prepare everything, start nothing
    python3 dev.py run [ARGS]       start Lockstep (main.py) with ARGS
    python3 dev.py test [ARGS]      lint, types, import contracts, tests; with ARGS only pytest ARGS
    python3 dev.py bench [ARGS]     measure (main.py bench)
    python3 dev.py package [ARGS]   make the package for this system in dist, with a CPython 3.13
                                    in it: --interpreter PATH, --output FOLDER, --folder-only

Needs Python 3.11 or newer, its venv module and pip; nothing else.  Packages go into
.venv, from a lock file with hashes.  On Debian and Ubuntu, missing system libraries
are installed when this runs as root; otherwise the command to do so is printed.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

if TYPE_CHECKING:
    from engine.system_libraries import Library

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "lockstep-setup.json"
LOCKS = {"run": ROOT / "requirements.lock", "test": ROOT / "requirements-test.lock"}
#: What tests of real windows need: program, Debian's package.
TEST_PROGRAMS = (("Xvfb", "xvfb"), ("xdotool", "xdotool"), ("openbox", "openbox"))
#: What packages are made with on Linux: program, Debian's package.
PACKAGE_PROGRAMS = (("cc", "gcc"), ("ld", "binutils"), ("patchelf", "patchelf"), ("xz", "xz-utils"))
#: Commands of main.py that open no window but draw with Qt.
OFFSCREEN_COMMANDS = ("screenshot",)


class CannotGoOn(Exception):
    """A sentence for the person at the terminal."""


def say(text: str) -> None:
    print(f"dev.py: {text}", file=sys.stderr, flush=True)


# --- the right Python -------------------------------------------------------------


def leave_old_python() -> None:
    """Go on in a newer Python where one is installed.

    Raises:
        CannotGoOn: this one is too old and there is no other.
    """
    if sys.version_info >= OLDEST:
        return
    for minor in range(20, OLDEST[1] - 1, -1):
        other = shutil.which(f"python3.{minor}")
        if other:
            say(f"this is Python {sys.version_info[0]}.{sys.version_info[1]}; going on with {other}")
            sys.exit(subprocess.call([other, str(Path(__file__).resolve()), *sys.argv[1:]]))
    raise CannotGoOn(
        f"Lockstep needs Python {OLDEST[0]}.{OLDEST[1]} or newer; "
        f"this is {sys.version_info[0]}.{sys.version_info[1]} ({sys.executable})."
    )


# --- system packages ----------------------------------------------------------------


def is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def apt_install(packages: list[str], purpose: str) -> None:
    """Install Debian packages, as root.

    Raises:
        CannotGoOn: this is not root, or apt-get failed; names the command to run.
    """
    from engine import system_libraries

    command = system_libraries.install_command(packages)
    if not is_root():
        raise CannotGoOn(f"{purpose}. Install what is missing with\n  sudo {' '.join(command)}")
    say(f"{purpose}; installing {' '.join(packages)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    quiet = [command[0], "-qq", *command[1:]]
    # The package lists may be missing or old: only then are they fetched.
    if subprocess.call(quiet, env=environment, stdout=subprocess.DEVNULL) != 0:
        subprocess.call([command[0], "-qq", "update"], env=environment)
        if subprocess.call(quiet, env=environment) != 0:
            raise CannotGoOn(f"apt-get failed, its message stands above. By hand:\n  {' '.join(command)}")


def ensure_system(level: str, libraries: tuple[Library, ...]) -> None:
    """Make sure of what the environment and Qt need from the system, all of it at once.

    Raises:
        CannotGoOn: something is missing and could not be installed; says how to.
    """
    from engine import system_libraries

    absent = system_libraries.missing(libraries)
    packages = [library.package for library in absent]
    lacking = [library.soname for library in absent]
    if not is_set_up(level) and not has_venv_module():
        packages.insert(0, venv_package())
        lacking.insert(0, "Python's venv module")
    if not lacking:
        return
    missing = f"Missing on this system: {', '.join(lacking)}"
    if not system_libraries.has_apt():
        raise CannotGoOn(f"{missing}. Install that with your system's package manager.")
    apt_install(packages, missing)


def ensure_test_programs() -> None:
    """Install what tests of real windows need; without it those tests are left out, and say so."""
    absent = [package for program, package in TEST_PROGRAMS if shutil.which(program) is None]
    if not absent or not sys.platform.startswith("linux"):
        return
    try:
        apt_install(absent, "Tests of real windows need a virtual screen")
    except CannotGoOn as problem:
        say(f"{problem}\n  Until then those tests are left out.")


# --- the virtual environment --------------------------------------------------------


def venv_python() -> Path:
    if os.name == "nt":
        return VENV / "Scripts" / "python.exe"
    return VENV / "bin" / "python"


def wanted_stamp(level: str) -> dict[str, str]:
    lock = hashlib.sha256(LOCKS[level].read_bytes()).hexdigest()
    return {"level": level, "lock": lock, "folder": str(VENV), "python": sys.version}


def is_set_up(level: str) -> bool:
    """Whether the environment holds what the lock file says; ``test`` includes ``run``."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    levels = ("test",) if level == "test" else ("run", "test")
    return venv_python().exists() and any(stamp == wanted_stamp(each) for each in levels)


def has_venv_module() -> bool:
    """Debian ships Python without what fills a new environment with pip."""
    check = [sys.executable, "-c", "import venv, ensurepip"]
    return subprocess.call(check, stderr=subprocess.DEVNULL) == 0


def venv_package() -> str:
    """Debian's package with the venv module of this Python."""
    default = Path("/usr/bin/python3")
    if Path(sys.executable).resolve() == default.resolve():
        return "python3-venv"
    return f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"


def ensure_environment(level: str) -> None:
    """Make .venv hold what the lock file of ``level`` ("run" or "test") names.

    Raises:
        CannotGoOn: no network, or no packages for this system.
    """
    if is_set_up(level):
        return
    say(f"setting up {VENV} (the first time takes a minute or two)")
    fresh = not _usable(venv_python())
    if fresh and subprocess.call([sys.executable, "-m", "venv", "--clear", str(VENV)]) != 0:
        raise CannotGoOn(f"The virtual environment could not be made in {VENV}; the reason stands above.")
    STAMP.unlink(missing_ok=True)
    install = [
        str(venv_python()),
        *(
            "-m",
            "pip",
            "install",
            "--disable-pip-version-check",
            "--no-input",
            "--require-hashes",
            "--no-deps",
        ),
        *("--only-binary", ":all:", "-r", str(LOCKS[level])),
    ]
    if subprocess.call(install) != 0:
        raise CannotGoOn(
            "The packages could not be installed; pip's message stands above. "
            "Is there a network connection? (Linux needs glibc 2.34 or newer, as in Debian 12.)"
        )
    STAMP.write_text(json.dumps(wanted_stamp(level)), encoding="utf-8")


def _usable(python: Path) -> bool:
    """Whether ``python`` is this Python, in an environment with pip, at the place it was made for."""
    if not python.exists():
        return False
    question = "import sys, pip; print(sys.version); print(sys.prefix)"
    answer = subprocess.run([str(python), "-c", question], capture_output=True, text=True, check=False)
    return answer.returncode == 0 and answer.stdout == f"{sys.version}\n{VENV}\n"


# --- commands -----------------------------------------------------------------------


def replace_by(command: list[str]) -> int:
    """Run ``command`` in our place; returns its exit status where a process cannot be replaced."""
    if os.name == "posix":
        sys.stdout.flush()
        sys.stderr.flush()
        os.execv(command[0], command)
    return subprocess.call(command)


def opens_window(arguments: list[str]) -> bool:
    """Whether main.py with ``arguments`` opens a window, rather than carry out a command."""
    return not arguments or arguments[0].endswith(".lockstep") or "--window" in arguments


def command_setup(arguments: list[str]) -> int:
    if arguments:
        raise CannotGoOn("setup takes no arguments.")
    from engine import system_libraries

    ensure_system("test", system_libraries.WINDOW)
    ensure_environment("test")
    say("everything is in place: python3 dev.py run")
    return 0


def command_run(arguments: list[str]) -> int:
    from engine import system_libraries

    window = opens_window(arguments)
    offscreen = bool(arguments) and arguments[0] in OFFSCREEN_COMMANDS
    libraries = system_libraries.WINDOW if window else system_libraries.OFFSCREEN if offscreen else ()
    ensure_system("run", libraries)
    ensure_environment("run")
    problem = system_libraries.screen_problem() if window else None
    if problem:
        raise CannotGoOn(f"Everything is set up. {problem}")
    return replace_by([str(venv_python()), str(ROOT / "main.py"), *arguments])


def command_bench(arguments: list[str]) -> int:
    return command_run(["bench", *arguments])


def command_test(arguments: list[str]) -> int:
    from engine import system_libraries

    ensure_system("test", system_libraries.WINDOW)
    ensure_environment("test")
    ensure_test_programs()
    if arguments:
        return subprocess.call(_tool("pytest", *arguments), cwd=ROOT)
    failed = [name for name, command in CHECKS if not _passes(name, _tool(*command))]
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        reports = [Path(folder, "engine.xml"), Path(folder, "rest.xml")]
        # The engine is tested where Qt cannot be imported: that it needs none is thus shown, not said.
        alone = {**os.environ, "LOCKSTEP_TEST_ALONE": "1"}
        without_qt = {**alone, "LOCKSTEP_TEST_WITHOUT_QT": "1"}
        engine = ["-p", "no:pytest-qt", "tests/engine", f"--junit-xml={reports[0]}"]
        rest = ["--ignore=tests/engine", f"--junit-xml={reports[1]}"]
        if not _passes("tests of the engine, without Qt", _tool("pytest", *engine), without_qt):
            failed.append("tests of the engine")
        if not _passes("all other tests", _tool("pytest", *rest), alone):
            failed.append("tests")
        totals = _totals(reports)
    if failed:
        say(f"failed: {', '.join(failed)}")
    _closing_line(totals, time.monotonic() - started)
    return 1 if failed else 0


def command_package(arguments: list[str]) -> int:
    absent = [package for program, package in PACKAGE_PROGRAMS if shutil.which(program) is None]
    if {"-h", "--help"} & set(arguments):
        absent = []  # who only asks gets nothing installed
    if absent and sys.platform.startswith("linux"):
        if shutil.which("apt-get") is None:
            raise CannotGoOn(f"To make a package, install {', '.join(absent)} first.")
        if "gcc" in absent:
            absent.append("libc6-dev")
        apt_install(absent, "Making a package needs some programs")
    return replace_by([sys.executable, str(ROOT / "packaging" / "make_package.py"), *arguments])


#: What is checked before the tests: name, tool and arguments.
CHECKS = (
    ("lint", ("ruff", "check")),
    ("format", ("ruff", "format", "--check")),
    ("types", ("mypy",)),
    ("types of the agent, for older Pythons", ("mypy", "--python-version", "3.10", "engine/agent")),
    ("import contracts", ("lint-imports",)),
)


def _tool(name: str, *arguments: str) -> list[str]:
    suffix = ".exe" if os.name == "nt" else ""
    return [str(venv_python().with_name(name + suffix)), *arguments]


def _passes(name: str, command: list[str], environment: dict[str, str] | None = None) -> bool:
    say(name)
    return subprocess.call(command, cwd=ROOT, env=environment) == 0


def _totals(reports: list[Path]) -> dict[str, int]:
    """Sums over JUnit reports; a run that left no report counts as an error."""
    totals = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
    for report in reports:
        try:
            suites = list(ElementTree.parse(report).getroot().iter("testsuite"))
        except (OSError, ElementTree.ParseError):
            totals["tests"] += 1
            totals["errors"] += 1
            continue
        for suite in suites:
            for name in totals:
                totals[name] += int(suite.get(name, 0))
    return totals


def _closing_line(totals: dict[str, int], seconds: float) -> None:
    """One line in pytest's own form, over all its runs."""
    bad = totals["failures"] + totals["errors"]
    parts = [
        (totals["failures"], "failed"),
        (max(0, totals["tests"] - bad - totals["skipped"]), "passed"),
        (totals["skipped"], "skipped"),
        (totals["errors"], "errors"),
    ]
    counts = ", ".join(f"{count} {word}" for count, word in parts if count)
    print(f" {counts} in {seconds:.2f}s ".center(80, "="), flush=True)


COMMANDS = {
    "setup": command_setup,
    "run": command_run,
    "test": command_test,
    "bench": command_bench,
    "package": command_package,
}


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0] in ("-h", "--help") or arguments[0] not in COMMANDS:
        print((__doc__ or "").strip(), file=sys.stderr)
        return 0 if arguments and arguments[0] in ("-h", "--help") else 2
    try:
        leave_old_python()
        return COMMANDS[arguments[0]](arguments[1:])
    except CannotGoOn as problem:
        say(str(problem))
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
