"""Scenarios of people's own: found, checked for real, and said what is wrong with them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import scenarios
from engine.errors import LockstepError
from engine.scenarios import own
from engine.scenarios.outcome import Verdict
from engine.scenarios.running import run

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A place where scenarios are looked for; the user's own folder is out of the way."""
    monkeypatch.setattr(own, "user_folder", lambda: tmp_path / "nothing here")
    monkeypatch.setenv(own.VARIABLE, os.pathsep.join([str(tmp_path / "lessons"), str(tmp_path / "more")]))
    scenarios.reload()
    yield tmp_path / "lessons"
    scenarios.reload()


def mine(folder: Path, name: str = "tea_kitchen") -> Path:
    own.create(folder / name)
    return folder / name


def test_a_new_one_is_found_beside_the_others_and_told_in_both_languages(folder: Path) -> None:
    mine(folder)
    found = scenarios.get("tea_kitchen")
    assert found.group == own.GROUP
    assert found.id in [scenario.id for scenario in scenarios.catalogue()]
    assert found.texts("en").title != found.texts("zh_CN").title
    assert [parameter.default for parameter in found.parameters] == [2, 0.3]


@pytest.mark.skipif(sys.platform == "win32", reason="programs cannot be observed on Windows yet")
def test_it_runs_and_its_check_reads_the_run(folder: Path) -> None:
    mine(folder)
    done = run(scenarios.get("tea_kitchen"), {"people": 3})
    assert done.outcome.verdict in (Verdict.HOLDS, Verdict.TOO_DISTURBED), done.outcome.why
    if done.outcome.verdict is Verdict.HOLDS:
        assert done.reading.answer == "together"


@pytest.mark.skipif(sys.platform == "win32", reason="programs cannot be observed on Windows yet")
def test_without_a_check_it_runs_and_says_so(folder: Path) -> None:
    (mine(folder) / "check.py").unlink()
    done = run(scenarios.get("tea_kitchen"), {"people": 1, "rest_s": 0.05})
    assert done.outcome.verdict is Verdict.NOT_APPLICABLE
    assert done.outcome.why == "it has no check"


def test_one_language_is_enough(folder: Path) -> None:
    (mine(folder) / "en.toml").unlink()
    found = scenarios.get("tea_kitchen")
    assert found.texts("en") == found.texts("zh_CN")


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        ("program.py", "PEOPLE = 2", "PEOPLE = 200", "scenario.toml: people must be from 1 to 20, not 200"),
        ("program.py", "PEOPLE = 2", "people = 2", "its program has no constants for people"),
        ("program.py", "def rest():", "def rest(:", "invalid syntax"),
        ("scenario.toml", 'expected = "together"', "expected = ", "scenario.toml: Invalid value"),
        ("scenario.toml", 'expected = "together"', 'expekted = "x"', "unknown fields: expekted"),
        ("scenario.toml", 'expected = "together"', 'expected = "never"', "expected answer 'never'"),
        ("scenario.toml", 'kind = "int"', 'kind = "number"', "must be one of int, float, bool, choice"),
        ("scenario.toml", "low = 1\n", "", "people needs low and high, both numbers"),
        ("scenario.toml", "people = 5", "people = 50", "people must be from 1 to 20, not 50"),
        ("en.toml", 'title = "Time for a rest"', "", "en.toml: title is missing or empty"),
        (
            "en.toml",
            "[parameters.rest_s]",
            "[parameters.nap_s]",
            "en.toml: parameters must have: people, rest_s",
        ),
        ("check.py", "def read(view):", "def reed(view):", "check.py: it has no function read(view)"),
        ("check.py", "def read(view):", "1 / 0\ndef read(view):", "check.py: ZeroDivisionError"),
    ],
)
def test_a_broken_one_is_listed_with_its_error_and_breaks_nothing_else(
    folder: Path, file: str, old: str, new: str, problem: str
) -> None:
    broken = mine(folder, "broken_one") / file
    mine(folder)
    text = broken.read_text(encoding="utf-8")
    assert old in text
    broken.write_text(text.replace(old, new, 1), encoding="utf-8")
    [left_out] = [each for each in scenarios.broken() if each.id == "broken_one"]
    assert problem in left_out.error
    assert str(broken.parent) in left_out.error
    assert scenarios.get("tea_kitchen").id == "tea_kitchen"
    with pytest.raises(LockstepError, match="broken_one cannot be used"):
        scenarios.get("broken_one")


def test_a_name_that_is_taken(folder: Path) -> None:
    mine(folder, "thread_pool")
    assert scenarios.get("thread_pool").group == "threads"
    assert "there is one of that name" in scenarios.broken()[-1].error


def test_names_and_places_that_will_not_do(tmp_path: Path) -> None:
    with pytest.raises(LockstepError, match="small letters"):
        own.create(tmp_path / "Tea kitchen")
    mine(tmp_path)
    with pytest.raises(LockstepError, match="is not empty"):
        mine(tmp_path)


def test_the_commands(tmp_path: Path) -> None:
    environment = {**os.environ, own.VARIABLE: str(tmp_path)}

    def command(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, str(ROOT / "main.py"), *arguments],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    assert command("new-scenario", str(tmp_path / "tea_kitchen")) == f"wrote {tmp_path / 'tea_kitchen'}\n"
    command("new-scenario", str(tmp_path / "broken_one"))
    (tmp_path / "broken_one" / "en.toml").write_text("title = 3", encoding="utf-8")
    document = json.loads(command("list", "--json"))
    assert {"id": "tea_kitchen", "group": "own"}.items() <= document["scenarios"][-1].items()
    assert [each["id"] for each in document["broken"] if each["id"] == "broken_one"] == ["broken_one"]
    assert "broken_one: cannot be used" in command("list")
