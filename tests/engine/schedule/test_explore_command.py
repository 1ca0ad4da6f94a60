"""``explore`` as people call it, and the files it writes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from engine.errors import LockstepError
from engine.recording import load as opened
from engine.recording import save
from engine.schedule.schedule import Choice, Grain, Schedule, load
from tests.engine.schedule.programs import DEADLOCK, write
from tests.helpers.build_session import example

ROOT = Path(__file__).parents[3]


def explore(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "main.py"), "explore", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def validate(name: str, document: object) -> None:
    schema = json.loads((ROOT / "resources" / "schemas" / f"{name}.json").read_text(encoding="utf-8"))
    jsonschema.validate(document, schema, cls=jsonschema.Draft202012Validator)


def test_found(tmp_path: Path) -> None:
    done = explore("--json", "--seed", "5", "-o", "a.json", str(write(tmp_path, DEADLOCK)), cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    document = json.loads(done.stdout)
    validate("explore", document)
    assert document["found"] is True
    assert document["kind"] == "deadlock"
    assert document["switches"] == 1
    assert document["seed"] == 5
    assert any(step["forced"] for step in document["steps"])
    saved = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    validate("schedule", saved)
    assert load(tmp_path / "a.json").document() == saved


def test_a_schedule_is_saved_by_itself_and_told(tmp_path: Path) -> None:
    done = explore(str(write(tmp_path, DEADLOCK)), cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    [saved] = tmp_path.glob("program-*.schedule.json")
    assert saved.name in done.stdout
    assert "1 forced switch" in done.stdout


def test_a_saved_schedule_is_run_again(tmp_path: Path) -> None:
    path = write(tmp_path, DEADLOCK)
    assert explore("-o", "a.json", str(path), cwd=tmp_path).returncode == 1
    done = explore("--schedule", "a.json", "--json", cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    document = json.loads(done.stdout)
    assert document["kind"] == "deadlock"
    validate("replay", document)
    assert sorted(document["cycle"]) == [1, 2]
    path.write_text("print('nothing in common')\n")
    done = explore("--schedule", "a.json", cwd=tmp_path)
    assert done.returncode == 2
    assert "does not do the same again" in done.stderr


def test_a_schedule_goes_into_a_recording_of_its_program(tmp_path: Path) -> None:
    """There it is run again from, and a recording of another program, or a damaged one, is refused."""
    path, recording = write(tmp_path, DEADLOCK), tmp_path / "run.lockstep"
    session = example(tmp_path / "session")
    told = json.loads((session.folder / "session.json").read_text())
    (session.folder / "session.json").write_text(json.dumps({**told, "script": str(path), "scenario": None}))
    save(session.folder, recording)
    records = opened(recording).store.records
    assert explore("-o", "run.lockstep", str(path), cwd=tmp_path).returncode == 1
    found = opened(recording)
    validate("schedule", found.info.schedule)
    assert (found.store.records, found.warnings) == (records, [])
    assert load(recording).document() == found.info.schedule
    done = explore("--schedule", "run.lockstep", "--json", cwd=tmp_path)
    assert (done.returncode, json.loads(done.stdout)["kind"]) == (1, "deadlock"), done.stderr

    with pytest.raises(LockstepError) as other:
        Schedule(script="another.py").save(recording)
    assert other.value.code == "schedule_other_program"
    data = bytearray(recording.read_bytes())
    at = data.index(b"LKbk", data.index(b"LKbk") + 4)  # the block behind the manifest
    data[at + 44 + 10] ^= 0xFF
    recording.write_bytes(data)
    assert opened(recording).info.schedule == {}
    assert "schedule is missing" in opened(recording).warnings[0]
    done = explore("--schedule", "run.lockstep", cwd=tmp_path)
    assert done.returncode == 2
    assert "without one, or that is damaged" in done.stderr


def test_nothing_found(tmp_path: Path) -> None:
    source = DEADLOCK.replace(
        "    with second:\n        with first:", "    with first:\n        with second:"
    )
    done = explore("--json", "--preemptions", "1", str(write(tmp_path, source)), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    validate("explore", document)
    assert document["found"] is False
    assert document["complete"] is True
    assert document["preemptions"] == 1
    assert document["schedule"] is None
    assert "all schedules" in document["covered"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere.py"], "cannot find the script"),
        ([], "give a SCRIPT"),
        (["--scenario", "race_balans"], "did you mean race_balance"),
        (["--scenario", "race_balance", "--set", "rounds=0"], "rounds must be"),
        (["--preemptions", "-1", "x.py"], "must be a whole number"),
        (["bad.py"], "SyntaxError"),
    ],
)
def test_bad_input(tmp_path: Path, arguments: list[str], said: str) -> None:
    write(tmp_path, "def (\n", "bad.py")
    done = explore(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_schedules_survive_being_saved(tmp_path: Path) -> None:
    schedule = Schedule(
        choices=(
            Choice(0, Grain.LINE),
            Choice(0, Grain.LINE),
            Choice(1, Grain.ACCESS),
            Choice(-1, position=2),
        ),
        variables=("g:x",),
        name="one",
        python="3.13.0",
        script="a.py",
    )
    schedule.save(tmp_path / "s.json")
    validate("schedule", json.loads((tmp_path / "s.json").read_text(encoding="utf-8")))
    again = load(tmp_path / "s.json")
    assert [choice.pair for choice in again.choices] == [choice.pair for choice in schedule.choices]
    assert again.variables == schedule.variables


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"schema": "lockstep-schedule", "version": 9}', "\x00", '{"schema": 1}']
)
def test_what_is_no_schedule_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "s.json"
    path.write_text(text)
    with pytest.raises(LockstepError, match="not a schedule"):
        load(path)
