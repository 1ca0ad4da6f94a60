"""Other tools, measured beside us where they can be installed.

They live in a virtual environment of their own in the user's cache folder, made for the interpreter
that is measured; nothing of ours imports them.
"""

from __future__ import annotations

import hashlib
import subprocess
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path


@dataclass(frozen=True)
class Peer:
    """A tool: ``command`` gives what to run for a program, ``absent`` says why it cannot be run."""

    id: str
    version: str
    executable: Path
    python: Path
    absent: str = ""

    def command(self, program: Path, folder: Path) -> list[str]:
        """The command that runs ``program`` under the tool, with its output in ``folder``."""
        if self.id == "viztracer":
            return [str(self.executable), "--quiet", "-o", str(folder / "trace.json"), "--", str(program)]
        output = str(folder / "profile.txt")
        # The tool's own messages go to standard error; the program's lines stay on standard output.
        return [
            str(self.executable), "record", "--gil", "--rate", "1000", "--subprocesses",
            "--format", "raw", "--output", output, "--", str(self.python), str(program),
        ]  # fmt: skip


def find_peers(interpreter: Path, *, install: bool) -> list[Peer]:
    """viztracer and py-spy for this interpreter; installed when ``install`` and they are not there yet.

    A tool that is not to be had comes with ``absent`` set: never an exception, never a guess.
    """
    key = hashlib.sha256(str(interpreter.resolve()).encode()).hexdigest()[:12]
    folder = user_cache_path("lockstep") / "bench-peers" / key
    bin_folder = folder / ("Scripts" if (folder / "Scripts").exists() else "bin")
    python = bin_folder / "python"
    reason = ""
    if not python.exists() and install:
        reason = _run([str(interpreter), "-m", "venv", str(folder)])
    peers: list[Peer] = []
    for name in ("viztracer", "py-spy"):
        executable = bin_folder / name
        why = reason
        if not why and not executable.exists():
            if install:
                why = _run([str(python), "-m", "pip", "install", "--quiet", name])
            else:
                why = "not installed"
        version = ""
        if not why:
            shown = subprocess.run([executable, "--version"], capture_output=True, text=True, check=False)
            version = shown.stdout.strip().removeprefix(f"{name} ")
            if shown.returncode:
                why = f"does not start: {shown.stderr.strip()[:200]}"
        peers.append(Peer(name, version, executable, python, why))
    return peers


def _run(command: list[str]) -> str:
    """Empty when it went well, else why not."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if done.returncode == 0:
        return ""
    lines = (done.stderr or done.stdout).strip().splitlines()
    return lines[-1][:300] if lines else f"exit status {done.returncode}"
