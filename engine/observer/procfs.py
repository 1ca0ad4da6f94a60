"""Processes and threads as the operating system lists them.

Linux: ``/proc``.  Where that is missing, ``ps`` gives the tree of processes (slow, used for
ending a run only), and threads are not known.
"""

from __future__ import annotations

import os
import signal
import subprocess

HAVE_PROC = os.path.isdir("/proc/self/task")


def read(path: str, size: int = 65536) -> bytes:
    """The first ``size`` bytes of a file of /proc; empty when it is gone or refused."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return b""
    try:
        return os.read(descriptor, size)
    except OSError:
        return b""
    finally:
        os.close(descriptor)


def read_all(path: str) -> bytes:
    """A whole file of /proc, however long; empty when it is gone or refused."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


def threads(pid: int) -> list[int]:
    """Native ids of its threads; empty when it is gone."""
    try:
        return [int(name) for name in os.listdir(f"/proc/{pid}/task")]
    except OSError:
        return []


def thread_count(pid: int) -> int:
    """How many threads it has (cheap); 0 when it is gone."""
    try:
        return os.stat(f"/proc/{pid}/task").st_nlink - 2
    except OSError:
        return 0


def children(pid: int) -> list[int]:
    """Its children, of whichever thread (needs CONFIG_PROC_CHILDREN, usual since 2013)."""
    if not HAVE_PROC:
        return _children_by_ps().get(pid, [])
    found: list[int] = []
    for thread in threads(pid):
        found += [int(word) for word in read_all(f"/proc/{pid}/task/{thread}/children").split()]
    return found


def _children_by_ps() -> dict[int, list[int]]:
    """pid → its living children, for all processes, as ``ps`` lists them (POSIX)."""
    tree: dict[int, list[int]] = {}
    try:
        ps = subprocess.Popen(
            ["ps", "-A", "-o", "pid=,ppid=,stat="], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
    except OSError:
        return tree
    listed, _ = ps.communicate()
    for line in listed.splitlines():
        words = line.split()
        if len(words) == 3 and not words[2].startswith(b"Z") and int(words[0]) != ps.pid:
            tree.setdefault(int(words[1]), []).append(int(words[0]))
    return tree


def descendants(pid: int, spare: frozenset[int] = frozenset()) -> list[int]:
    """All living and unburied descendants, parents before children; not those in ``spare`` nor
    theirs."""
    tree = None if HAVE_PROC else _children_by_ps()
    found: list[int] = []
    seen = {pid, *spare}
    queue = [pid]
    while queue:
        current = queue.pop(0)
        for child in children(current) if tree is None else tree.get(current, []):
            if child not in seen:
                seen.add(child)
                found.append(child)
                queue.append(child)
    return found


def alive(pid: int) -> bool:
    """Whether it has not been buried yet."""
    if HAVE_PROC:
        return os.path.exists(f"/proc/{pid}")
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def is_zombie(pid: int) -> bool:
    """Whether it has ended and waits to be buried by its parent."""
    return state(pid) in ("Z", "X")


def lives(pid: int, parent: int) -> bool:
    """Whether ``pid``, listed as a child of ``parent``, is a child of it that has not ended.

    Between the list and this a zombie in it may have been buried: it does not live either."""
    if not HAVE_PROC:  # ``ps`` lists no zombies
        return alive(pid)
    after = read(f"/proc/{pid}/stat", 512).rpartition(b")")[2].split()
    return len(after) > 1 and after[0] not in (b"Z", b"X") and int(after[1]) == parent


def state(pid: int, thread: int = 0) -> str:
    """The letter of the process's (or thread's) state; empty when it is gone."""
    path = f"/proc/{pid}/task/{thread}/stat" if thread else f"/proc/{pid}/stat"
    text = read(path, 512)
    after = text.rpartition(b")")[2].split()
    return after[0].decode() if after else ""


def parent(pid: int) -> int:
    """Its parent's pid, 0 when it is gone."""
    after = read(f"/proc/{pid}/stat", 512).rpartition(b")")[2].split()
    return int(after[1]) if len(after) > 1 else 0


def command_line(pid: int) -> str:
    """Its command line, words parted by blanks; at most 4,000 characters."""
    return read(f"/proc/{pid}/cmdline", 4000).rstrip(b"\0").replace(b"\0", b" ").decode("utf-8", "replace")


def with_in_command_line(text: str) -> list[int]:
    """All processes whose command line has ``text`` in it, wherever they stand in the tree."""
    wanted = os.fsencode(text)
    return [pid for pid in _everybody() if wanted in read(f"/proc/{pid}/cmdline")]


def of_group(group: int) -> list[int]:
    """The processes of a process group that have not ended; empty without ``/proc``."""
    return [pid for pid in _everybody() if _group(pid) == group and not is_zombie(pid)]


def _group(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except (ProcessLookupError, PermissionError):
        return -1


def _everybody() -> list[int]:
    try:
        return [int(name) for name in os.listdir("/proc") if name.isdigit()]
    except OSError:
        return []


def send(pid: int, number: signal.Signals) -> bool:
    """Send a signal; False when the process is gone or not ours."""
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True
