"""The main window: puts panels and timeline together, connects commands to what they do.

GUI thread only.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QMainWindow,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from engine.comparison.plan import PROGRAM as COMPARED_PROGRAM
from engine.recording import LoadedRecording
from engine.scenarios.lesson import LESSON
from engine.scenarios.recordings import shipped
from gui.actions import Actions
from gui.announcements import Announcements
from gui.bridge import Errand
from gui.by_hand.controls import ByHandControls
from gui.catalogue_texts import Outcome, ScenarioBook
from gui.commands import Commands
from gui.compare.controls import ComparisonControls
from gui.document import Document, Phase
from gui.editor.editing import Editing
from gui.editor.window import EditorWindow
from gui.edits import Edits
from gui.files import Files, dropped
from gui.guides import GUIDES
from gui.guides import title as guide_title
from gui.interpreters import Interpreter
from gui.language import Languages
from gui.lesson.controls import LessonControls
from gui.looks import Looks
from gui.lookup import Lookup
from gui.menus import Menus
from gui.panels.banner import BannerStack
from gui.panels.drawer import Drawer
from gui.panels.guide_page import GuidePage
from gui.panels.scenario_list import Entry, ScenarioList
from gui.panels.scenario_page import ScenarioPage
from gui.panels.script_page import ScriptPage
from gui.panels.sentence import SentencePanel
from gui.panels.side import SidePanel
from gui.panels.top_bar import TopBar
from gui.panels.welcome import WelcomePage
from gui.player.controls import PlayerControls
from gui.projector import Projector
from gui.run_choice import RunChoice
from gui.run_control import RunControl
from gui.settings import Settings
from gui.shares import Shares
from gui.status import StatusLine
from gui.theme import Theme
from gui.timeline.view import TimelineView


class MainWindow(QMainWindow):
    def __init__(
        self,
        theme: Theme,
        languages: Languages,
        settings: Settings,
        interpreters: list[Interpreter] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._closes_after: Errand | None = None
        self.theme = theme
        self.languages = languages
        self.settings = settings
        self.document = Document(self)
        self.control = RunControl(self.document, self)
        self.choice = RunChoice(settings, interpreters, self)
        self.book = ScenarioBook(languages)
        self.actions_ = Actions(self)
        self.menus = Menus(self, self.actions_, settings, self.open_path)
        self._build()
        self.announcements = Announcements(self)
        self.lookup = Lookup(self)
        self.commands = Commands(self)
        self._connect()
        self.setAcceptDrops(True)
        self.retranslate()
        self._restore()
        self.commands.refresh()

    # --- parts ----------------------------------------------------------------------------

    def _build(self) -> None:
        theme, actions = self.theme, self.actions_
        self.timeline = TimelineView(theme, self.document)
        self.looks = Looks(
            self,
            theme,
            self.languages,
            self.settings,
            actions,
            self.choice,
            self.control,
            self.timeline.viewport,
        )
        self.edits = Edits(self)
        self.edits.watch(self.timeline.viewport)
        self.edits.watch(self.document.notes)
        self.player = PlayerControls(theme, self.document, self.timeline, actions, self.settings, self)
        self.top = TopBar(
            theme,
            actions["run"],
            actions["stop"],
            self.menus.main,
            self.menus.interpreters,
            [actions["by_hand"], actions["projector"]],
            self.player.bar,
        )
        self.banners = BannerStack(theme)
        self.files = Files(self, self.document, self.control, self.settings, self.banners)
        self.list = ScenarioList(theme)
        self.welcome = WelcomePage(theme)
        self.page = ScenarioPage(theme)
        self.script_page = ScriptPage(theme)
        self.sentence = SentencePanel(theme, self.document)
        self.side = SidePanel(theme, self.document)
        self.middle = QSplitter(Qt.Orientation.Vertical)
        self.middle.setObjectName("middle")
        self.middle.setHandleWidth(1)
        self.middle.addWidget(self.player.under(self.timeline))
        self.middle.addWidget(self.sentence)
        self.drawer = Drawer(theme, self.document, self.side.code.texts)
        self.drawer.hide()
        self.middle.addWidget(self.drawer)
        self.middle.setStretchFactor(0, 1)
        self.middle.setStretchFactor(1, 0)
        self.middle.setStretchFactor(2, 0)
        self.middle.setChildrenCollapsible(False)
        self.stack = QStackedWidget()
        for page in (self.welcome, self.page, self.script_page, self.middle):
            self.stack.addWidget(page)
        self.lesson = LessonControls(
            theme,
            self.document,
            self.book,
            self.choice,
            self.settings,
            self.page,
            self.sentence,
            (actions["lesson_on"], actions["lesson_back"]),
            self,
        )
        self.comparison = ComparisonControls(theme, self.stack, self)
        self.guide = GuidePage(theme, self.languages, self.book)
        self.stack.addWidget(self.guide)
        center = QWidget()
        center.setObjectName("Panel")
        over = QVBoxLayout(center)
        over.setContentsMargins(0, 0, 0, 0)
        over.setSpacing(0)
        over.addWidget(self.lesson.strip)
        over.addWidget(self.stack, 1)
        self.editing = Editing(theme, self)
        self.by_hand = ByHandControls(theme, self.choice, self.book, self.stack, self)
        self.columns = QSplitter(Qt.Orientation.Horizontal)
        self.columns.setObjectName("columns")
        self.columns.setHandleWidth(1)
        for widget, stretch in ((self.list, 0), (center, 1), (self.side, 0)):
            self.columns.addWidget(widget)
            self.columns.setStretchFactor(self.columns.count() - 1, stretch)
        self.columns.setChildrenCollapsible(False)
        self.shares = Shares(theme, self.settings, self.columns, self.middle, self.side.splitter)
        self.sentence.need_changed.connect(self.shares.refit)
        # Whatever its parts ask for, the window never becomes larger than the screen.
        self.setMinimumSize(480, 320)
        central = QWidget()
        central.setObjectName("Panel")
        layout = QVBoxLayout(central)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.top)
        layout.addWidget(self.banners)
        layout.addWidget(self.columns, 1)
        self.setCentralWidget(central)
        self.status = StatusLine(
            theme,
            self.document,
            (actions["english"], actions["chinese"]),
            [actions["show_figures"], actions["keys"]],
            self,
        )
        self.setStatusBar(self.status)
        actions.for_timeline(self.timeline)
        self.projector = Projector(
            theme, self, actions["blank"], actions["leave_projector"], actions["next_span"]
        )

    def _connect(self) -> None:
        self.stack.currentChanged.connect(lambda _: self._on_page_changed())
        self.list.scenario_chosen.connect(self._on_scenario_chosen)
        self.list.run_wanted.connect(self._on_scenario_run_wanted)
        self.list.all_wanted.connect(lambda on: self.settings.set_shown("all_scenarios", on))
        self.page.run_wanted.connect(self.run)
        self.page.recorded_wanted.connect(self.show_recorded)
        self.lesson.run_wanted.connect(self.run)
        self.lesson.recorded_wanted.connect(self.show_recorded)
        self.lesson.stop_wanted.connect(self.stop)
        self.lesson.scenario_wanted.connect(self._on_next_scenario)
        self.lesson.page_wanted.connect(lambda: self._show_page(self.page))
        self.lesson.timeline_wanted.connect(self._show_run)
        self.lesson.told_anew.connect(self._tell_outcome)
        self.lesson.comparison_told.connect(self._on_comparison_told)
        self.guide.scenario_wanted.connect(self._on_next_scenario)
        self.comparison.ended.connect(self.lesson.measured)
        self.comparison.ended.connect(
            lambda reading, values: self.guide.proofs.measured(self.comparison.scenario, reading, values)
        )
        self.comparison.cancelled.connect(self.lesson.failed)
        self.comparison.failed.connect(self.show_error)
        self.comparison.recording_wanted.connect(self._open_observed)
        self.comparison.changed.connect(self.commands.refresh)
        self.script_page.run_wanted.connect(self.run)
        self.page.edit_wanted.connect(self.edit_copy)
        self.script_page.edit_wanted.connect(self.edit_copy)
        self.editing.run_wanted.connect(self._on_edited_run)
        self.editing.failed.connect(self.show_error)
        self.page.parameters_changed.connect(self._on_parameters_changed)
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
        self._show_scenario_page()
        self._fill_interpreters()
        self._show_title()
        self._tell_outcome()
        self.lesson.tell_measured()
        self.announcements.refresh()

    def _show_title(self) -> None:
        """What the middle of the window is about: a page's program, or the recording."""
        shown, document, path = self.stack.currentWidget(), self.document, None
        if self.by_hand.shown:
            title = self.by_hand.title
        elif shown in (self.page, self.comparison.page) and self.list.chosen:
            title = self.book.texts(self.list.chosen).title
        elif shown is self.guide:
            title = guide_title(self.guide.guide, self.languages.current)
        elif shown is self.script_page and self.choice.script is not None:
            title = self.choice.script.name
        elif document.phase is Phase.EMPTY:
            title = "Lockstep"
        else:
            title, path = document.origin.title, document.origin.path
            if document.origin.scenario and self.book.knows(document.origin.scenario):
                title = self.book.texts(document.origin.scenario).title
        self.top.title.set_full_text(title)
        suffix = "" if path is None else f" – {path.name}"
        self.setWindowTitle(f"{title}{suffix} – Lockstep" if title != "Lockstep" else "Lockstep")

    # --- choosing what to run ---------------------------------------------------------------

    def _on_scenario_chosen(self, scenario_id: str) -> None:
        guide = scenario_id in GUIDES
        self.choice.choose_scenario("" if guide else scenario_id)
        self.comparison.forget()
        self.lesson.begin(scenario_id)
        if guide:
            self.guide.show_guide(scenario_id)
        if not self.document.live:
            self._show_page(self.guide if guide else self.page)
        self._show_title()
        self.commands.refresh()

    def _on_scenario_run_wanted(self, scenario_id: str) -> None:
        if scenario_id not in GUIDES:
            self.choice.choose_scenario(scenario_id)
            self.run()

    def _on_next_scenario(self, scenario_id: str) -> None:
        self.list.choose(scenario_id)
        self.page.setFocus()

    def _show_page(self, page: QWidget) -> None:
        """A page in the middle; it is told also when it was there already."""
        self.stack.setCurrentWidget(page)
        self._on_page_changed()

    def _show_scenario_page(self) -> None:
        if self.choice.scenario and self.book.knows(self.choice.scenario):
            self.lesson.show_page()
            self._show_program()

    def _show_program(self) -> None:
        """The program as it would run, with the parameters as they are set."""
        if self.stack.currentWidget() is not self.page or not self.choice.scenario:
            return
        scenario = self.book.scenario(self.choice.scenario)
        name = f"{scenario.id}.py"
        self.side.show_program(name, scenario.source(self.page.form.values()))

    def _on_parameters_changed(self) -> None:
        if self.choice.scenario:
            self.choice.set_values(self.choice.scenario, self.page.form.values())
            self._show_program()

    def _on_page_changed(self) -> None:
        """The code panel shows what the middle is about: a program to be run, or one that ran."""
        by_hand = self.by_hand.shown  # it has code and output of its own, and no time to play
        guide = self.stack.currentWidget() is self.guide  # it is about no program
        self.side.setVisible(not (by_hand or guide) and self.actions_["show_side"].isChecked())
        timeline = self.stack.currentWidget() is self.middle
        question = self.stack.currentWidget() is self.page
        self.player.bar.setVisible(timeline)
        compared = self.comparison.shown
        self.status.keep_quiet(compared or (question and self.lesson.before_run))
        over_run = timeline and self.lesson.of_shown_run
        self.lesson.show_strip(question or compared or over_run, over_run)
        self._show_title()
        self.announcements.refresh()
        if self.stack.currentWidget() is self.page:
            self._show_program()
        elif compared:
            self.side.show_program(str(COMPARED_PROGRAM), None)
        elif self.stack.currentWidget() is self.script_page:
            self.side.show_program(str(self.choice.script), None)
        elif self.stack.currentWidget() is self.middle:
            self.side.show_recording()

    def toggle_question(self) -> None:
        """Between the question with its parameters and the timeline, or what was measured."""
        chosen = self._page_of_choice()
        if self.comparison.scenario and self.comparison.scenario == self.choice.scenario:
            if self.comparison.shown:
                self._show_page(chosen)
            else:
                self.comparison.show()
            return
        if self.stack.currentWidget() is chosen and self.document.phase is not Phase.EMPTY:
            self.show_timeline()
        else:
            self.stack.setCurrentWidget(chosen)

    def _page_of_choice(self) -> QWidget:
        """The page about what would run next."""
        if self.choice.scenario:
            return self.page
        return self.welcome if self.choice.script is None else self.script_page

    def show_timeline(self) -> None:
        self.stack.setCurrentWidget(self.middle)
        self.timeline.canvas.setFocus()

    def _show_run(self) -> None:
        """The run that the lesson is about."""
        if self.lesson.was_measured:
            self.comparison.show()
        else:
            self.show_timeline()

    # --- running ------------------------------------------------------------------------------

    def show_recorded(self) -> None:
        """Shows the recorded run of the scenario that is chosen; nothing is executed."""
        path = shipped(self.choice.scenario)
        if path is None or self.document.live or not self.files.may_discard():
            return
        self.banners.dismiss_all()
        self.lesson.run_began()
        self.control.open_recording(path)

    def run(self) -> None:
        """Runs what is chosen: a scenario or a script; some scenarios are measured."""
        if self.document.live or self.comparison.running or not self.choice.anything:
            return
        if self.comparison.compares(self.choice.scenario):
            self.banners.dismiss_all()
            self.lesson.run_began()
            values = self.choice.values(self.book.scenario(self.choice.scenario))
            self.comparison.start(self.choice.scenario, values, self.choice.interpreter)
            self._on_page_changed()
            return
        if not self.files.may_discard():
            return
        self.banners.dismiss_all()
        interpreter = self.choice.interpreter
        self.files.saved = True
        if self.choice.scenario:
            scenario = self.book.scenario(self.choice.scenario)
            self.lesson.run_began()
            values = self.choice.values(scenario)
            title = self.book.texts(scenario.id).title
            self.control.run_scenario(scenario, title, values, interpreter)
        elif self.choice.script is not None:
            arguments = self.script_page.parsed_arguments()
            if arguments is None:
                self.stack.setCurrentWidget(self.script_page)
                return
            self.choice.choose_script(self.choice.script, arguments)
            self.control.run_script(self.choice.script, arguments, interpreter)
        self.show_timeline()

    def stop(self) -> None:
        """Ends what runs."""
        if self.comparison.running:
            self.comparison.job.cancel()
        else:
            self.control.stop()

    def _on_comparison_told(self, outcome: Outcome) -> None:
        self.comparison.page.say(outcome.kicker, outcome.headline, outcome.detail)

    def _open_observed(self, path: Path) -> None:
        """The observed run of one of the ways that were compared."""
        if not self.document.live and self.files.may_discard():
            self.control.open_recording(path)

    def edit_copy(self) -> None:
        """The program of the scenario, or the script that is chosen, in an editor."""
        if self.choice.scenario:
            scenario = self.book.scenario(self.choice.scenario)
            self.editing.edit_copy(scenario.id, scenario.source(self.page.form.values()))
        elif self.choice.script is not None:
            self.editing.edit_script(self.choice.script)

    def _on_edited_run(self, editor: EditorWindow, path: Path) -> None:
        if self.document.live:
            editor.tell(self.tr("Another program is running. Stop it first."))
            return
        if not self.files.may_discard():
            return
        self.document.clear()
        self.files.saved = True
        again = self.choice.script == path
        arguments = self.script_page.parsed_arguments() if again else ()
        self.files.open_path(path)
        if arguments:
            self.script_page.show_script(path, arguments, own=self.editing.is_copy(path))
        self.run()
        self.raise_()
        self.activateWindow()

    def run_by_hand(self) -> None:
        """What is chosen, one thread let go at a time; where the recording carries a schedule, with that."""
        scheduled = self.document.origin.scheduled
        if not self.document.live and (self.choice.anything or scheduled is not None):
            self.banners.dismiss_all()
            self.by_hand.begin(scheduled)

    def _on_phase_changed(self) -> None:
        document = self.document
        self.side.output.accept_input(document.phase is Phase.RUNNING)
        if document.phase is Phase.EMPTY:
            self.stack.setCurrentWidget(self._page_of_choice())
        self._show_title()
        self.commands.refresh()

    def _on_replaced(self) -> None:
        self._show_title()
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

    def open_path(self, path: Path) -> None:
        """A recording is opened, anything else is taken for a script that Run will run."""
        self.files.open_path(path)

    def _on_script_opened(self, path: Path) -> None:
        self.choice.choose_script(path)
        self.list.choose("")
        if not self.document.live:
            if self.document.phase is not Phase.EMPTY and self.files.may_discard():
                self.document.clear()
            self.script_page.show_script(path, own=self.editing.is_copy(path))
            self.stack.setCurrentWidget(self.script_page)
        self._show_title()
        self.commands.refresh()

    def _on_loaded(self, recording: LoadedRecording) -> None:
        self.files.saved = True
        scenario = recording.info.scenario
        if recording.path != shipped(scenario) and not self.comparison.job.owns(recording.path):
            self.settings.add_recent(recording.path)
        if scenario and self.book.knows(scenario):
            self.list.choose(scenario)
        self.lesson.loaded()
        self.show_timeline()
        if recording.truncated:
            text = self.tr("This recording was cut off. What is there up to that moment is shown.")
            self.banners.show_message("truncated", "warning", text)
        self._tell_outcome()
        self.announcements.refresh()
        self.commands.refresh()

    def _on_saved(self, _path: Path) -> None:
        self._show_title()
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

    # --- parts of their own ---------------------------------------------------------------------

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
        self.list.setVisible(not on and self.actions_["show_list"].isChecked())
        self.side.want_output(not on)
        self.lookup.show_drawer(not on and self.actions_["show_figures"].isChecked())
        self.statusBar().setVisible(not on)
        self.shares.project(on, self.width())
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
