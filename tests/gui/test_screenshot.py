"""The command that draws the window: what is in the picture, and what it says of bad input."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtGui import QImage

import main
from engine.errors import UsageError
from gui.screenshot import At
from tests.helpers.synthetic_store import START_NS, contended

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """\
import threading
def work():
    n = 400_000
    while n:
        n -= 1
threads = [threading.Thread(target=work, name=f"worker-{i}") for i in (1, 2, 3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("all counted")
"""


def lockstep(*arguments: str | Path, folder: Path, display: str = "") -> subprocess.CompletedProcess[str]:
    """The command as people call it, without a display and with settings of its own."""
    environment = {
        **{k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")},
        "HOME": str(folder),
        "XDG_STATE_HOME": str(folder / "state"),
        "XDG_CONFIG_HOME": str(folder / "config"),
        **({"DISPLAY": display} if display else {}),
    }
    return subprocess.run(
        [sys.executable, ROOT / "main.py", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def pixels(file: Path) -> NDArray[np.uint8]:
    """Height × width × 3."""
    image = QImage(str(file)).convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("screenshot")


@pytest.fixture(scope="module")
def recording(folder: Path) -> Path:
    script, out = folder / "counting.py", folder / "counting.lockstep"
    script.write_text(PROGRAM)
    done = lockstep("record", "--capture", "-o", out, script, folder=folder)
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="module")
def light(recording: Path, folder: Path) -> Path:
    out = folder / "light.png"
    done = lockstep("screenshot", recording, "--size", "1280x720", "-o", out, folder=folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return out


def test_the_picture_has_the_size_asked_for_and_something_in_it(light: Path) -> None:
    picture = pixels(light)
    assert picture.shape == (720, 1280, 3)
    for part in (
        picture[:, :200],
        picture[60:400, 300:900],
        picture[60:300, 1000:],
        picture[500:700, 300:900],
    ):
        assert len(np.unique(part.reshape(-1, 3), axis=0)) > 20, "an empty part of the window"


def test_it_is_the_same_picture_every_time(recording: Path, light: Path, folder: Path) -> None:
    again = folder / "again.png"
    assert lockstep("screenshot", recording, "--size", "1280x720", "-o", again, folder=folder).returncode == 0
    assert np.array_equal(pixels(light), pixels(again))


def test_themes_language_cursor_and_projector_change_it(recording: Path, light: Path, folder: Path) -> None:
    bright = pixels(light)
    means = {}
    for name, options in {
        "dark": ("--theme", "dark"),
        "chinese": ("--lang", "zh_CN"),
        "cursor": ("--at", "100%"),
        "projector": ("--projector",),
    }.items():
        out = folder / f"{name}.png"
        done = lockstep("screenshot", recording, "--size", "1280x720", *options, "-o", out, folder=folder)
        assert (done.returncode, done.stderr) == (0, ""), name
        picture = pixels(out)
        assert picture.shape == bright.shape, name
        assert not np.array_equal(picture, bright), name
        means[name] = picture.mean()
    assert bright.mean() > 200
    assert means["dark"] < 80


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "give either a FILE or --scenario ID"),
        (("missing.lockstep",), "cannot find the recording missing.lockstep"),
        (("a.lockstep", "--scenario", "deadlock_two_locks"), "give either a FILE or --scenario ID"),
        (("--scenario", "deadlock_two_loks"), "there is no scenario deadlock_two_loks"),
        (("a.lockstep", "--size", "large"), "must be WIDTHxHEIGHT"),
        (("a.lockstep", "--size", "100x100"), "must be WIDTHxHEIGHT"),
        (("a.lockstep", "--at", "noon"), "must be a time"),
        (("a.lockstep", "--at", "101%"), "must be a time"),
        (("a.lockstep", "--theme", "pink"), "invalid choice"),
        (("a.lockstep", "-o", "picture.jpg"), "must end in .png"),
        (("a.lockstep", "-o", "nowhere/picture.png"), "cannot write nowhere/picture.png"),
    ],
)
def test_bad_input_is_one_sentence(
    arguments: tuple[str, ...],
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    out = () if "-o" in arguments else ("-o", "picture.png")
    assert main.main(["screenshot", *arguments, *out]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("lockstep: ")
    assert told.err.count("\n") == 1
    assert says in told.err
    assert not list(tmp_path.iterdir()), "nothing is left behind"


def test_a_file_that_is_no_recording_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    foreign = tmp_path / "a.lockstep"
    foreign.write_text("not one of ours")
    assert main.main(["screenshot", str(foreign), "-o", str(tmp_path / "a.png")]) == 2
    assert capsys.readouterr().err == f"lockstep: {foreign} is not a Lockstep recording\n"


def test_help_lists_the_command_without_qt() -> None:
    code = "import sys; sys.modules['PySide6'] = None; import main; sys.exit(main.main(sys.argv[1:]))"
    for arguments, says in ((("--help",), "screenshot"), (("screenshot", "--help"), "--projector")):
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert says in done.stdout


def test_a_moment_is_told_by_time_or_share() -> None:
    store = contended()
    assert At(17.6e6, False).in_recording(store) == START_NS + 17_600_000
    assert At(0.25, True).in_recording(store) == store.start_ns + (store.end_ns - store.start_ns) // 4
    with pytest.raises(UsageError, match="behind the end of the recording"):
        At(3600e9, False).in_recording(store)


@pytest.mark.slow
@pytest.mark.linux
def test_a_scenario_is_run_and_drawn(folder: Path) -> None:
    out = folder / "deadlock.png"
    done = lockstep(
        "screenshot", "--scenario", "deadlock_two_locks", "--size", "1600x900", "-o", out, folder=folder
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    picture = pixels(out)
    assert picture.shape == (900, 1600, 3)
    # The deadlock is announced across the top: a band in the colour of errors.
    red = picture.astype(int)
    band = (red[45:110, :, 0] - red[45:110, :, 2]) > 12
    assert band.mean() > 0.3
    assert not list((folder / "state" / "lockstep" / "sessions").glob("*"))
