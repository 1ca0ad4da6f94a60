"""Where threads are and what they wait for, as it is told."""

from __future__ import annotations

import sys

from . import gate_ops as code
from .gate_effects import UNRESOLVED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, FrameType
    from typing import Any

    from .gate import Gate
    from .gate_actors import Actor

STARTING, READY, BLOCKED, ENDED = "starting", "held", "blocked", "ended"


def deadlocked(gate: Gate) -> dict[str, Any]:
    """Nobody can go on: who waits for what, and the cycle, where there is one."""
    if gate.hub is not None:
        gate.hub.refresh(True)
    waiting = [a for a in gate.actors if not a.ended and not a.daemon]
    cycle: list[int] = []
    for actor in waiting:
        seen: list[Actor] = []
        at: Actor | None = actor
        while at is not None and at.wait is not None and at not in seen:
            seen.append(at)
            at = at.wait.owner()
        if at is not None and at in seen:
            cycle = [one.number for one in seen[seen.index(at) :]]
            break
    return {"cycle": cycle, "waiting": [position(gate, actor) for actor in waiting]}


def position(gate: Gate, actor: Actor) -> dict[str, Any]:
    """Where ``actor`` is and what it would do next."""
    if actor.remote:
        return actor.position(gate.now)  # type: ignore[attr-defined,no-any-return]
    op, frame, wait = actor.op, actor.frame, actor.wait
    state = ENDED if actor.ended else STARTING if actor.starting else READY
    told: dict[str, Any] = {"thread": actor.number, "name": actor.name, "daemon": actor.daemon}
    told["process"] = actor.process
    if wait is not None and not actor.enabled(gate.now):
        state = BLOCKED
    told["state"] = state
    if actor.error:
        told["error"] = actor.error
    if frame is not None and op is not None:
        told.update(file=op.file, line=op.line, function=op.function, offset=op.offset)
        told["text"] = "" if actor.line_stop else op.text
        if actor.before is not None and actor.here is not None and not actor.line_stop:
            told["after"] = _after(gate, actor.before, actor.here)
        if op.kind <= code.WRITE_ITEM and not actor.line_stop:
            told["variable"] = code.describe(variable(op))
            told["access"] = "write" if op.kind in (code.WRITE, code.WRITE_ATTR, code.WRITE_ITEM) else "read"
            if gate.log is not None:
                told["value"] = current_value(gate, op, frame)
    if wait is not None:
        owner = wait.owner()
        told["wait"] = {
            "sort": wait.sort,
            "name": wait.name,
            "owner": owner.number if owner is not None else None,
            "until": actor.deadline,
        }
    if actor.loaded:
        told["loaded"] = dict(actor.loaded)
    return told


def _after(gate: Gate, before: tuple[CodeType, int], here: tuple[CodeType, int]) -> list[Any]:
    """The instruction that a thread ran last, and whether it went on elsewhere than behind it."""
    compiled, offset = before
    opname = gate.plain(compiled, offset).opname
    if here[0] is not compiled:
        return [opname if opname.startswith(("RETURN", "YIELD")) else "RESUME", False]
    following = [one for one in gate.plain_tables[id(compiled)] if one > offset]
    return [opname, not following or min(following) != here[1]]


def place_of(gate: Gate, actor: Actor) -> dict[str, Any]:
    """Where a thread of this process is that was let go and has not come back."""
    frames = sys._current_frames()
    told: dict[str, Any] = {}
    for ident, other in list(gate.by_ident.items()):
        if other is actor and ident in frames:
            frame: Any = frames[ident]
            while frame is not None and "_lockstep" in (frame.f_globals.get("__name__") or ""):
                frame = frame.f_back
            if frame is not None:
                told.update(file=frame.f_code.co_filename, line=frame.f_lineno, function=frame.f_code.co_name)
            own = frame
            while own is not None and own.f_code.co_filename not in gate.files:
                own = own.f_back
            if own is not None:
                told.update(own_file=own.f_code.co_filename, own_line=own.f_lineno)
    return told


def current_value(gate: Gate, op: code.Op, frame: FrameType) -> str:
    """The value of the variable that ``op`` is about, as text; "" when it cannot be told."""
    value = gate.effects.value(variable(op), frame)
    return shown(value)


def variable(op: code.Op) -> Any:
    if op.kind in (code.READ_ATTR, code.WRITE_ATTR):
        return ("attr", op.of, op.name)
    if op.kind in (code.READ_ITEM, code.WRITE_ITEM):
        return ("item", op.of, op.args[0] if op.args else None)
    return ("fast", op.name) if op.of is not None else ("global", op.name)


_PLAIN = (int, float, str, bytes, bool, type(None), complex)


def shown(value: Any, depth: int = 2) -> str:
    """``value`` as short text, without running code of the program; "" when it is not known."""
    if value is UNRESOLVED:
        return ""
    kind = type(value)
    if kind in _PLAIN:
        text = repr(value)
        return text if len(text) <= 60 else text[:57] + "…"
    if depth and kind in (list, tuple, set, frozenset, dict):
        if not value:
            return repr(value)
        few = list(value)[:6]
        more = ", …" if len(value) > 6 else ""
        if kind is dict:
            inner = ", ".join(shown(key, 0) + ": " + shown(value[key], depth - 1) for key in few)
            return "{" + inner + more + "}"
        inner = ", ".join(shown(one, depth - 1) for one in few) + more
        if kind is tuple:
            return "(" + inner + ("," if len(value) == 1 else "") + ")"
        return "[" + inner + "]" if kind is list else "{" + inner + "}"
    return "<" + kind.__name__ + ">"
