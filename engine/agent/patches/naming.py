"""What the program calls an object: the variable or attribute it is assigned to.

Read off the instructions that follow the call: ``lock = Lock()`` goes on with a STORE of
``lock``, ``self.lock = Lock()`` with a load of ``self`` and a STORE_ATTR.  An object that
goes elsewhere (a list, an argument) has no name here; its place tells where it was made.
"""

from __future__ import annotations

import sys

from .. import recorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, FrameType
    from typing import Any

_names: dict[tuple[int, int], str] = {}
_codes: list[CodeType] = []
_table: dict[int, str] | None = None
_have_argument = 90

#: Instructions that may stand between the call and the store without changing what is stored.
_PASSED = frozenset(
    {
        "CACHE",
        "EXTENDED_ARG",
        "NOP",
        "COPY",
        "DUP_TOP",
        "PRECALL",
        "RESUME",
        "NOT_TAKEN",
        "LOAD_FAST",
        "LOAD_FAST_CHECK",
        "LOAD_FAST_BORROW",
        "LOAD_NAME",
        "LOAD_GLOBAL",
        "LOAD_DEREF",
        "LOAD_ATTR",
        "LOAD_CLASSDEREF",
    }
)
_LOCAL = frozenset({"STORE_FAST", "STORE_FAST_LOAD_FAST", "STORE_FAST_STORE_FAST"})
_FREE = frozenset({"STORE_DEREF"})
_BY_NAME = frozenset({"STORE_NAME", "STORE_GLOBAL", "STORE_ATTR"})
_FAR = 24  # instructions


def _opcodes() -> dict[int, str]:
    """Number → name of this version's instructions.  ``opcode`` is written in Python, so what it
    brings in is taken out of ``sys.modules`` again."""
    global _table, _have_argument
    if _table is None:
        before = set(sys.modules)
        opcode = __import__("opcode")
        _table = {number: name for name, number in opcode.opmap.items()}
        _have_argument = opcode.HAVE_ARGUMENT
        for name in set(sys.modules) - before:
            if name in ("opcode", "_opcode", "_opcode_metadata"):
                del sys.modules[name]
    return _table


def assigned_name(frame: FrameType) -> str:
    """The name that the result of the call in progress in ``frame`` is given; empty when none."""
    code = frame.f_code
    key = (id(code), frame.f_lasti)
    name = _names.get(key)
    if name is None:
        name = _read(code, frame.f_lasti)
        if len(_names) < 50_000:
            _names[key] = name
            _codes.append(code)
    return name


def _read(code: CodeType, lasti: int) -> str:
    table = _opcodes()
    instructions = code.co_code
    extended = 0
    position = lasti + 2
    for _ in range(_FAR):
        if position + 1 >= len(instructions):
            return ""
        number, argument = instructions[position], instructions[position + 1] | extended
        position += 2
        name = table.get(number, "CACHE")
        extended = argument << 8 if name == "EXTENDED_ARG" else 0
        if name in _BY_NAME:
            return code.co_names[argument]
        if name in _LOCAL:
            return _local_name(code, argument, name)
        if name in _FREE:
            return _free_name(code, argument)
        if name.startswith(("LOAD_FAST_LOAD_FAST", "LOAD_FAST_BORROW_LOAD")):
            continue
        if name not in _PASSED:
            return ""
    return ""


def _local_name(code: CodeType, argument: int, name: str) -> str:
    if name != "STORE_FAST":  # two locals in one number, the first in the upper half
        argument >>= 4
    return code.co_varnames[argument] if argument < len(code.co_varnames) else ""


def _free_name(code: CodeType, argument: int) -> str:
    if sys.version_info >= (3, 11):  # one numbering for locals, cells and free variables
        names = list(code.co_varnames)
        names += [name for name in code.co_cellvars if name not in code.co_varnames]
        names += code.co_freevars
    else:
        names = [*code.co_cellvars, *code.co_freevars]
    return names[argument] if argument < len(names) else ""


def made_by_stdlib(frame: FrameType | None) -> bool:
    """Whether what is being made in a call from ``frame`` belongs to the standard library."""
    return frame is not None and recorder.is_stdlib(frame.f_code)


def name_and_place(frame: FrameType | None, instance: Any = None) -> tuple[str, int]:
    """Name and place of an object under construction, called from ``frame``.

    Frames of constructors of subclasses, whose first argument is ``instance``, are passed over.
    """
    while frame is not None and instance is not None and first_argument(frame) is instance:
        frame = frame.f_back
    if frame is None:
        return "", 0
    return assigned_name(frame), recorder.nearest(frame)


def first_argument(frame: FrameType) -> Any:
    """What a constructor that runs in ``frame`` makes; None when it is none."""
    code = frame.f_code
    if not code.co_argcount or code.co_name not in ("__init__", "__new__", "__call__"):
        return None
    return frame.f_locals.get(code.co_varnames[0])
