"""One run of a way that is observed, for its timeline."""

from __future__ import annotations

from pathlib import Path

from engine.comparison.measuring import PATIENCE_S
from engine.comparison.plan import Plan, check
from engine.comparison.serving import server_for
from engine.errors import LockstepError
from engine.recording import save
from engine.session import Launch, Session, discard, new_folder


def observe(plan: Plan, way: str, path: Path) -> None:
    """Run ``way`` once under observation and save the recording as ``path``.  Waits until it has ended.

    Raises:
        LockstepError: the plan, the interpreter or ``path`` cannot be used, or the run fails.
    """
    check(plan)
    with server_for(plan) as address:
        folder = new_folder(f"compare-{plan.workload}-{way}")
        try:
            launch = Launch(
                command=plan.command(way, address),
                interpreter=plan.interpreter,
                capture=True,
                session_folder=folder,
                time_limit_s=PATIENCE_S,
            )
            with Session.start(launch) as session:
                status = session.wait(PATIENCE_S)
            if status:
                raise LockstepError("compare_failed", way=way, detail=f"exit status {status}")
            save(folder, path)
        finally:
            discard(folder)
