"""The texts of a scenario, in one language, from a TOML file.

Every field is checked when the file is read, so that a broken one is found at start, by
name, and not in front of a class.
"""

from __future__ import annotations

import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "resources" / "scenarios"
LANGUAGES = ("en", "zh_CN")


class BrokenText(Exception):
    """A file of texts that cannot be used; says what is wrong with it."""


@dataclass(frozen=True)
class Choice:
    """One answer to a question; ``reply`` is said when the run shows another."""

    text: str
    reply: str


@dataclass(frozen=True)
class Question:
    """``choices`` by key, in the order in which they are shown."""

    text: str
    choices: Mapping[str, Choice]


@dataclass(frozen=True)
class ParameterText:
    label: str
    help: str


@dataclass(frozen=True)
class Texts:
    """Everything that is said about a scenario in one language.

    ``happened`` has, by answer, what happened, to be filled with a run's figures
    (:func:`filled`); an answer that is not in it contradicts what the scenario teaches.  A key that
    goes on after the answer and an underscore is for runs of which the answer's own text is not true
    (``told`` of a reading).
    ``change`` is the question asked once more, with one parameter changed (empty where there
    is none to change); its choices are those of ``question``.
    """

    title: str
    intro: str
    question: Question
    look_for: str
    happened: Mapping[str, str]
    change: str
    try_next: str
    where: str
    parameters: Mapping[str, ParameterText]


def load(path: Path) -> Texts:
    """Read one file of texts.

    Raises:
        BrokenText: it cannot be read, or a field is missing, empty, unknown or of the wrong kind.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BrokenText(f"{path.name}: {error}") from error
    reader = _Reader(table, path.name)
    choices = {
        key: Choice(*reader.texts(f"choices.{key}", "text", "reply")) for key in reader.keys("choices")
    }
    texts = Texts(
        title=reader.text("title"),
        intro=reader.text("intro"),
        question=Question(reader.text("question"), choices),
        look_for=reader.text("look_for"),
        happened={key: reader.text(f"happened.{key}") for key in reader.keys("happened")},
        change=reader.text("change") if "change" in table else "",
        try_next=reader.text("try_next"),
        where=reader.text("where"),
        parameters={
            name: ParameterText(*reader.texts(f"parameters.{name}", "label", "help"))
            for name in reader.keys("parameters", required=False)
        },
    )
    reader.refuse_the_rest()
    unknown = {
        key
        for key in texts.happened
        if key not in choices and not any(key.startswith(f"{choice}_") for choice in texts.happened)
    }
    if unknown:
        raise BrokenText(f"{path.name}: happened has no such choice: {', '.join(sorted(unknown))}")
    return texts


def fields(template: str) -> set[str]:
    """The names in braces of a text, of numbers and of words that go by a number alike.

    Raises:
        BrokenText: the braces do not match, a name is more than a name, or the words for one and
            for more than one are not two.
    """
    return {name for name, _ in _fields(template)}


def numbers(template: str) -> set[str]:
    """The names in braces that are written out: without those a word goes by alone.

    Raises:
        BrokenText: as :func:`fields`.
    """
    return {name for name, specification in _fields(template) if "|" not in specification}


def _fields(template: str) -> list[tuple[str, str]]:
    """Name and format of each pair of braces."""
    try:
        parts = list(string.Formatter().parse(template))
    except ValueError as error:
        raise BrokenText(f"{error} in {template!r}") from error
    found = [(name, specification or "") for _, name, specification, _ in parts if name is not None]
    for name, specification in found:
        if not name.isidentifier():
            raise BrokenText(f"{{{name}}} is not a name, in {template!r}")
        if specification.count("|") > 1:
            raise BrokenText(f"{{{name}:{specification}}} has more than two words, in {template!r}")
    return found


def filled(template: str, figures: Mapping[str, object]) -> str:
    """``template`` with a run's figures; one that the run does not have becomes "?".

    ``{threads:thread|threads}`` is not the number but a word that goes by it: the first one for
    exactly one, the second one for every other number and for one that is not known.
    """
    known = {name: figures.get(name) for name in fields(template)}
    missing = _Missing()
    return _FILLER.vformat(template, (), {n: missing if v is None else v for n, v in known.items()})


class _Filler(string.Formatter):
    def format_field(self, value: object, format_spec: str) -> str:
        if "|" not in format_spec:
            return format(value, format_spec)
        one, more = format_spec.split("|")
        return one if value == 1 or value == "1" else more


_FILLER = _Filler()


class _Missing:
    def __format__(self, specification: str) -> str:
        return "?"


class _Reader:
    """Takes fields out of a table and complains about whatever is wrong or left."""

    def __init__(self, table: dict[str, object], name: str) -> None:
        self._table = table
        self._name = name
        self._taken: set[str] = set()

    def text(self, path: str) -> str:
        value: object = self._table
        for part in path.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        if not isinstance(value, str) or not value.strip():
            raise BrokenText(f"{self._name}: {path} is missing or empty")
        self._taken.add(path)
        fields(value)
        return value.strip()

    def texts(self, path: str, *names: str) -> list[str]:
        return [self.text(f"{path}.{name}") for name in names]

    def keys(self, path: str, required: bool = True) -> list[str]:
        value = self._table.get(path, {})
        if not isinstance(value, dict) or (required and not value):
            raise BrokenText(f"{self._name}: {path} is missing or empty")
        return list(value)

    def refuse_the_rest(self) -> None:
        unknown = sorted(set(_leaves(self._table)) - self._taken)
        if unknown:
            raise BrokenText(f"{self._name}: unknown fields: {', '.join(unknown)}")


def _leaves(table: Mapping[str, object], prefix: str = "") -> list[str]:
    leaves: list[str] = []
    for key, value in table.items():
        leaves += _leaves(value, f"{prefix}{key}.") if isinstance(value, dict) else [prefix + key]
    return leaves
