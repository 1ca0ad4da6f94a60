"""English and Chinese, switched while running."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

from gui.language import FOLDER, LANGUAGES, Languages
from gui.wording import state_word


@pytest.fixture
def languages(qapp: QApplication) -> Iterator[Languages]:
    languages = Languages("en")
    yield languages
    languages.close()


def test_plurals_are_right_in_english(languages: Languages) -> None:
    def threads(number: int) -> str:
        return QCoreApplication.translate("StatusLine", "%n thread(s)", "", number)

    assert threads(1) == "1 thread"
    assert threads(4) == "4 threads"


def test_an_unknown_language_is_english(languages: Languages) -> None:
    languages.choose("tlh")
    assert languages.current == "en"


def test_every_language_has_its_files() -> None:
    for language in LANGUAGES:
        assert (FOLDER / f"lockstep_{language}.ts").is_file()
        assert (FOLDER / f"lockstep_{language}.qm").is_file()


def test_words_change_at_once(languages: Languages) -> None:
    from engine.model import State

    english = state_word(State.WAIT_GIL)
    languages.choose("zh_CN")
    assert state_word(State.WAIT_GIL) != english
    languages.choose("en")
    assert state_word(State.WAIT_GIL) == english
