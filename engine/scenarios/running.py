"""Runs a scenario's program under observation and reads off what it shows."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from engine.recording import save
from engine.scenarios.outcome import Outcome, Verdict, too_disturbed
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import Machine, View
from engine.session import Launch, Session, discard, new_folder
from engine.watch import Watch

#: No scenario takes so long; one that does is stopped.
TIME_LIMIT_S = 60.0
POLL_S = 0.05
#: A program that is stopped is at work when it computed in the last seconds.
LAST_S = 5.0


@dataclass(frozen=True)
class Run:
    """One run of a scenario, and what it showed."""

    reading: Reading
    values: Mapping[str, object]
    exit_status: int | None

    @property
    def outcome(self) -> Outcome:
        return self.reading.outcome


def run(
    scenario: Scenario,
    values: Mapping[str, object] | None = None,
    interpreter: str | None = None,
    keep: Path | None = None,
) -> Run:
    """Run ``scenario`` once and read its recording.  Waits until it has ended.

    The recording is saved as ``keep``, or thrown away.

    Raises:
        LockstepError: a parameter, the interpreter, the session folder or ``keep`` cannot be used.
    """
    chosen = scenario.checked(values or {})
    folder = new_folder(scenario.id)
    try:
        program = scenario.prepare(chosen, folder)
        session = Session.start(
            Launch(
                command=[str(program)],
                interpreter=interpreter or "",
                cwd=str(folder),
                capture=True,
                scenario=scenario.id,
                parameters=chosen,
                session_folder=folder,
                time_limit_s=TIME_LIMIT_S,
            )
        )
        try:
            reading = _watched(scenario, session, chosen)
            result = Run(reading, chosen, session.wait(TIME_LIMIT_S))
        finally:
            session.close()
        if keep is not None:
            save(folder, keep)
        return result
    finally:
        discard(folder)


def _watched(scenario: Scenario, session: Session, values: Mapping[str, object]) -> Reading:
    """Follow a session to its end, stopping it when nothing more will happen."""
    with Watch(session.folder) as watch:
        stopped = False
        while not watch.complete:
            watch.poll()
            view = View(watch.store, Machine.of_session(watch.session), values)
            if scenario.is_over and not stopped and scenario.is_over(view):
                session.stop()
                stopped = True
            time.sleep(POLL_S)
        view = View(watch.store, Machine.of_session(watch.session), values)
        return unless_cut_short(scenario.reading(view), view)


def unless_cut_short(reading: Reading, view: View) -> Reading:
    """A program that was stopped in the middle of its work has not failed; one that hangs has."""
    if reading.outcome.verdict is not Verdict.FAILS or view.wall_ns < (TIME_LIMIT_S - LAST_S) * 1e9:
        return reading
    if not view.computes_at_the_end(LAST_S):
        return reading
    detail = f"it was not done after {TIME_LIMIT_S:g} s; {reading.outcome.detail}"
    return replace(reading, outcome=too_disturbed("disturbed", detail))
