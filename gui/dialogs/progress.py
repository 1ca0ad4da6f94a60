"""Progress with a way to cancel, for whatever takes longer than half a second."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QProgressDialog, QWidget

from gui.bridge import Errand

SHOWN_AFTER_MS = 400


def show_progress(parent: QWidget, errand: Errand, text: str) -> QProgressDialog:
    """A bar that appears when the errand takes long, and goes with it."""
    cancel = QCoreApplication.translate("Progress", "Cancel")
    dialog = QProgressDialog(text, cancel, 0, 0, parent)
    dialog.setWindowModality(Qt.WindowModality.WindowModal)
    dialog.setMinimumDuration(SHOWN_AFTER_MS)
    dialog.setAutoClose(False)
    dialog.setAutoReset(False)

    def progressed(done: int, total: int) -> None:
        dialog.setMaximum(1000)
        dialog.setValue(round(1000 * done / max(1, total)))

    def over(*_: object) -> None:
        dialog.close()
        dialog.deleteLater()

    dialog.canceled.connect(errand.cancel)
    errand.progressed.connect(progressed)
    errand.succeeded.connect(over)
    errand.failed.connect(over)
    return dialog
