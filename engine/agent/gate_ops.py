"""Instructions as the gate sees them: what each reads, writes or calls.

An expression is a tuple whose first word says what it is: ``("fast", name)``, ``("global", name)``,
``("name", name)``, ``("const", value)``, ``("attr", of, name)``, ``("item", of, key)``,
``("iter", of)``, ``("enter", of)``, ``("exit", of)``, ``("fresh",)`` for a new object that nobody
else has, ``("call",)`` for what a call gave, ``NULL`` for a slot without object; None is unknown.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Expr = Any

NULL = ("null",)
FRESH = ("fresh",)
CALLED = ("call",)

# kinds of operation
READ, WRITE, READ_ATTR, WRITE_ATTR, READ_ITEM, WRITE_ITEM = range(1, 7)
CALL, ENTER, EXIT, INPLACE, LOOK, COMPUTE, PLAIN = range(7, 14)

#: The kinds that only compute on what the thread has loaded.
LOCAL = (COMPUTE, PLAIN)


class Op:
    """One instruction that is looked at before it runs.

    ``kind``: see above; ``name``: the variable or attribute; ``of``: the expression of the object
    that is read, written or called; ``args``: those of a call's positional arguments; ``fixed``: what
    it does to shared things where that is the same each time (``gate_effects.Effects.of``).
    """

    __slots__ = (
        "args",
        "column",
        "file",
        "fixed",
        "function",
        "kind",
        "line",
        "name",
        "number",
        "of",
        "offset",
        "opname",
        "text",
    )

    def __init__(self, kind: int, name: str, of: Expr, args: tuple[Expr, ...], text: str) -> None:
        self.kind = kind
        self.name = name
        self.of = of
        self.args = args
        self.text = text
        self.number = 0
        self.file = ""
        self.function = ""
        self.line = 0
        self.column = 0
        self.offset = 0
        self.opname = ""
        self.fixed: tuple[list[tuple[str, int, int]], bool] | None = None


def describe(expr: Expr) -> str:
    """An expression as a person would write it; "…" for what is not known."""
    if not expr:
        return "…"
    kind = expr[0]
    if kind in ("fast", "global", "name", "cell"):
        return str(expr[1])
    if kind == "const":
        return repr(expr[1])[:40]
    if kind == "attr":
        return f"{describe(expr[1])}.{expr[2]}"
    if kind == "item":
        return f"{describe(expr[1])}[{describe(expr[2])}]"
    if kind == "super":
        return f"super().{expr[1]}"
    return "…"
