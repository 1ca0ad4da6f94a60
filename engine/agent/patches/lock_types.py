"""Stand-ins for the two lock types written in C: ``lock`` and ``RLock``.

Each wraps a raw lock and says of itself what the raw one says.  An acquisition is recorded
when it has happened, a release just before it happens, so that the owner on record never is
somebody who has let go.  Taking the lock is first tried without blocking; only when that
fails is a wait recorded.

``with lock`` is the hot path of the whole agent: the record is written in place, and the
caller's line is looked up by the address of the instruction (see ``places``); where that can be, no
other thread gets in between taking and giving (see ``unbroken``).  When our part
raises, the methods are exchanged for silent ones (``silence``).
"""

from __future__ import annotations

import sys

from .. import recorder
from ..layout import Acquired, Kind, Result, Wait
from . import unbroken
from .frames import caller

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any

PROBE = "locks"

_ACQUIRED = Kind.ACQUIRED
_RELEASED = Kind.RELEASED
_getframe = sys._getframe
_local = recorder.local
_nearest = recorder.nearest
_places = recorder.place_table
_now = unbroken.now
_TAKEN = unbroken.TAKEN
UNBROKEN = unbroken.POSSIBLE


def _failed(error: BaseException) -> None:
    recorder.probe_failed(PROBE, error)
    if PROBE in recorder.disabled:
        silence()


def _record(kind: int, lock: Any, frame: FrameType | None, value: int = 0, flags: int = 0) -> None:
    """One record about ``lock``; raises nothing but what interrupts the program."""
    try:
        _local.write(kind, lock._serial, value, flags, _nearest(frame))
    except AttributeError:  # the first record of this thread
        try:
            recorder.emit(kind, lock._serial, value, flags, _nearest(frame))
        except Exception as error:
            _failed(error)
    except Exception as error:
        _failed(error)


def _waits(lock: Any, frame: FrameType | None, timeout: float) -> None:
    try:
        timeout_ns = -1 if timeout < 0 else int(timeout * 1e9)
        recorder.emit(Kind.WAIT_BEGIN, lock._serial, timeout_ns, Wait.LOCK, _nearest(frame))
    except Exception as error:
        _failed(error)


def _gave_up(lock: Any, result: int) -> None:
    try:
        recorder.emit(Kind.WAIT_END, lock._serial, 0, Wait.LOCK | result)
    except Exception as error:
        _failed(error)


def _plain(blocking: Any, timeout: Any) -> bool:
    """Whether these are arguments that ``acquire`` takes without raising."""
    if (type(blocking) is not bool and type(blocking) is not int) or type(timeout) not in (int, float):
        return False
    if not blocking:
        return bool(timeout == -1)
    return bool(timeout == -1 or 0 <= timeout <= _TIMEOUT_MAX)


_TIMEOUT_MAX = 0.0
#: The default of ``acquire``, one object like every small int.
_FOREVER = -1


class _Wrapper:
    """What both have in common: identity, representation, everything that is not recorded."""

    __slots__ = ("__weakref__", "_give", "_raw", "_serial", "_take")

    _raw: Any
    _serial: int

    def __repr__(self) -> str:
        return repr(self._raw)

    def __getattr__(self, name: str) -> Any:
        # whatever the raw lock of this version has besides: locked, _is_owned, _recursion_count …
        if name in _OWN:
            raise AttributeError(name)
        try:
            return getattr(self._raw, name)
        except AttributeError:
            raise AttributeError(
                "'"
                + type(self._raw).__module__
                + "."
                + type(self._raw).__name__
                + "' object has no attribute '"
                + name
                + "'"
            ) from None

    def __reduce_ex__(self, protocol: Any) -> Any:
        return self._raw.__reduce_ex__(protocol)

    def __reduce__(self) -> Any:
        return self._raw.__reduce__()

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return type(self._raw)


_OWN = frozenset((*_Wrapper.__slots__, "_depth", "_entering", "_head", "_owned"))


class _LockKind(type):
    """``type(lock).__exit__`` is a function, as ``contextlib`` wants it, although instances have theirs
    in a slot."""

    def __getattribute__(cls, name: str) -> Any:
        return type.__getattribute__(cls, "_leave" if name == "__exit__" and UNBROKEN else name)


class LockWrapper(_Wrapper, metaclass=_LockKind):
    """Stands for a ``_thread.lock``."""

    __slots__ = ("__exit__", "_entering", "_head") if UNBROKEN else ()

    def __init__(self, raw: Any, serial: int) -> None:
        self._raw = raw
        self._serial = serial
        self._take = raw.acquire
        self._give = raw.release
        if UNBROKEN:
            self._entering = unbroken.entering(raw)
            self._head = unbroken.head(serial)
            self.__exit__ = unbroken.leaving(raw, serial)  # type: ignore[method-assign]

    def acquire(self, blocking: Any = True, timeout: Any = -1) -> Any:
        try:
            frame: Any = _getframe(1)
        except ValueError:  # called from C, with no Python code below
            frame = None
        if (blocking is not True or timeout is not _FOREVER) and not _plain(blocking, timeout):
            got = self._take(blocking, timeout)  # raises, or takes what only the original understands
            if got:
                _record(_ACQUIRED, self, frame)
            return got
        if self._take(False):
            try:
                _record(_ACQUIRED, self, frame)
            except BaseException:
                self._give()
                raise
            return True
        if not blocking or timeout == 0:
            return False
        return self._blocking(frame, timeout)

    def _unready_enter(self) -> bool:
        try:
            recorder.make_ready()
        except Exception as error:
            _failed(error)
        return self.acquire()  # type: ignore[no-any-return]

    def _blocking(self, frame: FrameType | None, timeout: Any) -> bool:
        _waits(self, frame, timeout)
        try:
            got = self._take(True, timeout)
        except BaseException:
            _gave_up(self, Result.FAILED)
            raise
        if not got:
            _gave_up(self, Result.TIMEOUT)
            return False
        try:
            _record(_ACQUIRED, self, frame, 0, Acquired.AFTER_WAIT)
        except BaseException:
            self._give()
            raise
        return True

    def release(self) -> None:
        if self._raw.locked():
            try:
                try:
                    frame: Any = _getframe(1)
                except ValueError:
                    frame = None
                _record(_RELEASED, self, frame)
            finally:
                self._give()
        else:
            self._give()  # raises

    if UNBROKEN:

        def __enter__(self) -> Any:
            try:
                frame: Any = _getframe(1)
                place = _places[id(frame.f_code) + frame.f_lasti] or _nearest(frame)
                words, slots = _local.ready
            except Exception:  # the first record of this thread, or of this place; no frame; no room
                return self._unready_enter()
            try:
                # once it is taken, and up to the return, the interpreter looks for no other thread and
                # no signal: nothing is called here
                for taken in self._entering:
                    if not taken:
                        break
                    for slot in slots:
                        for time_ns in _now:
                            at = slot >> 3
                            words[at] = time_ns
                            words[at + 2] = self._head
                            words[at + 3] = _TAKEN + place
                            return True
            except Exception:  # the chunk is full; the lock is ours
                _record(_ACQUIRED, self, frame)
                return True
            except BaseException:
                self._give()
                raise
            return self._blocking(frame, -1)

    elif sys.version_info >= (3, 11):

        def __enter__(self) -> Any:
            try:
                frame: Any = _getframe(1)
            except ValueError:
                frame = None
            if self._take(False):
                try:
                    place = _places[id(frame.f_code) + frame.f_lasti] or _nearest(frame)
                    _local.write(_ACQUIRED, self._serial, 0, 0, place)
                except (AttributeError, KeyError):  # the first record of this thread, or of this place
                    _record(_ACQUIRED, self, frame)
                except Exception as error:
                    _failed(error)
                except BaseException:
                    self._give()
                    raise
                return True
            return self._blocking(frame, -1)

    else:  # the same with the keys that places have there

        def __enter__(self) -> Any:
            try:
                frame: Any = _getframe(1)
            except ValueError:
                frame = None
            if self._take(False):
                try:
                    place = _places[id(frame.f_code), frame.f_lasti] or _nearest(frame)
                    _local.write(_ACQUIRED, self._serial, 0, 0, place)
                except (AttributeError, KeyError):  # the first record of this thread, or of this place
                    _record(_ACQUIRED, self, frame)
                except Exception as error:
                    _failed(error)
                except BaseException:
                    self._give()
                    raise
                return True
            return self._blocking(frame, -1)

    def _leave(self, kind: Any, error: Any, traceback: Any) -> None:
        # no place: it would be the line of the ``with`` again
        try:
            _local.write(_RELEASED, self._serial)
        except AttributeError:
            _record(_RELEASED, self, caller(1))
        except Exception as problem:
            _failed(problem)
        finally:
            self._give()

    if not UNBROKEN:
        __exit__ = _leave

    def acquire_lock(self, blocking: Any = True, timeout: Any = -1) -> Any:
        return self.acquire(blocking, timeout)

    def release_lock(self) -> None:
        self.release()


class RLockWrapper(_Wrapper):
    """Stands for a ``_thread.RLock``.  ``_depth`` is changed only by the owner."""

    __slots__ = ("_depth", "_owned")

    def __init__(self, raw: Any, serial: int) -> None:
        self._raw = raw
        self._serial = serial
        self._take = raw.acquire
        self._give = raw.release
        self._owned = raw._is_owned
        self._depth = 0

    def _got(self, frame: FrameType | None, flags: int) -> bool:
        self._depth = depth = self._depth + 1
        try:
            _record(_ACQUIRED, self, frame, depth, flags | (Acquired.REENTERED if depth > 1 else 0))
        except BaseException:
            self._depth -= 1
            self._give()
            raise
        return True

    def acquire(self, blocking: Any = True, timeout: Any = -1) -> Any:
        try:
            frame: Any = _getframe(1)
        except ValueError:
            frame = None
        if (blocking is not True or timeout is not _FOREVER) and not _plain(blocking, timeout):
            got = self._take(blocking, timeout)
            return self._got(frame, 0) if got else got
        if self._take(False):
            return self._got(frame, 0)
        if not blocking or timeout == 0:
            return False
        return self._blocking(frame, timeout)

    def _blocking(self, frame: FrameType | None, timeout: Any) -> bool:
        _waits(self, frame, timeout)
        try:
            got = self._take(True, timeout)
        except BaseException:
            _gave_up(self, Result.FAILED)
            raise
        if not got:
            _gave_up(self, Result.TIMEOUT)
            return False
        return self._got(frame, Acquired.AFTER_WAIT)

    def release(self) -> None:
        if self._owned():
            try:
                try:
                    frame: Any = _getframe(1)
                except ValueError:
                    frame = None
                depth = self._depth - 1
                self._depth = depth = depth if depth > 0 else 0
                _record(_RELEASED, self, frame, depth)
            finally:
                self._give()
        else:
            self._give()  # raises

    def __enter__(self) -> Any:
        try:
            frame: Any = _getframe(1)
        except ValueError:
            frame = None
        if self._take(False):
            return self._got(frame, 0)
        return self._blocking(frame, -1)

    def __exit__(self, *error: Any) -> None:
        if self._owned():
            try:
                try:
                    frame: Any = _getframe(1)
                except ValueError:
                    frame = None
                depth = self._depth - 1
                self._depth = depth = depth if depth > 0 else 0
                _record(_RELEASED, self, frame, depth)
            finally:
                self._give()
        else:
            self._give()  # raises

    # what Condition uses

    def _release_save(self) -> Any:
        if self._raw._is_owned():
            self._depth = 0
            _record(_RELEASED, self, caller(1))
        return self._raw._release_save()

    def _acquire_restore(self, state: Any) -> None:
        frame = caller(1)
        depth = state[0]
        flags = 0
        if self._take(False):
            for _ in range(depth - 1):
                self._take(False)
        else:
            _waits(self, frame, -1)
            self._raw._acquire_restore(state)
            flags = Acquired.AFTER_WAIT
        self._depth = depth
        _record(_ACQUIRED, self, frame, depth, flags)

    def _at_fork_reinit(self) -> None:
        self._depth = 0
        self._raw._at_fork_reinit()


# --- when our part failed -------------------------------------------------------------------


def _silent_enter(self: Any) -> Any:
    return self._take()


def _silent_exit(self: Any, *error: Any) -> None:
    self._give()


def _silent_acquire(self: Any, blocking: Any = True, timeout: Any = -1) -> Any:
    return self._take(blocking, timeout)


def _silent_release(self: Any) -> None:
    self._give()


def silence() -> None:
    """From here on the stand-ins only pass on."""
    for kind in (LockWrapper, RLockWrapper):
        changed: Any = kind
        changed.__enter__ = _silent_enter
        changed.__exit__ = changed._leave = _silent_exit
        changed.acquire = _silent_acquire
        changed.release = _silent_release
    changed = RLockWrapper
    changed._release_save = lambda self: self._raw._release_save()
    changed._acquire_restore = lambda self, state: self._raw._acquire_restore(state)


for _stand_in, _name in ((LockWrapper, "lock"), (RLockWrapper, "RLock")):
    _stand_in.__name__ = _stand_in.__qualname__ = _name
    _stand_in.__module__ = "_thread"


def set_limit(timeout_max: float) -> None:
    """The longest time-out that ``acquire`` takes, in seconds (``_thread.TIMEOUT_MAX``)."""
    global _TIMEOUT_MAX
    _TIMEOUT_MAX = timeout_max
