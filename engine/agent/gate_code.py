"""What each instruction of a code object may read or write that other threads can see.

The value stack is followed symbolically through the bytecode (``gate_stack``): what is known about
an entry is where it came from (``self.items`` came from the local ``self``), and ``gate_effects``
looks there when the instruction is about to run.
"""

from __future__ import annotations

import dis
import sys

from .gate_ops import PLAIN, Op
from .gate_stack import Stack, follow, merged

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType
    from typing import Any

    from .gate_ops import Expr

_VERSION = sys.version_info[:2]
_ENDS = frozenset(
    "RETURN_VALUE RETURN_CONST RAISE_VARARGS RERAISE JUMP_FORWARD JUMP_ABSOLUTE JUMP_BACKWARD "
    "JUMP_BACKWARD_NO_INTERRUPT".split()
)


class Names:
    """Which names of the chosen files are variables at all: stored otherwise than by an import, a
    ``def`` or a ``class``.  The others never change and need no look."""

    def __init__(self) -> None:
        self.variables: set[str] = set()
        self.attributes: set[str] = set()
        #: classes of accesses (``gate_effects``) of what functions change that may outlive their call
        self.changed: set[str] = {"c:"}

    def learn(self, code: CodeType) -> None:
        """Look at ``code`` and everything in it."""
        before = ""
        for instruction in dis.get_instructions(code):
            name = instruction.opname
            if name in ("STORE_NAME", "STORE_GLOBAL"):
                if before not in _BINDERS or name == "STORE_GLOBAL":
                    self.variables.add(instruction.argval)
            elif name in ("DELETE_NAME", "DELETE_GLOBAL"):
                self.variables.add(instruction.argval)
            elif name in ("STORE_ATTR", "DELETE_ATTR"):
                self.attributes.add(instruction.argval)
            if code.co_flags & 0x2:  # a function
                if name == "STORE_GLOBAL":
                    self.changed.add("g:" + instruction.argval)
                elif name == "STORE_ATTR":
                    self.changed.add("a:" + instruction.argval)
                elif name == "STORE_DEREF" and instruction.argval in code.co_freevars:
                    self.changed.add("d:" + instruction.argval)
            if name not in ("CACHE", "EXTENDED_ARG"):
                before = name
        if "<module>" not in code.co_name and not code.co_flags & 0x2:  # a class body: not optimized
            self.attributes.update(code.co_names)
        for constant in code.co_consts:
            if hasattr(constant, "co_code"):
                self.learn(constant)


_BINDERS = frozenset("IMPORT_NAME IMPORT_FROM MAKE_FUNCTION SET_FUNCTION_ATTRIBUTE LOAD_BUILD_CLASS".split())


def analysed(code: CodeType, names: Names) -> dict[int, Op]:
    """The instructions of ``code`` (not of the code inside it), by offset, that do more than move
    the thread's own values about.  ``names`` has learnt all chosen files."""
    found: dict[int, Op] = {}
    waiting: dict[int, tuple[list[Expr], bool]] = {}
    stack = Stack()
    reachable = True
    # Behind a handler the bottom of the stack is not known; where it comes together with the ordinary
    # way, what stands there (the exits of with statements, iterators) is the same on both.
    handled = False
    line = code.co_firstlineno
    lines = dict(_line_starts(code))
    handlers = _handlers(code)
    for instruction in dis.get_instructions(code):
        offset = instruction.offset
        line = lines.get(offset, line)
        if offset in waiting:
            arrived, from_handler = waiting.pop(offset)
            if not reachable or (handled and not from_handler):
                stack.entries, handled = arrived, from_handler
            elif handled or not from_handler:
                stack.entries = merged(stack.entries, arrived)
            reachable = True
        elif offset in handlers or not reachable:
            stack.entries = []
            reachable = handled = True
        op = follow(instruction, stack, names, code)
        if op is not None:
            op.file = code.co_filename
            op.function = getattr(code, "co_qualname", code.co_name)
            op.line = line
            op.offset = offset
            op.opname = instruction.opname
            found[offset] = op
        target = _target(instruction)
        if target is not None:
            # A loop may come back with other values: only what stands below the jump's own use counts.
            entries = list(stack.entries)
            if instruction.opname == "FOR_ITER" and entries:
                entries.pop()
                if _VERSION < (3, 12):
                    entries = entries[:-1]
            if target not in waiting or (waiting[target][1] and not handled):
                if target > offset:
                    waiting[target] = (entries, handled)
            elif waiting[target][1] or not handled:
                waiting[target] = (merged(waiting[target][0], entries), handled)
        if instruction.opname in _ENDS:
            reachable = False
    return found


def plain(code: CodeType, known: dict[int, Op]) -> dict[int, Op]:
    """All instructions of ``code`` by offset: those that are ``known``, and the others."""
    found = {}
    line = code.co_firstlineno
    lines = dict(_line_starts(code))
    function = getattr(code, "co_qualname", code.co_name)
    for one in dis.get_instructions(code):
        line = lines.get(one.offset, line)
        op = known.get(one.offset)
        if op is None:
            op = Op(PLAIN, "", None, (), (one.opname + " " + (one.argrepr or "")).strip())
            op.file, op.line, op.offset = code.co_filename, line, one.offset
            op.function, op.opname = function, one.opname
        found[one.offset] = op
    return found


def _line_starts(code: CodeType) -> list[tuple[int, int]]:
    return [(offset, line) for offset, line in dis.findlinestarts(code) if line]


def _handlers(code: CodeType) -> frozenset[int]:
    if _VERSION >= (3, 11):
        parse = getattr(dis, "_parse_exception_table", None)
        return frozenset(entry.target for entry in parse(code)) if parse else frozenset()
    names = ("SETUP_FINALLY", "SETUP_WITH", "SETUP_ASYNC_WITH")
    return frozenset(one.argval for one in dis.get_instructions(code) if one.opname in names)


def _target(instruction: Any) -> int | None:
    if instruction.opcode in dis.hasjrel or instruction.opcode in dis.hasjabs:
        if instruction.opname in ("SETUP_FINALLY", "SETUP_WITH", "SETUP_ASYNC_WITH"):
            return None
        return int(instruction.argval)
    return None
