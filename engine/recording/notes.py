"""Notes that people write on a recording: kept in its session folder, then in its file.

They are one JSON document (``lockstep-notes``, docs/formats.md).  Writing them into a file copies
all its other blocks as they are, the damaged ones too, under a temporary name.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.recording.parts import MOST_BYTES, write_part
from engine.whole_file import whole_file

SCHEMA, SCHEMA_VERSION = "lockstep-notes", 1
#: The file in a session folder.
FILE_NAME = "notes.json"
#: What is read of a document that somebody else wrote.
MOST_NOTES = 10_000
MOST_TEXT = 10_000
_LATEST_NS = (1 << 63) - 1


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
    instead of its own (``parts.write_part``)."""
    write_part(source, target, "notes", encode(notes))
