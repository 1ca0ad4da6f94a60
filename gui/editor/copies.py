"""Copies of programs in the user's folder: where they lie, reading, writing without a loss.  No widgets."""

from __future__ import annotations

import io
import itertools
import tokenize
from pathlib import Path

from PySide6.QtCore import QSaveFile, QStandardPaths


def folder_of_copies() -> Path:
    """``Lockstep`` in the user's documents; need not exist yet."""
    place = QStandardPaths.StandardLocation.DocumentsLocation
    documents = QStandardPaths.writableLocation(place)
    return Path(documents or Path.home()) / "Lockstep"


def free_name(folder: Path, stem: str) -> Path:
    """``stem.py`` in ``folder``, or ``stem-2.py`` and so on: one that does not exist."""
    names = itertools.chain([stem], (f"{stem}-{number}" for number in itertools.count(2)))
    return next(path for name in names if not (path := folder / f"{name}.py").exists())


def encoding_of(code: bytes) -> str:
    """What a program says it is written in; UTF-8 where it says nothing that makes sense."""
    try:
        return tokenize.detect_encoding(io.BytesIO(code).readline)[0]
    except SyntaxError:
        return "utf-8"


def read(path: Path) -> tuple[bytes, str]:
    """A program as it lies there, and its text.  Raises OSError, UnicodeDecodeError."""
    code = path.read_bytes()
    text = code.decode(encoding_of(code))
    return code, text.replace("\r\n", "\n").replace("\r", "\n")


def encoded(text: str) -> bytes:
    """Raises UnicodeEncodeError where the text does not fit what it says it is written in."""
    encoding = encoding_of(text.encode("utf-8", "replace"))
    return text.encode("utf-8" if encoding == "utf-8-sig" else encoding)


def create(folder: Path, stem: str, code: bytes) -> Path:
    """Writes a new file and gives its path; whatever is there stays.  Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    while True:
        path = free_name(folder, stem)
        try:
            with path.open("xb") as file:
                file.write(code)
        except FileExistsError:
            continue  # made by somebody else in between
        return path


def replace(path: Path, code: bytes) -> None:
    """The whole of the new file or the whole of the old one, whatever happens.  Raises OSError."""
    file = QSaveFile(str(path))
    if not file.open(QSaveFile.OpenModeFlag.WriteOnly) or file.write(code) != len(code) or not file.commit():
        raise OSError(file.errorString())


def changed_outside(path: Path, known: bytes) -> bool:
    """Whether something else stands there than what was read or written last."""
    try:
        return path.read_bytes() != known
    except FileNotFoundError:
        return False
    except OSError:
        return True
