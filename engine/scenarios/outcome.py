"""What a check answers: the property holds, fails, does not apply, or cannot be told."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Verdict(enum.Enum):
    HOLDS = "holds"
    FAILS = "fails"
    NOT_APPLICABLE = "not_applicable"
    TOO_DISTURBED = "too_disturbed"


#: reason → the sentence in English; the window has sentences of its own for the same reasons.
REASONS = {
    "shown": "the run shows it: {detail}",
    "other": "the run shows something else: {detail}",
    "disturbed": "other work on this machine got in the way ({detail})",
    "chance": "what this program shows depends on chance, and {detail}",
    "unobserved": "too much of the run could not be observed ({detail})",
    "one_core": "the program can use one core only, so nothing can run at the same time",
    "no_gil_view": "who holds the GIL could not be seen here: {detail}",
    "no_os_view": "what the operating system does with each thread could not be seen here",
    "parameters": "with these parameters there is nothing to see: {detail}",
    "no_check": "it has no check",
    "version": "the interpreter does not have it: {detail}",
    "platform": "this operating system does not have it: {detail}",
    "free_threaded": "this interpreter runs without a GIL",
    "truncated": "the recording is cut off",
    "ended_early": "the program ended before the end: {detail}",
}


@dataclass(frozen=True)
class Outcome:
    """``reason`` is a key of REASONS; ``detail`` is filled into its sentence (figures; English)."""

    verdict: Verdict
    reason: str
    detail: str = ""

    def __post_init__(self) -> None:
        if self.reason not in REASONS:
            raise ValueError(f"no such reason: {self.reason}")

    @property
    def why(self) -> str:
        """The reason as an English sentence, without a full stop."""
        return REASONS[self.reason].format(detail=self.detail)


def holds(detail: str) -> Outcome:
    return Outcome(Verdict.HOLDS, "shown", detail)


def fails(detail: str) -> Outcome:
    return Outcome(Verdict.FAILS, "other", detail)


def not_applicable(reason: str, detail: str = "") -> Outcome:
    return Outcome(Verdict.NOT_APPLICABLE, reason, detail)


def too_disturbed(reason: str, detail: str) -> Outcome:
    return Outcome(Verdict.TOO_DISTURBED, reason, detail)
