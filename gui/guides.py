"""The two guides in the window's language, and what the runs they stand on showed.

GUI thread only, but for what is named as the job's; no widgets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal

from engine.errors import LockstepError
from engine.recording import load
from engine.scenarios import get, guides
from engine.scenarios.guides import CHOICES, CLAIMS
from engine.scenarios.recordings import shipped
from engine.scenarios.scenario import Reading
from engine.scenarios.view import Machine, View
from gui.bridge import Errand
from gui.catalogue_texts import ScenarioBook

CHOOSE, CLAIMED = "guide:choose", "guide:claims"
GUIDES = (CHOOSE, CLAIMED)


@dataclass(frozen=True, slots=True)
class Item:
    """A claim with its verdict, or a kind of work with what to take; the scenarios that show it."""

    text: str
    verdict: str
    why: str
    proofs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a run of a scenario with these parameters shows; ``here``: measured on this machine."""

    reading: Reading
    values: Mapping[str, Any]
    here: bool = False


def title(guide: str, language: str) -> str:
    told = guides.texts(language)
    return str(told["choose_title" if guide == CHOOSE else "claims_title"])


def intro(guide: str, language: str) -> str:
    told = guides.texts(language)
    return str(told["choose_intro" if guide == CHOOSE else "claims_intro"])


def items(guide: str, language: str) -> list[Item]:
    told = guides.texts(language)
    if guide == CHOOSE:
        words = told["choose"]
        return [Item(words[key]["when"], words[key]["take"], "", (proof,)) for key, proof in CHOICES.items()]
    words = told["claims"]
    return [
        Item(
            words[claim.id]["text"],
            told[f"verdict_{claim.truth.value}"],
            words[claim.id]["why"],
            claim.proofs,
        )
        for claim in CLAIMS
    ]


def words_of(book: ScenarioBook, scenario: str, shown: Shown) -> str:
    """What it showed, in a sentence with its figures."""
    outcome = book.told(book.texts(scenario), shown.reading, shown.values, None)
    return (
        f"{outcome.headline} {outcome.detail}" if outcome.contradicts else outcome.detail or outcome.headline
    )


class Proofs(QObject):
    """What the recorded runs show, read one after the other in a thread; what was measured here takes
    the place of a recorded run.  ``arrived`` (scenario) for each."""

    arrived = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.shown: dict[str, Shown] = {}
        self._errand: Errand | None = None

    def measured(self, scenario: str, reading: Reading, values: Mapping[str, Any]) -> None:
        """A comparison made in this window."""
        self.shown[scenario] = Shown(reading, dict(values), here=True)
        self.arrived.emit(scenario)

    def want(self, scenarios: list[str]) -> None:
        """Reads the recorded runs of those that are not known yet, in this order."""
        missing = [each for each in dict.fromkeys(scenarios) if each not in self.shown]
        if missing and self._errand is None:
            self._errand = Errand("proofs", lambda errand: self._work(errand, missing), self)
            self._errand.succeeded.connect(self._on_over)
            self._errand.failed.connect(self._on_over)
            self._errand.start()

    def close(self) -> None:
        errand, self._errand = self._errand, None
        if errand is not None:
            errand.cancel()

    def _on_over(self, _: object) -> None:
        self._errand = None

    # --- in the job's thread --------------------------------------------------------------------

    def _work(self, errand: Errand, scenarios: list[str]) -> None:
        for scenario_id in scenarios:
            path = shipped(scenario_id)
            if errand.stopping:
                return
            if path is None:
                continue
            try:
                recording = load(path)
                scenario = get(scenario_id)
                parameters = recording.session.get("parameters")
                values = scenario.checked(parameters if isinstance(parameters, dict) else {})
                machine = Machine.of_session(dict(recording.session))
                reading = scenario.reading(View(recording.store, machine, values))
            except (LockstepError, OSError):
                continue  # it is said that nothing is known of it
            shown = Shown(reading, values)
            errand.post(lambda s=scenario_id, what=shown: self._on_read(s, what))  # type: ignore[misc]

    # --- in the window's thread -----------------------------------------------------------------

    def _on_read(self, scenario: str, shown: Shown) -> None:
        if scenario not in self.shown:
            self.shown[scenario] = shown
            self.arrived.emit(scenario)
