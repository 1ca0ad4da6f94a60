"""Runs programs through ``engine.session``, and tells whether processes are gone."""

from __future__ import annotations

import json
import os
import select
import struct
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from engine.agent import layout
from engine.session import Launch, Session, discard, new_folder

PATIENCE_S = 120.0
ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def running(folder: Path, code: str, *args: str, **how: Any) -> Iterator[Session]:
    """A session that runs ``code`` as a script in ``folder``; everything of it is gone afterwards."""
    script = folder / "program.py"
    script.write_text(code)
    session_folder = new_folder("test", folder / "sessions")
    launch = Launch(command=[str(script), *args], session_folder=session_folder, **{"capture": True, **how})
    try:
        with Session.start(launch) as session:
            yield session
    finally:
        discard(session_folder)


@contextmanager
def ran(folder: Path, code: str, *args: str, **how: Any) -> Iterator[tuple[Session, int | None]]:
    """The same, at its end: (session, exit status)."""
    with running(folder, code, *args, **how) as session:
        yield session, session.wait(PATIENCE_S)


def output(session: Session | Path, stream: int = 1) -> bytes:
    """What was captured of a stream (1, 2; 0: the observer's notices) of a session or in its folder."""
    path = (session if isinstance(session, Path) else session.folder) / "output.bin"
    data = path.read_bytes() if path.exists() else b""
    found = b""
    at = 0
    while at + layout.OUTPUT_HEADER.size <= len(data):
        _, _, which, size = layout.OUTPUT_HEADER.unpack_from(data, at)
        at += layout.OUTPUT_HEADER.size
        if which == stream:
            found += data[at : at + size]
        at += size
    return found


def wait_for_output(session: Session, wanted: bytes, stream: int = 1) -> bytes:
    """Wait until ``wanted`` has been captured; everything captured so far."""
    waited_for(lambda: wanted in output(session, stream), f"output {wanted!r}")
    return output(session, stream)


def waited_for(ask: Any, what: str) -> Any:
    """The first true answer of ``ask``; fails after ``PATIENCE_S``."""
    deadline = time.monotonic() + PATIENCE_S
    while not (answer := ask()):
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        select.select([], [], [], 0.005)
    return answer


def gone(pid: int) -> bool:
    """Whether a process has ended (a zombie counts as ended)."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True
    return text.rpartition(")")[2].split()[0] in "ZX"


def wait_until_gone(*pids: int) -> None:
    """Wait until all of ``pids`` have ended."""
    for pid in pids:
        waited_for(lambda pid=pid: gone(pid), f"the end of process {pid} ({_command(pid)})")


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return "gone"


def children(pid: int) -> list[int]:
    """Its children."""
    found: list[int] = []
    for listing in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(word) for word in listing.read_text().split()]
        except OSError:
            continue
    return found


def guard_of(session: Session) -> int:
    """The pid of a session's guard."""
    return int(session._guard.pid)


def follower_of(session: Session) -> int:
    """The pid of a session's follower."""
    (pid,) = children(guard_of(session))
    return pid


def samplers_of(session: Session) -> list[int]:
    """The pids of a session's samplers."""
    return [
        pid for pid in children(follower_of(session)) if str(ROOT / "engine" / "observer") in _command(pid)
    ]


def events(session: Session) -> list[dict[str, Any]]:
    """All events that have come."""
    found = []
    while not session.events.empty():
        found.append(session.events.get())
    return found


def info(session: Session) -> dict[str, Any]:
    """session.json."""
    document: dict[str, Any] = json.loads((session.folder / "session.json").read_text())
    return document


def observed(session: Session) -> list[dict[str, int]]:
    """All records of the observer and of samplers inside the program, in the order of time."""
    found = []
    paths = [*(session.folder / "observer").glob("o*.seg"), *session.folder.glob("p*/gil.seg")]
    for path in paths:
        data = path.read_bytes()[layout.SEGMENT_HEADER_SIZE :]
        data = data[: len(data) // layout.RECORD_SIZE * layout.RECORD_SIZE]
        for values in struct.iter_unpack(layout.RECORD.format, data):
            record = dict(zip([name for name, _ in layout.RECORD_FIELDS], values, strict=True))
            if record["kind"]:
                found.append(record)
    return sorted(found, key=lambda record: record["time"])


def observer_lines(session: Session) -> list[list[Any]]:
    """The observer's side file."""
    return _lines(session.folder / "observer" / "side.jsonl")


def _lines(path: Path) -> list[list[Any]]:
    """The lines of a side file; one that is just being written is left out."""
    return [json.loads(line) for line in path.read_text().split("\n")[:-1]]


def agent_lines(session: Session, first: str) -> list[list[Any]]:
    """Lines of all processes' side files that begin with ``first``."""
    lines = []
    for path in sorted(session.folder.glob("p*/side.jsonl")):
        lines += _lines(path)
    return [line for line in lines if line[0] == first]


def python_of_tests() -> str:
    """The interpreter that runs the tests."""
    return sys.executable


def environment() -> dict[str, str]:
    """For a process of ours that imports the project."""
    return {**os.environ, "PYTHONPATH": str(ROOT)}
