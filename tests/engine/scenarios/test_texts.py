"""Texts: broken files are found by name, and both languages say the same things."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from engine.scenarios import catalogue, texts
from engine.scenarios.scenario import Scenario
from engine.scenarios.texts import LANGUAGES, BrokenText, Texts

GOOD = """
title = "T"
intro = "I {workers}"
question = "Q"
look_for = "L"
try_next = "N"
where = "W"
[choices.a]
text = "A"
reply = "R"
[choices.b]
text = "B"
reply = "R"
[happened]
a = "H {share:.2f}"
[parameters.workers]
label = "Workers"
help = "How many."
"""
SCENARIOS = [scenario for scenario in catalogue() if scenario.group != "own"]


def written(folder: Path, text: str) -> Path:
    path = folder / "some.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_good_file(tmp_path: Path) -> None:
    read = texts.load(written(tmp_path, GOOD))
    assert list(read.question.choices) == ["a", "b"]
    assert read.happened == {"a": "H {share:.2f}"}
    assert read.parameters["workers"].label == "Workers"
    assert read.change == ""


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('title = "T"', "", "some.toml: title is missing or empty"),
        ('title = "T"', 'title = " "', "some.toml: title is missing or empty"),
        ('title = "T"', "title = 3", "some.toml: title is missing or empty"),
        ('title = "T"', 'title = "T"\ntitel = "T"', "some.toml: unknown fields: titel"),
        ('[choices.b]\ntext = "B"', "[choices.b]", "some.toml: choices.b.text is missing or empty"),
        ('a = "H', 'c = "H', "some.toml: happened has no such choice: c"),
        ("{share:.2f}", "{share", "expected '}' before end of string"),
        ("{share:.2f}", "{share.real}", "{share.real} is not a name"),
        ("{share:.2f}", "{}", "{} is not a name"),
        ("{share:.2f}", "{n:one|two|many}", "{n:one|two|many} has more than two words"),
        ("[happened]", "[happened", "some.toml: "),
    ],
)
def test_a_broken_file_is_told(tmp_path: Path, old: str, new: str, problem: str) -> None:
    assert old in GOOD
    with pytest.raises(BrokenText, match=r".") as caught:
        texts.load(written(tmp_path, GOOD.replace(old, new)))
    assert problem in str(caught.value)


def test_a_missing_file_and_one_that_is_not_text(tmp_path: Path) -> None:
    with pytest.raises(BrokenText, match=r"none\.toml"):
        texts.load(tmp_path / "none.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BrokenText, match=r"bytes\.toml"):
        texts.load(tmp_path / "bytes.toml")


def test_figures_fill_a_text_and_what_is_missing_shows() -> None:
    assert texts.filled("{share:.1f} of {workers}", {"share": 0.25, "workers": 4}) == "0.2 of 4"
    assert texts.filled("{share:.1f} of {workers:,}", {"workers": 4000}) == "? of 4,000"


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (1, "1 thread waits for its turn"),
        (1.0, "1.0 thread waits for its turn"),
        ("1", "1 thread waits for its turn"),
        (0, "0 threads wait for their turn"),
        (2, "2 threads wait for their turn"),
        (1.5, "1.5 threads wait for their turn"),
        (None, "? threads wait for their turn"),
    ],
)
def test_words_go_by_a_number(value: object, told: str) -> None:
    template = "{n} {n:thread waits for its|threads wait for their} turn"
    assert texts.filled(template, {"n": value}) == told
    assert texts.fields(template) == texts.numbers(template) == {"n"}
    assert texts.numbers("{n:thread|threads}") == set()


def sentences(told: Texts) -> dict[str, str]:
    """Every text by the path of its field."""
    choices = told.question.choices.items()
    return {
        **{
            name: getattr(told, name)
            for name in ("title", "intro", "look_for", "change", "try_next", "where")
        },
        "question": told.question.text,
        **{f"choices.{key}.text": choice.text for key, choice in choices},
        **{f"choices.{key}.reply": choice.reply for key, choice in choices},
        **{f"happened.{key}": text for key, text in told.happened.items()},
        **{f"parameters.{name}.label": text.label for name, text in told.parameters.items()},
        **{f"parameters.{name}.help": text.help for name, text in told.parameters.items()},
    }


def test_there_are_scenarios() -> None:
    assert len(SCENARIOS) >= 12


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.id)
def test_all_languages_have_the_same_fields_in_the_same_order(scenario: Scenario) -> None:
    first, *others = (sentences(scenario.texts(language)) for language in LANGUAGES)
    for other in others:
        assert list(other) == list(first)
        numbers = {path: texts.numbers(text) for path, text in first.items()}
        assert {path: texts.numbers(text) for path, text in other.items()} == numbers


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.id)
def test_texts_fit_the_scenario(scenario: Scenario) -> None:
    told = scenario.texts("en")
    names = [parameter.name for parameter in scenario.parameters]
    assert list(told.parameters) == names
    assert bool(told.change) == bool(scenario.change)
    assert len(told.question.choices) >= 3
    assert scenario.expected in told.happened
    if scenario.change:
        assert scenario.expected_after_change in told.happened
    before_the_run = replace(told, happened={})
    for path, text in sentences(before_the_run).items():
        assert texts.fields(text) <= set(names), path


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.id)
def test_texts_said_before_the_run_can_be_filled(scenario: Scenario, language: str) -> None:
    values = scenario.checked({})
    for text in sentences(replace(scenario.texts(language), happened={})).values():
        assert "?" in text or "?" not in texts.filled(text, values)


#: A number, and a noun or a verb that does not go with it.  "1.00 s" and "1 times as fast" are right.
_NOT_OF_ONE = re.compile(
    r"(?<![\w.,])1 (?:small |other |computing |child |more )?"
    r"(?!(?:s|ms|µs|is|was|lets|needs|process)\b|times as )[a-z]+s\b"
    r"|(?<![\w.,])1 (?:were|are|have)\b|\b[Aa]ll 1\b|\b[Tt]he 1 |\w\(s\)"
)
_NOT_OF_MORE = re.compile(
    r"(?<![\w.,])2 (?:small |other |computing |child |more )?"
    r"(?:thread|task|process|item|time|core|worker|list|row|GIL|is|was)\b"
)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.id)
def test_words_go_with_every_number(scenario: Scenario) -> None:
    parameters = {parameter.name: parameter for parameter in scenario.parameters}

    def told(text: str, number: int) -> str:
        values: dict[str, object] = {}
        for name in texts.fields(text):
            known = parameters.get(name)
            values[name] = number if known is None or known.choices else max(number, known.low)
        return texts.filled(text, values)

    for path, text in sentences(scenario.texts("en")).items():
        for number, wrong in ((1, _NOT_OF_ONE), (2, _NOT_OF_MORE)):
            found = wrong.search(told(text, number))
            assert found is None, f"{path}: {found}: {text}"


def test_no_file_of_texts_without_a_scenario() -> None:
    ids = {scenario.id for scenario in SCENARIOS}
    for language in LANGUAGES:
        files = {path.stem for path in (texts.FOLDER / language).glob("*.toml")}
        assert files - ids == set(), language
