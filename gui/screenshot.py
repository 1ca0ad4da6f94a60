"""``screenshot``: draw the window, with a recording in it, into a picture.

The window is the real one, on a screen of exactly the size asked for that only Qt knows of:
nothing appears anywhere, no display is needed, and nobody's settings are read or changed.
Qt is imported only once it is known that it can be.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from engine import system_libraries
from engine.analysis.telling import telling_moment, telling_stretch
from engine.commands.opening import opened
from engine.commands.record import checked_place
from engine.errors import EXIT_BAD_INPUT, LockstepError, UsageError
from engine.recording import LoadedRecording
from engine.store import Store

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from gui.main_window import MainWindow

DESCRIPTION = (
    "Draws the window with a recording in it into a PNG picture. No display is needed. "
    "With --scenario, runs the scenario first."
)
#: Pixels of a picture's side.
SMALLEST, LARGEST = (640, 360), (7680, 4320)
#: A window that has not come to rest by then never does.
PATIENCE_S = 60.0
_UNITS = {"ns": 1.0, "us": 1e3, "µs": 1e3, "ms": 1e6, "": 1e6, "s": 1e9}


@dataclass(frozen=True, slots=True)
class At:
    """Where the cursor is put: so many ns after the start, or at a share of the recording."""

    value: float
    is_share: bool

    def in_recording(self, store: Store) -> int:
        """The moment.  Raises UsageError where the recording has none such."""
        length = store.end_ns - store.start_ns
        after = round(self.value * length if self.is_share else self.value)
        if after > length:
            raise UsageError(
                f"--at lies behind the end of the recording, which is {length / 1e6:,.1f} ms long"
            )
        return store.start_ns + after


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="a .lockstep file")
    parser.add_argument("--scenario", metavar="ID", help="run a scenario and draw that (see: list)")
    parser.add_argument("--size", type=_size, default=(1920, 1080), metavar="WIDTHxHEIGHT",
                        help="of the picture in pixels; default: 1920x1080")  # fmt: skip
    parser.add_argument("--theme", choices=("light", "dark"), default="light", help="default: light")
    parser.add_argument("--projector", action="store_true", help="as it is on a projector")
    parser.add_argument("--lang", choices=("en", "zh_CN"), default="en", help="default: en")
    parser.add_argument("--at", type=_at, metavar="MOMENT",
                        help="where to put the cursor: milliseconds after the start, or with a unit "
                             "(17.6, 250us, 1.5s), or a share of the recording (40%%); default: where most "
                             "threads wait for something another one has")  # fmt: skip
    parser.add_argument("-o", dest="out", type=Path, required=True, metavar="OUT.png", help="the picture")


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{1,5})[x×](\d{1,5})", text)
    size = (int(match[1]), int(match[2])) if match else (0, 0)
    if not all(low <= side <= high for low, side, high in zip(SMALLEST, size, LARGEST, strict=True)):
        raise argparse.ArgumentTypeError(
            f"must be WIDTHxHEIGHT in pixels, from {SMALLEST[0]}x{SMALLEST[1]} to {LARGEST[0]}x{LARGEST[1]}, "
            f"not {text}"
        )
    return size


def _at(text: str) -> At:
    match = re.fullmatch(r"(\d{1,12}(?:\.\d{1,12})?) ?(ns|us|µs|ms|s|%|)", text)
    if match is None or (match[2] == "%" and float(match[1]) > 100):
        raise argparse.ArgumentTypeError(
            f"must be a time such as 17.6, 250us or 1.5s, or 0% to 100%, not {text}"
        )
    number = float(match[1])
    return At(number / 100, True) if match[2] == "%" else At(number * _UNITS[match[2]], False)


def run(options: argparse.Namespace) -> int:
    """Draw what ``options`` ask for; gives the exit status.  Raises LockstepError."""
    if (options.file is None) == (options.scenario is None):
        raise UsageError("give either a FILE or --scenario ID")
    if options.out.suffix.lower() != ".png":
        raise UsageError(f"the picture is a PNG; its name must end in .png, not {options.out.name}")
    options.out = checked_place(options.out)
    if importlib.util.find_spec("PySide6") is None:
        raise LockstepError("window_missing")
    missing = system_libraries.missing(system_libraries.OFFSCREEN)
    if missing:
        print(f"lockstep: {system_libraries.sentence(missing)}", file=sys.stderr)
        return EXIT_BAD_INPUT
    with tempfile.TemporaryDirectory(prefix="lockstep-") as name:
        folder = Path(name)
        file = options.file if options.file is not None else _ran(options.scenario, folder)
        recording = opened(file)
        if not recording.store.tracks:
            raise UsageError(f"there is nothing to draw in {file}: nothing was recorded")
        at = options.at.in_recording(recording.store) if options.at else telling_moment(recording.store)
        with _application(options.size, folder) as app:
            _draw(app, recording, at, options, folder)
    return 0


def _ran(scenario_id: str, folder: Path) -> Path:
    """The recording of a scenario that is run now, with its parameters as they are."""
    from engine.scenarios import get
    from engine.scenarios.running import run as run_scenario

    scenario = get(scenario_id)
    file = folder / f"{scenario.id}.lockstep"
    run_scenario(scenario, keep=file)
    return file


@contextlib.contextmanager
def _application(size: tuple[int, int], folder: Path) -> Iterator[QApplication]:
    """Qt with one screen of ``size``, seen by nobody."""
    from gui.workarounds import keep_none_alive

    keep_none_alive()
    from PySide6.QtCore import qInstallMessageHandler
    from PySide6.QtWidgets import QApplication

    screen = {
        "name": "picture",
        "x": 0,
        "y": 0,
        "width": size[0],
        "height": size[1],
        "logicalDpi": 96,
        "logicalBaseDpi": 96,
        "dpr": 1,
    }
    file = folder / "screen.json"
    file.write_text(json.dumps({"windowFrameMargins": False, "screens": [screen]}))
    # A colon would end the file's name for Qt.
    place = os.path.splitdrive(file)[1]
    os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={place}"
    for name in ("QT_SCALE_FACTOR", "QT_SCREEN_SCALE_FACTORS", "QT_FONT_DPI"):
        os.environ.pop(name, None)
    before = qInstallMessageHandler(_say)
    app = QApplication(["lockstep"])
    app.setApplicationName("Lockstep")
    app.setStyle("Fusion")
    try:
        yield app
    finally:
        qInstallMessageHandler(before)


def _say(_kind: object, _context: object, message: str) -> None:
    """What Qt has to say goes to standard error, but for what it says of every screen nobody sees."""
    if not message.startswith("This plugin does not support propagateSizeHints"):
        print(f"lockstep: Qt: {message}", file=sys.stderr)


def _draw(
    app: QApplication, recording: LoadedRecording, at: int, options: argparse.Namespace, folder: Path
) -> None:
    from PySide6.QtCore import QSettings

    from gui.interpreters import Interpreter
    from gui.language import Languages
    from gui.main_window import MainWindow
    from gui.settings import Settings
    from gui.theme import Theme

    settings = Settings(QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat))
    theme = Theme(app, choice=options.theme)
    told = recording.info.interpreter
    interpreter = Interpreter(str(told.get("executable", sys.executable)), str(told.get("version", "")))
    window = MainWindow(theme, Languages(options.lang, app), settings, [interpreter])
    try:
        show(window, recording, at, options.size, projector=options.projector)
        save_picture(window, options.out)
    finally:
        window.close()


def show(
    window: MainWindow, recording: LoadedRecording, at_ns: int, size: tuple[int, int], *, projector: bool
) -> None:
    """Puts the recording into the window, the cursor at a moment, and lets it come to rest."""
    store = recording.store
    window.resize(*size)
    window.show()
    if projector:
        window.actions_["projector"].setChecked(True)
        window.projector.halo.end()  # nobody points at a picture
    window.control.show_recording(recording)
    settle(window)
    window.timeline.viewport.fit(*telling_stretch(store, at_ns), 0.01)
    window.document.set_cursor(at_ns)
    window.timeline.viewport.show_moment(at_ns)
    settle(window)


def settle(window: MainWindow) -> None:
    """Until nothing is left to be done: no events, no timer that will fire once."""
    from PySide6.QtCore import QAbstractEventDispatcher, QCoreApplication, QEventLoop, QTimer

    dispatcher = QAbstractEventDispatcher.instance()
    deadline = monotonic() + PATIENCE_S
    while True:
        QCoreApplication.sendPostedEvents()
        # One event leads to others, a new layout to new sizes: until nothing was there to be done.
        busy = dispatcher.processEvents(QEventLoop.ProcessEventsFlag.AllEvents)
        timers = window.findChildren(QTimer)
        waiting = any(timer.isActive() and (timer.isSingleShot() or not timer.interval()) for timer in timers)
        if not busy and not waiting:
            return
        if monotonic() > deadline:
            raise RuntimeError("the window does not come to rest")


def save_picture(window: MainWindow, out: Path) -> None:
    """The window as it is, as a PNG without transparency.  Raises LockstepError."""
    from PySide6.QtGui import QImage, QImageWriter

    picture = window.grab()
    if (picture.width(), picture.height()) != (
        window.screen().size().width(),
        window.screen().size().height(),
    ):
        raise RuntimeError(f"the window has another size than its screen: {picture.size()}")
    image = picture.toImage().convertToFormat(QImage.Format.Format_RGB888)
    writer = QImageWriter(str(out), b"png")
    writer.setCompression(100)
    if not writer.write(image):
        raise LockstepError("output_unwritable", path=str(out), detail=writer.errorString())
