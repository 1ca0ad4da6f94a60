"""Measures the six ways in a thread of its own, then runs each once more, observed.

GUI thread only, but for what is named as the job's.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from engine.comparison import WAYS, Comparison, Plan, Progress, compare, observe
from engine.recording import load
from gui.bridge import Errand

#: Scenario → the workload that is measured.
WORKLOADS = {"compare_cpu": "cpu", "compare_io": "io", "compare_network": "network"}

_WAITS = {"io": "wait_s", "network": "delay_s"}


def plan_for(scenario: str, values: Mapping[str, Any], interpreter: str) -> Plan:
    """What is measured for a scenario with these parameters."""
    workload = WORKLOADS[scenario]
    size = int(values["rounds"]) if workload == "cpu" else round(1000 * values[_WAITS[workload]])
    pieces, workers = int(values["pieces"]), int(values["workers"])
    return Plan(workload, pieces=pieces, workers=workers, size=size, interpreter=interpreter)


def command(plan: Plan) -> str:
    """What gives the same figures without a window."""
    return (
        f"main.py compare --workload {plan.workload} --runs {plan.runs} --pieces {plan.pieces} "
        f"--workers {plan.workers} --size {plan.piece_size}"
    )


class ComparisonRun(QObject):
    """``progressed`` (done, of how many, the way, warm-up: bool or None while observed), ``measured``
    (Comparison), ``observed`` (way, Store), ``ended`` (whether it was cancelled), ``failed``."""

    progressed = Signal(int, int, str, object)
    measured = Signal(object)
    observed = Signal(str, object)
    ended = Signal(bool)
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._errand: Errand | None = None
        self._cancel = threading.Event()
        self._folder: Path | None = None
        #: the ways that are run once more, observed
        self.ways: tuple[str, ...] = WAYS

    @property
    def running(self) -> bool:
        return self._errand is not None

    def recording(self, way: str) -> Path | None:
        """The observed run of ``way``, as long as no other comparison was begun."""
        path = None if self._folder is None else self._folder / f"{way}.lockstep"
        return path if path is not None and path.is_file() else None

    def owns(self, path: Path) -> bool:
        """Whether a recording is one of these, which go when the window closes."""
        return self._folder is not None and self._folder in path.parents

    def start(self, plan: Plan) -> None:
        self.close()
        self._cancel = cancelled = threading.Event()
        self._folder = folder = Path(tempfile.mkdtemp(prefix="lockstep-compare-"))
        self._errand = Errand("compare", lambda errand: self._work(errand, plan, folder, cancelled), self)
        self._errand.succeeded.connect(self._on_succeeded)
        self._errand.failed.connect(self._on_failed)
        self._errand.start()

    def cancel(self) -> None:
        """Asks it to stop; it does after the run that is on."""
        self._cancel.set()

    def close(self) -> None:
        """Ends it and forgets its recordings."""
        self._cancel.set()
        errand, self._errand = self._errand, None
        if errand is not None:
            errand.cancel()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    # --- in the job's thread --------------------------------------------------------------------

    def _work(self, errand: Errand, plan: Plan, folder: Path, cancelled: threading.Event) -> bool:
        """True when it went to its end."""

        def stopped() -> bool:
            return cancelled.is_set() or errand.stopping

        measured = 0

        def tell(step: Progress) -> None:
            nonlocal measured
            of = step.rounds * len(WAYS) + len(self.ways)
            done, warming = measured, step.round <= step.warm_up
            measured += 1
            errand.post(lambda: self.progressed.emit(done, of, step.way, warming))

        result = compare(plan, tell, stopped)
        if result is None:
            return False
        errand.post(lambda: self.measured.emit(result))
        of = measured + len(self.ways)
        for number, way in enumerate(self.ways):
            if stopped():
                return False
            errand.post(lambda n=number, w=way: self.progressed.emit(measured + n, of, w, None))  # type: ignore[misc]
            path = folder / f"{way}.lockstep"
            observe(plan, way, path)
            store = load(path).store
            errand.post(lambda w=way, s=store: self.observed.emit(w, s))  # type: ignore[misc]
        return True

    # --- in the window's thread -----------------------------------------------------------------

    def _on_succeeded(self, complete: bool) -> None:
        self._errand = None
        self.ended.emit(not complete)

    def _on_failed(self, error: BaseException) -> None:
        self._errand = None
        self.failed.emit(error)


def times_s(result: Comparison) -> dict[str, float]:
    """The medians as the scenarios' texts name them."""
    named = {"sequential": "one_after_the_other"}
    return {named.get(way, way): statistics.median(f.wall_ns) / 1e9 for way, f in result.ways.items()}
