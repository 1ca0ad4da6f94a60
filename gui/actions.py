"""Every command of the window: text, keys, menu.  The window connects them to what they do.

GUI thread only.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget


@dataclass(frozen=True, slots=True)
class Command:
    """``keys``: shortcuts, the first is shown.  ``timeline``: acts only while the timeline has the
    focus (single letters).  ``section``: heading on the sheet of keys."""

    name: str
    keys: tuple[str, ...] = ()
    timeline: bool = False
    section: str = "file"
    checkable: bool = False


COMMANDS = (
    Command("run", ("Ctrl+R", "F5"), section="run"),
    Command("stop", ("Ctrl+.", "Shift+F5"), section="run"),
    Command("by_hand", ("Ctrl+H",), section="run"),
    Command("open_script", ("Ctrl+O",)),
    Command("open_recording", ("Ctrl+Shift+O",)),
    Command("save", ("Ctrl+S",)),
    Command("close_recording", ("Ctrl+W",)),
    Command("quit", ("Ctrl+Q",)),
    Command("copy_figures", ("Ctrl+Shift+C",)),
    Command("copy_picture", ("Ctrl+Alt+C",)),
    Command("save_picture", ("Ctrl+Alt+S",)),
    Command("undo", ("Ctrl+Z",), section="go"),
    Command("redo", ("Ctrl+Shift+Z", "Ctrl+Y"), section="go"),
    Command("add_note", ("N",), True, "go"),
    Command("find_scenario", ("Ctrl+K",), section="go"),
    Command("find_track", ("Ctrl+Shift+F",), section="tracks"),
    Command("search", ("Ctrl+F",), section="go"),
    Command("find_next", ("F3",), section="go"),
    Command("find_previous", ("Shift+F3",), section="go"),
    Command("zoom_in", ("W",), True, "time"),
    Command("zoom_out", ("S",), True, "time"),
    Command("pan_left", ("A",), True, "time"),
    Command("pan_right", ("D",), True, "time"),
    Command("fit_selection", ("F",), True, "time"),
    Command("fit_all", ("Ctrl+0", "Shift+F"), False, "time"),
    Command("back", ("Alt+Left",), section="time"),
    Command("forward", ("Alt+Right",), section="time"),
    Command("previous_span", (",",), True, "time"),
    Command("next_span", (".",), True, "time"),
    Command("previous_track", ("Up",), True, "tracks"),
    Command("next_track", ("Down",), True, "tracks"),
    Command("pin_track", ("P",), True, "tracks"),
    Command("hide_track", ("H",), True, "tracks"),
    Command("show_hidden", ("Shift+H",), True, "tracks"),
    Command("collapse_track", ("C",), True, "tracks"),
    Command("collapse_all", ("Shift+C",), True, "tracks"),
    Command("track_up", ("Alt+Up",), True, "tracks"),
    Command("track_down", ("Alt+Down",), True, "tracks"),
    Command("go_to_start", ("Home",), True, "time"),
    Command("go_to_end", ("End",), True, "time"),
    Command("range_of_span", ("R",), True, "time"),
    Command("play", ("Space",), True, "steps"),
    Command("next_step", ("Right", "PgDown"), True, "steps"),
    Command("previous_step", ("Left", "PgUp"), True, "steps"),
    Command("first_step", ("Shift+Home",), True, "steps"),
    Command("last_step", ("Shift+End",), True, "steps"),
    Command("next_mark", ("M",), True, "steps"),
    Command("previous_mark", ("Shift+M",), True, "steps"),
    Command("faster", ("]",), True, "steps"),
    Command("slower", ("[",), True, "steps"),
    Command("loop", ("L",), True, "steps", checkable=True),
    Command("all_events", ("E",), True, "steps", checkable=True),
    Command("one_track", ("T",), True, "steps", checkable=True),
    Command("taller", ("Shift+W", "Ctrl+Alt+Up"), True, "tracks"),
    Command("lower", ("Shift+S", "Ctrl+Alt+Down"), True, "tracks"),
    Command("show_question", ("Ctrl+E",), section="go"),
    Command("lesson_on", ("F6",), section="run"),
    Command("lesson_back", ("Shift+F6",), section="run"),
    Command("show_list", ("F9",), section="view", checkable=True),
    Command("show_side", ("Shift+F9",), section="view", checkable=True),
    Command("show_figures", ("Ctrl+G",), section="view", checkable=True),
    Command("theme_system", section="view", checkable=True),
    Command("theme_light", section="view", checkable=True),
    Command("theme_dark", section="view", checkable=True),
    Command("larger", ("Ctrl++", "Ctrl+="), section="view"),
    Command("smaller", ("Ctrl+-",), section="view"),
    Command("ordinary_size", ("Ctrl+Shift+0",), section="view"),
    Command("projector", ("F11",), section="view", checkable=True),
    Command("leave_projector", ("Esc",), section="view"),
    Command("blank", ("B",), section="view"),
    Command("english", section="view", checkable=True),
    Command("chinese", section="view", checkable=True),
    Command("settings", ("Ctrl+,",), section="view"),
    Command("menu", ("F10",), section="go"),
    Command("answer", ("Ctrl+Return",), section="go"),
    Command("focus_timeline", ("Ctrl+T",), section="go"),
    Command("keys", ("?", "F1"), section="help"),
    Command("tour", section="help"),
    Command("licences", section="help"),
    Command("about", section="help"),
)


#: What text fields of X11 take for editing (to the end of the line; delete up to it) and nobody misses.
_RATHER_COMMANDS = frozenset((Qt.Key.Key_E, Qt.Key.Key_K))


class CommandsFirst(QObject):
    """For a field that would take keys of commands for itself: lets them through.  ``field`` keeps it."""

    def __init__(self, field: QWidget) -> None:
        super().__init__(field)
        field.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
            if control and event.key() in _RATHER_COMMANDS:
                event.ignore()
                return True
        return super().eventFilter(watched, event)


class Actions(QObject):
    """One ``QAction`` for each command, as attributes by name: ``actions["run"]``."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._actions: dict[str, QAction] = {}
        for command in COMMANDS:
            action = QAction(window)
            action.setObjectName(command.name)
            action.setShortcuts([QKeySequence(key) for key in command.keys])
            action.setCheckable(command.checkable)
            if command.timeline:
                action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            else:
                action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
                window.addAction(action)
            self._actions[command.name] = action
        self.retranslate()

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def for_timeline(self, view: QWidget) -> None:
        """Gives the timeline the keys that act only there."""
        for command in COMMANDS:
            if command.timeline:
                view.addAction(self._actions[command.name])

    def retranslate(self) -> None:
        for name, text in self.texts().items():
            action = self._actions[name]
            action.setText(text)
            action.setIconText(text.replace(" …", "…"))
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            action.setToolTip(f"{text} ({keys})" if keys else text)
        self._actions["projector"].setIconText(self.tr("Projector"))
        self._actions["by_hand"].setIconText(self.tr("By hand"))

    def texts(self) -> dict[str, str]:
        """Name → text of every command."""
        return {
            **self._file_texts(),
            **self._timeline_texts(),
            **self._player_texts(),
            **self._view_texts(),
        }

    def _file_texts(self) -> dict[str, str]:
        return {
            "run": self.tr("Run"),
            "stop": self.tr("Stop"),
            "by_hand": self.tr("Step by hand"),
            "open_script": self.tr("Open a script …"),
            "open_recording": self.tr("Open a recording …"),
            "save": self.tr("Save the recording …"),
            "close_recording": self.tr("Close the recording"),
            "quit": self.tr("Quit"),
            "copy_figures": self.tr("Copy sentence and figures"),
            "copy_picture": self.tr("Copy the timeline as a picture"),
            "save_picture": self.tr("Save the timeline as a picture …"),
            "undo": self.tr("Undo the last change of tracks or notes"),
            "redo": self.tr("Redo it"),
            "find_scenario": self.tr("Search scenarios"),
            "find_track": self.tr("Filter the tracks"),
            "search": self.tr("Search the recording"),
            "find_next": self.tr("Next that was found"),
            "find_previous": self.tr("Previous that was found"),
            "add_note": self.tr("Write a note at the cursor or the range"),
            "show_question": self.tr("Question and parameters"),
            "lesson_on": self.tr("Next step of the lesson"),
            "lesson_back": self.tr("Step of the lesson before"),
            "settings": self.tr("Settings …"),
            "menu": self.tr("Menu"),
            "answer": self.tr("Do what the message at the top offers"),
            "focus_timeline": self.tr("Go to the timeline"),
            "keys": self.tr("Keys"),
            "tour": self.tr("Show me around"),
            "licences": self.tr("Licences"),
            "about": self.tr("About Lockstep"),
        }

    def _timeline_texts(self) -> dict[str, str]:
        return {
            "zoom_in": self.tr("Zoom in"),
            "zoom_out": self.tr("Zoom out"),
            "pan_left": self.tr("Earlier"),
            "pan_right": self.tr("Later"),
            "fit_selection": self.tr("Fit the selection"),
            "fit_all": self.tr("Fit the whole run"),
            "back": self.tr("Back to where you were"),
            "forward": self.tr("Forward again"),
            "previous_span": self.tr("Previous span"),
            "next_span": self.tr("Next span"),
            "previous_track": self.tr("Track above"),
            "next_track": self.tr("Track below"),
            "pin_track": self.tr("Pin the selected track to the top, or unpin it"),
            "hide_track": self.tr("Hide the selected track"),
            "show_hidden": self.tr("Show hidden tracks again"),
            "collapse_track": self.tr("Collapse or expand the selected track"),
            "collapse_all": self.tr("Collapse or expand all processes"),
            "track_up": self.tr("Move the selected track up"),
            "track_down": self.tr("Move the selected track down"),
            "go_to_start": self.tr("Start of the run"),
            "go_to_end": self.tr("End of the run, follow live"),
            "range_of_span": self.tr("Select the span's time as a range"),
            "taller": self.tr("Taller tracks"),
            "lower": self.tr("Lower tracks"),
        }

    def _player_texts(self) -> dict[str, str]:
        return {
            "play": self.tr("Play or pause"),
            "next_step": self.tr("Next step"),
            "previous_step": self.tr("Previous step"),
            "first_step": self.tr("First step"),
            "last_step": self.tr("Last step"),
            "next_mark": self.tr("Next mark"),
            "previous_mark": self.tr("Previous mark"),
            "faster": self.tr("Faster"),
            "slower": self.tr("Slower"),
            "loop": self.tr("Repeat the selected range"),
            "all_events": self.tr("Stop at all events"),
            "one_track": self.tr("Stop at the selected track alone"),
        }

    def _view_texts(self) -> dict[str, str]:
        return {
            "show_list": self.tr("List of scenarios"),
            "show_side": self.tr("Code and output"),
            "show_figures": self.tr("Figures"),
            "theme_system": self.tr("As the desktop"),
            "theme_light": self.tr("Light"),
            "theme_dark": self.tr("Dark"),
            "larger": self.tr("Larger text"),
            "smaller": self.tr("Smaller text"),
            "ordinary_size": self.tr("Ordinary size of text"),
            "projector": self.tr("Projector"),
            "leave_projector": self.tr("Leave the projector"),
            "blank": self.tr("Black screen, on a projector"),
            "english": "English",
            "chinese": "中文",
        }

    def section_titles(self) -> dict[str, str]:
        """Headings of the sheet of keys, in order."""
        return {
            "run": self.tr("Running"),
            "time": self.tr("Time"),
            "steps": self.tr("Steps"),
            "tracks": self.tr("Tracks"),
            "go": self.tr("Going around"),
            "view": self.tr("View"),
            "file": self.tr("Files"),
            "help": self.tr("Help"),
        }
