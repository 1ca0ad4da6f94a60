"""Claims and choices: said in both languages, and shown by the runs they name."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.scenarios import guides
from engine.scenarios.guides import CHOICES, CLAIMS
from engine.scenarios.recordings import shipped
from engine.scenarios.texts import LANGUAGES

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_are_said_in_their_order(language: str) -> None:
    told = guides.texts(language)
    assert list(told["claims"]) == [claim.id for claim in CLAIMS]
    assert list(told["choose"]) == list(CHOICES)
    assert all(list(words) == ["text", "why"] for words in told["claims"].values())
    assert all(list(words) == ["when", "take"] for words in told["choose"].values())


def test_all_stand_on_scenarios_of_which_a_recorded_run_can_be_looked_at() -> None:
    # What these recordings show is held to by their own test.
    named = {name for claim in CLAIMS for name in claim.proofs} | set(CHOICES.values())
    assert [name for name in sorted(named) if shipped(name) is None] == []


@pytest.mark.parametrize("page", ["claims", "choose"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_in_docs_are_those_that_are_made(language: str, page: str) -> None:
    ending = "" if language == "en" else f".{language}"
    written = (ROOT / "docs" / f"{page}{ending}.md").read_text(encoding="utf-8")
    made = guides.claims_page(language) if page == "claims" else guides.choose_page(language)
    assert written == made, "run: python packaging/make_lesson_plan.py"
