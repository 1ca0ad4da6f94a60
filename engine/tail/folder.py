"""A session folder, read while it grows: what is new since the last look.

No thread of its own, never waits.  What one look does is bounded: a backlog is taken in the
order of time over all segments, so that what one poll brings can be understood and let go.
"""

from __future__ import annotations

import heapq
import json
import os
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engine.agent.layout import Kind
from engine.batch import OBSERVER_INDEX, RECORD_DTYPE, Batch, ProcessFeed, Records
from engine.model import OutputChunk
from engine.tail.files import GrowingFile, OpenFiles
from engine.tail.segment import Header, SegmentReader, lost_in
from engine.tail.side import LineParser, OutputParser

#: A record may be stamped this long before it is in its slot: its writer can lose the GIL or
#: its core in between.  Late ones are delivered all the same, only behind the watermark.
MARGIN_NS = 20_000_000
#: Records of one segment taken at once, out of a backlog.
STRETCH = 32_768
#: Bytes of one side file parsed in one poll before its records have to wait for it.
MOST_SIDE = 1 << 20
#: Bytes of captured output in one poll.
MOST_OUTPUT = 8 << 20
#: A folder that changed within this time before it was listed may have changed just after, in
#: the same tick of the file system's clock (4 ms on Linux with 250 Hz, 10 ms elsewhere).
LISTING_DOUBT_NS = 100_000_000
#: The number under which samples are delivered: of the observer, or of a process of its own GIL.
SAMPLER = 0
#: Counts in the headers of segments, which change now and then, are read every so many polls.
HEADERS_EVERY = 32
#: Processes that are gone are looked at again every so many polls.
GONE_EVERY = 32
#: In a process with more segments than this those of ended threads are looked at less often.
MANY_SEGMENTS = 64
ENDED_EVERY = 8

#: A process, or an interpreter within one that has an agent of its own ("i" and its number).
_PROCESS_NAME = re.compile(r"p(\d{1,10})-([0-9a-f]{1,16})(i\d{1,10})?")
#: Threads, the observer's writers, and the samples a process takes of its own GIL.
_SEGMENT_NAME = re.compile(r"[to]\d{1,10}\.seg|gil\.seg")


@dataclass(frozen=True, slots=True)
class SessionFolder:
    """One folder of a session: of a process (or an interpreter in it), or the observer's."""

    path: Path
    index: int
    pid: int
    segments: list[str]


def session_files(folder: Path) -> list[SessionFolder]:
    """What a session folder holds, its processes in the order they began, the observer last."""
    found = []
    for index, (pid, name) in enumerate(_process_names(_names(folder))):
        found.append((name, index, pid))
    if (folder / "observer").is_dir():
        found.append(("observer", OBSERVER_INDEX, 0))
    return [
        SessionFolder(
            folder / name, index, pid, sorted(filter(_SEGMENT_NAME.fullmatch, _names(folder / name)))
        )
        for name, index, pid in found
    ]


def _names(folder: Path | str) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return [entry.name for entry in entries]
    except OSError:
        return []


def _process_names(names: Iterable[str]) -> list[tuple[int, str]]:
    """pid and name of the process folders among ``names``, in the order they began."""
    found = [(m[2].zfill(16), m[1], m[3] or "", m[0]) for m in map(_PROCESS_NAME.fullmatch, names) if m]
    return [(int(pid), name) for _, pid, _, name in sorted(found)]


class _Listing:
    """Names in a folder, listed again only when they may have changed."""

    __slots__ = ("_doubtful", "_modified_ns", "_path")

    def __init__(self, path: Path) -> None:
        self._path = str(path)
        self._modified_ns = -1
        self._doubtful = True

    def changed(self) -> list[str] | None:
        """All names, or None when they are the same as last time."""
        try:
            modified_ns = os.stat(self._path).st_mtime_ns  # noqa: PTH116  (30 times a second, each folder)
            if modified_ns == self._modified_ns and not self._doubtful:
                return None
            self._doubtful = abs(time.time_ns() - modified_ns) < LISTING_DOUBT_NS
            self._modified_ns = modified_ns
        except OSError:
            return None
        return _names(self._path)


class _Process:
    """One process folder with the readers of its files."""

    def __init__(self, path: Path, index: int, pid: int, files: OpenFiles, scratch: Records) -> None:
        self.path = path
        self.index = index
        self.pid = pid
        self.segments: dict[str, SegmentReader] = {}
        self.leaving = False  # the observer saw it end; what is left is being read
        self.gone = False  # ... and nothing was left
        self.side = GrowingFile(path / "side.jsonl", files)
        self.side_at = 0
        self.lines = LineParser()
        self.foreign = 0  # files that have a segment's name and are none
        self._broken_told = 0
        self._known: set[str] = set()
        self._listing = _Listing(path)
        self._files = files
        self._scratch = scratch

    def look(self) -> None:
        """Find new segments."""
        for name in sorted(set(self._listing.changed() or ()) - self._known):
            self._known.add(name)
            if _SEGMENT_NAME.fullmatch(name):
                self.segments[name] = SegmentReader(self.path / name, self._files, self._scratch)

    def side_left(self) -> int:
        """Bytes of the side file that were not read yet."""
        return max(0, self.side.size() - self.side_at)

    def read_side(self, most: int) -> list[list[Any]]:
        """New lines out of at most ``most`` bytes."""
        data = self.side.read(most, self.side_at)
        self.side_at += len(data)
        return self.lines.feed(data) if data else []

    def let_go(self) -> None:
        """Nothing more is expected: keep no files open, look seldom."""
        self.gone = True
        self.close()

    def close(self) -> None:
        self.side.close()
        for segment in self.segments.values():
            segment.close()

    def take_broken(self) -> int:
        """Broken lines and files found since the last call."""
        now = self.lines.broken + self.foreign
        new, self._broken_told = now - self._broken_told, now
        return new


class _Gathering:
    """What one poll has found so far."""

    def __init__(self) -> None:
        self.feeds: dict[int, ProcessFeed] = {}
        self.parts: dict[tuple[int, int], list[Records]] = {}

    def feed_of(self, process: _Process) -> ProcessFeed:
        feed = self.feeds.get(process.index)
        if feed is None:
            feed = ProcessFeed(process.path.name, process.index, process.pid)
            self.feeds[process.index] = feed
        return feed

    def add(self, process: _Process, segment: SegmentReader, rows: Records) -> None:
        if not len(rows):
            return
        feed = self.feed_of(process)
        feed.native_ids[segment.thread] = segment.native_id
        self.parts.setdefault((process.index, segment.thread), []).append(rows)

    def finish(self) -> None:
        for (index, thread), parts in self.parts.items():
            rows = parts[0] if len(parts) == 1 else np.concatenate(parts)
            if thread == SAMPLER and len(parts) > 1:  # several writers under one number
                rows = rows[np.argsort(rows["time"], kind="stable")]
            self.feeds[index].records[thread] = rows


class Tail:
    """Reads a session folder, growing or finished; used by one thread at a time.

    It is finished when session.json tells the end, or once :meth:`finish` was called (the
    observer is known to be dead, the folder is an old one).  Then the polls bring what is
    left, and the last one is ``complete``.
    """

    def __init__(self, folder: Path, *, live: bool = True, margin_ns: int = MARGIN_NS) -> None:
        self.folder = Path(folder)
        self.margin_ns = margin_ns
        #: session.json as it stands, {} before it is there
        self.session: dict[str, Any] = {}
        self._lost = 0
        self._unwritten = 0
        self._final = not live
        self._complete = False
        self._files = OpenFiles()
        self._scratch: Records = np.empty(STRETCH, RECORD_DTYPE)
        self._listing = _Listing(self.folder)
        self._processes: dict[str, _Process] = {}
        self._by_pid: dict[int, list[_Process]] = {}
        self._observer: _Process | None = None
        self._output = GrowingFile(self.folder / "output.bin", self._files)
        self._output_at = 0
        self._output_parser = OutputParser()
        self._session_version = (-1, -1)
        self._size = 0
        self._polls = 0

    @property
    def output_dropped(self) -> int:
        """Bytes of the program's output that the observer did not keep."""
        return self._output_parser.dropped

    @property
    def lost(self) -> int:
        """Records known not to have been written so far."""
        return self._lost + self._unwritten

    @property
    def complete(self) -> bool:
        """Everything has been delivered and nothing will follow."""
        return self._complete

    def finish(self) -> None:
        """Nobody writes in this folder any more; bring the rest."""
        self._final = True

    def poll(self, max_records: int = 1_000_000) -> Batch:
        """What is new, at most about ``max_records`` records of it.

        Raises nothing for anything that can happen to the files: one that cannot be read is
        as one without news.
        """
        begin_ns = time.perf_counter_ns()
        self._polls += 1
        self._read_session()
        final = self._final
        self._look()
        gathering = _Gathering()
        behind_ns, drained = self._read(gathering, max_records, begin_ns, final=final)
        gathering.finish()
        output, output_left = self._read_output()
        for feed in gathering.feeds.values():
            self._count_lost(feed)
        if final or self._polls % HEADERS_EVERY == 0:
            self._unwritten = sum(s.read_unwritten() for p in self._all() for s in p.segments.values())
        if final and drained and not output_left:
            self._complete = True
        observer = gathering.feeds.pop(OBSERVER_INDEX, None)
        if observer is not None:
            self._mark_gone(observer)
        if behind_ns is None:
            behind_ns = begin_ns
        return Batch(
            watermark_ns=max(0, behind_ns - self.margin_ns),
            processes=[gathering.feeds[index] for index in sorted(gathering.feeds)],
            observer=observer,
            output=output,
            lost=self.lost,
            size_bytes=self._size,
            complete=self._complete,
        )

    def close(self) -> None:
        """Close all files; the tail is not used afterwards."""
        for process in self._all():
            process.close()
        self._output.close()

    def __enter__(self) -> Tail:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- finding ----------------------------------------------------------------------------

    def _all(self) -> list[_Process]:
        observer = [self._observer] if self._observer is not None else []
        return [*self._processes.values(), *observer]

    def _read_session(self) -> None:
        path = self.folder / "session.json"
        try:
            status = path.stat()
            version = (status.st_mtime_ns, status.st_ino)
            if version == self._session_version:
                return
            session = json.loads(path.read_bytes())
        except (OSError, ValueError, RecursionError):
            return
        if isinstance(session, dict):
            self._session_version = version
            self.session = session
            self._final = self._final or session.get("ended_ns") is not None

    def _look(self) -> None:
        names = self._listing.changed()
        if names is not None:
            for pid, name in _process_names(names):
                if name not in self._processes:
                    process = self._open(name, len(self._processes), pid)
                    self._processes[name] = process
                    self._by_pid.setdefault(process.pid, []).append(process)
            if self._observer is None and "observer" in names:
                self._observer = self._open("observer", OBSERVER_INDEX, 0)

    def _open(self, name: str, index: int, pid: int) -> _Process:
        return _Process(self.folder / name, index, pid, self._files, self._scratch)

    # --- reading ----------------------------------------------------------------------------

    def _read(
        self, gathering: _Gathering, budget: int, now_ns: int, *, final: bool
    ) -> tuple[int | None, bool]:
        """Fill ``gathering``.

        Gives the time up to which all there is was taken (None: there is no backlog) and
        whether nothing is left.  Side files are read after the records that refer to them; a
        side file with a backlog goes first and its records wait, so that no record comes
        before the line that explains it.
        """
        processes = [
            p for p in self._all() if final or not p.gone or (self._polls + p.index) % GONE_EVERY == 0
        ]
        waiting: list[tuple[int, int, _Process, SegmentReader]] = []
        behind: list[int] = []
        late_side: list[_Process] = []
        backlogs = 0
        for process in processes:
            process.look()
            left = process.side_left()
            backlog = left > MOST_SIDE
            pending = self._pending(process, final=final)
            if backlog:
                self._take_side(gathering, process, MOST_SIDE)
                backlogs += 1
                behind.extend(pending_ns for pending_ns, _ in pending)
            elif left or pending:
                late_side.append(process)
                for pending_ns, segment in pending:
                    waiting.append((pending_ns, len(waiting), process, segment))
            if process.leaving and not (backlog or pending):
                process.let_go()
        heapq.heapify(waiting)
        order = len(waiting)
        while waiting and budget > 0:
            _, _, process, segment = heapq.heappop(waiting)
            rows, more = segment.read(min(STRETCH, budget), now_ns, final=final)
            budget -= len(rows)
            self._size += rows.nbytes
            gathering.add(process, segment, rows)
            if segment.held_back_ns:
                behind.append(segment.held_back_ns)
            elif more and len(rows):
                order += 1
                heapq.heappush(waiting, (int(rows["time"][-1]), order, process, segment))
        for process in late_side:
            self._take_side(gathering, process, process.side_left())
        for process in processes:
            broken = process.take_broken()
            if broken:
                gathering.feed_of(process).broken = broken
        behind.extend(entry[0] for entry in waiting)
        return min(behind, default=None), not behind and not backlogs

    def _take_side(self, gathering: _Gathering, process: _Process, size: int) -> None:
        if size:
            before = process.side_at
            lines = process.read_side(size)
            self._size += process.side_at - before
            if lines:
                gathering.feed_of(process).lines.extend(lines)

    def _pending(self, process: _Process, *, final: bool) -> list[tuple[int, SegmentReader]]:
        """The segments with something new, and the time of the first of it."""
        pending = []
        foreign = []
        seldom = len(process.segments) > MANY_SEGMENTS and not (final or process.leaving)
        for number, (name, segment) in enumerate(process.segments.items()):
            if seldom and segment.ended and (self._polls + number) % ENDED_EVERY:
                continue
            pending_ns = segment.pending_ns()
            if pending_ns >= 0:
                pending.append((pending_ns, segment))
            elif segment.state is Header.FOREIGN:
                foreign.append(name)
        for name in foreign:
            process.foreign += 1
            del process.segments[name]
        return pending

    def _read_output(self) -> tuple[list[OutputChunk], bool]:
        data = self._output.read(MOST_OUTPUT, self._output_at)
        self._output_at += len(data)
        self._size += len(data)
        return (self._output_parser.feed(data) if data else []), len(data) == MOST_OUTPUT

    def _count_lost(self, feed: ProcessFeed) -> None:
        for thread, rows in feed.records.items():
            self._lost += lost_in(rows, thread)

    def _mark_gone(self, feed: ProcessFeed) -> None:
        """Processes that the observer saw end need to be looked at only now and then."""
        for rows in feed.records.values():
            over = (rows["kind"] == Kind.PROCESS_GONE) & (rows["flags"] == 0)
            for pid in rows["object"][over].tolist():
                for process in self._by_pid.get(pid, ()):
                    process.leaving = True
