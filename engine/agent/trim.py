"""Takes entries of ours out of tracebacks, so that the program sees and prints its own only.

A wrapper that passes on an exception would stand in every traceback that the program prints,
formats, logs or looks at.  It removes its entry while it handles the exception::

    except BaseException as error:
        drop_own_entry(error)
        raise

A bare ``raise`` adds no entry.  From CPython 3.11 on it goes on with the traceback that the
exception has; up to 3.10 with one that the interpreter has stored elsewhere too (``do_raise``
in Python/ceval.c), so there the traceback object itself is changed, or the interpreter's
reference to it.  The shapes of both are checked before anything is written.
"""

from __future__ import annotations

import sys

from .private_modules import fetch
from .thread_state import simple, thread_state

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_EXCEPTION_KEEPS_TRACEBACK = sys.version_info >= (3, 11)
#: Traceback objects up to 3.10 (words): tb_next, tb_frame, tb_lasti and tb_lineno behind the object's head.
_NEXT, _FRAME, _NUMBERS = 2, 3, 4


def drop_entry(error: BaseException) -> bool:
    """Take the outermost entry out of the traceback of ``error``, in the ``except`` block or
    ``__exit__`` that got it; a bare ``raise`` after that adds none.  False when it has to stay.
    """
    entry = error.__traceback__
    if entry is None:
        return False
    if _EXCEPTION_KEEPS_TRACEBACK:
        error.__traceback__ = entry.tb_next
        return True
    # There ``raise`` goes on with the traceback that the interpreter has stored elsewhere too.
    try:
        if entry.tb_next is None:
            return _forget(error, entry)
        return _become_next(entry)
    except (ImportError, AttributeError, ValueError, OSError):
        return False


def drop_own_entry(error: BaseException) -> None:
    """As ``drop_entry``, for a wrapper that passes on what it called: its own entry goes, if there
    is one.  To be called in the ``except`` block itself, before a bare ``raise``."""
    entry = error.__traceback__
    if entry is not None and entry.tb_frame is sys._getframe(1):
        drop_entry(error)


def _forget(error: BaseException, entry: Any) -> bool:
    """Leave the exception that is being handled without a traceback."""
    state = thread_state()
    if state is None or not state.handled_offset:
        return False
    pointer, size = state.pointer, state.size
    handled = pointer.from_address(state.address() + state.handled_offset).value
    if not handled or pointer.from_address(handled + size).value != id(error):
        return False
    word = pointer.from_address(handled + 2 * size)
    if word.value != id(entry):
        return False
    error.__traceback__ = None
    word.value = None
    state.release(entry)
    return True


def _become_next(entry: Any) -> bool:
    """Let ``entry`` say what its successor says, and that one go: they exchange their words."""
    _ctypes = fetch("_ctypes")
    pointer = simple("P")
    size = _ctypes.sizeof(pointer)
    numbers = type("Numbers", (_ctypes.Array,), {"_type_": simple("i"), "_length_": 2})
    successor = entry.tb_next
    words = []
    for one in (entry, successor):
        following = pointer.from_address(id(one) + _NEXT * size).value
        frame = pointer.from_address(id(one) + _FRAME * size)
        pair = numbers.from_address(id(one) + _NUMBERS * size)  # type: ignore[attr-defined]
        if following != (id(one.tb_next) if one.tb_next is not None else None):
            return False
        if frame.value != id(one.tb_frame) or tuple(pair) != (one.tb_lasti, one.tb_lineno):
            return False
        words.append((frame, pair))
    (frame_1, pair_1), (frame_2, pair_2) = words
    values_1, values_2 = tuple(pair_1), tuple(pair_2)
    frame_1.value, frame_2.value = frame_2.value, frame_1.value
    pair_1[0], pair_1[1] = values_2
    pair_2[0], pair_2[1] = values_1
    entry.tb_next = successor.tb_next
    return True
