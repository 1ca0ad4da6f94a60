"""Parts of a recording that people add to it: notes, a schedule.  All other blocks stay as they are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from engine.errors import RecordingError
from engine.recording.container import MOST_RAW, Block, BlockFlag, BlockKind, ContainerReader, ContainerWriter
from engine.whole_file import whole_file

#: Bytes of such a part, and of a manifest.
MOST_BYTES = 64 << 20
_PIECE = MOST_RAW // 2


def write_part(source: Path, target: Path, kind: str, document: bytes) -> None:
    """Copy the recording ``source`` to ``target`` (which may be the same file) with ``document`` as its
    part of that kind, instead of the one it may have.

    The file appears under its name only when it is whole and on the disk.  Raises RecordingError
    when ``source`` is no recording, LockstepError (output_unwritable) when ``target`` cannot be
    written.
    """
    with ContainerReader(source) as reader, whole_file(target) as file:
        _copy(reader, file, source, kind, document)


def read_part(source: Path, kind: str) -> bytes | None:
    """The part of that kind, where there is one and it is whole.  Raises RecordingError."""
    with ContainerReader(source) as reader:
        blocks = reader.blocks()
        _, _, wanted = _with_part(_manifest(blocks, source), source, kind)
        found = bytearray()
        for block in blocks if wanted else ():
            if block.kind is BlockKind.FILE and block.number in wanted:
                if block.payload is None or len(found) > MOST_BYTES:
                    return None
                found += block.payload
                if block.flags & BlockFlag.LAST:
                    return bytes(found)
    return None


def _manifest(blocks: Iterator[Block], source: Path) -> bytes:
    text = bytearray()
    for block in blocks:
        if block.kind is not BlockKind.MANIFEST or block.payload is None:
            raise RecordingError("damaged", source, "it does not begin with its manifest")
        text += block.payload
        if len(text) > MOST_BYTES:
            raise RecordingError("too_large", source, "its manifest is too large")
        if block.flags:
            break
    return bytes(text)


def _copy(reader: ContainerReader, file: BinaryIO, source: Path, kind: str, document: bytes) -> None:
    writer = ContainerWriter(file)
    with source.open("rb") as raw:
        blocks = reader.blocks()
        manifest, number, earlier = _with_part(_manifest(blocks, source), source, kind)
        write_pieces(writer, BlockKind.MANIFEST, 0, manifest)
        write_pieces(writer, BlockKind.FILE, number, document)
        at = reader.position
        for block in blocks:
            if block.kind is not BlockKind.FILE or block.number not in earlier:
                _copy_bytes(raw, file, at, reader.position)
            at = reader.position
        _copy_bytes(raw, file, at, reader.size)  # behind a cut: as it is


def _with_part(text: bytes, source: Path, kind: str) -> tuple[bytes, int, set[int]]:
    """The manifest with a part of that kind: its text, the number of that part, those it had before."""
    try:
        manifest = json.loads(text)
        files = manifest["files"]
        earlier = {n for n, entry in enumerate(files) if entry.get("kind") == kind}
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        raise RecordingError("damaged", source, "its manifest names no files") from None
    if earlier:
        number = min(earlier)
    else:
        number = len(files)
        files.append({"number": number, "kind": kind})
    return json.dumps(manifest).encode(), number, earlier


def write_pieces(writer: ContainerWriter, kind: BlockKind, number: int, data: bytes) -> None:
    """A part without times, in as many blocks as it takes; the last one says so."""
    for begin in range(0, max(1, len(data)), _PIECE):
        piece = data[begin : begin + _PIECE]
        writer.block(kind, piece, number=number, offset=begin, last=begin + len(piece) >= len(data))


def _copy_bytes(source: BinaryIO, target: BinaryIO, begin: int, end: int) -> None:
    source.seek(begin)
    while begin < end and (piece := source.read(min(_PIECE, end - begin))):
        target.write(piece)
        begin += len(piece)
