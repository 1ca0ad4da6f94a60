"""Scenarios in the language of the window: the list's entries, texts, and what a run showed.

GUI thread only; no widgets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QCoreApplication

from engine.errors import LockstepError
from engine.scenarios import broken, catalogue, get
from engine.scenarios.outcome import Verdict
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.texts import Texts, filled
from engine.scenarios.view import Machine, View
from gui.document import Document, Phase
from gui.language import Languages
from gui.lesson.ballot import Ballot
from gui.panels.scenario_list import Entry
from gui.reasons import reason_text

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run of a scenario showed, in words.  ``answer``: the choice it showed to be right, or
    empty; ``contradicts``: it did not show what the scenario's texts say."""

    kicker: str
    headline: str
    detail: str
    speed_up: float | None = None
    answer: str = ""
    contradicts: bool = False


class ScenarioBook:
    def __init__(self, languages: Languages) -> None:
        self._languages = languages
        self._texts: dict[tuple[str, str], Texts] = {}

    def scenario(self, scenario_id: str) -> Scenario:
        return get(scenario_id)

    def knows(self, scenario_id: str) -> bool:
        try:
            get(scenario_id)
            self.texts(scenario_id)
        except LockstepError:
            return False
        return True

    def texts(self, scenario_id: str) -> Texts:
        """Raises LockstepError when there is no such scenario, or its texts are broken."""
        key = (self._languages.current, scenario_id)
        if key not in self._texts:
            self._texts[key] = get(scenario_id).texts(self._languages.current)
        return self._texts[key]

    def entries(self) -> list[Entry]:
        """For the list, in the order of the course; broken ones at the end, with their error."""
        entries = []
        left_out = [(each.id, each.error) for each in broken()]
        for scenario in catalogue():
            try:
                texts = self.texts(scenario.id)
            except LockstepError as error:
                left_out.append((scenario.id, str(error)))
                continue
            # Title and question alone: what the run shows must not be found by searching for it.
            entries.append(Entry(scenario.id, scenario.group, texts.title, texts.question.text))
        if left_out:
            group = translate("ScenarioGroup", "Cannot be used")
            entries += [Entry(name, group, name, error=error) for name, error in left_out]
        return entries

    def outcome(
        self, document: Document, session: Mapping[str, Any], ballot: Ballot | None = None
    ) -> Outcome | None:
        """What the run that is shown showed; None for other programs and while it runs.  ``ballot``:
        what was voted before it."""
        scenario_id = document.origin.scenario
        if not scenario_id or document.phase not in (Phase.ENDED, Phase.LOADED):
            return None
        if not self.knows(scenario_id) or not document.tracks:
            return None
        scenario, texts = self.scenario(scenario_id), self.texts(scenario_id)
        parameters = session.get("parameters")
        values = parameters if isinstance(parameters, dict) else {}
        try:
            view = View(document.store, Machine.of_session(dict(session)), scenario.checked(values))
            reading = scenario.reading(view)
        except Exception as error:  # a scenario of a teacher's own may fail in any way
            detail = f"{type(error).__name__}: {error}"
            headline = translate("Outcome", "What this run shows could not be read.")
            return Outcome("", headline, detail, contradicts=True)
        return self.told(texts, reading, values, ballot)

    def told(
        self, texts: Texts, reading: Reading, values: Mapping[str, object], ballot: Ballot | None
    ) -> Outcome:
        """What was read off a run with these parameters, in words."""
        figures = {**values, **reading.figures}
        speed_up = reading.figures.get("speed_up")
        factor = float(speed_up) if isinstance(speed_up, (int, float)) else None
        answer = reading.answer
        fails = reading.outcome.verdict is Verdict.FAILS
        if answer is None or answer not in texts.happened or fails:
            return self._contradicting(texts, reading, figures, factor)
        happened = filled(texts.happened.get(reading.told) or texts.happened[answer], figures)
        choice = texts.question.choices.get(answer)
        headline = filled(choice.text, figures) if choice is not None else happened
        kicker, reply = self._votes(texts, answer, figures, ballot)
        detail = " ".join(part for part in (reply, happened if choice is not None else "") if part)
        return Outcome(kicker, headline, detail, factor, answer)

    def _contradicting(
        self, texts: Texts, reading: Reading, figures: Mapping[str, object], speed_up: float | None
    ) -> Outcome:
        """The run did not show what the texts say, whatever the reason: that, and the reason, is told."""
        reason = reason_text(reading.outcome, with_detail=self._languages.current == "en")
        detail = " ".join(part for part in (reason, filled(texts.look_for, figures)) if part)
        headline = self._verdict(reading.outcome.verdict)
        kicker = translate("Outcome", "What happened")
        return Outcome(kicker, headline, detail, speed_up, reading.answer or "", contradicts=True)

    def _votes(
        self, texts: Texts, answer: str, figures: Mapping[str, object], ballot: Ballot | None
    ) -> tuple[str, str]:
        """How the votes stand to what the run showed, and the reply to the one that most had."""
        kicker, choices = translate("Outcome", "What happened"), texts.question.choices
        if ballot is None or not ballot.total:
            return kicker, ""
        favourite = ballot.favourite
        reply = ""
        if favourite in choices and favourite != answer:
            reply = filled(choices[favourite].reply, figures)
        if ballot.of_class:
            told = translate("Outcome", "What happened · {right} of {total} voted for it")
            kicker = told.format(right=ballot.votes(answer), total=ballot.total)
            if reply:
                most = translate("Outcome", "Most of you said: {choice}")
                reply = f"{most.format(choice=filled(choices[favourite].text, figures))} {reply}"
        elif favourite == answer:
            kicker = translate("Outcome", "You were right")
        elif favourite in choices:
            kicker = translate("Outcome", "You said: {choice}").format(
                choice=filled(choices[favourite].text, figures)
            )
        return kicker, reply

    def _verdict(self, verdict: Verdict) -> str:
        match verdict:
            case Verdict.TOO_DISTURBED:
                return translate("Outcome", "This run cannot tell.")
            case Verdict.NOT_APPLICABLE:
                return translate("Outcome", "It cannot be shown here.")
            case Verdict.FAILS:
                return translate("Outcome", "This run went differently from what the scenario expects.")
            case _:
                return translate("Outcome", "The run is over.")
