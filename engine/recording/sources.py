"""The program's source files, kept with a recording: the code panel shows what ran, not what
the disk has by now."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.tail.side import LineParser

#: Bytes of one file, and of all.
MOST_FILE = 1 << 20
MOST_FILES = 16 << 20

#: The standard library, wherever the interpreter is: …/lib/python3.12/threading.py, C:\\…\\Lib\\…
_LIBRARY = re.compile(r"[/\\](?:lib[/\\]python3\.\d+t?|Lib)[/\\](?!(?:site|dist)-packages[/\\])")


@dataclass(frozen=True, slots=True)
class Source:
    """One file as it was when the recording was saved.

    ``changed``: it was modified after the program had started, so it may not be what ran.
    """

    path: str
    text: str
    changed: bool = False


def belongs_to_library(path: str) -> bool:
    """Whether a file is part of the standard library (found by its path alone)."""
    return _LIBRARY.search(path) is not None


def collect(named: Iterable[tuple[str, str]], started_at_ns: int | None) -> Iterator[Source]:
    """The readable files among ``named``, in their order, within the bounds of size.

    ``named``: what the program calls each file, and the folder that a relative name starts from.
    ``started_at_ns``: when the program started, in nanoseconds since the epoch.
    """
    left = MOST_FILES
    for path, cwd in dict.fromkeys(named):
        if not path or path.startswith("<") or belongs_to_library(path):
            continue
        try:
            file = Path(cwd, path)
            if not file.is_file():
                continue
            status = file.stat()
            if status.st_size > min(MOST_FILE, left):
                continue
            text = file.read_bytes()[:MOST_FILE].decode("utf-8", "replace")
        except (OSError, ValueError):
            continue
        left -= len(text)
        yield Source(path, text, started_at_ns is not None and status.st_mtime_ns > started_at_ns)


def named_in(side_file: Path) -> Iterator[tuple[str, str]]:
    """The files that the locations of a side file name, and the process's first folder."""
    parser = LineParser()
    cwd = ""
    try:
        with side_file.open("rb") as file:
            while data := file.read(1 << 20):
                for line in parser.feed(data):
                    if line[0] == "process" and len(line) > 8 and isinstance(line[8], str):
                        cwd = line[8]
                    elif line[0] == "location" and len(line) > 2 and isinstance(line[2], str):
                        yield line[2], cwd
    except OSError:
        return


def as_line(source: Source) -> bytes:
    return json.dumps([source.path, source.text, source.changed], ensure_ascii=False).encode() + b"\n"


def from_line(line: list[Any]) -> Source | None:
    """The source that :func:`as_line` wrote; None for anything else."""
    if len(line) >= 3 and isinstance(line[0], str) and isinstance(line[1], str):
        return Source(line[0], line[1], bool(line[2]))
    return None
