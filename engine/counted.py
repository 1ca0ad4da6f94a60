"""A number and the word that goes with it, in English."""

from __future__ import annotations


def counted(number: int, one: str, more: str = "") -> str:
    """ "1 thread", "3,000 threads"; ``more`` where an s at the end is not enough ("processes")."""
    return f"{number:,} {one if number == 1 else more or one + 's'}"
