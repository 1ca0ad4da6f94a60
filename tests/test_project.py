"""The project's own files agree with each other."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from engine.version import VERSION

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ("requirements.lock", "requirements-test.lock")


def pinned(lock: str) -> dict[str, set[str]]:
    """Package → versions, as the lock file pins them."""
    versions: dict[str, set[str]] = {}
    for match in re.finditer(r"^([a-z0-9-]+)==(\S+)", (ROOT / lock).read_text(), re.MULTILINE):
        versions.setdefault(match[1], set()).add(match[2])
    return versions


def required(*extras: str) -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = [
        *project["dependencies"],
        *(line for e in extras for line in project["optional-dependencies"][e]),
    ]
    return {re.split(r"[><=\s]", line)[0].lower() for line in lines}


def test_the_locks_pin_everything_the_project_asks_for() -> None:
    assert required() <= set(pinned("requirements.lock"))
    assert required("test") <= set(pinned("requirements-test.lock"))


def test_both_locks_pin_the_same_versions() -> None:
    run, test = (pinned(lock) for lock in LOCKS)
    assert {name: test.get(name) for name in run} == run


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert not re.search(r"https?:|file:|--(extra-)?index|--find-links", text)
    pins = re.split(r"^(?=[a-z0-9-]+==)", text, flags=re.MULTILINE)[1:]
    assert pins
    assert all("--hash=sha256:" in pin for pin in pins)


def test_one_version() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == VERSION
