"""asyncio's lock, semaphore, event and queue: tasks wait for each other within one thread."""

from __future__ import annotations

from engine.agent.layout import Wait
from engine.model import State
from engine.scenarios.intervals import Intervals, most_at_once
from engine.scenarios.outcome import fails, holds
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
    shown = in_lock == 1 and with_permit == 2 and done and not view.workers
    return Reading(holds(detail) if shown else fails(detail), "waits" if shown else None, figures)


def _working(row: Row) -> Intervals:
    return row.within(State.SUSPENDED, reason=Wait.SLEEP)


SCENARIO = Scenario(
    id="coroutine_sync",
    read=read,
    expected="waits",
    parameters=(real("work_s", 0.02, 1.0, "s"),),
)
