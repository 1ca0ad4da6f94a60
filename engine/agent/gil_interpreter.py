"""The second way to see the GIL: a sampler in an isolated interpreter of this process.

Where the observer may not read the program's memory (macOS, Windows, some settings of Linux),
an interpreter with its own GIL, in a thread of the observed process, reads the same words
(CPython 3.13 and later; on 3.12 ``_ctypes`` refuses to load there).  It never needs the main
interpreter's GIL while it samples.

While such an interpreter exists, every child of ``os.fork()`` dies (CPython 3.13.0: in
``PyOS_AfterFork_Child``), so it is ended before a fork and made again after it.
"""

import _thread
import os
import sys
import time

from . import layout
from .private_modules import fetch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

#: How long the observed program waits at most for the sampler to end, seconds.
_PATIENCE_S = 5.0
#: Where in the segment's header main thread and sampler leave each other word; the bytes
#: behind the fields of ``layout.SEGMENT_HEADER`` are free.
STOP_AT, COUNT_AT, LAST_AT = 40, 48, 56


class OwnInterpreter:
    """Starts and ends the sampler.  All methods in a thread of the main interpreter.

    ``address`` and ``offsets`` say where the GIL is; records go to ``gil.seg`` in ``folder``,
    holders' lines to its side file.  ``failed`` is told why the sampler could not run.
    """

    def __init__(
        self, address: int, offsets: "dict[str, int]", folder: str, failed: "Callable[[str], None]"
    ) -> None:
        if sys.hexversion < 0x030D0000:
            raise RuntimeError("an interpreter of its own that can read memory needs Python 3.13")
        self._interpreters = fetch("_interpreters")
        self._thread = _thread
        self._sleep = time.sleep
        self._folder = folder
        self._failed = failed
        self._running = False
        self._runs = 0
        self._native_id = 0
        self._ended = _thread.allocate_lock()
        path = os.path.join(folder, "gil.seg")
        header = layout.SEGMENT_HEADER.pack(
            layout.SEGMENT_MAGIC,
            layout.FORMAT_VERSION,
            layout.WRITER_OBSERVER,
            os.getpid(),
            0,
            0,
            time.perf_counter_ns(),
            0,
        ).ljust(layout.SEGMENT_HEADER_SIZE, b"\0")
        # No descriptor stays open: the program may close those that it does not know.
        self._path = path
        self._write(header, 0, os.O_CREAT | os.O_TRUNC)
        here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "gil_sampler.py")
        source = os.open(here, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
        try:
            self._source = os.read(source, 1 << 20).decode()
        finally:
            os.close(source)
        self._parameters: "dict[str, Any]" = {
            "file": {
                "path": path,
                "full": os.path.join(os.path.dirname(folder), "full"),
                "header_size": layout.SEGMENT_HEADER_SIZE,
                "record": layout.RECORD.format,
                "chunk": layout.NEXT_CHUNK,
                "places": (STOP_AT, COUNT_AT, LAST_AT),
            },
            "address": address,
            "offsets": offsets,
            "side": os.path.join(folder, "side.jsonl"),
            "kinds": (
                layout.Kind.GIL,
                layout.Kind.GIL_GAP,
                layout.Kind.OBSERVING,
                layout.Kind.OBSERVER_LOST,
                layout.Kind.LOOKED,
            ),
            "flags": (layout.Gil.LOCKED, layout.Gil.CERTAIN, layout.Gil.UNCHANGED),
            "way": layout.Way.INTERPRETER,
            "holder_line": layout.Line.HOLDER,
            "period_ns": 100_000,
        }

    def _write(self, data: bytes, at: int, flags: int = 0) -> None:
        """Into the segment's header."""
        descriptor = os.open(
            self._path, os.O_WRONLY | flags | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0), 0o600
        )
        try:
            os.lseek(descriptor, at, 0)
            os.write(descriptor, data)
        finally:
            os.close(descriptor)

    def start(self) -> None:
        """Start sampling in a new thread; returns at once.  Nothing when it runs already."""
        if self._running:
            return
        self._write(b"\0", STOP_AT)
        # The holders of every run have numbers of their own: a line of a side file is not taken back.
        self._parameters["first_holder"] = (self._runs << 16) + 1
        self._runs += 1
        self._ended.acquire()
        self._running = True
        try:
            self._thread.start_new_thread(self._run, ())
        except RuntimeError as error:
            self._running = False
            self._ended.release()
            self._failed(str(error))

    def stop(self) -> bool:
        """End the sampler and its interpreter, and wait for it; False when it did not run."""
        if not self._running:
            return False
        self._write(b"\1", STOP_AT)
        if self._ended.acquire(True, _PATIENCE_S):
            self._ended.release()
            self._wait_for_thread()
        self._running = False
        return True

    def _wait_for_thread(self) -> None:
        """Until the operating system has no such thread either: CPython warns when a process
        with several threads forks (3.12 and later), and it counts them there."""
        task = "/proc/self/task/" + str(self._native_id)
        deadline = time.perf_counter() + _PATIENCE_S
        while os.path.exists(task) and time.perf_counter() < deadline:
            self._sleep(0.0001)

    def _run(self) -> None:
        """The thread: make the interpreter, sample in it until told to stop, end it."""
        interpreters = self._interpreters
        problem = ""
        self._native_id = self._thread.get_native_id()
        try:
            identity = interpreters.create("isolated", reqrefs=False)
            try:
                source = "PARAMETERS = " + repr(self._parameters) + "\n" + self._source
                outcome = interpreters.exec(identity, source)
                if outcome is not None:
                    problem = str(getattr(outcome, "formatted", outcome))
            finally:
                interpreters.destroy(identity)
        except Exception as error:  # nothing of ours may reach the program
            problem = str(error) or type(error).__name__
        finally:
            self._ended.release()
        if problem:
            self._failed(problem)
