"""Tells of faults in the window: of one just now, and of one that ended an earlier window.

GUI thread only.
"""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from gui.crash import CrashWatch
from gui.dialogs.crash import CrashDialog
from gui.main_window import MainWindow
from gui.panels.banner import Offer


class Trouble(QObject):
    """``dialog``: the one that is open, or None.  A second fault meanwhile goes to the log alone."""

    def __init__(self, window: MainWindow, watch: CrashWatch) -> None:
        super().__init__(window)
        self._window = window
        self._watch = watch
        self.dialog: CrashDialog | None = None
        watch.crashed.connect(self._on_crashed)

    def _on_crashed(self, details: str) -> None:
        if self.dialog is not None:
            return
        window = self._window
        session = window.document.origin.session_folder
        self.dialog = CrashDialog(window.theme, self._watch.report(details), session, window)
        self.dialog.finished.connect(self._on_finished)
        self.dialog.quit_wanted.connect(self._close)
        self.dialog.open()

    def _on_finished(self, _result: int) -> None:
        self.dialog = None

    def _close(self) -> None:
        """Closes the window and keeps what was recorded, as the dialog says."""
        self._window.files.saved = True
        self._window.control.leave_sessions()
        self._window.close()

    def tell_left_behind(self, details: str) -> None:
        """``details``: what the window that died left in its file; nothing when it is empty."""
        if not details:
            return
        report = self._watch.report(details)
        text = self.tr("Lockstep ended unexpectedly last time. That was a fault of Lockstep.")
        offer = Offer(self.tr("Copy the report"), lambda: QApplication.clipboard().setText(report))
        self._window.banners.show_message("fault", "warning", text, [offer])
