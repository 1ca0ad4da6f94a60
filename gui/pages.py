"""The pages in the middle of the window: which one is shown, and what title, code and panels go with it.

GUI thread only.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from engine.comparison.plan import PROGRAM as COMPARED_PROGRAM
from gui.announcements import Announcements
from gui.document import Phase
from gui.guides import GUIDES
from gui.guides import title as guide_title
from gui.window_parts import WindowParts


class Pages(QObject):
    """``chosen``: another scenario is what would run next."""

    chosen = Signal()

    def __init__(self, window: WindowParts, announcements: Announcements) -> None:
        super().__init__(window)
        self._window = window
        self._announcements = announcements
        window.stack.currentChanged.connect(lambda _: self.refresh())
        window.list.scenario_chosen.connect(self._on_scenario_chosen)
        window.page.parameters_changed.connect(self._on_parameters_changed)
        window.lesson.scenario_wanted.connect(self.choose_scenario)
        window.lesson.page_wanted.connect(lambda: self.show_page(window.page))
        window.lesson.timeline_wanted.connect(self.show_run)
        window.guide.scenario_wanted.connect(self.choose_scenario)

    def show_title(self) -> None:
        """What the middle of the window is about: a page's program, or the recording."""
        window = self._window
        shown, document, path = window.stack.currentWidget(), window.document, None
        if window.by_hand.shown:
            title = window.by_hand.title
        elif shown in (window.page, window.comparison.page) and window.list.chosen:
            title = window.book.texts(window.list.chosen).title
        elif shown is window.guide:
            title = guide_title(window.guide.guide, window.languages.current)
        elif shown is window.script_page and window.choice.script is not None:
            title = window.choice.script.name
        elif document.phase is Phase.EMPTY:
            title = "Lockstep"
        else:
            title, path = document.origin.title, document.origin.path
            if document.origin.scenario and window.book.knows(document.origin.scenario):
                title = window.book.texts(document.origin.scenario).title
        window.top.title.set_full_text(title)
        suffix = "" if path is None else f" – {path.name}"
        window.setWindowTitle(f"{title}{suffix} – Lockstep" if title != "Lockstep" else "Lockstep")

    def _on_scenario_chosen(self, scenario_id: str) -> None:
        window = self._window
        guide = scenario_id in GUIDES
        window.choice.choose_scenario("" if guide else scenario_id)
        window.comparison.forget()
        window.lesson.begin(scenario_id)
        if guide:
            window.guide.show_guide(scenario_id)
        if not window.document.live:
            self.show_page(window.guide if guide else window.page)
        self.show_title()
        self.chosen.emit()

    def choose_scenario(self, scenario_id: str) -> None:
        window = self._window
        window.list.choose(scenario_id)
        window.page.setFocus()

    def show_page(self, page: QWidget) -> None:
        """A page in the middle; it is told also when it was there already."""
        self._window.stack.setCurrentWidget(page)
        self.refresh()

    def refresh_page(self) -> None:
        window = self._window
        if window.choice.scenario and window.book.knows(window.choice.scenario):
            window.lesson.show_page()
            self._show_program()

    def _show_program(self) -> None:
        """The program as it would run, with the parameters as they are set."""
        window = self._window
        if window.stack.currentWidget() is not window.page or not window.choice.scenario:
            return
        scenario = window.book.scenario(window.choice.scenario)
        name = f"{scenario.id}.py"
        window.side.show_program(name, scenario.source(window.page.form.values()))

    def _on_parameters_changed(self) -> None:
        window = self._window
        if window.choice.scenario:
            window.choice.set_values(window.choice.scenario, window.page.form.values())
            self._show_program()

    def refresh(self) -> None:
        """The code panel shows what the middle is about: a program to be run, or one that ran."""
        window = self._window
        by_hand = window.by_hand.shown  # it has code and output of its own, and no time to play
        guide = window.stack.currentWidget() is window.guide  # it is about no program
        window.side.setVisible(not (by_hand or guide) and window.actions_["show_side"].isChecked())
        timeline = window.stack.currentWidget() is window.middle
        question = window.stack.currentWidget() is window.page
        window.player.bar.setVisible(timeline)
        compared = window.comparison.shown
        window.status.keep_quiet(compared or (question and window.lesson.before_run))
        over_run = timeline and window.lesson.of_shown_run
        window.lesson.show_strip(question or compared or over_run, over_run)
        self.show_title()
        self._announcements.refresh()
        if window.stack.currentWidget() is window.page:
            self._show_program()
        elif compared:
            window.side.show_program(str(COMPARED_PROGRAM), None)
        elif window.stack.currentWidget() is window.script_page:
            window.side.show_program(str(window.choice.script), None)
        elif window.stack.currentWidget() is window.middle:
            window.side.show_recording()

    def toggle_question(self) -> None:
        """Between the question with its parameters and the timeline, or what was measured."""
        window = self._window
        chosen = self.of_choice()
        if window.comparison.scenario and window.comparison.scenario == window.choice.scenario:
            if window.comparison.shown:
                self.show_page(chosen)
            else:
                window.comparison.show()
            return
        if window.stack.currentWidget() is chosen and window.document.phase is not Phase.EMPTY:
            window.show_timeline()
        else:
            window.stack.setCurrentWidget(chosen)

    def of_choice(self) -> QWidget:
        """The page about what would run next."""
        window = self._window
        if window.choice.scenario:
            return window.page
        return window.welcome if window.choice.script is None else window.script_page

    def show_run(self) -> None:
        """The run that the lesson is about."""
        window = self._window
        if window.lesson.was_measured:
            window.comparison.show()
        else:
            window.show_timeline()
