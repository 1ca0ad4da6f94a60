"""What is shipped with Lockstep, and under which licences.  GUI thread only."""

from __future__ import annotations

import platform
from importlib import metadata
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QListWidget,
    QPlainTextEdit,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from engine.version import VERSION
from gui.theme import Theme

ROOT = Path(__file__).resolve().parent.parent.parent
# Beside the program in a package; not there when it runs from source.
SHIPPED = ROOT.parent / "licences"
_KEYS = ("License-Expression", "License")
PACKAGES = ("PySide6_Essentials", "shiboken6", "pyqtgraph", "numpy", "platformdirs", "Pygments", "Pillow")


def entries(shipped: Path = SHIPPED) -> list[tuple[str, str]]:
    """What is shipped, one line each, and its licence's text where that is here."""
    if (shipped / "LICENCES.txt").is_file():
        lines = (shipped / "LICENCES.txt").read_text(encoding="utf-8").splitlines()
        return [_from_package(shipped, line) for line in lines if line]
    result = [(f"Lockstep {VERSION} — MIT", _text(ROOT / "LICENSE"))]
    result.append((f"CPython {platform.python_version()} — Python-2.0", ""))
    for name in PACKAGES:
        try:
            told = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        licence = next((told.metadata[key] for key in _KEYS if key in told.metadata), "")
        texts = [Path(str(told.locate_file(file))) for file in told.files or () if "LICENSE" in file.name]
        result.append((f"{name} {told.version} — {licence.partition(chr(10))[0]}", _texts(texts)))
    fonts = sorted((ROOT / "resources" / "fonts").glob("*-LICENSE.txt"))
    result += [(f"{font.name.removesuffix('-LICENSE.txt')} — OFL-1.1", _text(font)) for font in fonts]
    return result


def _from_package(shipped: Path, line: str) -> tuple[str, str]:
    parts = line.split(" — ")
    paths: list[Path] = []
    for name in parts[-1].split(", "):
        place = shipped / name
        paths += sorted(place.iterdir()) if name.endswith("/") and place.is_dir() else [place]
    return " — ".join(parts[:-1] or parts), _texts([path for path in paths if path.is_file()])


def _texts(paths: list[Path]) -> str:
    return "\n\n".join(_text(path) for path in paths if path.is_file())


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


class LicencesDialog(QDialog):
    def __init__(self, theme: Theme, parent: QWidget, shipped: Path = SHIPPED) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Licences"))
        self._entries = entries(shipped)
        intro = QLabel(
            self.tr(
                "Lockstep is free software under the MIT licence. It stands on the works below; "
                "Qt and PySide6 are used under the LGPL, version 3."
            )
        )
        intro.setWordWrap(True)
        self.list = QListWidget()
        self.list.addItems([name for name, _ in self._entries])
        self.list.setAccessibleName(self.tr("What is shipped"))
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setFont(theme.code_font())
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(self.tr("Text of the licence"))
        self.list.currentRowChanged.connect(self._on_row_changed)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(self.list)
        splitter.addWidget(self.text)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([theme.px(300), theme.px(520)])
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.px(16), theme.px(14), theme.px(16), theme.px(12))
        layout.addWidget(intro)
        layout.addWidget(splitter, 1)
        layout.addWidget(buttons)
        self.resize(theme.px(860), theme.px(520))
        self.list.setCurrentRow(0)

    def _on_row_changed(self, row: int) -> None:
        text = self._entries[row][1] if 0 <= row < len(self._entries) else ""
        self.text.setPlainText(text or self.tr("Its text comes with its own package."))
