"""Who holds each GIL, window after window: feeds evidence to ``gil_layer`` and keeps what is not settled.

Interpreters whose GIL nobody samples get the little that follows from their threads' records
alone: when all but one of them wait, that one runs.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engine.agent.layout import Os
from engine.assembler import evidence as evidence_of
from engine.assembler import gil_layer, groups
from engine.assembler.combination import STRETCH_DTYPE, Closed, Stretches, spans_of
from engine.assembler.evidence import Samples, Watching
from engine.assembler.gil_layer import (
    EVIDENCE_DTYPE,
    FREE,
    HOLDER_DTYPE,
    NOT_SET,
    UNKNOWN,
    Evidence,
    Holders,
    Source,
)
from engine.assembler.rows import Doing, Hold, Layer, Rows, Window, make_rows
from engine.model import State

Ints = NDArray[np.int64]


@dataclass(slots=True)
class Census:
    """Threads in Python code, of an interpreter nobody samples: how many, and the sum of their indices."""

    count: int = 0
    total: int = 0


@dataclass(slots=True)
class HoldingBook:
    """Everything carried from window to window, by index of the interpreter."""

    watching: dict[int, Watching] = field(default_factory=dict)
    pending: dict[int, Evidence] = field(default_factory=dict)  # first the carried row
    now: dict[int, tuple[int, int]] = field(default_factory=dict)  # holder: first, second
    settled: dict[int, int] = field(default_factory=dict)  # up to when
    open: dict[int, Stretches] = field(default_factory=dict)  # of the GIL track
    census: dict[int, Census] = field(default_factory=dict)
    said: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(0, np.uint8))  # Doing, by thread
    unborn: list[tuple[int, int, int]] = field(default_factory=list)  # (thread, interp, begun)
    finished: set[int] = field(default_factory=set)

    def copy(self) -> HoldingBook:
        return HoldingBook(
            dict(self.watching),
            dict(self.pending),
            dict(self.now),
            dict(self.settled),
            dict(self.open),
            {interp: Census(c.count, c.total) for interp, c in self.census.items()},
            self.said.copy(),
            list(self.unborn),
            set(self.finished),
        )


@dataclass(slots=True)
class Told:
    """What is new about the GILs.  ``rows``: layer HOLD.  ``closed``: of the GIL tracks, by interpreter."""

    rows: Rows
    closed: Closed
    switches: dict[int, int]
    missed: dict[int, int]


@dataclass(slots=True)
class Outlook:
    """What the stages before know of the interpreters.

    ``samples``: new ones, by interpreter.  ``silent``: until when there are certainly no more than
    those, where that is later than ``until``.  ``limits``: the moment from which what was already
    sampled is not complete yet.  ``without_gil``: interpreters that run without one.  ``over``: when
    an interpreter's process was gone.  ``threads``: of each interpreter.  ``crowd``: states of
    threads as the system tells them, for ``_crowded``."""

    until: int
    silent: dict[int, int]
    final: bool
    samples: dict[int, Samples]
    limits: dict[int, int]
    without_gil: set[int]
    over: dict[int, int]
    threads: dict[int, NDArray[np.int32]]
    born: list[tuple[int, int, int]]  # (thread, interp, begun)
    crowd: Rows  # layer SYSTEM rows as seen, in the order of (thread, time)


def advance(
    book: HoldingBook,
    window: Window,
    thread_interp: NDArray[np.int32],
    thread_track: NDArray[np.int32],
    of_tasks: NDArray[np.bool_],
    agent_rows: Rows,
    outlook: Outlook,
) -> Told:
    """Bring the book up to ``outlook.until``; ``book.settled`` tells how far it really is."""
    interp_of = thread_interp[window.thread] if len(window) else np.empty(0, np.int32)
    order = groups.order_by(interp_of, window.time)
    sorted_interps = interp_of[order]
    ready: list[Evidence] = []
    unseen_from: dict[int, int] = {}  # interpreters without samples: until when
    interps = set(outlook.threads) | set(outlook.samples) | set(book.pending)
    for interp in sorted(interps - outlook.without_gil - book.finished):
        begin, end = np.searchsorted(sorted_interps, [interp, interp + 1])
        mine = _evidence(book, interp, window, order[begin:end], of_tasks, outlook, unseen_from)
        if mine is not None:
            ready.append(mine)
    evidence = np.concatenate(ready) if ready else np.empty(0, EVIDENCE_DTYPE)
    settled = gil_layer.settle(evidence, _crowded(evidence, thread_interp, outlook))
    for row in settled.carried:
        interp = int(row["interp"])
        book.settled[interp] = int(row["time"])
        book.pending[interp] = np.concatenate([row.reshape(1), book.pending[interp]])
    book.finished.update(outlook.over)
    steps = [settled.holders, _census(book, agent_rows, thread_interp, unseen_from)]
    holders = np.concatenate(steps)
    holders = holders[groups.order_by(holders["interp"], holders["time"])]
    for interp, until in unseen_from.items():
        book.settled[interp] = max(book.settled.get(interp, 0), until)
    for interp in outlook.without_gil | book.finished:
        book.settled[interp] = outlook.until
    rows = gil_layer.hold_rows(holders, book.now, outlook.threads)
    rows = np.concatenate([rows, _births(book, holders, outlook)])
    closed = _track(book, settled.holders, thread_track, outlook.over)
    ends = np.flatnonzero(groups.last_of_group(holders["interp"]))
    for step in holders[ends]:
        book.now[int(step["interp"])] = (int(step["first"]), int(step["second"]))
    return Told(rows, closed, settled.switches, settled.missed)


def _evidence(
    book: HoldingBook,
    interp: int,
    window: Window,
    rows: Ints,
    of_tasks: NDArray[np.bool_],
    outlook: Outlook,
    unseen_from: dict[int, int],
) -> Evidence | None:
    """The evidence about one interpreter that can be settled now; the rest becomes pending.

    ``rows``: the records of its threads, in the order of time."""
    watching = book.watching.get(interp, Watching())
    samples = outlook.samples.get(interp)
    was_sampled = watching.time >= 0
    if samples is None:
        samples = _no_samples()
    silent = outlook.silent.get(interp, outlook.until)
    sampled, watching = evidence_of.from_samples(samples, watching, silent)
    book.watching[interp] = watching
    if watching.time < 0:
        unseen_from[interp] = outlook.until
        return None
    sampled["interp"] = interp
    pending = book.pending.get(interp, np.empty(0, EVIDENCE_DTYPE))
    begin = 0
    if not was_sampled:
        begin = int(sampled["time"][0])
        unseen_from[interp] = begin
    if len(pending):
        looking, run = bool(pending["looking"][0]), int(pending["run"][0])
        # what is pending behind the carried row may have changed that
        later = np.flatnonzero(pending["source"][1:] != Source.AGENT)
        if len(later):
            last = pending[1 + later[-1]]
            looking = last["source"] not in (Source.LAST, Source.AWAY)
            run = int(last["who"])
    else:
        looking, run = False, NOT_SET
    # A change the sampler saw may have happened before records that are pending: they are older
    # than it, so what was said of them when they came still holds.
    rows = rows[window.time[rows] >= begin]
    mine = evidence_of.from_records(
        window.time[rows],
        window.kind[rows],
        window.flags[rows],
        window.thread[rows],
        of_tasks[rows],
        sampled,
        looking,
        run,
    )
    mine["interp"] = interp
    everything = evidence_of.join([pending, sampled, mine])
    limit = min(outlook.until, outlook.limits.get(interp, outlook.until))
    over = outlook.over.get(interp)
    if over is not None or outlook.final:
        everything = _closed(everything, over if over is not None else outlook.until, gone=over is not None)
        limit = outlook.until + 1
    ready = everything["time"] < limit
    book.pending[interp] = everything[~ready]
    if not ready.any():
        return None
    return everything[ready]


def _closed(evidence: Evidence, end: int, *, gone: bool) -> Evidence:
    """Evidence for the end of an interpreter (nobody has its GIL) or of the recording (as it was)."""
    evidence = evidence[evidence["time"] <= end]
    if not len(evidence):
        return evidence
    row = evidence[-1:].copy()
    row["time"], row["drops"], row["took"], row["switches"] = end, False, False, -1
    row["source"], row["last"], row["run"] = Source.AGENT, NOT_SET, NOT_SET
    if gone:
        row["who"], row["source"], row["took"] = FREE, Source.SAMPLE, True
    return np.concatenate([evidence, row])


def _no_samples() -> Samples:
    none = np.empty(0, np.int64)
    short = np.empty(0, np.uint16)
    return Samples(none, short, short, none, np.empty(0, np.int32))


def _crowded(evidence: Evidence, thread_interp: NDArray[np.int32], outlook: Outlook) -> NDArray[np.bool_]:
    """For long stretches without a sample: whether another thread waits for the GIL all the while."""
    crowd = np.zeros(len(evidence), np.bool_)
    if len(evidence) < 2 or not len(outlook.crowd):
        return crowd
    long = np.flatnonzero(
        (np.diff(evidence["time"]) > gil_layer.SHORT_NS)
        & (evidence["who"][1:] == evidence["who"][:-1])
        & (evidence["interp"][1:] == evidence["interp"][:-1])
        & (evidence["who"][:-1] >= 0)
    )
    waiters = np.unique(outlook.crowd["thread"][outlook.crowd["code"] == Os.GIL_WAIT])
    for interp in np.unique(evidence["interp"][long]).tolist():
        mine = long[evidence["interp"][long] == interp]
        for thread in waiters[thread_interp[waiters] == interp].tolist():
            others = mine[evidence["who"][mine] != thread]
            group = np.full(len(others), thread, np.int32)
            seen = groups.find_in(
                outlook.crowd["thread"], outlook.crowd["time"], group, evidence["time"][others]
            )
            waits = (seen >= 0) & (outlook.crowd["code"][np.maximum(seen, 0)] == Os.GIL_WAIT)
            crowd[others[waits]] = True
    return crowd


def _census(
    book: HoldingBook, rows: Rows, thread_interp: NDArray[np.int32], unseen_from: dict[int, int]
) -> Holders:
    """Holder steps of interpreters that nobody samples; brings ``book.said`` up to date for all."""
    if not len(rows):
        return np.empty(0, HOLDER_DTYPE)
    rows = rows[groups.order_by(rows["thread"], rows["time"])]
    thread = rows["thread"]
    first = groups.first_of_group(thread)
    code = rows["code"]
    old = np.empty_like(code)
    old[1:] = code[:-1]
    old[first] = book.said[thread[first]]
    last = groups.last_of_group(thread)
    book.said[thread[last]] = code[last]
    change = (code == Doing.PYTHON).astype(np.int64) - (old == Doing.PYTHON)
    parts = []
    interp_of = thread_interp[thread]
    changed = np.flatnonzero((change != 0) & (interp_of >= 0))
    for interp in np.unique(interp_of[changed]).tolist():
        mine = changed[interp_of[changed] == interp]
        mine = mine[np.argsort(rows["time"][mine], kind="stable")]
        census = book.census.setdefault(interp, Census())
        count = census.count + np.cumsum(change[mine])
        total = census.total + np.cumsum(change[mine] * thread[mine])
        census.count, census.total = int(count[-1]), int(total[-1])
        if interp not in unseen_from:
            continue
        steps = np.empty(len(mine), HOLDER_DTYPE)
        steps["time"], steps["interp"] = rows["time"][mine], interp
        steps["first"] = np.where(count == 1, total, np.where(count == 0, FREE, UNKNOWN))
        steps["second"] = steps["first"]
        lasting = np.ones(len(steps), np.bool_)  # of several steps at one moment the last counts
        lasting[:-1] = steps["time"][1:] > steps["time"][:-1]
        steps = steps[lasting]
        parts.append(steps[steps["time"] < unseen_from[interp]])
    return np.concatenate(parts) if parts else np.empty(0, HOLDER_DTYPE)


def _births(book: HoldingBook, holders: Holders, outlook: Outlook) -> Rows:
    """A thread's first row: it does not hold the GIL, unless nobody knows, or there is none."""
    book.unborn.extend(outlook.born)
    born, code, time = [], [], []
    still = []
    for thread, interp, begun in book.unborn:
        if interp in outlook.without_gil:
            hold = Hold.NO_GIL
        elif begun >= book.settled.get(interp, 0) and not outlook.final:
            still.append((thread, interp, begun))
            continue
        else:
            at = groups.find_in(
                holders["interp"], holders["time"], np.array([interp], np.int32), np.array([begun], np.int64)
            )[0]
            now = book.now.get(interp, (UNKNOWN, UNKNOWN))
            first, second = (int(holders["first"][at]), int(holders["second"][at])) if at >= 0 else now
            if thread in (first, second):
                hold = Hold.YES if first == second else Hold.UNKNOWN
            else:
                hold = Hold.UNKNOWN if first == UNKNOWN else Hold.NO
        born.append(thread)
        time.append(begun)
        code.append(hold)
    book.unborn = still
    return make_rows(Layer.HOLD, np.array(born, np.int32), np.array(time, np.int64), np.array(code, np.uint8))


def _track(
    book: HoldingBook, holders: Holders, thread_track: NDArray[np.int32], over: dict[int, int]
) -> Closed:
    """Spans of the GIL tracks (``thread`` is the interpreter); they end where the process does."""
    ends = np.zeros(len(over), HOLDER_DTYPE)
    ends["interp"], ends["time"] = list(over), list(over.values())
    ends["first"] = ends["second"] = NOT_SET
    holders = np.concatenate([holders, ends])
    holders = holders[groups.order_by(holders["interp"], holders["time"])]
    stretches = np.zeros(len(holders), STRETCH_DTYPE)
    stretches["thread"], stretches["time"] = holders["interp"], holders["time"]
    one, two = holders["first"], holders["second"]
    known = one == two
    stretches["state"] = np.where(known & (one == FREE), State.FREE, State.OWNED)
    stretches["state"][~known | (one == UNKNOWN)] = State.UNOBSERVED
    stretches["state"][one == NOT_SET] = State.NONE
    owned = known & (one >= 0)
    stretches["owner"] = -1
    stretches["owner"][owned] = thread_track[one[owned]]
    stretches["object"] = stretches["location"] = -1
    stretches["exact"] = 1
    interps = np.unique(holders["interp"])
    open_ = np.zeros(len(interps), STRETCH_DTYPE)
    for position, interp in enumerate(interps.tolist()):
        if interp in book.open:
            open_[position] = book.open[interp][0]
        else:
            open_["thread"][position], open_["state"][position] = interp, State.NONE
    closed = spans_of(stretches, open_)
    for row in closed.open:
        book.open[int(row["thread"])] = row.reshape(1)
    return closed
