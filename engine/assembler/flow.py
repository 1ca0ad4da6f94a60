"""The stream of records, window after window: runs the stages and keeps what they carry.

A window is a stretch of time of which all records are known.  Every stage settles as much of it
as can be: the rest stays in its book.  ``Flow.copy`` gives a flow that can run ahead, to draw what
is not settled yet, and be thrown away.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engine.agent.layout import Kind, Wait
from engine.assembler import agent_layer, combination, groups, holding, locks, outside, tasks
from engine.assembler.agent_layer import OPEN, WAIT_DTYPE, Waits
from engine.assembler.combination import STRETCH_DTYPE, Closed, LayerValues, Stretches
from engine.assembler.evidence import Samples
from engine.assembler.population import Population
from engine.assembler.rows import NO_ROWS, ROW_DTYPE, Doing, Layer, Rows, Window, make_rows
from engine.assembler.tasks import Following
from engine.model import State

Ints = NDArray[np.int64]

_TASK_KINDS = np.zeros(1 << 16, np.bool_)
_TASK_KINDS[
    [Kind.TASK_CREATED, Kind.TASK_READY, Kind.TASK_STEP_BEGIN, Kind.TASK_STEP_END, Kind.TASK_AWAITS]
] = True


@dataclass(slots=True)
class Work:
    """One window, with everything that happened in it.

    ``awaited``: object id of what a TASK_AWAITS names, by record.  ``starting``: (thread, time);
    ``begun``: (thread, time) of first records; ``over``: (process, time) of processes that are gone,
    or at the end of the recording.  ``closing``: (time, lock) where tracks end.  ``everything``: nothing is
    held back.
    """

    window: Window
    of_tasks: NDArray[np.bool_]
    awaited: NDArray[np.int32]
    until: int
    everything: bool = False
    starting: list[tuple[int, int]] = field(default_factory=list)
    begun: list[tuple[int, int]] = field(default_factory=list)
    over: list[tuple[int, int]] = field(default_factory=list)
    closing: list[tuple[int, int]] = field(default_factory=list)
    samples: dict[int, Samples] = field(default_factory=dict)
    limits: dict[int, int] = field(default_factory=dict)
    silent: dict[int, int] = field(default_factory=dict)
    without_gil: set[int] = field(default_factory=set)
    looks: NDArray[np.void] = field(default_factory=lambda: np.empty(0, outside.LOOK_DTYPE))
    looked: list[tuple[int, int]] = field(default_factory=list)


@dataclass(slots=True)
class Flowed:
    """What one window settled: spans of each kind of track with the index of whose they are, the waits
    that were open or began in it, changes of lock owners, what tasks did, whose each record is (track),
    and the GILs' switches."""

    threads: Closed
    gils: Closed
    tasks: Closed
    lock_spans: NDArray[np.void]
    lock_of_span: NDArray[np.int32]
    lock_steps: NDArray[np.void]
    waits: Waits
    following: Following
    who: NDArray[np.int32]
    switches: dict[int, int]
    missed: dict[int, int]


class Flow:
    """All that is carried from window to window."""

    def __init__(self, population: Population) -> None:
        self.population = population
        self.waits: Waits = np.empty(0, WAIT_DTYPE)
        self.holding = holding.HoldingBook()
        self.outside = outside.OutsideBook()
        self.locks = locks.LockBook()
        self.tasks = tasks.TaskBook()
        self.rows: Rows = NO_ROWS
        self.values = LayerValues(
            agent=np.zeros(0, ROW_DTYPE),
            hold=np.zeros(0, np.uint8),
            held=np.zeros(0, np.int64),
            held_since=np.zeros(0, np.int64),
            may_held=np.zeros(0, np.int64),
            asked=np.zeros(0, np.int64),
            system=np.zeros(0, np.uint8),
            seen=np.zeros(0, np.int64),
            lock=np.zeros(0, np.uint8),
            owner=np.zeros(0, np.int32),
            core=np.zeros(0, np.uint8),
        )
        self.open: Stretches = np.zeros(0, STRETCH_DTYPE)  # by thread
        self.task_open: Stretches = np.zeros(0, STRETCH_DTYPE)
        self.horizon: Ints = np.zeros(0, np.int64)  # by thread
        self.ended: NDArray[np.bool_] = np.zeros(0, np.bool_)  # by thread
        self.ended_ns: Ints = np.zeros(0, np.int64)  # by thread; OPEN while it lives
        self.over: NDArray[np.bool_] = np.zeros(0, np.bool_)  # by process

    def copy(self) -> Flow:
        """A flow that goes its own way from here."""
        twin = Flow(self.population)
        twin.waits = self.waits
        twin.holding, twin.outside = self.holding.copy(), self.outside.copy()
        twin.locks, twin.tasks = self.locks.copy(), self.tasks.copy()
        twin.rows = self.rows
        twin.values = self.values.copy()
        twin.open, twin.task_open = self.open.copy(), self.task_open.copy()
        twin.horizon, twin.over = self.horizon.copy(), self.over.copy()
        twin.ended, twin.ended_ns = self.ended.copy(), self.ended_ns.copy()
        return twin

    # --- one window --------------------------------------------------------------------------

    def advance(self, work: Work) -> Flowed:
        """Run all stages over one window."""
        self._grow()
        window, population = work.window, self.population
        agent = agent_layer.build(window, self.waits, work.of_tasks, self.ended)
        waits = agent.waits
        agent_rows = np.concatenate([self._begins(work), agent.rows, self._ends(work, waits)])
        self.waits = waits[waits["end"] == OPEN]
        ends = np.flatnonzero(window.kind == Kind.THREAD_END)
        threads = window.thread[ends]
        self.ended[threads] = True
        self.ended_ns[threads] = np.minimum(self.ended_ns[threads], window.time[ends])

        task = population.index_of(population.task_of_object, window.object)
        stepping = tasks.steps_in(self.tasks, window, task)
        self._end_steps(work)
        following = tasks.follow(self.tasks, self._task_events(work, task, stepping), work.until)

        of_a_task = work.of_tasks & (stepping.current >= 0)
        who = population.thread_track[window.thread] if len(window) else np.empty(0, np.int32)
        who[of_a_task] = population.task_track[stepping.current[of_a_task]]
        settled_locks = self._locks(work, agent, who, following)

        told = holding.advance(
            self.holding,
            window,
            population.thread_interpreter,
            population.thread_track,
            work.of_tasks,
            agent_rows,
            self._outlook(work),
        )
        hold_settled = self._hold_settled(work)
        system_rows, outside_limits = outside.advance(
            self.outside, work.looks, work.looked, told.rows, hold_settled, population.thread_process
        )
        self.rows = np.concatenate([self.rows, agent_rows, told.rows, system_rows, settled_locks.views])
        before = self.horizon.copy()
        self._move_horizon(work, outside_limits, settled_locks)
        closed = self._threads()
        task_closed = self._merge_tasks(before, closed)
        return Flowed(
            threads=closed,
            gils=told.closed,
            tasks=task_closed,
            lock_spans=settled_locks.spans,
            lock_of_span=settled_locks.span_lock,
            lock_steps=settled_locks.steps,
            waits=waits,
            following=following,
            who=who,
            switches=told.switches,
            missed=told.missed,
        )

    def _grow(self) -> None:
        """Make room for what the population has by now."""
        threads = len(self.population.threads)
        have = len(self.open)
        if threads > have:
            more = max(threads - have, have, 16)
            self.values.grow(more)
            self.open = np.concatenate([self.open, _nothing_open(have, more)])
            self.horizon = np.concatenate([self.horizon, np.zeros(more, np.int64)])
            self.ended = np.concatenate([self.ended, np.zeros(more, np.bool_)])
            self.ended_ns = np.concatenate([self.ended_ns, np.full(more, OPEN, np.int64)])
            self.holding.said = np.concatenate([self.holding.said, np.zeros(more, np.uint8)])
        self.outside.grow(len(self.open))
        have = len(self.task_open)
        more = len(self.population.task_objects) - have
        if more > 0:
            self.task_open = np.concatenate([self.task_open, _nothing_open(have, max(more, have))])
        more = len(self.population.processes) - len(self.over)
        if more > 0:
            self.over = np.concatenate([self.over, np.zeros(more, np.bool_)])

    # --- what threads say --------------------------------------------------------------------

    def _begins(self, work: Work) -> Rows:
        starting = np.array(work.starting, np.int64).reshape(-1, 2)
        begun = np.array(work.begun, np.int64).reshape(-1, 2)
        return np.concatenate(
            [
                make_rows(Layer.AGENT, starting[:, 0].astype(np.int32), starting[:, 1], Doing.STARTING),
                make_rows(Layer.AGENT, begun[:, 0].astype(np.int32), begun[:, 1], Doing.PYTHON),
            ]
        )

    def _ends(self, work: Work, waits: Waits) -> Rows:
        """Processes that are gone take their threads, and what these waited for, with them."""
        parts = [NO_ROWS]
        for process, time in work.over:
            self.over[process] = True
            threads = np.array(self.population.processes[process].threads, np.int32)
            alive = threads[~self.ended[threads]]
            self.ended[threads] = True
            self.ended_ns[threads] = np.minimum(self.ended_ns[threads], time)
            parts.append(make_rows(Layer.AGENT, alive, np.full(len(alive), time), Doing.NOTHING))
            cut = (waits["end"] == OPEN) & np.isin(waits["thread"], threads)
            waits["end"][cut] = np.maximum(time, waits["begin"][cut])
            waits["result"][cut] = agent_layer.CUT
            gone = np.flatnonzero(np.isin(self.tasks.states["thread"], threads) & ~self.tasks.states["over"])
            events = np.zeros(len(gone), tasks.EVENT_DTYPE)
            events["task"], events["time"], events["kind"] = gone, time, tasks.GONE
            events["object"] = events["location"] = -1
            self.tasks.due = np.concatenate([self.tasks.due, events])
        return np.concatenate(parts)

    def _end_steps(self, work: Work) -> None:
        """Steps of tasks end with their process."""
        book = self.tasks
        for process, time in work.over:
            threads = np.array(self.population.processes[process].threads, np.int32)
            book.open_steps = book.open_steps[~np.isin(book.open_steps["thread"], threads)]
            going = (book.steps["end"] == tasks.OPEN) & np.isin(book.steps["thread"], threads)
            book.steps["end"][going] = np.maximum(time, book.steps["begin"][going])

    def _task_events(self, work: Work, task: NDArray[np.int32], stepping: tasks.Stepping) -> NDArray[np.void]:
        window = work.window
        at = np.flatnonzero(_TASK_KINDS[window.kind] & (task >= 0))
        events = np.zeros(len(at), tasks.EVENT_DTYPE)
        events["time"], events["kind"], events["flags"] = window.time[at], window.kind[at], window.flags[at]
        events["task"], events["location"], events["value"] = task[at], window.location[at], window.value[at]
        events["object"] = work.awaited[at]
        events = np.concatenate([events, stepping.events])
        return events[np.argsort(events["time"], kind="stable")]

    # --- locks -------------------------------------------------------------------------------

    def _locks(
        self,
        work: Work,
        agent: agent_layer.AgentLayer,
        who: NDArray[np.int32],
        following: tasks.Following,
    ) -> locks.Settled:
        window, population, book = work.window, self.population, self.locks
        wait_begin = np.full(len(window), -1, np.int64)
        wait_begin[agent.acquired_at] = agent.wait_begin
        at = np.flatnonzero((window.kind == Kind.ACQUIRED) | (window.kind == Kind.RELEASED))
        lock = population.index_of(population.lock_of_object, window.object[at])
        at, lock = at[lock >= 0], lock[lock >= 0]
        order = np.argsort(window.time[at], kind="stable")
        at, lock = at[order], lock[order]
        events = np.zeros(len(at), locks.EVENT_DTYPE)
        events["time"], events["kind"], events["flags"] = window.time[at], window.kind[at], window.flags[at]
        events["value"], events["location"] = window.value[at], window.location[at]
        events["lock"], events["who"], events["wait_begin"] = lock, who[at], wait_begin[at]

        waits = agent.waits
        new = np.arange(len(waits)) >= agent.carried
        lock = population.index_of(population.lock_of_object, waits["object"])
        use = ((waits["reason"] == Wait.LOCK) | (waits["reason"] == Wait.SEMAPHORE)) & (lock >= 0)
        waits, lock, new = waits[use], lock[use], new[use]
        queue = self._queue(waits, lock, new, following)
        claims = locks.new_claims(waits, lock, population.thread_track)
        book.claims = np.concatenate([_with_ends(book.claims, claims[~new]), claims[new]])
        closing = np.array(work.closing, locks.CLOSING_DTYPE) if work.closing else _NO_CLOSING
        return locks.settle(book, events, queue, closing, work.until, final=work.everything)

    def _queue(
        self, waits: Waits, lock: NDArray[np.int32], new: NDArray[np.bool_], following: tasks.Following
    ) -> NDArray[np.void]:
        """Who joins and leaves the queue of each lock in this window; ``new``: waits that began in it."""
        ended = waits["end"] != OPEN
        of_tasks = self.population.index_of(self.population.lock_of_object, following.queue_object)
        use = of_tasks >= 0
        parts = ((lock[new], waits["begin"][new], 1), (lock[ended], waits["end"][ended], -1))
        queue = np.zeros(sum(len(part[0]) for part in parts) + int(use.sum()), locks.QUEUE_DTYPE)
        position = 0
        for locks_, times, by in parts:
            rows = queue[position : position + len(locks_)]
            rows["lock"], rows["time"], rows["by"] = locks_, times, by
            position += len(locks_)
        rows = queue[position:]
        rows["lock"], rows["time"] = of_tasks[use], following.queue_time[use]
        rows["by"] = following.queue_by[use]
        return queue

    # --- the GIL and the system --------------------------------------------------------------

    def _outlook(self, work: Work) -> holding.Outlook:
        population = self.population
        threads: dict[int, NDArray[np.int32]] = {}
        for interpreter in population.interpreters:
            process = population.processes[interpreter.process]
            if self.over[process.index] and interpreter.index in self.holding.finished:
                continue
            # one that has ended counts for what is settled only now of the time before
            since = self.holding.settled.get(interpreter.index, 0)
            mine = [
                t for t in process.threads
                if population.threads[t].interpreter == interpreter.index and self.ended_ns[t] >= since
            ]  # fmt: skip
            threads[interpreter.index] = np.array(mine, np.int32)
        over = {
            interp: time
            for process, time in work.over
            for interp in population.processes[process].interpreters.values()
        }
        for interp in over:
            mine = [t.index for t in population.threads if t.interpreter == interp]
            threads[interp] = np.array(mine, np.int32)
        begun = [(thread, int(population.thread_interpreter[thread]), time) for thread, time in work.begun]
        return holding.Outlook(
            until=work.until,
            silent=work.silent,
            final=work.everything,
            samples=work.samples,
            limits=work.limits,
            without_gil=work.without_gil,
            over=over,
            threads=threads,
            born=begun,
            crowd=outside.seen_states(self.outside, work.looks, self.ended_ns),
        )

    def _hold_settled(self, work: Work) -> Ints:
        """Up to when layer HOLD is settled, by process."""
        settled = np.full(len(self.population.processes), work.until, np.int64)
        if work.everything:
            return settled
        for interpreter in self.population.interpreters:
            if not self.over[interpreter.process]:
                until = self.holding.settled.get(interpreter.index, work.until)
                settled[interpreter.process] = min(settled[interpreter.process], until)
        return settled

    def _move_horizon(self, work: Work, outside_limits: Ints, settled: locks.Settled) -> None:
        population = self.population
        n = len(population.threads)
        horizon = np.full(len(self.horizon), work.until, np.int64)
        if not work.everything and n:
            process = population.thread_process[:n]
            limits = np.where(self.over, work.until, outside_limits)
            horizon[:n] = np.minimum(horizon[:n], limits[process])
            interp = population.thread_interpreter[:n]
            hold = np.array(
                [self.holding.settled.get(i, work.until) for i in range(len(population.interpreters))] or [0]
            )
            begun = (interp >= 0) & ~self.over[process]
            horizon[:n][begun] = np.minimum(horizon[:n][begun], hold[interp[begun]])
            np.minimum.at(horizon, settled.limit_thread, settled.limit_time)
        self.horizon = np.maximum(self.horizon, horizon)

    # --- spans -------------------------------------------------------------------------------

    def _threads(self) -> Closed:
        rows = self.rows
        ready = rows["time"] < self.horizon[rows["thread"]]
        self.rows = rows[~ready]
        rows = rows[ready]
        key = np.lexsort((rows["layer"], rows["time"], rows["thread"]))
        stretches = combination.combine(rows[key], self.values)
        threads = np.unique(stretches["thread"])
        closed = combination.spans_of(stretches, self.open[threads])
        self.open[closed.open["thread"]] = closed.open
        return closed

    def _merge_tasks(self, before: Ints, threads: Closed) -> Closed:
        book = self.tasks
        if not len(book.states):
            return Closed(threads.spans[:0], threads.thread[:0], threads.kept[:0], threads.open[:0])
        quiet = np.setdiff1d(np.unique(book.states["thread"]), threads.open["thread"])
        stretches = np.concatenate([threads.kept, self.open[quiet]])
        stretches = stretches[groups.order_by_group(stretches["thread"])]
        rows = tasks.merge(book, self.horizon, before, stretches)
        touched = np.unique(rows["thread"])
        closed = combination.spans_of(rows, self.task_open[touched])
        self.task_open[closed.open["thread"]] = closed.open
        return closed


_NO_CLOSING = np.empty(0, locks.CLOSING_DTYPE)


def _nothing_open(first: int, count: int) -> Stretches:
    open_ = np.zeros(count, STRETCH_DTYPE)
    open_["thread"] = np.arange(first, first + count)
    open_["state"] = State.NONE
    open_["object"] = open_["owner"] = open_["location"] = -1
    return open_


def _with_ends(old: NDArray[np.void], again: NDArray[np.void]) -> NDArray[np.void]:
    """Claims with the ends that they have by now (``again``: those of waits that were open)."""
    if not len(old) or not len(again):
        return old
    ends = dict(
        zip(
            zip(again["thread"].tolist(), again["begin"].tolist(), strict=True),
            again["end"].tolist(),
            strict=True,
        )
    )
    keys = zip(old["thread"].tolist(), old["begin"].tolist(), strict=True)
    old["end"] = [ends.get(key, end) for key, end in zip(keys, old["end"].tolist(), strict=True)]
    return old
