"""Words of the current thread's state inside the interpreter (Include/cpython/pystate.h).

No table of offsets: every word is found by what it says, or checked against it.  Needs
``_ctypes``; without it everything here gives None.
"""

from __future__ import annotations

import os
import sys

from .private_modules import fetch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_COUNTS_UP = sys.version_info < (3, 11)
_HAS_MONITORING = sys.version_info >= (3, 12)


def simple(code: str) -> Any:
    """The ctypes type for a ``struct`` letter."""
    return type("Simple", (fetch("_ctypes")._SimpleCData,), {"_type_": code})


class ThreadState:
    """The current thread's state (Include/cpython/pystate.h), as far as it is needed here."""

    def __init__(self) -> None:
        _ctypes = fetch("_ctypes")
        self.pointer = pointer = simple("P")
        self.size = size = _ctypes.sizeof(pointer)
        flags = _ctypes.FUNCFLAG_CDECL | _ctypes.FUNCFLAG_PYTHONAPI
        handle = getattr(sys, "dllhandle", None) or _ctypes.dlopen(None, 0)
        library = type("Library", (), {"_handle": handle})
        self.address = type("Get", (_ctypes.CFuncPtr,), {"_flags_": flags, "_restype_": pointer})(
            ("PyThreadState_Get", library)
        )
        self.release = type(
            "Release",
            (_ctypes.CFuncPtr,),
            {"_flags_": flags, "_restype_": None, "_argtypes_": (simple("O"),)},
        )(("Py_DecRef", library))
        # the exception being handled stands in the four words before the pointer to it, but not
        # in a generator
        state = self.address()
        places = [
            offset
            for offset in range(5 * size, 40 * size, size)
            if pointer.from_address(state + offset).value == state + offset - 4 * size
        ]
        self.handled_offset = places[0] if len(places) == 1 else 0


_thread_states: list[ThreadState] = []


def thread_state() -> ThreadState | None:
    if not _thread_states:
        try:
            _thread_states.append(ThreadState())
        except (ImportError, AttributeError, ValueError, OSError):
            return None
    return _thread_states[0]


def depth_word() -> Any:
    """The word that counts how deep this thread's calls are, or None.

    Up to 3.10 ``recursion_depth`` counts up, behind ``frame``; later what remains counts down, in
    front of the limit, which is recognised by its value.
    """
    state = thread_state()
    if state is None:
        return None
    number = simple("i")
    if _COUNTS_UP:
        return number.from_address(state.address() + 4 * state.size)
    limit = sys.getrecursionlimit()
    size = fetch("_ctypes").sizeof(number)
    address = state.address()
    places = frozenset(range(0, 60 * size, size))
    try:
        for trial in (limit + 4321, limit + 2345):
            sys.setrecursionlimit(trial)
            places = frozenset(
                offset
                for offset in places
                if number.from_address(address + offset + size).value == trial
                and 0 <= trial - number.from_address(address + offset).value < 100
            )
    finally:
        sys.setrecursionlimit(limit)
    return number.from_address(address + min(places)) if len(places) == 1 else None


def frame_word() -> Any:
    """The word of this thread's state that points to the frame that runs, or None (up to 3.10)."""
    state = thread_state()
    if state is None:
        return None
    word = state.pointer.from_address(state.address() + 3 * state.size)  # prev, next, interp, frame
    return word if word.value == id(sys._getframe()) else None


def tracing_word(depth: Any) -> Any:
    """The word that, when it is not 0, keeps trace and profile functions from being called, or None.

    ``depth``: what ``depth_word`` gave.  It is one of the few numbers behind the depth, is 0 now, and
    the one that ``sys.call_tracing`` makes 0 while it calls.  Only since 3.12: before, another word
    of that kind stands there which must not be written to.
    """
    if depth is None or not _HAS_MONITORING:
        return None
    number = simple("i")
    size = fetch("_ctypes").sizeof(number)
    start = fetch("_ctypes").addressof(depth)
    found = []
    for offset in range(size, 7 * size, size):
        word = number.from_address(start + offset)
        if word.value == 0:
            word.value = 7
            inside = sys.call_tracing(lambda word=word: word.value, ())
            if inside == 0 and word.value == 7:
                found.append(word)
            word.value = 0
    return found[0] if len(found) == 1 else None


#: So many words behind the count of calls are looked at.
_NEAR = 8
#: Where ``previous`` stands in an interpreter's frame (words; Include/internal/pycore_frame.h).
_PREVIOUS = 6 if sys.version_info < (3, 12) else 1


def frames_word(depth: Any) -> Any:
    """The word that says which frame of the interpreter runs in this thread, or None.

    ``depth``: what ``depth_word`` gave; the word stands near it (``current_frame``), or a pointer
    to a structure with it (``cframe``, 3.11 and 3.12).  Not on free-threaded builds, whose garbage
    collector has to find every frame, and not since 3.15, which looks at the current frame's code
    when an exception passes while a trace function is set.
    """
    if depth is None or "t" in getattr(sys, "abiflags", ""):
        return None
    if not (3, 11) <= sys.version_info < (3, 15):
        return None
    return _frames_word(depth, sys._getframe())


def _frames_word(depth: Any, caller: Any) -> Any:
    pointer = simple("P")
    ctypes = fetch("_ctypes")
    size = ctypes.sizeof(pointer)
    # a frame object says where the interpreter's frame is, behind its head and f_back
    own = pointer.from_address(id(sys._getframe()) + 3 * size).value
    outer = pointer.from_address(id(caller) + 3 * size).value
    if not own or not outer or pointer.from_address(own + _PREVIOUS * size).value != outer:
        return None
    start = -(-ctypes.addressof(depth) // size) * size
    words = [pointer.from_address(start + number * size) for number in range(_NEAR)]
    found = [word for word in words if word.value == own]
    if not found and sys.version_info < (3, 13):
        for word in words:
            for place in _words_at(word.value, size):
                if pointer.from_address(place).value == own:
                    found.append(pointer.from_address(place))
    return found[0] if len(found) == 1 else None


def _words_at(address: int | None, size: int) -> list[int]:
    """The addresses of the two words at ``address``, if there is memory."""
    if not address or address % size:
        return []
    try:
        descriptor = os.open("/proc/self/mem", os.O_RDONLY)
    except OSError:
        return []
    try:
        data = os.pread(descriptor, 2 * size, address)
    except (OSError, OverflowError):
        return []
    finally:
        os.close(descriptor)
    return [address, address + size] if len(data) == 2 * size else []
