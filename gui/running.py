"""Running what is chosen: a scenario, a script, a comparison, by hand, a recorded run, an edited copy.

GUI thread only.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject

from engine.scenarios.recordings import shipped
from gui.editor.window import EditorWindow
from gui.guides import GUIDES
from gui.pages import Pages
from gui.window_parts import WindowParts


class Running(QObject):
    def __init__(self, window: WindowParts, pages: Pages) -> None:
        super().__init__(window)
        self._window = window
        self._pages = pages
        window.list.run_wanted.connect(self._on_scenario_run_wanted)
        for asks in (window.page, window.lesson, window.script_page):
            asks.run_wanted.connect(self.run)
        for shows in (window.page, window.lesson):
            shows.recorded_wanted.connect(self.show_recorded)
        window.lesson.stop_wanted.connect(self.stop)
        window.comparison.recording_wanted.connect(self._open_observed)
        window.page.edit_wanted.connect(self.edit_copy)
        window.script_page.edit_wanted.connect(self.edit_copy)
        window.editing.run_wanted.connect(self._on_edited_run)

    def _on_scenario_run_wanted(self, scenario_id: str) -> None:
        if scenario_id not in GUIDES:
            self._window.choice.choose_scenario(scenario_id)
            self.run()

    def show_recorded(self) -> None:
        """Shows the recorded run of the scenario that is chosen; nothing is executed."""
        window = self._window
        path = shipped(window.choice.scenario)
        if path is None or window.document.live or not window.files.may_discard():
            return
        window.banners.dismiss_all()
        window.lesson.run_began()
        window.control.open_recording(path)

    def run(self) -> None:
        """Runs what is chosen: a scenario or a script; some scenarios are measured."""
        window = self._window
        if window.document.live or window.comparison.running or not window.choice.anything:
            return
        if window.comparison.compares(window.choice.scenario):
            window.banners.dismiss_all()
            window.lesson.run_began()
            values = window.choice.values(window.book.scenario(window.choice.scenario))
            window.comparison.start(window.choice.scenario, values, window.choice.interpreter)
            self._pages.refresh()
            return
        if not window.files.may_discard():
            return
        window.banners.dismiss_all()
        interpreter = window.choice.interpreter
        window.files.saved = True
        if window.choice.scenario:
            scenario = window.book.scenario(window.choice.scenario)
            window.lesson.run_began()
            values = window.choice.values(scenario)
            title = window.book.texts(scenario.id).title
            window.control.run_scenario(scenario, title, values, interpreter)
        elif window.choice.script is not None:
            arguments = window.script_page.parsed_arguments()
            if arguments is None:
                window.stack.setCurrentWidget(window.script_page)
                return
            window.choice.choose_script(window.choice.script, arguments)
            window.control.run_script(window.choice.script, arguments, interpreter)
        window.show_timeline()

    def stop(self) -> None:
        """Ends what runs."""
        window = self._window
        if window.comparison.running:
            window.comparison.job.cancel()
        else:
            window.control.stop()

    def _open_observed(self, path: Path) -> None:
        """The observed run of one of the ways that were compared."""
        window = self._window
        if not window.document.live and window.files.may_discard():
            window.control.open_recording(path)

    def edit_copy(self) -> None:
        """The program of the scenario, or the script that is chosen, in an editor."""
        window = self._window
        if window.choice.scenario:
            scenario = window.book.scenario(window.choice.scenario)
            window.editing.edit_copy(scenario.id, scenario.source(window.page.form.values()))
        elif window.choice.script is not None:
            window.editing.edit_script(window.choice.script)

    def _on_edited_run(self, editor: EditorWindow, path: Path) -> None:
        window = self._window
        if window.document.live:
            editor.tell(self.tr("Another program is running. Stop it first."))
            return
        if not window.files.may_discard():
            return
        window.document.clear()
        window.files.saved = True
        again = window.choice.script == path
        arguments = window.script_page.parsed_arguments() if again else ()
        window.files.open_path(path)
        if arguments:
            window.script_page.show_script(path, arguments, own=window.editing.is_copy(path))
        self.run()
        window.raise_()
        window.activateWindow()

    def run_by_hand(self) -> None:
        """What is chosen, one thread let go at a time; where the recording carries a schedule, with that."""
        window = self._window
        scheduled = window.document.origin.scheduled
        if not window.document.live and (window.choice.anything or scheduled is not None):
            window.banners.dismiss_all()
            window.by_hand.begin(scheduled)
