"""``asyncio``: what event loops do themselves, and loops that do not run asyncio's handles.

A loop of asyncio's runs every callback through ``Handle._run`` (see ``coroutines``); others, such
as uvloop, have handles of their own, written in C.  Whatever the loop, a task puts its steps on it
with ``loop.call_soon``.  So when a class of loops is made that is none of asyncio's, it gets a
``call_soon`` that hands the loop a stand-in for every callback that is a task's step.  What such a
loop does without tasks, its other callbacks and its I/O, is not seen.
"""

from __future__ import annotations

import sys

from .. import recorder
from ..layout import Kind
from ..trim import drop_own_entry
from . import callables, coroutines, inner, replace
from .coroutines import PROBE
from .frames import caller

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_HAS_EAGER = sys.version_info >= (3, 12)


def _failed(error: Exception) -> None:
    coroutines.probe_failed(error)


def _replace(cls: Any, name: str, wrapper: Any) -> Any:
    """As ``replace``; ``inspect.signature`` tells of the original also where that is written in C."""
    original = replace(cls, name, wrapper)
    wrapper.__wrapped__ = original
    return original


# --- every loop -------------------------------------------------------------------------------


def _wants_eager(loop: Any, kwargs: dict[str, Any], own: bool) -> bool:
    """Whether ``loop.create_task(**kwargs)`` runs the first step at once; ``own``: the loop is asyncio's."""
    factory = loop._task_factory if own else loop.get_task_factory()
    if factory is None:
        wanted = kwargs.get("eager_start", False)
    else:
        eager: Any = sys.modules["asyncio.tasks"].eager_task_factory
        parameters = eager.__code__.co_varnames
        if getattr(factory, "__code__", None) is not eager.__code__:
            return False
        # where the factory takes it, a loop that is not asyncio's may say ``eager_start=None``
        wanted = kwargs.get("eager_start", own or "eager_start" not in parameters)
    return bool(wanted) and sys.modules["asyncio.events"]._get_running_loop() is loop


def _watch_create_task(cls: Any, own: bool) -> None:
    """The first step of an eager task runs inside ``create_task``, without a handle."""

    def create_task(self: Any, coro: Any, **kwargs: Any) -> Any:
        state = None
        try:
            if (kwargs or not own or self._task_factory is not None) and recorder.probe_enabled(PROBE):
                if _wants_eager(self, kwargs, own):
                    state = coroutines.eager_begins(self, coro, kwargs.get("name"), caller(1))
        except Exception as error:
            _failed(error)
        task = None
        try:
            task = original(self, coro, **kwargs)
        except BaseException as error:
            drop_own_entry(error)
            raise
        finally:
            if state is not None:
                try:
                    coroutines.eager_ended(task, state)
                except Exception as error:
                    _failed(error)
        return task

    original = _replace(cls, "create_task", create_task)


def _watch_exceptions(cls: Any) -> None:
    def call_exception_handler(self: Any, context: Any) -> Any:
        try:
            error = context.get("exception")
            if isinstance(error, BaseException) and recorder.probe_enabled(PROBE):
                text = "%s: %s" % (callables.text_of(error), context.get("message") or "")
                recorder.emit(Kind.EXCEPTION, 0, recorder.string(text), 0, _place_of_error(error))
        except Exception as failure:
            _failed(failure)
        return original(self, context)

    original = _replace(cls, "call_exception_handler", call_exception_handler)


def _place_of_error(error: BaseException) -> int:
    """Where ``error`` was raised: the innermost frame of its traceback that is the program's own."""
    found = 0
    traceback = error.__traceback__
    while traceback is not None:
        found = recorder.location(traceback.tb_frame) or found
        traceback = traceback.tb_next
    return found


def _patch_base_events(module: Any) -> None:
    cls = module.BaseEventLoop
    inner.waits_for_loop(cls._run_once, lambda frame: coroutines.loop_serial(frame.f_locals["self"]))
    if _HAS_EAGER:
        _watch_create_task(cls, own=True)
    _watch_exceptions(cls)


# --- loops with handles of their own ------------------------------------------------------------

_handles = coroutines.Handles()
#: ``call_soon`` of ours, by id; they live as long as their classes, which are few
_ours: dict[int, Any] = {}


class _Step:
    """Stands in for a callback that is a step of ``task``, and looks like it."""

    __slots__ = ("_callback", "_task")

    def __init__(self, callback: Any, task: Any) -> None:
        self._callback = callback
        self._task = task

    def __repr__(self) -> str:
        return repr(self._callback)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._callback, name)

    def __call__(self, *args: Any) -> Any:
        task, callback = self._task, self._callback
        state = _handles.begin(task, args)
        try:
            return callback(*args)
        except BaseException as error:
            drop_own_entry(error)
            raise
        finally:
            if state is not None:
                _handles.ended(task, state)
            task = self = callback = args = None  # type: ignore[assignment]


coroutines.passed_on.add(_Step)


def _watch_call_soon(cls: Any) -> None:
    def call_soon(self: Any, /, *args: Any, **kwargs: Any) -> Any:
        callback = task = None
        if args and type(args[0]) is not _Step and recorder.probe_enabled(PROBE):
            try:
                callback = args[0]
                task = _handles.task_of(callback)
            except Exception as error:
                _failed(error)
        try:
            if task is None:
                handle = original(self, *args, **kwargs)
            else:
                handle = original(self, _Step(callback, task), *args[1:], **kwargs)
        except BaseException as error:
            drop_own_entry(error)
            raise
        if task is not None:
            _handles.made(callback, args[1:], caller(1))
        try:
            kept = getattr(handle, "_source_traceback", None)
            if kept:
                coroutines.without_ours(kept)
        except Exception as error:
            _failed(error)
        return handle

    original = _replace(cls, "call_soon", call_soon)
    _ours[id(call_soon)] = call_soon


def _made_class(cls: Any) -> None:
    """A class of loops was made: watch it if it is none of asyncio's and has its own way to run callbacks."""
    module = sys.modules.get("asyncio.base_events")
    base = getattr(module, "BaseEventLoop", None)
    if base is None or issubclass(cls, base):
        return
    call_soon = getattr(cls, "call_soon", None)
    if call_soon is sys.modules["asyncio.events"].AbstractEventLoop.call_soon or id(call_soon) in _ours:
        return
    _watch_call_soon(cls)
    if _HAS_EAGER:
        _watch_create_task(cls, own=False)
    _watch_exceptions(cls)


def _patch_events(module: Any) -> None:
    base = module.AbstractEventLoop

    def __init_subclass__(cls: Any, /, **kwargs: Any) -> None:
        try:
            super(base, cls).__init_subclass__(**kwargs)
        except BaseException as error:
            drop_own_entry(error)
            raise
        try:
            if recorder.probe_enabled(PROBE):
                _made_class(cls)
        except Exception as error:
            _failed(error)

    __init_subclass__.__qualname__ = base.__qualname__ + ".__init_subclass__"
    __init_subclass__.__module__ = base.__module__
    base.__init_subclass__ = classmethod(__init_subclass__)


MODULES = {
    "asyncio.events": _patch_events,
    "asyncio.base_events": _patch_base_events,
}
