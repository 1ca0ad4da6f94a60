"""How many cores a program that is started here can use."""

from __future__ import annotations

import os


def usable() -> int:
    """At least 1.  Fewer than the machine has where this process was confined to some of them."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1
