"""A thread's segment: memory-mapped, allocated for real, written by this thread alone.

``open_segment`` gives a function that writes one record.  A write reserves its slot in one
indivisible step and then fills it, kind last: signal handlers and finalisers may write in
between without overwriting anything, and a reader never takes half a record for a whole one.
Memory comes in chunks for which the disk has promised room (``posix_fallocate``): a sparse
mapping on a full disk would kill the program with SIGBUS.  When a chunk cannot be had, or the
session has reached its size limit, records are counted as lost in the segment's header and
the program goes on.

No file descriptor stays open: a program may close descriptors that it does not know.
"""

from __future__ import annotations

import os
import sys
from time import perf_counter_ns

from . import layout
from .private_modules import fetch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    Write = Callable[..., None]
    WriteAt = Callable[..., None]
    #: ``write``, ``write_at``, and for those who pack records themselves: the chunk's memory with an
    #: iterator over its slots, behind the end of which packing raises; and memory with an iterator over
    #: the same slots with which it never does.
    Writers = tuple[Write, WriteAt, Any, Any, Any, Any]
    Install = Callable[[Write, WriteAt, Any, Any, Any, Any], None]
    #: Told, when a chunk is nearly full, what makes the next one: to be called at a good moment, if at all.
    Ask = Callable[[Callable[[], None]], None]

_chain, _repeat = fetch("itertools").chain, fetch("itertools").repeat
_struct = fetch("_struct")
_RECORD = _struct.Struct(layout.RECORD.format)
_pack_into = _RECORD.pack_into
# Up to 3.9 another import of _struct, the program's own, changes the class that is raised here.
_OutOfRange = _struct.error if sys.version_info >= (3, 10) else Exception
_LOST = _struct.Struct("<Q")
#: Where the header says how many records were lost.
_LOST_OFFSET = layout.SEGMENT_HEADER.size - 8

_FIRST = layout.FIRST_CHUNK
_CHUNK = layout.NEXT_CHUNK
#: So far a chunk's memory reaches into the next one, for those who come to its end and cannot turn back.
_OVERLAP = 4096
#: So far from its end a chunk is nearly full.
_SOON = 64 * layout.RECORD_SIZE
#: So many chunks' writers are kept, for one that is interrupted while others fill chunk after chunk.
_KEPT = 4

# what stands in ``os`` later is recorded, or the program's own: a test's, or one that raises in a loop
_write, _open, _close, _stat, _seek = os.write, os.open, os.close, os.stat, os.lseek
_FLAGS = (
    os.O_RDWR
    | os.O_APPEND  # zeros are written behind all there is, never over a record
    | getattr(os, "O_CREAT", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_NOINHERIT", 0)
)


class NoRoom(Exception):
    """A chunk could not be had."""


def _exists(path: str) -> bool:
    try:
        _stat(path)
    except OSError:
        return False
    return True


#: So much is written at once (Linux keeps it in pieces of this size, which are quick to map).
_PIECE = 65536


def _allocate(descriptor: int, begin: int, size: int) -> None:
    """Make sure that ``size`` bytes from ``begin`` are there.  Raises OSError when there is no room.

    A chunk that will be filled is written with zeros first: a page that the system has in memory already
    costs a fifth when it is written to for the first time, with the GIL and maybe a lock held.
    """
    if begin or size > _PIECE:
        _extend(descriptor, begin + size)
    allocate = getattr(os, "posix_fallocate", None)
    if allocate is not None:
        try:
            allocate(descriptor, begin, size)
            return
        except OSError as error:
            if error.errno not in (22, 95, 38):  # EINVAL, EOPNOTSUPP, ENOSYS: this file system cannot
                raise
    # file systems and platforms without it: the zeros will do
    _extend(descriptor, begin + size)


def _extend(descriptor: int, end: int) -> None:
    """Write zeros behind the file's end until it is at ``end``.

    A handler that comes in between may do the same, and write records there: so the end is looked up
    each time.
    """
    zeros = bytes(_PIECE)
    while True:
        left = end - _seek(descriptor, 0, 2)
        if left <= 0:
            return
        _write(descriptor, zeros[:left] if left < _PIECE else zeros)


def _mapper() -> Callable[[int, int, int], Any]:
    """A function (descriptor, begin, size) → writable buffer that keeps no descriptor open.

    ``mmap.mmap`` can do that from 3.13 on (``trackfd``).  Before, it keeps a duplicate, which
    is closed when the mapping goes, and would then close whatever the program has opened under
    that number in the meantime; so the C library is called, where ``_ctypes`` is to be had.
    """
    mmap = fetch("mmap")
    if sys.platform == "win32":  # keeps a handle of its own, not a descriptor
        return lambda descriptor, begin, size: mmap.mmap(descriptor, size, offset=begin)
    if sys.version_info >= (3, 13):
        return lambda descriptor, begin, size: mmap.mmap(descriptor, size, offset=begin, trackfd=False)
    try:
        return _mapper_by_library(mmap)
    except (ImportError, AttributeError, ValueError, OSError):
        return lambda descriptor, begin, size: mmap.mmap(descriptor, size, offset=begin)


def _mapper_by_library(constants: Any) -> Callable[[int, int, int], Any]:
    _ctypes = fetch("_ctypes")

    class Byte(_ctypes._SimpleCData):  # type: ignore[misc,name-defined,unused-ignore]
        _type_ = "B"

    class Long(_ctypes._SimpleCData):  # type: ignore[misc,name-defined,unused-ignore]
        _type_ = "l"

    class Pointer(_ctypes._SimpleCData):  # type: ignore[misc,name-defined,unused-ignore]
        _type_ = "P"

    class Function(_ctypes.CFuncPtr):  # type: ignore[misc,name-defined,unused-ignore]
        # with the GIL held (FUNCFLAG_PYTHONAPI): giving it up inside the record path would
        # change what is observed
        _flags_ = _ctypes.FUNCFLAG_CDECL | _ctypes.FUNCFLAG_PYTHONAPI
        _restype_ = Pointer
        _argtypes_ = (Pointer, Long, Long, Long, Long, Long)

    class Unmap(_ctypes.CFuncPtr):  # type: ignore[misc,name-defined,unused-ignore]
        _flags_ = _ctypes.FUNCFLAG_CDECL | _ctypes.FUNCFLAG_PYTHONAPI
        _restype_ = Long
        _argtypes_ = (Pointer, Long)

    class Library:
        _handle = _ctypes.dlopen(None, 0)

    map_memory = Function(("mmap64" if sys.platform == "linux" else "mmap", Library))
    unmap = Unmap(("munmap", Library))
    failed = (1 << (8 * _ctypes.sizeof(Pointer))) - 1
    protection = constants.PROT_READ | constants.PROT_WRITE
    shared = constants.MAP_SHARED
    kinds: dict[int, Any] = {}

    def unmapping(size: int) -> Any:
        def __del__(self: Any, unmap: Any = unmap, address_of: Any = _ctypes.addressof) -> None:
            unmap(address_of(self), size)

        return type("Mapping", (_ctypes.Array,), {"_type_": Byte, "_length_": size, "__del__": __del__})

    def mapped(descriptor: int, begin: int, size: int) -> Any:
        address = map_memory(None, size, protection, shared, descriptor, begin)
        if address is None or address == failed:
            raise NoRoom
        kind = kinds.get(size)
        if kind is None:
            kind = kinds[size] = unmapping(size)
        return kind.from_address(address)

    return mapped


_map = _mapper()


class Segment:
    """One file: its chunks' writers, and how many records did not fit.

    ``writers``: by number of the chunk, so that whoever comes to a full chunk, the interrupted
    or what interrupted it, goes on in the same next one.
    """

    __slots__ = ("ask", "first", "full", "install", "lost", "newest", "path", "session", "thread", "writers")

    def __init__(
        self, path: str, session: str, header: bytes, thread: int, install: Install, ask: Ask
    ) -> None:
        self.path = path
        self.session = session
        self.thread = thread
        self.install = install
        self.ask = ask
        self.lost = 0
        self.full = False
        self.newest = 0
        self.writers: dict[int, Writers] = {}
        self.first = self._mapped(0, _FIRST + _OVERLAP)
        memoryview(self.first).cast("B")[: len(header)] = header
        install(*_writers(self, self.first, layout.SEGMENT_HEADER_SIZE, 0))

    def _mapped(self, begin: int, size: int) -> Any:
        descriptor = _open(self.path, _FLAGS, 0o600)
        try:
            _allocate(descriptor, begin, size)
            return _map(descriptor, begin, size)
        finally:
            _close(descriptor)

    def following(self, number: int) -> Writers:
        """Install the writers of the chunk behind ``number``, made now unless they are there, and give
        them.  NoRoom when recording is over.

        Chunk 0 is the small one at the beginning of the file.  Chunk 1 overlaps it, since mappings
        begin at multiples of their size.  Making a chunk takes a while in which handlers and
        finalisers may write: ``setdefault`` lets whoever is first decide.
        """
        pair = self.prepared(number)
        self.install(*pair)
        return pair

    def prepared(self, number: int) -> Writers:
        """The writers of the chunk behind ``number``, made now unless they are there."""
        number += 1
        pair = self.writers.get(number)
        if pair is None and number > self.newest:
            candidate = self._made(number)
            if number > self.newest:
                pair = self.writers.setdefault(number, candidate)
                self.newest = max(self.newest, number)
                self.writers.pop(number - _KEPT, None)
        if pair is None:  # long since full and forgotten, while this writer was interrupted
            pair = self.writers[self.newest]
        return pair

    def _made(self, number: int) -> Writers:
        if self.full:
            raise NoRoom
        try:
            if _exists(self.session + "/full"):
                raise NoRoom
            chunk = self._mapped((number - 1) * _CHUNK, _CHUNK + _OVERLAP)
        except (NoRoom, OSError, MemoryError, ValueError):
            self.full = True
            raise NoRoom from None
        return _writers(self, chunk, _FIRST if number == 1 else 0, number)

    def count_lost(self) -> None:
        self.lost += 1
        _LOST.pack_into(self.first, _LOST_OFFSET, self.lost)


def _writers(segment: Segment, chunk: Any, begin: int, number: int) -> Writers:
    """Functions that fill one chunk.  A slot behind its end raises, and the record goes into the next;
    a writer that was interrupted in the middle still fills the slot it had reserved."""
    size = _FIRST if number == 0 else _CHUNK
    soon = size - _SOON

    def nearly_full(slot: int) -> int:
        segment.ask(prepare)
        return slot

    def prepare() -> None:
        try:
            segment.prepared(number)
        except NoRoom:
            pass

    room = (
        iter(range(begin, soon, layout.RECORD_SIZE)),
        map(nearly_full, (soon,)),
        iter(range(soon + layout.RECORD_SIZE, size, layout.RECORD_SIZE)),
    )
    slots = _chain(*room, _repeat(size))
    reserve, pack, now, thread = next, _pack_into, perf_counter_ns, segment.thread
    wide = memoryview(chunk).cast("B")
    chunk = wide[:size]

    def write(kind: int, obj: int = 0, value: int = 0, flags: int = 0, loc: int = 0) -> None:
        try:
            pack(chunk, reserve(slots), now(), value, thread, obj, loc, flags, kind)
        except _OutOfRange:
            _spill(now(), kind, obj, value, flags, loc)

    def write_at(time_ns: int, kind: int, obj: int = 0, value: int = 0, flags: int = 0, loc: int = 0) -> None:
        try:
            pack(chunk, reserve(slots), time_ns, value, thread, obj, loc, flags, kind)
        except _OutOfRange:
            _spill(time_ns, kind, obj, value, flags, loc)

    def _spill(time_ns: int, kind: int, obj: int, value: int, flags: int, loc: int) -> None:
        _RECORD.pack(time_ns, value, thread, obj, loc, flags, kind)  # a number out of range raises here
        try:
            go_on = segment.following(number)
        except NoRoom:
            segment.count_lost()
            return
        go_on[1](time_ns, kind, obj, value, flags, loc)

    def beyond() -> int:
        # a slot of the next chunk, as far as this one's memory goes
        try:
            slot: int = next(segment.following(number)[3])
            slot += size if number else 0  # chunk 1 begins where chunk 0 does
        except NoRoom:
            slot = len(wide)
        if slot + layout.RECORD_SIZE <= len(wide):
            return slot
        segment.count_lost()
        return len(wide) - layout.RECORD_SIZE

    return write, write_at, chunk, slots, wide, _chain(*room, iter(beyond, -1))


def _never(prepare: Callable[[], None]) -> None:
    """The next chunk is made when it is needed."""


def open_segment(
    path: str, session: str, header: bytes, thread: int, install: Install, ask: Ask = _never
) -> None:
    """Create the segment file ``path`` and hand its writers to ``install``, now and again for every
    further chunk.  Making one takes system calls, in which other threads run: ``ask`` is told some
    records before.

    The first, ``write(kind, obj, value, flags, loc)``, stamps the record itself; the second,
    ``write_at(time_ns, kind, obj, value, flags, loc)``, does not.  Raises OSError or NoRoom when
    not even the first chunk can be had.
    """
    Segment(path, session, header, thread, install, ask)
