"""The program of a scenario as text: the constants at its top, and a copy with other values."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from engine.scenarios.parameter import Value


def constants(source: str) -> dict[str, Value]:
    """The constants at the top of a program: names in upper case, values written out.

    Raises:
        SyntaxError: ``source`` is not Python.
    """
    return {name: ast.literal_eval(node) for name, node in _assignments(source).items()}


def with_values(source: str, values: Mapping[str, Value]) -> str:
    """``source`` with the constants in ``values`` set; every line stays where it is.

    Raises:
        KeyError: the program has no such constant.
        SyntaxError: ``source`` is not Python.
    """
    nodes = _assignments(source)
    lines = source.encode().splitlines(keepends=True)  # ast counts columns in bytes
    for name, value in values.items():
        node = nodes[name]
        if value == ast.literal_eval(node):
            continue  # as it is written: 20_000_000 stays readable
        line = lines[node.lineno - 1]
        lines[node.lineno - 1] = line[: node.col_offset] + repr(value).encode() + line[node.end_col_offset :]
    return b"".join(lines).decode()


def _assignments(source: str) -> dict[str, ast.expr]:
    found: dict[str, ast.expr] = {}
    for statement in ast.parse(source).body:
        if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
            continue
        target = statement.targets[0]
        one_line = statement.value.lineno == statement.value.end_lineno
        if isinstance(target, ast.Name) and target.id.isupper() and one_line and _is_plain(statement.value):
            found.setdefault(target.id, statement.value)
    return found


def _is_plain(node: ast.expr) -> bool:
    try:
        return isinstance(ast.literal_eval(node), (int, float, bool, str))
    except ValueError:
        return False
