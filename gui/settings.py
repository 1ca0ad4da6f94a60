"""What the window remembers between runs: its state, choices, recent files.

Kept with QSettings; has a version, and what an older version wrote is migrated or ignored.
GUI thread only.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

VERSION = 1
MOST_RECENT = 12


class Settings:
    """Typed access; every getter has a default and survives nonsense in the file."""

    def __init__(self, settings: QSettings | None = None) -> None:
        self._settings = settings if settings is not None else QSettings("Lockstep", "Lockstep")
        if self.number("version", 0) != VERSION:
            self._settings.setValue("version", VERSION)

    # --- plain values ---------------------------------------------------------------------

    def number(self, key: str, default: int) -> int:
        try:
            return int(str(self._settings.value(key, default)))
        except ValueError:
            return default

    def text(self, key: str, default: str = "") -> str:
        value = self._settings.value(key, default)
        return value if isinstance(value, str) else default

    def set_value(self, key: str, value: int | str) -> None:
        """For ``number`` and ``text``."""
        self._settings.setValue(key, value)

    def sync(self) -> None:
        self._settings.sync()

    @property
    def theme(self) -> str:
        return self.text("theme", "system")

    @theme.setter
    def theme(self, choice: str) -> None:
        self._settings.setValue("theme", choice)

    @property
    def language(self) -> str:
        """ "en", "zh_CN", or empty: the desktop's."""
        return self.text("language")

    @language.setter
    def language(self, language: str) -> None:
        self._settings.setValue("language", language)

    @property
    def zoom(self) -> float:
        return min(200, max(80, self.number("zoom", 100))) / 100

    @zoom.setter
    def zoom(self, zoom: float) -> None:
        self._settings.setValue("zoom", round(zoom * 100))

    @property
    def interpreter(self) -> str:
        return self.text("interpreter")

    @interpreter.setter
    def interpreter(self, path: str) -> None:
        self._settings.setValue("interpreter", path)

    @property
    def scenario(self) -> str:
        return self.text("scenario")

    @scenario.setter
    def scenario(self, scenario: str) -> None:
        self._settings.setValue("scenario", scenario)

    @property
    def speed(self) -> float:
        """Of the player: recorded time for each unit of real time."""
        try:
            return float(str(self._settings.value("speed", 0.0)))
        except ValueError:
            return 0.0

    @speed.setter
    def speed(self, speed: float) -> None:
        self._settings.setValue("speed", speed)

    @property
    def folder(self) -> str:
        """Where files were opened or saved last."""
        return self.text("folder")

    @folder.setter
    def folder(self, folder: str) -> None:
        self._settings.setValue("folder", folder)

    @property
    def begun(self) -> bool:
        """Whether anything was ever run or opened here."""
        return self.number("begun", 0) == 1

    @begun.setter
    def begun(self, begun: bool) -> None:
        self._settings.setValue("begun", int(begun))

    @property
    def tour_seen(self) -> bool:
        """Whether the tour was shown, to its end or not."""
        return self.number("tour_seen", 0) == 1

    @tour_seen.setter
    def tour_seen(self, seen: bool) -> None:
        self._settings.setValue("tour_seen", int(seen))

    # --- state of widgets -------------------------------------------------------------------

    def state(self, name: str) -> QByteArray | None:
        value = self._settings.value(f"state/{name}")
        return value if isinstance(value, QByteArray) else None

    def set_state(self, name: str, state: QByteArray) -> None:
        self._settings.setValue(f"state/{name}", state)

    def shown(self, name: str) -> bool:
        """Whether a part of the window that is closed at first was open."""
        return self.number(f"shown/{name}", 0) != 0

    def set_shown(self, name: str, on: bool) -> None:
        self._settings.setValue(f"shown/{name}", int(on))

    # --- recent files -----------------------------------------------------------------------

    @property
    def recent(self) -> list[Path]:
        """Scripts and recordings opened lately, the last one first; those that are gone left out."""
        value = self._settings.value("recent", [])
        paths = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        return [Path(p) for p in paths if isinstance(p, str) and p and Path(p).is_file()]

    def add_recent(self, path: Path) -> None:
        paths = [str(path), *(str(p) for p in self.recent if p != path)]
        self._settings.setValue("recent", paths[:MOST_RECENT])

    def forget_recent(self, path: Path) -> None:
        self._settings.setValue("recent", [str(p) for p in self.recent if p != path])

    def clear_recent(self) -> None:
        self._settings.setValue("recent", [])
