"""About Lockstep."""

from __future__ import annotations

import platform
from importlib import metadata

import numpy
import PySide6
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMessageBox, QWidget

from engine.version import VERSION
from gui.icons import ICON

ICON_PX = 64


def show_about(parent: QWidget) -> None:
    """A box with version, licence and what it stands on; does not block."""
    translate = QCoreApplication.translate
    box = QMessageBox(parent)
    box.setWindowTitle(translate("About", "About Lockstep"))
    box.setIconPixmap(QIcon(str(ICON)).pixmap(ICON_PX, ICON_PX))
    box.setText(f"<b>Lockstep {VERSION}</b>")
    box.setInformativeText(
        translate("About", "Shows what Python threads, processes and coroutines really do. MIT licence.")
        + f"\n\nPython {platform.python_version()} · PySide6 {PySide6.__version__} · "
        f"pyqtgraph {metadata.version('pyqtgraph')} · numpy {numpy.__version__}"
    )
    box.setStandardButtons(QMessageBox.StandardButton.Ok)
    box.open()
