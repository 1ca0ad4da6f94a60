"""What the window remembers."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from gui.settings import MOST_RECENT, Settings


def reopened(settings: Settings) -> Settings:
    settings.sync()
    return Settings(QSettings(settings._settings.fileName(), QSettings.Format.IniFormat))


def test_choices_survive(settings: Settings) -> None:
    settings.theme, settings.language, settings.zoom = "dark", "zh_CN", 1.3
    settings.interpreter, settings.scenario = "/usr/bin/python3", "threads_cpu_bound"
    settings.set_state("window", QByteArray(b"abc"))
    again = reopened(settings)
    assert (again.theme, again.language, again.zoom) == ("dark", "zh_CN", 1.3)
    assert (again.interpreter, again.scenario) == ("/usr/bin/python3", "threads_cpu_bound")
    assert again.state("window") == QByteArray(b"abc")
    assert again.state("nothing") is None


def test_recent_files_newest_first_without_those_that_are_gone(settings: Settings, tmp_path: Path) -> None:
    files = [tmp_path / f"run{i}.lockstep" for i in range(MOST_RECENT + 3)]
    for file in files:
        file.touch()
        settings.add_recent(file)
    settings.add_recent(files[5])
    recent = reopened(settings).recent
    assert recent[0] == files[5]
    assert recent[1] == files[-1]
    assert len(recent) == MOST_RECENT
    files[5].unlink()
    assert settings.recent[0] == files[-1]
    settings.clear_recent()
    assert settings.recent == []


def test_nonsense_is_survived(settings: Settings) -> None:
    for key in ("zoom", "version", "recent", "theme", "state/window"):
        settings._settings.setValue(key, "\x00 nonsense")
    again = reopened(settings)
    assert again.zoom == 1.0
    assert again.recent == []
    assert again.state("window") is None
