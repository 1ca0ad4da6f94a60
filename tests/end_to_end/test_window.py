"""The real program on a virtual screen, driven with keyboard and pointer."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from engine.model import State, TrackKind
from engine.recording import load
from tests.helpers.program import COMMAND

PATIENCE_S = 120.0
Found = TypeVar("Found")

pytestmark = [pytest.mark.window, pytest.mark.linux, pytest.mark.slow]


class Driver:
    """The window of one started program."""

    def __init__(self, display: str, folder: Path, *arguments: str, used: bool = True) -> None:
        """``used``: whether it was used before; else it opens on the sample, with the tour."""
        self.folder = folder
        self.environment = {
            **os.environ,
            "DISPLAY": display,
            "QT_QPA_PLATFORM": "xcb",
            "HOME": str(folder / "home"),
            "XDG_STATE_HOME": str(folder / "state"),
            "XDG_CONFIG_HOME": str(folder / "config"),
        }
        (folder / "home").mkdir()
        if used:
            settings = folder / "config" / "Lockstep" / "Lockstep.conf"
            settings.parent.mkdir(parents=True)
            settings.write_text("[General]\nbegun=1\nversion=1\n")
        self.log = (folder / "window.log").open("w+b")
        self.process = subprocess.Popen(
            [*COMMAND, "--lang", "en", *arguments],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )
        # what it is started with is opened once it stands
        opened = f"{re.escape(Path(arguments[-1]).name)} – " if arguments else ""
        self.window = self.find(f"{opened}Lockstep$")
        self.xdotool("windowactivate", "--sync", self.window)

    def xdotool(self, *arguments: str) -> str:
        done = subprocess.run(
            ["xdotool", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=PATIENCE_S,
        )
        return done.stdout.strip()

    def visible(self, title: str) -> str:
        """The visible window whose title matches, or empty."""
        assert self.process.poll() is None, self.output()
        done = subprocess.run(
            ["xdotool", "search", "--onlyvisible", "--name", title],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout.split()[-1] if done.stdout.split() else ""

    def find(self, title: str) -> str:
        """The same, waited for."""
        return wait_for(lambda: self.visible(title), f"window named {title}")

    def key(self, *keys: str) -> None:
        for key in keys:
            self.xdotool("key", "--clearmodifiers", key)

    def type(self, text: str) -> None:
        self.xdotool("type", "--delay", "2", text)

    def click(self, x: int, y: int) -> None:
        self.xdotool("mousemove", "--window", self.window, str(x), str(y), "click", "1")

    def sessions(self) -> list[Path]:
        return sorted((self.folder / "state" / "lockstep" / "sessions").glob("*/session.json"))

    def run_is_over(self, number: int = 1) -> bool:
        """Whether that many runs have been started, and the last is over."""
        ended = []
        for file in self.sessions():
            try:
                ended.append("ended_ns" in json.loads(file.read_text()))
            except ValueError:
                return False
        return len(ended) >= number and all(ended)

    def output(self) -> str:
        self.log.flush()
        self.log.seek(0)
        return self.log.read().decode(errors="replace")

    def save_as(self, path: Path) -> None:
        """Ctrl+S (again until there is something to save), the name, Return; waits for the file."""

        def dialog_shown() -> str:
            self.key("ctrl+s")
            return self.visible("^Save the recording$")

        dialog = wait_for(dialog_shown, "dialog")
        self.xdotool("windowactivate", "--sync", dialog)
        self.key("ctrl+a")
        self.type(str(path))
        self.key("Return")
        wait_for(path.is_file, f"the file {path.name}")
        self.find(f"{re.escape(path.name)} – Lockstep$")  # it knows by now, too

    def quit(self) -> int:
        self.xdotool("windowactivate", "--sync", self.window)
        self.key("ctrl+q")
        return self.process.wait(PATIENCE_S)

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()


def wait_for(found: Callable[[], Found], what: str) -> Found:
    """Polls another program, which has no way to tell us."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        result = found()
        if result:
            return result
        assert time.monotonic() < deadline, f"there was no {what}"
        time.sleep(0.05)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def drivers(display: str, folder: Path) -> Iterator[Callable[..., Driver]]:
    started: list[Driver] = []

    def start(*arguments: str) -> Driver:
        started.append(Driver(display, folder, *arguments))
        return started[-1]

    yield start
    for driver in started:
        driver.end()


def test_a_script_is_run_looked_at_saved_and_the_window_closed(
    drivers: Callable[..., Driver], folder: Path
) -> None:
    script = folder / "counting.py"
    script.write_text(
        "import threading\n"
        "def count():\n"
        "    n = 2_000_000\n"
        "    while n:\n"
        "        n -= 1\n"
        "threads = [threading.Thread(target=count, name=f'counter-{i}') for i in (1, 2, 3)]\n"
        "[t.start() for t in threads]\n"
        "[t.join() for t in threads]\n"
        "print('all counted')\n"
    )
    driver = drivers(str(script))
    driver.key("ctrl+r")
    wait_for(driver.run_is_over, "end of the run")
    # Around in the timeline: focus it, zoom, pan, step, fit, go back, switch language and theme.
    driver.key("ctrl+t", "w", "w", "d", "a", "period", "period", "comma", "f", "alt+Left", "alt+Right")
    driver.click(640, 300)
    driver.key("Escape", "Home", "End", "shift+f")
    saved = folder / "counting.lockstep"
    driver.save_as(saved)
    assert driver.quit() == 0, driver.output()
    assert driver.output() == ""
    assert driver.sessions() == [], "the session was saved: its folder is not needed any more"
    recording = load(saved)
    threads = [t.name for t in recording.store.of_kind(TrackKind.THREAD)]
    assert threads == ["MainThread", "counter-1", "counter-2", "counter-3"]
    waited = sum(
        int(recording.store.totals(t.id)[State.WAIT_GIL]) for t in recording.store.of_kind(TrackKind.THREAD)
    )
    assert waited > 0
    assert b"all counted" in b"".join(chunk.text for chunk in recording.store.output)


def test_a_scenario_is_found_by_typing_run_and_stopped(drivers: Callable[..., Driver], folder: Path) -> None:
    driver = drivers()
    driver.key("ctrl+k")
    driver.type("opposite")
    driver.key("Tab", "Down", "Down", "Return")
    wait_for(driver.sessions, "session")
    session = driver.sessions()[0]
    wait_for(lambda: json.loads(session.read_text()).get("scenario") == "deadlock_two_locks", "scenario")
    driver.key("ctrl+period")
    wait_for(driver.run_is_over, "end of the run")
    assert driver.quit() == 0, driver.output()
    assert driver.sessions() == []


def test_a_window_that_is_killed_takes_its_program_along_and_offers_the_recording(
    drivers: Callable[..., Driver], folder: Path
) -> None:
    pid_file = folder / "pid"
    script = folder / "endless.py"
    script.write_text(
        f"import os, time\nopen({str(pid_file)!r}, 'w').write(str(os.getpid()))\n"
        "while True:\n    time.sleep(0.01)\n"
    )
    driver = drivers(str(script))
    driver.key("ctrl+r")
    wait_for(lambda: pid_file.is_file() and pid_file.read_text(), "program")
    pid = int(pid_file.read_text())
    driver.process.kill()
    driver.process.wait()
    wait_for(lambda: not Path(f"/proc/{pid}").exists(), "end of the program")
    assert len(driver.sessions()) == 1
    (folder / "again").mkdir()
    (folder / "again" / "state").symlink_to(folder / "state")
    again = Driver(driver.environment["DISPLAY"], folder / "again")
    try:
        saved = folder / "recovered.lockstep"

        def opened() -> bool:
            again.key("ctrl+Return")  # what the message at the top offers
            return bool(again.visible("endless.* – Lockstep$"))

        wait_for(opened, "recovered recording")
        again.save_as(saved)
        assert load(saved).store.of_kind(TrackKind.THREAD)
        assert again.quit() == 0, again.output()
    finally:
        again.end()
