"""Names of functions that are run for somebody: jobs, callbacks, targets.

Nothing of the program's own runs to find them: only attributes of types written in C are read.
"""

from __future__ import annotations

import sys

from .stand_in import StandIn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_FUNCTION = type(lambda: None)
_BUILTIN = type(len)
_METHOD = type(_BUILTIN.__call__.__get__(len))  # a method-wrapper: __name__, __self__


class _Sample:
    def method(self) -> None: ...


_BOUND = type(_Sample().method)


def name_of(function: Any) -> str:
    """A readable name: qualified for functions and methods, through ``functools.partial``, else the
    type's."""
    for _ in range(8):
        kind = type(function)
        if kind is _FUNCTION or kind is _BUILTIN or kind is _METHOD:
            return str(function.__qualname__)
        if kind is StandIn:
            return str(function.__qualname__)
        if kind is _BOUND:
            inside = function.__func__
            if type(inside) is _FUNCTION:
                return str(inside.__qualname__)
            return str(getattr(inside, "__name__", type(inside).__name__))
        if isinstance(function, type):
            return type.__dict__["__qualname__"].__get__(function)  # type: ignore[no-any-return]
        functools = sys.modules.get("functools")
        if functools is None or kind is not functools.partial:
            return kind.__qualname__
        inside = function.func
        # asyncio.to_thread: partial(context.run, function, ...), a pool's map: partial(_process_chunk, ...)
        if function.args and getattr(inside, "__name__", "") in ("run", "_process_chunk"):
            inside = function.args[0]
        function = inside
    return type(function).__qualname__


def text_of(error: BaseException) -> str:
    """``Type: message`` of an exception, without running code of the program's.

    The message is left out when it would have to be asked of a class written in Python.
    """
    name = type(error).__qualname__
    if type(type(error).__str__) is not _SLOT_WRAPPER:
        return name
    try:
        args = error.args
        if not args or not all(type(arg) in _PLAIN for arg in args):
            return name
        message = str(error)
    except Exception:
        return name
    return f"{name}: {message[:300]}" if message else name


_SLOT_WRAPPER = type(BaseException.__str__)
_PLAIN = (str, int, float, bool, bytes, type(None))
