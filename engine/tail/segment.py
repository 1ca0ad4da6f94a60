"""One segment: records of one writer, in the order of the file.

A slot whose kind is 0 is not filled yet.  Where filled slots stand behind it, the writer was
interrupted between reserving and filling (``layout``, "Segment"): what stands behind waits a
moment so that the order of the file is kept, then goes ahead; the hole is looked at again
until the session is over.
"""

from __future__ import annotations

import enum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.agent import layout
from engine.batch import RECORD_DTYPE, Records
from engine.tail.files import GrowingFile, OpenFiles

#: How long records behind a hole wait for it to be filled.
HOLE_PATIENCE_NS = 50_000_000
#: Holes of one segment that are looked at again; older ones are given up.
MOST_HOLES = 256
#: Slots read to see whether anything is new.  Also how far a hole is looked behind while the
#: program runs: interruptions that nest deeper than this are found when more records come.
PEEK_SLOTS = 16

#: Slots of the first read of a segment; more when that many were there.
FIRST_STRIDE = 64

_EMPTY: Records = np.empty(0, RECORD_DTYPE)


class Header(enum.Enum):
    """Whether a file is a segment that can be read."""

    UNWRITTEN = enum.auto()
    GOOD = enum.auto()
    FOREIGN = enum.auto()


class SegmentReader:
    """Reads one segment; used by one thread at a time."""

    __slots__ = (
        "_file",
        "_hole_since",
        "_holes",
        "_next",
        "_scratch",
        "_stride",
        "ended",
        "held_back_ns",
        "native_id",
        "pid",
        "state",
        "thread",
    )

    def __init__(self, path: Path, files: OpenFiles, scratch: Records) -> None:
        """``scratch`` is room for reading that all segments of a folder share."""
        self._file = GrowingFile(path, files)
        self._scratch = scratch
        self._next = 0  # the slot to deliver next
        self._holes: list[int] = []  # slots gone past unfilled
        self._hole_since = 0
        self._stride = FIRST_STRIDE
        self.state = Header.UNWRITTEN
        self.thread = 0
        self.pid = 0
        self.native_id = 0
        #: the thread has recorded its end
        self.ended = False
        #: time of the first record that waits behind a hole, 0 if none does
        self.held_back_ns = 0

    @property
    def size(self) -> int:
        """Bytes of records gone through so far, with the header."""
        return layout.SEGMENT_HEADER_SIZE + self._next * layout.RECORD_SIZE

    def pending_ns(self) -> int:
        """Time of the next record that is there; -1 if nothing is new.

        1 to 2 µs when nothing is: this is called for every segment at every poll.
        """
        if self.state is Header.FOREIGN:
            return -1
        seen = self._file.read(PEEK_SLOTS * layout.RECORD_SIZE, self._position(self._next))
        if not seen.strip(b"\0"):
            if self.state is Header.GOOD and self._leap():
                return self.pending_ns()
            return 0 if self._holes else -1
        # The header is written before the first record: with a record there it is whole.
        if self.state is Header.UNWRITTEN and not self._read_header():
            return -1
        rows = np.frombuffer(seen, RECORD_DTYPE, len(seen) // layout.RECORD_SIZE)
        filled = np.flatnonzero(rows["kind"])
        return int(rows["time"][filled[0]]) if len(filled) else -1

    def _leap(self) -> bool:
        """Go past slots that stayed unfilled although their writer has filled some of the next chunk."""
        at = self._position(self._next)
        end = (at // layout.NEXT_CHUNK + 1) * layout.NEXT_CHUNK
        if not self._file.read(PEEK_SLOTS * layout.RECORD_SIZE, end).strip(b"\0"):
            return False
        rest = self._file.read(end - at, at)
        if len(rest) < end - at:
            return False
        empty = (len(rest) - len(rest.lstrip(b"\0"))) // layout.RECORD_SIZE
        self._remember(np.arange(empty)[-MOST_HOLES:], final=False)  # whoever was interrupted fills them yet
        self._next += empty
        return empty > 0

    def read(self, most: int, now_ns: int, *, final: bool) -> tuple[Records, bool]:
        """About ``most`` new records at most, and whether more may be there at once.

        ``now_ns`` is perf_counter_ns; it only measures how long a hole has been waited for.
        ``final``: nobody writes any more, holes are not waited for.
        """
        self.held_back_ns = 0
        late = self._filled_holes() if self._holes else _EMPTY
        # Never fewer than a peek: a hole must not hide what the peek saw behind it.
        want = max(PEEK_SLOTS, min(most, len(self._scratch), self._stride))
        got = self._file.read_into(_bytes(self._scratch[:want]), self._position(self._next))
        rows = self._scratch[: got // layout.RECORD_SIZE]
        filled = rows["kind"] != 0
        taken = len(rows)
        if not filled.all():
            first_hole = int(filled.argmin())
            last = taken - int(filled[::-1].argmax()) if filled.any() else 0
            if last <= first_hole:  # nothing stands behind it: the end, for now
                taken = first_hole
            elif final or self._waited_enough(now_ns):
                taken = last
                self._remember(np.flatnonzero(~filled[:taken]), final=final)
            else:
                self.held_back_ns = int(rows["time"][first_hole:][filled[first_hole:]].min())
                taken = first_hole
        if not taken and not self.held_back_ns and self._leap():
            settled, more = self.read(most, now_ns, final=final)
            return np.concatenate((late, settled)), more
        if taken and not self.held_back_ns:
            self._hole_since = 0
        settled = self._settled(taken, filled[:taken], final=final)
        self._next += taken
        more = taken > 0 if final else taken == want
        self._stride = want * 8 if taken == want else max(FIRST_STRIDE, 2 * taken)
        if len(settled):
            self.ended = settled["kind"][-1] == layout.Kind.THREAD_END
        if len(late):
            settled = np.concatenate((late, settled))
        return settled, more

    def read_unwritten(self) -> int:
        """How many records its writer could not write, as the header says by now."""
        if self.state is not Header.GOOD:
            return 0
        data = self._file.read(layout.SEGMENT_HEADER_SIZE, 0)
        if len(data) < layout.SEGMENT_HEADER.size:
            return 0
        return int(layout.SEGMENT_HEADER.unpack_from(data)[-1])

    def close(self) -> None:
        self._file.close()

    def _settled(self, taken: int, filled: NDArray[np.bool_], *, final: bool) -> Records:
        """The first ``taken`` slots, the filled ones of them.

        The copy made while looking may have caught a record half-written: its kind, stored
        last, was read after its other fields.  A record whose kind was seen is whole, so the
        slots are read once more, unless nobody writes.
        """
        if not taken:
            return _EMPTY
        if final:
            rows = self._scratch[:taken].copy()
        else:
            rows = np.empty(taken, RECORD_DTYPE)
            got = self._file.read_into(_bytes(rows), self._position(self._next))
            if got < rows.nbytes:  # cut short or taken away meanwhile
                rows = self._scratch[:taken].copy()
        return rows if filled.all() else rows[filled]

    def _waited_enough(self, now_ns: int) -> bool:
        if not self._hole_since:
            self._hole_since = now_ns
            return False
        return now_ns - self._hole_since >= HOLE_PATIENCE_NS

    def _remember(self, empty: NDArray[np.intp], *, final: bool) -> None:
        if final:
            return
        self._holes.extend(int(slot) + self._next for slot in empty)
        del self._holes[:-MOST_HOLES]

    def _filled_holes(self) -> Records:
        found, still = [], []
        for slot in self._holes:
            at = self._position(slot)
            if self._kind_at(at):
                found.append(self._file.read(layout.RECORD_SIZE, at))
            else:
                still.append(slot)
        self._holes = still
        return np.frombuffer(b"".join(found), RECORD_DTYPE) if found else _EMPTY

    def _kind_at(self, at: int) -> bool:
        kind = self._file.read(2, at + layout.RECORD_SIZE - 2)
        return len(kind) == 2 and kind != b"\0\0"

    def _read_header(self) -> bool:
        if self.state is Header.FOREIGN:
            return False
        data = self._file.read(layout.SEGMENT_HEADER_SIZE, 0)
        if len(data) < layout.SEGMENT_HEADER_SIZE or not data.strip(b"\0"):
            return False
        header = parse_header(data)
        if header is None:
            self.state = Header.FOREIGN
            self.close()
            return False
        self.pid, self.thread, self.native_id = header
        self.state = Header.GOOD
        return True

    @staticmethod
    def _position(slot: int) -> int:
        return layout.SEGMENT_HEADER_SIZE + slot * layout.RECORD_SIZE


def parse_header(data: bytes) -> tuple[int, int, int] | None:
    """pid, thread serial and native id of a segment's header; None if it is not one of ours.

    What is sampled, not written by a thread about itself, counts as thread 0.
    """
    if len(data) < layout.SEGMENT_HEADER.size:
        return None
    magic, version, writer, pid, thread, native_id, _, _ = layout.SEGMENT_HEADER.unpack_from(data)
    if magic != layout.SEGMENT_MAGIC or version != layout.FORMAT_VERSION:
        return None
    if writer not in (layout.WRITER_AGENT, layout.WRITER_OBSERVER):
        return None
    return pid, 0 if writer == layout.WRITER_OBSERVER else thread, native_id


def _bytes(rows: Records) -> memoryview:
    """The memory of ``rows``, to be filled."""
    return rows.view(np.uint8).data


def lost_in(rows: Records, thread: int) -> int:
    """How many records these say could not be written; ``thread`` 0: they are samples."""
    hit = rows["kind"] == (layout.Kind.LOST if thread else layout.Kind.OBSERVER_LOST)
    return int(rows["value"][hit].clip(0, 1 << 40).sum()) if hit.any() else 0
