"""Run a program under the agent alone, without an observer, and read what it wrote.

Real children of a real interpreter; nothing of the reading side is used, so that the agent's
tests do not depend on it.
"""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from engine.agent import layout
from tests.helpers.interpreters import Interpreter

BOOTSTRAP = Path(layout.__file__).with_name("bootstrap.py")
#: What programs may import as ``recorded``.
RECORDED = Path(__file__).with_name("recorded.py")

_KINDS = {v: k for k, v in vars(layout.Kind).items() if isinstance(v, int)}


class Record(NamedTuple):
    """One record, with the kind's name; ``thread`` is a serial within the process."""

    time: int
    value: int
    thread: int
    object: int
    location: int
    flags: int
    kind: str


@dataclass
class Process:
    """What one process wrote: the lines of its side file, its records in the order of time."""

    folder: Path
    lines: list[list[Any]] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    lost: int = 0

    def of(self, kind: str) -> list[list[Any]]:
        """Lines of the side file that begin with ``kind``, without it."""
        return [line[1:] for line in self.lines if line[0] == kind]

    def objects(self, sort: str) -> dict[int, str]:
        """serial → name of the objects of a sort."""
        found = {serial: name for serial, what, name, *_ in self.of("object") if what == sort}
        found.update({serial: better for serial, better in self.of("name") if serial in found})
        return found

    def thread_names(self) -> dict[int, str]:
        return {serial: name for serial, name, *_ in self.of("thread") if name}

    def line_of(self, location: int) -> int:
        """The source line of a location; 0 for none."""
        lines: dict[int, int] = {number: line for number, _file, line, *_ in self.of("location")}
        return lines.get(location, 0)

    def text(self, string: int) -> str:
        texts: dict[int, str] = {number: text for number, text, *_ in self.of("string")}
        return texts.get(string, "")

    def kinds(self, *names: str, thread: int = 0) -> list[Record]:
        """Records of these kinds, of one thread if given."""
        return [r for r in self.records if r.kind in names and thread in (0, r.thread)]

    def about(self, serial: int) -> list[Record]:
        """Records about one object (in those of imports and calls, ``object`` is the number of a text)."""
        return [r for r in self.records if r.object == serial and r.kind not in ("IMPORT", "CALLED")]


@dataclass
class AgentRun:
    """How a program ended and what it left; ``processes`` in the order of their start."""

    status: int
    stdout: str
    stderr: str
    processes: list[Process]

    @property
    def main(self) -> Process:
        return self.processes[0]

    def failed_probes(self) -> list[str]:
        return [" ".join(map(str, line)) for p in self.processes for line in p.of("probe_failed")]


def _records(path: Path) -> tuple[list[Record], int]:
    data = path.read_bytes()
    if not any(data[: layout.SEGMENT_HEADER_SIZE]):  # killed before it had begun
        assert not any(data)
        return [], 0
    magic, version, _writer, _pid, thread, _native, _start, lost = layout.SEGMENT_HEADER.unpack_from(data)
    assert magic == layout.SEGMENT_MAGIC
    assert version == layout.FORMAT_VERSION
    records = []
    for offset in range(layout.SEGMENT_HEADER_SIZE, len(data) - layout.RECORD_SIZE + 1, layout.RECORD_SIZE):
        fields = layout.RECORD.unpack_from(data, offset)
        if fields[-1]:
            assert fields[2] in (0, thread)  # 0: left to the header
            records.append(Record._make((*fields[:2], thread, *fields[3:-1], _KINDS[fields[-1]])))
    return records, lost


def read_processes(session: Path) -> list[Process]:
    """Every process folder of a session."""
    found = []
    for folder in session.glob("p*-*"):
        process = Process(folder)
        side = folder / "side.jsonl"
        if side.exists():
            process.lines = [json.loads(line) for line in side.read_text("utf-8").splitlines()]
        for segment in folder.glob("t*.seg"):
            records, lost = _records(segment)
            process.records += records
            process.lost += lost
        process.records.sort(key=lambda r: r.time)
        found.append(process)
    return sorted(found, key=lambda p: p.folder.name.split("-")[1].rjust(20, "0"))


def run_agent(
    interpreter: Interpreter,
    folder: Path,
    source: str,
    *args: str,
    options: tuple[str, ...] = (),
    timeout_s: float = 300,
    stdin: str | None = None,
) -> AgentRun:
    """Run ``source`` as a script in ``folder`` under the agent.

    ``options`` go to the interpreter.  subprocess.TimeoutExpired when it does not end.
    """
    script = folder / "program.py"
    script.write_text(source, "utf-8")
    if "from recorded import" in source:
        (folder / "recorded.py").write_bytes(RECORDED.read_bytes())
    session = folder / "session"
    session.mkdir(mode=0o700)
    command = [str(interpreter.path), *options, str(BOOTSTRAP), "--session", str(session)]
    command += ["--token", "00", "--", str(script), *args]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=timeout_s, cwd=folder, input=stdin, check=False
    )
    return AgentRun(done.returncode, done.stdout, done.stderr, read_processes(session))


def run_plain(
    interpreter: Interpreter, folder: Path, source: str, *args: str, options: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    """The same script without us, for comparison."""
    script = folder / "program.py"
    script.write_text(source, "utf-8")
    command = [str(interpreter.path), *options, str(script), *args]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=folder, check=False)
