"""For tests of the window: one theme, documents with recordings, settings of their own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QLocale, QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from gui.document import Document, Origin, Phase
from gui.interpreters import Interpreter
from gui.language import Languages
from gui.main_window import MainWindow
from gui.settings import Settings
from gui.theme import Theme
from gui.workarounds import keep_none_alive
from tests.helpers.patient_qtbot import PatientQtBot
from tests.helpers.synthetic_store import contended

keep_none_alive()


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    return ["lockstep-test"]


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    """In place of pytest-qt's own, with more time."""
    return PatientQtBot(request)


@pytest.fixture(autouse=True)
def no_language_left(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The next test finds the texts as they stand in the code, whatever language this one chose."""
    made: list[Languages] = []
    begin = Languages.__init__

    def remembered(self: Languages, *args: Any, **more: Any) -> None:
        made.append(self)
        begin(self, *args, **more)

    monkeypatch.setattr(Languages, "__init__", remembered)
    locale = QLocale()
    yield
    QLocale.setDefault(locale)
    for languages in made:
        if isValid(languages):
            languages.close()


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    qapp.setStyle("Fusion")
    theme = Theme(qapp, choice="light")
    yield theme
    qapp.setStyleSheet("")
    theme.setParent(None)
    theme.deleteLater()


@pytest.fixture
def document(qapp: QApplication) -> Document:
    """Empty."""
    return Document()


@pytest.fixture
def recorded(document: Document) -> Document:
    """Three threads that take turns at the GIL, 412 ms."""
    document.show(contended(), Origin("Three threads"), Phase.LOADED)
    return document


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))


@pytest.fixture
def window(
    qtbot: QtBot, theme: Theme, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MainWindow]:
    """The program's window, shown, with sessions of its own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    own = Interpreter(sys.executable, ".".join(map(str, sys.version_info[:3])))
    window = MainWindow(theme, Languages("en"), settings, [own])
    window.resize(1280, 720)
    window.show()
    qtbot.waitExposed(window)
    yield window
    window.files.saved = True
    window.close()
    window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Qt's offscreen platform says so for every window that has a smallest size."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(
                pytest.mark.qt_log_ignore(r"This plugin does not support (propagateSizeHints|raise)\(\)")
            )
