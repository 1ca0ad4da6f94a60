"""What a person would say of a moment: statements as data, without any language.

A statement has a code and what it speaks of, by id; ``gui.sentences`` turns it into English
or Chinese.  Nothing is said that the moment does not hold: where the holder of a GIL or the
owner of a lock is not known, no name is given.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from engine.model import EndKind, State, TrackKind
from engine.moment import Doing, Edge, Moment, SpanSource


class Say(enum.Enum):
    """What can be said.  ``tracks``, ``object``, ``owner``, ``duration_ns``, ``location`` of the
    statement carry what each code names here."""

    NOT_STARTED = "not_started"
    OVER = "over"  # duration: of the run
    KILLED = "killed"  # tracks: the process; text: the signal
    DEADLOCK = "deadlock"  # tracks: the circle
    GIL_CONTENDED = "gil_contended"  # tracks: waiting; owner: holder
    GIL_CONTENDED_UNSEEN = "gil_contended_unseen"  # tracks: waiting; the holder was not seen
    RUNS_ALONE = "runs_alone"  # owner: the thread; tracks: other threads, which wait for something else
    RUNS_ONLY = "runs_only"  # owner: the only thread there is
    NATIVE_TOGETHER = "native_together"  # tracks: outside the GIL at once; owner: holder or -1
    NATIVE_ONE = "native_one"  # tracks: one
    PROCESSES_TOGETHER = "processes_together"  # tracks: processes in which something runs
    LOCK_WAIT = "lock_wait"  # tracks: waiting; object; owner or -1; duration: how long the owner has had it
    WAITS_FOR = "waits_for"  # tracks: one; object
    ALL_SLEEP = "all_sleep"  # tracks
    ALL_WAIT = "all_wait"  # tracks
    LOOP_BUSY = "loop_busy"  # owner: the running task; tracks: the ready ones
    LOOP_BLOCKED = "loop_blocked"  # owner: the task that waits without await; tracks: the ready ones
    TASK_RUNS = "task_runs"  # owner: the running task; tracks: suspended ones
    LOOP_IDLE = "loop_idle"  # tracks: suspended tasks
    NOT_SEEN = "not_seen"  # tracks: threads of which nothing is known just now
    STARTING = "starting"  # tracks
    # details: the smaller line below
    GIL_WAITED = "gil_waited"  # tracks: one; duration; the switch interval in ``interval_ns``
    LOCK_WAITED = "lock_waited"  # tracks: one; duration; location: where it waits
    ALSO_LOCK = "also_lock"  # tracks: one; object; owner or -1
    SLEEP_COSTS_NOTHING = "sleep_costs_nothing"
    NEEDS_NO_GIL = "needs_no_gil"
    LINE = "line"  # owner: a thread; location; ``exact``
    NO_CORE = "no_core"  # tracks: threads for which there is no core


@dataclass(frozen=True, slots=True)
class Statement:
    say: Say
    tracks: tuple[int, ...] = ()
    owner: int = -1
    object: int = -1
    duration_ns: int = 0
    location: int = -1
    exact: bool = True
    interval_ns: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Narration:
    """The sentence of a moment: the headline, and a smaller line or two below it."""

    headline: Statement
    details: tuple[Statement, ...] = ()


_ASLEEP = (State.SLEEP, State.IO, State.WAIT)


def narrate(
    store: SpanSource, moment: Moment, start_ns: int, end_ns: int, switch_interval_ns: int = 5_000_000
) -> Narration:
    """What matters most at ``moment``: a deadlock before contention before a lock wait before the rest."""
    tracks = store.tracks
    threads = [d for d in moment.doing.values() if tracks[d.track].kind is TrackKind.THREAD]
    tasks = [d for d in moment.doing.values() if tracks[d.track].kind is TrackKind.TASK]
    if not threads:
        return _outside(store, moment, start_ns, end_ns)
    for say in (_deadlock, _task_loop, _many_processes, _gil, _native, _lock_wait, _quiet):
        found = say(store, moment, threads, tasks, switch_interval_ns)
        if found is not None:
            return found
    unseen = tuple(d.track for d in threads if d.state is State.UNOBSERVED)
    return Narration(Statement(Say.NOT_SEEN, unseen or tuple(d.track for d in threads)))


def _outside(store: SpanSource, moment: Moment, start_ns: int, end_ns: int) -> Narration:
    """No thread is there: before the first, after the last, or between."""
    starts = [track.start_ns for track in store.tracks.values() if track.kind is TrackKind.THREAD]
    before = not starts or min(starts) > moment.time_ns
    if end_ns <= start_ns or (moment.time_ns < end_ns and before):
        return Narration(Statement(Say.NOT_STARTED))
    if moment.time_ns < end_ns and max(starts) > moment.time_ns:
        return Narration(Statement(Say.NOT_SEEN, tuple(moment.doing) or _first_process(store)))
    for track in store.tracks.values():
        if track.kind is TrackKind.PROCESS and track.parent == -1 and track.end.kind is EndKind.KILLED:
            return Narration(
                Statement(Say.KILLED, (track.id,), text=track.end.detail, duration_ns=end_ns - start_ns)
            )
    return Narration(Statement(Say.OVER, duration_ns=end_ns - start_ns))


def _first_process(store: SpanSource) -> tuple[int, ...]:
    processes = [track for track in store.tracks.values() if track.kind is TrackKind.PROCESS]
    return tuple(track.id for track in processes if track.parent == -1)[:1]


def _deadlock(
    store: SpanSource, moment: Moment, threads: list[Doing], tasks: list[Doing], interval_ns: int
) -> Narration | None:
    if not moment.cycles:
        return None
    cycle = moment.cycles[0]
    details = []
    for track in cycle[:2]:
        edge = next(e for e in moment.edges if e.waiter == track and e.gil < 0)
        details.append(
            Statement(
                Say.ALSO_LOCK,
                (track,),
                edge.owner,
                edge.object,
                moment.time_ns - edge.since_ns,
                moment.doing[track].location,
            )
        )
    return Narration(Statement(Say.DEADLOCK, cycle), tuple(details))


def _task_loop(
    store: SpanSource, moment: Moment, threads: list[Doing], tasks: list[Doing], interval_ns: int
) -> Narration | None:
    if not tasks:
        return None
    running = [d for d in tasks if d.state not in (State.SUSPENDED, State.READY, State.WAIT, State.STARTING)]
    ready = tuple(d.track for d in tasks if d.state in (State.READY, State.STARTING))
    suspended = tuple(d.track for d in tasks if d.state in (State.SUSPENDED, State.WAIT))
    contended = [d for d in threads if d.state in (State.WAIT_GIL, State.WAIT_LOCK)]
    if running:
        one = running[0]
        line = Statement(Say.LINE, owner=one.track, location=one.location, exact=one.exact)
        details = (line,) if one.location >= 0 else ()
        if ready:
            # A task that waits in a call of its own, not in an await, keeps the loop from the others.
            say = Say.LOOP_BLOCKED if one.state in (State.SLEEP, State.IO, State.WAIT_LOCK) else Say.LOOP_BUSY
            return Narration(Statement(say, ready, one.track, location=one.location), details)
        if not contended:
            return Narration(Statement(Say.TASK_RUNS, suspended, one.track, location=one.location), details)
    loops = {store.tracks[d.track].parent for d in tasks}
    idle = all(d.state in _ASLEEP for d in threads if d.track in loops)
    if suspended and not running and not ready and idle and not contended:
        return Narration(Statement(Say.LOOP_IDLE, suspended), (Statement(Say.SLEEP_COSTS_NOTHING),))
    return None


def _many_processes(
    store: SpanSource, moment: Moment, threads: list[Doing], tasks: list[Doing], interval_ns: int
) -> Narration | None:
    busy: dict[int, int] = {}
    for d in threads:
        if d.state in (State.RUNNING, State.NATIVE):
            track = store.tracks[d.track]
            busy.setdefault(track.pid, track.parent)
    if len(busy) < 2:
        return None
    starved = tuple(d.track for d in threads if d.state is State.WAIT_CPU)
    details = (Statement(Say.NO_CORE, starved),) if starved else ()
    return Narration(Statement(Say.PROCESSES_TOGETHER, tuple(busy.values())), details)


def _gil(
    store: SpanSource, moment: Moment, threads: list[Doing], tasks: list[Doing], interval_ns: int
) -> Narration | None:
    waits = [e for e in moment.edges if e.gil >= 0]
    if not waits:
        return None
    gil = max({e.gil for e in waits}, key=lambda g: sum(e.gil == g for e in waits))
    waits = [e for e in waits if e.gil == gil]
    longest = min(waits, key=lambda e: e.since_ns)
    waiting = tuple(e.waiter for e in waits)
    waited = Statement(
        Say.GIL_WAITED,
        (longest.waiter,),
        duration_ns=moment.time_ns - longest.since_ns,
        interval_ns=interval_ns,
    )
    holder = moment.holder(gil)
    if holder < 0 or holder in waiting:
        return Narration(Statement(Say.GIL_CONTENDED_UNSEEN, waiting), (waited,))
    return Narration(Statement(Say.GIL_CONTENDED, waiting, holder), (waited,))


def _native(
    store: SpanSource, moment: Moment, threads: list[Doing], tasks: list[Doing], interval_ns: int
) -> Narration | None:
    native = tuple(d.track for d in threads if d.state is State.NATIVE)
    if not native:
        return None
    running = [d.track for d in threads if d.state is State.RUNNING]
    holder = running[0] if running else -1
    details = (Statement(Say.NEEDS_NO_GIL),)
    if len(native) + len(running) > 1:
        return Narration(Statement(Say.NATIVE_TOGETHER, native, holder), details)
    return Narration(Statement(Say.NATIVE_ONE, native), details)


def _lock_wait(
    store: SpanSource, moment: Moment, threads: list[Doing], tasks: list[Doing], interval_ns: int
) -> Narration | None:
    everyone = {d.track: d for d in (*threads, *tasks)}
    waits = [
        e for e in moment.edges if e.gil < 0 and e.waiter in everyone and _is_lock(everyone[e.waiter], e)
    ]
    if not waits:
        return None
    # the lock with the most waiters; among equals the one waited for longest
    chosen = max(waits, key=lambda e: (sum(o.object == e.object for o in waits), -e.since_ns)).object
    waits = sorted((e for e in waits if e.object == chosen), key=lambda e: e.since_ns)
    first = waits[0]
    info = store.objects.get(chosen)
    lock = moment.locks.get(info.track) if info is not None else None
    had_ns = moment.time_ns - lock.since_ns if lock is not None and lock.owner >= 0 else 0
    waited = Statement(
        Say.LOCK_WAITED,
        (first.waiter,),
        duration_ns=moment.time_ns - first.since_ns,
        location=everyone[first.waiter].location,
    )
    return Narration(
        Statement(Say.LOCK_WAIT, tuple(e.waiter for e in waits), first.owner, chosen, had_ns), (waited,)
    )


def _is_lock(doing: Doing, edge: Edge) -> bool:
    return doing.state is State.WAIT_LOCK and edge.object >= 0


def _quiet(
    store: SpanSource, moment: Moment, threads: list[Doing], tasks: list[Doing], interval_ns: int
) -> Narration | None:
    running = [d for d in threads if d.state is State.RUNNING]
    others = tuple(d.track for d in threads if d.state in _ASLEEP)
    if running:
        one = running[0]
        details = (
            (Statement(Say.LINE, owner=one.track, location=one.location, exact=one.exact),)
            if one.location >= 0
            else ()
        )
        if others:
            return Narration(Statement(Say.RUNS_ALONE, others, one.track), details)
        return Narration(Statement(Say.RUNS_ONLY, owner=one.track), details)
    if any(d.state is State.UNOBSERVED for d in threads):
        return None
    starved = tuple(d.track for d in threads if d.state is State.WAIT_CPU)
    if starved:
        return Narration(Statement(Say.NO_CORE, starved))
    starting = tuple(d.track for d in threads if d.state is State.STARTING)
    if starting and not others:
        return Narration(Statement(Say.STARTING, starting))
    resting = [d for d in threads if d.state in (State.SLEEP, State.IO)]
    waiting = [d for d in threads if d.state is State.WAIT]
    if resting:
        return Narration(
            Statement(Say.ALL_SLEEP, tuple(d.track for d in resting)),
            (Statement(Say.SLEEP_COSTS_NOTHING),),
        )
    if len(waiting) == 1:
        one = waiting[0]
        return Narration(
            Statement(Say.WAITS_FOR, (one.track,), object=one.object, location=one.location),
            (Statement(Say.SLEEP_COSTS_NOTHING),),
        )
    if waiting:
        return Narration(
            Statement(Say.ALL_WAIT, tuple(d.track for d in waiting)),
            (Statement(Say.SLEEP_COSTS_NOTHING),),
        )
    return None
