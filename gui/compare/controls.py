"""Comparisons in the window: begins one in place of a run, and tells the lesson what it showed.

GUI thread only.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QStackedWidget

from engine.comparison import Comparison, Plan
from engine.errors import LockstepError
from engine.observer import cores
from engine.scenarios.scenario import Reading
from engine.scenarios.view import Machine
from engine.scenarios.ways import JUDGES
from gui.compare.page import ComparisonPage
from gui.compare.run import WORKLOADS, ComparisonRun, plan_for, times_s
from gui.theme import Theme


class ComparisonControls(QObject):
    """``ended`` (Reading, the parameters): it has been measured; ``cancelled``: it has not;
    ``failed`` (exception); ``recording_wanted`` (path) of an observed run."""

    ended = Signal(object, object)
    cancelled = Signal()
    failed = Signal(object)
    recording_wanted = Signal(object)
    changed = Signal()

    def __init__(self, theme: Theme, stack: QStackedWidget, parent: QObject) -> None:
        super().__init__(parent)
        self._stack = stack
        self._values: Mapping[str, Any] = {}
        self.scenario = ""
        #: measured runs of each way
        self.runs = Plan("cpu").runs
        self.reading: Reading | None = None
        self.page = ComparisonPage(theme)
        stack.addWidget(self.page)
        self.job = ComparisonRun(self)
        self.job.progressed.connect(self.page.tell_progress)
        self.job.measured.connect(self._on_measured)
        self.job.observed.connect(self.page.add_observed)
        self.job.ended.connect(self._on_ended)
        self.job.failed.connect(self._on_failed)
        self.page.cancel_wanted.connect(self.job.cancel)
        self.page.way_chosen.connect(self._on_way_chosen)

    @staticmethod
    def compares(scenario: str) -> bool:
        """Whether a scenario is measured rather than watched."""
        return scenario in WORKLOADS

    @property
    def running(self) -> bool:
        return self.job.running

    @property
    def shown(self) -> bool:
        return self._stack.currentWidget() is self.page

    def start(self, scenario: str, values: Mapping[str, Any], interpreter: str) -> None:
        """Measures in place of running."""
        self.scenario, self._values, self.reading = scenario, dict(values), None
        plan = replace(plan_for(scenario, values, interpreter), runs=self.runs)
        self.page.begin(plan)
        self.job.start(plan)
        self._stack.setCurrentWidget(self.page)
        self.changed.emit()

    def show(self) -> None:
        self._stack.setCurrentWidget(self.page)

    def forget(self) -> None:
        """Another scenario is chosen; what is measured is not wanted any more."""
        if self.running:
            self.job.cancel()
        self.scenario, self.reading = "", None

    def close(self) -> None:
        self.job.close()

    def _on_measured(self, result: Comparison) -> None:
        self.page.show_result(result)
        python = result.interpreter
        major, minor = python.version.split(".")[:2]
        machine = Machine(platform.system(), cores.usable(), (int(major), int(minor)), python.free_threaded)
        self.reading = JUDGES[result.plan.workload](times_s(result), machine, self._values)

    def _on_ended(self, cancelled: bool) -> None:
        self.page.end(cancelled)
        self.changed.emit()
        if self.reading is not None:
            self.ended.emit(self.reading, self._values)
        else:
            self.cancelled.emit()

    def _on_failed(self, error: BaseException) -> None:
        self.page.end(True)
        self.changed.emit()
        self.cancelled.emit()
        self.failed.emit(error)

    def _on_way_chosen(self, way: str) -> None:
        path = self.job.recording(way)
        if path is None:
            self.failed.emit(LockstepError("recording_missing", path=way))
        else:
            self.recording_wanted.emit(path)
