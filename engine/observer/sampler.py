"""Samples the GIL's words and what threads wait for, from outside.

Several samplers may run (see ``pace``); what the last sample of any of them showed is on the
board, so each writes only changes.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from engine.agent.layout import Gil as GilFlag
from engine.agent.layout import Kind, Os, Way
from engine.observer.board import WORDS, Board
from engine.observer.pace import Pace
from engine.observer.segment import Segment
from engine.observer.system_calls import SystemCalls
from engine.observer.targets import Gil, Process, Targets, Thread

US, MS = 1_000, 1_000_000

#: A pause in sampling is worth a record from here on, or from three periods.
GAP_NS = 300 * US
#: … and one in looking at threads.
ROUND_GAP_NS = 1 * MS
LOOKED_EVERY_NS = 20 * MS
#: Time on cores is read this often while a thread is runnable.
CPU_EVERY_NS = 4 * MS
#: A sample that took longer than this was interrupted: what it says is older than it seems.
PROMPT_NS = 60 * US
#: How often a thread is looked at again, by what it does (see ``_interval``).
HOT_NS = 50 * US
HOLDER_NS = 1 * MS
GIL_WAIT_NS = 2 * MS
MOST_WAITERS = 16
#: So long at most it is watched who takes a GIL that somebody waits for.
HANDOVER_NS = 60 * US
NEVER_NS = 1 << 62


class Sampler:
    """``number``: which one (also of its segment and of its cell on the board).

    ``name_holder`` (a line for the side file) and ``call_follower`` (an unknown thread state was
    seen holding the GIL) are called from within the loop.
    """

    def __init__(
        self,
        number: int,
        board: Board,
        targets: Targets,
        segment: Segment,
        calls: SystemCalls,
        pace: Pace,
        name_holder: Callable[[int, int, int], None],
        call_follower: Callable[[], None],
        parent: int,
        session: str,
    ) -> None:
        self._number = number
        self._board = board
        self._targets = targets
        self._segment = segment
        self._calls = calls
        self._pace = pace
        self._name_holder = name_holder
        self._call_follower = call_follower
        self._parent = parent
        self._session = session
        self._holders: dict[tuple[int, int], int] = {}
        self._unknown: dict[int, int] = {}
        self._last_change_ns = 0
        self._stretch = 1
        self._said_period_ns = 0

    def run(self) -> None:
        """Sample until the board says stop.  When the follower is gone, and perhaps the guard with it,
        end the program: nobody else may know of all its processes."""
        board, targets, clock, pace = self._board, self._targets, time.perf_counter_ns, self._pace
        control, busy_since, number = board.control, board.busy_since, self._number
        changes = -1
        checked_ns = 0
        while not control[Board.STOP]:
            now = clock()
            if now - checked_ns > 100 * MS:
                checked_ns = now
                if os.getppid() != self._parent:
                    targets.kill(self._session)
                    break
                self._read_intervals()
            if pace.rests():
                continue
            now = clock()
            if now - control[Board.ROUND_TIME] < pace.apart_ns:  # another sampler has just looked
                pace.sleep(now + pace.apart_ns)
                continue
            busy_since[number] = now
            if control[Board.CHANGES] != changes:
                changes = control[Board.CHANGES]
                targets.read()
                self._last_change_ns = now
            self._stretch = pace.stretch()
            round_gap = now - control[Board.ROUND_TIME]
            lost_rounds = round_gap if round_gap > max(ROUND_GAP_NS, 3 * pace.period_ns) else 0
            for process in list(targets.processes.values()):
                self.look_at(process, lost_rounds)
            control[Board.ROUND_TIME] = now
            self._say_looked()
            busy_since[number] = 0
            pace.sleep(now + self._choose_period(now))
        busy_since[number] = 0

    def _choose_period(self, now: int) -> int:
        """How long to sleep; says so in a record when that changes."""
        quiet = now - self._last_change_ns
        before = self._said_period_ns
        period = self._pace.choose(quiet, *self._held())
        if abs(period - before) > before // 4:
            self._said_period_ns = period
            self._segment.add(now, Kind.OBSERVING, period, flags=Way.PROC)
        return self._pace.toward(period, self._next_switch(now))

    def _next_switch(self, now: int) -> int:
        """In how many ns (negative: it is due) a thread will have waited for a GIL, while another had it,
        for the switch interval: then it asks for it.  When nobody has it, it is due at once.  Of several
        the nearest one."""
        since = self._board.gil_since
        nearest = NEVER_NS
        for process in self._targets.processes.values():
            asked_ns = process.asked_ns
            if asked_ns:
                for gil in process.gils:
                    switch_in_ns = since[gil.slot] - now
                    if gil.holder:
                        switch_in_ns = max(since[gil.slot], asked_ns) + gil.interval_ns - now
                    if abs(switch_in_ns) < abs(nearest):
                        nearest = switch_in_ns
        return nearest

    def _read_intervals(self) -> None:
        for process in self._targets.processes.values():
            if process.memory >= 0:
                for gil in process.gils:
                    gil.read_interval(process.memory)

    def _held(self) -> tuple[bool, bool, bool]:
        """Whether any GIL is held; whether anybody else could take it; whether threads share one."""
        held = contended = shared = False
        for process in self._targets.processes.values():
            several = len(process.threads) > 1
            for gil in process.gils:
                shared = shared or several
                if gil.holder:
                    held = True
                    contended = contended or several
        return held, contended, shared

    # --- one process --------------------------------------------------------------------------

    def look_at(self, process: Process, lost_rounds: int) -> None:
        """One round over a process; ``lost_rounds``: ns without one before it, 0 when it is no news."""
        old_holders: list[int] | None = None
        if process.memory >= 0:
            for gil in process.gils:
                if gil.sampled:
                    before = gil.holder
                    if self._sample(process, gil):
                        old_holders = [before] if old_holders is None else [*old_holders, before]
        now = time.perf_counter_ns()
        if lost_rounds:
            self._segment.add(now, Kind.OS_GAP, lost_rounds, process=process.serial)
        if old_holders is not None:
            self._last_change_ns = now
            self._look_after_change(process, old_holders)
        if now >= process.due:
            self._round(process, now)

    def _sample(self, process: Process, gil: Gil) -> bool:
        """Read the GIL's words; True when they have changed since the last sample of any sampler."""
        board, clock = self._board, time.perf_counter_ns
        slot = gil.slot
        now = clock()
        try:
            words = os.pread(process.memory, WORDS, gil.address)
        except OSError:
            words = b""
        if len(words) != WORDS:
            self._out_of_reach(process, gil)
            return False
        process.samples += 1
        before = board.gil_time[slot]
        shown = gil.shown
        if shown == words:
            if before and now - before >= max(GAP_NS, 3 * self._pace.period_ns):
                flags = GilFlag.UNCHANGED | (GilFlag.LOCKED if words[8] else 0) | gil.interpreter << 8
                self._segment.add(now, Kind.GIL_GAP, now - before, process=process.serial, flags=flags)
            gil.sampled_ns = now
            if now > before:
                board.gil_time[slot] = now
            if words != gil.words:  # the other sampler has seen the change
                gil.words = words
                gil.holder = int.from_bytes(words[:8], "little") if words[8] else 0
            return False
        after = clock()
        if after - now > PROMPT_NS:
            now = after
            words = os.pread(process.memory, WORDS, gil.address)
            before = board.gil_time[slot]
            if len(words) != WORDS or shown == words:
                return False
        if now <= before:
            return False  # the other sampler has looked since
        self._write_change(process, gil, words, now, now - before if before else 0)
        gil.sampled_ns = now
        shown[:] = words
        board.gil_time[slot] = now
        if not words[8] and self._somebody_waits(process):
            self._await_handover(process, gil, now)
        return True

    def _somebody_waits(self, process: Process) -> bool:
        states = self._board.thread_state
        return any(states[thread.slot] & 0xFF == Os.GIL_WAIT for thread in process.threads)

    def _await_handover(self, process: Process, gil: Gil, then: int) -> None:
        """It was let go of and somebody waits for it: see when it is taken."""
        board, clock = self._board, time.perf_counter_ns
        before = now = then
        while now - then < HANDOVER_NS:
            now = clock()
            words = os.pread(process.memory, WORDS, gil.address)
            if len(words) != WORDS or board.gil_time[gil.slot] > before:
                return
            if words != gil.words:
                self._write_change(process, gil, words, now, now - before)
                gil.shown[:] = words
                board.gil_time[gil.slot] = now
                if words[8]:
                    return
            before = board.gil_time[gil.slot] = now

    def _write_change(self, process: Process, gil: Gil, words: bytes, now: int, since_ns: int) -> None:
        holder = int.from_bytes(words[:8], "little")
        locked = int.from_bytes(words[8:12], "little", signed=True) > 0
        number = int.from_bytes(words[16:24], "little") & 0xFFFFFFFF
        flags = gil.interpreter << 8
        held_before = GilFlag.LOCKED if gil.shown[8] else 0
        if since_ns >= max(GAP_NS, 3 * self._pace.period_ns):
            self._segment.add(now, Kind.GIL_GAP, since_ns, process=process.serial, flags=flags | held_before)
        if locked:
            flags |= GilFlag.LOCKED
        if os.pread(process.memory, WORDS, gil.address) == words:
            flags |= GilFlag.CERTAIN
        known = 0
        if holder:
            key = (process.serial, holder)
            known = self._holders.get(key, 0)
            if not known:
                known = self._holders[key] = (self._number << 24) + len(self._holders) + 1
                self._name_holder(known, process.serial, holder)
            if holder not in process.by_tstate and now - self._unknown.get(holder, 0) > 5 * MS:
                if len(self._unknown) > 1000:
                    self._unknown.clear()
                self._unknown[holder] = now
                self._call_follower()
        same_thread = gil.shown[:8] == words[:8]
        if not (locked and held_before and same_thread):
            self._board.gil_since[gil.slot] = now
        if (number - int.from_bytes(gil.shown[16:24], "little")) & 0xFFFFFFFF > 1:
            self._board.gil_unseen[gil.slot] = now
        if not same_thread and holder in process.by_tstate:
            self._board.thread_held[process.by_tstate[holder].slot] = now
        gil.words = words
        gil.holder = holder if locked else 0
        value = number << 32 | min(since_ns, 0xFFFFFFFF)
        if value >> 63:
            value -= 1 << 64
        self._segment.add(now, Kind.GIL, value, obj=known, process=process.serial, flags=flags)

    def _out_of_reach(self, process: Process, gil: Gil) -> None:
        """The memory is gone: the process ended, became another program, or the interpreter ended."""
        if process.gils and gil in process.gils and (gil.interpreter == 0 or not process.open_memory()):
            process.gils = []
        elif gil in process.gils:
            process.gils = [other for other in process.gils if other is not gil]
        self._call_follower()

    # --- threads ------------------------------------------------------------------------------

    def _look_after_change(self, process: Process, old_holders: list[int]) -> None:
        """Those whom a change of the GIL concerns: who had it, who has it, who waits for it."""
        by_tstate = process.by_tstate
        looked: set[int] = set()
        lost: list[Thread] = []
        for gil, old in zip(process.gils, old_holders, strict=False):
            for tstate in (old, gil.holder):
                thread = by_tstate.get(tstate)
                if thread is not None and thread.slot not in looked:
                    looked.add(thread.slot)
                    self._look(process, thread)
                    if tstate != gil.holder:
                        lost.append(thread)
        if self._stretch == 1:
            states = self._board.thread_state
            waiting = [
                thread
                for thread in process.threads
                if states[thread.slot] & 0xFF == Os.GIL_WAIT and thread.slot not in looked
            ]
            for thread in waiting[:MOST_WAITERS]:
                self._look(process, thread)
        for thread in lost:  # on its way into a wait, most likely
            if self._board.thread_state[thread.slot] & 0xFF == Os.RUNNING:
                self._look(process, thread)
        process.due = 0

    def _round(self, process: Process, now: int) -> None:
        """Look at the threads whose turn it is."""
        process.rounds += 1
        board = self._board
        holders = {gil.holder for gil in process.gils}
        due = now + 2 * MS
        longest = max(1 * MS, 25 * US * len(process.threads)) * self._stretch
        hot = HOT_NS * self._stretch
        asked_ns = NEVER_NS
        for thread in list(process.threads):
            slot = thread.slot
            state = board.thread_state[slot] & 0xFF
            then = board.thread_time[slot]
            if state == Os.RUNNING:
                interval = HOLDER_NS if thread.tstate in holders and thread.tstate else hot
            elif state == Os.GIL_WAIT:
                interval = GIL_WAIT_NS
            elif state == Os.GONE:
                interval = NEVER_NS
            elif state == 0:
                interval = 0
            else:
                # the longer it has been like this, the less it matters when exactly it ends
                interval = min(max((now - board.thread_since[slot]) >> 4, hot), longest)
            if now - then >= interval:
                self._look(process, thread)
                state = board.thread_state[slot] & 0xFF
                next_ns = now + (HOLDER_NS if state == Os.GIL_WAIT else hot)
            else:
                next_ns = then + interval
            if state == Os.GIL_WAIT and board.thread_since[slot] < asked_ns:
                asked_ns = board.thread_since[slot]
            if next_ns < due:
                due = next_ns
        process.asked_ns = asked_ns if asked_ns != NEVER_NS else 0
        process.due = due

    def _look(self, process: Process, thread: Thread) -> None:
        """Read what the thread waits for; a record when that has changed."""
        board = self._board
        slot = thread.slot
        now = time.perf_counter_ns()
        if thread.call < 0:
            board.thread_time[slot] = now
            return
        try:
            text = os.pread(thread.call, 192, 0)
        except ProcessLookupError:
            text = b""
        except OSError:  # no longer permitted
            board.thread_time[slot] = now
            return
        if not text:
            code = int(Os.GONE)
        elif text == thread.text:
            code = thread.code
        else:
            state, number, argument = self._calls.parse(text)
            if state == Os.FUTEX:
                for gil in process.gils:
                    if gil.low <= argument < gil.high:
                        state = Os.GIL_WAIT
                        break
            code = thread.code = state | (number + 1) << 8
            thread.text = text
        before = board.thread_state[slot]
        then = board.thread_time[slot]
        if now <= then:
            return  # the other sampler has looked since
        board.thread_time[slot] = now
        changed = code != before or (code & 0xFF == Os.GIL_WAIT and self._waits_anew(process, slot))
        if changed:
            self._last_change_ns = now
            since = now - then if then else 0
            self._segment.add(
                now, Kind.OS_STATE, since, thread.tid, min(code >> 8, 0xFFFFFFFF), process.serial, code & 0xFF
            )
            board.thread_state[slot] = code
            board.thread_since[slot] = now
        if code & 0xFF == Os.RUNNING or changed:
            every = CPU_EVERY_NS if code == before else CPU_EVERY_NS // 4
            if now - board.cpu_time[slot] >= every and thread.cpu >= 0:
                self._read_cpu(process, thread, now)
        if code & 0xFF == Os.GONE and changed:
            self._call_follower()

    def _waits_anew(self, process: Process, slot: int) -> bool:
        """Whether a thread that waited for the GIL when it was looked at last, and does now, had it in
        between for all we know: it was seen with it, or somebody had it whom no sample showed."""
        board = self._board
        since = board.thread_since[slot]
        return board.thread_held[slot] > since or any(
            board.gil_unseen[gil.slot] > since for gil in process.gils if gil.sampled
        )

    def _read_cpu(self, process: Process, thread: Thread, now: int) -> None:
        """Time on a core and time waiting for one since the last record of it."""
        board, slot = self._board, thread.slot
        try:
            words = os.pread(thread.cpu, 96, 0).split()
        except OSError:
            return
        if len(words) < 2:
            return
        run, wait = int(words[0]), int(words[1])
        if board.cpu_time[slot]:
            ran, waited = run - board.cpu_run[slot], wait - board.cpu_wait[slot]
            if ran >= 0 and waited >= 0 and (ran or waited):
                self._segment.add(
                    now, Kind.CPU, waited, thread.tid, min(ran // 1000, 0xFFFFFFFF), process.serial
                )
        board.cpu_run[slot], board.cpu_wait[slot], board.cpu_time[slot] = run, wait, now

    def _say_looked(self) -> None:
        """From time to time: what was stamped before now has been written, by the others too."""
        now = time.perf_counter_ns()
        stamp = 0
        for process in self._targets.processes.values():
            if now - process.looked_ns >= LOOKED_EVERY_NS:
                if not stamp:
                    stamp = now
                    for other, since in enumerate(self._board.busy_since):
                        if other != self._number and since:
                            stamp = min(stamp, since)
                self._segment.add(
                    stamp,
                    Kind.LOOKED,
                    process.samples,
                    obj=process.rounds,
                    process=process.serial,
                    flags=_age_of_samples(process, stamp),
                )
                process.samples = process.rounds = 0
                process.looked_ns = now


def _age_of_samples(process: Process, then: int) -> int:
    """In µs: so long before ``then`` we sampled the last of its GILs; ``Gil.NO_AGE`` when later, or never."""
    times = [gil.sampled_ns for gil in process.gils if gil.sampled]
    if not times or not 0 < min(times) <= max(times) <= then:
        return GilFlag.NO_AGE
    return min(-((min(times) - then) // US), GilFlag.NO_AGE)
