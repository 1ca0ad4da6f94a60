"""English and Simplified Chinese, switched while the program runs.

Texts are written in English in the code (``tr``, ``translate``); ``resources/i18n`` has the
translations, made with Qt's own tools (see CONTRIBUTING).  GUI thread only.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QObject, QTranslator, Signal

FOLDER = Path(__file__).resolve().parent.parent / "resources" / "i18n"
LANGUAGES = ("en", "zh_CN")


def of_desktop() -> str:
    """The desktop's language, if it is one of ours, else English."""
    for name in QLocale.system().uiLanguages():
        if name.replace("-", "_").startswith("zh"):
            return "zh_CN"
        if name.startswith("en"):
            return "en"
    return "en"


class Languages(QObject):
    """``changed`` after the language was changed and every widget was told (LanguageChange)."""

    changed = Signal()

    def __init__(self, language: str = "", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._translators: list[QTranslator] = []
        self.current = "en"
        self.choose(language or of_desktop())

    def choose(self, language: str) -> None:
        """ "en" or "zh_CN"; anything else is taken for English."""
        language = language if language in LANGUAGES else "en"
        self.close()
        self.current = language
        QLocale.setDefault(QLocale(language))
        qt = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        # English too has a file: the plural forms.
        for name, folder in ((f"qtbase_{language}", qt), (f"lockstep_{language}", str(FOLDER))):
            translator = QTranslator(self)
            if translator.load(name, folder):
                self._translators.append(translator)
                QCoreApplication.installTranslator(translator)
        self.changed.emit()

    def close(self) -> None:
        """Take the translations away again: texts are as they stand in the code."""
        for translator in self._translators:
            QCoreApplication.removeTranslator(translator)
        self._translators.clear()
