"""A run by hand, kept in a thread of its own: what the window asks for is done in order.

GUI thread only; the engine's ``ControlledRun`` is touched by the job's thread alone.
"""

from __future__ import annotations

import queue
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engine.errors import LockstepError
from engine.scenarios.parameter import Kind, Value
from engine.scenarios.scenario import Scenario
from engine.schedule.controlled import PATIENCE_S, ControlledRun, RunState
from engine.schedule.replay import target_of
from engine.schedule.schedule import Choice, Grain, Schedule
from engine.schedule.target import Target, of_script
from gui.bridge import Job

Command = Callable[[ControlledRun], object]

#: By hand nobody goes through a hundred thousand rounds: a number nobody set that is larger than this
#: becomes ``FEW``, and the view says so.
MANY = 1_000
FEW = 4


def few_rounds(scenario: Scenario, values: dict[str, Value]) -> dict[str, Value]:
    """The values with counts that are still as the program has them made small enough for a hand."""
    small = dict(values)
    for parameter in scenario.parameters:
        untouched = values.get(parameter.name) == parameter.default
        if parameter.kind is Kind.INTEGER and untouched and float(parameter.default) > MANY:
            small[parameter.name] = parameter.checked(max(int(parameter.low), FEW))
    return scenario.checked(small)


#: So often is looked whether a thread that is outside has come back.
POLL_S = 0.1


def _may_change(state: RunState) -> bool:
    """Whether the program may go on without anybody's choice."""
    if state.ended is not None or not state.threads:
        return False
    nobody = not state.enabled and not state.tasks and state.deadlock is None
    return nobody or any(one.state == "outside" for one in state.threads)


class HandRun(QObject):
    """``changed``: another state, in ``state``, ``before`` and ``choices``; ``busy_changed``; ``failed``
    (the exception); ``ended``: no run is there any more."""

    changed = Signal()
    busy_changed = Signal(bool)
    failed = Signal(object)
    ended = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        #: After so long a thread that was let go and has reached no gate is said to be outside.
        self.patience_s = PATIENCE_S
        self.state = RunState()
        self.before = RunState()
        self.choices: tuple[Choice, ...] = ()
        self.target: Target | None = None
        self.source = ""
        self.path = ""
        self.title = ""
        self.values: dict[str, Value] = {}
        self._job: Job | None = None
        self._commands: queue.SimpleQueue[Command | None] = queue.SimpleQueue()
        self._waiting = 0
        self._folder: Path | None = None

    @property
    def running(self) -> bool:
        """A run is there, held or at its end."""
        return self._job is not None

    @property
    def busy(self) -> bool:
        """The program has not answered yet."""
        return self._waiting > 0

    # --- beginning and end -----------------------------------------------------------------------

    def start_scenario(
        self, scenario: Scenario, title: str, values: dict[str, Value], interpreter: str
    ) -> None:
        """The scenario's program with these values."""
        self.close()
        self._folder = Path(tempfile.mkdtemp(prefix="lockstep-hand-"))
        program = scenario.prepare(values, self._folder)
        target = replace(
            of_script(program, interpreter=interpreter), scenario=scenario.id, parameters=dict(values)
        )
        changed = {p.name: values[p.name] for p in scenario.parameters if values.get(p.name) != p.default}
        self._start(target, title, scenario.source(values), changed)

    def start_script(self, script: Path, arguments: tuple[str, ...], interpreter: str) -> None:
        """A script.  Raises LockstepError: it cannot be read."""
        self.close()
        target = of_script(script, arguments, interpreter)
        self._start(target, script.name, script.read_text(encoding="utf-8", errors="replace"), {})

    def made_for(self, schedule: Schedule) -> bool:
        """Whether a schedule is one of the program that runs."""
        target = self.target
        if target is None or schedule.scenario != target.scenario:
            return False
        if schedule.scenario:
            return dict(schedule.parameters) == dict(target.parameters)
        return Path(schedule.script).resolve() == target.path.resolve()

    def start_schedule(self, schedule: Schedule) -> None:
        """The program that a schedule was made for, with its choices.  Raises LockstepError: it is gone."""
        interpreter = self.target.interpreter if self.target is not None else ""
        folder = Path(tempfile.mkdtemp(prefix="lockstep-hand-"))
        try:
            target = target_of(schedule, folder, interpreter)
            source = target.path.read_text(encoding="utf-8", errors="replace")
        except (LockstepError, OSError):
            shutil.rmtree(folder, ignore_errors=True)
            raise
        self.close()
        self._folder = folder
        self._start(target, schedule.name or target.path.stem, source, {})
        self._do(lambda run: run.load(schedule))

    def _start(self, target: Target, title: str, source: str, values: dict[str, Value]) -> None:
        self.title, self.source, self.path, self.values = title, source, str(target.path.resolve()), values
        self.target = target
        self.state = self.before = RunState()
        self.choices = ()
        self._commands = queue.SimpleQueue()
        self._set_waiting(1)
        commands = self._commands
        self._job = Job("lockstep-hand", lambda job: self._work(job, target, commands), self._on_failed, self)
        self._job.start()
        self.changed.emit()

    def close(self) -> None:
        """Ends the program, whatever it does."""
        job, self._job = self._job, None
        if job is not None:
            self._commands.put(None)
            job.end()
            self._set_waiting(0)
            self.ended.emit()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    # --- what a person does --------------------------------------------------------------------------

    def step(self, thread: int, grain: Grain) -> bool:
        """Lets a thread go; False: it cannot go now, or the program has not answered yet."""
        if self.busy or thread not in self.state.enabled or self.state.ended is not None:
            return False
        self._do(lambda run: run.step(thread, grain))
        return True

    def choose_task(self, position: int) -> bool:
        if self.busy or not 0 <= position < len(self.state.tasks):
            return False
        self._do(lambda run: run.choose_task(position))
        return True

    def undo(self, count: int = 1) -> bool:
        """Back by ``count`` choices."""
        if self.busy or not self.choices:
            return False
        self._do(lambda run: run.undo(count))
        return True

    def look(self) -> None:
        """Looks again where a thread is that has not come back."""
        if not self.busy and self.running:
            self._do(lambda run: run.look())

    def load(self, schedule: Schedule, count: int | None = None) -> None:
        """From the beginning, with (the first ``count`` of) the choices of a schedule."""
        if not self.busy and self.running:
            self._do(lambda run: run.load(schedule, count))

    def save(self, name: str, path: Path) -> None:
        """The choices so far, as a file."""
        if not self.busy and self.running:
            self._do(lambda run: run.schedule(name).save(path))

    def _do(self, command: Command) -> None:
        self._set_waiting(self._waiting + 1)
        self._commands.put(command)

    # --- in the job's thread ----------------------------------------------------------------------

    def _work(self, job: Job, target: Target, commands: queue.SimpleQueue[Command | None]) -> None:
        run = ControlledRun.start(target, patience_s=self.patience_s)
        try:
            self._tell(job, run)
            while not job.stopping:
                try:
                    command = commands.get(timeout=POLL_S if _may_change(run.state) else None)
                except queue.Empty:
                    self._poll(job, run)
                    continue
                if command is None:
                    return
                try:
                    command(run)
                except Exception as error:
                    failure = error
                    job.post(lambda e=failure: self.failed.emit(e), urgent=True)  # type: ignore[misc]
                self._tell(job, run)
        finally:
            run.stop()

    def _poll(self, job: Job, run: ControlledRun) -> None:
        """Shows that a thread that was outside has come back."""
        if run.poll() and not job.stopping:
            self._tell(job, run, answers=0)

    def _tell(self, job: Job, run: ControlledRun, answers: int = 1) -> None:
        state, choices = run.state, run.choices
        job.post(lambda: self._on_state(state, choices, answers), urgent=True)

    # --- in the window's thread ---------------------------------------------------------------------

    def _on_state(self, state: RunState, choices: tuple[Choice, ...], answers: int) -> None:
        self.before, self.state, self.choices = self.state, state, choices
        self._set_waiting(self._waiting - answers)
        self.changed.emit()

    def _on_failed(self, error: BaseException) -> None:
        self.close()
        self.failed.emit(error)

    def _set_waiting(self, count: int) -> None:
        was = self.busy
        self._waiting = max(0, count)
        if self.busy != was:
            self.busy_changed.emit(self.busy)
