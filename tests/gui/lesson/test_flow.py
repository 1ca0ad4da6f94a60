"""Votes and steps of a lesson, without a window."""

from __future__ import annotations

import subprocess
import sys

from gui.lesson.ballot import Ballot
from gui.lesson.flow import Flow, Step, Wish

CHOICES = ("a", "b", "c")


def at(flow: Flow) -> Step:
    """Asked anew each time."""
    return flow.step


def test_one_answer_takes_the_place_of_another() -> None:
    ballot = Ballot(CHOICES)
    assert ballot.favourite == ""
    assert ballot.cast("a")
    assert ballot.cast("b")
    assert (ballot.favourite, ballot.total) == ("b", 1)
    assert ballot.take_back()
    assert ballot.favourite == "a"
    assert not ballot.cast("z")


def test_every_vote_of_a_class_counts_until_it_is_closed() -> None:
    ballot = Ballot(CHOICES, of_class=True)
    for choice in "aab":
        ballot.cast(choice)
    ballot.put("b", 2)
    assert (ballot.total, ballot.votes("b"), ballot.favourite) == (4, 2, "")
    ballot.put("c", 12)
    assert (ballot.favourite, ballot.share("c")) == ("c", 0.75)
    assert ballot.take_back()
    assert ballot.votes("c") == 0
    assert not ballot.put("a", -1)
    assert not ballot.put("a", 1000)
    ballot.close()
    assert [ballot.cast("a"), ballot.put("a", 9), ballot.take_back()] == [False] * 3
    assert ballot.total == 4


def test_the_whole_lesson_in_its_order() -> None:
    flow = Flow("s", CHOICES, of_class=True, can_change=True, has_recording=True)
    steps = [at(flow)]
    flow.ballot.cast("a")
    flow.close_vote()
    for act in (flow.run_began, flow.run_ended, flow.skip, flow.skip):
        steps.append(at(flow))
        act()
    assert steps == [Step.QUESTION, Step.VOTES, Step.RUN, Step.SEEN, Step.HAPPENED]
    assert at(flow) is Step.CHANGE
    assert flow.ballot.open
    assert flow.ballot.total == 0, "a vote of its own"
    steps = []
    for act in (flow.close_vote, flow.run_began, flow.run_ended, flow.skip):
        steps.append(at(flow))
        act()
    assert steps == [Step.CHANGE, Step.CHANGE_VOTES, Step.CHANGE_RUN, Step.CHANGE_HAPPENED]
    assert at(flow) is Step.NEXT
    assert flow.skip() is Wish.NEXT_SCENARIO


def test_one_key_skips_each_step() -> None:
    flow = Flow("s", CHOICES, can_change=True, has_recording=True)
    assert flow.skip() is Wish.NOTHING
    assert at(flow) is Step.VOTES
    assert flow.skip() is Wish.RECORDED, "nothing is executed"
    flow.run_began()
    assert flow.skip() is Wish.STOP
    flow.run_ended()
    assert [flow.skip() for _ in range(3)] == [Wish.NOTHING] * 3
    assert at(flow) is Step.NEXT, "the change as a whole"


def test_what_a_scenario_lacks_is_left_out() -> None:
    flow = Flow("s", CHOICES)
    assert Step.CHANGE not in flow.shown
    flow.skip()
    assert flow.skip() is Wish.RUN, "no recorded run to show"
    flow.run_began()
    flow.run_ended()
    flow.skip()
    flow.skip()
    assert at(flow) is Step.NEXT


def test_back_as_far_as_there_is_something_to_see() -> None:
    flow = Flow("s", CHOICES)
    assert not flow.back()
    flow.ballot.cast("b")
    flow.close_vote()
    assert flow.back()
    assert (at(flow), flow.ballot.open, flow.ballot.favourite) == (Step.QUESTION, True, "b")
    flow.run_began()
    assert not flow.back()
    flow.run_ended()
    assert not flow.back()
    flow.skip()
    assert flow.back()
    assert at(flow) is Step.SEEN


def test_a_run_that_came_to_nothing_leads_back_before_it() -> None:
    flow = Flow("s", CHOICES, can_change=True)
    flow.run_began()
    flow.run_failed()
    assert (at(flow), flow.ballot.open) == (Step.VOTES, False)
    flow.vote_anew(of_class=True)
    assert (at(flow), flow.ballot.open, flow.ballot.of_class) == (Step.QUESTION, True, True)
    flow.opened()
    assert at(flow) is Step.HAPPENED
    flow.skip()
    flow.run_began()
    flow.run_failed()
    assert at(flow) is Step.CHANGE_VOTES


def test_it_needs_no_qt() -> None:
    code = "import sys; import gui.lesson.flow; print('PySide6' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"
