"""The votes for the choices of one question: a class's, or one person's own answer.  No Qt."""

from __future__ import annotations

from collections.abc import Sequence

MOST_VOTES = 999


class Ballot:
    """``of_class``: every vote counts; else there is one answer, and another one takes its place."""

    def __init__(self, choices: Sequence[str], of_class: bool = False) -> None:
        self.choices = tuple(choices)
        self.of_class = of_class
        self.open = True
        self._counts = dict.fromkeys(self.choices, 0)
        self._before: list[dict[str, int]] = []

    # --- voting -------------------------------------------------------------------------------

    def cast(self, choice: str) -> bool:
        """One vote more, or the answer; False where it cannot be taken."""
        if not self.open or choice not in self._counts:
            return False
        if not self.of_class:
            return self._set(dict.fromkeys(self.choices, 0) | {choice: 1})
        return self.put(choice, self._counts[choice] + 1)

    def put(self, choice: str, votes: int) -> bool:
        """So many of a class chose this; False where that cannot be."""
        if not self.open or choice not in self._counts or not 0 <= votes <= MOST_VOTES:
            return False
        return self._set(self._counts | {choice: votes})

    def take_back(self) -> bool:
        """Undoes the last vote; False where there is none to undo."""
        if not self.open or not self._before:
            return False
        self._counts = self._before.pop()
        return True

    def _set(self, counts: dict[str, int]) -> bool:
        self._before.append(self._counts)
        self._counts = counts
        return True

    def close(self) -> None:
        """No more votes; only now may anybody see how they are spread."""
        self.open = False

    def begin_anew(self, of_class: bool) -> None:
        """All votes are forgotten."""
        self.of_class = of_class
        self.open = True
        self._counts = dict.fromkeys(self.choices, 0)
        self._before.clear()

    # --- what came out --------------------------------------------------------------------------

    @property
    def total(self) -> int:
        return sum(self._counts.values())

    def votes(self, choice: str) -> int:
        return self._counts.get(choice, 0)

    def share(self, choice: str) -> float:
        """Of all votes, 0 to 1."""
        return self.votes(choice) / self.total if self.total else 0.0

    @property
    def favourite(self) -> str:
        """The choice with the most votes; empty where there is none, or two have as many."""
        most = max(self._counts.values(), default=0)
        first = [choice for choice, votes in self._counts.items() if votes == most]
        return first[0] if most and len(first) == 1 else ""
