"""The observer's own segments, ``o0.seg``, ``o1.seg`` … : one writer each, not interrupted."""

from __future__ import annotations

import mmap
import os
import time

from engine.agent import layout

_LOST_AT = layout.SEGMENT_HEADER.size - 8


class Segment:
    """Appends records to a new file at ``path``.

    ``full``: a file that says, by being there, that the session has reached its size limit.
    When no room can be had, records are counted in ``lost`` and in the header.  Raises OSError
    when not even the first chunk can be had.
    """

    def __init__(self, path: str, full: str) -> None:
        self._full = full
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        self.lost = 0
        self._closed = False
        self._pack = layout.RECORD.pack_into
        try:
            self._allocate(0, layout.NEXT_CHUNK)
            self._map = mmap.mmap(self._fd, layout.NEXT_CHUNK)
        except OSError:
            os.close(self._fd)
            raise
        layout.SEGMENT_HEADER.pack_into(
            self._map, 0, layout.SEGMENT_MAGIC, layout.FORMAT_VERSION, layout.WRITER_OBSERVER, os.getpid(),
            0, 0, time.perf_counter_ns(), 0,
        )  # fmt: skip
        self._begin = 0
        self._at = layout.SEGMENT_HEADER_SIZE
        self._end = layout.NEXT_CHUNK

    def _allocate(self, begin: int, size: int) -> None:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(self._fd, begin, size)
        else:
            os.ftruncate(self._fd, begin + size)

    def add(
        self,
        time_ns: int,
        kind: int,
        value: int = 0,
        thread: int = 0,
        obj: int = 0,
        process: int = 0,
        flags: int = 0,
    ) -> None:
        """One record; ``process`` is the observer's serial of the process."""
        at = self._at
        if at >= self._end:
            if not self._grow():
                self._count_lost()
                return
            at = self._at
        self._pack(self._map, at - self._begin, time_ns, value, thread, obj, process, flags, kind)
        self._at = at + layout.RECORD_SIZE

    def _grow(self) -> bool:
        if self._closed or os.path.exists(self._full):
            self._closed = True
            return False
        begin = self._end
        try:
            self._allocate(begin, layout.LATER_CHUNK)
            larger = mmap.mmap(self._fd, layout.LATER_CHUNK, offset=begin)
        except OSError:
            self._closed = True
            return False
        self._map.close()
        self._map, self._begin, self._at = larger, begin, begin
        self._end = begin + layout.LATER_CHUNK
        return True

    def _count_lost(self) -> None:
        self.lost += 1
        os.pwrite(self._fd, self.lost.to_bytes(8, "little"), _LOST_AT)

    def close(self) -> None:
        self._map.close()
        os.close(self._fd)
