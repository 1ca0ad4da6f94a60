"""``multiprocessing``: managers and what they manage, shared memory.

A manager keeps the objects in a process of its own; the program holds proxies.  A call of a
proxy travels there and back, so it is a wait: for the lock, queue or event by its method's
name, else for the answer.  What happens inside the manager's process serves others and stays raw.
"""

from __future__ import annotations

from .. import recorder
from ..layout import OBJECT_SORTS, Acquired, Kind, Result, Wait
from ..trim import drop_own_entry
from . import naming, process_makers, replace, waits
from .frames import caller
from .instances import Instances

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any

PROBE = "process_shared"

proxies = Instances()  # serial by proxy
managers = Instances()  # serial by manager
memories = Instances()  # serial by SharedMemory

_REASONS = {
    "acquire": Wait.LOCK,
    "get": Wait.QUEUE_GET,
    "put": Wait.QUEUE_PUT,
    "join": Wait.QUEUE_JOIN,
    "wait": Wait.CONDITION,
}
_QUEUES = ("Queue", "JoinableQueue")
_SEMAPHORES = ("Semaphore", "BoundedSemaphore")


def _failed(error: Exception) -> None:
    recorder.probe_failed(PROBE, error)


def _describe(proxy: Any, frame: FrameType | None) -> int:
    kind = str(proxy._token.typeid)
    sort = kind if kind in OBJECT_SORTS else "Other"
    key = "manager:%s:%s" % (proxy._token.address, proxy._token.id)
    serial = process_makers.describe(sort, frame, key, managed=kind)
    proxies.put(proxy, serial)
    return serial


def _serial_of(proxy: Any) -> int:
    serial = proxies.get(proxy)
    return _describe(proxy, None) if serial is None else serial


def _reason(kind: str, method: str) -> int:
    if kind == "Event" and method == "wait":
        return Wait.EVENT
    if kind == "Barrier":
        return Wait.BARRIER
    if method == "acquire" and kind in _SEMAPHORES:
        return Wait.SEMAPHORE
    if method in ("get", "put", "join") and kind not in _QUEUES:
        return Wait.OTHER  # dict.get
    return _REASONS.get(method, Wait.OTHER)


def _before(serial: int, kind: str, method: str, place: int) -> None:
    if method == "set" and kind == "Event":
        recorder.emit(Kind.EVENT_SET, serial, 0, 0, place)
    elif method == "clear" and kind == "Event":
        recorder.emit(Kind.EVENT_CLEARED, serial, 0, 0, place)
    elif method in ("notify", "notify_all"):
        recorder.emit(Kind.NOTIFY, serial, 0, 0, place)
    elif method == "put" and kind in _QUEUES:
        recorder.emit(Kind.PUT, serial, 0, 0, place)


def _after(serial: int, kind: str, method: str, value: Any, begun_ns: int, place: int) -> None:
    if method == "release":
        recorder.emit_at(begun_ns, Kind.RELEASED, serial, 0, 0, place)
    elif method == "get" and kind in _QUEUES:
        recorder.emit(Kind.GET, serial, 0, 0, place)
    elif method == "task_done":
        recorder.emit(Kind.TASK_DONE, serial, 0, 0, place)


def _patch_proxies(module: Any) -> None:
    cls = module.BaseProxy

    def _callmethod(self: Any, methodname: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            if PROBE in recorder.disabled or waits.silent() or type(methodname) is not str:
                return original(self, methodname, *args, **kwargs)
            serial = place = begun_ns = 0
            kind = ""
            reason = Wait.OTHER
            try:
                frame = process_makers.user(caller(1), module.__name__)
                place = recorder.nearest(frame)
                serial, kind = _serial_of(self), str(self._token.typeid)
                reason = _reason(kind, methodname)
                begun_ns = recorder.now()
                _before(serial, kind, methodname, place)
            except Exception as error:
                _failed(error)
            call = (self, methodname, *args)
            if methodname == "acquire":
                return _acquire(serial, reason, place, original, call, kwargs)
            value = waits.call_outer(PROBE, serial, reason, -1, place, original, call, kwargs, None)
            try:
                _after(serial, kind, methodname, value, begun_ns, place)
            except Exception as error:
                _failed(error)
            return value
        except BaseException as error:
            drop_own_entry(error)
            raise

    original = replace(cls, "_callmethod", _callmethod)


def _acquire(serial: int, reason: int, place: int, original: Any, args: Any, kwargs: Any) -> Any:
    """A lock that is taken: the acquisition itself ends the wait."""
    waits.record(PROBE, Kind.WAIT_BEGIN, serial, -1, reason, place)
    ident = waits._ident()
    waits.inside.add(ident)
    got = False
    result = Result.FAILED
    try:
        got = bool(original(*args, **kwargs))
        result = Result.GOT if got else Result.TIMEOUT
        return got
    except BaseException as error:
        drop_own_entry(error)
        raise
    finally:
        waits.inside.discard(ident)
        if got:
            waits.record(PROBE, Kind.ACQUIRED, serial, 0, Acquired.AFTER_WAIT, place)
        else:
            waits.record(PROBE, Kind.WAIT_END, serial, 0, reason | result)


def _patch_managers(module: Any) -> None:
    _patch_proxies(module)
    manager_class = module.BaseManager

    def start(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            result = original_start(self, *args, **kwargs)
        except BaseException as error:
            drop_own_entry(error)
            raise
        if PROBE not in recorder.disabled:
            try:
                made_by = process_makers.user(caller(1), module.__name__, "multiprocessing.context")
                process = getattr(self, "_process", None)
                extra = {} if process is None else {"pid": process.pid}
                managers.put(self, process_makers.describe("Manager", made_by, **extra))
            except Exception as error:
                _failed(error)
        return result

    original_start = replace(manager_class, "start", start)
    _name_proxies(module)


def _name_proxies(module: Any) -> None:
    """``manager.Lock()`` makes a proxy and gives it back: named where that is called from."""
    cls = module.BaseProxy

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        try:
            original(self, *args, **kwargs)
        except BaseException as error:
            drop_own_entry(error)
            raise
        try:
            if PROBE not in recorder.disabled:
                frame = process_makers.user(caller(1), module.__name__)
                if frame is not None and not naming.made_by_stdlib(frame):
                    _describe(self, frame)
        except Exception as error:
            _failed(error)

    original = replace(cls, "__init__", __init__)


def _patch_shared_memory(module: Any) -> None:
    cls = module.SharedMemory

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        try:
            original_init(self, *args, **kwargs)
        except BaseException as error:
            drop_own_entry(error)
            raise
        if PROBE not in recorder.disabled:
            try:
                made_by = process_makers.maker(caller(1), self)
                if process_makers.is_programs(made_by):
                    key = "memory:" + self._name
                    size = self._size
                    memories.put(self, process_makers.describe("SharedMemory", made_by, key, size=size))
            except Exception as error:
                _failed(error)

    def unlink(self: Any) -> Any:
        if PROBE not in recorder.disabled:
            try:
                place = recorder.nearest(caller(1))
                serial = memories.get(self) or 0
                recorder.emit(Kind.CALLED, recorder.string("SharedMemory.unlink"), serial, 0, place)
            except Exception as error:
                _failed(error)
        try:
            return original_unlink(self)
        except BaseException as error:
            drop_own_entry(error)
            raise

    original_init = replace(cls, "__init__", __init__)
    original_unlink = replace(cls, "unlink", unlink)


MODULES = {
    "multiprocessing.managers": _patch_managers,
    "multiprocessing.shared_memory": _patch_shared_memory,
}
