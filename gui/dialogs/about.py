"""About Lockstep."""

from __future__ import annotations

import platform
from importlib import metadata

import numpy
import PySide6
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMessageBox, QWidget

from engine.version import VERSION


def show_about(parent: QWidget) -> None:
    """A box with version, licence and what it stands on; does not block."""
    translate = QCoreApplication.translate
    box = QMessageBox(parent)
    box.setWindowTitle(translate("About", "About Lockstep"))
    box.setText(f"Lockstep {VERSION}")
    box.setInformativeText(
        translate("About", "Shows what Python threads, processes and coroutines really do. MIT licence.")
        + f"\n\nPython {platform.python_version()} · PySide6 {PySide6.__version__} · "
        f"pyqtgraph {metadata.version('pyqtgraph')} · numpy {numpy.__version__}"
    )
    box.setStandardButtons(QMessageBox.StandardButton.Ok)
    box.open()
