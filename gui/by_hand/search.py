"""Looking for a schedule that breaks the program, in a thread of its own.  GUI thread only."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from engine.schedule.explorer import Explorer, Options, Progress, Result
from engine.schedule.target import Target
from gui.bridge import Errand


class Search(QObject):
    """``progressed`` (``Progress``), ``finished`` (``Result``, also of a search that was cancelled),
    ``failed`` (exception)."""

    progressed = Signal(object)
    finished = Signal(object)
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._explorer: Explorer | None = None
        self._errand: Errand | None = None

    @property
    def running(self) -> bool:
        return self._errand is not None

    def start(self, target: Target, options: Options) -> None:
        """Begins; one search at a time."""
        self.close()
        errand = Errand("explore", lambda _: explorer.run(), self)

        def tell(progress: Progress) -> None:  # in the errand's thread
            errand.post(lambda: self.progressed.emit(progress))

        explorer = Explorer(target, options, tell)
        self._explorer, self._errand = explorer, errand
        errand.succeeded.connect(self._on_succeeded)
        errand.failed.connect(self._on_failed)
        errand.start()

    def cancel(self) -> None:
        """Ends soon; what was covered until then is told."""
        if self._explorer is not None:
            self._explorer.cancel()

    def close(self) -> None:
        """Ends, and tells nothing any more."""
        explorer, self._explorer = self._explorer, None
        errand, self._errand = self._errand, None
        if explorer is not None:
            explorer.cancel()
        if errand is not None:
            errand.cancel()

    def _on_succeeded(self, result: Result) -> None:
        self._explorer = self._errand = None
        self.finished.emit(result)

    def _on_failed(self, error: object) -> None:
        self._explorer = self._errand = None
        self.failed.emit(error)
