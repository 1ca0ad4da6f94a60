"""How much memory a process and its descendants use together, from outside.  Linux only."""

from __future__ import annotations

import sys
from pathlib import Path

AVAILABLE = sys.platform.startswith("linux") and Path("/proc/self/smaps_rollup").exists()


def tree_pss(pid: int) -> int:
    """Bytes of memory of ``pid`` and its descendants; what several share is counted once.

    Those that end meanwhile are left out.
    """
    return sum(_pss(each) for each in tree(pid))


def tree(pid: int) -> list[int]:
    """``pid`` and its descendants, as far as they are there."""
    found = [pid]
    for each in found:
        try:
            for task in Path(f"/proc/{each}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
        except OSError:
            continue
    return found


def _pss(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0
