"""Notes that people write on a recording: kept in its session folder, then in its file.

They are one JSON document (``lockstep-notes``, docs/formats.md).  Writing them into a file copies
all its other blocks as they are, the damaged ones too, under a temporary name.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from engine.errors import RecordingError
from engine.recording.container import MOST_RAW, BlockKind, ContainerReader, ContainerWriter
from engine.whole_file import whole_file

SCHEMA, SCHEMA_VERSION = "lockstep-notes", 1
#: The file in a session folder.
FILE_NAME = "notes.json"
#: What is read of a document that somebody else wrote.
MOST_NOTES = 10_000
MOST_TEXT = 10_000
#: Bytes of such a document, and of a manifest.
MOST_BYTES = 64 << 20
_LATEST_NS = (1 << 63) - 1
_PIECE = MOST_RAW // 2


@dataclass(frozen=True, slots=True)
class Note:
    """``time_ns`` as in records; ``duration_ns`` 0: a moment, else a stretch from there on.  An empty
    ``text`` makes it a mark."""

    time_ns: int
    duration_ns: int = 0
    text: str = ""

    @property
    def end_ns(self) -> int:
        return self.time_ns + self.duration_ns


def encode(notes: Iterable[Note]) -> bytes:
    """The document, in the order of time."""
    entries = [
        {"time_ns": note.time_ns, "duration_ns": note.duration_ns, "text": note.text}
        for note in sorted(notes, key=lambda note: (note.time_ns, note.duration_ns, note.text))
    ]
    document = {"schema": SCHEMA, "version": SCHEMA_VERSION, "notes": entries}
    return json.dumps(document, ensure_ascii=False).encode(errors="replace")


def decode(data: bytes) -> list[Note]:
    """The notes of a document, whatever it holds: what is no note is left out."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return []
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        return []
    version, entries = document.get("version"), document.get("notes")
    if version != SCHEMA_VERSION or not isinstance(entries, list):
        return []
    found = (_note(entry) for entry in entries[:MOST_NOTES])
    return [note for note in found if note is not None]


def _note(entry: Any) -> Note | None:
    if not isinstance(entry, dict):
        return None
    time, duration, text = entry.get("time_ns"), entry.get("duration_ns", 0), entry.get("text", "")
    if type(time) is not int or type(duration) is not int or not isinstance(text, str):
        return None
    if not 0 <= time <= _LATEST_NS or not 0 <= duration <= _LATEST_NS - time:
        return None
    return Note(time, duration, text[:MOST_TEXT])


# --- session folders ------------------------------------------------------------------------


def keep_in_session(folder: Path, notes: Iterable[Note]) -> None:
    """Write the notes beside the run's other files.  Raises LockstepError (output_unwritable)."""
    path = folder / FILE_NAME
    with whole_file(path) as file:
        file.write(encode(notes))


def of_session(folder: Path) -> list[Note]:
    """The notes that were kept there."""
    try:
        with (folder / FILE_NAME).open("rb") as file:
            return decode(file.read(MOST_BYTES))
    except OSError:
        return []


# --- files ----------------------------------------------------------------------------------


def write_into(source: Path, target: Path, notes: Iterable[Note]) -> None:
    """Copy the recording ``source`` to ``target`` (which may be the same file) with these notes
    instead of its own.

    The file appears under its name only when it is whole and on the disk.  Raises RecordingError
    when ``source`` is no recording, LockstepError (output_unwritable) when ``target`` cannot be
    written.
    """
    with ContainerReader(source) as reader, whole_file(target) as file:
        _copy(reader, file, source, encode(notes))


def _copy(reader: ContainerReader, file: BinaryIO, source: Path, document: bytes) -> None:
    writer = ContainerWriter(file)
    with source.open("rb") as raw:
        blocks = reader.blocks()
        text = bytearray()
        for block in blocks:
            if block.kind is not BlockKind.MANIFEST or block.payload is None:
                raise RecordingError("damaged", source, "it does not begin with its manifest")
            text += block.payload
            if len(text) > MOST_BYTES:
                raise RecordingError("too_large", source, "its manifest is too large")
            if block.flags:
                break
        manifest, number, earlier = _with_notes(bytes(text), source)
        write_pieces(writer, BlockKind.MANIFEST, 0, manifest)
        write_pieces(writer, BlockKind.FILE, number, document)
        at = reader.position
        for block in blocks:
            if block.kind is not BlockKind.FILE or block.number not in earlier:
                _copy_bytes(raw, file, at, reader.position)
            at = reader.position
        _copy_bytes(raw, file, at, reader.size)  # behind a cut: as it is


def _with_notes(text: bytes, source: Path) -> tuple[bytes, int, set[int]]:
    """The manifest with a part for notes: its text, the number of that part, the parts it had for
    notes before."""
    try:
        manifest = json.loads(text)
        files = manifest["files"]
        earlier = {n for n, entry in enumerate(files) if entry.get("kind") == "notes"}
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        raise RecordingError("damaged", source, "its manifest names no files") from None
    if earlier:
        number = min(earlier)
    else:
        number = len(files)
        files.append({"number": number, "kind": "notes"})
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
