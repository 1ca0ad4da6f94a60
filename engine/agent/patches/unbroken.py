"""``with lock`` without a moment at which the interpreter may switch threads while the lock is held.

CPython looks for a waiting thread, and for signals, where a Python function begins, after calls
and at jumps (``RESUME``, ``CALL``, ``JUMP_BACKWARD``).  The C lock has no such moment between
taking and giving: ``with lock: n += 1`` of four threads never meets a lock that is taken.  A stand-in
written in Python loses the GIL there again and again, with the lock in its hands: then every other
thread comes to wait for the lock, and from there on each acquisition costs switches of threads
(one lock among four threads: 5 % of the acquisitions waited, which made the program 25 times slower;
none did so without us).

So what happens while the lock is held is a chain of C iterators.  Taking it is the first link, and
``for`` drives the chain, which, other than a call, looks for nobody.  Leaving is called from the
``with`` itself: a C function that takes an exception's three arguments as truth values,
and in doing so asks an object for its own truth, which is the chain.

In a chain no signal handler, no finaliser and no other thread runs.  Before 3.12 the collector, and
with it finalisers, ran at allocations; on free-threaded builds other threads do: neither has this.
"""

from __future__ import annotations

import sys

from .. import layout, recorder
from ..private_modules import fetch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterator

#: Whether this interpreter can have it.
POSSIBLE = sys.version_info >= (3, 12) and "t" not in getattr(sys, "abiflags", "")

#: Of the acquisition that is about to happen, written just before the chain runs: its place, and
#: the memory and the slots of the current thread (``recorder.local.ready``).
box: list[Any] = [0, None, None]

_operator = fetch("_operator")
_itertools = fetch("itertools")
_partial = fetch("_functools").partial
_struct = fetch("_struct")
_repeat = _itertools.repeat

_TAKEN = _struct.Struct("<Q16sI4s")  # time; value, thread, object; location; flags, kind
_GIVEN = _struct.Struct("<Q22sH")  # time; all that stays the same; kind
_VALUE_TO_OBJECT = _struct.Struct("<qII")
_TO_FLAGS = _struct.Struct("<qIIIH")
_FLAGS_AND_KIND = _struct.Struct("<HH").pack(0, layout.Kind.ACQUIRED)
_RELEASED = layout.Kind.RELEASED

_local = recorder.local
_now = _itertools.starmap(recorder.now, _repeat(()))
_boxed = box.__getitem__
_place = map(_boxed, _repeat(0))
_chunk_if_taken = {True: 1}.__getitem__
_slots = map(next, map(_boxed, _repeat(2)))
_wide = map(_operator.attrgetter("wide"), _repeat(_local))
_sure_slots = map(next, map(_operator.attrgetter("sure_slots"), _repeat(_local)))


def entering(raw: Any, serial: int) -> Iterator[Any]:
    """Each step takes ``raw`` without waiting and records it.  KeyError when somebody has it; any other
    exception (``struct.error``: the chunk is full) comes after it was taken."""
    return map(
        _TAKEN.pack_into,
        map(_boxed, map(_chunk_if_taken, map(raw.acquire, _repeat(False)))),
        _slots,
        _now,
        _repeat(_VALUE_TO_OBJECT.pack(0, 0, serial)),
        _place,
        _repeat(_FLAGS_AND_KIND),
    )


class _Truth:
    """An object whose truth is asked of a C function."""

    __slots__ = ("__bool__",)


#: ``__exit__`` of a C lock takes whatever it is given; from 3.15 on only three arguments.
_MORE_OF_EXIT = (_repeat(None), _repeat(None)) if sys.version_info >= (3, 15) else ()

_scratch = bytearray(4)
_truths = _struct.Struct("4?").pack_into


def leaving(raw: Any, serial: int) -> Callable[..., None]:
    """``__exit__``: records that ``raw`` is given back, and gives it back."""
    fixed = _TO_FLAGS.pack(0, 0, serial, 0, 0)
    written = map(_GIVEN.pack_into, _wide, _sure_slots, _now, _repeat(fixed), _repeat(_RELEASED))
    truth: Any = _Truth()
    truth.__bool__ = map(_operator.not_, map(raw.__exit__, written, *_MORE_OF_EXIT)).__next__
    return _partial(_truths, _scratch, 0, truth)  # type: ignore[no-any-return]
