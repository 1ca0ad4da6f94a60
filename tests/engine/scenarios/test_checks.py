"""Every scenario runs for real and shows what it teaches."""

from __future__ import annotations

import sys

import pytest

from engine import scenarios
from engine.scenarios import texts
from engine.scenarios.outcome import Verdict
from engine.scenarios.running import run
from engine.scenarios.scenario import Scenario
from engine.scenarios.texts import LANGUAGES

#: A developer may have scenarios of their own.
ALL = [scenario for scenario in scenarios.catalogue() if scenario.group != "own"]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="programs cannot be observed on Windows yet")


@pytest.mark.parametrize("scenario", ALL, ids=lambda scenario: scenario.id)
def test_the_check_does_not_fail_and_the_texts_can_be_filled(scenario: Scenario) -> None:
    done = run(scenario)
    assert done.outcome.verdict is not Verdict.FAILS, done.outcome.why
    if done.outcome.verdict is not Verdict.HOLDS:
        return  # said so, with the reason: not applicable here, or too disturbed to tell
    assert done.reading.answer == scenario.expected, done.outcome.why
    for language in LANGUAGES:
        template = scenario.texts(language).happened[scenario.expected]
        missing = texts.fields(template) - {*done.values, *done.reading.figures}
        assert missing == set(), language
        assert texts.filled(template, {**done.values, **done.reading.figures})


CHANGED = [scenario for scenario in ALL if scenario.change]


@pytest.mark.parametrize("scenario", CHANGED, ids=lambda scenario: scenario.id)
def test_the_second_question_has_the_answer_its_text_expects(scenario: Scenario) -> None:
    done = run(scenario, scenario.change)
    assert done.outcome.verdict is not Verdict.FAILS, done.outcome.why
    if done.outcome.verdict is not Verdict.HOLDS:
        return  # said so, with the reason, as above
    assert done.reading.answer == scenario.expected_after_change, done.outcome.why
