"""``with lock`` without a moment at which the interpreter may switch threads while the lock is held.

CPython looks for a waiting thread, and for signals, where a Python function begins, after calls
and at jumps (``RESUME``, ``CALL``, ``JUMP_BACKWARD``).  The C lock has no such moment between
taking and giving: ``with lock: n += 1`` of four threads never meets a lock that is taken.  A stand-in
written in Python loses the GIL there again and again, with the lock in its hands: then every other
thread comes to wait for the lock, and from there on each acquisition costs switches of threads
(one lock among four threads: 5 % of the acquisitions waited, which made the program 25 times slower;
none did so without us).

So nothing is called by an instruction of Python's while the lock is held.  Entering takes it, reserves
a slot and reads the clock by ``for`` over C iterators, which looks for nobody, and fills the slot word
by word.  Leaving is called from the ``with`` itself: a C function that takes an exception's three
arguments as truth values, and in doing so asks an object for its own truth, which is a chain of C
iterators that records and gives the lock back.

In there no signal handler, no finaliser and no other thread runs.  Before 3.12 the collector, and
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
POSSIBLE = (
    sys.version_info >= (3, 12) and "t" not in getattr(sys, "abiflags", "") and sys.byteorder == "little"
)

_operator = fetch("_operator")
_itertools = fetch("itertools")
_partial = fetch("_functools").partial
_struct = fetch("_struct")
_repeat = _itertools.repeat

_GIVEN = _struct.Struct("<Q22sH")  # time; all that stays the same; kind
_TO_FLAGS = _struct.Struct("<qIIIH")
_RELEASED = layout.Kind.RELEASED

_local = recorder.local
#: The clock, a reading each step.
now = _itertools.starmap(recorder.now, _repeat(()))
#: A record of 8-byte words (see ``layout.RECORD``): time; value, which stays 0; ``head``; ``TAKEN`` plus
#: the location, written last.
TAKEN = layout.Kind.ACQUIRED << 48
_wide = map(_operator.attrgetter("wide"), _repeat(_local))
_sure_slots = map(next, map(_operator.attrgetter("sure_slots"), _repeat(_local)))


def head(serial: int) -> int:
    """The third word of records about the object ``serial``: no thread, object."""
    return serial << 32


def entering(raw: Any) -> Iterator[bool]:
    """Each step tries to take ``raw`` without waiting, and says whether it did."""
    return map(raw.acquire, _repeat(False))


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
    written = map(_GIVEN.pack_into, _wide, _sure_slots, now, _repeat(fixed), _repeat(_RELEASED))
    truth: Any = _Truth()
    truth.__bool__ = map(_operator.not_, map(raw.__exit__, written, *_MORE_OF_EXIT)).__next__
    return _partial(_truths, _scratch, 0, truth)  # type: ignore[no-any-return]
