"""The side file of a process: strings, places, objects, threads, one JSON array a line.

Every line is opened, written with one call and closed: lines are rare (each thing is
described once), and a descriptor kept open could be closed by the program and given to a
file of its own.
"""

from __future__ import annotations

import os

from .private_modules import fetch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    quote: Callable[[str], str]

try:
    quote = fetch("_json").encode_basestring_ascii
except ImportError:

    def quote(text: str) -> str:
        out = ['"']
        for character in text:
            code = ord(character)
            if character in '"\\' or code < 32 or code > 126:
                if code > 0xFFFF:
                    code -= 0x10000
                    out.append("\\u%04x\\u%04x" % (0xD800 + (code >> 10), 0xDC00 + (code & 0x3FF)))
                else:
                    out.append("\\u%04x" % code)
            else:
                out.append(character)
        out.append('"')
        return "".join(out)


#: Longer texts are cut: a line stays below 64 KiB.
MOST_TEXT = 4000

# what stands in ``os`` later is recorded, or the program's own: a test's, or one that raises in a loop
_write, _open, _close = os.write, os.open, os.close

_FLAGS = (
    os.O_WRONLY
    | os.O_APPEND
    | os.O_CREAT
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_NOINHERIT", 0)
)


def to_json(value: Any) -> str:
    """``value`` (None, bool, int, float, str, list, tuple, dict) as JSON, in ASCII."""
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    kind = type(value)
    if kind is int:
        return int.__repr__(value)
    if kind is list or kind is tuple:
        return "[" + ",".join([to_json(item) for item in value]) + "]"
    if kind is dict:
        return "{" + ",".join([quote(str(k)) + ":" + to_json(v) for k, v in value.items()]) + "}"
    if isinstance(value, int):
        return int.__repr__(int(value))
    if isinstance(value, float):
        return float.__repr__(value) if value - value == 0 else "null"
    text = str.__str__(value) if isinstance(value, str) else repr(value)
    return quote(text[:MOST_TEXT])


class SideFile:
    """Appends lines to ``path``.  When that fails, nothing is raised: ``failed`` counts it."""

    __slots__ = ("failed", "path")

    def __init__(self, path: str) -> None:
        self.path = path
        self.failed = 0

    def line(self, items: list[Any]) -> None:
        try:
            data = (to_json(items) + "\n").encode("ascii")
            descriptor = _open(self.path, _FLAGS, 0o600)
            try:
                _write(descriptor, data)
            finally:
                _close(descriptor)
        except OSError:
            self.failed += 1
