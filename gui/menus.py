"""The menus of the window, made of its commands.  GUI thread only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from gui.actions import Actions
from gui.interpreters import Interpreter
from gui.settings import Settings

#: Menu → its commands; "-" is a line, "recent" the list of recent files.
MENUS: dict[str, tuple[str, ...]] = {
    "file": (
        *("open_script", "open_recording", "recent", "-", "save", "close_recording", "-"),
        *("copy_figures", "copy_picture", "save_picture", "-", "settings", "-", "quit"),
    ),
    "run": ("run", "stop", "by_hand", "-", "show_question", "lesson_on", "lesson_back"),
    "go": (
        *("fit_all", "fit_selection", "zoom_in", "zoom_out", "pan_left", "pan_right", "-"),
        *("back", "forward", "-", "previous_span", "next_span", "previous_track", "next_track", "-"),
        *(
            "go_to_start",
            "go_to_end",
            "range_of_span",
            "add_note",
            "-",
            "search",
            "find_next",
            "find_previous",
            "find_scenario",
        ),
    ),
    "steps": (
        *("play", "previous_step", "next_step", "first_step", "last_step", "-"),
        *("previous_mark", "next_mark", "-", "slower", "faster", "loop", "-", "all_events", "one_track"),
    ),
    "tracks": (
        *("find_track", "-", "pin_track", "hide_track", "show_hidden", "-"),
        *("collapse_track", "collapse_all", "-", "track_up", "track_down", "-"),
        *("taller", "lower", "-", "undo", "redo"),
    ),
    "view": (
        *("show_list", "show_side", "show_figures", "-"),
        *("theme_system", "theme_light", "theme_dark", "-", "larger", "smaller", "ordinary_size", "-"),
        *("projector", "blank", "-", "english", "chinese"),
    ),
    "help": ("keys", "tour", "-", "licences", "about"),
}


class Menus(QObject):
    """``main``: the menu of all menus; ``recent``: files opened lately; ``interpreters``."""

    def __init__(
        self, window: QWidget, actions: Actions, settings: Settings, open_path: Callable[[Path], None]
    ) -> None:
        super().__init__(window)
        self._window = window
        self._settings = settings
        self._open_path = open_path
        self.main = QMenu(window)
        self.recent = QMenu(window)
        self.interpreters = QMenu(window)
        self.recent.aboutToShow.connect(self.fill_recent)
        self._menus: dict[str, QMenu] = {}
        for key, names in MENUS.items():
            menu = self._menus[key] = QMenu(window)
            for name in names:
                if name == "-":
                    menu.addSeparator()
                elif name == "recent":
                    menu.addMenu(self.recent)
                else:
                    menu.addAction(actions[name])
            self.main.addMenu(menu)

    def retranslate(self) -> None:
        titles = {
            "file": self.tr("File"),
            "run": self.tr("Program"),
            "go": self.tr("Go"),
            "steps": self.tr("Steps"),
            "tracks": self.tr("Tracks"),
            "view": self.tr("View"),
            "help": self.tr("Help"),
        }
        for key, menu in self._menus.items():
            menu.setTitle(titles[key])
        self.recent.setTitle(self.tr("Recent files"))

    def fill_recent(self) -> None:
        self.recent.clear()
        paths = self._settings.recent
        for path in paths:
            action = self.recent.addAction(path.name)
            action.triggered.connect(lambda _=False, p=path: self._open_path(p))
            action.setToolTip(str(path))
        if paths:
            self.recent.addSeparator()
            self.recent.addAction(self.tr("Forget these"), self._settings.clear_recent)
        else:
            self.recent.addAction(self.tr("None yet")).setEnabled(False)

    def fill_interpreters(
        self,
        interpreters: list[Interpreter],
        chosen: str,
        choose: Callable[[str], None],
        browse: Callable[[], None],
    ) -> None:
        """``chosen``: the path of the one that runs the next program."""
        menu = self.interpreters
        menu.clear()
        for interpreter in interpreters:
            action = QAction(f"{interpreter.label}  ·  {interpreter.path}", menu)
            action.setCheckable(True)
            action.setChecked(interpreter.path == chosen)
            action.triggered.connect(lambda _=False, path=interpreter.path: choose(path))
            menu.addAction(action)
        menu.addSeparator()
        menu.addAction(self.tr("Another interpreter …"), browse)
