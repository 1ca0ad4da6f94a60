"""asyncio's lock, semaphore, event and queue: tasks wait for each other within one thread."""

from __future__ import annotations

from engine.agent.layout import Wait
from engine.model import State
from engine.scenarios.intervals import Intervals, most_at_once
from engine.scenarios.outcome import fails, holds, too_disturbed
from engine.scenarios.parameter import real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import Row, View


def read(view: View) -> Reading:
    lock_users = [row for row in view.tasks if row.name.startswith("lock user")]
    permit_users = [row for row in view.tasks if row.name.startswith("permit user")]
    if len(lock_users) != 3 or len(permit_users) != 3:
        return Reading(fails(f"{len(lock_users)} users of the lock, {len(permit_users)} of the permits"))
    in_lock = most_at_once([_working(row) for row in lock_users])
    with_permit = most_at_once([_working(row) for row in permit_users])
    done = bool(view.printed("everybody is done"))
    figures = {"in_lock": in_lock, "with_permit": with_permit, "threads": len(view.workers) + 1}
    detail = f"at most {in_lock} in the lock, {with_permit} with a permit, everybody done: {done}"
    if in_lock != 1 or with_permit > 2 or not done or view.workers:
        return Reading(fails(detail), None, figures)
    if with_permit == 2:
        return Reading(holds(detail), "waits", figures)
    # One was done with its work before the machine let the next one begin.
    return Reading(too_disturbed("chance", detail), None, figures)


def _working(row: Row) -> Intervals:
    return row.within(State.SUSPENDED, reason=Wait.SLEEP)


SCENARIO = Scenario(
    id="coroutine_sync",
    read=read,
    expected="waits",
    parameters=(real("work_s", 0.02, 1.0, "s"),),
)
