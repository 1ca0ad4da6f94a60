"""``threading``: Lock, RLock, Condition, Semaphore, BoundedSemaphore, Event, Barrier.

Lock and RLock are written in C, so their factories give stand-ins (``lock_types``).  The
others are classes written in Python and keep their identity: methods are replaced in place,
and what we know of an instance stands beside it (``instances``).

What the standard library makes for itself stays raw.  When such a condition or event
really waits, ``inner`` says what for.
"""

from __future__ import annotations

import sys

from .. import recorder
from ..layout import Kind, Result, Wait
from ..trim import drop_own_entry
from . import inner, naming, replace
from .frames import caller
from .instances import Instances
from .lock_types import PROBE, LockWrapper, RLockWrapper, set_limit
from .stand_in import install as stand_in
from .waits import timeout_ns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any

#: serial by instance, for what is written in Python
conditions = Instances()
semaphores = Instances()
events = Instances()
barriers = Instances()


def _off() -> bool:
    return PROBE in recorder.disabled


def _make(raw: Any, sort: str, wrapper: Any, frame: FrameType | None) -> Any:
    """A stand-in for ``raw``, or ``raw`` itself when the standard library makes it for itself."""
    if _off() or naming.made_by_stdlib(frame):
        return raw
    try:
        name, place = naming.name_and_place(frame)
        serial = recorder.new_serial()
        recorder.describe(serial, sort, name, place, family="threading")
        return wrapper(raw, serial)
    except Exception as error:
        recorder.probe_failed(PROBE, error)
        return raw


def _serial_for(table: Instances, instance: Any, sort: str, frame: FrameType | None, **extra: Any) -> int:
    """Give ``instance`` a serial unless it has one or belongs to the standard library; 0 then."""
    if table.get(instance) is not None:
        return 0
    while frame is not None and _constructs(frame, instance):
        frame = frame.f_back
    if naming.made_by_stdlib(frame):
        return 0
    name, place = naming.name_and_place(frame)
    serial = recorder.new_serial()
    table.put(instance, serial)
    recorder.describe(serial, sort, name, place, family="threading", **extra)
    return serial


def _constructs(frame: FrameType, instance: Any) -> bool:
    """Whether ``frame`` is a constructor at work on ``instance`` (that of a subclass)."""
    code = frame.f_code
    if code.co_name != "__init__" or not code.co_argcount:
        return False
    return frame.f_locals.get(code.co_varnames[0]) is instance


# --- Lock, RLock ------------------------------------------------------------------------------


def _patch_factories(module: Any) -> None:
    _thread: Any = sys.modules["_thread"]
    set_limit(_thread.TIMEOUT_MAX)
    raw_lock = _thread.allocate_lock
    raw_rlock = _thread.RLock
    lock_type = type(raw_lock())

    def make_lock(original: Any, args: Any, kwargs: Any) -> Any:
        return _make(original(*args, **kwargs), "Lock", LockWrapper, caller(2))

    if isinstance(module.Lock, type):  # 3.13 and later: a class
        module.Lock = _thread.lock = _lock_class(lock_type)  # pickle looks for it there
    else:
        stand_in(module, "Lock", make_lock)

    def RLock(*args: Any, **kwargs: Any) -> Any:
        raw = original_rlock(*args, **kwargs)
        if type(raw) is not raw_rlock:
            return raw  # the one written in Python
        return _make(raw, "RLock", RLockWrapper, caller(1))

    original_rlock = replace(module, "RLock", RLock)
    stand_in(_thread, "allocate_lock", make_lock)
    stand_in(_thread, "allocate", make_lock)


def _lock_class(raw: Any) -> Any:
    """``threading.Lock`` as a class: instances are stand-ins, ``isinstance`` knows both kinds."""

    class Meta(type):
        def __call__(cls, *args: Any, **kwargs: Any) -> Any:
            return _make(raw(*args, **kwargs), "Lock", LockWrapper, caller(1))

        def __instancecheck__(cls, instance: Any) -> bool:
            return isinstance(instance, raw)

        def __subclasscheck__(cls, kind: Any) -> bool:
            return issubclass(kind, raw) or kind is LockWrapper

        def __repr__(cls) -> str:
            return repr(raw)

        def __eq__(cls, other: Any) -> bool:
            return cls is other or other is raw

        def __hash__(cls) -> int:
            return hash(raw)

        def __getattribute__(cls, name: str) -> Any:
            if name in ("__name__", "__qualname__", "__module__", "__doc__", "__text_signature__"):
                return getattr(raw, name)
            return type.__getattribute__(cls, name)

    def refuse(cls: Any, /, **kwargs: Any) -> None:
        raise TypeError("type '" + raw.__module__ + "." + raw.__name__ + "' is not an acceptable base type")

    lock = Meta("lock", (), {"__module__": raw.__module__, "__init_subclass__": classmethod(refuse)})
    for name in dir(raw):
        if not name.startswith("__") or name in ("__enter__", "__exit__"):
            setattr(lock, name, getattr(raw, name))
    return lock


# --- Condition --------------------------------------------------------------------------------


def _patch_condition(module: Any) -> None:
    kind = module.Condition
    rlock = sys.modules["_thread"].RLock
    raw_lock = type(module._allocate_lock())

    def __init__(self: Any, lock: Any = None) -> None:
        own = False
        if not _off():
            try:
                own = _new_condition(self, lock, caller(1))
            except Exception as error:
                recorder.probe_failed(PROBE, error)
        if own:
            # the lock it makes for itself is the condition's: same name, same track
            lock = RLockWrapper(rlock(), conditions.get(self))
        original_init(self, lock)

    def _new_condition(self: Any, lock: Any, frame: FrameType | None) -> bool:
        serial = getattr(lock, "_serial", 0) if isinstance(lock, (LockWrapper, RLockWrapper)) else 0
        made = _serial_for(conditions, self, "Condition", frame, **({"lock": serial} if serial else {}))
        return bool(made and lock is None)

    original_init = replace(kind, "__init__", __init__)

    def wait(self: Any, timeout: Any = None) -> Any:
        named = None
        place = 0
        if not _off():
            try:
                frame = caller(1)
                serial = conditions.states.get(id(self))
                if serial:
                    if frame is not None and frame.f_code is wait_for_code:
                        frame = frame.f_back or frame
                    named = (serial, Wait.CONDITION)
                else:
                    named = inner.named(frame)
                if named is not None:
                    place = recorder.nearest(frame)
                    recorder.emit(Kind.WAIT_BEGIN, named[0], timeout_ns(timeout), named[1], place)
            except Exception as error:
                recorder.probe_failed(PROBE, error)
                named = None
        if named is None:
            try:
                return original_wait(self, timeout)
            except BaseException as error:
                drop_own_entry(error)
                raise
        result = Result.FAILED
        try:
            got = original_wait(self, timeout)
            result = Result.GOT if got else Result.TIMEOUT
            return got
        except BaseException as error:
            drop_own_entry(error)
            raise
        finally:
            recorder.emit(Kind.WAIT_END, named[0], 0, named[1] | result, place)

    original_wait = replace(kind, "wait", wait)
    wait_for_code = kind.wait_for.__code__

    def notify(self: Any, n: int = 1) -> None:
        if type(self._lock) is raw_lock:  # the standard library's own: twice for every item of a queue
            try:
                return original_notify(self, n)  # type: ignore[no-any-return]
            except BaseException as error:
                drop_own_entry(error)
                raise
        serial = conditions.states.get(id(self))
        if serial and not _off():
            try:
                waiters = len(self._waiters)
                place = recorder.nearest(caller(1))
                recorder.emit(Kind.NOTIFY, serial, min(n, waiters), 0, place)
            except Exception as error:
                recorder.probe_failed(PROBE, error)
        try:
            original_notify(self, n)
        except BaseException as error:
            drop_own_entry(error)
            raise
        return None

    original_notify = replace(kind, "notify", notify)


# --- Semaphore --------------------------------------------------------------------------------


def _patch_semaphores(module: Any) -> None:
    semaphore = module.Semaphore

    def __init__(self: Any, value: int = 1) -> None:
        try:
            original_init(self, value)
        except BaseException as error:
            drop_own_entry(error)
            raise
        if not _off():
            try:
                sort = "BoundedSemaphore" if isinstance(self, module.BoundedSemaphore) else "Semaphore"
                _serial_for(semaphores, self, sort, caller(1), permits=value)
            except Exception as error:
                recorder.probe_failed(PROBE, error)

    original_init = replace(semaphore, "__init__", __init__)

    def acquire(self: Any, blocking: Any = True, timeout: Any = None) -> Any:
        try:
            got = original_acquire(self, blocking, timeout)
        except BaseException as error:
            drop_own_entry(error)
            raise
        if got:
            serial = semaphores.states.get(id(self))
            if serial and not _off():
                try:
                    place = recorder.nearest(caller(1))
                    recorder.emit(Kind.ACQUIRED, serial, max(0, self._value), 0, place)
                except Exception as error:
                    recorder.probe_failed(PROBE, error)
        return got

    original_acquire = replace(semaphore, "acquire", acquire)
    semaphore.__enter__ = acquire

    def waits(frame: FrameType) -> tuple[int, int] | None:
        serial = semaphores.get(frame.f_locals.get("self"))
        return (serial, Wait.SEMAPHORE) if serial else None

    inner.name_waits_of(original_acquire, waits)
    _patch_release(semaphore)
    _patch_release(module.BoundedSemaphore)


def _patch_release(kind: Any) -> None:
    def release(self: Any, n: int = 1) -> None:
        serial = semaphores.states.get(id(self), 0)
        silent = not serial or _off()
        # stamped before, written after: a release that is refused has not happened
        time_ns = recorder.now()
        permits = self._value + n if type(n) is int else 0
        try:
            original(self, n)
        except BaseException as error:
            drop_own_entry(error)
            raise
        if silent:
            return
        try:
            place = recorder.nearest(caller(1))
            recorder.emit_at(time_ns, Kind.RELEASED, serial, permits, 0, place)
        except Exception as error:
            recorder.probe_failed(PROBE, error)

    original = replace(kind, "release", release)


# --- Event ------------------------------------------------------------------------------------


def _patch_event(module: Any) -> None:
    kind = module.Event

    def __init__(self: Any) -> None:
        original_init(self)
        if not _off():
            try:
                _serial_for(events, self, "Event", caller(1))
            except Exception as error:
                recorder.probe_failed(PROBE, error)

    original_init = replace(kind, "__init__", __init__)

    def note(self: Any, what: int, frame: FrameType | None) -> None:
        serial = events.states.get(id(self))
        if serial and not _off():
            try:
                recorder.emit(what, serial, 0, 0, recorder.nearest(frame))
            except Exception as error:
                recorder.probe_failed(PROBE, error)

    def set(self: Any) -> None:
        note(self, Kind.EVENT_SET, caller(1))
        original_set(self)

    original_set = replace(kind, "set", set)

    def clear(self: Any) -> None:
        note(self, Kind.EVENT_CLEARED, caller(1))
        original_clear(self)

    original_clear = replace(kind, "clear", clear)

    def wait(self: Any, timeout: Any = None) -> Any:
        named = None
        place = 0
        if not self._flag and not _off():
            try:
                frame = caller(1)
                serial = events.states.get(id(self))
                named = (serial, Wait.EVENT) if serial else inner.named(frame)
                if named is not None:
                    place = recorder.nearest(frame)
                    recorder.emit(Kind.WAIT_BEGIN, named[0], timeout_ns(timeout), named[1], place)
            except Exception as error:
                recorder.probe_failed(PROBE, error)
                named = None
        if named is None:
            try:
                return original_wait(self, timeout)
            except BaseException as error:
                drop_own_entry(error)
                raise
        result = Result.FAILED
        try:
            got = original_wait(self, timeout)
            result = Result.GOT if got else Result.TIMEOUT
            return got
        except BaseException as error:
            drop_own_entry(error)
            raise
        finally:
            recorder.emit(Kind.WAIT_END, named[0], 0, named[1] | result, place)

    original_wait = replace(kind, "wait", wait)


# --- Barrier ----------------------------------------------------------------------------------


def _patch_barrier(module: Any) -> None:
    kind = module.Barrier

    def __init__(self: Any, parties: Any, action: Any = None, timeout: Any = None) -> None:
        original_init(self, parties, action, timeout)
        if not _off():
            try:
                _serial_for(barriers, self, "Barrier", caller(1), parties=parties)
            except Exception as error:
                recorder.probe_failed(PROBE, error)

    original_init = replace(kind, "__init__", __init__)

    def wait(self: Any, timeout: Any = None) -> Any:
        serial = barriers.states.get(id(self))
        if not serial or _off():
            try:
                return original_wait(self, timeout)
            except BaseException as error:
                drop_own_entry(error)
                raise
        place = 0
        try:
            place = recorder.nearest(caller(1))
            limit = self._timeout if timeout is None else timeout
            recorder.emit(Kind.WAIT_BEGIN, serial, timeout_ns(limit), Wait.BARRIER, place)
        except Exception as error:
            recorder.probe_failed(PROBE, error)
        result = Result.FAILED
        try:
            index = original_wait(self, timeout)
            result = Result.GOT
            return index
        except BaseException as error:
            drop_own_entry(error)
            raise
        finally:
            recorder.emit(Kind.WAIT_END, serial, 0, Wait.BARRIER | result, place)

    original_wait = replace(kind, "wait", wait)

    def arrives(name: str, flags: int) -> None:
        # _enter, _release and _break run with the barrier's condition held: in their order
        def note(self: Any) -> Any:
            serial = barriers.states.get(id(self))
            if serial and not _off():
                recorder.emit(Kind.BARRIER_ARRIVED, serial, self._count, flags)
            return original(self)

        original = replace(kind, name, note)

    arrives("_enter", 0)
    arrives("_release", 1)
    arrives("_break", 2)


def _patch_threading(module: Any) -> None:
    _patch_factories(module)
    _patch_condition(module)
    _patch_semaphores(module)
    _patch_event(module)
    _patch_barrier(module)


MODULES = {"threading": _patch_threading}
