"""Recordings in other programs' formats."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TextIO

from engine.export import perfetto, spans_csv
from engine.store import Store
from engine.whole_file import whole_file

Writer = Callable[[Store, TextIO, dict[str, Any]], None]

FORMATS: Final[dict[str, Writer]] = {
    "perfetto": lambda store, out, info: perfetto.write(store, out, info=info),
    "csv": lambda store, out, _: spans_csv.write(store, out),
}


def export(store: Store, kind: str, path: Path, info: dict[str, Any] | None = None) -> None:
    """Write ``store`` to ``path`` (``-``: standard output) as one of FORMATS.

    The file appears when it is whole, in place of one of that name.  ``info`` goes where the
    format has room for it.  Raises LockstepError (output_unwritable).
    """
    if str(path) == "-":
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8", newline="")
        FORMATS[kind](store, sys.stdout, info or {})
        sys.stdout.flush()
        return
    with whole_file(path) as file:
        out = io.TextIOWrapper(file, encoding="utf-8", newline="")
        try:
            FORMATS[kind](store, out, info or {})
        finally:
            out.detach()  # the text is handed on; the file is not ours to close
