"""Side files and captured output: small appended pieces that arrive in halves.

The parsers take bytes in any cuts, so that a growing file and the blocks of a recording go
through the same code.
"""

from __future__ import annotations

import json
from typing import Any

from engine.agent import layout
from engine.model import OutputChunk

#: A line that is longer than this without an end is not a line of ours (``layout.Line``: 64 KiB).
LONGEST_LINE = 1 << 20


class LineParser:
    """Bytes of a side file → its complete lines."""

    __slots__ = ("_rest", "_skipping", "broken")

    def __init__(self) -> None:
        self._rest = b""
        self._skipping = False
        #: lines left out because they are no JSON array
        self.broken = 0

    def feed(self, data: bytes) -> list[list[Any]]:
        """The lines that ``data`` completes; an unfinished one waits for its end."""
        head, newline, rest = data.rpartition(b"\n")
        if not newline:
            self._keep(self._rest + data)
            return []
        head = self._rest + head
        self._rest = b""
        if self._skipping:
            _, _, head = head.partition(b"\n")
            self._skipping = False
        self._keep(rest)
        return self._parse(head)

    def _keep(self, rest: bytes) -> None:
        if len(rest) > LONGEST_LINE:
            rest = b""
            self.broken += not self._skipping
            self._skipping = True
        self._rest = rest

    def _parse(self, text: bytes) -> list[list[Any]]:
        if not text:
            return []
        try:  # one call for all lines is twice as fast as one each
            lines = json.loads(b"[" + text.replace(b"\n", b",") + b"]")
            if len(lines) == text.count(b"\n") + 1 and all(type(line) is list and line for line in lines):
                return lines  # type: ignore[no-any-return]
        except (ValueError, RecursionError):
            pass
        good = []
        for raw in text.split(b"\n"):
            try:
                line = json.loads(raw)
            except (ValueError, RecursionError):
                line = None
            if type(line) is list and line:
                good.append(line)
            else:
                self.broken += 1
        return good


class OutputParser:
    """Bytes of ``output.bin`` → chunks of captured output.

    Stream 0 has notices of the observer, not output: how many bytes it did not keep.
    """

    __slots__ = ("_rest", "dropped")

    def __init__(self) -> None:
        self._rest = b""
        #: bytes of output that were not kept, for want of room
        self.dropped = 0

    def feed(self, data: bytes) -> list[OutputChunk]:
        """The chunks that ``data`` completes."""
        data = self._rest + data
        chunks = []
        at = 0
        header = layout.OUTPUT_HEADER
        while len(data) - at >= header.size:
            time_ns, _, stream, count = header.unpack_from(data, at)
            end = at + header.size + count
            if len(data) < end:
                break
            text = data[at + header.size : end]
            if stream:
                chunks.append(OutputChunk(time_ns, stream, text))
            else:
                self._notice(text)
            at = end
        self._rest = data[at:]
        return chunks

    def _notice(self, text: bytes) -> None:
        try:
            dropped = json.loads(text)["dropped"]
        except (ValueError, RecursionError, KeyError, TypeError):
            return
        if isinstance(dropped, int) and dropped > 0:
            self.dropped = max(self.dropped, dropped)
