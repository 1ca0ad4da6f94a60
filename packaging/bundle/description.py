"""What every package says of the program, in one place."""

from __future__ import annotations

import re
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


class CannotPackage(Exception):
    """A sentence for the person at the terminal."""


@dataclass(frozen=True)
class Description:
    """``id`` names files, ``identifier`` is the reverse domain name that macOS and D-Bus ask for."""

    id: str = "lockstep"
    identifier: str = "io.github.lockstep.Lockstep"
    name: str = "Lockstep"
    summary: str = "See what Python threads, processes and coroutines do"
    summary_zh_cn: str = "看清 Python 线程、进程和协程在做什么"
    kind: str = "Concurrency visualiser"
    kind_zh_cn: str = "并发可视化"
    author: str = "The Lockstep authors"
    contact: str = "lockstep@localhost"
    copyright: str = "Copyright © 2026 The Lockstep authors. MIT licence."
    suffix: str = ".lockstep"
    mime: str = "application/x-lockstep"
    mime_name: str = "Lockstep recording"
    mime_name_zh_cn: str = "Lockstep 记录"

    @property
    def version(self) -> str:
        text = (ROOT / "engine" / "version.py").read_text(encoding="utf-8")
        found = re.search(r'^VERSION\b[^=]*=\s*"([^"]+)"', text, re.MULTILINE)
        if found is None:
            raise CannotPackage("engine/version.py names no version.")
        return found.group(1)

    @property
    def platform(self) -> str:
        """``linux-x86_64``, ``windows-amd64``, ``macos-arm64``: where the package made here runs."""
        system = {"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux")
        machine = sysconfig.get_platform().rsplit("-", 1)[-1]
        return f"{system}-{machine}"


LOCKSTEP = Description()
