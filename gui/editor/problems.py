"""Where a program cannot be read as Python.  No Qt."""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """``line`` counts from 1; ``detail``: Python's own words, in English."""

    line: int
    detail: str


def problem_of(text: str) -> Problem | None:
    """The first syntax error, as the Python that runs the window sees it; None where there is none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except SyntaxError as error:
        return Problem(max(1, error.lineno or 1), error.msg)
    except (ValueError, RecursionError, MemoryError) as error:
        return Problem(1, str(error) or type(error).__name__)
    return None
