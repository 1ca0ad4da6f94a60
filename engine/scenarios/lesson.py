"""A path through the catalogue for one lesson, and its page of questions to print."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine.scenarios.catalogue import get
from engine.scenarios.texts import filled

FOLDER: Final = Path(__file__).resolve().parents[2] / "resources" / "lesson"
OPENING_MINUTES: Final = 5
CLOSING_MINUTES: Final = 7


@dataclass(frozen=True)
class Step:
    """``core``: also in the short version of the lesson."""

    scenario: str
    minutes: int
    core: bool = False


#: In this order; with the opening and the closing it is a lesson of 90 minutes.
LESSON: Final = (
    Step("threads_five_workers", 8, core=True),
    Step("threads_io_bound", 7),
    Step("threads_cpu_bound", 10, core=True),
    Step("gil_one_at_a_time", 6, core=True),
    Step("processes_cpu_bound", 7, core=True),
    Step("process_copies", 6),
    Step("race_balance", 12, core=True),
    Step("lock_balance", 6),
    Step("deadlock_two_locks", 8, core=True),
    Step("coroutine_blocking", 8),
)


@dataclass(frozen=True)
class LessonTexts:
    """What is said about the lesson in one language; ``steps`` by scenario: why it comes there."""

    title: str
    intro: str
    materials: str
    projector: str
    minutes_word: str
    total: str
    question_word: str
    reason: str
    core_word: str
    questions_title: str
    questions_intro: str
    opening: str
    closing: str
    steps: Mapping[str, str]


def minutes() -> int:
    """How long the whole lesson takes."""
    return OPENING_MINUTES + sum(step.minutes for step in LESSON) + CLOSING_MINUTES


def texts(language: str) -> LessonTexts:
    """The texts in ``language`` ("en", "zh_CN")."""
    return LessonTexts(**tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8")))


def plan(language: str) -> str:
    """The plan for the teacher, as Markdown."""
    told = texts(language)
    lines = [f"# {told.title}", "", told.intro, "", told.materials, ""]
    lines += [f"![{told.projector}](pictures/projector.png)", ""]
    lines += [f"*{OPENING_MINUTES} {told.minutes_word}*  {told.opening}", ""]
    for number, step in enumerate(LESSON, start=1):
        scenario = get(step.scenario).texts(language)
        star = " ★" if step.core else ""
        lines.append(f"## {number}. {scenario.title}{star}")
        lines += ["", f"`{step.scenario}`, {step.minutes} {told.minutes_word}", ""]
        lines += [f"**{told.reason}**  {told.steps[step.scenario]}", ""]
        lines += [f"**{told.question_word}**  {_filled(step, scenario.question.text)}", ""]
        lines += [_filled(step, scenario.look_for), ""]
    lines += [f"*{CLOSING_MINUTES} {told.minutes_word}*  {told.closing}", ""]
    core = sum(step.minutes for step in LESSON if step.core)
    whole = f"**{told.total}** {minutes()} {told.minutes_word}"
    lines.append(f"{whole} · ★ {told.core_word} {core} {told.minutes_word}")
    return "\n".join(lines) + "\n"


def questions(language: str) -> str:
    """The questions with their choices, for the class, as Markdown: nothing in it gives an answer."""
    told = texts(language)
    lines = [f"# {told.questions_title}", "", told.questions_intro, ""]
    for number, step in enumerate(LESSON, start=1):
        scenario = get(step.scenario).texts(language)
        lines += [f"## {number}. {scenario.title}", "", _filled(step, scenario.intro), ""]
        lines += [f"**{_filled(step, scenario.question.text)}**", ""]
        lines += [f"- ☐ {_filled(step, choice.text)}" for choice in scenario.question.choices.values()]
        lines.append("")
    return "\n".join(lines)


def _filled(step: Step, text: str) -> str:
    return filled(text, get(step.scenario).checked({}))
