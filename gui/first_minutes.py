"""The first minutes: a recording already on the screen, the button that runs it here, the tour.

Until something was run or opened, a new window shows the recording shipped with the program.
GUI thread only.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QVBoxLayout

from engine.recording import LoadedRecording
from gui.document import Phase
from gui.main_window import MainWindow
from gui.panels.sample_bar import SampleBar
from gui.settings import Settings
from gui.tour import Tour

#: Made by packaging/make_sample.py: a real run.
SAMPLE = Path(__file__).resolve().parent.parent / "resources" / "recordings" / "first.lockstep"


class FirstMinutes(QObject):
    """``bar``: what stands above the sample, None when it is not shown; ``tour`` likewise."""

    def __init__(self, window: MainWindow, settings: Settings) -> None:
        super().__init__(window)
        self._window = window
        self._settings = settings
        self.bar: SampleBar | None = None
        self.tour: Tour | None = None
        window.actions_["tour"].triggered.connect(lambda _=False: self.show_tour())
        window.document.phase_changed.connect(self._on_phase_changed)
        window.control.loaded.connect(self._on_loaded)
        window.files.script_opened.connect(self._leave)

    @property
    def wanted(self) -> bool:
        """Whether nothing was ever run or opened here."""
        return not self._settings.begun and SAMPLE.is_file()

    def open_sample(self) -> None:
        """Shows the sample recording, with the large button above it, and once the tour."""
        window = self._window
        self.bar = SampleBar(window.theme)
        central = window.centralWidget()
        layout = central.layout() if central is not None else None
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(layout.indexOf(window.banners) + 1, self.bar)
        self.bar.run_wanted.connect(window.running.run)
        self.bar.tour_wanted.connect(self.show_tour)
        self.bar.closed.connect(self._leave)
        window.stack.currentChanged.connect(self._on_page_changed)
        window.control.open_recording(SAMPLE)

    def _on_loaded(self, recording: LoadedRecording) -> None:
        if recording.path != SAMPLE:
            self._leave()
            return
        if self.bar is None:
            return
        self._settings.forget_recent(SAMPLE)
        self._window.list.show_all(False)  # the lesson, of which the sample is no part
        info = recording.info
        self.bar.tell(str(info.interpreter.get("version", "")), int(info.machine.get("cpus", 0) or 0))
        self.bar.run.setFocus()
        if not self._settings.tour_seen:
            self.show_tour()

    def show_tour(self) -> None:
        """Asked for or, once in a lifetime, by itself: however it ends, it does not come back."""
        if self.tour is not None:
            return
        self._settings.tour_seen = True
        window = self._window
        targets = [window.list, window.timeline, window.sentence, window.side, window.top]
        self.tour = Tour(window.theme, targets, window)
        self.tour.ended.connect(self._on_tour_ended)

    def _on_tour_ended(self) -> None:
        self.tour = None

    def _on_phase_changed(self) -> None:
        if self._window.document.phase in (Phase.STARTING, Phase.EMPTY):
            self._leave()

    def _on_page_changed(self) -> None:
        """The bar speaks of the recording: it goes where something else is shown."""
        if self.bar is not None:
            self.bar.setVisible(self._window.stack.currentWidget() is self._window.middle)

    def _leave(self) -> None:
        """The first minutes are over once anything else is run or opened, or the sample was closed."""
        if self.tour is not None:
            self.tour.end()
        self._settings.begun = True
        if self.bar is None:
            return
        self.bar.hide()
        self.bar.deleteLater()
        self.bar = None
