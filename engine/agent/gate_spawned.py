"""The gate in a process that ``multiprocessing`` has spawned: a new interpreter, held like a forked one.

``begin`` is called before ``multiprocessing`` itself begins there (``gate_processes.spawn``).  The
interpreter's own steps, and the import of the program's file, go on without a stop; the process that
started it waits meanwhile.
"""

from __future__ import annotations

import _socket
import random

from . import gate_child, gate_processes, gate_server
from .gate import LINE
from .gate_hub import write_by_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable


def begin(setup: dict[str, Any]) -> None:
    """``setup``: as ``gate.setup`` of the process that spawned this one, and two descriptors."""
    server = gate_server.Server(-1, -1, -1)
    server.target = setup["target"]
    server.read()
    gate = server.gate
    gate.setup = setup
    gate.stop, gate.lines = setup["stop"], bool(setup["stop"] & LINE) or setup["hand"]
    gate.keys = None if setup["keys"] is None else frozenset(setup["keys"])
    if setup["log"]:
        gate.log = []
    write_by_lines()
    ends = [_socket.socket(fileno=setup[name]) for name in ("calls", "events")]
    for end in ends:
        end.setblocking(True)
    actor = gate.adopt_main()
    gate_child.connect(gate, actor, ends[0], ends[1], setup["hand"])
    gate.active = True
    random.seed()  # for this thread, not from the system
    gate.trace(actor)


def run(main: Callable[[], None]) -> None:
    """``multiprocessing``'s own beginning, to the end of the process."""
    error: BaseException | None = None
    try:
        main()
    except BaseException as failure:
        error = failure
    gate_processes.end(error)
