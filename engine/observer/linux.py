"""The few calls that the standard library does not have: prctl.

Importable everywhere; elsewhere than on Linux the functions do nothing and say so (False).
"""

from __future__ import annotations

import os
import signal
import struct
import sys

PR_SET_PDEATHSIG = 1
PR_SET_TIMERSLACK = 29
PR_SET_CHILD_SUBREAPER = 36

#: SCHED_RESET_ON_FORK: children of a process with this bit begin with the normal policy.
SCHED_RESET_ON_FORK = 0x40000000


def _prctl(option: int, value: int) -> bool:
    if sys.platform != "linux":
        return False
    try:
        import ctypes

        return bool(ctypes.CDLL(None).prctl(option, value, 0, 0, 0) == 0)
    except (ImportError, OSError, AttributeError):
        return False


def become_subreaper() -> bool:
    """Orphaned descendants become children of this process instead of init's (Linux 3.4)."""
    return _prctl(PR_SET_CHILD_SUBREAPER, 1)


def die_with_parent(parent: int) -> None:
    """SIGKILL for this process when ``parent``, which it was forked from, ends."""
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if hasattr(os, "getppid") and os.getppid() != parent:  # it ended before the call
        os._exit(1)


#: sched_setattr(2): the call's number by machine.
_SCHED_SETATTR = {"x86_64": 314, "aarch64": 274, "riscv64": 274, "loongarch64": 274}


def ask_often(slice_ns: int) -> bool:
    """Normal policy with a short slice: woken up, this process gets its core sooner than one with the
    usual slice of some milliseconds keeps it (Linux 6.12; no privilege needed)."""
    number = _SCHED_SETATTR.get(os.uname().machine) if sys.platform == "linux" else None
    if number is None:
        return False
    try:
        import ctypes

        # struct sched_attr: size, policy, flags, nice, priority, runtime, deadline, period
        attributes = struct.pack("IIQiIQQQ", 48, os.SCHED_OTHER, 0, 0, 0, slice_ns, 0, 0)
        return bool(ctypes.CDLL(None).syscall(number, 0, ctypes.c_char_p(attributes), 0) == 0)
    except (ImportError, OSError, AttributeError):
        return False


def wake_on_time() -> bool:
    """Timers of this thread fire when they are due; normally up to 50 µs are added."""
    return _prctl(PR_SET_TIMERSLACK, 1)
