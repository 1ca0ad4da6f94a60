"""The lesson: 90 minutes, every step there in both languages, and the pages in docs up to date."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.scenarios import get, lesson
from engine.scenarios.texts import LANGUAGES

ROOT = Path(__file__).resolve().parents[3]


def test_it_takes_90_minutes_and_every_step_is_a_scenario() -> None:
    assert lesson.minutes() == 90
    for step in lesson.LESSON:
        assert get(step.scenario).group
    assert len({step.scenario for step in lesson.LESSON}) == len(lesson.LESSON)


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_speak_of_the_steps_in_their_order(language: str) -> None:
    assert list(lesson.texts(language).steps) == [step.scenario for step in lesson.LESSON]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_questions_do_not_give_the_answers_away(language: str) -> None:
    page = lesson.questions(language)
    for step in lesson.LESSON:
        texts = get(step.scenario).texts(language)
        assert texts.title in page
        assert not any(choice.reply in page for choice in texts.question.choices.values())
        assert not any(happened in page for happened in texts.happened.values())


@pytest.mark.parametrize("page", ["plan", "questions"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_in_docs_are_those_that_are_made(language: str, page: str) -> None:
    ending = "" if language == "en" else f".{language}"
    written = (ROOT / "docs" / f"lesson-{page}{ending}.md").read_text(encoding="utf-8")
    made = lesson.plan(language) if page == "plan" else lesson.questions(language)
    assert written == made, "run: python packaging/make_lesson_plan.py"
