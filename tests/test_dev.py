"""dev.py: what it asks for, and what it says when something is missing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import dev
from engine import system_libraries
from engine.system_libraries import Library

NO_SUCH = Library("libnosuchthing.so.9", "libnosuchthing9")


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty place for the environment; apt-get exists, this is not root."""
    monkeypatch.setattr(dev, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(dev, "STAMP", tmp_path / ".venv" / "lockstep-setup.json")
    monkeypatch.setattr(dev, "is_root", lambda: False)
    monkeypatch.setattr(system_libraries, "has_apt", lambda: True)
    return tmp_path


def set_up(level: str) -> None:
    dev.venv_python().parent.mkdir(parents=True, exist_ok=True)
    dev.venv_python().touch()
    dev.STAMP.write_text(json.dumps(dev.wanted_stamp(level)))


def test_an_environment_to_test_serves_to_run_and_not_the_other_way_round(bare: Path) -> None:
    assert not dev.is_set_up("run")
    set_up("run")
    assert dev.is_set_up("run")
    assert not dev.is_set_up("test")
    set_up("test")
    assert dev.is_set_up("run")
    assert dev.is_set_up("test")


def test_a_changed_lock_file_makes_it_install_again(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_up("run")
    other = bare / "other.lock"
    other.write_text("numpy==1.0\n")
    monkeypatch.setitem(dev.LOCKS, "run", other)
    assert not dev.is_set_up("run")


@pytest.mark.linux
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="libraries are looked for on Linux only")
def test_without_root_everything_missing_is_named_in_one_command(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "has_venv_module", lambda: False)
    monkeypatch.setattr(dev, "venv_package", lambda: "python3-venv")
    with pytest.raises(dev.CannotGoOn) as caught:
        dev.ensure_system("run", (NO_SUCH,))
    assert str(caught.value) == (
        "Missing on this system: Python's venv module, libnosuchthing.so.9. Install what is missing with\n"
        "  sudo apt-get install -y --no-install-recommends python3-venv libnosuchthing9"
    )


@pytest.mark.linux
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="libraries are looked for on Linux only")
def test_without_apt_the_libraries_are_named(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_libraries, "has_apt", lambda: False)
    set_up("run")
    with pytest.raises(dev.CannotGoOn, match=r"libnosuchthing\.so\.9.*package manager"):
        dev.ensure_system("run", (NO_SUCH,))


def test_nothing_missing_nothing_said(bare: Path, capsys: pytest.CaptureFixture[str]) -> None:
    set_up("run")
    dev.ensure_system("run", ())
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("arguments", "window"),
    [
        ([], True),
        (["run.lockstep"], True),
        (["bench", "--window"], True),
        (["list"], False),
        (["record", "x.py"], False),
    ],
)
def test_which_commands_open_a_window(arguments: list[str], window: bool) -> None:
    assert dev.opens_window(arguments) is window


def test_an_unknown_command_is_answered_with_the_help() -> None:
    done = subprocess.run(
        [sys.executable, Path(dev.__file__), "frobnicate"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "dev.py test" in done.stderr


def test_help_on_packages_installs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr("dev.shutil.which", lambda program: None)
    monkeypatch.setattr(dev, "replace_by", started.append)
    dev.command_package(["--help"])
    assert started[0][1].endswith("make_package.py")
    assert started[0][2:] == ["--help"]


def test_the_closing_line_sums_all_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second, missing = (tmp_path / name for name in ("a.xml", "b.xml", "c.xml"))
    first.write_text('<testsuites><testsuite tests="5" failures="1" errors="0" skipped="2"/></testsuites>')
    second.write_text('<testsuites><testsuite tests="3" failures="0" errors="0" skipped="0"/></testsuites>')
    dev._closing_line(dev._totals([first, second]), 2.0)
    assert capsys.readouterr().out.strip("=\n ") == "1 failed, 5 passed, 2 skipped in 2.00s"
    dev._closing_line(dev._totals([first, missing]), 2.0)
    assert capsys.readouterr().out.strip("=\n ") == "1 failed, 2 passed, 2 skipped, 1 errors in 2.00s"


@pytest.mark.linux
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="X displays are looked for on Linux only")
def test_a_missing_screen_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert "neither DISPLAY nor WAYLAND_DISPLAY is set" in str(system_libraries.screen_problem())
    monkeypatch.setenv("DISPLAY", ":63999")
    assert "nothing answers at DISPLAY=:63999" in str(system_libraries.screen_problem())
    monkeypatch.setenv("DISPLAY", "elsewhere:0")
    assert system_libraries.screen_problem() is None
