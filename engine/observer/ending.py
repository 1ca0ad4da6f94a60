"""Ends processes: all descendants of this one, wherever they have put themselves.

A descendant that changed its process group or session is still a descendant; one whose parent
died has become a child of the nearest subreaper above it, which is us.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

from engine.observer import procfs

#: From here on they are stopped first, so that none can fork while the others are killed.
_PASSES_BEFORE_STOPPING = 3


def bury(on_end: Callable[[int, int], None] | None = None) -> bool:
    """Take the exit status of all children that have ended, ``on_end(pid, wait status)`` each.
    False when there are no children at all."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return False
        if pid == 0:
            return True
        if on_end is not None:
            on_end(pid, status)


def signal_all(number: signal.Signals, spare: frozenset[int] = frozenset()) -> list[int]:
    """Send ``number`` to every living descendant; those it was sent to."""
    sent = []
    for pid in procfs.descendants(os.getpid(), spare):
        if not procfs.is_zombie(pid) and procfs.send(pid, number):
            sent.append(pid)
            if number == signal.SIGTERM and procfs.state(pid) == "T":
                procfs.send(pid, signal.SIGCONT)  # a stopped process does not see it otherwise
    return sent


def kill_all(
    spare: frozenset[int] = frozenset(),
    on_end: Callable[[int, int], None] | None = None,
    patience_s: float = 10.0,
) -> bool:
    """SIGKILL for every descendant but ``spare`` and theirs, until none is left.

    True when none is left; False when some still are after ``patience_s`` (in the kernel, or
    another user's).
    """
    deadline = time.monotonic() + patience_s
    passes = 0
    while True:
        bury(on_end)
        everybody = procfs.descendants(os.getpid(), spare)
        left = [pid for pid in everybody if not procfs.is_zombie(pid)]
        # one whose first thread is dead can be buried only when its other threads are
        mine = [pid for pid in everybody if pid not in left and procfs.parent(pid) == os.getpid()]
        if not left and not mine:
            bury(on_end)
            return True
        if time.monotonic() > deadline:
            return False
        if passes >= _PASSES_BEFORE_STOPPING:
            for pid in left:
                procfs.send(pid, signal.SIGSTOP)
        for pid in left:
            procfs.send(pid, signal.SIGKILL)
        passes += 1
        time.sleep(0.001 if passes < 20 else 0.01)
