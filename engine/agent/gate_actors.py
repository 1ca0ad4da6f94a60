"""Threads as the gate knows them, what they wait for, and the steps they take."""

from __future__ import annotations

import _thread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, FrameType
    from typing import Any

    from .gate_effects import Access
    from .gate_ops import Op

#: The length of a request to the server is told in so many digits before it.
LENGTH_DIGITS = 8
_raw_lock = _thread.allocate_lock
#: Never released: waiting for it is a pause.
_PAUSE = _raw_lock()
_PAUSE.acquire()


def pause(seconds: float) -> None:
    """Real time goes by."""
    _PAUSE.acquire(True, seconds)


class Wait:
    """What a thread waits for.  ``sort``: "lock", "join", "sleep", "select", "pipe" (to read),
    "room" (to write) …"""

    sort = ""
    name = ""

    def ready(self) -> bool:
        """Whether the thread could go on now, were it let go."""
        raise NotImplementedError

    def owner(self) -> Actor | None:
        """The thread that has it, where there is one."""
        return None

    def outside(self) -> bool:
        """Whether another process may end the wait."""
        return False

    def accesses(self) -> list[Access]:
        """What going on reads and writes."""
        return []


class Actor:
    """One thread.  ``number``: 0 for the main thread, the others in the order they were started."""

    def __init__(self, number: int, name: str) -> None:
        self.number = number
        self.name = name
        self.daemon = False
        self.go = _raw_lock()
        self.go.acquire()
        self.frame: FrameType | None = None
        self.op: Op | None = None
        self.line_stop = False
        self.wait: Wait | None = None
        self.deadline: float | None = None
        self.yields = False
        self.ended = False
        self.starting = False
        self.pending: list[Access] = []
        self.stop = 0
        self.inside = 0
        self.locks_made = 0
        self.locals: dict[int, Any] = {}
        self.loaded: dict[str, str] = {}
        self.loaded_line = 0
        self.after: tuple[Op, FrameType] | None = None
        self.thread: Any = None
        #: the instruction that it is at and the one that it ran before: code and offset
        self.here: tuple[CodeType, int] | None = None
        self.before: tuple[CodeType, int] | None = None
        self.started_by: Actor | None = None
        #: the number of its process, 0 for the program's first; whether that is another one than ours
        self.process = 0
        self.process_name = ""
        #: what it waited for was there already when it asked last
        self.polled = False
        self.remote = False
        self.error: str = ""

    def enabled(self, now: float) -> bool:
        if self.ended or self.starting:
            return False
        wait = self.wait
        if wait is None:
            return True
        return (self.deadline is not None and now >= self.deadline) or wait.ready()


#: A step, as a list: one decision and what came of it.  Who goes on; what was chosen (the same, or with
#: TASK the position of a callback among an event loop's ready ones); what could have been chosen; who had
#: come back before; 1 if that one could not go on or gave way itself; the number of the instruction that
#: comes next; 1 if it is about tasks; what is read and written until the next step; how many objects
#: had been seen before.
(
    STEP_ACTOR,
    STEP_CHOSEN,
    STEP_ENABLED,
    STEP_PREVIOUS,
    STEP_FREE,
    STEP_OP,
    STEP_TASK,
    STEP_ACCESSES,
    STEP_SERIALS,
) = range(9)


def packed(steps: list[list[Any]]) -> dict[str, list[Any]]:
    """Steps as they are told: most differ in their instruction alone, so each is a pair of numbers, which
    of the ``shapes`` (a step without its instruction) and the instruction."""
    known: dict[Any, int] = {}
    pairs: list[int] = []
    add = pairs.append
    for actor, chosen, enabled, previous, free, op, task, accesses, serials in steps:
        shape = actor, chosen, enabled, previous, free, task, serials, tuple(accesses)
        number = known.get(shape)
        if number is None:
            number = known[shape] = len(known)
        add(number)
        add(op)
    return {"shapes": list(known), "steps": pairs}
