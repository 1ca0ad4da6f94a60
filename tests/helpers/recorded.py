"""For programs under the agent: ``from recorded import until`` (``run_agent`` puts this beside them).

A test whose program has to wait until another thread or process waits does not know how long that takes;
the agent's own records say when it is so far.  Runs on CPython 3.9 and later, with the standard library.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path


def until(kind: str, reason: str, count: int = 1) -> None:
    """Return when the session has ``count`` records of a ``kind`` for a ``reason`` (names in ``Wait``).

    Waits without a record of its own.
    """
    layout = sys.modules["_lockstep.layout"]
    folder = Path(sys.modules["_lockstep.recorder"].session_folder)
    wanted = getattr(layout.Kind, kind), getattr(layout.Wait, reason)
    found = 0
    while found < count:
        os.sched_yield()
        found = 0
        for segment in folder.glob("p*/t*.seg"):
            data = segment.read_bytes()[layout.SEGMENT_HEADER_SIZE :]
            for *_, flags, what in layout.RECORD.iter_unpack(data[: len(data) // 32 * 32]):
                found += (what, flags & 0xFF) == wanted
