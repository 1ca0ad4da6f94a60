"""Places in the program: an instruction of a code object, interned as a small number.

The key never hashes a code object (that costs microseconds): from CPython 3.11 on a code
object contains its instructions, so its address plus the offset of one of them is unique
while it lives, and the table keeps it alive.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, FrameType
    from typing import Any, Callable

#: More places than this are not told apart any more (a program that makes code without end).
MOST_PLACES = 200_000

_OURS = __file__.replace("\\", "/").rsplit("/", 1)[0] + "/"


def _stdlib_folders() -> tuple[str, ...]:
    import os

    found = []
    for path in (
        getattr(sys, "_stdlib_dir", None),
        (getattr(os, "__file__", None) or "").rsplit("os.py", 1)[0],
    ):
        if path:
            found.append(path.replace("\\", "/").rstrip("/") + "/")
    return tuple(dict.fromkeys(found))


class Places:
    """Numbers for places.  ``line`` writes to the side file; ``first`` is the first free number."""

    def __init__(self, line: Callable[[list[Any]], None], first: int = 1) -> None:
        self._line = line
        self._next = first
        #: key → number; 0: belongs to the standard library or to us
        self.table: dict[Any, int] = {}
        #: numbers of places inside the standard library, made only when there is nothing better
        self._inner: dict[Any, int] = {}
        self._kind: dict[int, bool] = {}
        self._alive: list[CodeType] = []
        self._stdlib = _stdlib_folders()

    def is_stdlib(self, code: CodeType) -> bool:
        """Whether ``code`` belongs to the standard library or to the agent."""
        found = self._kind.get(id(code))
        if found is None:
            found = self._kind[id(code)] = self._classify(code.co_filename)
            self._alive.append(code)
        return found

    def _classify(self, file: str) -> bool:
        if file.startswith("<frozen "):
            return True
        file = file.replace("\\", "/")
        if file.startswith(_OURS):
            return True
        for folder in self._stdlib:
            if file.startswith(folder):
                rest = file[len(folder) :]
                return not rest.startswith(("site-packages/", "dist-packages/", "test/"))
        return False

    def _write(self, code: CodeType, lasti: int, line: int, module: str) -> int:
        if self._next > MOST_PLACES:
            return 0
        number = self._next
        self._next = number + 1
        name = getattr(code, "co_qualname", code.co_name)
        self._line(["location", number, code.co_filename, line, name, lasti, module])
        return number

    def intern(self, frame: FrameType, key: Any, inner: bool = False) -> int:
        """The number of ``frame``'s place, made now; 0 for the standard library unless ``inner``."""
        code = frame.f_code
        if not inner and self.is_stdlib(code):
            self.table[key] = 0
            return 0
        module = frame.f_globals.get("__name__")
        number = self._write(code, frame.f_lasti, frame.f_lineno or 0, module if type(module) is str else "")
        self._alive.append(code)
        (self._inner if inner else self.table)[key] = number
        return number

    if sys.version_info >= (3, 11):

        def of(self, frame: FrameType) -> int:
            """The place of ``frame``; 0 when it belongs to the standard library or to us."""
            key = id(frame.f_code) + frame.f_lasti
            try:
                return self.table[key]
            except KeyError:
                return self.intern(frame, key)

        def outermost_known(self, frame: FrameType | None) -> int:
            """The place of the nearest frame at or above ``frame`` that is the program's own; when
            there is none, that of the nearest which is not ours."""
            table = self.table
            start = frame
            while frame is not None:
                key = id(frame.f_code) + frame.f_lasti
                try:
                    number = table[key]
                except KeyError:
                    number = self.intern(frame, key)
                if number:
                    return number
                frame = frame.f_back
            return self._inside(start)

    else:

        def of(self, frame: FrameType) -> int:
            key = (id(frame.f_code), frame.f_lasti)
            try:
                return self.table[key]
            except KeyError:
                return self.intern(frame, key)

        def outermost_known(self, frame: FrameType | None) -> int:
            table = self.table
            start = frame
            while frame is not None:
                key = (id(frame.f_code), frame.f_lasti)
                try:
                    number = table[key]
                except KeyError:
                    number = self.intern(frame, key)
                if number:
                    return number
                frame = frame.f_back
            return self._inside(start)

    def beginning(self, code: CodeType) -> int:
        """The place where ``code`` begins (its ``def``); 0 in the standard library and in the agent."""
        key = (id(code), -1)
        number = self._inner.get(key)
        if number is None:
            number = 0
            if not self.is_stdlib(code):
                number = self._write(code, 0, code.co_firstlineno, "")
                self._alive.append(code)
            self._inner[key] = number
        return number

    def _inside(self, frame: FrameType | None) -> int:
        while frame is not None:
            file = frame.f_code.co_filename.replace("\\", "/")
            if not file.startswith((_OURS, "<frozen ")):
                key = (id(frame.f_code), frame.f_lasti)
                return self._inner.get(key) or self.intern(frame, key, inner=True)
            frame = frame.f_back
        return 0

    @property
    def next_number(self) -> int:
        return self._next
