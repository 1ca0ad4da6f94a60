"""The commands as people call them: real processes, real programs, real files."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import time
import zlib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from engine.recording import load
from engine.recording.container import MAGIC
from tests.end_to_end.runs import until_limit
from tests.helpers.agent_run import RECORDED
from tests.helpers.program import COMMAND, PACKAGE, PYTHON

ROOT = Path(__file__).parents[2]
SCHEMAS = ROOT / "resources" / "schemas"

HELLO = "import sys\nprint('hello', *sys.argv[1:])\n"
WORK = """\
import threading, time
from recorded import until
lock = threading.Lock()
arrived = threading.Barrier(4)
def work():
    arrived.wait()
    for _ in range(20):
        with lock:
            time.sleep(0.001)
threads = [threading.Thread(target=work, name=f"worker {n}") for n in range(3)]
for thread in threads:
    thread.start()
with lock:  # until each of them waits for it
    arrived.wait()
    until("WAIT_BEGIN", "LOCK", 3)
for thread in threads:
    thread.join()
"""


def lockstep(
    *arguments: str | Path, cwd: Path | None = None, text: str | None = None, timeout: float = 300
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        text=True,
        cwd=cwd,
        input=text,
        timeout=timeout,
        check=False,
    )


def program(folder: Path, source: str, name: str = "prog.py") -> Path:
    path = folder / name
    path.write_text(source, encoding="utf-8")
    if "from recorded import" in source:
        shutil.copy(RECORDED, folder)
    return path


def recorded(folder: Path, source: str, *options: str) -> Path:
    out = folder / "out.lockstep"
    done = lockstep("record", "-o", out, *options, program(folder, source))
    assert done.returncode == 0, done.stderr
    return out


def info(path: Path) -> dict[str, Any]:
    done = lockstep("info", path, "--json")
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    jsonschema.validate(document, json.loads((SCHEMAS / "info.json").read_text()))
    return document


class TestRecord:
    def test_says_nothing_and_leaves_the_program_as_it_is(self, tmp_path: Path) -> None:
        script = program(tmp_path, HELLO)
        done = lockstep("record", script, "-o", "x", "--json", "-v", cwd=tmp_path)
        assert (done.returncode, done.stdout, done.stderr) == (0, "hello -o x --json -v\n", "")
        found = [p.name for p in tmp_path.iterdir() if p != script]
        assert len(found) == 1
        assert re.fullmatch(r"prog-\d{8}-\d{6}\.lockstep", found[0])

    def test_a_second_recording_gets_a_name_of_its_own(self, tmp_path: Path) -> None:
        script = program(tmp_path, HELLO)
        for _ in range(3):
            assert lockstep("record", script, cwd=tmp_path).returncode == 0
        assert len(list(tmp_path.glob("*.lockstep"))) == 3

    def test_named_file_is_replaced(self, tmp_path: Path) -> None:
        (tmp_path / "out.lockstep").write_text("old")
        assert info(recorded(tmp_path, HELLO))["records"] > 0

    def test_verbose_says_what_was_recorded(self, tmp_path: Path) -> None:
        done = lockstep("record", "-v", "-o", tmp_path / "a.lockstep", program(tmp_path, HELLO))
        assert done.stdout == "hello\n"
        assert "a.lockstep" in done.stderr
        assert "records" in done.stderr

    @pytest.mark.parametrize(
        ("source", "status"),
        [
            ("raise SystemExit(7)", 7),
            ("import os; os._exit(9)", 9),
            ("1 / 0", 1),
            ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", 128 + signal.SIGKILL),
            ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", 128 + signal.SIGTERM),
        ],
    )
    def test_exit_status_is_the_programs(self, tmp_path: Path, source: str, status: int) -> None:
        out = tmp_path / "a.lockstep"
        assert lockstep("record", "-o", out, program(tmp_path, source)).returncode == status
        document = info(out)
        assert not document["truncated"]
        assert document["run"]["exit_status"] in (status, 128 - status)

    def test_syntax_error_ends_as_python_ends_it(self, tmp_path: Path) -> None:
        script = program(tmp_path, "def f(:\n")
        alone = subprocess.run([PYTHON, script], capture_output=True, text=True, check=False)
        done = lockstep("record", "-o", tmp_path / "a.lockstep", script)
        assert (done.returncode, done.stdout, done.stderr) == (alone.returncode, alone.stdout, alone.stderr)

    def test_time_limit(self, tmp_path: Path) -> None:
        script = program(tmp_path, "import time\nprint('begun', flush=True)\nwhile True: time.sleep(1)\n")
        taken: list[tuple[float, float]] = []  # at least, seconds

        def run(limit: str) -> subprocess.CompletedProcess[str]:
            begin = time.monotonic()
            done = lockstep("record", "--time-limit", limit, "-o", tmp_path / "a.lockstep", script)
            taken.append((float(limit), time.monotonic() - begin))
            return done

        done = until_limit(run, lambda done: bool(done.stdout))
        assert (done.returncode, done.stdout) == (124, "begun\n")
        assert all(took >= limit for limit, took in taken)
        assert not info(tmp_path / "a.lockstep")["truncated"]

    def test_standard_input_is_the_programs(self, tmp_path: Path) -> None:
        script = program(tmp_path, "print(input()[::-1])")
        done = lockstep("record", "-o", tmp_path / "a.lockstep", script, text="abc\n")
        assert (done.returncode, done.stdout) == (0, "cba\n")

    def test_module(self, tmp_path: Path) -> None:
        program(tmp_path, "import sys\nprint(__name__, sys.argv[1:])\n", "some_module.py")
        done = lockstep("record", "-o", "a.lockstep", "-m", "some_module", "-m", "x", cwd=tmp_path)
        assert (done.returncode, done.stdout) == (0, "__main__ ['-m', 'x']\n")
        assert info(tmp_path / "a.lockstep")["run"]["module"] == "some_module"

    def test_module_that_is_not_there_ends_as_python_ends_it(self, tmp_path: Path) -> None:
        alone = subprocess.run([PYTHON, "-m", "no_such_module"], capture_output=True, text=True, check=False)
        done = lockstep("record", "-o", tmp_path / "a.lockstep", "-m", "no_such_module")
        assert (done.returncode, done.stderr) == (alone.returncode, alone.stderr)

    def test_scenario_with_parameters(self, tmp_path: Path) -> None:
        out = tmp_path / "a.lockstep"
        done = lockstep(
            "record",
            "-o",
            out,
            "--scenario",
            "threads_five_workers",
            "--set",
            "workers=3",
            "--set",
            "nap_s=0.1",
        )
        assert done.returncode == 0, done.stderr
        document = info(out)
        assert document["run"]["scenario"] == "threads_five_workers"
        assert document["run"]["parameters"] == {"workers": 3, "nap_s": 0.1}
        threads = [t for t in document["tracks"] if t["kind"] == "thread"]
        assert len(threads) == 4

    def test_captured_output_is_in_the_recording_and_on_the_screen(self, tmp_path: Path) -> None:
        out = tmp_path / "a.lockstep"
        done = lockstep("record", "--capture", "-o", out, program(tmp_path, HELLO), "there")
        assert (done.returncode, done.stdout) == (0, "hello there\n")
        assert b"".join(chunk.text for chunk in load(out).store.output) == b"hello there\n"

    def test_sources_and_session_are_in_the_recording(self, tmp_path: Path) -> None:
        loaded = load(recorded(tmp_path, WORK))
        jsonschema.validate(loaded.session, json.loads((SCHEMAS / "session.json").read_text()))
        assert loaded.info.sources[str(tmp_path / "prog.py")] == WORK

    def test_nothing_of_the_session_is_left(self, tmp_path: Path) -> None:
        environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path / "state"), "HOME": str(tmp_path)}
        done = subprocess.run(
            [
                *COMMAND,
                "record",
                "-o",
                tmp_path / "a.lockstep",
                program(tmp_path, HELLO),
            ],
            env=environment,
            check=False,
        )
        assert done.returncode == 0
        left = [path for path in (tmp_path / "state").rglob("*") if path.is_file()]
        assert left == []


class TestReading:
    def test_info_names_threads_locks_and_the_gil(self, tmp_path: Path) -> None:
        document = info(recorded(tmp_path, WORK))
        threads = {t["name"]: t for t in document["tracks"] if t["kind"] == "thread"}
        assert set(threads) == {"MainThread", "worker 0", "worker 1", "worker 2"}
        assert all(threads[f"worker {n}"]["states"].get("wait_lock", 0) > 0 for n in range(3))
        locks = {lock["name"]: lock for lock in document["locks"]}
        assert locks["lock"]["acquisitions"] == 61
        assert locks["lock"]["contended"] >= 3
        assert document["lost"] == 0
        assert all(isinstance(gil["observed"], bool) for gil in document["gil"])
        text = lockstep("info", tmp_path / "out.lockstep").stdout
        assert "worker 2" in text

    def test_exports_agree_with_info(self, tmp_path: Path) -> None:
        path = recorded(tmp_path, WORK)
        document = info(path)
        for kind in ("csv", "perfetto"):
            done = lockstep("export", path, "--format", kind, "-o", tmp_path / f"out.{kind}")
            assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        with (tmp_path / "out.csv").open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        for track in document["tracks"]:
            sums: dict[str, int] = {}
            for row in rows:
                if int(row["track_id"]) == track["id"]:
                    length = int(row["end_ns"]) - int(row["start_ns"])
                    sums[row["state"]] = sums.get(row["state"], 0) + length
            assert {state: ns for state, ns in sums.items() if ns} == track["states"]
        trace = json.loads((tmp_path / "out.perfetto").read_text(encoding="utf-8"))
        jsonschema.validate(trace, json.loads((SCHEMAS / "perfetto.json").read_text()))
        assert sum(event["ph"] == "X" for event in trace["traceEvents"]) == len(rows)

    def test_cut_recording_opens_with_a_warning(self, tmp_path: Path) -> None:
        path = recorded(tmp_path, WORK)
        whole = path.read_bytes()
        for cut in (32, 33, len(whole) // 2, len(whole) - 1):
            path.write_bytes(whole[:cut])
            done = lockstep("info", path, "--json")
            assert done.returncode == 0
            assert json.loads(done.stdout)["truncated"] is True
            assert "cut off" in done.stderr
            assert len(done.stderr.splitlines()) == 1

    def test_list(self) -> None:
        done = lockstep("list", "--json")
        assert done.returncode == 0
        jsonschema.validate(json.loads(done.stdout), json.loads((SCHEMAS / "list.json").read_text()))
        assert "deadlock_two_locks" in lockstep("list").stdout

    def test_check(self) -> None:
        done = lockstep("check", "threads_five_workers", "--json")
        document = json.loads(done.stdout)
        jsonschema.validate(document, json.loads((SCHEMAS / "check.json").read_text()))
        result = document["results"][0]
        assert result["verdict"] in ("holds", "too_disturbed"), result
        assert done.returncode == 0

    def test_reader_that_leaves_early_is_no_error(self) -> None:
        with subprocess.Popen(
            [*COMMAND, "list", "--json"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.close()
            assert process.stderr.read() == b""
            assert process.wait(60) == 128 + signal.SIGPIPE

    @pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="no /dev/full here")
    def test_output_that_cannot_be_written_is_said(self) -> None:
        with open("/dev/full", "wb") as full:
            done = subprocess.run(
                [*COMMAND, "list"], stdout=full, stderr=subprocess.PIPE, text=True, timeout=300, check=False
            )
        assert done.returncode == 2
        assert done.stderr == "lockstep: cannot write the standard output: No space left on device\n"

    @pytest.mark.skipif(bool(PACKAGE), reason="a package listens to no variable of another Python's")
    def test_a_terminal_without_all_characters_is_no_error(self, tmp_path: Path) -> None:
        name = "\u7ebf\u7a0b"
        source = f"import threading as t\nx = t.Thread(target=int, name={name!r}); x.start(); x.join()\n"
        out = recorded(tmp_path, source)
        for options, reads in (((), "ascii"), (("--json",), "utf-8")):
            done = subprocess.run(
                [*COMMAND, "info", out, *options],
                env={**os.environ, "PYTHONIOENCODING": "ascii"},
                capture_output=True,
                timeout=300,
                check=False,
            )
            assert done.returncode == 0, done.stderr
            shown = name if options else "\\u7ebf\\u7a0b"
            assert shown in done.stdout.decode(reads)

    def test_a_link_is_written_through(self, tmp_path: Path) -> None:
        link, target = tmp_path / "link.lockstep", tmp_path / "target.lockstep"
        link.symlink_to(target)
        done = lockstep("record", "-o", link, program(tmp_path, HELLO))
        assert done.returncode == 0, done.stderr
        assert link.is_symlink()
        assert info(target)["run"]["exit_status"] == 0


#: What is called, and what its one sentence has to say.  {x} stands for a file of ``things``.
BAD_INPUT = [
    ("record {folder}/no.py", "cannot find the script"),
    ("record {folder}", "folder"),
    ("record", "give a SCRIPT"),
    ("record --nope {script}", "--nope"),
    ("record --python {folder}/nothing {script}", "cannot find the interpreter"),
    ("record --python {script} {script}", "not a Python interpreter"),
    ("record --python /bin/true {script}", "not a Python interpreter"),
    ("record --python /bin/ls {script}", "not a Python interpreter"),
    ("record -o {folder}/no/a.lockstep {script}", "cannot write"),
    ("record -o {folder} {script}", "cannot write"),
    ("record -o {script} {script}", "would replace"),
    ("record -o {pipe} {script}", "not an ordinary file"),
    ("export {random} --format csv -o {pipe}", "not an ordinary file"),
    ("record --", "give a SCRIPT"),
    ("record --python= {script}", "--python needs an interpreter"),
    ("record --time-limit x {script}", "--time-limit"),
    ("record --scenario no_such_scenario", "no scenario"),
    ("record --scenario threads_five_workers --set workers=many", "a whole number"),
    ("record --scenario threads_five_workers --set workers=100000", "from"),
    ("record --scenario threads_five_workers --set nonsense=1", "no parameter"),
    ("record --scenario threads_five_workers --set workers", "NAME=VALUE"),
    ("info {folder}/no.lockstep", "cannot find the recording"),
    ("info {folder}", "not a Lockstep recording"),
    ("info {empty}", "is empty"),
    ("info {random}", "not a Lockstep recording"),
    ("info {newer}", "newer Lockstep"),
    ("info {header}", "damaged"),
    ("info", "FILE"),
    ("export {empty} --format csv -o {folder}/x", "is empty"),
    ("export {random} --format csv", "-o"),
    ("export {random} --format html -o x", "html"),
    ("export {random} --format csv -o {random}", "would replace"),
    ("export {random} --format csv -o {folder}/no/x", "cannot write"),
    ("explore -o {script} {script}", "would replace"),
    ("explore {folder}/no.py", "cannot find the script"),
    ("explore {folder}", "is a folder; give a script"),
    ("explore --schedule {random}", "cannot read the schedule"),
    ("explore --schedule {script}", "it is not JSON"),
    ("compare --workload cpu --runs many", "--runs: must be a whole number, not many"),
    ("compare --workload cpu --runs 0", "--runs must be from"),
    ("compare --workload cpu -o {script}", "is not a folder"),
    ("compare --workload cpu -o {script}/below", "is not a folder"),
    ("new-scenario {folder}/lock_balance", "comes with Lockstep"),
    ("new-scenario {folder}/9_lives", "begin with a letter"),
    ("check no_such_scenario", "no scenario"),
    ("check", "ID"),
    ("bench no_such_workload", "no workload"),
    ("bench --quick --rounds 0", "--rounds"),
    ("bench --quick --python {folder}/nothing", "cannot find the interpreter"),
    ("bench --quick --python /bin/true", "not a Python interpreter"),
    ("--nope", "unknown argument --nope"),
    ("--lang xx", "--lang"),
    ("--theme", "--theme"),
    ("list --nope", "--nope"),
    ("nonsense", "no command nonsense"),
]


@pytest.fixture
def things(tmp_path: Path) -> dict[str, str]:
    newer = struct.pack("<8sHHIQI", MAGIC, 99, 0, 0, 0, 0)
    files = {
        "empty": b"",
        "random": bytes(range(7, 250)) * 10,
        "newer": newer + struct.pack("<I", zlib.crc32(newer)),
        "header": MAGIC + b"abc",
    }
    for name, data in files.items():
        (tmp_path / f"{name}.lockstep").write_bytes(data)
    os.mkfifo(tmp_path / "pipe")
    return {
        "folder": str(tmp_path),
        "pipe": str(tmp_path / "pipe"),
        "script": str(program(tmp_path, HELLO)),
        **{name: str(tmp_path / f"{name}.lockstep") for name in files},
    }


@pytest.mark.parametrize(("command", "says"), BAD_INPUT, ids=[command for command, _ in BAD_INPUT])
def test_bad_input_is_one_sentence_and_status_2(things: dict[str, str], command: str, says: str) -> None:
    arguments = [part.format(**things) for part in command.split()]
    before = sorted(Path(things["folder"]).rglob("*"))
    done = lockstep(*arguments, cwd=Path(things["folder"]))
    assert done.returncode == 2, done
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("lockstep: ")
    assert says in lines[0]
    assert sorted(Path(things["folder"]).rglob("*")) == before


@pytest.mark.parametrize("version", ["2.7", "3.8"])
def test_old_pythons_are_refused(tmp_path: Path, version: str) -> None:
    candidates = sorted(map(str, (Path.home() / ".pyenv" / "versions").glob(f"{version}.*/bin/python")))
    old = next(iter(candidates), None) or shutil.which(f"python{version}")
    if old is None:
        pytest.skip(f"no Python {version} here")
    done = lockstep("record", "--python", old, program(tmp_path, HELLO), cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert f"Python {version}" in done.stderr


def test_without_pyside_the_window_says_how_to_get_it() -> None:
    done = subprocess.run(
        [sys.executable, "-S", ROOT / "main.py"], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith("lockstep: ")
    assert "python3 dev.py run" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_without_packages_a_command_says_how_to_get_them(tmp_path: Path) -> None:
    for arguments in (("list",), ("record", program(tmp_path, HELLO))):
        done = subprocess.run(
            [sys.executable, "-S", ROOT / "main.py", *arguments],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 2
        assert f"python3 dev.py run {arguments[0]}" in done.stderr
        assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("version", ["3.8", "3.10"])
def test_a_python_too_old_for_lockstep_itself_says_how_to_start_it(version: str) -> None:
    found = sorted(map(str, (Path.home() / ".pyenv" / "versions").glob(f"{version}.*/bin/python")))
    old = next(iter(found), None) or shutil.which(f"python{version}")
    if old is None:
        pytest.skip(f"no Python {version} here")
    for arguments in ((), ("list",)):
        done = subprocess.run(
            [old, ROOT / "main.py", *arguments], capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 2
        assert done.stderr.splitlines() == [
            "lockstep: Lockstep runs on Python 3.11 or newer; run: python3 dev.py run"
        ]


def test_commands_import_no_qt(tmp_path: Path) -> None:
    """In a process where Qt cannot be imported, everything but the window works."""
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\nfor name in ('PySide6', 'shiboken6', 'pyqtgraph'):\n    sys.modules[name] = None\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}

    def without_qt(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *arguments],
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    out = tmp_path / "a.lockstep"
    script = program(tmp_path, WORK)
    for arguments in (
        ("list",),
        ("record", "-o", out, script),
        ("info", out),
        ("export", out, "--format", "csv", "-o", tmp_path / "a.csv"),
    ):
        done = without_qt(*arguments)
        assert done.returncode == 0, done.stderr
