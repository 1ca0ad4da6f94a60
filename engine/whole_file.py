"""Files that appear under their name only when they are whole and on the disk."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from engine.errors import LockstepError, os_detail


@contextlib.contextmanager
def whole_file(path: Path, *, replace: bool = True) -> Iterator[BinaryIO]:
    """A file beside ``path`` to write to; it takes that name when the block ends without an error,
    else it is gone.

    Raises LockstepError: output_unwritable; output_exists unless ``replace``.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        try:
            with temporary.open("xb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            _put_in_place(temporary, path, replace=replace)
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise
    except OSError as error:
        raise LockstepError("output_unwritable", path=str(path), detail=os_detail(error)) from error


def _put_in_place(temporary: Path, path: Path, *, replace: bool) -> None:
    if replace:
        temporary.replace(path)
    else:
        try:
            os.link(temporary, path)  # unlike a rename it fails where the name is taken
        except FileExistsError:
            raise LockstepError("output_exists", path=str(path)) from None
        except OSError:  # a file system without links
            if path.exists():
                raise LockstepError("output_exists", path=str(path)) from None
            temporary.rename(path)
        else:
            temporary.unlink()
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
