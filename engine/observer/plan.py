"""What is to be run and how: what the session tells the observer, as one line of JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

#: How the program gets its standard streams.
INHERIT = "inherit"  # ours, untouched, in our process group
TERMINALS = "terminals"  # a pseudo-terminal each, captured; input is sent to it
TEE = "tee"  # input untouched; output captured and passed on to ours

GIL_WAYS = ("auto", "proc", "interpreter", "off")
PRIORITIES = ("auto", "normal")


@dataclass
class Plan:
    """``session``: the session folder, existing.  ``argv``: the whole command line, ``argv[0]`` an
    absolute path.  ``cwd``: absolute, "" for the one we were started in.
    ``info`` goes into session.json as it is.  ``linger_s``: how long descendants may outlive the
    program's first process before they are ended, None: until somebody stops the run."""

    session: str
    argv: list[str]
    cwd: str
    streams: str = INHERIT
    time_limit_s: float | None = None
    size_limit_bytes: int = 2 * 1024**3
    gil: str = "auto"
    priority: str = "auto"
    linger_s: float | None = None
    columns: int = 80
    rows: int = 24
    info: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Plan:
        """Raises ValueError or TypeError when it is no such line."""
        return cls(**json.loads(text))
