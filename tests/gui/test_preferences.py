"""The settings dialog: in force at once, taken back by Cancel, remembered."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QDialogButtonBox, QFileDialog
from pytestqt.qtbot import QtBot

from gui.dialogs.preferences import PreferencesDialog
from gui.document import Origin, Phase
from gui.main_window import MainWindow
from gui.preferences import MOST_MB, Preferences, remember, remembered
from gui.settings import Settings
from gui.theme import Theme
from tests.gui.test_main_window import own_state_folder, run, write
from tests.helpers.synthetic_store import contended

__all__ = ["own_state_folder"]

OTHER = Preferences("zh_CN", "dark", 1.2, "", 300, "off", follow_live=False)


def dialog_of(window: MainWindow) -> PreferencesDialog:
    window.actions_["settings"].trigger()
    return window.findChildren(PreferencesDialog)[-1]


def shown(theme: Theme) -> str:
    return theme.palette.name


def follows(window: MainWindow) -> bool:
    return window.timeline.viewport.follow_live


def test_choices_are_remembered_and_nonsense_is_not(settings: Settings) -> None:
    assert remembered(settings) == Preferences()
    remember(settings, OTHER)
    assert remembered(settings) == OTHER
    settings.set_value("gil", "by telepathy")
    settings.set_value("size_limit_mb", 10**12)
    assert remembered(settings).gil == "auto"
    assert remembered(settings).size_limit_mb == MOST_MB
    settings.set_value("size_limit_mb", "much")
    assert remembered(settings).size_limit_mb == Preferences().size_limit_mb


def test_a_change_is_in_force_at_once_and_taken_back_by_cancel(
    qtbot: QtBot, window: MainWindow, theme: Theme
) -> None:
    dialog = dialog_of(window)
    size = theme.px(100)
    dialog.look.setCurrentIndex(dialog.look.findData("dark"))
    assert shown(theme) == "dark"
    dialog.zoom.setValue(150)
    assert theme.px(100) > size
    dialog.language.setCurrentIndex(dialog.language.findData("zh_CN"))
    qtbot.waitUntil(lambda: dialog.windowTitle() == "设置")
    assert window.languages.current == "zh_CN"
    dialog.limit.setValue(64)
    dialog.follow.setChecked(False)
    assert window.control.size_limit_bytes == 64_000_000
    assert follows(window) is False
    dialog.reject()
    assert shown(theme) == "light"
    assert theme.px(100) == size
    assert follows(window) is True
    assert window.control.size_limit_bytes != 64_000_000
    assert window.settings.theme == "light" or window.settings.theme == "system"
    window.languages.choose("en")


def test_what_is_accepted_stays(window: MainWindow) -> None:
    dialog = dialog_of(window)
    dialog.gil.setCurrentIndex(dialog.gil.findData("off"))
    dialog.accept()
    assert window.control.gil == "off"
    assert remembered(window.settings).gil == "off"
    again = dialog_of(window)
    assert again.gil.currentData() == "off"
    again.buttons.button(QDialogButtonBox.StandardButton.RestoreDefaults).click()
    assert window.control.gil == "auto"
    again.accept()


def test_runs_are_recorded_as_chosen(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    window.looks.put_in_force(Preferences("en", "light", size_limit_mb=123, gil="off"))
    document = run(qtbot, window, write(tmp_path, "print('so')\n"))
    info = window.control.bridge.session_info
    assert info["gil_way"] == "off"
    assert info["limits"]["size_bytes"] == 123_000_000
    assert not any(gil.observed for gil in document.store.gil)


def test_the_timeline_is_saved_as_a_picture(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.document.show(contended(), Origin("x"), Phase.LOADED)
    window.show_timeline()
    target = tmp_path / "picture"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: (str(target), ""))
    window.actions_["save_picture"].trigger()
    picture = QImage(str(tmp_path / "picture.png"))
    assert picture.width() == window.timeline.width() * picture.devicePixelRatio()
    target = tmp_path / "nowhere" / "picture.png"
    window.actions_["save_picture"].trigger()
    assert any(banner.key == "error" for banner in window.banners.banners)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_no_line_of_the_settings_is_cut(qtbot: QtBot, window: MainWindow, language: str) -> None:
    window.resize(1280, 720)
    window.theme.set_zoom(1.6)
    window.languages.choose(language)
    dialog = dialog_of(window)
    qtbot.waitExposed(dialog)

    def all_of_them_fit() -> bool:
        return all(
            label.height() >= label.heightForWidth(label.width()) for label in (dialog.folder, dialog.kept)
        )

    qtbot.waitUntil(all_of_them_fit, timeout=20_000)
    dialog.reject()
