"""``session.json``: what was run, with what, where, when; replaced as a whole, never half written."""

from __future__ import annotations

import json
import os
import platform
import time
from datetime import UTC, datetime
from typing import Any

from engine.observer import cores
from engine.observer.plan import Plan

SCHEMA, VERSION = "lockstep-session", 1


def begin(plan: Plan) -> dict[str, Any]:
    """Write it at the start of a run and give what was written.  Raises OSError."""
    info: dict[str, Any] = {
        "schema": SCHEMA,
        "version": VERSION,
        **plan.info,
        "machine": {
            "system": platform.system(),
            "release": platform.release(),
            "machine": platform.machine(),
            "cpus": cores.usable(),
            "python": platform.python_version(),
        },
        "started_ns": time.perf_counter_ns(),
        "started_at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "gil_way": plan.gil,
        "limits": {"time_s": plan.time_limit_s, "size_bytes": plan.size_limit_bytes},
        "observer_pid": os.getpid(),
    }
    write(plan.session, info)
    return info


def end(session: str, info: dict[str, Any], exit_status: int | None, **more: Any) -> None:
    """The run is over and everything else has been written."""
    write(session, {**info, "ended_ns": time.perf_counter_ns(), "exit_status": exit_status, **more})


def write(session: str, info: dict[str, Any]) -> None:
    """Replace it.  Raises OSError."""
    path = os.path.join(session, "session.json")
    with open(path + ".new", "w", encoding="utf-8", opener=_private) as file:
        json.dump(info, file, ensure_ascii=False, indent=1)
    os.replace(path + ".new", path)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
