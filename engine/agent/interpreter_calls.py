"""The interpreter's own functions that read, compile and run a program.

They are what Python itself calls (Modules/main.c, Python/pythonrun.c): errors of syntax and
encoding are told in the same words, and no frame lies between.  Every function here gives a
callable and its arguments, or None where these functions are not to be had (without ``_ctypes``; on
Windows, where a FILE belongs to one of several C libraries).
"""

from __future__ import annotations

import os
import sys

from .private_modules import fetch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Call = tuple[Callable[..., Any], tuple[Any, ...]]

_FILE_INPUT = 257  # Py_file_input
_IGNORE_COOKIE = 0x800  # PyCF_IGNORE_COOKIE

#: Memory that the interpreter reads while the program runs.
_alive: list[Any] = []


class _Library:
    """The functions of the process, and the types of their arguments."""

    def __init__(self) -> None:
        self.ctypes = _ctypes = fetch("_ctypes")
        simple = _ctypes._SimpleCData
        self.pointer = type("Pointer", (simple,), {"_type_": "P"})
        self.text = type("Text", (simple,), {"_type_": "z"})
        self.number = type("Number", (simple,), {"_type_": "i"})
        self.object = type("Object", (simple,), {"_type_": "O"})
        self.handle = type("Handle", (), {"_handle": _ctypes.dlopen(None, 0)})

    def function(self, name: str, result: Any, *arguments: Any) -> Any:
        body = {
            "_flags_": self.ctypes.FUNCFLAG_CDECL | self.ctypes.FUNCFLAG_PYTHONAPI,
            "_restype_": result,
            "_argtypes_": arguments,
        }
        return type("Run", (self.ctypes.CFuncPtr,), body)((name, self.handle))

    def run_file(self, file: Any, name: bytes, names: dict[str, Any], close: bool) -> Call:
        """``PyRun_FileExFlags(file, name, start, globals, locals, close, flags)``"""
        run = self.function(
            "PyRun_FileExFlags",
            self.object,
            self.pointer,
            self.text,
            self.number,
            self.object,
            self.object,
            self.number,
            self.pointer,
        )
        return run, (file, name, _FILE_INPUT, names, names, int(close), None)


_FAILURES = (ImportError, AttributeError, ValueError, TypeError, OSError)


def run_file(path: str, names: dict[str, Any]) -> Call | None:
    """For the source file at ``path``, in the namespace ``names``."""
    if sys.platform == "win32":
        return None
    try:
        library = _Library()
        name = os.fsencode(path)
        opens = library.function("fopen", library.pointer, library.text, library.text)
        file = opens(name, b"rbe" if sys.platform == "linux" else b"rb")
        return library.run_file(file, name, names, True) if file else None
    except _FAILURES:
        return None


def run_standard_input(names: dict[str, Any]) -> Call | None:
    """For the source that standard input gives."""
    if sys.platform == "win32":
        return None
    try:
        library = _Library()
        variable = "__stdinp" if sys.platform == "darwin" else "stdin"
        file = library.pointer.in_dll(library.handle, variable)  # type: ignore[attr-defined]
        return library.run_file(file, b"<stdin>", names, False)
    except _FAILURES:
        return None


def run_text(source: bytes, names: dict[str, Any]) -> Call | None:
    """For ``source`` in UTF-8, whose coding cookie does not count (it does on 3.9)."""
    try:
        library = _Library()
        # struct PyCompilerFlags {int cf_flags; int cf_feature_version;}
        pair = type("Flags", (library.ctypes.Array,), {"_type_": library.number, "_length_": 2})
        flags = pair(_IGNORE_COOKIE if sys.version_info >= (3, 10) else 0, sys.version_info[1])
        run = library.function(
            "PyRun_StringFlags",
            library.object,
            library.text,
            library.number,
            library.object,
            library.object,
            library.pointer,
        )
        _alive.append(flags)
        return run, (source, _FILE_INPUT, names, names, library.ctypes.addressof(flags))
    except _FAILURES:
        return None
