"""Stands for another system: what Linux alone has is taken away, then everything of ours is imported.

    elsewhere.py SYSTEM PICTURE

The standard library and the packages find their own ways to other systems; they are imported before.
"""

from __future__ import annotations

import asyncio
import importlib
import importlib.abc
import logging.handlers
import mmap
import multiprocessing.shared_memory
import os
import pkgutil
import platform
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import numpy
import PIL.Image
import platformdirs
import pygments.lexers.python
import pyqtgraph
from PySide6 import QtNetwork, QtOpenGLWidgets, QtSvg, QtWidgets

ROOT = Path(__file__).resolve().parents[2]
BEFORE = (
    *(asyncio, logging.handlers, multiprocessing.shared_memory, platform, subprocess),
    *(numpy, PIL.Image, platformdirs, pygments, pyqtgraph, QtNetwork, QtOpenGLWidgets, QtSvg, QtWidgets),
)

#: Modules that are not there.
MODULES = {
    "win32": "curses crypt fcntl grp nis posix pty pwd readline resource spwd syslog termios tty _posixshmem",
    "darwin": "spwd",
}
#: Names that these modules lack.
NAMES: dict[str, dict[ModuleType, str]] = {
    "win32": {
        os: "chown chroot confstr copy_file_range ctermid eventfd fchmod fchown fdatasync fork forkpty "
        "getegid geteuid getgid getgroups getloadavg getpgid getpgrp getpriority getsid getuid killpg lockf "
        "memfd_create mkfifo nice openpty pidfd_open pipe2 posix_fadvise posix_spawn pread preadv pwrite "
        "register_at_fork sched_getaffinity sched_getscheduler sched_setaffinity sched_setscheduler "
        "sched_yield sendfile setpgid setpriority setsid splice statvfs sync sysconf tcgetpgrp tcsetpgrp "
        "ttyname uname wait wait3 wait4 waitid O_CLOEXEC O_DIRECTORY O_NOFOLLOW O_NONBLOCK PRIO_PROCESS "
        "SCHED_BATCH SCHED_IDLE SCHED_OTHER WEXITSTATUS WIFEXITED WIFSIGNALED WIFSTOPPED WNOHANG WTERMSIG",
        signal: "ITIMER_PROF ITIMER_REAL SIGALRM SIGBUS SIGCHLD SIGCONT SIGHUP SIGIO SIGKILL SIGPIPE SIGPROF "
        "SIGQUIT SIGRTMAX SIGRTMIN SIGSTOP SIGSYS SIGTRAP SIGTSTP SIGTTIN SIGTTOU SIGUSR1 SIGUSR2 SIGVTALRM "
        "SIGWINCH SIGXCPU SIG_BLOCK SIG_SETMASK SIG_UNBLOCK alarm getitimer pause pthread_kill "
        "pthread_sigmask setitimer sigpending sigtimedwait sigwait sigwaitinfo",
        socket: "AF_NETLINK AF_UNIX MSG_DONTWAIT MSG_NOSIGNAL SCM_RIGHTS SO_PEERCRED recv_fds send_fds",
        select: "EPOLLIN EPOLLOUT POLLERR POLLHUP POLLIN POLLOUT epoll poll",
        mmap: "MADV_DONTNEED MAP_ANON MAP_ANONYMOUS MAP_POPULATE MAP_PRIVATE MAP_SHARED PROT_EXEC PROT_READ "
        "PROT_WRITE",
        time: "CLOCK_BOOTTIME CLOCK_MONOTONIC CLOCK_MONOTONIC_RAW CLOCK_PROCESS_CPUTIME_ID CLOCK_REALTIME "
        "CLOCK_THREAD_CPUTIME_ID clock_getres clock_gettime clock_gettime_ns pthread_getcpuclockid tzset",
    },
    "darwin": {
        os: "copy_file_range eventfd fdatasync getrandom getresuid getxattr memfd_create pidfd_open pipe2 "
        "posix_fadvise sched_getaffinity sched_getscheduler sched_setaffinity sched_setscheduler splice "
        "waitid O_PATH O_TMPFILE SCHED_BATCH SCHED_IDLE",
        signal: "SIGPOLL SIGPWR SIGRTMAX SIGRTMIN SIGSTKFLT pidfd_send_signal sigtimedwait sigwaitinfo",
        socket: "AF_NETLINK MSG_NOSIGNAL SOCK_CLOEXEC SOCK_NONBLOCK SO_PEERCRED",
        select: "EPOLLIN EPOLLOUT epoll",
        mmap: "MAP_POPULATE MAP_STACK",
        time: "CLOCK_BOOTTIME CLOCK_TAI pthread_getcpuclockid",
    },
}


class Absent(importlib.abc.MetaPathFinder):
    def __init__(self, names: Sequence[str]) -> None:
        self.names = frozenset(names)

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if name in self.names:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return None


def leave_linux(system: str) -> None:
    absent = MODULES[system].split()
    sys.meta_path.insert(0, Absent(absent))
    for name in absent:
        sys.modules.pop(name, None)
    for module, names in NAMES[system].items():
        for name in names.split():
            if hasattr(module, name):
                delattr(module, name)
    sys.platform = system


def ours() -> list[str]:
    """Everything but the programs that are observed."""
    names = ["main", "dev", "make_package"]
    for folder in (ROOT / "engine", ROOT / "gui", ROOT / "packaging" / "bundle"):
        names += [each.name for each in pkgutil.walk_packages([str(folder)], f"{folder.name}.")]
    return [name for name in names if ".programs." not in name and not name.endswith("__main__")]


def main(system: str, picture: str) -> None:
    sys.path[:0] = [str(ROOT), str(ROOT / "packaging")]
    leave_linux(system)
    for name in ours():
        importlib.import_module(name)
    program = importlib.import_module("main")
    recording = str(ROOT / "resources" / "recordings" / "first.lockstep")
    for arguments in (["list"], ["info", recording], ["screenshot", recording, "-o", picture]):
        status = program.main(arguments)
        assert status == 0, arguments


if __name__ == "__main__":
    main(*sys.argv[1:])
