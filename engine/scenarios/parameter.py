"""A parameter of a scenario: its kind, its range, and what to say of a value that does not fit."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass, replace

from engine.errors import LockstepError

Value = int | float | bool | str


class Kind(enum.Enum):
    INTEGER = "int"
    REAL = "float"
    SWITCH = "bool"
    CHOICE = "choice"


#: What a parameter's value must be, in the error for one that is something else.
EXPECTED = {Kind.INTEGER: "a whole number", Kind.REAL: "a number", Kind.SWITCH: "true or false"}
SWITCH_WORDS = {"true": True, "yes": True, "on": True, "1": True}
SWITCH_WORDS |= {"false": False, "no": False, "off": False, "0": False}


#: So much of a value that does not fit is told.
MOST_TOLD = 40
#: No parameter has a number this long, and reading one takes time.
MOST_DIGITS = 400


def written(number: float) -> str:
    """A bound of a range as one would write it: no exponent, and no digit less than it has."""
    return f"{number:.10f}".rstrip("0").rstrip(".") if math.isfinite(number) else str(number)


def _told(value: object) -> str:
    """A value that does not fit, for the sentence that says so."""
    text = " ".join(str(value)[: MOST_TOLD + 1].split())
    return f"{text[:MOST_TOLD]}…" if len(text) > MOST_TOLD else text or "empty"


@dataclass(frozen=True)
class Parameter:
    """One value of a program that may be changed before it runs.

    ``name`` in lower case is what people write; the program has it as a constant in upper
    case.  ``low`` and ``high`` bound a number, both included; ``choices`` lists what a choice
    may be.  ``unit`` is ``"s"``, ``"bytes"`` or empty.  ``default`` is read from the program.
    """

    name: str
    kind: Kind
    low: float = -math.inf
    high: float = math.inf
    choices: tuple[Value, ...] = ()
    unit: str = ""
    default: Value = 0

    @property
    def constant(self) -> str:
        """The name of the constant in the program."""
        return self.name.upper()

    def with_default(self, value: Value) -> Parameter:
        return replace(self, default=self.checked(value))

    def checked(self, value: object) -> Value:
        """``value`` in the parameter's own type; text is read as a person would write it.

        Raises:
            LockstepError: ``parameter_type``, ``parameter_range`` or ``parameter_choice``.
        """
        if self.kind is Kind.CHOICE:
            return self._choice(value)
        if self.kind is Kind.SWITCH:
            return self._switch(value)
        number = self._number(value)
        if not self.low <= number <= self.high:
            low, high = written(self.low), written(self.high)
            raise LockstepError("parameter_range", name=self.name, low=low, high=high, value=_told(value))
        return number

    def _choice(self, value: object) -> Value:
        for choice in self.choices:
            if value == choice or value == str(choice):
                return choice
        choices = ", ".join(map(str, self.choices))
        raise LockstepError("parameter_choice", name=self.name, choices=choices, value=_told(value))

    def _switch(self, value: object) -> bool:
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value.strip().lower() in SWITCH_WORDS:
            return SWITCH_WORDS[value.strip().lower()]
        raise self._wrong_type(value)

    def _number(self, value: object) -> int | float:
        if isinstance(value, bool) or not isinstance(value, (int, float, str)):
            raise self._wrong_type(value)
        try:
            number = float(value) if self.kind is Kind.REAL else self._whole(value)
        except (ValueError, OverflowError):
            raise self._wrong_type(value) from None
        if self.kind is Kind.REAL and not math.isfinite(number):
            raise self._wrong_type(value)
        return number

    @staticmethod
    def _whole(value: int | float | str) -> int:
        if isinstance(value, float) and not value.is_integer():
            raise ValueError
        if isinstance(value, str) and len(value) > MOST_DIGITS:
            raise ValueError
        return int(value)

    def _wrong_type(self, value: object) -> LockstepError:
        expected = EXPECTED[self.kind]
        return LockstepError("parameter_type", name=self.name, expected=expected, value=_told(value))


def integer(name: str, low: int, high: int, unit: str = "") -> Parameter:
    return Parameter(name, Kind.INTEGER, low, high, unit=unit)


def real(name: str, low: float, high: float, unit: str = "") -> Parameter:
    return Parameter(name, Kind.REAL, low, high, unit=unit)


def switch(name: str) -> Parameter:
    return Parameter(name, Kind.SWITCH, default=False)


def choice(name: str, *choices: Value) -> Parameter:
    return Parameter(name, Kind.CHOICE, choices=choices)
