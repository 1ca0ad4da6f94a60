"""One wait around one call: a record before, the call, a record after.

For calls that the operating system blocks in, and for Python functions that do several of them.
While such a function waits, the calls that it makes itself are not recorded once more: a
thread waits for one thing at a time.
"""

from __future__ import annotations

import _thread

from .. import recorder
from ..layout import Kind, Result
from ..trim import drop_own_entry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import Any

_ident = _thread.get_ident

#: What is raised when a time-out is over: by name, for socket.timeout was a class of its own up to 3.9.
_TIMEOUTS = ("TimeoutError", "timeout", "TimeoutExpired")

#: threads (by ident) in a recorded wait that may make further calls
inside: set[int] = set()

recorder.after_fork_child.append(inside.clear)


def timeout_ns(timeout: Any) -> int:
    """A time-out in seconds as a record tells it; -1: none, or not a number."""
    if type(timeout) not in (int, float):
        return -1
    return max(0, int(min(timeout, 9e9) * 1e9)) if timeout == timeout else -1


def silent() -> bool:
    """Whether this thread is in a recorded wait already."""
    return _ident() in inside


def place_of(probe: str, frame: FrameType | None) -> int:
    """``recorder.nearest`` for places where nothing else catches what it may raise; 0 when it did."""
    try:
        return recorder.nearest(frame)
    except Exception as error:
        recorder.probe_failed(probe, error)
        return 0


def record(probe: str, kind: int, serial: int, value: int = 0, flags: int = 0, place: int = 0) -> bool:
    """``recorder.emit`` for places where nothing else catches what it may raise; False when it did."""
    try:
        recorder.emit(kind, serial, value, flags, place)
    except Exception as error:
        recorder.probe_failed(probe, error)
        return False
    return True


def call(
    probe: str, serial: int, reason: int, timeout: int, place: int, original: Any, args: Any, kwargs: Any
) -> Any:
    """``original(*args, **kwargs)`` as one wait, which makes no other calls that are recorded."""
    begun = record(probe, Kind.WAIT_BEGIN, serial, timeout, reason, place)
    result = Result.FAILED
    try:
        value = original(*args, **kwargs)
        result = Result.GOT
        return value
    except BaseException as error:
        if type(error).__name__ in _TIMEOUTS:
            result = Result.TIMEOUT
        drop_own_entry(error)
        raise
    finally:
        if begun:
            record(probe, Kind.WAIT_END, serial, 0, reason | result)


def call_outer(
    probe: str,
    serial: int,
    reason: int,
    timeout: int,
    place: int,
    original: Any,
    args: Any,
    kwargs: Any,
    ended: Callable[[Any], tuple[int, int]] | None = None,
) -> Any:
    """As ``call``, for an ``original`` that makes calls which would be recorded too.

    ``ended(value)`` gives (``layout.Result``, value of the WAIT_END record) for what it returned.
    """
    ident = _ident()
    if ident in inside:
        try:
            return original(*args, **kwargs)
        except BaseException as error:
            drop_own_entry(error)
            raise
    record(probe, Kind.WAIT_BEGIN, serial, timeout, reason, place)
    inside.add(ident)
    result, number = Result.FAILED, 0
    try:
        value = original(*args, **kwargs)
        result = Result.GOT
        if ended is not None:
            try:
                result, number = ended(value)
            except Exception as error:
                recorder.probe_failed(probe, error)
        return value
    except BaseException as error:
        if type(error).__name__ in _TIMEOUTS:
            result = Result.TIMEOUT
        drop_own_entry(error)
        raise
    finally:
        inside.discard(ident)
        record(probe, Kind.WAIT_END, serial, number, reason | result)
