"""Keeps the tables of figures in step with the document, counted in another thread.

GUI thread only.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from engine.analysis import Snapshot, Tables, tables
from gui.bridge import Errand
from gui.document import Document

#: While live the tables are counted anew at most this often.
LIVE_MS = 1000
#: While a range is being drawn.
RANGE_MS = 60


class FigureTables(QObject):
    """``changed``: ``tables`` are others.  Nothing is counted while nobody looks (``watch``)."""

    changed = Signal()
    failed = Signal(object)

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.tables = Tables(0, 0, True)
        self._watched = False
        self._stale = True
        self._again = False
        self._errand: Errand | None = None
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._count)
        document.replaced.connect(self._on_replaced)
        document.grew.connect(lambda _tracks: self._count_soon(LIVE_MS))
        document.phase_changed.connect(lambda: self._count_soon(0))
        document.range_changed.connect(lambda: self._count_soon(RANGE_MS))

    @property
    def busy(self) -> bool:
        """What is shown is not counted yet."""
        return self._stale or self._errand is not None

    def watch(self, on: bool) -> None:
        """Whether somebody looks at the tables."""
        self._watched = on
        if on and self._stale:
            self._count_soon(0)

    def _on_replaced(self) -> None:
        self.close()
        self.tables = Tables(0, 0, True)
        self.changed.emit()
        self._count_soon(0)

    def _count_soon(self, milliseconds: int) -> None:
        self._stale = True
        if not self._watched:
            return
        if not self._later.isActive() or self._later.remainingTime() > milliseconds:
            self._later.start(milliseconds)

    def _count(self) -> None:
        if self._errand is not None:
            self._again = True
            return
        self._stale = False
        chosen = self._document.range or (None, None)
        snapshot = Snapshot(self._document.store, *chosen)
        self._errand = Errand("figures", lambda errand: tables(snapshot, lambda: not errand.stopping), self)
        self._errand.succeeded.connect(self._on_counted)
        self._errand.failed.connect(self._on_failed)
        self._errand.start()

    def _on_counted(self, found: Tables) -> None:
        self._finish()
        self.tables = found
        self.changed.emit()

    def _on_failed(self, error: BaseException) -> None:
        self._finish()
        self.failed.emit(error)

    def _finish(self) -> None:
        errand, self._errand = self._errand, None
        if errand is not None:
            errand.deleteLater()
        if self._again:
            self._again = False
            self._count_soon(0)

    def close(self) -> None:
        """Nothing is counted any more until asked for again."""
        self._later.stop()
        self._again = False
        errand, self._errand = self._errand, None
        if errand is not None:
            errand.cancel()
            errand.deleteLater()
        self._stale = True
