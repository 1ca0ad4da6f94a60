"""What a suspended task awaits, found without touching its coroutine.

A task that is suspended waits for a future.  What the future stands for is told by the chain
of coroutines down to it: when one of them is ``asyncio.Lock.acquire``, the task waits for that
lock.  ``names`` has a function for the code of such a coroutine which finds the object in
its frame.  The place where the task is suspended is the innermost frame of the chain that
belongs to the program.
"""

from __future__ import annotations

from .. import recorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, FrameType
    from typing import Any

    #: (frame of the coroutine, what it awaits in turn) → (value, ``layout.Wait``), None: look further in
    Name = Callable[[FrameType, Any], "tuple[int, int] | None"]


async def _sample() -> None: ...


def _sample_generator() -> Any:
    yield


_coroutine = _sample()
_COROUTINE = type(_coroutine)
_coroutine.close()
_GENERATOR = type(_sample_generator())

#: id of a code object → who names what its coroutines await
names: dict[int, Name] = {}

_codes: list[CodeType] = []  # alive, so that no id is used again


def name_awaits_of(function: Any, name: Name) -> None:
    """Let ``name`` say what coroutines of ``function`` wait for."""
    code = function.__code__
    _codes.append(code)
    names[id(code)] = name


def awaited(coroutine: Any) -> tuple[int, int, int]:
    """(value, ``layout.Wait``, location) of what ``coroutine``, which is suspended, waits for.

    The reason is 0 when no coroutine of the chain is known; the location is 0 when none is the program's.
    """
    place = None
    is_stdlib = recorder.is_stdlib
    for _ in range(1000):
        kind = type(coroutine)
        if kind is _COROUTINE:
            frame, inside = coroutine.cr_frame, coroutine.cr_await
        elif kind is _GENERATOR:
            frame, inside = coroutine.gi_frame, coroutine.gi_yieldfrom
        else:
            break
        if frame is None:
            break
        code = frame.f_code
        name = names.get(id(code))
        if name is not None:
            found = name(frame, inside)
            if found is not None:
                return found[0], found[1], 0 if place is None else recorder.location(place)
        elif not is_stdlib(code):
            place = frame
        coroutine = inside
    return 0, 0, 0 if place is None else recorder.location(place)
