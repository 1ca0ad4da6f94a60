"""The one place where another thread meets Qt.

A :class:`Job` is a thread that works for the window: it starts and reads a run, loads or saves a
recording, looks for interpreters.  It never touches a widget or a store that is shown.  What it
has to say it puts into its :class:`Mailbox`, which wakes the window with one queued signal however
much has come meanwhile, and the window takes it when it has time; a job that is too far ahead waits,
and what its program writes meanwhile stays in the session folder.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from time import monotonic, perf_counter_ns
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from engine.model import OutputChunk
from engine.reader import Reader, Reading
from engine.store import Store

#: How often a second a run is asked what there is to say of it, at least.
RATE_HZ = 30
#: Messages that wait in a mailbox before the job itself has to wait.
WAITING_LIMIT = 4
#: The window takes messages for this long at a time, then paints.
BUDGET_S = 0.006
#: How long closing the window waits for a job that was told to stop.
JOIN_S = 5.0

Message = Callable[[], None]


class Mailbox(QObject):
    """Messages from one thread to the window's.  A message is called there, in order."""

    _posted = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: deque[Message] = deque()
        self._room = threading.Condition()
        self._awake = False
        self._closed = False
        self._posted.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def post(self, message: Message, *, urgent: bool = False) -> bool:
        """From any thread: has ``message`` called in the window's thread.  Waits for room unless
        ``urgent``; False when the mailbox was closed meanwhile."""
        with self._room:
            while not urgent and not self._closed and len(self._waiting) >= WAITING_LIMIT:
                self._room.wait()
            if self._closed:
                return False
            self._waiting.append(message)
            if self._awake:
                return True
            self._awake = True
        self._posted.emit()
        return True

    def close(self) -> None:
        """Nothing is delivered any more, nobody waits any more."""
        with self._room:
            self._closed = True
            self._waiting.clear()
            self._room.notify_all()

    def _deliver(self) -> None:
        until = monotonic() + BUDGET_S
        while True:
            with self._room:
                if not self._waiting:
                    self._awake = False
                    return
                message = self._waiting.popleft()
                self._room.notify_all()
            message()
            if monotonic() >= until:
                break
        QTimer.singleShot(1, self, self._deliver)


class Job(threading.Thread):
    """Work for the window in a thread of its own: ``work`` is called with the job, which tells it
    when to stop (``stopping``) and takes its messages (``mailbox``).

    ``failed`` is called in the window's thread with the exception that ended it.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[Job], None],
        failed: Callable[[BaseException], None],
        parent: QObject,
    ) -> None:
        super().__init__(name=name, daemon=True)
        self.mailbox = Mailbox(parent)
        self._work = work
        self._failed = failed
        self._stop_asked = threading.Event()
        self._ended = False

    @property
    def stopping(self) -> bool:
        return self._stop_asked.is_set()

    def post(self, message: Message, *, urgent: bool = False) -> bool:
        return self.mailbox.post(message, urgent=urgent)

    def run(self) -> None:
        try:
            self._work(self)
        except BaseException as error:
            failure = error
            self.post(lambda: self._failed(failure), urgent=True)

    def end(self, wait_s: float = JOIN_S) -> None:
        """From the window's thread: stop, and wait until it has.  Once is enough, twice is no harm."""
        if self._ended:
            return
        self._ended = True
        self._stop_asked.set()
        self.mailbox.close()
        if self.ident is not None:  # it was started
            self.join(wait_s)
        self.mailbox.deleteLater()


class Bridge(QObject):
    """A run or a session folder that is read into a store, live.

    The store changes in the window's thread alone, in messages of the reading thread.  Signals:
    ``started`` (a run: its session folder is there), ``grew`` (whether tracks changed),
    ``output_arrived`` (list of ``OutputChunk``), ``event_arrived`` (what the observer says, a
    dict), ``finished`` (everything was read), ``failed`` (the exception).
    """

    started = Signal(object)
    grew = Signal(bool)
    output_arrived = Signal(list)
    event_arrived = Signal(dict)
    finished = Signal()
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.store = Store()
        #: How far what is in the store is behind a program that runs.
        self.lag_s = 0.0
        self._live = False
        self.session_info: dict[str, Any] = {}
        self._job: Job | None = None
        self._session: Any = None
        self._commands: deque[Callable[[Any], None]] = deque()

    @property
    def busy(self) -> bool:
        """A run or a folder is being read."""
        return self._job is not None

    # --- from the window -----------------------------------------------------------------

    def run(self, store: Store, start: Callable[[], Any]) -> None:
        """Starts a run with ``start`` (in the job's thread; gives an ``engine.session.Session``, or
        raises) and reads it into ``store``."""
        self._begin(store, "run", lambda job: self._work_on_run(job, start))
        self._live = True

    def read(self, store: Store, folder: Path) -> None:
        """Reads a session folder whose run is over, or whose window died."""
        self._begin(store, "read", lambda job: self._work_on_folder(job, folder))

    def _begin(self, store: Store, name: str, work: Callable[[Job], None]) -> None:
        self.end()
        self.store = store
        self.lag_s, self._live = 0.0, False
        self.session_info = {}
        self._commands.clear()
        self._job = Job(f"lockstep-{name}", work, self._on_failed, self)
        self._job.start()

    def stop(self) -> None:
        """Stops the program; what it recorded is read to its end."""
        self._command(lambda session: session.stop())

    def send_input(self, data: bytes) -> None:
        """Gives the program ``data`` on its standard input."""
        self._command(lambda session: session.send_input(data))

    def end_input(self) -> None:
        """Its standard input ends here."""
        self._command(lambda session: session.end_input())

    def _command(self, command: Callable[[Any], None]) -> None:
        if self._job is not None:
            self._commands.append(command)

    def end(self) -> None:
        """Ends the reading at once, and with it a run that still goes on."""
        job, self._job = self._job, None
        if job is not None:
            job.end()

    # --- in the job's thread ----------------------------------------------------------------

    def _work_on_run(self, job: Job, start: Callable[[], Any]) -> None:
        with Reader() as reader:
            session = start()
            try:
                folder = Path(session.folder)
                reader.open(folder, live=True)
                if job.post(lambda: self.started.emit(folder), urgent=True):
                    self._take_in(job, reader, session)
            finally:
                session.close()

    def _work_on_folder(self, job: Job, folder: Path) -> None:
        with Reader() as reader:
            reader.open(folder, live=False)
            self._take_in(job, reader, None)

    def _take_in(self, job: Job, reader: Reader, session: Any) -> None:
        """Hands on what the reader brings, until that was all."""
        while not job.stopping:
            if session is not None:
                self._talk(job, session)
            reading = reader.next(1 / RATE_HZ)
            if reading is None:
                continue
            job.post(lambda r=reading: self._apply(r))  # type: ignore[misc]
            if reading.delta.complete:
                if session is not None:
                    self._talk(job, session)
                job.post(self._on_finished, urgent=True)
                return

    def _talk(self, job: Job, session: Any) -> None:
        """Commands to the run, events from it."""
        while self._commands:
            self._commands.popleft()(session)
        while not session.events.empty():
            event = session.events.get()
            job.post(lambda e=event: self.event_arrived.emit(e), urgent=True)  # type: ignore[misc]

    # --- in the window's thread ---------------------------------------------------------------

    def _apply(self, reading: Reading) -> None:
        delta = reading.delta
        self.store.apply(delta)
        self.session_info = reading.session
        if self._live:  # the clock of records is one for all processes
            self.lag_s = max(0, perf_counter_ns() - delta.now_ns) / 1e9
        if delta.output:
            self.output_arrived.emit(list[OutputChunk](delta.output))
        self.grew.emit(bool(delta.new_tracks or delta.changed_tracks))

    def _on_finished(self) -> None:
        self.end()
        self.finished.emit()

    def _on_failed(self, error: BaseException) -> None:
        self.end()
        self.failed.emit(error)


class Errand(QObject):
    """One piece of work in a thread, with progress and cancel: loading, saving, looking around.

    ``progressed`` (done, total), ``succeeded`` (the result), ``failed`` (the exception).
    """

    progressed = Signal(object, object)
    succeeded = Signal(object)
    failed = Signal(object)

    def __init__(self, name: str, work: Callable[[Errand], Any], parent: QObject) -> None:
        super().__init__(parent)
        self._progress: tuple[int, int] | None = None
        self._job = Job(f"lockstep-{name}", lambda job: self._run(work), self._on_failed, self)
        self._over = False

    def start(self) -> None:
        self._job.start()

    @property
    def running(self) -> bool:
        return not self._over

    @property
    def stopping(self) -> bool:
        """For the work, in its thread: nobody wants its result any more."""
        return self._job.stopping

    def cancel(self) -> None:
        """Asks the work to stop; its result is no longer wanted."""
        self._over = True
        self._job.end()

    # --- in the job's thread ---

    def post(self, message: Message) -> None:
        """To be called by the work: has ``message`` called in the window's thread."""
        self._job.post(message, urgent=True)

    def _run(self, work: Callable[[Errand], Any]) -> None:
        result = work(self)
        self._job.post(lambda: self._on_succeeded(result), urgent=True)

    def progress(self, done: int, total: int) -> bool:
        """To be called by the work; False: stop."""
        first = self._progress is None
        self._progress = (done, total)
        if first:
            self._job.post(self._on_progressed, urgent=True)
        return not self._job.stopping

    # --- in the window's thread ---

    def _on_progressed(self) -> None:
        progress, self._progress = self._progress, None
        if progress is not None and not self._over:
            self.progressed.emit(*progress)

    def _on_succeeded(self, result: Any) -> None:
        if not self._over:
            self._over = True
            self._job.end()
            self.succeeded.emit(result)

    def _on_failed(self, error: BaseException) -> None:
        if not self._over:
            self._over = True
            self._job.end()
            self.failed.emit(error)
