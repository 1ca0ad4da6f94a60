"""What passes between the stages: window columns in, layer rows out.

A *layer* says one thing about every thread (what its own records say it does; whether it
holds the GIL; what the operating system says; who has the lock it waits for; whether it
waits for a core) as rows: from ``time`` on, until the next row of the same layer and thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

ROW_DTYPE = np.dtype(
    [
        ("time", "<i8"),
        ("call", "<i8"),  # agent rows: when the wait began; outside waits: the one that ends here, 0 none
        ("thread", "<i4"),
        ("object", "<i4"),  # agent rows: what is waited for
        ("location", "<i4"),
        ("owner", "<i4"),  # lock rows: track that has the lock
        ("layer", "u1"),  # Layer
        ("code", "u1"),  # Doing, Hold, layout.Os, LockView or 0/1
        ("reason", "u1"),  # layout.Wait
        ("ended", "u1"),  # SpanFlag of the span that ends here
    ]
)

Rows = NDArray[np.void]
Ints = NDArray[np.int64]


class Layer(IntEnum):
    """Rows of one moment take effect in this order."""

    AGENT = 0
    HOLD = 1
    SYSTEM = 2
    LOCK = 3
    CORE = 4


class Doing(IntEnum):
    """Layer AGENT: what the thread's own records say."""

    NOTHING = 0  # not begun, or over
    STARTING = 1
    PYTHON = 2  # between records: wants the GIL, unless it is in C code
    WAITING = 3
    LOCKING = 4  # waits for a lock: the layer LOCK says who has it


class Hold(IntEnum):
    """Layer HOLD: whether the thread holds the GIL of its interpreter."""

    NO = 0
    YES = 1
    UNKNOWN = 2
    NO_GIL = 3  # free-threaded
    TAKEN_OVER = 4  # no: another thread has had it from the moment on at which this one let go
    FORCED = 5  # no: it had to let go, and wants it back at once


class LockView(IntEnum):
    """Layer LOCK: the lock that the thread waits for, as its owner goes."""

    UNKNOWN = 0
    TAKEN = 1  # by ``owner``
    FREE = 2
    OURS = 3  # it was released to this thread, which has to get the GIL yet


NO_ROWS: Rows = np.empty(0, ROW_DTYPE)


def make_rows(layer: Layer, thread: NDArray[np.int32], time: Ints, code: object, **more: object) -> Rows:
    """Rows of one layer; what is not named is 0 (-1 for ids)."""
    rows = np.zeros(len(time), ROW_DTYPE)
    rows["object"] = rows["location"] = rows["owner"] = -1
    rows["layer"] = layer
    rows["thread"] = thread
    rows["time"] = time
    rows["code"] = code
    for name, values in more.items():
        rows[name] = values
    return rows


@dataclass(slots=True)
class Window:
    """The agents' records of one stretch of time, in the order of (thread, time).

    ``thread`` is the index of the writing thread, ``object`` and ``location`` are ids of the
    recording (-1 none); ``domain`` the index of the process folder.
    """

    time: Ints
    kind: NDArray[np.uint16]
    flags: NDArray[np.uint16]
    value: Ints
    thread: NDArray[np.int32]
    object: NDArray[np.int32]
    location: NDArray[np.int32]
    domain: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.time)

    def take(self, index: Ints | NDArray[np.bool_]) -> Window:
        """The chosen rows."""
        return Window(
            self.time[index],
            self.kind[index],
            self.flags[index],
            self.value[index],
            self.thread[index],
            self.object[index],
            self.location[index],
            self.domain[index],
        )


#: No records.
EMPTY_WINDOW = Window(
    np.empty(0, np.int64),
    np.empty(0, np.uint16),
    np.empty(0, np.uint16),
    np.empty(0, np.int64),
    np.empty(0, np.int32),
    np.empty(0, np.int32),
    np.empty(0, np.int32),
    np.empty(0, np.int32),
)
