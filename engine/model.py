"""What a recording consists of once it is understood: tracks, spans, arrows, marks.

Plain data, no behaviour beyond look-ups, no Qt.  All times are integer nanoseconds of
the recorded machine's ``perf_counter_ns``.  Identifiers of tracks, objects, locations
and strings are small integers, unique within a recording and stable while it grows.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

import numpy as np


class State(enum.IntEnum):
    """What a track is doing.  The vocabulary of every view and export."""

    NONE = 0  # no span: not started, or over
    STARTING = 1
    RUNNING = 2
    NATIVE = 3
    WAIT_GIL = 4
    WAIT_CPU = 5
    WAIT_LOCK = 6
    WAIT = 7
    SLEEP = 8
    IO = 9
    READY = 10
    SUSPENDED = 11
    HELD = 12
    UNOBSERVED = 13
    # states of lock and GIL tracks: not states of a thread
    OWNED = 14
    FREE = 15

    @property
    def word(self) -> str:
        """The name used in exports and texts, for example ``wait_gil``."""
        return self.name.lower()


THREAD_STATES = tuple(State(i) for i in range(State.STARTING, State.UNOBSERVED + 1))


class TrackKind(enum.Enum):
    PROCESS = "process"
    THREAD = "thread"
    TASK = "task"
    LOCK = "lock"
    GIL = "gil"


class EndKind(enum.Enum):
    """How a track ended; ``CUT_OFF``: no end was recorded (a daemon thread, a recording cut short)."""

    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"
    KILLED = "killed"
    CUT_OFF = "cut_off"


@dataclass(frozen=True, slots=True)
class End:
    kind: EndKind
    detail: str = ""  # "ValueError: …", "SIGKILL", "exit code 3"


#: The sort of a process that multiprocessing starts for itself: a fork server, a resource tracker.
SORT_HELPER = "helper"


@dataclass(slots=True)
class Track:
    """A row of the timeline.

    ``parent`` is the id of the track it is grouped under: a thread's, lock's and GIL's
    process, a task's thread; -1 for the program's first process.
    """

    id: int
    kind: TrackKind
    name: str
    pid: int
    tid: int  # native thread id; 0 where it has none
    parent: int
    start_ns: int
    end_ns: int  # the last moment known while it runs
    end: End = End(EndKind.RUNNING)
    object: int = -1  # the id of the object it shows (thread, task, lock), -1 none
    badge: int = 0  # 1.. for threads in order of their start; 0 none
    # for locks: Lock, RLock, Semaphore …; for threads "MainThread", "Thread", "daemon"; for processes
    # SORT_HELPER or empty
    sort: str = ""
    interpreter: int = 0
    notes: tuple[str, ...] = ()  # for example "not_recorded_itself" for a child the agent did not reach


SPAN_DTYPE = np.dtype(
    [
        ("start", "<i8"),
        ("end", "<i8"),
        ("object", "<i4"),  # what is waited for or owned: id into Recording objects, -1 none
        ("owner", "<i4"),  # the track that has it (on lock and GIL tracks: who holds it), -1 unknown
        ("location", "<i4"),  # id into locations, -1 unknown
        ("state", "u1"),
        ("reason", "u1"),  # engine.agent.layout.Wait, 0 none
        ("flags", "<u2"),  # SpanFlag
        ("depth", "<i4"),  # lock tracks: how many wait; tasks: step number; else 0
    ]
)


class SpanFlag(enum.IntFlag):
    TIMED_OUT = 1
    FAILED = 2
    OPEN = 4  # still going on; ``end`` is the last moment known
    AFTER_LINE = 8  # the location is where it was last known to be, not where it is
    REENTERED = 16
    CUT = 32  # continues from, or into, a part of the same call
    CONTINUES = 64  # not the first part of its call, whatever came between


class ArrowKind(enum.Enum):
    START = "start"
    JOIN = "join"
    RELEASE = "release"  # released → acquired
    WAKE = "wake"  # set, notify, barrier → went on
    ITEM = "item"  # put → get
    MESSAGE = "message"  # send → receive
    SUBMIT = "submit"  # submitted → began
    RESULT = "result"  # done → whoever waited for it went on
    FORK = "fork"
    CANCEL = "cancel"


ARROW_DTYPE = np.dtype(
    [
        ("from_time", "<i8"),
        ("to_time", "<i8"),
        ("from_track", "<i4"),
        ("to_track", "<i4"),
        ("object", "<i4"),
        ("kind", "u1"),  # index into ARROW_KINDS
        ("pad", "u1", (3,)),
    ]
)
ARROW_KINDS = tuple(ArrowKind)


class MarkKind(enum.Enum):
    GC = "gc"
    IMPORT = "import"
    EXCEPTION = "exception"
    SIGNAL = "signal"
    WARNING = "warning"
    CALLED = "called"
    LOST = "lost"
    PROBE_FAILED = "probe_failed"
    STOP = "stop"
    FORK = "fork"
    NOTE = "note"  # written by the user


@dataclass(frozen=True, slots=True)
class Mark:
    time_ns: int
    track: int
    kind: MarkKind
    text: str
    duration_ns: int = 0
    location: int = -1


@dataclass(frozen=True, slots=True)
class Location:
    file: str
    line: int
    function: str
    module: str = ""


@dataclass(slots=True)
class ObjectInfo:
    """Something that is waited for, owned, put or awaited."""

    id: int
    sort: str  # engine.agent.layout.OBJECT_SORTS
    name: str
    pid: int
    location: int = -1  # where it was made
    track: int = -1  # its own track, where it has one
    family: str = "threading"  # threading, asyncio, multiprocessing, queue, futures
    extra: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OutputChunk:
    time_ns: int
    stream: int  # 1 stdout, 2 stderr
    text: bytes


@dataclass(slots=True)
class GilFigures:
    """One interpreter's GIL over the whole recording."""

    pid: int
    interpreter: int
    track: int
    observed: bool
    reason: str  # why not, when not observed
    samples: int = 0
    switches: int = 0
    missed: int = 0
    unobserved_ns: int = 0
    observed_ns: int = 0
    hold_ns: dict[int, int] = field(default_factory=dict)  # track id → ns
    wait_ns: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class LockFigures:
    object: int
    track: int
    name: str
    kind: str
    acquisitions: int = 0
    contended: int = 0
    wait_ns: int = 0
    hold_ns: int = 0
    longest_wait_ns: int = 0
    longest_hold_ns: int = 0
    #: who waited longest, and from when on; -1: nobody waited
    longest_wait_track: int = -1
    longest_wait_at_ns: int = 0
    #: when the longest hold began
    longest_hold_at_ns: int = 0


@dataclass(frozen=True, slots=True)
class DeadlockLink:
    """One thread of a cycle: ``track`` waits for ``object``, which ``owner`` has."""

    track: int
    object: int
    owner: int
    since_ns: int
    location: int


@dataclass(frozen=True, slots=True)
class Deadlock:
    time_ns: int
    links: tuple[DeadlockLink, ...]
