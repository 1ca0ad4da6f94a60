"""A scenario: a program, its parameters, its texts, and how its recording is read."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from engine.errors import LockstepError
from engine.scenarios import program, texts
from engine.scenarios.outcome import Outcome, Verdict, too_disturbed
from engine.scenarios.parameter import Parameter, Value
from engine.scenarios.texts import BrokenText, Texts
from engine.scenarios.view import View

PROGRAMS = Path(__file__).resolve().parent / "programs"

Figures = Mapping[str, object]


@dataclass(frozen=True)
class Reading:
    """What a scenario reads off a run.

    ``answer`` is the key of the choice that this run shows to be right, None when it cannot
    be told; ``figures`` fill the texts.  ``told`` names the text on what happened where the
    answer's own would say too much of this run: the answer, an underscore, and in what it differs.
    """

    outcome: Outcome
    answer: str | None = None
    figures: Figures = field(default_factory=dict)
    told: str = ""


@dataclass(frozen=True, eq=False)
class Scenario:
    """One entry of the catalogue.

    ``read`` reads a recording; ``expected`` is the answer that a run with the parameters as
    they stand in the program gives on an ordinary machine; ``change`` holds the parameter
    values of the question that is asked once more, and ``expected_after_change`` its answer.
    ``is_over`` tells, of a recording that still grows, that nothing more will happen although
    the program has not ended: then it is stopped, which is part of the lesson.
    """

    id: str
    read: Callable[[View], Reading]
    expected: str
    parameters: tuple[Parameter, ...] = ()
    change: Mapping[str, Value] = field(default_factory=dict)
    expected_after_change: str = ""
    is_over: Callable[[View], bool] | None = None
    group: str = ""
    program: Path = Path()
    #: language → file, for a scenario that keeps its texts itself; else they are in resources.
    text_files: Mapping[str, Path] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.program == Path():
            object.__setattr__(self, "program", PROGRAMS / f"{self.id}.py")
        try:
            defaults = program.constants(self.code)
        except (OSError, UnicodeDecodeError, SyntaxError) as error:
            raise LockstepError("scenario_broken", scenario=self.id, detail=error) from error
        missing = [p.name for p in self.parameters if p.constant not in defaults]
        if missing:
            detail = f"its program has no constants for {', '.join(missing)}"
            raise LockstepError("scenario_broken", scenario=self.id, detail=detail)
        known = tuple(p.with_default(defaults[p.constant]) for p in self.parameters)
        object.__setattr__(self, "parameters", known)
        self.checked(self.change)

    def in_group(self, group: str) -> Scenario:
        # What was read and checked when it was made stays: every scenario goes through here at the start.
        result = copy.copy(self)
        object.__setattr__(result, "group", group)
        return result

    @cached_property
    def code(self) -> str:
        """The program as it stands in its file.

        Raises:
            OSError: the file cannot be read.
        """
        return self.program.read_text(encoding="utf-8")

    def checked(self, values: Mapping[str, object]) -> dict[str, Value]:
        """Every parameter's value: ``values`` in the parameters' types, else the default.

        Raises:
            LockstepError: an unknown name (``parameter_unknown``) or a value that does not fit.
        """
        known = {parameter.name: parameter for parameter in self.parameters}
        result = {name: parameter.default for name, parameter in known.items()}
        for name, value in values.items():
            if name.lower() not in known:
                names = ", ".join(known) or "none"
                raise LockstepError("parameter_unknown", scenario=self.id, name=name, names=names)
            result[name.lower()] = known[name.lower()].checked(value)
        return result

    def source(self, values: Mapping[str, object]) -> str:
        """The program with these parameters; its lines stand where they stand in the file.

        Raises:
            LockstepError: as :meth:`checked`.
        """
        chosen = self.checked(values)
        return program.with_values(self.code, {p.constant: chosen[p.name] for p in self.parameters})

    def prepare(self, values: Mapping[str, object], folder: Path) -> Path:
        """Write the program with these parameters into ``folder``; returns the file to run.

        Raises:
            LockstepError: as :meth:`checked`.
            OSError: the file cannot be written.
        """
        path = folder / f"{self.id}.py"
        path.write_text(self.source(values), encoding="utf-8")
        return path

    def texts(self, language: str) -> Texts:
        """What is said about it, in ``language`` ("en", "zh_CN").

        A scenario of somebody's own may lack a language; then it is told in one it has.

        Raises:
            LockstepError: the texts are missing or broken (``scenario_broken``).
        """
        try:
            return texts.load(self._text_file(language))
        except BrokenText as error:
            raise LockstepError("scenario_broken", scenario=self.id, detail=error) from error

    def _text_file(self, language: str) -> Path:
        if not self.text_files:
            return texts.FOLDER / language / f"{self.id}.toml"
        return self.text_files.get(language) or next(iter(self.text_files.values()))

    def reading(self, view: View) -> Reading:
        """What this run shows.  A run that was disturbed is never said to have failed."""
        read = self.read(view)
        if read.outcome.verdict is not Verdict.FAILS:
            return read
        disturbance = view.disturbance()
        if not disturbance:
            return read
        return replace(read, outcome=too_disturbed("disturbed", f"{disturbance}; {read.outcome.detail}"))

    def check(self, view: View) -> Outcome:
        """Whether this run shows what the scenario teaches."""
        return self.reading(view).outcome
