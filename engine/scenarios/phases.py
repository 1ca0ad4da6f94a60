"""Work that several rows share, and programs that do it twice: in one thread, then in several."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from engine.model import State
from engine.scenarios.intervals import Intervals, together
from engine.scenarios.outcome import Outcome, fails, holds, too_disturbed
from engine.scenarios.view import Row, View

#: Rows that compute at the same moment for at least this part of the time do so in truth.  A program held to
#: one core, whose threads get it in turns, looks so for up to 8 % of it, as samples lie a moment apart.
AT_ONCE: Final = 0.1
#: Less than this is nothing at all: threads that keep the GIL while they compute come to 0.5 %.
HARDLY: Final = 0.05
#: Rows that compute together for more of the time than this have no GIL between them.
TOGETHER: Final = 0.3
#: Where less of the time has two rows that want something, hardly anything can be said of who got it.
WANTED: Final = 0.3
COMPUTING: Final = (State.RUNNING, State.NATIVE)


@dataclass(frozen=True)
class Shared:
    """``rows`` (one at least) share some work."""

    rows: list[Row]

    @property
    def shared_ns(self) -> int:
        return max(row.end_ns for row in self.rows) - min(row.start_ns for row in self.rows)

    def share(self, *states: State) -> float:
        """Part of the rows' observed time, from their first step on, spent in ``states``."""
        inside = sum(row.total(*states) for row in self.rows)
        return inside / max(1, sum(_observed_ns(row) for row in self.rows))

    @property
    def wait_gil_share(self) -> float:
        """Part of the rows' observed time spent waiting for the GIL."""
        return self.share(State.WAIT_GIL)

    @property
    def outside_share(self) -> float:
        """Part of the time in which they computed that was outside the GIL."""
        native = sum(row.total(State.NATIVE) for row in self.rows)
        return native / max(1, sum(row.total(*COMPUTING) for row in self.rows))

    def share_at_once(self, *states: State) -> float:
        """Part of the shared work's time in which two rows or more were in ``states``."""
        return together([row.within(*states) for row in self.rows]) / max(1, self.shared_ns)

    @property
    def contended_share(self) -> float:
        """Part of the shared work's time in which two rows or more had the GIL or wanted it."""
        return self.share_at_once(*COMPUTING, State.WAIT_GIL)

    @property
    def alive_at_once_share(self) -> float:
        """Part of the shared work's time in which two rows or more lived."""
        return together([_life(row) for row in self.rows]) / max(1, self.shared_ns)

    def one_by_one(self, view: View) -> bool:
        """Whether one of them was waited for before the next began, so that none overlapped."""
        return view.joined_between(self.rows) and self.alive_at_once_share < HARDLY

    def in_c(self, lets_go: bool, detail: str) -> Outcome:
        """Whether threads that compute in C did so at the same moment, when it lets go of the GIL, and one
        at a time, when it does not.

        How fast they were says little: two cores of one machine may give anything from one to two times
        the work of one core.  That they were on them together, or had the GIL, is in the recording.
        """
        at_once = self.share_at_once(State.NATIVE)
        if (self.outside_share < 0.5) == lets_go:
            return fails(f"{detail}; {self.outside_share:.0%} of the computing was outside the GIL")
        if not lets_go:
            shown = at_once < HARDLY and self.contended_share >= WANTED
        else:
            shown = at_once >= AT_ONCE
            # One that holds the GIL and gets no core keeps the other from computing: that is chance.
            wanted = self.share_at_once(*COMPUTING, State.WAIT_CPU, State.WAIT_GIL)
            if not shown and wanted < HARDLY and self.alive_at_once_share > 0.5:
                return fails(f"{detail}; no two of them wanted a core at the same moment")
        return holds(detail) if shown else too_disturbed("chance", detail)


@dataclass(frozen=True)
class Phases(Shared):
    """``alone`` did all the work by itself, then ``rows`` did it together."""

    alone: Row

    @property
    def alone_ns(self) -> int:
        return self.alone.length_ns

    @property
    def speed_up(self) -> float:
        """How many times faster the rows were together."""
        return self.alone_ns / max(1, self.shared_ns)

    @property
    def figures(self) -> dict[str, object]:
        """For the texts: the times, and what the machine had to do with them.

        ``no_core_percent``: of their time the rows waited for a core.  ``work_percent``: how long they were
        on one in all, against the one row alone; what nobody observed is taken to have been like the rest.
        """
        on_core = sum(_on_core_ns(row) for row in self.rows)
        return {
            "alone_s": self.alone_ns / 1e9,
            "shared_s": self.shared_ns / 1e9,
            "speed_up": self.speed_up,
            "waiting_percent": 100 * self.wait_gil_share,
            "no_core_percent": 100 * self.share(State.WAIT_CPU),
            "work_percent": 100 * on_core / max(1.0, _on_core_ns(self.alone)),
        }


def _life(row: Row) -> Intervals:
    return np.array([[row.start_ns, row.end_ns]], np.int64)


def _observed_ns(row: Row) -> int:
    return row.total() - row.total(State.UNOBSERVED, State.STARTING)


def _on_core_ns(row: Row) -> float:
    seen = row.total() - row.total(State.UNOBSERVED)
    return row.total(*COMPUTING) * row.total() / max(1, seen)


def phases(view: View) -> Phases | None:
    """The two phases of a run with THREADS threads; None when the threads are not all there."""
    workers = view.workers
    if len(workers) != 1 + view["threads"]:
        return None
    return Phases(workers[1:], workers[0])


def fell_short(speed_up: float, rows: float, cpus: float) -> bool:
    """Whether rows that can compute together were less fast than their cores should make them."""
    return speed_up < 0.7 * min(rows, cpus)


def uneven(speed_up: float) -> bool:
    """Whether rows that cannot compute together were, all the same, not as fast as one."""
    return not 0.7 <= speed_up < 1.3


def several(rows: int, cpus: int) -> str:
    """The answer that rows which compute together show: "threads" or, when there are fewer, "cores"."""
    return "threads" if rows <= cpus else "cores"


def faster(speed_up: float, threads: int, cpus: int) -> str | None:
    """What ``speed_up`` means: "same", "slower", "threads" or "cores" times faster; None in between."""
    if speed_up < 0.6:
        return "slower"
    if not uneven(speed_up):
        return "same"
    if not fell_short(speed_up, threads, cpus):
        return several(threads, cpus)
    return None
