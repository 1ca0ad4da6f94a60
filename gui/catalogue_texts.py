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
from engine.scenarios import outcome as checks
from engine.scenarios.outcome import Verdict
from engine.scenarios.scenario import Scenario
from engine.scenarios.texts import Texts, filled
from engine.scenarios.view import Machine, View
from gui.document import Document, Phase
from gui.language import Languages
from gui.panels.scenario_list import Entry
from gui.reasons import reason_text

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run of a scenario showed, in words."""

    kicker: str
    headline: str
    detail: str
    speed_up: float | None = None


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
        self, document: Document, session: Mapping[str, Any], votes: Mapping[str, str]
    ) -> Outcome | None:
        """What the run that is shown showed; None for other programs and while it runs."""
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
            return Outcome("", translate("Outcome", "What this run shows could not be read."), detail)
        figures = {**values, **reading.figures}
        speed_up = reading.figures.get("speed_up")
        factor = float(speed_up) if isinstance(speed_up, (int, float)) else None
        return self._words(
            texts, reading.answer, reading.outcome, figures, factor, votes.get(scenario_id, "")
        )

    def _words(
        self,
        texts: Texts,
        answer: str | None,
        outcome: checks.Outcome,
        figures: Mapping[str, object],
        speed_up: float | None,
        vote: str,
    ) -> Outcome:
        if answer is None or answer not in texts.happened:
            reason = reason_text(outcome, with_detail=self._languages.current == "en")
            return Outcome(
                translate("Outcome", "What happened"),
                self._verdict(outcome.verdict),
                " ".join(part for part in (reason, filled(texts.look_for, figures)) if part),
                speed_up,
            )
        happened = filled(texts.happened[answer], figures)
        kicker = translate("Outcome", "What happened")
        choice = texts.question.choices.get(answer)
        headline = filled(choice.text, figures) if choice is not None else happened
        detail = happened if choice is not None else ""
        if vote and vote in texts.question.choices:
            if vote == answer:
                kicker = translate("Outcome", "You were right")
            else:
                kicker = translate("Outcome", "You said: {choice}").format(
                    choice=filled(texts.question.choices[vote].text, figures)
                )
                detail = f"{filled(texts.question.choices[vote].reply, figures)} {detail}"
        return Outcome(kicker, headline, detail, speed_up)

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
