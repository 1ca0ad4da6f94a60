"""Frames that the program does not see below its own.

Under the program's first frame lie those of the bootstrap.  ``traceback.print_stack``,
``inspect.stack``, ``warnings.warn(stacklevel=2)`` and the tracebacks of escaping exceptions
would show them.

From CPython 3.11 on, frames that have not reached their first RESUME instruction count as
incomplete: ``sys._getframe``, ``f_back``, tracebacks, tracing and ``sys._current_frames`` pass
them over (``_PyFrame_IsIncomplete`` in Include/internal/pycore_frame.h, ``error:`` in
Python/ceval.c).  ``code->_co_firsttraceable`` says where that is; ``hide`` sets it to the end of
the code, which is what it is in code without RESUME.  Where the field lies is found by comparing
code objects that differ in nothing else.

On 3.9 and 3.10 frames are linked from ``tstate->frame``; ``call_without_frames`` empties that
word while the program runs, as it is when Python itself runs a program, and puts it back.  It does
the same up to 3.14 on builds with a GIL, so that ``faulthandler`` and tools that look from outside
do not see them either.

Since 3.12 a trace or profile function that the program has left on must not be told of frames that are not
there when the program's exception passes through them (``SystemError: Missing frame when calling
trace function``), so it is kept from being called until ``come_back``.

All of it needs ``_ctypes``; without it the frames are seen, and nothing else changes.
"""

from __future__ import annotations

import sys

from .private_modules import fetch
from .thread_state import depth_word, frame_word, frames_word, simple, tracing_word
from .trim import drop_entry, drop_own_entry  # noqa: F401 (the wrappers get them from here)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType
    from typing import Any, Callable


#: Whether this interpreter passes over frames that have not begun.
_INCOMPLETE_FRAMES: bool = sys.version_info >= (3, 11) and sys.implementation.name == "cpython"


def _bytes_at(address: int, size: int) -> bytes:
    array = type("Bytes", (fetch("_ctypes").Array,), {"_type_": simple("B"), "_length_": size})
    return bytes(array.from_address(address))  # type: ignore[attr-defined]


def _nothing() -> None:
    pass


def _sample(position: int) -> CodeType:
    """Code whose first RESUME stands at instruction ``position``; never run."""
    code = _nothing.__code__
    original = code.co_code
    filling = original[-2:]  # a return: an instruction without inline caches
    return code.replace(co_code=filling * position + original + filling * (200 - position))


def _first_traceable_offset() -> int:
    """Where ``_co_firsttraceable`` lies in a code object; 0 when that is not certain."""
    positions = (37, 91, 150)
    samples = [_sample(position) for position in positions]
    size = samples[0].__sizeof__()
    words = [_bytes_at(id(sample), size) for sample in samples]
    offsets = [
        offset
        for offset in range(16, size - 3, 4)
        if all(
            int.from_bytes(word[offset : offset + 4], sys.byteorder) == position
            for word, position in zip(words, positions)  # noqa: B905 (3.10)
        )
    ]
    return offsets[0] if len(offsets) == 1 else 0


def _reraises() -> None:
    """Its code ends, as that of every function with an ``except``, with the instruction RERAISE."""
    try:
        _nothing()
    except ValueError:
        raise


#: Code hidden for now, the word that says so, and what it said before.
_hidden_once: list[tuple[CodeType, Any, int]] = []
#: What keeps trace functions from being called.
_quiet: list[Any] = []


def hide(*codes: CodeType, again: bool = True) -> bool:
    """Make frames of ``codes`` invisible, also those that run now.  False where it cannot be done.

    ``again``: the code will be entered again; else it is hidden until ``come_back``.  Then it has to
    contain an ``except``, a ``finally`` or a ``with``: since 3.12 code of which nothing at all can be
    traced may never be done with being made ready for tracing, so its last instruction, RERAISE, is
    left.  Exceptions that escape from hidden code are seen by profilers as if its caller had
    returned.  Never for generators.
    """
    if not _INCOMPLETE_FRAMES:
        return False
    reraise = _reraises.__code__.co_code[-2]
    if again and sys.version_info >= (3, 12) and any(code.co_code[-2] != reraise for code in codes):
        return False
    try:
        offset = _first_traceable_offset()
        if not offset:
            return False
        number = simple("i")
        for code in codes:
            size = len(code.co_code) // 2
            word = number.from_address(id(code) + offset)
            if not again:
                _hidden_once.append((code, word, word.value))
            word.value = size - (code.co_code[-2] == reraise)
    except (ImportError, AttributeError, ValueError, OSError, MemoryError):
        return False
    return True


def be_quiet() -> bool:
    """Keep trace and profile functions from being called until ``come_back``, but for what
    ``call_without_frames`` calls.  False where that cannot be done."""
    try:
        tracing = tracing_word(depth_word())
    except (ImportError, AttributeError, ValueError, OSError, RecursionError):
        return False
    if tracing is None:
        return False
    _quiet.append(tracing)
    tracing.value += 1
    return True


def call_without_frames(function: Callable[..., Any], *args: Any) -> None:
    """Call ``function`` so that no frame lies under its own (up to 3.10; later, see ``hide``), and
    that it may call as deep as if none did."""
    frame = depth = None
    try:
        depth = depth_word()
        frame = frame_word() if sys.version_info < (3, 11) else frames_word(depth)
    except (ImportError, AttributeError, ValueError, OSError, RecursionError):
        pass
    # up to 3.11 a call of a function that is found by ctypes counts as well
    more = 1 if sys.version_info < (3, 12) and type(function).__name__ == "Run" else 0
    if _quiet:
        function, args = sys.call_tracing, (function, args)
    deeper = 0
    if depth is not None and (frame is not None or sys.version_info >= (3, 11)):
        deeper = -depth.value if sys.version_info < (3, 11) else sys.getrecursionlimit() - depth.value
        deeper += -more if sys.version_info < (3, 11) else more
        depth.value += deeper
    address = None
    if frame is not None:
        address, frame.value = frame.value, None
    try:
        function(*args)
    finally:
        if frame is not None:
            frame.value = address
        if depth is not None:
            depth.value -= deeper


def come_back() -> None:
    """What was hidden for the time of the program can be seen again."""
    while _hidden_once:
        _, word, value = _hidden_once.pop()
        word.value = value
    while _quiet:
        _quiet.pop().value -= 1
