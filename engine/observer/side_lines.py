"""Reads what the agents tell about threads and GILs in their side files, as it is written."""

from __future__ import annotations

import json
import os
from typing import Any

from engine.agent.layout import Line

_WANTED = tuple(f'["{name}"'.encode() for name in (Line.GIL, Line.THREAD, Line.PROCESS))


class SideLines:
    """New lines of one side file.  ``read`` does not wait."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._at = 0
        self._rest = b""

    def again(self) -> SideLines:
        """The same file from its beginning."""
        return SideLines(self._path)

    def read(self) -> list[list[Any]]:
        """The GIL, THREAD and PROCESS lines that have come since the last call."""
        try:
            size = os.stat(self._path).st_size
            if size <= self._at:
                return []
            with open(self._path, "rb") as file:
                file.seek(self._at)
                data = file.read(1 << 22)
        except OSError:
            return []
        self._at += len(data)
        lines = (self._rest + data).split(b"\n")
        self._rest = lines.pop()
        found = []
        for line in lines:
            if line.startswith(_WANTED):
                try:
                    items = json.loads(line)
                except ValueError:
                    continue
                if isinstance(items, list):
                    found.append(items)
        return found
