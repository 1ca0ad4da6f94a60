"""Controlled runs: choosing the next thread by hand, and exploring schedules.

For test suites (docs/exploring.md)::

    from engine.schedule import explore

    def test_no_schedule_breaks_it():
        result = explore(transfer_from_two_threads)
        assert not result.found, result.failure.message
        assert result.complete, result.why_not
"""

from engine.schedule.controlled import ControlledRun
from engine.schedule.explorer import Explorer, Options, Progress, Result
from engine.schedule.failure import Failure
from engine.schedule.quick import explore
from engine.schedule.schedule import Choice, Grain, Schedule, load
from engine.schedule.target import Target, of_function, of_script

__all__ = [
    "Choice",
    "ControlledRun",
    "Explorer",
    "Failure",
    "Grain",
    "Options",
    "Progress",
    "Result",
    "Schedule",
    "Target",
    "explore",
    "load",
    "of_function",
    "of_script",
]
