"""Programs that do one piece of work twice: in one thread, then shared among several."""

from __future__ import annotations

from dataclasses import dataclass

from engine.model import State
from engine.scenarios.intervals import clipped, together, total
from engine.scenarios.view import Row, View


@dataclass(frozen=True)
class Phases:
    """``alone`` did all the work by itself, then ``shared`` did it together."""

    alone: Row
    shared: list[Row]

    @property
    def alone_ns(self) -> int:
        return self.alone.length_ns

    @property
    def shared_ns(self) -> int:
        return max(row.end_ns for row in self.shared) - min(row.start_ns for row in self.shared)

    @property
    def speed_up(self) -> float:
        """How many times faster the threads were together."""
        return self.alone_ns / max(1, self.shared_ns)

    @property
    def wait_gil_share(self) -> float:
        """Part of the threads' observed time spent waiting for the GIL, while all of them lived."""
        return self.share(State.WAIT_GIL)

    def share(self, *states: State) -> float:
        """Part of the threads' observed time spent in ``states``, while all of them lived."""
        inside = seen = 0
        start = max(row.start_ns for row in self.shared)
        end = min(row.end_ns for row in self.shared)
        for row in self.shared:
            inside += total(clipped(row.within(*states), start, end))
            hidden = total(clipped(row.within(State.UNOBSERVED), start, end))
            seen += end - start - hidden
        return inside / max(1, seen)

    @property
    def all_alive_share(self) -> float:
        """Part of the shared work's time in which every one of the threads lived."""
        start = max(row.start_ns for row in self.shared)
        end = min(row.end_ns for row in self.shared)
        return max(0, end - start) / max(1, self.shared_ns)

    def share_at_once(self, *states: State) -> float:
        """Part of the shared work's time in which two threads or more were in ``states``."""
        return together([row.within(*states) for row in self.shared]) / max(1, self.shared_ns)


def phases(view: View) -> Phases | None:
    """The two phases of a run with THREADS threads; None when the threads are not all there."""
    workers = view.workers
    if len(workers) != 1 + view["threads"]:
        return None
    return Phases(workers[0], workers[1:])


def faster(speed_up: float, threads: int, cpus: int) -> str | None:
    """What ``speed_up`` means: "same", "slower", "threads" or "cores" times faster; None in between."""
    if speed_up < 0.6:
        return "slower"
    if 0.7 <= speed_up < 1.3:
        return "same"
    if speed_up >= 0.7 * min(threads, cpus):
        return "threads" if threads <= cpus else "cores"
    return None
