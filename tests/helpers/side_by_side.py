"""Runs the same command line with and without the agent, for comparison."""

from __future__ import annotations

import difflib
import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.helpers.agent_run import BOOTSTRAP, Process, read_processes
from tests.helpers.interpreters import Interpreter


def _comparable(text: str) -> str:
    """Without addresses of objects and numbers of processes, which differ from run to run."""
    return re.sub("(pid|parent)=[0-9]+", r"\1=...", re.sub("0x[0-9a-f]{6,}", "0x...", text))


@dataclass(frozen=True)
class Outcome:
    status: int
    stdout: bytes
    stderr: bytes

    def __str__(self) -> str:
        out, err = (data.decode("utf-8", "backslashreplace") for data in (self.stdout, self.stderr))
        return f"status {self.status}\n--- stdout\n{out}\n--- stderr\n{err}"


@dataclass(frozen=True)
class SideBySide:
    """``plain`` and ``observed``: how it ended without and with us; ``processes``: what was recorded."""

    plain: Outcome
    observed: Outcome
    processes: list[Process]

    def difference(self) -> str:
        """Empty when the program said and returned the same."""
        plain, observed = (_comparable(str(outcome)).splitlines() for outcome in (self.plain, self.observed))
        return "\n".join(difflib.unified_diff(plain, observed, "plain", "observed", n=1, lineterm=""))

    def assert_same(self) -> None:
        """Nothing that the program did differs, and it was recorded without a failing probe."""
        difference = self.difference()
        assert not difference, difference
        assert self.processes, "nothing was recorded"
        failed = [line for process in self.processes for line in process.of("probe_failed")]
        assert not failed, failed


def _outcome(
    command: Sequence[str | bytes], folder: Path, stdin: bytes, environment: Mapping[str, str]
) -> Outcome:
    done = subprocess.run(
        command, cwd=folder, input=stdin, capture_output=True, timeout=300, env=environment, check=False
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


def side_by_side(
    interpreter: Interpreter,
    folder: Path,
    *program: str | bytes,
    options: Sequence[str] = (),
    stdin: bytes = b"",
    environment: Mapping[str, str] | None = None,
    session: Path | None = None,
    make_session: bool = True,
) -> SideBySide:
    """Run ``python *options *program`` in ``folder``, first without us.

    ``environment`` is added to this process's.  The session is made beside ``folder``.
    """
    variables = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    variables["PYTHONDONTWRITEBYTECODE"] = "1"
    variables.update(environment or {})
    session = session or folder.with_name(folder.name + "-session")
    if make_session:
        session.mkdir(mode=0o700)
    start = [str(interpreter.path), *options]
    plain = _outcome([*start, *program], folder, stdin, variables)
    ours = [str(BOOTSTRAP), "--session", str(session), "--token", "00", "--"]
    observed = _outcome([*start, *ours, *program], folder, stdin, variables)
    return SideBySide(plain, observed, read_processes(session))
