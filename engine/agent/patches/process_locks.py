"""``multiprocessing``: Lock, RLock, Semaphore, BoundedSemaphore, Condition, Event, Barrier.

All of them are made of semaphores of the operating system.  ``SemLock`` takes ``acquire`` and
``release`` of the C object for its own in ``_make_methods``; there stand-ins are put in their
place.  A semaphore that serves another object (the wait of a condition, the room in a queue)
is recorded as a wait for that object, and as nothing else.

A forked child goes on with the serials of its parent; to a spawned one the name of the
semaphore tells that it is the same.
"""

from __future__ import annotations

import _weakref

from .. import recorder
from ..layout import Acquired, Kind, Result, Wait
from ..trim import drop_own_entry
from . import locks as threading_locks
from . import process_makers, replace, waits
from .frames import caller
from .instances import Instances
from .stand_in import StandIn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import Any

PROBE = "process_locks"
_SYNCHRONIZE = "multiprocessing.synchronize"

_LOCK, _RLOCK, _SEMAPHORE = "Lock", "RLock", "Semaphore"


class SemState:
    """What is known of one semaphore.

    ``serial``: the object it is, or serves; ``reason`` (``layout.Wait``) says why one waits for it.
    ``serves``: only waits are recorded.  ``undecided``: called with the frame of the first user,
    gives the serial, 0: the standard library's own.
    """

    __slots__ = ("kind", "reason", "semlock", "serial", "serves", "undecided")

    def __init__(self, semlock: Any, kind: str) -> None:
        self.semlock = semlock
        self.kind = kind
        self.serial = 0
        self.reason = Wait.SEMAPHORE if kind == _SEMAPHORE else Wait.LOCK
        self.serves = False
        self.undecided: Callable[[FrameType | None], int] | None = None


states = Instances()  # SemState by SemLock
conditions = Instances()  # serial by Condition, 0: serves another object
events = Instances()  # serial by Event


def _failed(error: Exception) -> None:
    recorder.probe_failed(PROBE, error)


def _kind_of(lock: Any, module: Any) -> tuple[str, str]:
    """(how it counts, its sort)"""
    if isinstance(lock, module.RLock):
        return _RLOCK, "RLock"
    if isinstance(lock, module.Lock):
        return _LOCK, "Lock"
    return _SEMAPHORE, "BoundedSemaphore" if isinstance(lock, module.BoundedSemaphore) else "Semaphore"


def key_of(semlock: Any) -> str:
    """What names a semaphore in all processes; empty where only forked children have it."""
    name = semlock.name
    return "sem:" + name if type(name) is str else ""


# --- acquire and release ----------------------------------------------------------------------


def _active(state: SemState, frame: FrameType | None) -> bool:
    """Whether ``state`` is to be recorded, for its user in ``frame``; decides what is undecided."""
    if PROBE in recorder.disabled:
        return False
    if state.undecided is not None:
        decide, state.undecided = state.undecided, None
        try:
            state.serial = decide(process_makers.user(frame, _SYNCHRONIZE))
        except Exception as error:
            _failed(error)
    return bool(state.serial) and not (state.serves and waits.silent())


def _acquired(state: SemState, frame: FrameType | None, flags: int) -> None:
    try:
        if state.serves:
            return
        value = 0
        if state.kind == _RLOCK:
            value = state.semlock._count()
            if value > 1:
                flags |= Acquired.REENTERED
        elif state.kind == _SEMAPHORE:
            value = _permits(state.semlock)
        recorder.emit(Kind.ACQUIRED, state.serial, value, flags, recorder.nearest(frame))
    except Exception as error:
        _failed(error)


def _permits(semlock: Any) -> int:
    try:
        return semlock._get_value()  # type: ignore[no-any-return]
    except NotImplementedError:  # macOS
        return 0


def _acquire(state: SemState, original: Any, block: Any, timeout: Any, frame: FrameType | None) -> Any:
    """As ``original(block, timeout)`` of the C object, recorded for the caller in ``frame``."""
    try:
        plain = block is True and (timeout is None or (type(timeout) in (int, float) and timeout > 0))
        if not plain:
            got = original(block, timeout)
            if got:
                _acquired(state, frame, 0)
            return got
        if original(False):
            _acquired(state, frame, 0)
            return True
        try:
            limit, place = waits.timeout_ns(timeout), recorder.nearest(frame)
            recorder.emit(Kind.WAIT_BEGIN, state.serial, limit, state.reason, place)
        except Exception as error:
            _failed(error)
        result = Result.FAILED
        got = False
        try:
            got = original(True, timeout)
            result = Result.GOT if got else Result.TIMEOUT
        finally:
            if state.serves or not got:
                waits.record(PROBE, Kind.WAIT_END, state.serial, 0, state.reason | result)
        if got:
            _acquired(state, frame, Acquired.AFTER_WAIT)
        return got
    except BaseException as error:
        drop_own_entry(error)
        raise


def _release(state: SemState, original: Any, args: Any, kwargs: Any, frame: FrameType | None) -> Any:
    # stamped before, written after: a release that is refused has not happened
    time_ns = recorder.now()
    try:
        result = original(*args, **kwargs)
    except BaseException as error:
        drop_own_entry(error)
        raise
    try:
        value = 0
        if state.kind == _RLOCK:
            value = state.semlock._count() if state.semlock._is_mine() else 0
        elif state.kind == _SEMAPHORE:
            value = _permits(state.semlock)
        recorder.emit_at(time_ns, Kind.RELEASED, state.serial, value, 0, recorder.nearest(frame))
    except Exception as error:
        _failed(error)
    return result


def _methods(state: SemState) -> tuple[StandIn, StandIn]:
    """Stand-ins for ``acquire`` and ``release`` of the C object."""

    def acquire(original: Any, args: Any, kwargs: Any) -> Any:
        try:
            frame = caller(2)
            if not _active(state, frame):
                return original(*args, **kwargs)
            block = args[0] if args else kwargs.get("block", True)
            timeout = args[1] if len(args) > 1 else kwargs.get("timeout")
            if len(args) > 2 or not set(kwargs) <= {"block", "timeout"}:
                return original(*args, **kwargs)  # raises
            return _acquire(state, original, block, timeout, frame)
        except BaseException as error:
            drop_own_entry(error)
            raise

    def release(original: Any, args: Any, kwargs: Any) -> Any:
        try:
            frame = caller(2)
            if state.serves or not _active(state, frame):
                return original(*args, **kwargs)
            return _release(state, original, args, kwargs, frame)
        except BaseException as error:
            drop_own_entry(error)
            raise

    return StandIn(state.semlock.acquire, acquire), StandIn(state.semlock.release, release)


def know(lock: Any, kind: str) -> SemState:
    """Put stand-ins into ``lock``; its state, which records nothing until it has a serial."""
    state = SemState(lock._semlock, kind)
    states.put(lock, state)
    lock.acquire, lock.release = _methods(state)
    return state


def serve(lock: Any, serial: int, reason: int) -> None:
    """From here on a wait for ``lock`` is a wait for the object ``serial``; 0: nothing is recorded."""
    state = states.get(lock)
    if not serial:
        if state is not None:
            state.serial, state.undecided = 0, None
        return
    if state is None:
        state = know(lock, _SEMAPHORE)
    state.serial, state.reason, state.serves, state.undecided = serial, reason, True, None


def belongs(lock: Any, serial: int, module: Any) -> None:
    """``lock`` is the lock of the condition ``serial``: taken and given back under its name."""
    state = states.get(lock) or know(lock, _kind_of(lock, module)[0])
    if not state.serial or state.undecided is not None:
        state.serial, state.undecided = serial, None


def _patch_semlock(module: Any) -> None:
    cls = module.SemLock

    def _make_methods(self: Any) -> None:
        original_make(self)
        if PROBE in recorder.disabled:
            return
        try:
            frame = caller(1)
            if frame is not None and frame.f_code.co_name == "__setstate__":
                _came_by_pickle(self, module)
                return
            made_by = process_makers.maker(frame, self)
            if process_makers.is_programs(made_by):
                kind, sort = _kind_of(self, module)
                know(self, kind).serial = process_makers.describe(sort, made_by, key_of(self._semlock))
        except Exception as error:
            _failed(error)

    original_make = replace(cls, "_make_methods", _make_methods)

    def __enter__(self: Any) -> Any:
        try:
            state = states.get(self)
            frame = caller(1)
            if state is None or not _active(state, frame):
                return original_enter(self)
            return _acquire(state, self._semlock.acquire, True, None, frame)
        except BaseException as error:
            drop_own_entry(error)
            raise

    def __exit__(self: Any, *args: Any) -> Any:
        try:
            state = states.get(self)
            frame = caller(1)
            if state is None or state.serves or not _active(state, frame):
                return original_exit(self, *args)
            return _release(state, original_exit, (self, *args), {}, frame)
        except BaseException as error:
            drop_own_entry(error)
            raise

    original_enter = replace(cls, "__enter__", __enter__)
    original_exit = replace(cls, "__exit__", __exit__)


def _came_by_pickle(lock: Any, module: Any) -> None:
    kind, sort = _kind_of(lock, module)
    state = know(lock, kind)
    key = key_of(lock._semlock)

    def decide(user: FrameType | None) -> int:
        return process_makers.describe(sort, None, key) if process_makers.is_programs(user) else 0

    state.undecided = decide


# --- Condition --------------------------------------------------------------------------------


def _patch_condition(module: Any) -> None:
    cls = module.Condition

    def _make_methods(self: Any) -> None:
        # the condition takes over ``acquire`` and ``release`` of its lock, so the lock comes first
        if PROBE not in recorder.disabled:
            try:
                prepare(self, caller(1))
            except Exception as error:
                _failed(error)
        original_make(self)

    def prepare(self: Any, frame: FrameType | None) -> None:
        conditions.put(self, 0)
        serve(self._sleeping_count, 0, 0)
        serve(self._woken_count, 0, 0)
        serve(self._wait_semaphore, 0, 0)
        if frame is None or frame.f_code.co_name != "__setstate__":
            made_by = process_makers.maker(frame, self)
            if process_makers.is_programs(made_by):
                adopt(
                    self, process_makers.describe("Condition", made_by, key_of(self._wait_semaphore._semlock))
                )
            return
        key = key_of(self._wait_semaphore._semlock)
        reference = _weakref.ref(self)

        def decide(user: FrameType | None) -> int:
            condition = reference()
            if condition is None or not process_makers.is_programs(user):
                return 0
            serial = process_makers.describe("Condition", None, key)
            adopt(condition, serial)
            return serial

        state = states.get(self._lock)
        if state is not None and state.undecided is not None:
            state.undecided = decide

    def adopt(self: Any, serial: int) -> None:
        conditions.put(self, serial)
        serve(self._wait_semaphore, serial, Wait.CONDITION)
        belongs(self._lock, serial, module)

    original_make = replace(cls, "_make_methods", _make_methods)

    def notify(self: Any, n: Any = 1) -> Any:
        serial = conditions.get(self)
        if serial and PROBE not in recorder.disabled:
            try:
                if self._lock._semlock._is_mine():
                    asleep = _permits(self._sleeping_count._semlock) - _permits(self._woken_count._semlock)
                    place = recorder.nearest(caller(1))
                    recorder.emit(Kind.NOTIFY, serial, max(0, min(n, asleep)), 0, place)
            except Exception as error:
                _failed(error)
        try:
            return original_notify(self, n)
        except BaseException as error:
            drop_own_entry(error)
            raise

    original_notify = replace(cls, "notify", notify)


def condition_serves(condition: Any, serial: int, reason: int) -> None:
    """Waits on ``condition`` are for the object ``serial``; its lock is nobody's business."""
    conditions.put(condition, 0)
    serve(condition._lock, 0, 0)
    serve(condition._wait_semaphore, serial, reason)


# --- Event, Barrier ---------------------------------------------------------------------------


def _patch_event(module: Any) -> None:
    cls = module.Event

    def know_event(self: Any, frame: FrameType | None) -> int:
        """The serial of an event, known from here on; one that came by pickle is the program's."""
        serial = process_makers.describe("Event", frame, key_of(self._flag._semlock))
        events.put(self, serial)
        condition_serves(self._cond, serial, Wait.EVENT)
        serve(self._flag, 0, 0)
        return serial

    def serial_of(self: Any) -> int:
        serial = events.get(self)
        if serial is None:
            return know_event(self, None)
        return serial  # type: ignore[no-any-return]

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        original_init(self, *args, **kwargs)
        if PROBE in recorder.disabled:
            return
        try:
            made_by = process_makers.maker(caller(1), self)
            if process_makers.is_programs(made_by):
                know_event(self, made_by)
            else:
                events.put(self, 0)
        except Exception as error:
            _failed(error)

    original_init = replace(cls, "__init__", __init__)

    def before(name: str, kind: int) -> None:
        def method(self: Any, *args: Any, **kwargs: Any) -> Any:
            if PROBE not in recorder.disabled:
                try:
                    serial = serial_of(self)
                    if serial and kind:
                        recorder.emit(kind, serial, 0, 0, recorder.nearest(caller(1)))
                except Exception as error:
                    _failed(error)
            try:
                return original(self, *args, **kwargs)
            except BaseException as error:
                drop_own_entry(error)
                raise

        original = replace(cls, name, method)

    before("set", Kind.EVENT_SET)
    before("clear", Kind.EVENT_CLEARED)
    before("wait", 0)


def _patch_barrier(module: Any) -> None:
    """Its ``wait`` is that of ``threading.Barrier``, which is recorded for barriers that are known."""
    cls = module.Barrier

    def know_barrier(self: Any, frame: FrameType | None) -> None:
        serial = process_makers.describe("Barrier", frame, key_of(self._cond._wait_semaphore._semlock))
        threading_locks.barriers.put(self, serial)
        condition_serves(self._cond, 0, 0)

    def __setstate__(self: Any, state: Any) -> None:
        original_setstate(self, state)
        if PROBE in recorder.disabled:
            return
        try:
            frame = caller(1)
            made_here = frame is not None and frame.f_code.co_name == "__init__"
            know_barrier(self, process_makers.maker(frame, self) if made_here else None)
        except Exception as error:
            _failed(error)

    original_setstate = replace(cls, "__setstate__", __setstate__)


def _patch_synchronize(module: Any) -> None:
    _patch_semlock(module)
    _patch_condition(module)
    _patch_event(module)
    _patch_barrier(module)


MODULES = {"multiprocessing.synchronize": _patch_synchronize}
