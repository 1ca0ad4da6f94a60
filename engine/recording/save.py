"""A session folder packed into one ``.lockstep`` file.

First what explains (the manifest, session.json, side files, sources), then records and output
of all writers in the order of time: a file cut off anywhere holds everything up to some moment.
"""

from __future__ import annotations

import contextlib
import datetime
import heapq
import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import numpy as np

from engine.agent import layout
from engine.batch import OBSERVER_INDEX, RECORD_DTYPE, Records
from engine.errors import LockstepError, os_detail
from engine.recording import notes, packing, sources
from engine.recording.container import MOST_RAW, NEVER, BlockKind, Coding, ContainerWriter
from engine.tail.files import GrowingFile, OpenFiles
from engine.tail.folder import session_files
from engine.tail.segment import Header, SegmentReader, lost_in
from engine.version import VERSION
from engine.whole_file import whole_file

#: Records of one block.
BLOCK_RECORDS = MOST_RAW // layout.RECORD_SIZE // 2
#: Bytes of other blocks.
BLOCK_BYTES = MOST_RAW // 2
#: What one record is taken to cost the program, unless it measured that itself (DESIGN: budget
#: of a record with its location).
RECORD_COST_NS = 350

Progress = Callable[[int, int], bool]


@dataclass(frozen=True, slots=True)
class Saved:
    """What was written."""

    path: Path
    records: int
    #: records known not to have been written while the program ran
    lost: int
    size_bytes: int


class _Timed(Protocol):
    """A file whose contents have times: taken block by block in the order of time."""

    number: int

    lost: int

    def next_ns(self) -> int: ...
    def write(self, writer: ContainerWriter) -> int:
        """Write the next block; gives the records in it."""


def save(
    session_folder: Path, path: Path, *, progress: Progress | None = None, replace: bool = True
) -> Saved:
    """Pack a session folder, finished or as far as it is by now, into ``path``.

    The file appears under its name only when it is whole and on the disk.  ``progress(done,
    total)`` is told bytes of the folder; when it gives False the file is not written.
    Raises LockstepError (output_unwritable; output_exists unless ``replace``;
    recording_cancelled; session_folder).
    """
    if not (session_folder / "session.json").is_file():
        raise LockstepError("session_folder", path=str(session_folder), detail="it has no session.json")
    with whole_file(path, replace=replace) as file:
        records, lost = _pack(session_folder, file, path, progress)
        size = file.tell()
    return Saved(path, records, lost, size)


def _pack(folder: Path, file: BinaryIO, path: Path, progress: Progress | None) -> tuple[int, int]:
    """Write everything; gives the numbers of records, and of those that are known to be lost."""
    files = OpenFiles()
    scratch: Records = np.empty(BLOCK_RECORDS, RECORD_DTYPE)
    found = session_files(folder)
    session = _session(folder)
    manifest: dict[str, Any] = {
        "schema": "lockstep-recording",
        "version": 1,
        "lockstep": VERSION,
        "saved_at": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "record_cost_ns": RECORD_COST_NS,
        "folders": [],
        "files": [],
    }
    plain: list[tuple[int, Iterator[bytes]]] = []
    timed: list[_Timed] = []
    total = 0

    def entry(kind: str, **more: Any) -> int:
        manifest["files"].append({"number": len(manifest["files"]), "kind": kind, **more})
        return len(manifest["files"]) - 1

    plain.append((entry("session"), iter([json.dumps(session).encode()])))
    side_paths: list[Path] = []
    with contextlib.ExitStack() as open_files:
        for number, one in enumerate(found):
            manifest["folders"].append(
                {"name": one.path.name, "pid": one.pid, "observer": one.index == OBSERVER_INDEX}
            )
            side = one.path / "side.jsonl"
            side_paths.append(side)
            total += _size(side)
            plain.append((entry("side", folder=number), _file_pieces(side)))
            for name in one.segments:
                segment = SegmentReader(one.path / name, files, scratch)
                open_files.callback(segment.close)
                first_ns = segment.pending_ns()
                if first_ns < 0 or segment.state is not Header.GOOD:
                    continue
                total += _size(one.path / name)
                unwritten = segment.read_unwritten()
                at = entry(
                    "segment",
                    folder=number,
                    thread=segment.thread,
                    native_id=segment.native_id,
                    unwritten=unwritten,
                    first_ns=first_ns,
                )
                timed.append(_Segment(at, segment, first_ns, unwritten))
        started = _started_at_ns(session)
        if (folder / notes.FILE_NAME).is_file():
            plain.append((entry("notes"), _file_pieces(folder / notes.FILE_NAME)))
        plain.append((entry("sources"), _source_pieces(_script(session), side_paths, started)))
        output = _Output(len(manifest["files"]), folder / "output.bin", files)
        open_files.callback(output.close)
        if output.next_ns() != NEVER:
            entry("output", first_ns=output.next_ns())
            timed.append(output)
            total += _size(folder / "output.bin")
        writer = ContainerWriter(file)
        told = _Told(progress, path, total)
        _write_pieces(writer, BlockKind.MANIFEST, 0, iter([json.dumps(manifest).encode()]), told)
        for at, pieces in plain:
            _write_pieces(writer, BlockKind.FILE, at, pieces, told)
        records = _write_timed(writer, timed, told)
    writer.block(BlockKind.END, json.dumps({"records": records}).encode())
    return records, sum(one.lost for one in timed)


class _Told:
    """Tells how far it is, and stops when nobody wants the file any more."""

    def __init__(self, progress: Progress | None, path: Path, total: int) -> None:
        self._progress = progress
        self._path = path
        self._total = max(total, 1)
        self._done = 0

    def add(self, size: int) -> None:
        self._done = min(self._done + size, self._total)
        if self._progress is not None and self._progress(self._done, self._total) is False:
            raise LockstepError("recording_cancelled", path=str(self._path))


def _write_timed(writer: ContainerWriter, timed: list[_Timed], told: _Told) -> int:
    """Blocks of all writers, always the one that begins earliest."""
    waiting = [(one.next_ns(), one.number, one) for one in timed]
    heapq.heapify(waiting)
    records = 0
    while waiting:
        _, number, one = heapq.heappop(waiting)
        before = writer.size
        count = one.write(writer)
        records += count
        told.add(count * layout.RECORD_SIZE or writer.size - before)
        if one.next_ns() != NEVER:
            heapq.heappush(waiting, (one.next_ns(), number, one))
    return records


class _Segment:
    """Records of one writer, block by block; holes are left out."""

    def __init__(self, number: int, segment: SegmentReader, first_ns: int, unwritten: int) -> None:
        self.number = number
        self.lost = unwritten
        self._segment = segment
        self._next_ns = first_ns
        self._offset = 0

    def next_ns(self) -> int:
        return self._next_ns

    def write(self, writer: ContainerWriter) -> int:
        parts: list[Records] = []
        count = 0
        more = True
        while more and count < BLOCK_RECORDS:
            rows, more = self._segment.read(BLOCK_RECORDS - count, 0, final=True)
            parts.append(rows)
            count += len(rows)
        pending_ns = self._segment.pending_ns() if count else -1
        self._next_ns = NEVER if pending_ns < 0 else pending_ns
        rows = np.concatenate(parts)
        self.lost += lost_in(rows, self._segment.thread)
        for begin in range(0, max(count, 1), BLOCK_RECORDS):
            part = rows[begin : begin + BLOCK_RECORDS]
            inner = begin + len(part) < count
            writer.block(
                BlockKind.FILE,
                packing.packed(part),
                coding=Coding.RECORDS,
                number=self.number,
                offset=self._offset,
                next_ns=int(rows["time"][begin + len(part)]) if inner else self._next_ns,
                last=self._next_ns == NEVER and not inner,
            )
            self._offset += len(part)
        return count


class _Output:
    """Captured output, cut where a chunk ends."""

    def __init__(self, number: int, path: Path, files: OpenFiles) -> None:
        self.number = number
        self.lost = 0
        self._file = GrowingFile(path, files)
        self._at = 0
        self._next_ns = self._look()

    def next_ns(self) -> int:
        return self._next_ns

    def close(self) -> None:
        self._file.close()

    def write(self, writer: ContainerWriter) -> int:
        data = self._file.read(BLOCK_BYTES, self._at)
        end = whole_chunks(data)
        if not end:  # a chunk of 64 KiB at most fits: what is left is a part of one
            self._next_ns = NEVER
        begin, self._at = self._at, self._at + end
        if end:
            self._next_ns = self._look()
        writer.block(
            BlockKind.FILE,
            data[:end],
            number=self.number,
            offset=begin,
            next_ns=self._next_ns,
            last=self._next_ns == NEVER,
        )
        return 0

    def _look(self) -> int:
        head = self._file.read(layout.OUTPUT_HEADER.size, self._at)
        if len(head) < layout.OUTPUT_HEADER.size:
            return NEVER
        return int(layout.OUTPUT_HEADER.unpack(head)[0])


def whole_chunks(data: bytes) -> int:
    """How many of the first bytes of ``data`` are whole chunks of output."""
    at = 0
    while len(data) - at >= layout.OUTPUT_HEADER.size:
        end = at + layout.OUTPUT_HEADER.size + layout.OUTPUT_HEADER.unpack_from(data, at)[3]
        if end > len(data):
            break
        at = end
    return at


def _write_pieces(
    writer: ContainerWriter, kind: BlockKind, number: int, pieces: Iterator[bytes], told: _Told
) -> None:
    """A file without times, in blocks; its last block says so."""
    offset = 0
    held = b""
    for piece in pieces:
        held += piece
        while len(held) > BLOCK_BYTES:
            writer.block(kind, held[:BLOCK_BYTES], number=number, offset=offset)
            told.add(BLOCK_BYTES)
            offset += BLOCK_BYTES
            held = held[BLOCK_BYTES:]
    writer.block(kind, held, number=number, offset=offset, last=True)
    told.add(len(held))


def _file_pieces(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while piece := file.read(BLOCK_BYTES):
                yield piece
    except OSError:
        return


def _source_pieces(script: tuple[str, str], sides: list[Path], started_at_ns: int | None) -> Iterator[bytes]:
    named = (name for side in sides for name in sources.named_in(side))
    for source in sources.collect(itertools.chain([script], named), started_at_ns):
        yield sources.as_line(source)


def _session(folder: Path) -> dict[str, Any]:
    try:
        session = json.loads((folder / "session.json").read_bytes())
    except OSError as error:
        raise LockstepError("session_folder", path=str(folder), detail=os_detail(error)) from error
    except (ValueError, RecursionError):
        session = None
    return session if isinstance(session, dict) else {}


def _script(session: dict[str, Any]) -> tuple[str, str]:
    """The script's name and the folder it was started in; empty where there is none."""
    script, cwd = session.get("script"), session.get("cwd")
    return (script if isinstance(script, str) else "", cwd if isinstance(cwd, str) else "")


def _started_at_ns(session: dict[str, Any]) -> int | None:
    try:
        moment = datetime.datetime.fromisoformat(session["started_at"])
        return int(moment.timestamp() * 1e9)
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
