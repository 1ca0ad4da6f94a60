"""The lesson in the window: keeps page, timeline and sentence at the step where it stands.

GUI thread only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction

from engine.scenarios import catalogue
from engine.scenarios.lesson import LESSON
from engine.scenarios.parameter import Value
from engine.scenarios.recordings import shipped
from engine.scenarios.scenario import Reading
from engine.scenarios.texts import filled
from gui.catalogue_texts import Outcome, ScenarioBook
from gui.document import Document, Phase
from gui.lesson.flow import BEFORE_RUN, RUNNING, UNTOLD, Flow, Step, Wish
from gui.lesson.strip import LessonStrip
from gui.panels.scenario_page import ScenarioPage
from gui.panels.sentence import SentencePanel
from gui.run_choice import RunChoice
from gui.settings import Settings
from gui.theme import Theme

#: Steps at which a run's answer may stand on the page.
ANSWERED = frozenset({Step.HAPPENED, Step.CHANGE_HAPPENED, Step.NEXT})


class LessonControls(QObject):
    """What it wants done: ``run_wanted``, ``recorded_wanted``, ``stop_wanted``, ``scenario_wanted`` (id),
    ``page_wanted`` and ``timeline_wanted`` (which of the two is to be seen); ``told_anew`` when the
    sentence is to say what belongs to another step; ``comparison_told`` (Outcome) likewise where the
    scenario was measured."""

    run_wanted = Signal()
    recorded_wanted = Signal()
    stop_wanted = Signal()
    scenario_wanted = Signal(str)
    page_wanted = Signal()
    timeline_wanted = Signal()
    told_anew = Signal()
    comparison_told = Signal(object)

    def __init__(
        self,
        theme: Theme,
        document: Document,
        book: ScenarioBook,
        choice: RunChoice,
        settings: Settings,
        page: ScenarioPage,
        sentence: SentencePanel,
        actions: tuple[QAction, QAction],
        parent: QObject,
    ) -> None:
        """``actions``: on to the next step, and back to the one before."""
        super().__init__(parent)
        self._document = document
        self._book = book
        self._choice = choice
        self._settings = settings
        self._page = page
        self._sentence = sentence
        self._on, self._back = actions
        self._usual: Mapping[str, Value] | None = None
        self._contradicts = False
        self._measured: tuple[Reading, Mapping[str, Any]] | None = None
        self._theme = theme
        self._wanted = self._over_run = False
        self.flow: Flow | None = None
        self.strip = LessonStrip(theme, self._on)
        self.strip.hide()
        self.strip.recorded_wanted.connect(self.recorded_wanted)
        self._on.triggered.connect(lambda _=False: self.skip())
        self._back.triggered.connect(lambda _=False: self.back())
        page.on_wanted.connect(self.skip)
        page.choices.voted.connect(self._refresh)
        page.choices.close_wanted.connect(self._close_vote)
        page.choices.anew_wanted.connect(self._vote_anew)
        document.phase_changed.connect(self._on_phase_changed)
        theme.changed.connect(self._refresh)

    @property
    def of_shown_run(self) -> bool:
        """Whether the run that is shown is the one this lesson is about."""
        return self.flow is not None and self._document.origin.scenario == self.flow.scenario

    @property
    def before_run(self) -> bool:
        """Whether nothing may be seen of any run."""
        return self.flow is not None and self.flow.step in BEFORE_RUN

    # --- begin ----------------------------------------------------------------------------------

    def begin(self, scenario_id: str) -> None:
        """From the question on, with no votes."""
        self._put_back_values()
        self._contradicts = False
        self._measured = None
        self.flow = None
        if self._book.knows(scenario_id):
            texts, scenario = self._book.texts(scenario_id), self._book.scenario(scenario_id)
            self.flow = Flow(
                scenario_id,
                tuple(texts.question.choices),
                of_class=self._settings.shown("class_votes"),
                can_change=bool(texts.change and scenario.change),
                has_recording=shipped(scenario_id) is not None,
            )
        self.show_page()

    def show_page(self) -> None:
        """Fills the page anew: another scenario, step or language."""
        flow = self.flow
        if flow is None:
            return
        scenario = self._book.scenario(flow.scenario)
        self._page.show_scenario(
            scenario,
            self._book.texts(flow.scenario),
            self._choice.values(scenario),
            flow.ballot,
            self._usual if flow.changed else None,
        )
        self._refresh()

    # --- votes ----------------------------------------------------------------------------------

    def _close_vote(self) -> None:
        if self.flow is not None:
            self.flow.close_vote()
            self._refresh()
            self._page.setFocus()

    def _vote_anew(self, of_class: bool) -> None:
        self._settings.set_shown("class_votes", of_class)
        flow = self.flow
        if flow is None:
            return
        if flow.step not in BEFORE_RUN:  # another class: from the question on
            self.begin(flow.scenario)
            self.page_wanted.emit()
            return
        flow.vote_anew(of_class)
        self._refresh()

    # --- runs -----------------------------------------------------------------------------------

    def run_began(self) -> None:
        """A run of the scenario begins, or its recorded run is read."""
        self._contradicts = False
        self._measured = None
        if self.flow is not None:
            self.flow.run_began()
            self._refresh()

    def run_ended(self) -> None:
        """The run that is shown is over."""
        if self.flow is not None and self.of_shown_run:
            self.flow.run_ended()
            self._refresh()

    def measured(self, reading: Reading, values: Mapping[str, Any]) -> None:
        """In place of a run its six ways were measured, with these parameters."""
        if self.flow is not None:
            self._measured = (reading, values)
            self.flow.run_ended()
            self.tell_measured()

    @property
    def was_measured(self) -> bool:
        return self._measured is not None

    def loaded(self) -> None:
        """A recording is shown: the one asked for, or one from elsewhere."""
        flow = self.flow
        if flow is None or not self.of_shown_run:
            return
        if flow.step in RUNNING:
            flow.run_ended()
        else:
            flow.opened()
        self._refresh()

    def failed(self) -> None:
        """What was begun came to nothing."""
        if self.flow is not None and not self._document.live:
            self.flow.run_failed()
            self._refresh()

    def _on_phase_changed(self) -> None:
        if self._document.phase is Phase.EMPTY:
            self.failed()
        self._refresh()

    # --- on and back ------------------------------------------------------------------------------

    def skip(self) -> None:
        """On to the next step."""
        flow = self.flow
        if flow is None or not self._wanted:
            return
        before = flow.step
        match flow.skip():
            case Wish.RUN:
                self.run_wanted.emit()
            case Wish.RECORDED:
                self.recorded_wanted.emit()
            case Wish.STOP:
                self.stop_wanted.emit()
            case Wish.NEXT_SCENARIO:
                following = self.following
                if following:
                    self.scenario_wanted.emit(following)
            case _:
                self._show_step(before)

    def back(self) -> None:
        flow = self.flow
        if flow is not None and self._wanted:
            before = flow.step
            if flow.back():
                self._show_step(before)

    @property
    def following(self) -> str:
        """The scenario after this one: in the lesson, else in the catalogue; empty at the end."""
        if self.flow is None:
            return ""
        for path in ([step.scenario for step in LESSON], [each.id for each in catalogue()]):
            if self.flow.scenario in path:
                rest = path[path.index(self.flow.scenario) + 1 :]
                return next((each for each in rest if self._book.knows(each)), "")
        return ""

    def _show_step(self, before: Step) -> None:
        """Page or timeline, whichever the step is about, and what is said there."""
        flow = self.flow
        assert flow is not None
        if flow.step is Step.CHANGE and before is Step.HAPPENED:
            scenario = self._book.scenario(flow.scenario)
            self._usual = self._choice.values(scenario)
            self._choice.set_values(scenario.id, scenario.checked({**self._usual, **scenario.change}))
        if flow.step is Step.NEXT:
            self._put_back_values()
        if flow.step in BEFORE_RUN:
            self.show_page()
            self.page_wanted.emit()
            self._page.setFocus()
            return
        self._document.clear_selection()
        self._document.set_range(None)
        self._document.set_cursor(None)
        self.show_page()
        if self._measured is None:
            self.told_anew.emit()
        else:
            self.tell_measured()
        self.timeline_wanted.emit()

    def _put_back_values(self) -> None:
        """The parameters as they were before the change."""
        if self.flow is not None and self._usual is not None:
            self._choice.set_values(self.flow.scenario, self._usual)
        self._usual = None

    # --- what is shown ------------------------------------------------------------------------------

    def tell(self, session: Mapping[str, Any]) -> None:
        """What belongs to this step of the run that is shown, into the sentence."""
        flow = self.flow if self.of_shown_run else None
        outcome = self._book.outcome(self._document, session, flow.ballot if flow is not None else None)
        if outcome is None:
            return
        self._contradicts = outcome.contradicts and self._document.phase is not Phase.LOADED
        answer = ""
        if flow is not None and flow.step in UNTOLD:
            outcome = self._asked(flow, session)
        elif flow is not None and flow.step is Step.NEXT:
            outcome = self._next(flow, session, outcome)
        if flow is not None and flow.step in ANSWERED:
            answer = outcome.answer
        self._sentence.set_overview(outcome.kicker, outcome.headline, outcome.detail, outcome.speed_up)
        self._refresh()
        self._page.choices.show_right(answer)

    def tell_measured(self) -> None:
        """What belongs to this step, of a scenario that was measured."""
        flow = self.flow
        if flow is None or self._measured is None:
            return
        reading, values = self._measured
        session = {"parameters": dict(values)}
        outcome = self._book.told(self._book.texts(flow.scenario), reading, values, flow.ballot)
        self._contradicts = outcome.contradicts
        answer = outcome.answer if flow.step in ANSWERED else ""
        if flow.step in UNTOLD:
            outcome = self._asked(flow, session)
        elif flow.step is Step.NEXT:
            outcome = self._next(flow, session, outcome)
        self._refresh()
        self._page.choices.show_right(answer)
        self.comparison_told.emit(outcome)

    def _figures(self, session: Mapping[str, Any]) -> dict[str, object]:
        parameters = session.get("parameters")
        return dict(parameters) if isinstance(parameters, dict) else {}

    def _asked(self, flow: Flow, session: Mapping[str, Any]) -> Outcome:
        look_for = filled(self._book.texts(flow.scenario).look_for, self._figures(session))
        return Outcome("", self.tr("What did you see?"), look_for)

    def _next(self, flow: Flow, session: Mapping[str, Any], outcome: Outcome) -> Outcome:
        texts, figures = self._book.texts(flow.scenario), self._figures(session)
        where = self.tr("Where it matters: {where}").format(where=filled(texts.where, figures))
        return Outcome(
            self.tr("What to try next"),
            filled(texts.try_next, figures),
            where,
            outcome.speed_up,
            outcome.answer,
        )

    def show_strip(self, on: bool, over_run: bool) -> None:
        """Whether what is shown belongs to a lesson at all; whether a run is shown below the strip."""
        self._wanted, self._over_run = on, over_run
        self._on.setEnabled(on and self.flow is not None)
        self._back.setEnabled(on and self.flow is not None)
        self._refresh()

    def _refresh(self) -> None:
        flow = self.flow
        mine = self.of_shown_run
        self._sentence.tell_figures(not (mine and flow is not None and flow.step in UNTOLD))
        if flow is None:
            self.strip.hide()
            return
        self._page.choices.refresh()
        if flow.step not in ANSWERED:
            self._page.choices.show_right("")
        mine = mine or self._measured is not None
        offers = self._contradicts and mine and flow.has_recording and flow.step in ANSWERED
        self.strip.show_step(flow.shown, flow.shown_step, self._way_on(flow), offers)
        # on a projector that room is the tracks'; the key goes on all the same
        gives_way = self._theme.projector and self._over_run and not offers
        self.strip.setVisible(self._wanted and not gives_way)

    def _way_on(self, flow: Flow) -> str:
        """What the way on is called; empty where there is none."""
        match flow.step:
            case Step.QUESTION if flow.ballot.of_class:
                return self.tr("Close the vote")
            case Step.VOTES if flow.has_recording:
                return self.tr("Recorded run")
            case Step.VOTES:
                return self.tr("Run")
            case Step.RUN | Step.CHANGE_RUN:
                return self.tr("End the run")
            case Step.SEEN:
                return self.tr("What happened")
            case Step.HAPPENED if flow.can_change:
                return self.tr("One change")
            case Step.HAPPENED | Step.CHANGE_HAPPENED:
                return self.tr("What next")
            case Step.NEXT:
                return self.tr("Next scenario") if self.following else ""
            case _:
                return self.tr("Skip")
