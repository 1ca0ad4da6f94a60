"""What the program writes, stamped with the time, into ``output.bin``.

Bounded: of a program that writes without end, the beginning and the very end are kept.
"""

from __future__ import annotations

import json
import os
import time
from collections import deque

from engine.agent import layout

#: A record of output holds at most so many bytes (its count has 16 bits).
_MOST_IN_ONE = 32768
#: So much of the end is kept when there is too much in all.
_TAIL = 256 * 1024


class OutputFile:
    """``limit``: bytes that the beginning may take; ``pid`` of the program's first process."""

    def __init__(self, path: str | os.PathLike[str], limit: int) -> None:
        self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self._room = limit
        self._tail: deque[bytes] = deque()
        self._tail_size = 0
        self._dropped = 0
        self._over = False
        self.pid = 0

    def add(self, stream: int, data: bytes) -> None:
        """``data`` came on ``stream`` (1 or 2) now."""
        now = time.perf_counter_ns()
        for at in range(0, len(data), _MOST_IN_ONE):
            piece = data[at : at + _MOST_IN_ONE]
            record = layout.OUTPUT_HEADER.pack(now, self.pid, stream, len(piece)) + piece
            if not self._over and len(record) <= self._room:
                self._room -= len(record)
                self._write(record)
            else:
                self._over = True
                self._keep(record)

    def _keep(self, record: bytes) -> None:
        self._tail.append(record)
        self._tail_size += len(record)
        while self._tail_size > _TAIL:
            oldest = self._tail.popleft()
            self._tail_size -= len(oldest)
            self._dropped += len(oldest) - layout.OUTPUT_HEADER.size

    def _write(self, data: bytes) -> None:
        try:
            while data:
                data = data[os.write(self._fd, data) :]
        except OSError:  # the disk is full
            self._dropped += len(data)
            self._over = True

    def close(self) -> None:
        """Write what was kept of the end; a notice (stream 0) says how much is missing before it."""
        if self._dropped:
            notice = json.dumps({"dropped": self._dropped}).encode()
            now = time.perf_counter_ns()
            self._write(layout.OUTPUT_HEADER.pack(now, self.pid, 0, len(notice)) + notice)
        for record in self._tail:
            self._write(record)
        os.close(self._fd)
