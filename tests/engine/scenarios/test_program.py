"""The constants at the top of a program, and copies with other values."""

from __future__ import annotations

import pytest

from engine.scenarios import program

SOURCE = '''"""A program."""

import time

WORKERS = 5
NAP_S = 1.0  # how long
NAME = "中文"; LOCKED = True
TABLE = [1, 2]
LATER = time.time()

workers = 3
if WORKERS > 3:
    WORKERS = 7
print(WORKERS)
'''


def test_constants_are_plain_values_in_upper_case() -> None:
    assert program.constants(SOURCE) == {"WORKERS": 5, "NAP_S": 1.0, "NAME": "中文", "LOCKED": True}


def test_only_the_values_change() -> None:
    changed = program.with_values(SOURCE, {"WORKERS": 12, "NAP_S": 0.25, "LOCKED": False})
    expected = (
        SOURCE.replace("WORKERS = 5", "WORKERS = 12")
        .replace("NAP_S = 1.0", "NAP_S = 0.25")
        .replace("LOCKED = True", "LOCKED = False")
    )
    assert changed == expected


def test_a_value_that_stays_keeps_its_way_of_writing() -> None:
    source = "ROUNDS = 20_000_000\n"
    assert program.with_values(source, {"ROUNDS": 20_000_000}) == source


def test_negative_numbers() -> None:
    assert program.with_values("SHIFT = -3\n", {"SHIFT": -12}) == "SHIFT = -12\n"


def test_a_constant_that_is_not_there() -> None:
    with pytest.raises(KeyError):
        program.with_values(SOURCE, {"OTHER": 1})
