"""The fixture that fails a test which leaves something behind does see it."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.helpers import leaks


def test_a_thread_is_seen_and_is_gone_when_it_has_ended() -> None:
    before = leaks.held(files=True)
    go_on = threading.Event()
    thread = threading.Thread(target=go_on.wait, name="left over")
    thread.start()
    assert leaks.held(files=True).beyond(before) == ["thread left over"]
    go_on.set()
    thread.join()
    assert leaks.left_behind(before, files=True) == []


@pytest.mark.linux
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="children and files are seen on Linux only")
def test_a_child_and_a_file_are_seen(tmp_path: Path) -> None:
    before = leaks.held(files=True)
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    with (tmp_path / "left.txt").open("w"):
        found = leaks.held(files=True).beyond(before)
    child.communicate(b"\n")
    assert any("child process" in entry and str(child.pid) in entry for entry in found)
    assert any("left.txt" in entry for entry in found)
    assert leaks.left_behind(before, files=True) == []
