"""What a system call means for the thread that is in it, by number.

``/proc/PID/task/TID/syscall`` (proc_pid_syscall(5)) says ``running``, or ``-1 …`` for a thread
that is blocked outside a system call, or the call's number and arguments.  Numbers: x86-64
arch/x86/entry/syscalls/syscall_64.tbl; the others share include/uapi/asm-generic/unistd.h.
"""

from __future__ import annotations

import os

from engine.agent.layout import Os

_X86_64 = {
    "futex": (202, 449, 455),
    "sleep": (35, 230),  # nanosleep clock_nanosleep
    "select": (23, 270),  # select pselect6
    # read write poll pread64 pwrite64 readv writev select sendfile connect accept sendto recvfrom
    # sendmsg recvmsg fcntl flock fsync fdatasync open openat io_getevents epoll_wait splice pselect6
    # ppoll epoll_pwait accept4 recvmmsg sendmmsg preadv2 pwritev2 epoll_pwait2 close
    "io": (
        0, 1, 7, 17, 18, 19, 20, 23, 40, 42, 43, 44, 45, 46, 47, 72, 73, 74, 75, 2, 257, 208, 232, 275, 270,
        271, 281, 288, 299, 307, 327, 328, 441, 3,
    ),
}  # fmt: skip
_GENERIC = {
    "futex": (98, 449, 455),
    "sleep": (101, 115),
    "select": (72,),
    "io": (
        63, 64, 65, 66, 67, 68, 71, 72, 73, 22, 441, 202, 242, 203, 206, 207, 211, 212, 25, 32, 82, 83, 56, 4,
        76, 243, 269, 286, 287, 57,
    ),
}  # fmt: skip
_TABLES = {"x86_64": _X86_64, "aarch64": _GENERIC, "riscv64": _GENERIC, "loongarch64": _GENERIC}


class SystemCalls:
    """``states``: number → Os.*; ``futexes``: the numbers that wait on a futex (their first argument
    is its address).  Both empty on a machine whose numbers are not known: ``known`` is False."""

    def __init__(self, machine: str) -> None:
        table = _TABLES.get(machine)
        self.known = table is not None
        self.futexes: frozenset[int] = frozenset(table["futex"] if table else ())
        #: Waiting for none of no files is how CPython slept before 3.11.
        self._selects: frozenset[int] = frozenset(table["select"] if table else ())
        self.states: dict[int, int] = {}
        if table is not None:
            self.states.update(dict.fromkeys(table["io"], Os.IO))
            self.states.update(dict.fromkeys(table["sleep"], Os.SLEEPING))
            self.states.update(dict.fromkeys(table["futex"], Os.FUTEX))

    @classmethod
    def of_this_machine(cls) -> SystemCalls:
        return cls(os.uname().machine if hasattr(os, "uname") else "")

    def parse(self, text: bytes) -> tuple[int, int, int]:
        """(Os.*, number or -1, first argument) of a line of ``syscall``.

        A thread blocked outside a system call (a page fault, stopped) is in OTHER_CALL, number -1.
        """
        if text.startswith(b"r"):  # "running": on a core, or waiting for one
            return Os.RUNNING, -1, 0
        words = text.split(None, 2)
        if len(words) < 2:
            return Os.OTHER_CALL, -1, 0
        number = int(words[0])
        if number < 0:
            return Os.OTHER_CALL, -1, 0
        argument = int(words[1], 16)
        if number in self._selects and argument == 0:
            return Os.SLEEPING, number, argument
        return self.states.get(number, Os.OTHER_CALL), number, argument
