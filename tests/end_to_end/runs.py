"""Runs ``main.py`` as a user does, in processes of their own, and finds what a run left behind."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from tests.helpers.program import COMMAND

PROGRAMS = Path(__file__).parent / "programs"
#: In the environment of everything that belongs to one run, however it detached itself.
MARK = "LOCKSTEP_TEST_RUN"
ENDING_S = 60.0
LONGEST_LIMIT_S = 100.0
Ran = TypeVar("Ran")


@dataclass
class Ended:
    """A finished command: its exit status as the shell would see it, and what it said."""

    status: int
    out: bytes
    err: bytes


@dataclass
class Recorded(Ended):
    """A finished ``record``, and ``info --json`` of what it recorded."""

    recording: Path = Path()
    info: dict[str, Any] = field(default_factory=dict)

    def tracks(self, kind: str) -> list[dict[str, Any]]:
        """The tracks of one kind: process, thread, task, lock, gil."""
        return [track for track in self.info["tracks"] if track["kind"] == kind]

    def track(self, kind: str, name: str) -> dict[str, Any]:
        """The one track of that kind and name."""
        found = [track for track in self.tracks(kind) if track["name"] == name]
        assert len(found) == 1, (
            f"{len(found)} {kind} tracks {name!r} among {[t['name'] for t in self.tracks(kind)]}"
        )
        return found[0]

    def lock(self, name: str) -> dict[str, Any]:
        """The figures of the one lock of that name."""
        found = [lock for lock in self.info["locks"] if lock["name"] == name]
        assert len(found) == 1, (
            f"{len(found)} locks {name!r} among {[lock['name'] for lock in self.info['locks']]}"
        )
        figures: dict[str, Any] = found[0]
        return figures


@contextlib.contextmanager
def marked_environment() -> Iterator[dict[str, str]]:
    """An environment that marks a run; on leaving, nothing of the run may be alive or in shared memory."""
    mark = uuid.uuid4().hex
    yield {**os.environ, MARK: mark}
    deadline = time.monotonic() + ENDING_S
    while left := processes_of(mark):
        if time.monotonic() > deadline:
            raise AssertionError(f"still alive after the run: {left}")
        time.sleep(0.02)


def processes_of(mark: str) -> dict[int, str]:
    """Living processes that carry the mark: pid → command line."""
    wanted = f"{MARK}={mark}".encode()
    found: dict[int, str] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if wanted in (entry / "environ").read_bytes().split(b"\0"):
                found[int(entry.name)] = (
                    (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
                )
        except OSError:
            continue
    return found


def command(arguments: Sequence[str | Path], *, timeout: float = 300, **options: Any) -> Ended:
    """Run a command to its end, with a marked environment; nothing of it may be left afterwards."""
    with marked_environment() as environment:
        done = subprocess.run(
            [str(argument) for argument in arguments],
            capture_output=True, check=False, timeout=timeout, env=environment, **options,
        )  # fmt: skip
    return Ended(done.returncode, done.stdout, done.stderr)


def until_limit(run: Callable[[str], Ran], reached: Callable[[Ran], bool]) -> Ran:
    """``run(limit in seconds)`` of a program that goes on until the limit, when it got to its point
    (``reached``); with more time until it does: nobody knows how slow the machine is just then."""
    limit_s = 2.0
    while not reached(ran := run(f"{limit_s}")) and limit_s < LONGEST_LIMIT_S:
        limit_s *= 4
    return ran


def alone(interpreter: Path, program: Path, *arguments: str, **options: Any) -> Ended:
    """The program without us."""
    return command([interpreter, program, *arguments], **options)


def record(
    folder: Path, interpreter: Path, *program: str | Path, options: Sequence[str] = (), **running: Any
) -> Recorded:
    """The program under ``record``, and ``info`` of its recording."""
    recording = folder / "run.lockstep"
    ended = command(
        [*COMMAND, "record", "-o", recording, "--python", interpreter, *options, *program],
        **running,
    )
    assert recording.exists(), ended.err.decode("utf-8", "replace")
    return Recorded(ended.status, ended.out, ended.err, recording, info(recording))


def info(recording: Path) -> dict[str, Any]:
    """``info --json`` of a recording."""
    shown = command([*COMMAND, "info", recording, "--json"])
    assert shown.status == 0, shown.err.decode("utf-8", "replace")
    document: dict[str, Any] = json.loads(shown.out)
    return document
