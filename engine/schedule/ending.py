"""Ends the processes of controlled runs, and lets those clean up that are there for it."""

from __future__ import annotations

import contextlib
import os
import signal
import time

from engine.observer import procfs

#: multiprocessing's resource tracker gives back the semaphores and the memory of processes that were
#: killed, as soon as they are gone; it has so long for it.
_CLEANING_S = 3.0
_TRACKER = "multiprocessing.resource_tracker"


def end_group(group: int) -> None:
    """Kill every process of a process group.  Returns when those that clean up after them have done so."""
    trackers = {pid for pid in procfs.of_group(group) if _TRACKER in procfs.command_line(pid)}
    deadline = time.monotonic() + _CLEANING_S
    while trackers and time.monotonic() < deadline:
        left = procfs.of_group(group)
        trackers.intersection_update(left)
        for pid in left:
            if pid not in trackers:
                procfs.send(pid, signal.SIGKILL)
        time.sleep(0.005)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
