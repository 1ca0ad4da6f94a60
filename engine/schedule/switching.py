"""Where CPython itself lets another thread go on, version by version.

The language allows a switch between any two instructions.  A build with a GIL looks for a waiting
thread only at some of them ("eval breaker", Python/ceval.c): up to 3.9 between most instructions,
from 3.10 on when a function begins, after a call, and at jumps (3.10: all that are taken; from 3.11
on: backward ones).  Each entry is tested (tests/engine/schedule/test_switching.py).  Without a GIL
threads run at the same time, so everything can happen.
"""

from __future__ import annotations

import enum
from typing import Final


class After(enum.Enum):
    """What a thread has done last before the switch."""

    CALL = "call"
    BACKWARD_JUMP = "backward jump"
    FORWARD_JUMP = "forward jump"
    ENTRY = "entry"
    STORE = "store"
    ARITHMETIC = "arithmetic"


_ALWAYS: Final = frozenset((After.CALL, After.BACKWARD_JUMP, After.ENTRY))

#: (major, minor) → after what the interpreter itself switches; versions after the last are as the last.
TABLE: Final[dict[tuple[int, int], frozenset[After]]] = {
    (3, 9): frozenset(After),
    (3, 10): _ALWAYS | {After.FORWARD_JUMP},
    (3, 11): _ALWAYS,
    (3, 12): _ALWAYS,
    (3, 13): _ALWAYS,
    (3, 14): _ALWAYS,
    (3, 15): _ALWAYS,
}


def by_itself(version: tuple[int, ...], after: After, *, free_threaded: bool = False) -> bool:
    """Whether this CPython may switch there of its own accord; else only the language allows it.

    Instructions that run Python code themselves (a property, ``__add__``) or block are calls.
    """
    if free_threaded:
        return True
    newest = max(TABLE)
    return after in TABLE[min(max((version[0], version[1]), min(TABLE)), newest)]


def kind_of(opname: str, *, jumped: bool = False) -> After | None:
    """What an instruction counts as; None for one that only moves values about."""
    if opname.startswith(("CALL", "PRECALL")):
        return After.CALL
    if opname in ("RESUME", "RESUME_CHECK"):
        return After.ENTRY
    if "JUMP_BACKWARD" in opname:
        return After.BACKWARD_JUMP
    if "JUMP" in opname:
        return After.FORWARD_JUMP if jumped else None
    if opname.startswith("STORE_") and not opname.startswith("STORE_FAST"):
        return After.STORE
    if opname.startswith(("BINARY_", "INPLACE_")):
        return After.ARITHMETIC
    return None
