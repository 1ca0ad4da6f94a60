"""Follows the interpreter's value stack through one instruction after the other.

The operands of an instruction stand on that stack, which Python code cannot read; what is known of
an entry is where it came from (``gate_ops``).  What cannot be followed is unknown, never guessed.
"""

from __future__ import annotations

import dis
import sys

from .gate_ops import (
    CALL,
    CALLED,
    COMPUTE,
    ENTER,
    EXIT,
    FRESH,
    INPLACE,
    LOOK,
    NULL,
    READ,
    READ_ATTR,
    READ_ITEM,
    WRITE,
    WRITE_ATTR,
    WRITE_ITEM,
    Op,
    describe,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import CodeType
    from typing import Any

    from .gate_code import Names
    from .gate_ops import Expr

_NONE = ("const", None)
_VERSION = sys.version_info[:2]
_METHOD_BIT = _VERSION >= (3, 12)
_POPS_1_PUSHES_1 = frozenset(
    "FORMAT_SIMPLE CONVERT_VALUE UNARY_POSITIVE UNARY_NEGATIVE UNARY_NOT UNARY_INVERT TO_BOOL "
    "LIST_TO_TUPLE CALL_INTRINSIC_1".split()
)
_NO_EFFECT = frozenset(
    "RESUME NOP PRECALL CACHE EXTENDED_ARG KW_NAMES JUMP_FORWARD JUMP_ABSOLUTE JUMP_BACKWARD "
    "JUMP_BACKWARD_NO_INTERRUPT POP_BLOCK SETUP_FINALLY GEN_START MAKE_CELL COPY_FREE_VARS "
    "SETUP_ANNOTATIONS NOT_TAKEN JUMP_BACKWARD_JIT RETURN_GENERATOR".split()
)
_BUILDS = frozenset("BUILD_STRING BUILD_TUPLE BUILD_LIST BUILD_SET".split())
_COMPARES = frozenset("COMPARE_OP CONTAINS_OP".split())


class Stack:
    """What is known of the value stack; popping below its bottom gives unknown entries."""

    def __init__(self, entries: Iterable[Expr] = ()) -> None:
        self.entries = list(entries)

    def pop(self, count: int = 1) -> list[Expr]:
        taken: list[Expr] = []
        for _ in range(count):
            taken.append(self.entries.pop() if self.entries else None)
        taken.reverse()
        return taken

    def push(self, *entries: Expr) -> None:
        self.entries.extend(entries)

    def peek(self, depth: int) -> Expr:
        return self.entries[-depth] if 0 < depth <= len(self.entries) else None

    def put(self, depth: int, entry: Expr) -> None:
        while len(self.entries) < depth:
            self.entries.insert(0, None)
        self.entries[-depth] = entry

    def forget(self) -> None:
        self.entries = [None] * len(self.entries)

    def forget_local(self, name: str) -> None:
        """The local variable gets another object: what was loaded from it is not to be found there."""
        self.entries = [None if _mentions(entry, name) else entry for entry in self.entries]


def _mentions(entry: Expr, name: str) -> bool:
    if type(entry) is not tuple:
        return False
    if entry[0] == "fast":
        return bool(entry[1] == name)
    return entry[0] != "const" and any(_mentions(part, name) for part in entry[1:])


def merged(first: list[Expr], second: list[Expr]) -> list[Expr]:
    size = min(len(first), len(second))
    if not size:
        return []
    return [a if a == b else None for a, b in zip(first[-size:], second[-size:])]  # noqa: B905


def follow(instruction: Any, stack: Stack, names: Names, code: CodeType) -> Op | None:
    """Follow one instruction; gives what it may do to shared things."""
    name = instruction.opname
    arg = instruction.arg or 0
    if name in _NO_EFFECT:
        return None
    if name.startswith(("LOAD_", "PUSH_NULL")):
        return _load(name, arg, instruction.argval, stack, names)
    if name.startswith(("STORE_", "DELETE_")):
        return _store(name, arg, instruction.argval, stack, names)
    if name.startswith("CALL") and not name.startswith("CALL_INTRINSIC"):
        return _call(name, arg, stack)
    if name.startswith(("BINARY_", "INPLACE_")):
        return _binary(name, arg, instruction.argrepr, stack)
    if name in _POPS_1_PUSHES_1:
        value = stack.pop()[0]
        stack.push(FRESH)
        if name in ("UNARY_NOT", "TO_BOOL"):
            return _look(value, "truth")
        return _compute(value, name.lower())
    if name in _BUILDS:
        stack.pop(arg)
        stack.push(FRESH)
        return None
    if name in _COMPARES:
        left, right = stack.pop(2)
        stack.push(FRESH)
        looked = right if name == "CONTAINS_OP" else left
        op = _look(looked, "compare")
        if op is None and name == "COMPARE_OP":
            op = _look(right, "compare")
        return op or Op(COMPUTE, "", None, (), instruction.argrepr or "compare")
    if name == "IS_OP":
        stack.pop(2)
        stack.push(FRESH)
        return None
    if name == "FORMAT_VALUE":
        taken = stack.pop(2 if arg & 4 else 1)
        stack.push(FRESH)
        return _look(taken[0], "format")
    if name == "FORMAT_WITH_SPEC":
        taken = stack.pop(2)
        stack.push(FRESH)
        return _look(taken[0], "format")
    if name == "POP_TOP":
        stack.pop()
        return None
    if name == "COPY":
        stack.push(stack.peek(arg))
        return None
    if name == "SWAP":
        top, other = stack.peek(1), stack.peek(arg)
        stack.put(1, other)
        stack.put(arg, top)
        return None
    if name in ("DUP_TOP", "DUP_TOP_TWO"):
        count = 2 if name.endswith("TWO") else 1
        stack.push(*[stack.peek(count - n if count == 2 else 1) for n in range(count)])
        return None
    if name in ("ROT_TWO", "ROT_THREE", "ROT_FOUR"):
        count = {"ROT_TWO": 2, "ROT_THREE": 3, "ROT_FOUR": 4}[name]
        taken = stack.pop(count)
        stack.push(taken[-1], *taken[:-1])
        return None
    if name == "GET_ITER":
        value = stack.pop()[0]
        stack.push(("iter", value))
        return _look(value, "iterate")
    if name == "FOR_ITER":
        iterator = stack.peek(1)
        if iterator is None:
            stack.push(None)
            return None
        stack.push(FRESH if iterator[0] == "iter" and iterator[1] in (FRESH, CALLED) else CALLED)
        return _look(iterator[1], "next") if iterator[0] == "iter" else None
    if name.startswith(("POP_JUMP", "JUMP_IF")):
        value = stack.pop()[0] if name.startswith("POP_JUMP") else stack.peek(1)
        if "NONE" in name or "EXC" in name:
            return None
        return _look(value, "truth")
    if name in ("SETUP_WITH", "BEFORE_WITH"):
        value = stack.pop()[0]
        stack.push(("exit", value), CALLED)
        return Op(ENTER, "", value, (), "with " + describe(value))
    if name == "WITH_EXCEPT_START":
        stack.forget()
        stack.push(None)
        return Op(EXIT, "", None, (), "leave with")
    if name == "MAKE_FUNCTION":
        if _VERSION >= (3, 13):
            stack.pop(1)
        else:
            extra = bin(arg & 0xF).count("1")
            stack.pop((1 if _VERSION >= (3, 11) else 2) + extra)
        stack.push(FRESH)
        return None
    if name in ("LIST_EXTEND", "LIST_APPEND", "SET_ADD", "SET_UPDATE", "DICT_UPDATE", "DICT_MERGE"):
        value = stack.pop()[0]
        return _look(value, "read") if name in ("LIST_EXTEND", "SET_UPDATE", "DICT_UPDATE") else None
    if name == "UNPACK_SEQUENCE":
        value = stack.pop()[0]
        stack.push(*[CALLED] * arg)
        return _look(value, "unpack")
    if name == "IMPORT_NAME":
        stack.pop(2)
        stack.push(CALLED)
        return None
    if name == "IMPORT_FROM":
        stack.push(CALLED)
        return None
    _unknown(instruction, stack)
    return None


def _unknown(instruction: Any, stack: Stack) -> None:
    try:
        argument = instruction.arg if instruction.opcode >= dis.HAVE_ARGUMENT else None
        effect = dis.stack_effect(instruction.opcode, argument, jump=False)
    except ValueError:
        effect = 0
    stack.forget()
    if effect < 0:
        stack.pop(-effect)
    else:
        stack.push(*[None] * effect)


def _load(name: str, arg: int, value: Any, stack: Stack, names: Names) -> Op | None:
    if name in ("LOAD_CONST", "LOAD_SMALL_INT", "LOAD_CONST_IMMORTAL", "LOAD_COMMON_CONSTANT"):
        stack.push(("const", value))
    elif name in ("LOAD_FAST_LOAD_FAST", "LOAD_FAST_BORROW_LOAD_FAST_BORROW"):
        stack.push(*[("fast", one) for one in value])
    elif name.startswith("LOAD_FAST"):
        stack.push(("fast", value))
    elif name == "PUSH_NULL":
        stack.push(NULL)
    elif name == "LOAD_GLOBAL":
        if _VERSION >= (3, 11) and arg & 1:
            stack.push(*((("global", value), NULL) if _VERSION >= (3, 13) else (NULL, ("global", value))))
        else:
            stack.push(("global", value))
        return Op(READ, value, None, (), "read " + value) if value in names.variables else None
    elif name == "LOAD_NAME":
        stack.push(("name", value))
        return Op(READ, value, None, (), "read " + value) if value in names.variables else None
    elif name in ("LOAD_DEREF", "LOAD_CLASSDEREF"):
        stack.push(("fast", value))
        return Op(READ, value, ("cell", value), (), "read " + value)
    elif name in ("LOAD_ATTR", "LOAD_METHOD"):
        of = stack.pop()[0]
        entry = ("attr", of, value)
        stack.push(entry)
        if name == "LOAD_METHOD" or (_METHOD_BIT and arg & 1):
            stack.push(NULL)
        if value in names.attributes:
            return Op(READ_ATTR, value, of, (), "read " + describe(entry))
    elif name == "LOAD_SPECIAL":
        of = stack.pop()[0]
        stack.push(({0: "enter", 1: "exit"}.get(arg, "special"), of), NULL)
    elif name in ("LOAD_BUILD_CLASS", "LOAD_ASSERTION_ERROR", "LOAD_CLOSURE", "LOAD_LOCALS"):
        stack.push(FRESH)
    elif name == "LOAD_SUPER_ATTR":
        stack.pop(3)
        stack.push(("super", value))
        if arg & 1:
            stack.push(NULL)
    else:
        stack.push(None)
    return None


def _store(name: str, arg: int, value: Any, stack: Stack, names: Names) -> Op | None:
    if name == "STORE_FAST_STORE_FAST":
        stack.pop(2)
        for one in value:
            stack.forget_local(one)
        return None
    if name == "STORE_FAST_LOAD_FAST":
        stack.pop()
        stack.forget_local(value[0])
        stack.push(("fast", value[1]))
        return None
    if name in ("STORE_FAST", "STORE_FAST_MAYBE_NULL"):
        stack.pop()
        stack.forget_local(value)
        return None
    if name in ("STORE_GLOBAL", "STORE_NAME"):
        stack.pop()
        return Op(WRITE, value, None, (), "write " + value) if value in names.variables else None
    if name == "STORE_DEREF":
        stack.pop()
        stack.forget_local(value)
        return Op(WRITE, value, ("cell", value), (), "write " + value)
    if name in ("STORE_ATTR", "DELETE_ATTR"):
        of = stack.pop()[0]
        if name == "STORE_ATTR":
            stack.pop()
        return Op(WRITE_ATTR, value, of, (), "write " + describe(("attr", of, value)))
    if name in ("STORE_SUBSCR", "DELETE_SUBSCR"):
        of, key = stack.pop(2)
        if name == "STORE_SUBSCR":
            stack.pop()
        return Op(WRITE_ITEM, "", of, (key,), "write " + describe(("item", of, key)))
    if name == "STORE_SLICE":
        of = stack.pop(4)[1]
        return Op(WRITE_ITEM, "", of, (), "write " + describe(of) + "[:]")
    if name in ("DELETE_GLOBAL", "DELETE_NAME"):
        return Op(WRITE, value, None, (), "delete " + value)
    if name == "DELETE_FAST":
        stack.forget_local(value)
    return None


def _call(name: str, arg: int, stack: Stack) -> Op:
    if name == "CALL_FUNCTION":
        args = stack.pop(arg)
        callee = stack.pop()[0]
        if callee is None and args == [_NONE] * 3:
            callee = ("exit", None)
    elif name == "CALL_FUNCTION_EX":
        if _VERSION >= (3, 13):  # callable, NULL, args, kwargs or NULL
            stack.pop(2 if _VERSION >= (3, 14) or arg & 1 else 1)
            callee = _callee(stack.pop(2))
        else:
            stack.pop(2 if arg & 1 else 1)
            callee = stack.pop()[0]
            if _VERSION >= (3, 11):
                stack.pop()
        args = []
    elif name == "CALL_FUNCTION_KW":
        args = stack.pop(arg + 1)[:0]
        callee = stack.pop()[0]
    else:  # CALL_METHOD, CALL, CALL_KW
        args = stack.pop(arg + (1 if name == "CALL_KW" else 0))
        slots = stack.pop(2)
        callee = _callee(slots)
        if callee is None and args == [_NONE] * 2 and slots[1] == _NONE:
            callee = ("exit", None)  # the end of a with statement
    stack.push(CALLED)
    if callee is not None and callee[0] in ("enter", "exit"):
        return Op(ENTER if callee[0] == "enter" else EXIT, "", callee[1], (), _with_text(callee))
    return Op(CALL, "", callee, tuple(args), "call " + describe(callee))


def _with_text(callee: Expr) -> str:
    return ("with " if callee[0] == "enter" else "leave with ") + describe(callee[1])


def _callee(slots: list[Expr]) -> Expr:
    first, second = slots
    return second if first == NULL else first


def _binary(name: str, arg: int, symbol: str, stack: Stack) -> Op | None:
    if name == "BINARY_SLICE":
        of = stack.pop(3)[0]
        stack.push(FRESH)
        return Op(READ_ITEM, "", of, (), "read " + describe(of) + "[:]")
    left, right = stack.pop(2)
    if name == "BINARY_SUBSCR" or symbol == "[]":
        stack.push(("item", left, right))
        return Op(READ_ITEM, "", left, (right,), "read " + describe(("item", left, right)))
    stack.push(FRESH)
    if name.startswith("INPLACE_") or (name == "BINARY_OP" and symbol.endswith("=")):
        return Op(INPLACE, "", left, (), symbol or _sign(name[8:]) + "=")
    return Op(COMPUTE, "", None, (), symbol or _sign(name[7:]))


def _sign(word: str) -> str:
    """Up to 3.10 every operator has an instruction of its own."""
    return _SIGNS.get(word, word.lower())


_SIGNS = {
    "ADD": "+", "SUBTRACT": "-", "MULTIPLY": "*", "TRUE_DIVIDE": "/", "FLOOR_DIVIDE": "//", "MODULO": "%",
    "POWER": "**", "AND": "&", "OR": "|", "XOR": "^", "LSHIFT": "<<", "RSHIFT": ">>",
    "MATRIX_MULTIPLY": "@",
}  # fmt: skip


def _look(value: Expr, why: str) -> Op | None:
    """Reading what a container holds, if ``value`` is one (known when it runs)."""
    if value is None or value[0] in ("fresh", "const", "null", "call", "iter"):
        return None
    return Op(LOOK, why, value, (), f"{why} {describe(value)}")


def _compute(value: Expr, text: str) -> Op:
    return Op(COMPUTE, "", None, (), text)
