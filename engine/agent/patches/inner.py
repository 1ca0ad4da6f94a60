"""Waits inside the standard library, named after the object they serve.

``queue.Queue.get`` waits on a condition of its own, ``Future.result`` on another.  These
inner conditions and events stay raw: no track, no records.  When one of them really
waits, the code that called it says what for: ``namers`` has a function for that code which
finds the object in the caller's frame.  So a wait is recorded exactly when it happens, and
a call that does not wait costs nothing and gets no frame of ours into its traceback.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType, FunctionType
    from typing import Any

    #: gives the serial of the object waited for and the reason (``layout.Wait``), None: unknown
    Namer = Callable[[FrameType], "tuple[int, int] | None"]

#: id of a code object → who names the waits its frames make
namers: dict[int, Namer] = {}

#: id of the code that waits for a loop of asyncio → serial of the loop, from its frame
loops: dict[int, Callable[[FrameType], int]] = {}

_codes: list[Any] = []  # alive, so that no id is used again


def name_waits_of(function: FunctionType, namer: Namer) -> None:
    """Let ``namer`` name every inner wait that ``function`` makes itself."""
    code = function.__code__
    _codes.append(code)
    namers[id(code)] = namer


def waits_for_loop(function: FunctionType, loop: Callable[[FrameType], int]) -> None:
    """``function`` waits in a selector on behalf of the loop whose serial ``loop(frame)`` gives."""
    _codes.append(function.__code__)
    loops[id(function.__code__)] = loop


def named(frame: FrameType | None) -> tuple[int, int] | None:
    """What a wait made by ``frame`` is for: (serial, ``layout.Wait``), or None when nobody can tell.

    To be called by the probes of Condition and Event for instances the standard library made.
    """
    if frame is None:
        return None
    namer = namers.get(id(frame.f_code))
    return None if namer is None else namer(frame)
