"""``threading.Thread`` and threads started without it: start, begin, end, join.

A thread's serial is given out by whoever starts it, so that start and begin are known to
belong together.  Nothing is stored in the Thread object.  ``_bootstrap_inner`` catches what
a thread raises, so how it ended is learnt where the hook for uncaught exceptions is made.
"""

from __future__ import annotations

import _thread
import sys

from .. import recorder
from ..layout import End, Kind, Result, Wait
from ..trim import drop_own_entry
from . import inner, replace
from .callables import name_of, text_of
from .frames import caller
from .instances import Instances
from .stand_in import install as stand_in
from .waits import timeout_ns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType, TracebackType
    from typing import Any

PROBE = "threads"

_CODE = type((lambda: None).__code__)

#: (thread serial, object serial) by Thread object
threads = Instances()
#: text ids of exceptions that ended a thread, by thread serial
_failures: dict[int, int] = {}


def failed(error: BaseException, traceback: TracebackType | None) -> int:
    """Record an uncaught exception of this thread; its text's number."""
    text = recorder.string(text_of(error))
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    frame = traceback.tb_frame if traceback is not None else None
    recorder.emit(Kind.EXCEPTION, 0, text, 0, recorder.nearest(frame))
    return text


def object_of(thread: Any) -> int:
    """The object serial of a Thread, made when it has none yet (one that was not seen to start)."""
    known = threads.get(thread)
    if known is None:
        serial = recorder.current_thread() if thread._ident == _ident() else 0
        known = threads.put(thread, (serial, recorder.new_serial()))
        _describe(thread, known[1], 0)
        if serial:
            recorder.describe_thread(serial, thread._name, bool(thread._daemonic), 0, known[1])
    return known[1]  # type: ignore[no-any-return]


def _describe(thread: Any, obj: int, place: int) -> None:
    timer = any(base.__name__ == "Timer" and base.__module__ == "threading" for base in type(thread).__mro__)
    target = getattr(thread, "_target", None)
    extra = {"target": name_of(target)} if target is not None else {}
    if timer:
        extra = {"target": name_of(getattr(thread, "function", None))}
    if type(thread).__module__ != "threading":
        extra["class"] = type(thread).__qualname__
    recorder.describe(obj, "Timer" if timer else "Thread", thread._name, place, **extra)


def _starting(thread: Any, frame: FrameType | None) -> None:
    if threads.get(thread) is not None or thread._started.is_set():
        return  # started twice: the original raises
    serial, obj = recorder.new_thread_serial(), recorder.new_serial()
    parent = recorder.current_thread()
    place = recorder.nearest(frame)
    threads.put(thread, (serial, obj))
    _describe(thread, obj, place)
    recorder.describe_thread(serial, thread._name, bool(thread._daemonic), parent, obj)
    recorder.emit(Kind.THREAD_START, obj, serial, 0, place)


def _begins(thread: Any) -> int:
    known = threads.get(thread)
    if known is None:
        serial, obj = 0, 0
    else:
        serial, obj = known
    serial = recorder.attach(serial, thread._name, bool(thread._daemonic), 0, obj)
    recorder.emit(Kind.THREAD_BEGIN, obj, recorder.native_id(), 0, _where_it_begins(thread))
    for callback in recorder.on_thread_begin:
        callback()
    return serial


def _where_it_begins(thread: Any) -> int:
    """The ``def`` of what the thread will run, 0 when that is none of the program's functions."""
    function = getattr(thread, "_target", None) or getattr(thread, "function", None)
    if function is None:
        function = type(thread).run
    code = getattr(getattr(function, "__func__", function), "__code__", None)
    return recorder.beginning(code) if type(code) is _CODE else 0


def _ends(thread: Any, serial: int) -> None:
    text = _failures.pop(serial, 0)
    known = threads.get(thread)
    recorder.emit(Kind.THREAD_END, known[1] if known else 0, text, End.FAILED if text else End.FINISHED)


def _ident() -> int:
    return _thread.get_ident()


def _patch_threading(module: Any) -> None:
    thread_class = module.Thread

    def start(self: Any) -> None:
        if PROBE not in recorder.disabled:
            try:
                _starting(self, caller(1))
            except Exception as error:
                recorder.probe_failed(PROBE, error)
        try:
            original_start(self)
        except BaseException as error:
            drop_own_entry(error)
            raise

    original_start = replace(thread_class, "start", start)

    def started(frame: FrameType) -> tuple[int, int] | None:
        known = threads.get(frame.f_locals.get("self"))
        return (known[1], Wait.START) if known else None

    inner.name_waits_of(original_start, started)

    def _bootstrap_inner(self: Any) -> None:
        serial = 0
        if PROBE not in recorder.disabled:
            try:
                serial = _begins(self)
            except Exception as error:
                recorder.probe_failed(PROBE, error)
        try:
            original_bootstrap(self)
        finally:
            if serial:
                try:
                    _ends(self, serial)
                except Exception as error:
                    recorder.probe_failed(PROBE, error)

    original_bootstrap = replace(thread_class, "_bootstrap_inner", _bootstrap_inner)

    def join(self: Any, timeout: Any = None) -> None:
        obj = 0
        if PROBE not in recorder.disabled:
            try:
                if self._initialized and self._started.is_set():
                    obj = object_of(self)
                    place = recorder.nearest(caller(1))
                    recorder.emit(Kind.WAIT_BEGIN, obj, timeout_ns(timeout), Wait.THREAD_JOIN, place)
            except Exception as error:
                recorder.probe_failed(PROBE, error)
        done = False
        try:
            original_join(self, timeout)
            done = True
        except BaseException as error:
            drop_own_entry(error)
            raise
        finally:
            if obj:
                try:
                    result = Result.FAILED if not done else Result.TIMEOUT if self.is_alive() else Result.GOT
                    recorder.emit(Kind.WAIT_END, obj, 0, Wait.THREAD_JOIN | result)
                except Exception as error:
                    recorder.probe_failed(PROBE, error)

    original_join = replace(thread_class, "join", join)
    _patch_name(thread_class)
    _patch_hook_maker(module)
    _patch_shutdown(module)

    def timer_waits(frame: FrameType) -> tuple[int, int] | None:
        known = threads.get(frame.f_locals.get("self"))
        return (known[1], Wait.SLEEP) if known else None

    inner.name_waits_of(module.Timer.run, timer_waits)
    main = module.main_thread()
    if main._ident == _ident():
        serial = recorder.current_thread()
        obj = recorder.new_serial()
        threads.put(main, (serial, obj))
        recorder.describe(obj, "Thread", main._name)
        recorder.describe_thread(serial, main._name, False, 0, obj)


def _patch_name(thread_class: Any) -> None:
    original = thread_class.name

    def set_name(self: Any, name: Any) -> None:
        original.fset(self, name)
        known = threads.get(self)
        if known is not None and PROBE not in recorder.disabled:
            try:
                recorder.rename(known[1], self._name)
                recorder.describe_thread(known[0], self._name, bool(self._daemonic), 0, known[1])
            except Exception as error:
                recorder.probe_failed(PROBE, error)

    set_name.__name__ = "name"
    thread_class.name = property(original.fget, set_name, original.fdel, original.__doc__)


def _patch_hook_maker(module: Any) -> None:
    make = module._make_invoke_excepthook

    def _make_invoke_excepthook() -> Any:
        invoke = make()

        def invoke_excepthook(thread: Any) -> None:
            try:
                kind, error, traceback = sys.exc_info()
                if error is not None and kind is not SystemExit and PROBE not in recorder.disabled:
                    known = threads.get(thread)
                    if known is not None:
                        _failures[known[0]] = failed(error, traceback)
                del kind, error, traceback
            except Exception as problem:
                recorder.probe_failed(PROBE, problem)
            invoke(thread)

        return invoke_excepthook

    replace(module, "_make_invoke_excepthook", _make_invoke_excepthook)


def _patch_shutdown(module: Any) -> None:
    """At its end the interpreter waits for the threads that are not daemons."""

    def _shutdown() -> None:
        waiting = False
        obj = 0
        if PROBE not in recorder.disabled:
            try:
                # not current_thread(): in another interpreter it would make a dummy, too late to go
                me = module._active.get(module.get_ident())
                left = [t for t in list(module._active.values()) if t is not me and not t._daemonic]
                if left:
                    obj = object_of(left[0]) if len(left) == 1 else 0
                    recorder.emit(Kind.WAIT_BEGIN, obj, -1, Wait.THREAD_JOIN)
                    waiting = True
            except Exception as error:
                recorder.probe_failed(PROBE, error)
        try:
            original()
        finally:
            if waiting:
                recorder.emit(Kind.WAIT_END, obj, 0, Wait.THREAD_JOIN | Result.GOT)

    original = replace(module, "_shutdown", _shutdown)


# --- threads started without threading ------------------------------------------------------


class _Bare:
    """``function`` for ``_thread.start_new_thread``, with the records of its thread around it.

    When it raises, the interpreter says its ``repr``, and up to 3.12 gives it to ``sys.unraisablehook``.
    """

    __slots__ = ("_function", "_obj", "_parent", "_serial")

    def __init__(self, function: Any, serial: int, obj: int, parent: int) -> None:
        self._function = function
        self._serial = serial
        self._obj = obj
        self._parent = parent

    def __repr__(self) -> str:
        return repr(self._function)

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        function, obj = self._function, self._obj
        try:
            recorder.attach(self._serial, name_of(function), True, self._parent, obj)
            recorder.emit(Kind.THREAD_BEGIN, obj, recorder.native_id())
            for callback in recorder.on_thread_begin:
                callback()
        except Exception as error:
            recorder.probe_failed(PROBE, error)
        text = 0
        try:
            return function(*args, **kwargs)
        except BaseException as error:
            if not isinstance(error, SystemExit):
                try:
                    text = failed(error, error.__traceback__)
                except Exception as problem:
                    recorder.probe_failed(PROBE, problem)
            drop_own_entry(error)
            raise
        finally:
            recorder.emit(Kind.THREAD_END, obj, text, End.FAILED if text else End.FINISHED)


def _bare(function: Any, frame: FrameType | None) -> Any:
    """``function`` wrapped so that its thread is known, or as it is when threading starts it."""
    if PROBE in recorder.disabled or getattr(function, "__name__", "") == "_bootstrap":
        return None
    serial, obj = recorder.new_thread_serial(), recorder.new_serial()
    parent = recorder.current_thread()
    place = recorder.nearest(frame)
    name = name_of(function)
    recorder.describe(obj, "Thread", name, place, target=name)
    recorder.describe_thread(serial, name, True, parent, obj)
    recorder.emit(Kind.THREAD_START, obj, serial, 0, place)
    return _Bare(function, serial, obj, parent)


def _start_bare(original: Any, args: Any, kwargs: Any) -> Any:
    if args and callable(args[0]):
        try:
            wrapped = _bare(args[0], caller(2))
        except Exception as error:
            recorder.probe_failed(PROBE, error)
            wrapped = None
        if wrapped is not None:
            args = (wrapped, *args[1:])
    return original(*args, **kwargs)


def _patch_thread(module: Any) -> None:
    for name in ("start_new_thread", "start_new", "start_joinable_thread"):
        stand_in(module, name, _start_bare)


MODULES = {"_thread": _patch_thread, "threading": _patch_threading}
