"""What a test leaves behind: threads, child processes, open files, shared memory.

Linux shows all four; elsewhere only threads are looked at.  Whose shared memory was cannot be
seen once its users are gone, so it is looked at only where nothing else runs (``dev.py test``).
"""

from __future__ import annotations

import os
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

#: Started by multiprocessing for the whole life of the process, on purpose.
HELPERS_OF_MULTIPROCESSING = ("resource_tracker", "forkserver")
SHARED_MEMORY = Path("/dev/shm")
#: A machine that is busy with others may take long to end a process.
ENDING_S = 60.0
ALONE = os.environ.get("LOCKSTEP_TEST_ALONE") == "1"


@dataclass(frozen=True)
class Held:
    """What this process has at one moment; open files as ``"fd target"``."""

    threads: frozenset[threading.Thread]
    children: frozenset[int]
    files: frozenset[str]
    shared_memory: frozenset[str]

    def beyond(self, before: Held) -> list[str]:
        """What is here and was not in ``before``, in words."""
        return [
            *(f"thread {thread.name}" for thread in self.threads - before.threads),
            *(f"child process {pid} {_command(pid)!r}" for pid in self.children - before.children),
            *(f"open file {entry}" for entry in self.files - before.files),
            *(f"shared memory {name}" for name in self.shared_memory - before.shared_memory if _unused(name)),
        ]


def held(files: bool) -> Held:
    """The present state; open files are listed only when ``files`` says so (Qt opens some for good)."""
    return Held(
        frozenset(
            thread for thread in threading.enumerate() if not isinstance(thread, threading._DummyThread)
        ),
        frozenset(_children()),
        frozenset(_open_files() if files else ()),
        frozenset(os.listdir(SHARED_MEMORY) if ALONE and SHARED_MEMORY.is_dir() else ()),
    )


def left_behind(before: Held, files: bool) -> list[str]:
    """What is still there beyond ``before`` after things had a moment to end; normally returns at once."""
    deadline = time.monotonic() + ENDING_S
    while True:
        left = held(files).beyond(before)
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.02)


def _children() -> list[int]:
    if not sys.platform.startswith("linux"):
        return []
    pids: list[int] = []
    for listing in Path("/proc/self/task").glob("*/children"):
        try:
            pids += [int(word) for word in listing.read_text().split()]
        except OSError:
            continue
    return [pid for pid in pids if not any(name in _command(pid) for name in HELPERS_OF_MULTIPROCESSING)]


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def _open_files() -> list[str]:
    if not sys.platform.startswith("linux"):
        return []
    found = []
    for descriptor in os.listdir("/proc/self/fd"):
        try:
            target = os.readlink(f"/proc/self/fd/{descriptor}")
        except OSError:
            continue
        # Pipes of helpers of multiprocessing and event loops' own descriptors stay by design.
        if not target.startswith(("/dev/", "/proc/", "anon_inode:")):
            found.append(f"{descriptor} {target}")
    return found


def _unused(name: str) -> bool:
    """Whether no living process uses the shared memory ``name`` (another program's is none of ours)."""
    path = str(SHARED_MEMORY / name)
    try:
        if os.stat(path).st_uid != os.getuid():
            return False
    except OSError:
        return False
    for maps in Path("/proc").glob("[0-9]*/maps"):
        try:
            if path in maps.read_text():
                return False
        except OSError:
            continue
    return True
