"""Memory that the follower and the samplers of one run share: what the last sample showed.

The samplers take turns (whichever gets a core samples), so what was seen last has to be known to
all of them.  Every cell has one meaning and is written in one go; a sampler that was suspended
in the middle can at worst write a change a second time.  Created before the samplers are forked.
"""

from __future__ import annotations

import mmap

MOST_GILS = 1024
MOST_THREADS = 8192
MOST_SAMPLERS = 4

#: Bytes of the GIL's words that are compared: last_holder, locked (and padding), switch_number.
WORDS = 24


class Board:
    """Arrays of unsigned 64-bit numbers.

    ``control``: see the constants.  By sampler k: ``busy_since``: since when it is writing records
    (perf_counter_ns), 0 while it sleeps; ``due``: when it wants to wake up, and ``late``: how late
    it usually does (ns), both 0 for one that takes its core from others.  By slot of a GIL:
    ``gil_time`` of the last sample, ``gil_since``: of the first that showed its present holder (or
    none), ``gil_unseen``: of the last before which somebody had it whom no sample showed, ``words``
    (slices of WORDS bytes).  By slot of a thread: ``thread_held``: when a sample first showed that
    it had taken the GIL again, ``thread_time`` of the last look, ``thread_state`` (Os.* | (system
    call + 1) << 8, 0 never looked), ``thread_since``: since when; ``cpu_time``, ``cpu_run``,
    ``cpu_wait``: its schedstat at the last CPU record.
    """

    #: Cells of ``control``: samplers are to end; all cores are busy; counts messages to samplers;
    #: when a round over the threads was last made.
    STOP, BUSY, CHANGES, ROUND_TIME = range(4)

    def __init__(self) -> None:
        sizes = {
            "control": 16,
            "busy_since": MOST_SAMPLERS,
            "due": MOST_SAMPLERS,
            "late": MOST_SAMPLERS,
            "gil_time": MOST_GILS,
            "gil_since": MOST_GILS,
            "gil_unseen": MOST_GILS,
            "thread_time": MOST_THREADS,
            "thread_state": MOST_THREADS,
            "thread_since": MOST_THREADS,
            "thread_held": MOST_THREADS,
            "cpu_time": MOST_THREADS,
            "cpu_run": MOST_THREADS,
            "cpu_wait": MOST_THREADS,
        }
        total = 8 * sum(sizes.values()) + WORDS * MOST_GILS
        self._map = mmap.mmap(-1, total)
        view = memoryview(self._map)
        self._views = [view]
        at = 0

        def cells(name: str) -> memoryview:
            nonlocal at
            piece = view[at : at + 8 * sizes[name]].cast("Q")
            at += 8 * sizes[name]
            self._views.append(piece)
            return piece

        self.control = cells("control")
        self.busy_since = cells("busy_since")
        self.due = cells("due")
        self.late = cells("late")
        self.gil_time = cells("gil_time")
        self.gil_since = cells("gil_since")
        self.gil_unseen = cells("gil_unseen")
        self.thread_time = cells("thread_time")
        self.thread_state = cells("thread_state")
        self.thread_since = cells("thread_since")
        self.thread_held = cells("thread_held")
        self.cpu_time = cells("cpu_time")
        self.cpu_run = cells("cpu_run")
        self.cpu_wait = cells("cpu_wait")
        self.words = view[at : at + WORDS * MOST_GILS]
        self._views.append(self.words)

    def close(self) -> None:
        for view in reversed(self._views):
            view.release()
        self._map.close()
