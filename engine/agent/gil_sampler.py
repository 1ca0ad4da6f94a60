"""Samples the words of the main interpreter's GIL, inside an interpreter with a GIL of its own.

Not imported by the agent: ``gil_interpreter`` runs this source in that interpreter, with
``PARAMETERS`` put before it, so it can import nothing of ours.  Writes the records that the
observer writes when it samples from outside (``layout.Kind.GIL`` and ``GIL_GAP``).
CPython 3.13 and later.
"""

import _ctypes
import os
import sys
import time
from _struct import Struct
from mmap import mmap

PR_SET_TIMERSLACK = 29
RECORD_SIZE = 32
#: So often it is said that everything up to then has been written.
LOOKED_EVERY_NS = 20_000_000


def sleep_precisely() -> None:
    """Let the kernel wake this thread on time (Linux adds 50 µs otherwise)."""
    if sys.platform != "linux":
        return

    class Function(_ctypes.CFuncPtr):
        _flags_ = _ctypes.FUNCFLAG_CDECL

    class Library:
        _handle = _ctypes.dlopen(None, 0)  # type: ignore[arg-type]

    Function(("prctl", Library))(PR_SET_TIMERSLACK, 1, 0, 0, 0)  # type: ignore[arg-type]


def view_of(address: int, size: int) -> memoryview:
    """The bytes of this process at ``address``."""

    class Byte(_ctypes._SimpleCData):  # type: ignore[type-arg]
        _type_ = "B"

    class Bytes(_ctypes.Array):  # type: ignore[type-arg]
        _type_ = Byte
        _length_ = size

    return memoryview(Bytes.from_address(address)).cast("B")


def append(path: str, line: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | getattr(os, "O_CLOEXEC", 0))
    try:
        os.write(descriptor, line)
    finally:
        os.close(descriptor)


class Segment:
    """Appends records to the file that ``gil_interpreter`` made.

    Its header carries the stop byte and, from one sampler to the next, the count of records
    and the time of the last sample.
    """

    def __init__(
        self, path: str, full: str, header_size: int, record: str, chunk: int, places: tuple[int, int, int]
    ) -> None:
        self._stop_at, self._count_at, self._last_at = places
        self._full = full
        self._pack = Struct(record).pack_into
        self._u64 = Struct("<Q")
        self._chunk = chunk
        self._path = path
        self._map = self._mapped(0)
        self._header_size = header_size
        self._at = header_size + RECORD_SIZE * self._u64.unpack_from(self._map, self._count_at)[0]
        self.last_ns: int = self._u64.unpack_from(self._map, self._last_at)[0]
        self.lost = 0
        self._closed = False

    def stopped(self) -> bool:
        return self._map[self._stop_at] != 0

    def add(self, time_ns: int, value: int, obj: int, flags: int, kind: int) -> None:
        if self._at + RECORD_SIZE > len(self._map) and not self._grow():
            self.lost += 1
            return
        self._pack(self._map, self._at, time_ns, value, 0, obj, 0, flags, kind)
        self._at += RECORD_SIZE

    def _grow(self) -> bool:
        if self._closed or os.path.exists(self._full):
            self._closed = True
            return False
        try:
            larger = self._mapped(self._chunk)
        except OSError:
            self._closed = True
            return False
        self._map.close()
        self._map = larger
        return True

    def _mapped(self, more: int) -> mmap:
        """The whole file, ``more`` bytes longer than it was; no descriptor stays open."""
        descriptor = os.open(self._path, os.O_RDWR | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0))
        try:
            size = os.fstat(descriptor).st_size
            if more and hasattr(os, "posix_fallocate"):
                os.posix_fallocate(descriptor, size, more)
            elif more:
                os.ftruncate(descriptor, size + more)
            if sys.platform == "win32":
                return mmap(descriptor, size + more)
            return mmap(descriptor, size + more, trackfd=False)  # type: ignore[call-arg]
        finally:
            os.close(descriptor)

    def leave(self, last_ns: int) -> None:
        """Close it, and say how far it got."""
        self._u64.pack_into(self._map, self._last_at, last_ns)
        self._u64.pack_into(self._map, self._count_at, (self._at - self._header_size) // RECORD_SIZE)
        self._map.close()


def run(
    address: int,
    offsets: dict[str, int],
    segment: Segment,
    side: str,
    kinds: tuple[int, int, int, int, int],
    flags: tuple[int, int, int],
    way: int,
    holder_line: str,
    first_holder: int,
    period_ns: int,
) -> None:
    """Sample until the stop byte is set."""
    gil_kind, gap_kind, observing_kind, lost_kind, looked_kind = kinds
    locked_flag, certain_flag, unchanged_flag = flags
    first, size = offsets["last_holder"], offsets["size"]
    locked_at, number_at = offsets["locked"] - first, offsets["switch_number"] - first
    pointer, long = offsets["pointer"], offsets["long"]
    words = view_of(address + first, size - first)
    holders: dict[int, int] = {}
    # A pause in sampling is worth a record from here on.
    gap_ns = max(300_000, 3 * period_ns)
    period_s = period_ns / 1e9
    clock, sleep, order = time.perf_counter_ns, time.sleep, sys.byteorder
    segment.add(clock(), period_ns, 0, way, observing_kind)
    previous = b""
    held = samples = 0
    looked = clock()
    before = segment.last_ns or clock()
    while not segment.stopped():
        state = words.tobytes()
        now = clock()
        if now - before >= gap_ns:
            unchanged = unchanged_flag if state == previous else 0
            segment.add(now, now - before, 0, held | unchanged, gap_kind)
        if state != previous:
            certain = certain_flag if words.tobytes() == state else 0
            holder = int.from_bytes(state[:pointer], order)
            locked = int.from_bytes(state[locked_at : locked_at + 4], order, signed=True) > 0
            number = int.from_bytes(state[number_at : number_at + long], order) & 0xFFFFFFFF
            known = 0
            if holder:
                known = holders.get(holder, 0)
                if not known:
                    known = holders[holder] = first_holder + len(holders)
                    append(side, f'["{holder_line}",{known},0,{holder}]\n'.encode())
            held = locked_flag if locked else 0
            value = number << 32 | min(now - before, 0xFFFFFFFF)
            segment.add(now, value - (1 << 64) if value >> 63 else value, known, held | certain, gil_kind)
            previous = state
        samples += 1
        if now - looked >= LOOKED_EVERY_NS:
            segment.add(now, samples, 0, 0, looked_kind)
            looked, samples = now, 0
        before = now
        sleep(period_s)
    if segment.lost:
        segment.add(clock(), segment.lost, 0, 0, lost_kind)
    segment.leave(before)


def start(file: dict[str, object], **how: object) -> None:
    sleep_precisely()
    run(segment=Segment(**file), **how)  # type: ignore[arg-type]


if "PARAMETERS" in globals():
    start(**globals()["PARAMETERS"])
