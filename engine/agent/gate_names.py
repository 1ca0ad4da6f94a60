"""What a thread really waits for, and the name it has in the program."""

from __future__ import annotations

import sys

from .gate_effects import locals_of
from .gate_ops import describe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .gate import Gate

#: Methods of the standard library that wait, and what a person would call that.
_WAITS = {
    ("Condition", "wait"): "condition",
    ("Condition", "wait_for"): "condition",
    ("Event", "wait"): "event",
    ("Barrier", "wait"): "barrier",
    ("Semaphore", "acquire"): "semaphore",
    ("BoundedSemaphore", "acquire"): "semaphore",
    ("Queue", "get"): "queue",
    ("Queue", "put"): "queue",
    ("Queue", "join"): "queue",
    ("LifoQueue", "get"): "queue",
    ("PriorityQueue", "get"): "queue",
    ("_PySimpleQueue", "get"): "queue",
    ("SimpleQueue", "get"): "queue",
    ("JoinableQueue", "get"): "queue",
    ("JoinableQueue", "put"): "queue",
    ("JoinableQueue", "join"): "queue",
    ("Connection", "recv"): "pipe",
    ("Connection", "recv_bytes"): "pipe",
    ("Connection", "send"): "pipe",
    ("Connection", "send_bytes"): "pipe",
    ("Connection", "poll"): "pipe",
    ("Process", "join"): "join",
    ("ForkProcess", "join"): "join",
    ("Future", "result"): "future",
    ("Future", "exception"): "future",
}


def what_for(gate: Gate, lock: Any, sort: str) -> tuple[str, str]:
    """(name, sort) of what a thread really waits for when it waits for ``lock``: the outermost object
    of the standard library that it called, by the name it has in the caller's frame."""
    frame: Any = sys._getframe(2)
    target: Any = lock
    while frame is not None and frame.f_code.co_filename not in gate.files:
        code = frame.f_code
        if code.co_argcount and code.co_varnames[:1] == ("self",):
            instance = frame.f_locals.get("self")
            found = _WAITS.get((type(instance).__name__, code.co_name))
            if found is not None:
                target, sort = instance, found
        frame = frame.f_back
    return (_name_of(gate, target, frame) if frame is not None else ""), sort


def _name_of(gate: Gate, target: Any, frame: Any) -> str:
    op = gate.plain(frame.f_code, frame.f_lasti)
    of = op.of
    while of is not None and of[0] in ("attr", "enter", "exit"):
        if gate.effects.value(of, frame) is target:
            return _indexed(gate, of, frame) or describe(of)
        of = of[1]
    if of is not None and gate.effects.value(of, frame) is target:
        name = _indexed(gate, of, frame) or describe(of)
        if of[0] != "fast":
            return name
    for names in (frame.f_globals, locals_of(frame)):
        for name, value in list(names.items()):
            if value is target:
                return str(name)
            if type(value) in (list, tuple) and len(value) < 100:
                for index, one in enumerate(value):
                    if one is target:
                        return "%s[%d]" % (name, index)
    return ""


def _indexed(gate: Gate, of: Any, frame: Any) -> str:
    if of[0] != "item":
        return ""
    key = gate.effects.value(of[2], frame)
    return "%s[%r]" % (describe(of[1]), key) if type(key) in (int, str) else ""
