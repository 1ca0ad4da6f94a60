"""The web server that the network workload talks to, in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from engine.comparison.plan import SERVER, Plan
from engine.errors import LockstepError


@contextmanager
def server_for(plan: Plan) -> Iterator[str]:
    """The address (host:port) of a server that runs as long as the block; "" where none is needed.

    Raises:
        LockstepError: it cannot be started (``compare_failed``).
    """
    if plan.workload != "network":
        yield ""
        return
    # Its standard input ends when we end, however that may be: it never outlives us.
    server = subprocess.Popen(
        [sys.executable, str(SERVER), str(plan.piece_size)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl+C is for us, not for the server
        text=True,
    )
    try:
        assert server.stdin is not None
        assert server.stdout is not None
        address = server.stdout.readline().strip()
        if not address:
            raise LockstepError("compare_failed", way="server", detail="it did not start")
        yield address
    finally:
        server.kill()
        server.communicate()
