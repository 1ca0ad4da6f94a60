"""A session folder, read and understood in a process of its own while it grows.

Understanding a flood of records takes the GIL for most of the time; in the window's process that
would be the time its frames need.  The reader process polls the folder (``engine.watch.Watch``) and
sends each delta through a pipe; what arrives is applied by the window.
"""

from __future__ import annotations

import contextlib
import json
import queue
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from engine.assembler.delta import Delta
from engine.errors import LockstepError
from engine.reader.pipe import receive

_PROGRAM = Path(__file__).resolve().parent


@dataclass(slots=True)
class Reading:
    """What one poll brought: the delta, and session.json as it stood then."""

    delta: Delta
    session: dict[str, Any]


class Reader:
    """The reader process, seen from the window's; used by one thread, which need not be the one that
    ends it.

    It is started before there is a folder, so that it is ready when there is one.  It ends with this
    process, however that ends.
    """

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(_PROGRAM), json.dumps(sys.path)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )  # fmt: skip
        self._arrived: queue.Queue[Reading | BaseException] = queue.Queue(1)
        self._closed = False
        self._thread = threading.Thread(target=self._receive, name="lockstep-reader", daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    def open(self, folder: Path, *, live: bool) -> None:
        """What is to be read.  ``live=False``: nobody writes there any more."""
        request = json.dumps({"folder": str(folder), "live": live}) + "\n"
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):  # it is gone: ``next`` says so
            self._process.stdin.write(request.encode())
            self._process.stdin.flush()

    def next(self, wait_s: float) -> Reading | None:
        """What came next; None when there was nothing for so long.

        Raises:
            LockstepError: the process ended before everything was read.
            Exception: what went wrong there.
        """
        try:
            arrived = self._arrived.get(timeout=wait_s)
        except queue.Empty:
            return None
        if isinstance(arrived, BaseException):
            raise arrived
        return arrived

    def close(self) -> None:
        """Ends the process."""
        self._closed = True
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        while self._thread.is_alive():  # it may wait for room
            with contextlib.suppress(queue.Empty):
                self._arrived.get_nowait()
            self._thread.join(0.01)
        self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _receive(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as pipe:
            try:
                while not self._closed:
                    self._arrived.put(receive(pipe))
            except EOFError:
                if not self._closed:
                    self._arrived.put(LockstepError("reader_ended", status=str(self._process.wait())))
            except OSError as error:
                self._arrived.put(error)
