"""What kernel probes saw, as a timeline: who held the GIL, and what each thread was doing.

Independent of the engine: the input is a ``kernel_probes.Capture``, the output piecewise-constant
functions of time (``Steps``) in ns of CLOCK_MONOTONIC.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tests.bench import kernel_probes as probes
from tests.bench.kernel_probes import Capture

Times = npt.NDArray[np.int64]

#: Value of a holder function when nobody has the GIL.
NOBODY = 0


class Truth(enum.IntEnum):
    """What a thread has to do with the GIL."""

    UNKNOWN = 0  # before its first event
    OUTSIDE = 1
    WANTS = 2  # inside take_gil, not got yet
    HOLDS = 3
    GIVING_WAY = 4  # inside drop_gil, waiting until another thread has taken it


class Core(enum.IntEnum):
    """Where the scheduler has a thread."""

    UNKNOWN = 0
    ON = 1
    WAITS_FOR_ONE = 2
    SLEEPS = 3


@dataclass(frozen=True)
class Steps:
    """A piecewise-constant function: ``values[i]`` from ``times[i]`` on, ``before`` ahead of all."""

    times: Times
    values: npt.NDArray[np.int64]
    before: int = 0

    def at(self, points: Times) -> npt.NDArray[np.int64]:
        """The value at each point (from the right)."""
        place = np.searchsorted(self.times, points, side="right") - 1
        if not len(self.values):
            return np.full(len(points), self.before, dtype=np.int64)
        return np.where(place >= 0, self.values[np.maximum(place, 0)], self.before)

    @classmethod
    def build(cls, changes: list[tuple[int, int]], before: int = 0) -> Steps:
        """From ``(time, value)`` in time order; of several at one time the last counts."""
        times = np.array([time for time, _ in changes], dtype=np.int64)
        values = np.array([value for _, value in changes], dtype=np.int64)
        if len(times):
            last = np.append(times[1:] != times[:-1], True)
            times, values = times[last], values[last]
        return cls(times, values, before)


@dataclass(frozen=True)
class TruthTimeline:
    """``holder``: native id of the thread that has the GIL, or NOBODY.  ``threads``: tid → Truth.
    ``cores``: tid → Core.  Valid from ``start_ns`` to ``end_ns`` (first and last event of the GIL)."""

    holder: Steps
    threads: dict[int, Steps]
    cores: dict[int, Steps]
    start_ns: int
    end_ns: int
    switches: int  # how often the GIL went to another thread than had it before


_NEXT = {
    probes.TAKE: Truth.WANTS,
    probes.GOT: Truth.HOLDS,
    probes.RELEASED: Truth.OUTSIDE,
    probes.FORCED: Truth.GIVING_WAY,
    probes.WOKEN: Truth.OUTSIDE,
}


def timeline(capture: Capture, pid: int) -> TruthTimeline:
    """The timeline of process ``pid`` (one interpreter: one GIL a process is assumed).

    Raises ProbeError when the kernel's buffer was too small, or two threads seem to hold it at once.
    """
    if capture.missed:
        raise probes.ProbeError("events were lost: the kernel's buffer is too small for this load")
    tids = capture.threads_of(pid)
    mine = capture.events[np.isin(capture.events["tid"], list(tids))]
    gil = mine[mine["kind"] <= probes.WOKEN]
    if not len(gil):
        raise probes.ProbeError(f"no event of the GIL in process {pid}")
    holder: list[tuple[int, int]] = []
    threads: dict[int, list[tuple[int, int]]] = {}
    current, previous, switches = NOBODY, NOBODY, 0
    for time_ns, tid, _, kind in gil.tolist():
        threads.setdefault(tid, []).append((time_ns, int(_NEXT[kind])))
        if kind == probes.GOT:
            # A thread that exits inside take_gil at the interpreter's end leaves nothing behind,
            # but two holders at once would mean that the probes do not see what they claim to.
            if current not in (NOBODY, tid):
                raise probes.ProbeError(f"{tid} got the GIL at {time_ns} while {current} had it")
            current = tid
            holder.append((time_ns, tid))
            if tid != previous:
                switches += 1
            previous = tid
        elif kind == probes.RELEASED:
            current = NOBODY
            holder.append((time_ns, NOBODY))
    cores = _cores(mine)
    for tid, changes in threads.items():
        threads[tid] = _wants_back(changes, cores.get(tid))
    return TruthTimeline(
        Steps.build(holder, NOBODY),
        {tid: Steps.build(changes, Truth.UNKNOWN) for tid, changes in threads.items()},
        cores,
        int(gil["time"][0]),
        int(gil["time"][-1]),
        switches,
    )


#: A thread that does no more than this between giving way and asking again had nothing else to do.
_NOTHING_NS = 20_000


def _wants_back(changes: list[tuple[int, int]], core: Steps | None) -> list[tuple[int, int]]:
    """A thread that had to give way in the middle of its code wants the GIL from then on, also while
    it has no core to ask for it with."""
    result = list(changes)
    for index in range(1, len(changes) - 1):
        (_, before), (begin, now), (end, after) = changes[index - 1 : index + 2]
        if (before, now, after) != (Truth.GIVING_WAY, Truth.OUTSIDE, Truth.WANTS) or core is None:
            continue
        edges = breakpoints(begin, end, core)
        on = core.at(edges[:-1]) == Core.ON
        if int(np.diff(edges)[on].sum()) <= _NOTHING_NS:
            result[index] = (begin, int(Truth.WANTS))
    return result


_CORE = {
    probes.SWITCHED_IN: Core.ON,
    probes.PREEMPTED: Core.WAITS_FOR_ONE,
    probes.WOKEN_UP: Core.WAITS_FOR_ONE,
    probes.WENT_TO_SLEEP: Core.SLEEPS,
}

#: What only a thread on a core does.
_ACTS = frozenset(range(probes.TAKE, probes.WOKEN + 1)) | {probes.PREEMPTED, probes.WENT_TO_SLEEP}


def _cores(events: np.ndarray) -> dict[int, Steps]:
    """Where each thread was.  Some kernels trace nothing while a core leaves its idle state: a thread
    that does something has been on a core since it was last woken, traced or not."""
    cores: dict[int, list[tuple[int, int]]] = {}
    for time_ns, tid, _, kind in events.tolist():
        changes = cores.setdefault(tid, [])
        now = changes[-1][1] if changes else int(Core.UNKNOWN)
        if kind in _ACTS and changes and now != Core.ON:
            if now == Core.WAITS_FOR_ONE:
                changes[-1] = (changes[-1][0], int(Core.ON))
            else:
                changes.append((time_ns, int(Core.ON)))
            now = int(Core.ON)
        if kind not in _CORE:
            continue
        # woken while still on its core (it was about to sleep): it stays on it
        if kind == probes.WOKEN_UP and now in (Core.ON, Core.WAITS_FOR_ONE) and changes:
            continue
        changes.append((time_ns, int(_CORE[kind])))
    return {tid: Steps.build(changes, Core.UNKNOWN) for tid, changes in cores.items() if changes}


def breakpoints(start_ns: int, end_ns: int, *functions: Steps) -> Times:
    """All moments in ``start_ns…end_ns`` at which one of the functions may change, with both ends."""
    inside = [times[(times > start_ns) & (times < end_ns)] for times in (f.times for f in functions)]
    return np.unique(np.concatenate([np.array([start_ns, end_ns], dtype=np.int64), *inside]))
