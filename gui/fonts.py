"""Fonts: those shipped in ``resources/fonts``, so that Latin and Chinese look the same everywhere.

GUI thread only; a ``QGuiApplication`` must exist.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase

FOLDER = Path(__file__).resolve().parent.parent / "resources" / "fonts"

#: Latin first, Chinese after it: Qt takes a missing character from the next family.
TEXT_FAMILIES = ("Inter", "Noto Sans SC", "Noto Sans CJK SC", "DejaVu Sans")
CODE_FAMILIES = (
    "JetBrains Mono",
    "DejaVu Sans Mono",
    "Noto Sans Mono",
    "Liberation Mono",
    "Noto Sans SC",
    "Noto Sans CJK SC",
)


class Fonts:
    """The families to use, in order; made once after the application exists."""

    def __init__(self, folder: Path = FOLDER) -> None:
        shipped: list[str] = []
        for file in sorted(folder.glob("*.[ot]tf")):
            number = QFontDatabase.addApplicationFont(str(file))
            if number >= 0:
                shipped += QFontDatabase.applicationFontFamilies(number)
        self.shipped = tuple(dict.fromkeys(shipped))
        known = set(QFontDatabase.families())
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()
        general = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()
        mono = tuple(f for f in self.shipped if "Mono" in f)
        self.text_families = [
            *dict.fromkeys([*(f for f in TEXT_FAMILIES if f in known or f in shipped), general])
        ]
        self.code_families = [
            *dict.fromkeys([*mono, *(f for f in CODE_FAMILIES if f in known or f in shipped), fixed])
        ]

    def text(self, size_px: float, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
        font = QFont()
        font.setFamilies(self.text_families)
        font.setPixelSize(max(1, round(size_px)))
        font.setWeight(weight)
        return font

    def code(self, size_px: float, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
        font = QFont()
        font.setFamilies(self.code_families)
        font.setPixelSize(max(1, round(size_px)))
        font.setWeight(weight)
        font.setFixedPitch(True)
        font.setStyleHint(QFont.StyleHint.Monospace)
        return font
