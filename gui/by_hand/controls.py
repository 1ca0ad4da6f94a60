"""By hand in the window: begins a run of what is chosen, and puts its view in the place of the timeline.

GUI thread only.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from engine.errors import LockstepError
from gui.by_hand.hand import few_rounds
from gui.by_hand.view import ByHandView
from gui.catalogue_texts import ScenarioBook
from gui.run_choice import RunChoice
from gui.theme import Theme


class ByHandControls(QObject):
    """``failed`` (exception): it could not begin, or a step of it could not be done."""

    failed = Signal(object)

    def __init__(
        self,
        theme: Theme,
        choice: RunChoice,
        book: ScenarioBook,
        stack: QStackedWidget,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._choice = choice
        self._book = book
        self._stack = stack
        self._back: QWidget | None = None
        self._recording: Path | None = None
        self._scenario = ""  # that is run, "" for a script or a schedule
        self.view = ByHandView(theme)
        stack.addWidget(self.view)
        self.view.run_wanted.connect(self.start)
        self.view.left.connect(self.leave)
        self.view.failed.connect(self.failed)
        stack.currentChanged.connect(lambda _: self._on_page_changed())

    @property
    def shown(self) -> bool:
        return self._stack.currentWidget() is self.view

    def begin(self, recording: Path | None) -> None:
        """Runs what is chosen; the schedule of ``recording``, where that carries one."""
        self._recording = recording
        self.start()

    def start(self) -> None:
        """With every thread held before its first line; with a schedule after its choices."""
        choice, self._scenario = self._choice, ""
        try:
            if self._recording is not None:
                self.view.hand.close()
                if not self.view.load(self._recording):
                    return
            elif choice.scenario:
                scenario = self._book.scenario(choice.scenario)
                title = self._book.texts(scenario.id).title
                values = few_rounds(scenario, choice.values(scenario))
                self.view.hand.start_scenario(scenario, title, values, choice.interpreter)
                self._scenario = scenario.id
            elif choice.script is not None:
                self.view.hand.start_script(choice.script, choice.arguments, choice.interpreter)
            else:
                return
        except (LockstepError, OSError) as error:
            self.failed.emit(error)
            return
        if not self.shown:
            self._back = self._stack.currentWidget()
            self._stack.setCurrentWidget(self.view)
        self.view.setFocus()

    @property
    def title(self) -> str:
        """What is run, in the language of the moment."""
        return self._book.texts(self._scenario).title if self._scenario else self.view.hand.title

    def leave(self) -> None:
        """Back to the page before."""
        if self.shown and self._back is not None:
            self._stack.setCurrentWidget(self._back)

    def close(self) -> None:
        """Ends the program."""
        self.view.hand.close()

    def _on_page_changed(self) -> None:
        if not self.shown:
            self.close()
