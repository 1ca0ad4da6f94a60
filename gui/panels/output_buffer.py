"""The program's output, bounded: the last lines of stdout and stderr, stamped.  No Qt.

A program may write hundreds of megabytes, without a single line break if it likes.  Kept are the
last :data:`MAX_BYTES`; what was let go is counted, and the recording still has it.
"""

from __future__ import annotations

import codecs
import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from heapq import merge
from time import monotonic

from engine.model import OutputChunk

MAX_BYTES = 2_000_000
MAX_LINES = 20_000
#: A longer line is broken, so that no view has to lay out megabytes at once.
MAX_LINE = 2_000
#: Bytes made into lines without looking at the clock.
PIECE = 16_384
STDOUT, STDERR = 1, 2
#: Stands where the program was given a line of input; nothing of it is shown.
GIVEN = 0

#: Colours and cursor movements for terminals, and other control characters but tab and newline.
_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-_]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
)


@dataclass(slots=True)
class Line:
    """One line; ``number`` counts from 0 over the whole run and never changes, ``open`` while no
    line break has come."""

    number: int
    time_ns: int
    stream: int
    text: str
    open: bool = False


def with_input(chunks: Iterable[OutputChunk], given_ns: Iterable[int]) -> list[OutputChunk]:
    """Output with the moments at which ``input()`` came back (in order) put in between: a person's
    Enter ended the line of the prompt, which the program itself did not write."""
    breaks = (OutputChunk(time, GIVEN, b"") for time in given_ns)
    return list(merge(breaks, chunks, key=lambda chunk: chunk.time_ns))


class OutputBuffer:
    """Lines of both streams in the order of their first byte."""

    def __init__(self, max_bytes: int = MAX_BYTES, max_lines: int = MAX_LINES) -> None:
        self._max_bytes = max_bytes
        self._max_lines = max_lines
        self.lines: deque[Line] = deque()
        self.dropped_lines = 0
        self.dropped_bytes = 0
        self._kept = 0
        self._next = 0
        self._open: dict[int, Line] = {}
        self._decoders: dict[int, codecs.IncrementalDecoder] = {}
        self._waiting: deque[OutputChunk] = deque()
        self._waiting_bytes = 0

    def add(self, chunks: Iterable[OutputChunk]) -> None:
        """Takes what a program wrote; it becomes lines in ``work``.  Cheap, whatever comes."""
        for chunk in chunks:
            self._waiting.append(chunk)
            self._waiting_bytes += len(chunk.text)
        while self._waiting_bytes > self._max_bytes and len(self._waiting) > 1:
            chunk = self._waiting.popleft()
            self._waiting_bytes -= len(chunk.text)
            self.dropped_bytes += len(chunk.text)
            self.dropped_lines += chunk.text.count(b"\n")
            self._open.clear()

    def end_lines(self) -> None:
        """A person gave input: on a terminal that ends the line of the prompt."""
        self.work()
        self._end_open()

    def _end_open(self) -> None:
        for line in self._open.values():
            line.open = False
        self._open.clear()

    def work(self, seconds: float = 1e9) -> bool:
        """Makes lines of what is waiting, for about so long; whether anything is left."""
        until = monotonic() + seconds
        while self._waiting:
            chunk = self._waiting.popleft()
            self._waiting_bytes -= len(chunk.text)
            if len(chunk.text) > PIECE:  # a piece at a time: there is a time to keep to
                self._waiting.appendleft(OutputChunk(chunk.time_ns, chunk.stream, chunk.text[PIECE:]))
                self._waiting_bytes += len(chunk.text) - PIECE
                chunk = OutputChunk(chunk.time_ns, chunk.stream, chunk.text[:PIECE])
            self._add(chunk)
            if monotonic() >= until:
                break
        self._trim()
        return bool(self._waiting)

    def _decode(self, chunk: OutputChunk) -> str:
        decoder = self._decoders.get(chunk.stream)
        if decoder is None:
            decoder = codecs.getincrementaldecoder("utf-8")("replace")
            self._decoders[chunk.stream] = decoder
        return decoder.decode(chunk.text)

    def _add(self, chunk: OutputChunk) -> None:
        if chunk.stream == GIVEN:
            self._end_open()
            return
        # A terminal writes \r\n; a lone \r goes back to the start of the line.
        text = _ESCAPES.sub("", self._decode(chunk).replace("\r\n", "\n"))
        parts = text.split("\n")
        for i, part in enumerate(parts):
            last = i == len(parts) - 1
            if last and not part:
                break
            self._put(chunk, part, ended=not last)

    def _put(self, chunk: OutputChunk, part: str, ended: bool) -> None:
        line = self._open.get(chunk.stream)
        if line is None:
            line = Line(self._next, chunk.time_ns, chunk.stream, "", open=True)
            self._next += 1
            self.lines.append(line)
            self._open[chunk.stream] = line
        before = len(line.text)
        if "\r" in part:
            part = part.rsplit("\r", 1)[1]
            line.text = ""
        line.text += part
        self._kept += len(line.text) - before
        while len(line.text) > MAX_LINE:
            rest, line.text = line.text[MAX_LINE:], line.text[:MAX_LINE]
            line.open = False
            line = Line(self._next, chunk.time_ns, chunk.stream, rest, open=True)
            self._next += 1
            self.lines.append(line)
            self._open[chunk.stream] = line
        if ended:
            line.open = False
            del self._open[chunk.stream]

    def _trim(self) -> None:
        while self.lines and (self._kept > self._max_bytes or len(self.lines) > self._max_lines):
            line = self.lines.popleft()
            self._kept -= len(line.text)
            self.dropped_lines += 1
            self.dropped_bytes += len(line.text.encode("utf-8", "replace")) + 1
            if self._open.get(line.stream) is line:
                del self._open[line.stream]

    def since(self, number: int) -> list[Line]:
        """The lines from ``number`` on, as far as they are kept."""
        if not self.lines or number > self.lines[-1].number:
            return []
        first = max(0, number - self.lines[0].number)
        return [self.lines[i] for i in range(first, len(self.lines))]

    @property
    def next_number(self) -> int:
        return self._next

    def text(self, streams: frozenset[int] = frozenset((STDOUT, STDERR))) -> str:
        return "\n".join(line.text for line in self.lines if line.stream in streams)
