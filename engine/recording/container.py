"""The container of a ``.lockstep`` file: a header, then blocks that are checked one by one.

::

    header   32 bytes   magic, format version, reserved, checksum
    block    44 bytes   mark, kind, coding, flags, file number, offset, next, lengths, checksums
             payload    at most MOST_RAW bytes when unpacked
    …
    END      the last block; without it the file was cut off

A block stands for itself: whatever comes after a cut, or after a byte that changed, does not
touch those before.  Nothing in here is executed or looked up by name, and no length is trusted
before it was checked against its bound (docs/formats.md has the whole format).
"""

from __future__ import annotations

import enum
import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from engine.errors import RecordingError, os_detail

#: The high bit and the line ends show a transfer that took the file for text.
MAGIC: Final = b"\x93LKST\r\n\x1a"
#: Readers refuse a higher first number; a higher second one only adds what may be left out.
FORMAT: Final = (1, 1)

_HEADER = struct.Struct("<8sHHIQII")  # magic, format, format, 0, 0, 0, crc of the 28 bytes before
_BLOCK = struct.Struct("<4sBBHIQQIIII")
_MARK = b"LKbk"
_CRC = struct.Struct("<I")

#: ``next_ns`` of the last block of a file with times.
NEVER: Final = (1 << 64) - 1

#: Bytes of one block, unpacked and packed.
MOST_RAW: Final = 1 << 20
MOST_PACKED: Final = MOST_RAW + (64 << 10)
#: Bytes of all blocks, unpacked: four times what a session may grow to unless told otherwise.
MOST_TOTAL: Final = 8 << 30
_LEVEL = 3


class BlockKind(enum.IntEnum):
    MANIFEST = 1  # JSON: which files there are
    FILE = 2  # a stretch of one of them
    END = 3


class Coding(enum.IntEnum):
    PLAIN = 0
    ZLIB = 1
    RECORDS = 2  # engine.recording.packing, then zlib


class BlockFlag(enum.IntFlag):
    LAST = 1  # nothing of this file follows


@dataclass(frozen=True, slots=True)
class Block:
    """One block, unpacked as far as zlib goes.

    ``offset`` counts what of the file ``number`` stands before this block: bytes, or records
    of a segment.  ``next_ns`` is the time of that file's next block, where it has times (NEVER:
    none follows).  ``payload`` is None when it was damaged while the header is sound.
    ``position`` is where the block begins in the container.
    """

    kind: BlockKind
    coding: Coding
    flags: BlockFlag
    number: int
    offset: int
    next_ns: int
    payload: bytes | None
    position: int


class ContainerWriter:
    """Writes header and blocks; used by one thread."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        head = _HEADER.pack(MAGIC, *FORMAT, 0, 0, 0, 0)[:-4]
        file.write(head + _CRC.pack(zlib.crc32(head)))
        self.size = _HEADER.size

    def block(
        self,
        kind: BlockKind,
        payload: bytes,
        *,
        coding: Coding = Coding.ZLIB,
        number: int = 0,
        offset: int = 0,
        next_ns: int = 0,
        last: bool = False,
    ) -> None:
        """Write one block of at most MOST_RAW bytes."""
        if len(payload) > MOST_RAW:
            raise ValueError(f"a block of {len(payload)} bytes")
        packed = payload if coding is Coding.PLAIN else zlib.compress(payload, _LEVEL)
        head = _BLOCK.pack(
            _MARK, kind, coding, BlockFlag.LAST if last else 0, number, offset, next_ns,
            len(payload), len(packed), zlib.crc32(packed), 0,
        )[:-4]  # fmt: skip
        self._file.write(head + _CRC.pack(zlib.crc32(head)))
        self._file.write(packed)
        self.size += _BLOCK.size + len(packed)


class ContainerReader:
    """Reads blocks in order, as far as they are whole.

    ``ended``: the END block was reached.  When :meth:`blocks` stops without it, ``problem``
    says why (English) and where.
    """

    def __init__(self, path: Path) -> None:
        """Raises RecordingError (missing, unreadable, empty, foreign, newer, damaged)."""
        self.path = path
        self.ended = False
        self.problem = ""
        try:
            if path.is_dir():
                raise RecordingError("foreign", path)
            self._file: BinaryIO = path.open("rb")
        except FileNotFoundError:
            raise RecordingError("missing", path) from None
        except OSError as error:
            raise RecordingError("unreadable", path, os_detail(error)) from error
        except ValueError as error:  # a NUL in the name
            raise RecordingError("missing", path) from error
        try:
            self.size = os.fstat(self._file.fileno()).st_size
            self._check_header(self._read(_HEADER.size))
        except BaseException:
            self._file.close()
            raise
        self.position = _HEADER.size
        self._total = 0

    def blocks(self) -> Iterator[Block]:
        """Block after block.  Raises RecordingError when reading itself fails."""
        while not self.ended:
            position = self.position
            head = self._read(_BLOCK.size)
            if not head:
                self.problem = f"it ends after {position} bytes"
                return
            block = self._unpacked(position, head)
            if block is None:
                return
            self.ended = block.kind is BlockKind.END
            yield block

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> ContainerReader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read(self, size: int) -> bytes:
        try:
            return self._file.read(size)
        except OSError as error:
            raise RecordingError("unreadable", self.path, os_detail(error)) from error

    def _check_header(self, head: bytes) -> None:
        if not head:
            raise RecordingError("empty", self.path)
        if not MAGIC.startswith(head[: len(MAGIC)]):
            raise RecordingError("foreign", self.path)
        if len(head) < _HEADER.size:
            raise RecordingError("damaged", self.path, "it ends within its header")
        _, major, minor, *_, checksum = _HEADER.unpack(head)
        if zlib.crc32(head[:-4]) != checksum:
            raise RecordingError("damaged", self.path, "its header does not match its checksum")
        if major > FORMAT[0]:
            detail = f"its format is {major}.{minor}, this version reads up to {FORMAT[0]}.{FORMAT[1]}"
            raise RecordingError("newer", self.path, detail)
        if major < 1:
            raise RecordingError("foreign", self.path)

    def _unpacked(self, position: int, head: bytes) -> Block | None:
        """The block whose header is ``head``; None, and ``problem``, where it is not whole."""
        if len(head) < _BLOCK.size:
            self.problem = f"it ends within the block at byte {position}"
            return None
        mark, kind, coding, flags, number, offset, next_ns, raw, packed, checksum, own = _BLOCK.unpack(head)
        if mark != _MARK or zlib.crc32(head[:-4]) != own:
            self.problem = f"the block at byte {position} does not match its checksum"
            return None
        if raw > MOST_RAW or packed > MOST_PACKED:
            self.problem = f"the block at byte {position} is larger than a block can be"
            return None
        self._total += raw
        if self._total > MOST_TOTAL:
            raise RecordingError("too_large", self.path, f"over {MOST_TOTAL >> 30} GiB when unpacked")
        data = self._read(packed)
        if len(data) < packed:
            self.problem = f"it ends within the block at byte {position}"
            return None
        self.position = position + _BLOCK.size + packed
        try:
            return Block(
                BlockKind(kind), Coding(coding), BlockFlag(flags), number, offset, next_ns,
                _payload(data, raw, checksum, plain=coding == Coding.PLAIN), position,
            )  # fmt: skip
        except ValueError:
            self.problem = f"the block at byte {position} is of a kind that does not exist"
            return None


def _payload(data: bytes, size: int, checksum: int, *, plain: bool) -> bytes | None:
    """``data`` unpacked to ``size`` bytes; None when it is damaged.

    Never unpacks more than one byte over ``size``, whatever is in ``data``.
    """
    if zlib.crc32(data) != checksum:
        return None
    if not plain:
        try:
            data = zlib.decompressobj().decompress(data, size + 1)
        except zlib.error:
            return None
    return data if len(data) == size else None
