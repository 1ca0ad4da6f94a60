"""Ends the processes of controlled runs, and lets those clean up that are there for it."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from pathlib import Path

#: multiprocessing's resource tracker gives back the semaphores and the memory of processes that were
#: killed, as soon as they are gone; it has so long for it.
_CLEANING_S = 3.0
_TRACKER = b"multiprocessing.resource_tracker"


def end_group(group: int) -> None:
    """Kill every process of a process group.  Returns when those that clean up after them have done so."""
    trackers = _trackers(group)
    if trackers:
        for pid in _members(group).difference(trackers):
            _kill(pid)
        deadline = time.monotonic() + _CLEANING_S
        while trackers & _members(group) and time.monotonic() < deadline:
            time.sleep(0.005)
            for pid in _members(group).difference(trackers):  # started meanwhile
                _kill(pid)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)


def _members(group: int) -> set[int]:
    """The processes of the group that have not ended; none where the system does not tell."""
    if sys.platform != "linux":
        return set()
    found = set()
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                state, _, pgrp = (folder / "stat").read_bytes().rpartition(b")")[2].split()[:3]
            except (OSError, ValueError):
                continue
            if int(pgrp) == group and state not in (b"Z", b"X"):
                found.add(int(folder.name))
    return found


def _trackers(group: int) -> set[int]:
    found = set()
    for pid in _members(group):
        with contextlib.suppress(OSError):
            if _TRACKER in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.add(pid)
    return found
