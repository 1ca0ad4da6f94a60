"""What the window looks like and how it runs programs, as far as people choose it.  GUI thread only."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from gui.actions import Actions
from gui.dialogs.preferences import PreferencesDialog
from gui.language import Languages, of_desktop
from gui.preferences import Preferences, remember, remembered
from gui.run_choice import RunChoice
from gui.run_control import RunControl
from gui.settings import Settings
from gui.theme import Theme
from gui.timeline.viewport import Viewport


class Looks(QObject):
    """Connects the commands for look, language and size of text, and the settings dialog."""

    def __init__(
        self,
        window: QWidget,
        theme: Theme,
        languages: Languages,
        settings: Settings,
        actions: Actions,
        choice: RunChoice,
        control: RunControl,
        viewport: Viewport,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._theme = theme
        self._languages = languages
        self._settings = settings
        self._actions = actions
        self._choice = choice
        self._control = control
        self._viewport = viewport
        slots = {
            "theme_system": lambda: self.choose_theme("system"),
            "theme_light": lambda: self.choose_theme("light"),
            "theme_dark": lambda: self.choose_theme("dark"),
            "english": lambda: self.choose_language("en"),
            "chinese": lambda: self.choose_language("zh_CN"),
            "larger": lambda: self._zoom(0.1),
            "smaller": lambda: self._zoom(-0.1),
            "ordinary_size": lambda: self._zoom(0),
            "settings": self.show_settings,
        }
        for name, slot in slots.items():
            actions[name].triggered.connect(lambda _=False, s=slot: s())
        theme.changed.connect(self.refresh)
        languages.changed.connect(self.refresh)
        self._apply_to_runs(remembered(settings))
        self.refresh()

    def refresh(self) -> None:
        """Ticks what is in force."""
        for choice in ("system", "light", "dark"):
            self._actions[f"theme_{choice}"].setChecked(self._theme.choice == choice)
        language = self._languages.current
        self._actions["english"].setChecked(language == "en")
        self._actions["chinese"].setChecked(language == "zh_CN")

    def choose_theme(self, choice: str) -> None:
        self._settings.theme = choice
        self._theme.choose(choice)

    def choose_language(self, language: str) -> None:
        self._settings.language = language
        self._languages.choose(language)

    def _zoom(self, step: float) -> None:
        self._theme.set_zoom(1.0 if step == 0 else self._theme.zoom + step)
        self._settings.zoom = self._theme.zoom

    # --- the settings dialog ------------------------------------------------------------------

    def show_settings(self) -> None:
        """What is chosen there is in force at once."""
        now = replace(remembered(self._settings), interpreter=self._choice.interpreter)
        dialog = PreferencesDialog(self._theme, now, self._choice.interpreters, self._window)
        dialog.changed.connect(self.put_in_force)
        dialog.open()

    def put_in_force(self, chosen: Preferences) -> None:
        """What was not touched stays as it is, also where the command line said otherwise."""
        before = remembered(self._settings)
        if chosen.interpreter and chosen.interpreter != self._choice.interpreter:
            self._choice.choose_interpreter(chosen.interpreter)
        remember(self._settings, chosen)
        self._apply_to_runs(chosen)
        if chosen.theme != before.theme:
            self._theme.choose(chosen.theme)
        if chosen.zoom != before.zoom:
            self._theme.set_zoom(chosen.zoom)
        if chosen.language != before.language:
            self._languages.choose(chosen.language or of_desktop())

    def _apply_to_runs(self, chosen: Preferences) -> None:
        self._control.size_limit_bytes = chosen.size_limit_bytes
        self._control.gil = chosen.gil
        self._viewport.follow_live = chosen.follow_live
