"""Hooks on the two methods that move an item of a queue: ``_put`` and ``_get``.

``queue.Queue`` and ``asyncio.Queue`` are built alike: ``put`` and ``get`` do the waiting,
``_put`` and ``_get`` move the item, with the mutex held or on the one thread of the loop.  So
that is where both are recorded: after the item went in and before anybody can take it out,
and after it came out.  Subclasses that have such methods of their own get the hook there.
"""

from __future__ import annotations

import sys

from .. import recorder
from ..layout import Kind
from ..trim import drop_own_entry
from . import items, naming, replace
from .frames import caller
from .instances import Instances

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType, ModuleType
    from typing import Any

_FUNCTION = type(lambda: None)
_getframe = sys._getframe
_local = recorder.local
_places = recorder.place_table
_ADDRESSED = sys.version_info >= (3, 11)  # see places.py
_PUT, _GET = Kind.PUT, Kind.GET
_GLOBALS = globals()


def _appends(self: Any, item: Any) -> None:
    self.queue.append(item)


def _pops_left(self: Any) -> Any:
    return self.queue.popleft()


def _is_just(function: Any, twin: Any) -> bool:
    """Whether ``function`` consists of the very instructions of ``twin``."""
    code, other = function.__code__, twin.__code__
    return bool(
        code.co_code == other.co_code and code.co_names == other.co_names and not function.__closure__
    )


def _caller(frame: FrameType) -> FrameType:
    """The nearest frame at or above ``frame`` that is not of a hook: a hook may have called another."""
    while frame.f_globals is _GLOBALS and frame.f_back is not None:
        frame = frame.f_back
    return frame


class QueueState(items.InOrder):
    """What is known of one queue: its serial, how its items are numbered, and by whose hooks."""

    __slots__ = ("in_order", "numbers", "own_get", "own_put", "serial")

    def __init__(self, serial: int, order: Callable[[], Any], own_put: bool, own_get: bool) -> None:
        super().__init__()
        self.serial = serial
        self.numbers: Any = None if order is items.InOrder else order()  # None: this object itself
        self.own_put = own_put  # the class has a _put of its own, which records
        self.own_get = own_get
        self.in_order = self.numbers is None and not own_put and not own_get  # takes the hot path


class QueueHooks:
    """The hooks on one module's queue classes.

    ``container``: the attribute that holds the items; ``family``: of the objects described.
    """

    def __init__(self, module: ModuleType, container: str, family: str, probe: str) -> None:
        self.module: Any = module
        self.base: Any = self.module.Queue
        self.container = container
        self.family = family
        self.probe = probe
        self.known = Instances()  # QueueState by instance
        self.draining = getattr(getattr(self.base, "shutdown", None), "__code__", None)
        self._hooks: dict[int, Any] = {}  # id of a hook → itself
        orders = {"PriorityQueue": items.ByIdentity, "LifoQueue": items.LastFirst, "Queue": items.InOrder}
        self._own = [(getattr(module, name), name, order) for name, order in orders.items()]
        for owner, _name, _order in self._own:
            for name in ("_put", "_get"):
                if name in owner.__dict__:
                    self._hook(owner, name, True)

    def adopt(self, queue: Any, frame: FrameType | None) -> None:
        """Know ``queue``, which ``frame`` makes.  One made by the standard library stays unknown."""
        if self.known.get(queue) is not None or naming.made_by_stdlib(frame):
            return
        cls = type(queue)
        base, sort, order = next(entry for entry in self._own if issubclass(cls, entry[0]))
        own = [False, False]
        if cls is not base:
            for index, name in enumerate(("_put", "_get")):
                owner = next(owner for owner in cls.__mro__ if name in owner.__dict__)
                if any(owner is entry[0] for entry in self._own):
                    continue
                method = owner.__dict__[name]
                if type(method) is not _FUNCTION:
                    return  # something callable that is no method: this class cannot be followed
                if id(method) not in self._hooks:
                    self._hook(owner, name, False)
                own[index] = True
            size = "_qsize" if hasattr(base, "_qsize") else "qsize"
            if getattr(cls, size) is not getattr(base, size):
                order = items.Unknown
            elif any(own):
                order = items.ByIdentity
        serial = recorder.new_serial()
        self.known.put(queue, QueueState(serial, order, *own))
        name, location = naming.name_and_place(frame, queue)
        most = getattr(queue, "maxsize", 0)
        most = most if type(most) is int else 0
        recorder.describe(serial, sort, name, location, family=self.family, maxsize=most)

    def serial_of(self, queue: Any) -> int:
        """The serial of a known queue, 0 of any other."""
        state = self.known.get(queue)
        return 0 if state is None else int(state.serial)

    def failed(self, error: Exception) -> None:
        """The probe raised ``error``: every queue is forgotten, so no hook does anything any more."""
        recorder.probe_failed(self.probe, error)
        if self.probe in recorder.disabled:
            self.known.states.clear()

    def _hook(self, owner: type, name: str, base: bool) -> None:
        original = owner.__dict__[name]
        if name == "_put":
            hook = self._base_put(original) if base else self._own_put(original)
        else:
            hook = self._base_get(original) if base else self._own_get(original)
        if owner is self.base and self.container == "queue":
            hook = self._hot_put(original, hook) if name == "_put" else self._hot_get(original, hook)
        replace(owner, name, hook)
        self._hooks[id(hook)] = hook

    # --- the hot path: queue.Queue itself, written out

    # The one instruction of the original stands in the hook itself, where the original is known to be
    # nothing else: a call saved on each.

    def _hot_put(self, original: Any, other: Any) -> Callable[..., Any]:
        states, record = self.known.states, self._record
        if not _is_just(original, _appends):
            return other  # type: ignore[no-any-return]

        def _put(self: Any, item: Any) -> Any:
            state = states.get(id(self))
            if state is None or not state.in_order:
                return other(self, item)
            self.queue.append(item)
            state.count = number = state.count + 1
            try:
                frame = _getframe(2)
                if _ADDRESSED:
                    place = _places[id(frame.f_code) + frame.f_lasti]
                else:
                    place = _places[id(frame.f_code), frame.f_lasti]
                if place:
                    _local.write(_PUT, state.serial, number, 0, place)
                else:
                    record(_PUT, state, number, frame)
            except (KeyError, AttributeError, ValueError):  # a new place, a new thread, called from C
                record(_PUT, state, number, caller(2))
            return None

        return _put

    def _hot_get(self, original: Any, other: Any) -> Callable[..., Any]:
        states, record = self.known.states, self._record
        if not _is_just(original, _pops_left):
            return other  # type: ignore[no-any-return]

        def _get(self: Any) -> Any:
            state = states.get(id(self))
            if state is None or not state.in_order:
                return other(self)
            container = self.queue
            item = container.popleft()
            number = state.count - len(container)
            try:
                frame = _getframe(2)
                if _ADDRESSED:
                    place = _places[id(frame.f_code) + frame.f_lasti]
                else:
                    place = _places[id(frame.f_code), frame.f_lasti]
                if place:
                    _local.write(_GET, state.serial, number, 0, place)
                else:
                    record(_GET, state, number, frame)
            except (KeyError, AttributeError, ValueError):
                record(_GET, state, number, caller(2))
            return item

        return _get

    def _record(self, kind: int, state: QueueState, number: int, frame: FrameType | None) -> None:
        try:
            recorder.emit(kind, state.serial, max(0, number), 0, recorder.nearest(frame))
        except Exception as error:
            self.failed(error)

    # --- all others.  A subclass may call the _put of its base: then only its own hook records.

    def _base_put(self, original: Any) -> Callable[..., Any]:
        states, moved, container = self.known.states, self._was_put, self.container

        def _put(self: Any, item: Any, *more: Any) -> Any:
            try:
                result = original(self, item, *more)
            except BaseException as error:
                drop_own_entry(error)
                raise
            state = states.get(id(self))
            if state is not None and not state.own_put:
                moved(state, item, getattr(self, container, None), _caller(_getframe(1)))
            return result

        return _put

    def _own_put(self, original: Any) -> Callable[..., Any]:
        states, moved, container = self.known.states, self._was_put, self.container
        globals_of_module = self.module.__dict__

        def _put(self: Any, item: Any, *more: Any) -> Any:
            try:
                result = original(self, item, *more)
            except BaseException as error:
                drop_own_entry(error)
                raise
            state = states.get(id(self))
            if state is not None and _caller(_getframe(1)).f_globals is globals_of_module:
                moved(state, item, getattr(self, container, None), _caller(_getframe(1)))
            return result

        return _put

    def _base_get(self, original: Any) -> Callable[..., Any]:
        states, moved, container = self.known.states, self._was_got, self.container

        def _get(self: Any, *more: Any) -> Any:
            try:
                item = original(self, *more)
            except BaseException as error:
                drop_own_entry(error)
                raise
            state = states.get(id(self))
            if state is not None and not state.own_get:
                moved(state, item, getattr(self, container, None), _caller(_getframe(1)))
            return item

        return _get

    def _own_get(self, original: Any) -> Callable[..., Any]:
        states, moved, container = self.known.states, self._was_got, self.container
        globals_of_module = self.module.__dict__

        def _get(self: Any, *more: Any) -> Any:
            try:
                item = original(self, *more)
            except BaseException as error:
                drop_own_entry(error)
                raise
            state = states.get(id(self))
            if state is not None and _caller(_getframe(1)).f_globals is globals_of_module:
                moved(state, item, getattr(self, container, None), _caller(_getframe(1)))
            return item

        return _get

    def _was_put(self, state: QueueState, item: Any, container: Any, frame: FrameType) -> None:
        try:
            number = (state.numbers or state).put(item, container)
            recorder.emit(Kind.PUT, state.serial, number, 0, recorder.nearest(frame.f_back))
        except Exception as error:
            self.failed(error)

    def _was_got(self, state: QueueState, item: Any, container: Any, frame: FrameType) -> None:
        try:
            number = (state.numbers or state).got(item, container)
            if frame.f_code is not self.draining:  # shutdown(immediate=True) throws the items away
                recorder.emit(Kind.GET, state.serial, number, 0, recorder.nearest(frame.f_back))
        except Exception as error:
            self.failed(error)

    def patch_methods(self) -> None:
        """Record what else is of note: queues made, task_done and shutdown."""
        base, failed, states = self.base, self.failed, self.known.states
        adopt, probe = self.adopt, self.probe

        def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
            original_init(self, *args, **kwargs)
            try:
                if probe not in recorder.disabled:
                    adopt(self, caller(1))
            except Exception as error:
                failed(error)

        original_init = replace(base, "__init__", __init__)

        def task_done(self: Any) -> Any:
            try:
                result = original_task_done(self)
            except BaseException as error:
                drop_own_entry(error)
                raise
            state = states.get(id(self))
            if state is not None:
                try:
                    recorder.emit(Kind.TASK_DONE, state.serial, 0, 0, recorder.nearest(caller(1)))
                except Exception as error:
                    failed(error)
            return result

        original_task_done = replace(base, "task_done", task_done)
        if self.draining is None:
            return

        def shutdown(self: Any, *args: Any, **kwargs: Any) -> Any:
            state = states.get(id(self))
            if state is not None:
                try:
                    state.in_order = False  # the other path tells what shutdown throws away
                    name = recorder.string("Queue.shutdown")
                    place = recorder.nearest(caller(1))
                    recorder.emit(Kind.CALLED, name, state.serial, 0, place)
                except Exception as error:
                    failed(error)
            return original_shutdown(self, *args, **kwargs)

        original_shutdown = replace(base, "shutdown", shutdown)
