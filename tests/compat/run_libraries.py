"""Runs test suites of concurrency libraries, and of CPython itself, with and without ``record``,
and compares them test by test.  Real programs must not notice that they are observed.

    python tests/compat/run_libraries.py [NAME …] [--python INTERPRETER] [--cache FOLDER] [--json OUT]

NAME is a library of ``suites.py`` or a module of CPython's test package (``test_threading``).  Slow
(minutes a suite), needs a package index, and is not part of the tests.  A test that ends differently
is run again by itself, three times each way; it counts as a difference only if the two ways stay
apart.  Exit status 1 when there is one.
"""

from __future__ import annotations

import argparse
import collections
import dataclasses
import json
import os
import signal
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from tests.compat.suites import STANDARD_LIBRARY, SUITES, Suite  # noqa: E402

MAIN = ROOT / "main.py"
RUN_UNITTEST = Path(__file__).with_name("run_unittest.py")
REPEATS = 3

Outcomes = dict[str, str]
#: Runs one test once more: (test id, recorded) → (outcome, what was said).
Again = Callable[[str, bool], tuple[str, str]]


@dataclass
class SuiteRun:
    """How one run ended: its exit status and each test's outcome."""

    status: int
    outcomes: Outcomes = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    tail: str = ""


@dataclass
class Difference:
    """A test that ends otherwise under ``record``: the outcomes of the repetitions, and what was said."""

    test: str
    alone: list[str]
    recorded: list[str]
    text: str


@dataclass
class Compared:
    """One suite."""

    name: str
    tests: int = 0
    passed_alone: int = 0
    passed_recorded: int = 0
    statuses: tuple[int, int] = (0, 0)
    differences: list[Difference] = field(default_factory=list)
    unstable: list[str] = field(default_factory=list)
    problem: str = ""


class Runner:
    """Runs commands on one interpreter, alone or under ``record``."""

    def __init__(self, interpreter: Path, cache: Path, timeout_s: float, options: Sequence[str]) -> None:
        self.interpreter = interpreter
        self.cache = cache
        self.timeout_s = timeout_s
        self.options = tuple(options)

    def run(self, python: Path, arguments: Sequence[str], cwd: Path, recorded: bool) -> tuple[int, str]:
        """Exit status and the end of the output.  -1 after the time limit."""
        with tempfile.TemporaryDirectory(prefix="lockstep-compat-") as folder:
            command = [str(python), *arguments]
            if recorded:
                command = [
                    sys.executable, str(MAIN), "record", "-o", f"{folder}/run.lockstep",
                    "--python", str(python), *self.options, *arguments,
                ]  # fmt: skip
            process = subprocess.Popen(
                command,
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "100"},
            )
            try:
                output, _ = process.communicate(timeout=self.timeout_s)
                status = process.returncode
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGTERM)
                try:
                    output, _ = process.communicate(timeout=10)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
                    output, _ = process.communicate()
                status = -1
        return status, output.decode("utf-8", "replace")[-3000:]


# --- pytest suites ----------------------------------------------------------------------


def prepare(suite: Suite, runner: Runner) -> tuple[Path, Path]:
    """A virtual environment with the library and what its tests need, and its unpacked sources.

    Raises:
        RuntimeError: something could not be had; the text says what.
    """
    folder = runner.cache / f"{suite.library}-{_key(runner.interpreter)}"
    python = folder / "venv" / "bin" / "python"
    ready = folder / "ready"
    if not ready.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _call([str(runner.interpreter), "-m", "venv", "--clear", str(folder / "venv")])
        needed = [suite.library, "pytest", "pytest-timeout", *suite.packages]
        missing = []
        _call([str(python), "-m", "pip", "install", "-q", suite.library, "pytest", "pytest-timeout"])
        for package in needed[3:]:  # one by one: a package without a wheel here must not cost the suite
            try:
                _call([str(python), "-m", "pip", "install", "-q", package])
            except RuntimeError:
                missing.append(package)
        version = _call(
            [str(python), "-c", f"import importlib.metadata as m; print(m.version({suite.library!r}))"]
        ).strip()
        _call(
            [
                str(python), "-m", "pip", "download", "-q", "--no-deps", "--no-binary", suite.library,
                "-d", str(folder), f"{suite.library}=={version}",
            ]
        )  # fmt: skip
        (archive,) = folder.glob("*.tar.gz")
        with tarfile.open(archive) as packed:
            packed.extractall(folder / "source", filter="data")
        ready.write_text(json.dumps({"missing": missing}))
    (source,) = (folder / "source").iterdir()
    return python, source


def run_pytest(
    suite: Suite, runner: Runner, python: Path, source: Path, recorded: bool, only: Sequence[str] = ()
) -> SuiteRun:
    """The suite, or only the tests with these ids."""
    with tempfile.TemporaryDirectory(prefix="lockstep-compat-") as folder:
        report = Path(folder) / "report.xml"
        arguments = [
            "-m", "pytest", "-q", "-p", "no:cacheprovider", "--continue-on-collection-errors",
            "-o", "addopts=", "-o", "timeout=120", f"--junitxml={report}", "-o", "junit_family=xunit1",
            "--tb=short",
            f"--basetemp={folder}/temp", *suite.options, *(only or suite.tests),
        ]  # fmt: skip
        status, tail = runner.run(python, arguments, source, recorded)
        run = SuiteRun(status, tail=tail)
        if report.exists():
            _read_junit(report, run)
    return run


def _read_junit(report: Path, run: SuiteRun) -> None:
    for case in ElementTree.parse(report).iter("testcase"):
        name = f"{case.get('file') or case.get('classname')}::{case.get('classname')}::{case.get('name')}"
        outcome, text = "passed", ""
        for child in case:
            if child.tag in ("failure", "error", "skipped"):
                outcome = child.tag
                text = f"{child.get('message', '')}\n{child.text or ''}"
                break
        run.outcomes[name] = outcome
        run.texts[name] = text[:4000]


def compare_pytest(suite: Suite, runner: Runner) -> Compared:
    """One library's suite both ways."""
    result = Compared(suite.library)
    try:
        python, source = prepare(suite, runner)
    except (RuntimeError, OSError, ValueError) as error:
        result.problem = str(error)[-600:]
        return result
    alone = run_pytest(suite, runner, python, source, recorded=False)
    recorded = run_pytest(suite, runner, python, source, recorded=True)

    def again(test: str, watched: bool) -> tuple[str, str]:
        # the id that pytest takes: file::Class::name, from junit's file, classname and name
        file, classname, name = test.split("::", 2)
        module = file.removesuffix(".py").replace("/", ".")
        inner = classname.removeprefix(module).strip(".").replace(".", "::")
        selected = "::".join(part for part in (file, inner, name) if part)
        run = run_pytest(suite, runner, python, source, watched, [selected])
        return run.outcomes.get(test, f"no result ({run.status})"), run.texts.get(test, "") or run.tail

    _judge(result, alone, recorded, again)
    return result


# --- CPython's own -----------------------------------------------------------------------


def run_module(runner: Runner, module: str, recorded: bool, only: Sequence[str] = ()) -> SuiteRun:
    """A module of CPython's test package, or only these tests of it (``Class.test``)."""
    with tempfile.TemporaryDirectory(prefix="lockstep-compat-") as folder:
        report = Path(folder) / "report.json"
        status, tail = runner.run(
            runner.interpreter, [str(RUN_UNITTEST), module, str(report), *only], Path(folder), recorded
        )
        run = SuiteRun(status, tail=tail)
        if report.exists():
            for name, entry in json.loads(report.read_text()).items():
                run.outcomes[name] = entry["outcome"]
                run.texts[name] = entry["text"]
    return run


def compare_module(runner: Runner, module: str) -> Compared:
    """One module of CPython's test package both ways."""
    result = Compared(module)
    found = subprocess.run(
        [runner.interpreter, "-c", f"import importlib.util as u; assert u.find_spec('test.{module}')"],
        capture_output=True,
        check=False,
    )
    if found.returncode:
        result.problem = "not in this interpreter"
        return result
    alone = run_module(runner, module, recorded=False)
    recorded = run_module(runner, module, recorded=True)

    def again(test: str, watched: bool) -> tuple[str, str]:
        run = run_module(runner, module, watched, [test.removeprefix(f"test.{module}.")])
        return run.outcomes.get(test, f"no result ({run.status})"), run.texts.get(test, "") or run.tail

    _judge(result, alone, recorded, again)
    return result


# --- judging ---------------------------------------------------------------------------


def _judge(result: Compared, alone: SuiteRun, recorded: SuiteRun, again: Again) -> None:
    result.tests = len(alone.outcomes)
    result.passed_alone = sum(outcome == "passed" for outcome in alone.outcomes.values())
    result.passed_recorded = sum(outcome == "passed" for outcome in recorded.outcomes.values())
    result.statuses = (alone.status, recorded.status)
    if not result.passed_alone:
        result.problem = f"no test passes alone (exit status {alone.status}): {alone.tail[-600:]}"
        return
    if not recorded.outcomes:
        result.differences.append(Difference("(the whole suite)", ["ran"], ["did not run"], recorded.tail))
        return
    for test, outcome in alone.outcomes.items():
        under_record = recorded.outcomes.get(test, "not run")
        if under_record == outcome:
            continue
        ours, theirs = [outcome], [under_record]
        text = recorded.texts.get(test, "")
        for _ in range(REPEATS):
            ours.append(again(test, False)[0])
            repeated, said = again(test, True)
            theirs.append(repeated)
            text = text or said
        if set(ours) & set(theirs):
            result.unstable.append(f"{test}: alone {', '.join(ours)}; recorded {', '.join(theirs)}")
        else:
            result.differences.append(Difference(test, ours, theirs, text))
    extra = set(recorded.outcomes) - set(alone.outcomes)
    result.unstable += [f"{test}: only under record" for test in sorted(extra)]


def _key(interpreter: Path) -> str:
    shown = _call(
        [str(interpreter), "-c", "import sys; print('%d.%d.%d%s' % (*sys.version_info[:3], sys.abiflags))"]
    )
    return shown.strip()


def _call(command: Sequence[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[:6])} …: {(done.stderr or done.stdout).strip()[-500:]}")
    return done.stdout


def show(result: Compared) -> None:
    """A line for the suite, and what differs."""
    if result.problem:
        print(f"{result.name:34} not run: {result.problem}", flush=True)
        return
    same = "same" if not result.differences else f"{len(result.differences)} DIFFERENT"
    print(
        f"{result.name:34} {result.tests:5} tests, passed {result.passed_alone} alone, "
        f"{result.passed_recorded} recorded, exit {result.statuses[0]}/{result.statuses[1]}: {same}"
        + (f", {len(result.unstable)} unstable" if result.unstable else ""),
        flush=True,
    )
    for difference in result.differences:
        print(f"  ✗ {difference.test}")
        for way, outcomes in (("alone", difference.alone), ("recorded", difference.recorded)):
            counted = collections.Counter(outcomes)
            print(f"      {way:9}" + ", ".join(f"{outcome} ×{count}" for outcome, count in counted.items()))
        for line in difference.text.strip().splitlines()[-12:]:
            print(f"      | {line}")
    for line in result.unstable:
        print(f"  ~ {line}")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--python", type=Path, default=Path(sys.executable), metavar="INTERPRETER")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "lockstep" / "compat")
    parser.add_argument("--timeout", type=float, default=1800, help="seconds a suite")
    parser.add_argument("--option", action="append", default=[], help="a further option of record")
    parser.add_argument("--json", type=Path, metavar="OUT")
    chosen = parser.parse_args()
    runner = Runner(chosen.python.absolute(), chosen.cache, chosen.timeout, chosen.option)
    suites = {suite.library: suite for suite in SUITES}
    names = chosen.names or [*suites, *STANDARD_LIBRARY]
    unknown = [name for name in names if name not in suites and not name.startswith("test_")]
    if unknown:
        parser.error(f"no such suite: {', '.join(unknown)}; there are {', '.join(suites)} and test_… modules")
    results = []
    for name in names:
        result = compare_pytest(suites[name], runner) if name in suites else compare_module(runner, name)
        show(result)
        results.append(result)
    if chosen.json:
        chosen.json.write_text(json.dumps([dataclasses.asdict(result) for result in results], indent=1))
    return 1 if any(result.differences for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
