"""Where sessions live on disk, whose they are, and what is left of those whose window died.

A folder belongs to the process that holds a lock on its ``owner.lock``; the lock goes when that
process goes, however it ends.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import IO

import platformdirs

from engine.errors import LockstepError, os_detail

#: Sessions that nobody owns any more are kept so long, and at most so many bytes of them.
KEEP_DAYS = 14
KEEP_BYTES = 4 * 1024**3

_held: dict[Path, IO[bytes]] = {}


def default_folder() -> Path:
    """Where session folders are made: in the user's state folder, not on a memory disk."""
    return platformdirs.user_state_path("lockstep", appauthor=False) / "sessions"


def new_folder(name: str, parent: Path | None = None) -> Path:
    """Make an empty session folder, only its user may look into, named after ``name`` and the time;
    this process owns it.  Raises LockstepError ``session_folder``."""
    parent = parent or default_folder()
    plain = re.sub(r"[^\w.-]+", "_", name)[:40] or "session"
    stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
    try:
        parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        for attempt in range(10_000):
            folder = parent / (f"{plain}-{stamp}" + (f"-{attempt}" if attempt else ""))
            try:
                folder.mkdir(mode=0o700)
            except FileExistsError:
                continue
            own(folder)
            return folder
        raise FileExistsError("too many sessions in one second")
    except OSError as error:
        raise LockstepError("session_folder", path=str(parent), detail=os_detail(error)) from None


def own(folder: Path) -> bool:
    """Make this process the owner of ``folder``; False when another process is."""
    folder = folder.resolve()
    if folder in _held:
        return True
    file = (folder / "owner.lock").open("ab")
    if not _lock(file):
        file.close()
        return False
    _held[folder] = file
    return True


def release(folder: Path) -> None:
    """Own it no longer; it stays and can be recovered."""
    file = _held.pop(folder.resolve(), None)
    if file is not None:
        file.close()


def discard(folder: Path) -> None:
    """Delete a session folder of ours, or one that nobody owns.  Nothing when it is gone already."""
    release(folder)
    shutil.rmtree(folder, ignore_errors=True)


def recoverable(parent: Path | None = None) -> list[Path]:
    """Sessions whose window or command is gone without having saved or discarded them, newest first."""
    try:
        folders = list((parent or default_folder()).iterdir())
    except OSError:
        return []
    found = [
        folder
        for folder in folders
        if folder.resolve() not in _held and _is_session(folder) and not _is_owned(folder)
    ]
    return sorted(found, key=_modified, reverse=True)


def clean_up(
    parent: Path | None = None, keep_days: float = KEEP_DAYS, keep_bytes: int = KEEP_BYTES
) -> list[Path]:
    """Delete what nobody owns and is too old, or too much; and folders without a session in them.
    Gives what was deleted."""
    parent = parent or default_folder()
    deleted = []
    kept = 0
    oldest = time.time() - keep_days * 86_400
    for folder in recoverable(parent):
        size = folder_size(folder)
        if _modified(folder) < oldest or kept + size > keep_bytes:
            discard(folder)
            deleted.append(folder)
        else:
            kept += size
    try:
        folders = list(parent.iterdir())
    except OSError:
        return deleted
    for folder in folders:
        # begun by somebody who ended before anything was launched
        unused = folder.is_dir() and folder.resolve() not in _held and not _is_session(folder)
        if unused and _modified(folder) < time.time() - 3600 and not _is_owned(folder):
            discard(folder)
            deleted.append(folder)
    return deleted


def folder_size(folder: Path) -> int:
    """Bytes that it takes on the disk."""
    total = 0
    for path in folder.rglob("*"):
        try:
            stat = path.lstat()
        except OSError:
            continue
        total += getattr(stat, "st_blocks", 0) * 512 or stat.st_size
    return total


def _is_session(folder: Path) -> bool:
    try:
        info = json.loads((folder / "session.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(info, dict) and info.get("schema") == "lockstep-session"


def _is_owned(folder: Path) -> bool:
    try:
        # not made when it is missing: that would make the folder look younger
        with (folder / "owner.lock").open("rb") as file:
            return not _lock(file)
    except OSError:
        return False


def _modified(folder: Path) -> float:
    """When its session was written last; a folder's own when there is none."""
    for path in (folder / "session.json", folder):
        try:
            return path.stat().st_mtime
        except OSError:
            continue
    return 0.0


def _lock(file: IO[bytes]) -> bool:
    """Lock a file until it is closed; False when another process has."""
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
