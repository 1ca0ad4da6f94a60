"""Reads off a run what it shows.  Without this file nothing is checked, and nobody is told who was right.

read(view) gives a Reading: whether the run shows what it should, the key of the right answer,
and the figures for the texts.  See engine/scenarios/view.py for what a view tells of a run.
"""

from engine.scenarios.intervals import most_at_once
from engine.scenarios.outcome import fails, holds, not_applicable, too_disturbed
from engine.scenarios.scenario import Reading


def read(view):
    people = [row for row in view.workers if row.name.startswith("person")]
    at_once = most_at_once([row.sleeps for row in people])
    figures = {"at_once": at_once}
    if len(people) != view["people"]:
        return Reading(fails(f"{len(people)} people were seen"))
    if len(people) == 1:
        return Reading(not_applicable("parameters", "there is one person only"), None, figures)
    answer = "together" if at_once > 1 else "alone"
    detail = f"{at_once} people rested at the same time"
    if answer == "alone" and not view.joined_between(people):
        # Nobody was waited for: the machine took longer to start one than another one rested.
        return Reading(too_disturbed("chance", detail), None, figures)
    return Reading(holds(detail) if answer == "together" else fails(detail), answer, figures)
