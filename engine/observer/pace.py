"""How often a sampler looks, and with which right to a core.

A program that holds one GIL keeps one core busy.  The two *bound* samplers each have one half of
the cores and SCHED_BATCH, with which a process takes no core from another: the one on the busy
core stands still, the other has a core for itself.  Measured on two cores with three CPU-bound
threads: one unbound sampler loses 12–20 % of the time and takes the busy core 2,000 times a
second; the two lose under 1 % and hardly ever take it.

When every core is busy, batch processes starve.  Then, where SCHED_FIFO is permitted, a *rescue*
sampler takes a core now and then; where it is not, the bound ones ask for a core as any process
does.  Either looks less often then: what it takes is missing elsewhere.
"""

from __future__ import annotations

import os
import time

from engine.observer import linux
from engine.observer.board import Board

US, MS = 1_000, 1_000_000

#: Between samples while something happens; while nobody can take the GIL from its holder; after a
#: while without any change; after a longer while.
PERIOD_NS = 100 * US
ALONE_NS = 400 * US
QUIET_NS = 400 * US
STILL_NS = 1 * MS
#: While every core is busy: who has the same right to a core as any process, the rescue, and those
#: that leave it to the rescue.
BUSY_NS = 400 * US
RESCUE_NS = 150 * US
LEFT_TO_RESCUE_NS = 1 * MS
LEAST_SLEEP_NS = 20 * US
#: Around the moment at which a holder will be made to let go of its GIL: from so long before it, for so
#: long, this often.  That moment is known: the one that waits asks for it after the switch interval.
SWITCH_EARLY_NS = 150 * US
SWITCH_LASTS_NS = 700 * US
SWITCH_NS = 40 * US
#: The slice a sampler asks for that competes with others.
SLICE_NS = 100 * US
QUIET_AFTER_NS = 20 * MS
STILL_AFTER_NS = 200 * MS
#: The rescue sampler asks so often whether it is needed.
REST_S = 0.01


class Pace:
    """Of bound sampler ``number`` of ``bound``; ``rescued``: there is a rescue sampler as well."""

    #: Of a core.
    SHARE = 0.3

    def __init__(self, board: Board, number: int, bound: int, rescued: bool) -> None:
        self._control = board.control
        self._due = board.due
        self._late = board.late
        self._number = number
        self._rescued = rescued
        self._modest: bool | None = None
        self._crowd = Crowd(board, bound) if number == 0 and bound else None
        self.period_ns = PERIOD_NS
        #: Less than this after a round of another sampler no round is wanted.
        self.apart_ns = PERIOD_NS // 2
        self._rounds = 0
        self._cpu_ns = time.process_time_ns()
        self._least_ns = 0

    def rests(self) -> bool:
        """Before each round: take the right policy; True after a pause, when no round is wanted."""
        if self._crowd is not None:
            self._crowd.look()
        modest = self._rescued or not self._control[Board.BUSY]
        if modest is not self._modest:
            self._modest = modest
            if modest:
                _schedule("SCHED_BATCH", 0)
            elif not linux.ask_often(SLICE_NS):
                _schedule("SCHED_OTHER", 0)
        return False

    def thrifty(self, period_ns: int) -> int:
        """``period_ns``, or longer where rounds have become expensive (very many processes or
        threads): a sampler takes no more than ``SHARE`` of a core."""
        self._rounds += 1
        if self._rounds >= 64:
            cpu_ns = time.process_time_ns()
            self._least_ns = int((cpu_ns - self._cpu_ns) / self._rounds / self.SHARE)
            self._rounds, self._cpu_ns = 0, cpu_ns
        return period_ns if period_ns > self._least_ns else self._least_ns

    def sleep(self, due: int) -> None:
        """Until ``due`` (perf_counter_ns), the next round; keeps account of how late it wakes up."""
        number = self._number
        self._due[number] = due
        time.sleep(max(due - time.perf_counter_ns(), LEAST_SLEEP_NS) * 1e-9)
        late = time.perf_counter_ns() - due
        self._due[number] = 0
        before = self._late[number]
        self._late[number] = max(0, before + (late - before) // 4)

    def stretch(self) -> int:
        """By what factor threads are looked at less often than they should be."""
        return 4 if self._control[Board.BUSY] else 1

    def choose(self, quiet_ns: int, held: bool, contended: bool, shared: bool) -> int:
        """The time until the next round: ``quiet_ns`` since the last change; whether any GIL is
        ``held``, whether anybody else could take it (``contended``), and whether several threads
        have one in common (``shared``)."""
        if self._control[Board.BUSY]:
            period = LEFT_TO_RESCUE_NS if self._rescued or not shared else BUSY_NS
        elif quiet_ns < QUIET_AFTER_NS:
            period = PERIOD_NS
        elif held:
            period = PERIOD_NS if contended else ALONE_NS
        else:
            period = STILL_NS if quiet_ns > STILL_AFTER_NS else QUIET_NS
        self.period_ns = self.thrifty(period)
        return self.period_ns

    def toward(self, period_ns: int, switch_in_ns: int) -> int:
        """``period_ns``, or less when a holder will be made to let go of its GIL in ``switch_in_ns``
        (about now when negative)."""
        self.apart_ns = PERIOD_NS // 2
        if self._control[Board.BUSY] and self._rescued:
            return period_ns
        return self._toward(period_ns, switch_in_ns)

    def _toward(self, period_ns: int, switch_in_ns: int) -> int:
        before_ns = switch_in_ns - SWITCH_EARLY_NS
        if before_ns >= period_ns or before_ns < -SWITCH_LASTS_NS:
            return period_ns
        if before_ns > SWITCH_NS:
            return before_ns
        self.apart_ns = SWITCH_NS // 2
        return min(period_ns, max(SWITCH_NS, self._least_ns))


class RescuePace(Pace):
    """Of the sampler that may take a core from others: it works only while every core is busy."""

    SHARE = 0.18

    def __init__(self, board: Board, number: int) -> None:
        super().__init__(board, number, 0, rescued=False)
        self.period_ns = RESCUE_NS

    def sleep(self, due: int) -> None:
        time.sleep(max(due - time.perf_counter_ns(), LEAST_SLEEP_NS) * 1e-9)

    def rests(self) -> bool:
        if self._control[Board.BUSY]:
            return False
        time.sleep(REST_S)
        return True

    def stretch(self) -> int:
        return 3

    def choose(self, quiet_ns: int, held: bool, contended: bool, shared: bool) -> int:
        still = quiet_ns > STILL_AFTER_NS and not held
        self.period_ns = self.thrifty(RESCUE_NS if shared and not still else STILL_NS)
        return self.period_ns


class Crowd:
    """Finds out whether every core is busy: then no bound sampler wakes up in time.

    Better than counting who runs on the machine: it is about the cores that we can have.
    """

    LATE_NS = 300 * US
    #: To see whether it is over, the samplers have to go without their rights for a moment; the more
    #: often it was not over, the more rarely.
    LEAST_S, LONGEST_S = 0.4, 6.4

    def __init__(self, board: Board, bound: int) -> None:
        self._board = board
        self._bound = bound
        self._share = 0.0
        self._since_s = 0.0
        self._until_s = 0.0
        self._lasts_s = self.LEAST_S
        self._next_ns = 0

    def look(self) -> None:
        """To be called often; looks every 10 ms."""
        board = self._board
        now = time.perf_counter_ns()
        if now < self._next_ns:
            return
        self._next_ns = now + 10 * MS
        crowded = self._bound > 0
        for number in range(self._bound):
            due = board.due[number]
            late = max(board.late[number], now - due if 0 < due < now else 0)
            crowded = crowded and late > self.LATE_NS
        self._share += 0.15 * (crowded - self._share)
        now_s = time.monotonic()
        if not board.control[Board.BUSY]:
            if self._share > 0.6:
                board.control[Board.BUSY] = 1
                again = now_s < self._until_s + 1.0
                self._lasts_s = min(2 * self._lasts_s, self.LONGEST_S) if again else self.LEAST_S
                self._since_s = now_s
        elif self._share < 0.3 and now_s > self._since_s + self._lasts_s:
            board.control[Board.BUSY] = 0
            self._until_s = now_s


def be_modest(modest: bool) -> None:
    """For the follower, which starts samplers: they begin with the normal policy."""
    policy = "SCHED_BATCH" if modest else "SCHED_OTHER"
    if hasattr(os, policy):
        _schedule(policy, 0, linux.SCHED_RESET_ON_FORK)


def can_be_realtime() -> bool:
    """Whether SCHED_FIFO is permitted (root, CAP_SYS_NICE, or a limit of at least 1)."""
    if not hasattr(os, "SCHED_FIFO"):
        return False
    before, priority = os.sched_getscheduler(0), os.sched_getparam(0)
    if not _schedule("SCHED_FIFO", 1):
        return False
    os.sched_setscheduler(0, before, priority)  # SCHED_RR, with which we may have been started, has one
    return True


def become_realtime() -> bool:
    """For the rescue sampler."""
    return _schedule("SCHED_FIFO", 1)


def bind(cores: frozenset[int]) -> None:
    """To these cores only."""
    try:
        if cores:
            os.sched_setaffinity(0, cores)
    except (OSError, AttributeError):
        pass


def halves() -> list[frozenset[int]]:
    """The cores we may use, in two halves (one when there is one core)."""
    if not hasattr(os, "sched_getaffinity"):
        return [frozenset()]
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        return [frozenset(cores)]
    return [frozenset(cores[0::2]), frozenset(cores[1::2])]


def _schedule(policy: str, priority: int, flags: int = 0) -> bool:
    try:
        os.sched_setscheduler(0, getattr(os, policy) | flags, os.sched_param(priority))
    except (OSError, AttributeError):
        return False
    return True
