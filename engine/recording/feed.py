"""A recording read as a session folder is: batch by batch, in the order of time.

What is after the last moment that *every* writer's records are there for waits, and is left
out when the file was cut off: nothing is shown as quiet that was only not read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from engine.batch import OBSERVER_INDEX, RECORD_DTYPE, Batch, ProcessFeed, Records
from engine.errors import RecordingError
from engine.model import OutputChunk
from engine.recording import packing
from engine.recording.container import (
    MOST_RAW,
    NEVER,
    Block,
    BlockFlag,
    BlockKind,
    Coding,
    ContainerReader,
)
from engine.recording.notes import Note, decode
from engine.recording.sources import Source, from_line
from engine.tail.folder import MARGIN_NS
from engine.tail.segment import lost_in
from engine.tail.side import LineParser, OutputParser

#: Bytes of the parts that are read as a whole: the manifest, session.json.
MOST_WHOLE = 64 << 20
#: Bytes of all sources.
MOST_SOURCES = 64 << 20
#: Bytes of records that wait for those of other writers.  A file of ours keeps one block of each
#: waiting; more comes only from one that says its blocks are earlier than they are.
MOST_WAITING = 1 << 30
#: Damage in these leaves the rest readable; damage elsewhere ends the reading there.
_SPARE = ("sources", "output", "notes", "schedule")


class _Pending:
    """Rows of one segment that are read and not delivered."""

    __slots__ = ("parts",)

    def __init__(self) -> None:
        self.parts: list[Records] = []

    def take(self, before_ns: int) -> Records:
        """The rows up to the first that is not before ``before_ns``."""
        taken: list[Records] = []
        while self.parts:
            rows = self.parts[0]
            late = rows["time"] >= np.uint64(before_ns)
            at = int(late.argmax()) if late.any() else len(rows)
            taken.append(rows[:at])
            if at < len(rows):
                self.parts[0] = rows[at:]
                break
            del self.parts[0]
        if len(taken) == 1:
            return taken[0]
        return np.concatenate(taken) if taken else np.empty(0, RECORD_DTYPE)


class _File:
    """One file of the manifest while it is read."""

    def __init__(self, number: int, entry: dict[str, Any]) -> None:
        self.number = number
        self.kind = _text(entry.get("kind"))
        self.folder = _count(entry.get("folder"))
        self.thread = _count(entry.get("thread"))
        self.native_id = _count(entry.get("native_id"))
        self.unwritten = _count(entry.get("unwritten"))
        self.next_ns = _count(entry.get("first_ns"))
        self.offset = 0
        self.lines = LineParser()
        self.pending = _Pending()

    @property
    def timed(self) -> bool:
        return self.kind in ("segment", "output")


class RecordingFeed:
    """Batches of a ``.lockstep`` file; used by one thread.

    ``truncated``: the file was cut off or is damaged; ``warnings`` say where (English).
    ``manifest``, ``session``, ``sources``, ``notes`` and ``schedule`` (a document, as it stands there)
    are filled while it is read.
    """

    def __init__(self, path: Path) -> None:
        """Raises RecordingError."""
        self._container = ContainerReader(path)
        self.path = path
        self.manifest: dict[str, Any] = {}
        self.session: dict[str, Any] = {}
        self.sources: dict[str, Source] = {}
        self.notes: list[Note] = []
        self.schedule: dict[str, Any] = {}
        self.truncated = False
        self.warnings: list[str] = []
        self.complete = False
        self._blocks = self._container.blocks()
        self._whole: dict[str, bytearray] = {}
        self._folders: list[dict[str, Any]] = []
        self._files: list[_File] = []
        self._outputs = OutputParser()
        self._held_output: list[OutputChunk] = []
        self._source_bytes = 0
        self._lost = 0
        self._told: set[tuple[int, int]] = set()

    @property
    def done(self) -> tuple[int, int]:
        """Bytes read, and bytes of the file."""
        return self._container.position, self._container.size

    def poll(self, max_records: int = 1_000_000) -> Batch:
        """The next stretch of the recording, of about ``max_records`` records.

        Raises RecordingError when the file cannot be read or holds what no recording holds.
        """
        feeds: dict[int, ProcessFeed] = {}
        taken = 0
        ended = True
        for block in self._blocks:
            if not self._take(block, feeds):
                break
            taken += MOST_RAW // 64 if block.coding is Coding.RECORDS else len(block.payload or b"") // 64
            # Once nothing with a time follows, what is left is the end: "complete" is said with it.
            if taken >= max_records and self._limit_ns() != NEVER:
                ended = False
                break
        if ended:
            self._end()
        limit_ns = self._limit_ns()
        self._deliver(feeds, limit_ns)
        if sum(part.nbytes for file in self._files for part in file.pending.parts) > MOST_WAITING:
            raise RecordingError("damaged", self.path, "its records are not in the order of time")
        output = [chunk for chunk in self._held_output if chunk.time_ns < limit_ns]
        self._held_output = [chunk for chunk in self._held_output if chunk.time_ns >= limit_ns]
        self.complete = ended
        observer = feeds.pop(OBSERVER_INDEX, None)
        return Batch(
            watermark_ns=max(0, min(limit_ns, (1 << 63) - 1) - MARGIN_NS),
            processes=[feeds[index] for index in sorted(feeds)],
            observer=observer,
            output=output,
            lost=self._lost + sum(file.unwritten for file in self._files),
            size_bytes=self._container.position,
            complete=self.complete,
        )

    def _limit_ns(self) -> int:
        """Up to here everything was read; NEVER: all there is."""
        return min((f.next_ns for f in self._files if f.timed), default=NEVER)

    def close(self) -> None:
        self._container.close()

    def __enter__(self) -> RecordingFeed:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- blocks -----------------------------------------------------------------------------

    def _take(self, block: Block, feeds: dict[int, ProcessFeed]) -> bool:
        """Take one block in; False where reading has to end."""
        if block.kind is BlockKind.END:
            return True
        if block.kind is BlockKind.MANIFEST:
            return self._take_manifest(block)
        if not self._files or block.number >= len(self._files):
            return self._stop(f"the block at byte {block.position} belongs to no file")
        file = self._files[block.number]
        if block.payload is None:
            text = f"the block at byte {block.position} does not match its checksum"
            if file.kind in _SPARE:
                self.warnings.append(f"{text}: a part of the {file.kind} is missing")
                if file.timed:
                    file.next_ns = block.next_ns
                return True
            return self._stop(text)
        if file.kind == "segment":
            return self._take_records(block, file)
        if block.coding is Coding.RECORDS:
            return self._stop(f"the block at byte {block.position} is not what its file holds")
        if file.kind == "side":
            return self._take_lines(block.payload, file, feeds)
        if file.kind == "output":
            self._held_output.extend(self._outputs.feed(block.payload))
            file.next_ns = block.next_ns
        elif file.kind == "session":
            text_so_far = self._gather("session", block)
            if text_so_far is not None:
                self.session = _json_object(text_so_far)
        elif file.kind == "notes":
            document = self._gather("notes", block)
            if document is not None:
                self.notes = decode(document)
        elif file.kind == "schedule":
            document = self._gather("schedule", block)
            if document is not None:
                self.schedule = _json_object(document)
        elif file.kind == "sources":
            self._take_sources(block.payload, file)
        return True  # what a later version adds is left alone

    def _take_manifest(self, block: Block) -> bool:
        if self._files or block.payload is None:
            return self._stop(f"the block at byte {block.position} does not match its checksum")
        text = self._gather("manifest", block)
        if text is None:
            return True
        self.manifest = _json_object(text)
        folders, files = self.manifest.get("folders"), self.manifest.get("files")
        if not isinstance(folders, list) or not isinstance(files, list) or not files:
            raise RecordingError("damaged", self.path, "its manifest names no files")
        self._folders = [folder if isinstance(folder, dict) else {} for folder in folders]
        self._files = [_File(n, entry if isinstance(entry, dict) else {}) for n, entry in enumerate(files)]
        if any(file.folder >= max(1, len(self._folders)) for file in self._files):
            raise RecordingError("damaged", self.path, "its manifest names a folder that is not there")
        return True

    def _take_records(self, block: Block, file: _File) -> bool:
        try:
            if block.coding is not Coding.RECORDS or block.offset != file.offset:
                raise ValueError
            rows = packing.unpacked(block.payload or b"")
        except ValueError:
            return self._stop(f"the block at byte {block.position} is not what its file holds")
        rows = rows[rows["kind"] != 0]
        file.offset += len(rows)
        file.next_ns = NEVER if block.flags & BlockFlag.LAST else block.next_ns
        if len(rows):
            file.pending.parts.append(rows)
        return True

    def _take_lines(self, payload: bytes, file: _File, feeds: dict[int, ProcessFeed]) -> bool:
        feed = self._feed(feeds, file.folder)
        broken = file.lines.broken
        feed.lines.extend(file.lines.feed(payload))
        feed.broken += file.lines.broken - broken
        return True

    def _take_sources(self, payload: bytes, file: _File) -> None:
        self._source_bytes += len(payload)
        if self._source_bytes > MOST_SOURCES:
            return
        for line in file.lines.feed(payload):
            source = from_line(line)
            if source is not None:
                self.sources[source.path] = source

    def _gather(self, name: str, block: Block) -> bytes | None:
        """All of a part that is read as a whole, once its last block is there."""
        gathered = self._whole.setdefault(name, bytearray())
        gathered += block.payload or b""
        if len(gathered) > MOST_WHOLE:
            raise RecordingError("too_large", self.path, f"its {name} has over {MOST_WHOLE >> 20} MiB")
        return bytes(self._whole.pop(name)) if block.flags & BlockFlag.LAST else None

    def _stop(self, why: str) -> bool:
        self._container.problem = why
        self._blocks = _nothing()
        return False

    def _end(self) -> None:
        self._blocks = _nothing()
        if not self.complete and not (self._container.ended and not self._container.problem):
            self.truncated = True
            self.warnings.append(self._container.problem)

    # --- delivery ---------------------------------------------------------------------------

    def _feed(self, feeds: dict[int, ProcessFeed], folder: int) -> ProcessFeed:
        entry = self._folders[folder] if folder < len(self._folders) else {}
        index = OBSERVER_INDEX if entry.get("observer") is True else folder
        feed = feeds.get(index)
        if feed is None:
            feed = feeds[index] = ProcessFeed(_text(entry.get("name")), index, _count(entry.get("pid")))
        return feed

    def _deliver(self, feeds: dict[int, ProcessFeed], before_ns: int) -> None:
        samples: dict[int, list[Records]] = {}
        for file in self._files:
            if not file.pending.parts:
                continue
            rows = file.pending.take(before_ns)
            if not len(rows):
                continue
            feed = self._feed(feeds, file.folder)
            feed.native_ids[file.thread] = file.native_id
            self._lost += lost_in(rows, file.thread)
            if file.thread in feed.records:  # several writers under one number
                samples.setdefault(feed.index, [feed.records[file.thread]]).append(rows)
            else:
                feed.records[file.thread] = rows
        for index, parts in samples.items():
            rows = np.concatenate(parts)
            feeds[index].records[0] = rows[np.argsort(rows["time"], kind="stable")]


def _nothing() -> Iterator[Block]:
    return iter(())


def _json_object(text: bytes) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _count(value: object) -> int:
    """A number that counts or names something; 0 for whatever cannot."""
    return value if type(value) is int and 0 <= value <= NEVER else 0
