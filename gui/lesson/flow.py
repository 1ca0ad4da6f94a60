"""Where a lesson about one scenario stands, and what comes after.  No Qt.

Predict, watch, say what was seen, and only then be told; then once more with one parameter changed.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import Final

from gui.lesson.ballot import Ballot


class Step(enum.Enum):
    QUESTION = "question"  # the vote is open
    VOTES = "votes"  # it is closed, nothing has run
    RUN = "run"
    SEEN = "seen"  # the run is over, nothing is told yet
    HAPPENED = "happened"
    CHANGE = "change"  # the question with one parameter changed; its vote is open
    CHANGE_VOTES = "change_votes"
    CHANGE_RUN = "change_run"
    CHANGE_HAPPENED = "change_happened"
    NEXT = "next"


class Wish(enum.Enum):
    """What has to be done for the step that was asked for."""

    NOTHING = "nothing"
    RUN = "run"
    RECORDED = "recorded"
    STOP = "stop"
    NEXT_SCENARIO = "next_scenario"


#: The steps as they are shown; those around the change are one.
SHOWN: Final = (Step.QUESTION, Step.VOTES, Step.RUN, Step.SEEN, Step.HAPPENED, Step.CHANGE, Step.NEXT)
CHANGED: Final = frozenset({Step.CHANGE, Step.CHANGE_VOTES, Step.CHANGE_RUN, Step.CHANGE_HAPPENED})
#: Nothing may be seen of a run, this one or another.
BEFORE_RUN: Final = frozenset({Step.QUESTION, Step.VOTES, Step.CHANGE, Step.CHANGE_VOTES})
RUNNING: Final = frozenset({Step.RUN, Step.CHANGE_RUN})
#: The run may be seen, and nothing is said about it.
UNTOLD: Final = frozenset({Step.RUN, Step.SEEN, Step.CHANGE_RUN})

_BACK: Final = {
    Step.VOTES: Step.QUESTION,
    Step.HAPPENED: Step.SEEN,
    Step.CHANGE_VOTES: Step.CHANGE,
}


class Flow:
    """One pass through the lesson of one scenario.

    ``can_change``: there is a question with a parameter changed; ``has_recording``: a recorded run
    can be shown in place of one made here."""

    def __init__(
        self,
        scenario: str,
        choices: Sequence[str],
        *,
        of_class: bool = False,
        can_change: bool = False,
        has_recording: bool = False,
    ) -> None:
        self.scenario = scenario
        self.can_change = can_change
        self.has_recording = has_recording
        self.step = Step.QUESTION
        self._first = Ballot(choices, of_class)
        self._second = Ballot(choices, of_class)

    @property
    def ballot(self) -> Ballot:
        """The votes on the question that is asked now, or was asked last."""
        return self._second if self.changed else self._first

    @property
    def changed(self) -> bool:
        """Whether it is about the question with one parameter changed."""
        return self.step in CHANGED

    @property
    def shown(self) -> tuple[Step, ...]:
        """The steps of this lesson as they are shown."""
        return tuple(step for step in SHOWN if step is not Step.CHANGE or self.can_change)

    @property
    def shown_step(self) -> Step:
        """Which of those it is at."""
        return Step.CHANGE if self.changed else self.step

    # --- votes ----------------------------------------------------------------------------------

    def close_vote(self) -> None:
        """The votes may be seen; running comes next."""
        if self.step in (Step.QUESTION, Step.CHANGE):
            self.ballot.close()
            self.step = Step.VOTES if self.step is Step.QUESTION else Step.CHANGE_VOTES

    def vote_anew(self, of_class: bool) -> None:
        """All votes on the question that is asked now are forgotten; for another class, or person."""
        if self.step in BEFORE_RUN:
            self.step = Step.CHANGE if self.changed else Step.QUESTION
            for ballot in (self._second,) if self.changed else (self._first, self._second):
                ballot.begin_anew(of_class)

    # --- runs -----------------------------------------------------------------------------------

    def run_began(self) -> None:
        """A run, or the reading of a recorded one.  No vote is taken any more."""
        self.ballot.close()
        self.step = Step.CHANGE_RUN if self.changed else Step.RUN

    def run_ended(self) -> None:
        """There is something to talk about."""
        if self.step is Step.RUN:
            self.step = Step.SEEN
        elif self.step is Step.CHANGE_RUN:
            self.step = Step.CHANGE_HAPPENED

    def run_failed(self) -> None:
        """There is no run: it could not begin, or not be read."""
        if self.step in RUNNING:
            self.step = Step.CHANGE_VOTES if self.changed else Step.VOTES

    def opened(self) -> None:
        """A recording was opened from elsewhere: it is told at once what it shows."""
        self._first.close()
        self.step = Step.HAPPENED

    # --- on and back ------------------------------------------------------------------------------

    def skip(self) -> Wish:
        """On to the next step, whatever this one was for; gives what has to be done for it."""
        match self.step:
            case Step.QUESTION:
                self.close_vote()
            case Step.VOTES:
                return Wish.RECORDED if self.has_recording else Wish.RUN
            case Step.RUN | Step.CHANGE_RUN:
                return Wish.STOP
            case Step.SEEN:
                self.step = Step.HAPPENED
            case Step.HAPPENED:
                self.step = Step.CHANGE if self.can_change else Step.NEXT
            case Step.NEXT:
                return Wish.NEXT_SCENARIO
            case _:
                self.step = Step.NEXT
        return Wish.NOTHING

    def back(self) -> bool:
        """To the step before, as far as what it needs is still there; False where it is not."""
        step = _BACK.get(self.step)
        if step is None:
            return False
        if step in (Step.QUESTION, Step.CHANGE):
            self.ballot.open = True  # the votes stay as they are
        self.step = step
        return True
