"""``asyncio``'s own objects: Lock, Semaphore, Event, Condition, Barrier, Queue, TaskGroup, and what
tasks that await them, sleep, streams and the like wait for.

Nothing stands around a coroutine: ``acquire`` and ``wait`` stay as they are.  Who awaits them is
found when the task is suspended (see ``awaiting``).  That a lock was taken or given back is seen
where it happens, in the attribute that says so: ``_locked`` of a Lock, ``_value`` of a Semaphore
have a descriptor on the class that only sees them written; they are kept and read in the
instance as before.
"""

from __future__ import annotations

import sys
from time import perf_counter_ns

from .. import recorder
from ..layout import Acquired, Kind, Wait
from ..trim import drop_own_entry
from . import awaiting, coroutines, naming, replace
from .frames import caller
from .instances import Instances
from .queue_hooks import QueueHooks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import Any

PROBE = "coroutine_objects"

#: Sleeps longer than this have no end worth telling, s.
_FAR = 1e9

#: serial by instance; 0: belongs to another object and is not shown
objects = Instances()


def _failed(error: Exception) -> None:
    objects.states.clear()
    recorder.probe_failed(PROBE, error)


def _serial_of(instance: Any) -> int:
    """The serial of an asyncio object, 0 when it is not shown."""
    serial = objects.get(instance)
    if serial is None:
        return 0
    return serial  # type: ignore[no-any-return]


def _describe(instance: Any, sort: str, frame: FrameType | None) -> None:
    """Know ``instance``, which ``frame`` makes; one made by asyncio itself belongs to another object."""
    if objects.get(instance) is not None:
        return
    while frame is not None and naming.first_argument(frame) is instance:
        frame = frame.f_back  # the constructor of a subclass
    if naming.made_by_stdlib(frame):
        objects.put(instance, 0)
        return
    serial = recorder.new_serial()
    objects.put(instance, serial)
    name, location = naming.name_and_place(frame, instance)
    recorder.describe(serial, sort, name, location, family="asyncio")


def _self_as(reason: int) -> awaiting.Name:
    """Coroutines whose ``self`` is what is waited for."""

    def name(frame: FrameType, inside: Any) -> tuple[int, int] | None:
        return _serial_of(frame.f_locals["self"]), reason

    return name


def _because(reason: int) -> awaiting.Name:
    """Coroutines that say why, but nothing that has a name."""

    def name(frame: FrameType, inside: Any) -> tuple[int, int] | None:
        return 0, reason

    return name


class _Written:
    """Data descriptor that sees an attribute written and leaves the rest as it was.

    Without a ``__get__`` the attribute is read from the instance, at the speed of C.
    """

    def __init__(self, name: str, seen: Callable[[Any, Any, Any], None]) -> None:
        self._name = name
        self._seen = seen  # (instance, value before or None, value)

    def __set__(self, instance: Any, value: Any) -> None:
        values = instance.__dict__
        before = values.get(self._name)
        values[self._name] = value
        try:
            self._seen(instance, before, value)
        except Exception as error:
            _failed(error)

    def __delete__(self, instance: Any) -> None:
        try:
            del instance.__dict__[self._name]
        except KeyError:
            raise AttributeError(self._name) from None


def _watch_init(cls: Any, sort: str, then: Callable[[Any], None] | None = None) -> None:
    original = cls.__dict__["__init__"]

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        try:
            original(self, *args, **kwargs)
        except BaseException as error:
            drop_own_entry(error)
            raise
        try:
            if recorder.probe_enabled(PROBE):
                _describe(self, sort_of(type(self)), caller(1))
                if then is not None:
                    then(self)
        except Exception as error:
            _failed(error)

    def sort_of(instance_class: type) -> str:
        return "BoundedSemaphore" if instance_class.__name__ == "BoundedSemaphore" else sort

    replace(cls, "__init__", __init__)


# --- locks ------------------------------------------------------------------------------------


def _after_wait(serial: int) -> int:
    """AFTER_WAIT when the task whose step runs was suspended on the object before this step."""
    state = coroutines.current_state()
    if state is not None and state.awaited == serial and state.reason in (Wait.LOCK, Wait.SEMAPHORE):
        state.awaited = state.reason = 0
        return Acquired.AFTER_WAIT
    return 0


def _lock_written(instance: Any, before: Any, locked: Any) -> None:
    serial = objects.states.get(id(instance))
    if not serial or before is None:
        return
    if locked and not before:
        recorder.emit(Kind.ACQUIRED, serial, 0, _after_wait(serial), recorder.here(2))
    elif before and not locked:
        recorder.emit(Kind.RELEASED, serial, 0, 0, recorder.here(2))


def _patch_lock(cls: Any) -> None:
    _watch_init(cls, "Lock")
    cls._locked = _Written("_locked", _lock_written)
    awaiting.name_awaits_of(cls.acquire, _self_as(Wait.LOCK))


def _patch_semaphore(cls: Any) -> None:
    _watch_init(cls, "Semaphore")
    wake_up = cls.__dict__.get("_wake_up_next")
    # from 3.10 on, a release hands its permit to the task that waits longest
    hands_over = wake_up is not None and "_value" in wake_up.__code__.co_names
    wake_up_code = wake_up.__code__ if wake_up is not None else None

    def written(instance: Any, before: Any, value: Any) -> None:
        serial = objects.states.get(id(instance))
        if not serial or before is None:
            return
        if value < before:
            if sys._getframe(2).f_code is not wake_up_code:
                recorder.emit(Kind.ACQUIRED, serial, value, _after_wait(serial), recorder.here(2))
        elif value > before:
            recorder.emit(Kind.RELEASED, serial, value, 0, recorder.here(2))

    def resumed(state: Any, future: Any) -> None:
        """A permit that was handed to the task while it waited is its own from here on."""
        serial = state.awaited
        if serial and future.done() and not future.cancelled():
            state.awaited = state.reason = 0
            recorder.emit(Kind.ACQUIRED, serial, 0, Acquired.AFTER_WAIT)

    cls._value = _Written("_value", written)
    awaiting.name_awaits_of(cls.acquire, _self_as(Wait.SEMAPHORE))
    if hands_over:
        coroutines.on_resume.append(resumed)


# --- events, conditions, barriers -------------------------------------------------------------


def _before(cls: Any, method: str, seen: Callable[..., None]) -> None:
    """Call ``seen(self, serial, *arguments)`` before a plain method, for objects that are shown."""
    original = cls.__dict__[method]

    def wrapper(self: Any, *args: Any, **kwargs: Any) -> Any:
        serial = objects.states.get(id(self))
        if serial:
            try:
                seen(self, serial, *args, **kwargs)
            except Exception as error:
                _failed(error)
        try:
            return original(self, *args, **kwargs)
        except BaseException as error:
            drop_own_entry(error)
            raise

    replace(cls, method, wrapper)


def _patch_event(cls: Any) -> None:
    def set_seen(self: Any, serial: int) -> None:
        recorder.emit(Kind.EVENT_SET, serial, 0, 0, recorder.here(2))

    def clear_seen(self: Any, serial: int) -> None:
        recorder.emit(Kind.EVENT_CLEARED, serial, 0, 0, recorder.here(2))

    _watch_init(cls, "Event")
    _before(cls, "set", set_seen)
    _before(cls, "clear", clear_seen)
    awaiting.name_awaits_of(cls.wait, _self_as(Wait.EVENT))


def _patch_condition(cls: Any) -> None:
    def serves(condition: Any) -> None:
        # a lock of its own is the condition's; one that was given keeps its name
        lock = condition._lock
        if not _serial_of(lock):
            objects.put(lock, _serial_of(condition))

    def notify_seen(self: Any, serial: int, n: Any = 1) -> None:
        if self.locked():
            waiting = sum(1 for future in self._waiters if not future.done())
            recorder.emit(Kind.NOTIFY, serial, min(n, waiting), 0, recorder.here(2))

    def waits(frame: FrameType, inside: Any) -> tuple[int, int] | None:
        if hasattr(inside, "cr_code"):
            return None  # it was notified, and waits for the lock again
        return _serial_of(frame.f_locals["self"]), Wait.CONDITION

    _watch_init(cls, "Condition", serves)
    _before(cls, "notify", notify_seen)
    awaiting.name_awaits_of(cls.wait, waits)


# --- queues -----------------------------------------------------------------------------------


def _patch_queues(module: Any) -> None:
    hooks = QueueHooks(module, "_queue", "asyncio", PROBE)

    def waits(method: str, reason: int) -> None:
        def name(frame: FrameType, inside: Any) -> tuple[int, int] | None:
            return hooks.serial_of(frame.f_locals["self"]), reason

        awaiting.name_awaits_of(getattr(hooks.base, method), name)

    waits("get", Wait.QUEUE_GET)
    waits("put", Wait.QUEUE_PUT)
    waits("join", Wait.QUEUE_JOIN)
    hooks.patch_methods()


# --- what else is awaited ---------------------------------------------------------------------


def _patch_locks(module: Any) -> None:
    _patch_lock(module.Lock)
    _patch_semaphore(module.Semaphore)
    _patch_event(module.Event)
    _patch_condition(module.Condition)
    if hasattr(module, "Barrier"):
        _watch_init(module.Barrier, "Barrier")
        awaiting.name_awaits_of(module.Barrier.wait, _self_as(Wait.BARRIER))


def _sleeps(frame: FrameType, inside: Any) -> tuple[int, int] | None:
    """asyncio.sleep: the value is when it is over, as ``perf_counter_ns`` counts."""
    local = frame.f_locals
    timer, loop = local.get("h"), local.get("loop")
    if timer is None or loop is None:
        return 0, Wait.SLEEP
    left = timer.when() - loop.time()
    if not left < _FAR:
        return 0, Wait.SLEEP  # sleep(inf)
    return perf_counter_ns() + int(left * 1e9), Wait.SLEEP


def _waits_for_task(name: str) -> awaiting.Name:
    """The local variable ``name`` holds the task or future that is really waited for."""

    def awaits(frame: FrameType, inside: Any) -> tuple[int, int] | None:
        future = frame.f_locals.get(name)
        return None if future is None else coroutines.serial_of_awaited(future)

    return awaits


def _waits_for_several(frame: FrameType, inside: Any) -> tuple[int, int] | None:
    futures = frame.f_locals.get("fs") or ()
    waiting = [future for future in futures if not future.done()]
    return coroutines.serial_of_awaited(waiting[0]) if len(waiting) == 1 else (0, Wait.TASK)


def _patch_tasks(module: Any) -> None:
    awaiting.name_awaits_of(module.sleep, _sleeps)
    awaiting.name_awaits_of(module._wait, _waits_for_several)
    if sys.version_info < (3, 12):
        awaiting.name_awaits_of(module.wait_for, _waits_for_task("fut"))
    if hasattr(module, "_cancel_and_wait"):
        awaiting.name_awaits_of(module._cancel_and_wait, _waits_for_task("fut"))


def _patch_taskgroups(module: Any) -> None:
    cls = module.TaskGroup
    _watch_init(cls, "TaskGroup")
    awaiting.name_awaits_of(cls.__aexit__, _self_as(Wait.TASK))


def _patch_futures(module: Any) -> None:
    """A future that stands for one of ``concurrent.futures`` has its serial."""
    original = module.wrap_future

    def wrap_future(future: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            wrapped = original(future, *args, **kwargs)
        except BaseException as error:
            drop_own_entry(error)
            raise
        try:
            if wrapped is not future and recorder.probe_enabled(PROBE):
                from . import futures

                coroutines.futures.put(wrapped, futures.serial_of(future))
        except Exception as error:
            _failed(error)
        return wrapped

    replace(module, "wrap_future", wrap_future)


def _because_of(reasons: dict[str, int], *classes: str) -> Callable[[Any], None]:
    """A patch that names the awaits of coroutine methods of a module's classes."""

    def patch(module: Any) -> None:
        for class_name in classes:
            cls = getattr(module, class_name, None)
            for method, reason in reasons.items():
                function = getattr(cls, "__dict__", {}).get(method)
                if hasattr(function, "__code__"):
                    awaiting.name_awaits_of(function, _because(reason))

    return patch


_patch_selector_events = _because_of(
    {
        "sock_recv": Wait.READ,
        "sock_recv_into": Wait.READ,
        "sock_recvfrom": Wait.READ,
        "sock_recvfrom_into": Wait.READ,
        "sock_sendall": Wait.WRITE,
        "sock_sendto": Wait.WRITE,
        "sock_connect": Wait.CONNECT,
        "sock_accept": Wait.ACCEPT,
    },
    "BaseSelectorEventLoop",
)

MODULES = {
    "asyncio.locks": _patch_locks,
    "asyncio.queues": _patch_queues,
    "asyncio.tasks": _patch_tasks,
    "asyncio.taskgroups": _patch_taskgroups,
    "asyncio.futures": _patch_futures,
    "asyncio.selector_events": _patch_selector_events,
    "asyncio.streams": _because_of(
        {"_wait_for_data": Wait.READ, "_drain_helper": Wait.WRITE, "wait_closed": Wait.OTHER},
        "StreamReader",
        "FlowControlMixin",
        "StreamWriter",
    ),
    "asyncio.base_subprocess": _because_of({"_wait": Wait.PROCESS_JOIN}, "BaseSubprocessTransport"),
}
