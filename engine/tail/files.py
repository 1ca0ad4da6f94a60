"""Reading files that somebody else is still writing.

Positional reads on a descriptor, no mapping: a mapped file that is cut short kills the reader
with SIGBUS, and a mapping keeps its descriptor, of which a process has only so many.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

#: How many files a folder's reader keeps open; the others are opened for every look.
MOST_OPEN = 512

_FLAGS = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


class OpenFiles:
    """How many descriptors the readers of one folder hold, and how many they may."""

    __slots__ = ("held", "most")

    def __init__(self, most: int | None = None) -> None:
        self.held = 0
        self.most = _allowed() if most is None else most


def _allowed() -> int:
    if sys.platform == "win32":
        return MOST_OPEN
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return MOST_OPEN
    return max(8, min(MOST_OPEN, soft // 2))


class GrowingFile:
    """One file, read at positions; a file that is not there (any more) reads as empty.

    Symbolic links are not followed: the observed program can write in the folder.
    """

    __slots__ = ("_fd", "_files", "_path")

    def __init__(self, path: Path, files: OpenFiles) -> None:
        self._path = str(path)
        self._files = files
        self._fd = -1

    def read(self, size: int, at: int) -> bytes:
        """At most ``size`` bytes from position ``at``; empty at the end or without a file."""
        opened = self._fd < 0
        if opened and not self._open():
            return b""
        try:
            return _read_at(self._fd, size, at)
        except OSError:
            return b""
        finally:
            if opened:
                self._close_if_many()

    def read_into(self, buffer: memoryview, at: int) -> int:
        """Fill ``buffer`` from position ``at``; gives the number of bytes there were."""
        opened = self._fd < 0
        if opened and not self._open():
            return 0
        try:
            return _read_into_at(self._fd, buffer, at)
        except OSError:
            return 0
        finally:
            if opened:
                self._close_if_many()

    def size(self) -> int:
        """Length in bytes; 0 without a file."""
        try:
            return os.fstat(self._fd).st_size if self._fd >= 0 else os.stat(self._path).st_size  # noqa: PTH116
        except OSError:
            return 0

    def close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
            self._files.held -= 1

    def _open(self) -> bool:
        try:
            self._fd = os.open(self._path, _FLAGS)
        except OSError:
            return False
        self._files.held += 1
        return True

    def _close_if_many(self) -> None:
        if self._files.held > self._files.most:
            self.close()


if sys.platform != "win32":
    _read_at = os.pread

    def _read_into_at(fd: int, buffer: memoryview, at: int) -> int:
        return os.preadv(fd, [buffer], at)

else:

    def _read_at(fd: int, size: int, at: int, /) -> bytes:
        os.lseek(fd, at, os.SEEK_SET)
        return os.read(fd, size)

    def _read_into_at(fd: int, buffer: memoryview, at: int) -> int:
        data = _read_at(fd, len(buffer), at)
        buffer[: len(data)] = data
        return len(data)
