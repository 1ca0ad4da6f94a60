"""Starts the program: a child with the signals, streams and working folder it would have without us."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass

from engine.observer import linux

#: CPython ignores these in every process it runs in; a shell gives them their default.
_IGNORED_BY_PYTHON = frozenset({"SIGPIPE", "SIGXFZ", "SIGXFSZ"})


@dataclass(frozen=True)
class Streams:
    """Descriptors for the program's standard streams, -1: as ours.  ``terminal``: ``stdin`` is our
    controlling terminal, and the program gets a process group of its own in its foreground, as a
    shell would do it.  (It does not lead the session: when a leader ends, the others are hung up.)"""

    stdin: int = -1
    stdout: int = -1
    stderr: int = -1
    terminal: bool = False


def inherited_ignored() -> frozenset[int]:
    """The signals that whoever started us wants ignored; to be asked before we set any."""
    ignored = set()
    for number in signal.valid_signals():
        if (
            signal.getsignal(number) is signal.SIG_IGN
            and signal.Signals(number).name not in _IGNORED_BY_PYTHON
        ):
            ignored.add(int(number))
    return frozenset(ignored)


def launch(argv: list[str], cwd: str, streams: Streams, ignored: frozenset[int]) -> int:
    """Start ``argv[0]`` and give its pid.  Raises OSError when it cannot be started.

    Called in a process with one thread.  The environment is ours.
    """
    told, tell = os.pipe()  # close-on-exec: end of file when the program runs
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        try:
            os.close(told)
            _become(argv, cwd, streams, ignored, parent)
        except OSError as error:
            os.write(tell, str(error.errno or 0).encode())
        except BaseException:
            os.write(tell, b"0")
        finally:
            os._exit(127)
    os.close(tell)
    try:
        problem = os.read(told, 64)
    finally:
        os.close(told)
    if problem:
        os.waitpid(child, 0)
        raise OSError(int(problem), os.strerror(int(problem)), argv[0])
    return child


def _become(argv: list[str], cwd: str, streams: Streams, ignored: frozenset[int], parent: int) -> None:
    """In the child: everything up to exec."""
    linux.die_with_parent(parent)
    if streams.terminal:
        os.setpgid(0, 0)
    for target, source in enumerate((streams.stdin, streams.stdout, streams.stderr)):
        if source >= 0:
            os.dup2(source, target)
    if streams.terminal:
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)  # restored below
        os.tcsetpgrp(0, os.getpid())
    if cwd:
        os.chdir(cwd)
    for number in signal.valid_signals():
        try:
            signal.signal(number, signal.SIG_IGN if number in ignored else signal.SIG_DFL)
        except (OSError, ValueError):  # SIGKILL, SIGSTOP
            continue
    os.execve(argv[0], argv, os.environ)


def let_go_of_streams() -> None:
    """Hold our inherited streams no longer than the program does: whoever reads them waits for their
    end."""
    nowhere = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
