"""Session folders: whose they are, which can be recovered, which are deleted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine.errors import LockstepError
from engine.session_folders import (
    clean_up,
    default_folder,
    discard,
    folder_size,
    new_folder,
    own,
    recoverable,
    release,
)
from tests.helpers.run_session import environment


def _session(parent: Path, name: str, *, age_days: float = 0.0, size: int = 0) -> Path:
    """A session that nobody owns."""
    folder = parent / name
    folder.mkdir(parents=True)
    (folder / "session.json").write_text(json.dumps({"schema": "lockstep-session"}))
    (folder / "data").write_bytes(b"x" * size)
    then = time.time() - age_days * 86_400
    os.utime(folder / "session.json", (then, then))
    return folder


def test_new_folders_are_private_and_ours(tmp_path: Path) -> None:
    first, second = new_folder("a/b c", tmp_path), new_folder("a/b c", tmp_path)
    assert first != second
    assert first.name.startswith("a_b_c-")
    assert first.stat().st_mode & 0o777 == 0o700
    assert recoverable(tmp_path) == []
    discard(first)
    discard(second)
    discard(second)
    assert list(tmp_path.iterdir()) == []


def test_default_folder_is_in_the_users_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    if sys.platform == "linux":
        assert default_folder() == tmp_path / "lockstep" / "sessions"
    assert recoverable() == []


def test_released_sessions_can_be_recovered_and_taken_over(tmp_path: Path) -> None:
    folder = new_folder("x", tmp_path)
    (folder / "session.json").write_text(json.dumps({"schema": "lockstep-session"}))
    assert recoverable(tmp_path) == []
    release(folder)
    assert recoverable(tmp_path) == [folder]
    assert own(folder)
    assert own(folder)
    assert recoverable(tmp_path) == []
    discard(folder)


OTHER = """
import sys
from pathlib import Path
from engine.session_folders import own
print(own(Path(sys.argv[1])), flush=True)
sys.stdin.read()
"""


@pytest.mark.linux
def test_another_processs_session_is_not_touched_until_it_ends(tmp_path: Path) -> None:
    folder = _session(tmp_path, "s", age_days=100)
    with subprocess.Popen(
        [sys.executable, "-c", OTHER, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(),
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"True\n"
        assert recoverable(tmp_path) == []
        assert not own(folder)
        assert clean_up(tmp_path) == []
        other.kill()
        other.communicate()
    assert recoverable(tmp_path) == [folder]
    assert clean_up(tmp_path) == [folder]
    assert not folder.exists()


def test_newest_first_and_what_is_no_session_is_left_out(tmp_path: Path) -> None:
    old, new = _session(tmp_path, "old", age_days=2), _session(tmp_path, "new", age_days=1)
    (tmp_path / "something").mkdir()
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "session.json").write_text("{")
    assert recoverable(tmp_path) == [new, old]


def test_cleaning_up_by_age_and_by_size(tmp_path: Path) -> None:
    ancient = _session(tmp_path, "ancient", age_days=30)
    large = _session(tmp_path, "large", age_days=3, size=3_000_000)
    small = _session(tmp_path, "small", age_days=1, size=1_000)
    unused = tmp_path / "unused"
    unused.mkdir()
    os.utime(unused, (time.time() - 7200, time.time() - 7200))
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    assert folder_size(large) >= 3_000_000
    assert set(clean_up(tmp_path, keep_days=14, keep_bytes=2_000_000)) == {ancient, large, unused}
    assert {path.name for path in tmp_path.iterdir()} == {small.name, fresh.name}


def test_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LockstepError) as caught:
        new_folder("x", tmp_path / "file")
    assert caught.value.code == "session_folder"
