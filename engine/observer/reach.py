"""What can be seen from outside on this machine, tried out on a child of our own.

A reason is ``code: text``; the codes are listed in docs/observing.md.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass

from engine.observer import procfs
from engine.observer.system_calls import SystemCalls


@dataclass(frozen=True)
class Reach:
    """``memory``: the words of the GIL can be read; ``calls``: what threads wait for;
    ``cpu``: their time on cores.  ``reasons`` say why not."""

    memory: bool
    calls: bool
    cpu: bool
    reasons: tuple[str, ...]


def find_out() -> Reach:
    """Fork a child and try to look at it.  Takes about a millisecond."""
    if not sys.platform.startswith("linux"):
        name = {"darwin": "macOS", "win32": "Windows"}.get(sys.platform, sys.platform)
        return Reach(
            False, False, False, (f"no_proc: {name} does not let one process look at another's threads",)
        )
    if not procfs.HAVE_PROC:
        return Reach(False, False, False, ("no_proc: /proc is not mounted",))
    ready, alive = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(alive)
        try:
            os.read(ready, 1)  # until the parent is done
        finally:
            os._exit(0)
    os.close(ready)
    try:
        return _look_at(child)
    finally:
        os.close(alive)
        os.waitpid(child, 0)


def _look_at(child: int) -> Reach:
    reasons: list[str] = []
    memory = _try(f"/proc/{child}/mem", "the program's memory", reasons, at=id(reasons))
    calls = _try(f"/proc/{child}/task/{child}/syscall", "what threads wait for", reasons)
    if calls and not SystemCalls.of_this_machine().known:
        reasons.append(f"machine: the system calls of {os.uname().machine} are not known")
    cpu = _try(f"/proc/{child}/task/{child}/schedstat", "threads' time on cores", reasons)
    return Reach(memory, calls, cpu, tuple(reasons))


def _try(path: str, what: str, reasons: list[str], at: int = 0) -> bool:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            if os.pread(descriptor, 8, at):
                return True
            error: OSError | None = None
        finally:
            os.close(descriptor)
    except OSError as problem:
        error = problem
    reasons.append(_why(what, error))
    return False


def _why(what: str, error: OSError | None) -> str:
    scope = procfs.read("/proc/sys/kernel/yama/ptrace_scope").strip()
    if scope in (b"2", b"3"):
        return f"yama: {what} cannot be read, kernel.yama.ptrace_scope is {scope.decode()}"
    if isinstance(error, FileNotFoundError):
        return f"kernel: {what} cannot be read, this kernel was built without it"
    detail = error.strerror if error is not None and error.strerror else "nothing to read"
    return f"refused: {what} cannot be read: {detail}"
