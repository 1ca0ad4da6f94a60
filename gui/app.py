"""Starts the window.

``main(argv)`` is called by main.py with the arguments after the program's name: nothing, or one
script or recording to open.  Its result is the exit status.
"""

from __future__ import annotations

import argparse
import importlib.util
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from engine import cli, system_libraries
from engine.errors import UsageError
from engine.version import VERSION

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication, QWidget

    from gui.main_window import MainWindow

#: The reading thread hands the interpreter over this often, so that no frame waits for it longer.
SWITCH_INTERVAL_S = 0.001
#: About what a desktop's frame adds to a window's height; it is not known before the window is shown.
TITLE_BAR_PX = 40


def parser() -> argparse.ArgumentParser:
    result = cli.Parser(prog="lockstep", description="The window.", add_help=False)
    result.add_argument("file", nargs="?", help="a script (.py) or a recording (.lockstep)")
    result.add_argument("--lang", choices=("en", "zh_CN"), default="")
    result.add_argument("--theme", choices=("system", "light", "dark"), default="")
    result.add_argument("--new-window", action="store_true", help="beside a window that is open already")
    return result


def main(argv: Sequence[str] | None = None, *, opened: Callable[[MainWindow], None] | None = None) -> int:
    """Opens the window and stays until it is closed.  One sentence and status 2 where none can be.

    ``opened`` is called once the window was told to show itself.
    """
    try:
        options = parser().parse_args(sys.argv[1:] if argv is None else argv)
    except UsageError as error:
        return cli.complain(error)
    problem = system_libraries.screen_problem()
    missing = [each for each in system_libraries.missing(system_libraries.WINDOW) if not _shipped(each)]
    if missing:
        problem = system_libraries.sentence(missing)
    if problem:
        print(f"lockstep: {problem}", file=sys.stderr)
        return 2
    return _open(options, opened)


def _shipped(library: system_libraries.Library) -> bool:
    """Whether a package of ours put the library beside Qt's own."""
    spec = importlib.util.find_spec("PySide6")
    places = spec.submodule_search_locations if spec is not None else None
    return any(Path(place, "Qt", "lib", library.soname).exists() for place in places or ())


def _open(options: argparse.Namespace, opened: Callable[[MainWindow], None] | None) -> int:
    # Qt is imported only once it is known that its libraries are there.
    from gui.workarounds import keep_none_alive, leave_imports_alone

    keep_none_alive()
    from PySide6.QtCore import QTimer

    leave_imports_alone()
    from PySide6.QtGui import QIcon
    from PySide6.QtWidgets import QApplication

    from engine import session as sessions
    from gui import log
    from gui.crash import CrashWatch
    from gui.first_minutes import FirstMinutes
    from gui.icons import ICON
    from gui.language import Languages
    from gui.main_window import MainWindow
    from gui.settings import Settings
    from gui.single_instance import FirstWindow
    from gui.theme import Theme
    from gui.trouble import Trouble

    sys.setswitchinterval(SWITCH_INTERVAL_S)
    _have_own_place_in_taskbar()
    app = QApplication(["lockstep"])
    app.setApplicationName("Lockstep")
    app.setApplicationVersion(VERSION)
    app.setDesktopFileName("lockstep")
    app.setStyle("Fusion")
    app.setWindowIcon(QIcon(str(ICON)))
    files = [Path(options.file)] if options.file else []
    server = FirstWindow(app)
    if not options.new_window and server.joins(files):
        return 0
    settings = Settings()
    theme = Theme(app, choice=options.theme or settings.theme)
    theme.set_zoom(settings.zoom)
    languages = Languages(options.lang or settings.language, app)
    handler = log.begin(log.default_folder())
    watch = CrashWatch(log.default_folder(), app)
    left = watch.begin()
    window = MainWindow(theme, languages, settings)
    first = FirstMinutes(window, settings)
    trouble = Trouble(window, watch)
    app.installEventFilter(server)
    server.asked.connect(lambda paths: _show(window, paths))
    fill_small_screen(window)
    window.show()
    if opened is not None:
        opened(window)
    if files:
        settings.begun = True
        QTimer.singleShot(0, window, lambda: window.open_path(files[0]))
    elif first.wanted and not left and not sessions.recoverable():
        QTimer.singleShot(0, window, first.open_sample)
    else:
        QTimer.singleShot(200, window, window.files.look_for_lost_sessions)
    trouble.tell_left_behind(left)
    with _Interruptible(app):
        status = int(app.exec())
    server.close()
    watch.end()
    log.end(handler)
    return status


def _have_own_place_in_taskbar() -> None:
    """Windows puts windows of one program file together, under its icon: all of Python's."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.shell32.SetCurrentProcessExplicitAppUserModelID("Lockstep")


def fill_small_screen(window: QWidget) -> None:
    """A window that would not fit on its screen, with its frame, fills it instead."""
    from PySide6.QtCore import Qt

    room = window.screen().availableGeometry()
    if window.width() > room.width() or window.height() + TITLE_BAR_PX > room.height():
        window.setWindowState(window.windowState() | Qt.WindowState.WindowMaximized)


def _show(window: MainWindow, paths: list[Path]) -> None:
    """Brings the window to the front and opens what another start was given."""
    from PySide6.QtCore import Qt

    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.show()
    window.raise_()
    window.activateWindow()
    for path in paths[:1]:
        window.open_path(path)


class _Interruptible:
    """Ctrl-C in the terminal closes the window as if by hand: nothing of a run is left behind."""

    def __init__(self, app: QApplication) -> None:
        from PySide6.QtCore import QTimer

        # Python's handlers run only while Python code does: give it a turn now and then.
        self._turn = QTimer(app)
        self._turn.timeout.connect(lambda: None)
        self._app = app

    def __enter__(self) -> None:
        self._turn.start(250)
        self._before = {
            number: signal.signal(number, lambda *_: self._app.closeAllWindows())
            for number in (signal.SIGINT, signal.SIGTERM)
        }

    def __exit__(self, *_: object) -> None:
        self._turn.stop()
        for number, handler in self._before.items():
            signal.signal(number, handler)
