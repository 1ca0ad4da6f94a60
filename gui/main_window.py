"""The main window: its parts and those who move them, put in touch with each other.

GUI thread only.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QWidget,
)

from engine.recording import LoadedRecording
from engine.scenarios.lesson import LESSON
from engine.scenarios.recordings import comes_with_lockstep
from gui.announcements import Announcements
from gui.bridge import Errand
from gui.catalogue_texts import Outcome
from gui.commands import Commands
from gui.document import Phase
from gui.files import dropped
from gui.guides import GUIDES
from gui.guides import title as guide_title
from gui.interpreters import Interpreter
from gui.language import Languages
from gui.lookup import Lookup
from gui.pages import Pages
from gui.panels.scenario_list import Entry
from gui.running import Running
from gui.settings import Settings
from gui.theme import Theme
from gui.window_parts import WindowParts


class MainWindow(WindowParts):
    def __init__(
        self,
        theme: Theme,
        languages: Languages,
        settings: Settings,
        interpreters: list[Interpreter] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, languages, settings, interpreters, parent)
        self._closes_after: Errand | None = None
        self.announcements = Announcements(self)
        self.lookup = Lookup(self)
        self.pages = Pages(self, self.announcements)
        self.running = Running(self, self.pages)
        slots: dict[str, Callable[[], None]] = {
            "run": self.running.run,
            "stop": self.running.stop,
            "by_hand": self.running.run_by_hand,
            "show_question": self.pages.toggle_question,
        }
        self.commands = Commands(self, self.lookup, slots)
        self._connect()
        self.setAcceptDrops(True)
        self.retranslate()
        self._restore()
        self.commands.refresh()

    def _connect(self) -> None:
        self.pages.chosen.connect(self.commands.refresh)
        self.actions_["projector"].toggled.connect(self.show_projector)
        self.list.all_wanted.connect(lambda on: self.settings.set_shown("all_scenarios", on))
        self.lesson.told_anew.connect(self._tell_outcome)
        self.lesson.comparison_told.connect(self._on_comparison_told)
        self.comparison.ended.connect(self.lesson.measured)
        self.comparison.ended.connect(
            lambda reading, values: self.guide.proofs.measured(self.comparison.scenario, reading, values)
        )
        self.comparison.cancelled.connect(self.lesson.failed)
        self.comparison.failed.connect(self.show_error)
        self.comparison.changed.connect(self.commands.refresh)
        self.editing.failed.connect(self.show_error)
        self.welcome.script_wanted.connect(self.files.open_script)
        self.welcome.recording_wanted.connect(self.files.open_recording)
        self.welcome.file_chosen.connect(self.open_path)
        self.document.phase_changed.connect(self._on_phase_changed)
        self.document.replaced.connect(self._on_replaced)
        self.document.grew.connect(self._on_grew)
        self.timeline.viewport.history_changed.connect(self.commands.refresh)
        self.edits.changed.connect(self.commands.refresh)
        self.document.replaced.connect(self.edits.clear)
        self.control.failed.connect(self.show_error)
        self.control.output_arrived.connect(self.side.output.add)
        self.control.run_ended.connect(self._on_run_ended)
        self.control.loaded.connect(self._on_loaded)
        self.control.saved.connect(self._on_saved)
        self.files.failed.connect(self.show_error)
        self.by_hand.failed.connect(self.show_error)
        self.files.script_opened.connect(self._on_script_opened)
        self.files.recovered.connect(self.show_timeline)
        self.side.output.input_given.connect(self.control.send_input)
        self.side.output.input_ended.connect(self.control.end_input)
        self.choice.interpreters_found.connect(self._fill_interpreters)
        self.choice.interpreter_changed.connect(self._fill_interpreters)
        self.drawer.figures.failed.connect(self.show_error)

    # --- texts ----------------------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def retranslate(self) -> None:
        self.actions_.retranslate()
        self.menus.retranslate()
        guides = [Entry(each, "compare", guide_title(each, self.languages.current)) for each in GUIDES]
        self.list.set_entries([*self.book.entries(), *guides], LESSON)
        self.pages.refresh_page()
        self._fill_interpreters()
        self.pages.show_title()
        self._tell_outcome()
        self.lesson.tell_measured()
        self.announcements.refresh()

    # --- runs ---------------------------------------------------------------------------------

    def _on_comparison_told(self, outcome: Outcome) -> None:
        self.comparison.page.say(outcome.kicker, outcome.headline, outcome.detail)

    def _on_phase_changed(self) -> None:
        document = self.document
        self.side.output.accept_input(document.phase is Phase.RUNNING)
        if document.phase is Phase.EMPTY:
            self.stack.setCurrentWidget(self.pages.of_choice())
        self.pages.show_title()
        self.commands.refresh()

    def _on_replaced(self) -> None:
        self.pages.show_title()
        self.commands.refresh()

    def _on_grew(self, _tracks_changed: bool) -> None:
        self.status.set_lag(self.control.bridge.lag_s)
        self.announcements.refresh()

    def _on_run_ended(self) -> None:
        self.files.saved = False
        self.lesson.run_ended()
        self._tell_outcome()
        self.commands.refresh()

    def _tell_outcome(self) -> None:
        """What the run showed, in the scenario's words, with the run's own figures, when it is time."""
        self.lesson.tell(self.control.bridge.session_info)

    # --- files --------------------------------------------------------------------------------

    def _on_script_opened(self, path: Path) -> None:
        self.choice.choose_script(path)
        self.list.choose("")
        if not self.document.live:
            if self.document.phase is not Phase.EMPTY and self.files.may_discard():
                self.document.clear()
            self.script_page.show_script(path, own=self.editing.is_copy(path))
            self.stack.setCurrentWidget(self.script_page)
        self.pages.show_title()
        self.commands.refresh()

    def _on_loaded(self, recording: LoadedRecording) -> None:
        self.files.saved = True
        scenario = recording.info.scenario
        compared = self.comparison.job.owns(recording.path)
        self.document.origin.borrowed = compared or comes_with_lockstep(recording.path)
        if not self.document.origin.borrowed:
            self.settings.add_recent(recording.path)
        if scenario and self.book.knows(scenario):
            self.list.choose(scenario)
        elif not compared and self.document.origin.script != str(self.choice.script):
            self.choice.choose_nothing()  # Run, the list and the lesson would be about another program
            self.list.choose("")
        self.lesson.loaded()
        self.show_timeline()
        self.pages.refresh()
        if recording.truncated:
            text = self.tr("This recording was cut off. What is there up to that moment is shown.")
            self.banners.show_message("truncated", "warning", text)
        self._tell_outcome()
        self.announcements.refresh()
        self.commands.refresh()

    def _on_saved(self, _path: Path) -> None:
        self.pages.show_title()
        self.commands.refresh()

    # --- drag and drop --------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = dropped(event.mimeData())
        if path is not None:
            event.acceptProposedAction()
            self.open_path(path)

    # --- errors -----------------------------------------------------------------------------------

    def show_error(self, error: BaseException) -> None:
        """A sentence across the top; what was shown stays."""
        self.announcements.show_error(error)

    # --- interpreters -----------------------------------------------------------------------------

    def _fill_interpreters(self) -> None:
        choice = self.choice
        self.menus.fill_interpreters(
            choice.interpreters, choice.interpreter, choice.choose_interpreter, self._browse_interpreter
        )
        self.top.interpreter_button.setText(choice.interpreter_label)

    def _browse_interpreter(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, self.tr("Choose a Python interpreter"))
        if path:
            self.choice.add_interpreter(path)

    # --- looks ------------------------------------------------------------------------------------

    def show_projector(self, on: bool) -> None:
        """Full screen, everything larger, list and output away."""
        self.projector.set_on(on)
        self.player.project(on)
        shown = self.actions_["show_list"]  # F9 brings the list on a projector, too
        if on:
            self._list_before = shown.isChecked()
        shown.setChecked(not on and self._list_before)
        self.side.want_output(not on)
        self.lookup.show_drawer(not on and self.actions_["show_figures"].isChecked())
        self.statusBar().setVisible(not on)
        self.shares.project(on, self.width())
        self.commands.refresh()
        if on:
            self._was_maximized = self.isMaximized()
            self.showFullScreen()
        elif self._was_maximized:
            self.showMaximized()
        else:
            self.showNormal()

    # --- state ----------------------------------------------------------------------------------------

    def _restore(self) -> None:
        self._was_maximized = False
        self._list_before = True
        for name in ("show_list", "show_side"):
            self.actions_[name].setChecked(True)
        self.actions_["show_figures"].setChecked(self.settings.shown("figures"))
        geometry = self.settings.state("window")
        if geometry is None or not self.restoreGeometry(geometry):
            self.resize(1280, 760)
        self.shares.restore()
        self.welcome.set_recent(self.settings.recent)
        self.list.show_all(self.settings.shown("all_scenarios"))
        self.list.choose(self.settings.scenario)
        self.list.tree.setFocus()
        if not self.choice.scenario:
            self.stack.setCurrentWidget(self.welcome)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.choice.look_for_interpreters()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.theme.fit_window(event.size().height())
        self.projector.fit()
        self.shares.fit(event.size().width())

    def _close_soon(self) -> None:
        QTimer.singleShot(0, self, self.close)

    def closeEvent(self, event: QCloseEvent) -> None:
        saving = self.control.saving
        if saving is not None:  # done with that it closes
            if saving is not self._closes_after:
                self._closes_after = saving
                saving.succeeded.connect(self._close_soon)
            event.ignore()
            return
        if not self.files.may_discard() or not self.editing.close():
            event.ignore()
            return
        if not self.theme.projector:
            self.settings.set_state("window", self.saveGeometry())
            self.shares.keep()
        self.settings.sync()
        self.choice.close()
        self.files.close()
        self.drawer.figures.close()
        self.by_hand.close()
        self.comparison.close()
        self.guide.close_proofs()
        self.control.close()
        super().closeEvent(event)
