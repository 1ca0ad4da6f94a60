"""``asyncio``: tasks, their steps, what they await, callbacks, the loop asleep.

Every callback, each step of a task included, passes through ``Handle._run``, and is made
ready by ``Handle.__init__``; for a step of a task the callback's ``__self__`` is the task.
So coroutines, tasks and their ``repr`` stay as they are.  Steps that do not come through a
handle: the first step of an eager task, which runs inside ``create_task``, and those of
loops with handles of their own; for both see ``event_loops``.
"""

from __future__ import annotations

import _thread
import sys

from .. import recorder
from ..layout import End, Kind, Step, Wait
from ..trim import drop_own_entry
from . import awaiting, callables, replace, waits
from .frames import caller
from .instances import Instances

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any

PROBE = "coroutines"

_local = recorder.local
_FUNCTION = type(lambda: None)
_BUILTIN = type(len)
_OURS = __file__.rsplit("patches", 1)[0]
_BOUND = type(Instances().get)

#: types of callbacks that only pass something on
passed_on: set[type] = {_BUILTIN}
#: What kind of callback a type is: see ``Handles.task_of``.
_PLAIN, _STEP, _BUILTIN_METHOD, _BOUND_METHOD = 0, 1, 2, 3

#: asyncio's own callbacks that only pass something on
_TRIVIAL = frozenset(
    {
        "_set_result_unless_cancelled",
        "_release_waiter",
        "_done_callback",
        "_run_until_complete_cb",
        "_set_state",
        "_call_check_cancel",
        "_read_from_self",
        "_on_completion",
        "_on_task_done",
        "_inner_done_callback",
        "_outer_done_callback",
        "_on_timeout",
    }
)


class TaskState:
    """What is known of one task."""

    __slots__ = ("again", "awaited", "cancelling", "name", "reason", "serial", "stepping", "task", "waiter")

    def __init__(self, serial: int, name: str) -> None:
        self.serial = serial
        self.name = name
        self.awaited = 0  # what it awaited when it was suspended last, and why
        self.reason = 0
        self.waiter = 0  # id of the future it is suspended on
        self.cancelling = 0  # how many requests to cancel it were recorded
        self.task: Any = None  # weak reference
        self.stepping = False  # its step runs
        self.again = False  # and has put the next one on the loop


tasks = Instances()  # TaskState by task
loops = Instances()  # serial by loop
futures = Instances()  # serial by asyncio future, where one is awaited or stands for something
#: asked when a semaphore was handed to a task that waited for it: (task's state, future) → None
on_resume: list[Any] = []

#: id of the future a task is suspended on → the task's state
_suspended: dict[int, TaskState] = {}
#: per thread: eager tasks whose first step runs, outermost first; the task itself is not known yet
_eager: dict[int, list[TaskState]] = {}

_asyncio_tasks: Any = None


def probe_failed(error: Exception) -> None:
    """As ``recorder.probe_failed``; what this probe knows is forgotten."""
    recorder.probe_failed(PROBE, error)
    if PROBE in recorder.disabled:
        tasks.states.clear()  # nothing is on the hot path any more


# --- objects ----------------------------------------------------------------------------------


def without_ours(stack: list[Any]) -> None:
    """Take our frames out of a stack that asyncio's debug mode keeps."""
    stack[:] = [entry for entry in stack if not entry.filename.startswith(_OURS)]


def loop_serial(loop: Any) -> int:
    """The serial of an event loop; it gets one when it is seen for the first time."""
    serial = loops.get(loop)
    if serial is None:
        serial = recorder.new_serial()
        loops.put(loop, serial)
        recorder.describe(serial, "Loop", type(loop).__name__, 0, family="asyncio")
    return serial  # type: ignore[no-any-return]


def _coroutine_name(coroutine: Any) -> str:
    name = getattr(coroutine, "__qualname__", None)
    return name if type(name) is str else type(coroutine).__qualname__


def _place_of_start(coroutine: Any) -> str:
    code = getattr(coroutine, "cr_code", None) or getattr(coroutine, "gi_code", None)
    return "" if code is None else "%s:%d" % (code.co_filename, code.co_firstlineno)


def _current_task(loop: Any) -> Any:
    try:
        return _asyncio_tasks.current_task(loop)
    except RuntimeError:
        return None


def state_of(task: Any, frame: FrameType | None = None) -> TaskState:
    """The state of a task; one that was not seen when it was made becomes known now.

    ``frame``: from where to look for the program's code that makes it, when it is new.
    """
    state = tasks.states.get(id(task))
    if state is not None:
        return state  # type: ignore[no-any-return]
    pending = _eager.get(_thread.get_ident())
    if pending and _current_task(task.get_loop()) is task:
        return _bind(task, pending[-1])
    return _created(task, frame or caller(1))


def _bind(task: Any, state: TaskState) -> TaskState:
    tasks.put(task, state)
    state.task = tasks.reference(task)
    return state


def _created(task: Any, frame: FrameType | None) -> TaskState:
    coroutine = task.get_coro()
    name = str(task.get_name())
    state = _bind(task, TaskState(recorder.new_serial(), name))
    kept = getattr(task, "_source_traceback", None)
    if kept:
        without_ours(kept)
    _describe(state, coroutine, task.get_loop(), frame)
    return state


def _describe(state: TaskState, coroutine: Any, loop: Any, frame: FrameType | None) -> None:
    location = recorder.nearest(frame)
    creator = _current_task(loop)
    recorder.describe(
        state.serial,
        "Task",
        state.name,
        location,
        family="asyncio",
        coroutine=_coroutine_name(coroutine),
        defined=_place_of_start(coroutine),
        loop=loop_serial(loop),
    )
    creator_state = None if creator is None else tasks.states.get(id(creator))
    recorder.emit(
        Kind.TASK_CREATED, state.serial, 0 if creator_state is None else creator_state.serial, 0, location
    )


def future_serial(future: Any, name: str, location: int) -> int:
    """The serial of an asyncio future that somebody awaits; it is described when it is new."""
    serial = futures.get(future)
    if serial is None:
        serial = recorder.new_serial()
        futures.put(future, serial)
        recorder.describe(serial, "Future", name, location, family="asyncio")
    return serial  # type: ignore[no-any-return]


def current_state() -> TaskState | None:
    """The state of the task whose step runs in this thread, None outside of one."""
    if _asyncio_tasks is None:
        return None
    try:
        task = _asyncio_tasks.current_task()
    except RuntimeError:
        return None
    return None if task is None else state_of(task)


# --- steps ------------------------------------------------------------------------------------


def step_ended(task: Any, state: TaskState) -> None:
    """Record how the step of ``task`` that just ended left it."""
    again, state.again, state.stepping = state.again, False, False
    waiter = task._fut_waiter
    if waiter is not None:
        value, reason, location = awaiting.awaited(task.get_coro())
        if not reason:
            value, reason = _named_future(waiter, location)
        state.awaited, state.reason = value, reason
        state.waiter = id(waiter)
        _suspended[id(waiter)] = state
        recorder.emit(Kind.TASK_AWAITS, state.serial, value, reason, location)
        recorder.emit(Kind.TASK_STEP_END, state.serial, 0, Step.READY if again else 0, location)
        return
    if not task.done():  # a bare yield: it is on the loop again
        recorder.emit(Kind.TASK_STEP_END, state.serial, 0, Step.READY)
        return
    text = 0
    if task.cancelled():
        flags = End.CANCELLED
    else:
        error = task._exception
        flags = End.FINISHED if error is None else End.FAILED
        if error is not None:
            text = recorder.string(callables.text_of(error))
    name = task.get_name()
    if name != state.name:
        recorder.rename(state.serial, str(name))
    recorder.emit(Kind.TASK_STEP_END, state.serial, text, flags)


def serial_of_awaited(future: Any) -> tuple[int, int]:
    """(serial or 0, reason) of a task or future that is waited for."""
    return _named_future(future, 0)


def _named_future(waiter: Any, location: int) -> tuple[int, int]:
    """What a future that is awaited directly stands for; ``location``: where the program awaits it."""
    state = tasks.states.get(id(waiter))
    if state is not None:
        return state.serial, Wait.TASK
    serial = futures.states.get(id(waiter))
    if serial is not None:
        return serial, Wait.FUTURE
    children = getattr(waiter, "_children", None)
    if type(children) is list:
        return future_serial(waiter, "gather(%d)" % len(children), location), Wait.FUTURE
    if not location:
        return 0, Wait.OTHER
    return future_serial(waiter, "", location), Wait.FUTURE


def _resumed(state: TaskState, handle_args: Any) -> None:
    """The task of ``state`` is about to go on after it was suspended."""
    _suspended.pop(state.waiter, None)
    state.waiter = 0
    if state.reason == Wait.SEMAPHORE and handle_args:
        for resumed in on_resume:
            resumed(state, handle_args[0])


def _cancelled_by_request(task: Any, state: TaskState, frame: FrameType | None) -> None:
    """The future that ``task`` waits for was just cancelled: record who asked for it, once a request.

    ``Task.cancel`` is written in C and cannot be patched, but it cancels that future at once, and
    so the task is made ready inside the call.  Tasks that wait for this one and were asked to
    cancel have passed the request on.
    """
    location = recorder.nearest(frame)
    for _ in range(1000):
        requests = _requests(task)
        if requests is None:
            requests = state.cancelling + 1
        if requests <= state.cancelling:
            return
        state.cancelling = requests
        recorder.emit(Kind.CANCEL_REQUESTED, state.serial, 0, 0, location)
        outer = _suspended.get(id(task))
        if outer is None or outer.waiter != id(task):
            return
        task, state = outer.task(), outer
        if task is None or not _requests(task):
            return


def _requests(task: Any) -> int | None:
    """How often a task was asked to cancel itself; None before 3.11, which does not count."""
    cancelling = getattr(task, "cancelling", None)
    return None if cancelling is None else cancelling()


# --- the patches ------------------------------------------------------------------------------


def _patch_events(module: Any) -> None:
    handle_class = module.Handle
    slow = Handles()
    states = tasks.states
    other_ready, other_run = slow.made, slow.run
    begin, end, again = Kind.TASK_STEP_BEGIN, Kind.TASK_STEP_END, Step.READY

    # The hot path, written out: steps of a known task that are put on the loop by the type of
    # callback that is made only inside a step of the same task (a bare yield) or for the first one.
    # Whatever is not that takes the long way.
    step_type: Any = None

    def __init__(self: Any, callback: Any, args: Any, loop: Any, context: Any = None) -> None:
        original_init(self, callback, args, loop, context)
        # a step that is known: it runs now, and will tell at its end
        if type(callback) is not step_type or id(callback.__self__) not in states:
            other_ready(callback, args, caller(1))
        if self._source_traceback:
            without_ours(self._source_traceback)

    def _run(self: Any) -> None:
        known = False
        task: Any = None
        state: Any = None
        write: Any = None
        callback = self._callback
        if type(callback) is step_type:
            try:
                task = callback.__self__
                state = states[id(task)]
                write = _local.write
                write(begin, state.serial)
                state.stepping = known = True
            except (KeyError, AttributeError):  # a new task, a new thread
                pass
            except Exception as error:
                probe_failed(error)
        if not known:
            callback = None
            learn_type()
            # not from an except block: what it raises would get our exception as its context
            try:
                other_run(self, original_run)
            finally:
                self = None  # as the original does: an exception that is kept keeps our frame too
            return
        try:
            original_run(self)
        except BaseException as error:
            drop_own_entry(error)
            raise
        finally:
            try:
                if task._fut_waiter is None and not task.done():
                    state.stepping = False
                    write(end, state.serial, 0, again)
                else:
                    slow.ended(task, state)
            except Exception as error:
                probe_failed(error)
            task = self = callback = None

    def learn_type() -> None:
        nonlocal step_type
        step_type = slow.step_type

    original_init = replace(handle_class, "__init__", __init__)
    original_run = replace(handle_class, "_run", _run)


class Handles:
    """What happens to a handle that is not on the hot path.  ``kinds``: see ``task_of``."""

    def __init__(self) -> None:
        #: what the type of a callback says
        self.kinds: dict[type, int] = {_BUILTIN: _BUILTIN_METHOD, _BOUND: _BOUND_METHOD}
        self.step_type: Any = None  # of a first step and of one after a bare yield
        self._methods: tuple[Any, ...] = ()  # the steps of the Task that is written in Python
        self._trivial: dict[int, bool] = {}  # id of a code object of asyncio's → only passes something on
        self._alive: list[Any] = []

    def _prepare(self) -> None:
        # asyncio.tasks is imported after asyncio.events
        global _asyncio_tasks
        if _asyncio_tasks is None:
            _asyncio_tasks = sys.modules["asyncio.tasks"]
            python_task = getattr(_asyncio_tasks, "_PyTask", _asyncio_tasks.Task).__dict__
            names = ("_Task__step", "_Task__wakeup")
            self._methods = tuple(python_task[name] for name in names if name in python_task)

    def task_of(self, callback: Any) -> Any:
        """The task whose step ``callback`` is, None for any other callback."""
        kind = self.kinds.get(type(callback))
        if kind is None:
            self._prepare()
            name = type(callback).__name__
            kind = _STEP if name in ("TaskStepMethWrapper", "TaskWakeupMethWrapper") else _PLAIN
            self.kinds[type(callback)] = kind
            if name == "TaskStepMethWrapper":
                self.step_type = type(callback)
        if kind == _STEP:
            return callback.__self__
        if kind == _BUILTIN_METHOD:
            if callback.__name__ == "task_wakeup":
                return callback.__self__
        elif kind == _BOUND_METHOD:
            self._prepare()
            function: Any = callback
            if function.__func__ in self._methods:
                return callback.__self__
        return None

    def made(self, callback: Any, args: Any, frame: FrameType | None) -> None:
        """A handle for ``callback`` was made by ``frame``."""
        if PROBE in recorder.disabled:
            return
        try:
            task = self.task_of(callback)
            if task is None:
                return
            state = state_of(task, frame)
            if state.stepping:
                state.again = True
                return
            if state.waiter and args and id(args[0]) == state.waiter and args[0].cancelled():
                _cancelled_by_request(task, state, frame)
            recorder.emit(Kind.TASK_READY, state.serial)
        except Exception as error:
            probe_failed(error)

    def begin(self, task: Any, args: Any) -> TaskState | None:
        """A step of ``task`` begins, which was made ready with ``args``; None: it is not recorded."""
        if PROBE in recorder.disabled:
            return None
        try:
            return self._begins(task, args)
        except Exception as error:
            probe_failed(error)
            return None

    def _begins(self, task: Any, args: Any) -> TaskState:
        state = state_of(task)
        recorder.emit(Kind.TASK_STEP_BEGIN, state.serial)
        state.stepping = True
        if state.waiter:
            _resumed(state, args)
        return state

    def run(self, handle: Any, original: Any) -> None:
        """Run ``handle``, which may be a step, by its ``original``."""
        task = state = None
        loop = 0
        if PROBE not in recorder.disabled:
            try:
                callback = handle._callback
                task = self.task_of(callback)
                if task is not None:
                    state = self._begins(task, handle._args)
                elif callback is not None and not self._is_trivial(callback):
                    loop = loop_serial(handle._loop)
                    recorder.emit(Kind.CALLBACK_BEGIN, loop, recorder.string(callables.name_of(callback)))
            except Exception as error:
                probe_failed(error)
        try:
            original(handle)
        except BaseException as error:
            drop_own_entry(error)
            raise
        finally:
            if state is not None:
                self.ended(task, state)
            elif loop:
                waits.record(PROBE, Kind.CALLBACK_END, loop)
            task = handle = callback = None  # as the original does

    def ended(self, task: Any, state: TaskState) -> None:
        try:
            step_ended(task, state)
        except Exception as error:
            probe_failed(error)

    def _is_trivial(self, callback: Any) -> bool:
        """Whether ``callback`` is one of asyncio's own that only pass something on."""
        function: Any = getattr(callback, "__func__", callback)
        if type(function) is not _FUNCTION:
            return type(function) in passed_on
        code = function.__code__
        found = self._trivial.get(id(code))
        if found is None:
            found = code.co_name in _TRIVIAL and recorder.is_stdlib(code)
            self._trivial[id(code)] = found
            self._alive.append(code)
        return found


def _patch_tasks(module: Any) -> None:
    """Up to 3.12, ``create_task`` gives a task its name when it has made it."""
    if not hasattr(module, "_set_task_name"):
        return

    def _set_task_name(task: Any, name: Any) -> None:
        try:
            original(task, name)
        except BaseException as error:
            drop_own_entry(error)
            raise
        try:
            state = tasks.states.get(id(task))
            if state is not None and task.get_name() != state.name:
                state.name = str(task.get_name())
                recorder.rename(state.serial, state.name)
        except Exception as error:
            probe_failed(error)

    original = replace(module, "_set_task_name", _set_task_name)


def eager_begins(loop: Any, coroutine: Any, name: Any, frame: FrameType | None) -> TaskState:
    state = TaskState(recorder.new_serial(), "" if name is None else str(name))
    _describe(state, coroutine, loop, frame)
    _eager.setdefault(_thread.get_ident(), []).append(state)
    recorder.emit(Kind.TASK_STEP_BEGIN, state.serial)
    state.stepping = True
    return state


def eager_ended(task: Any, state: TaskState) -> None:
    pending = _eager[_thread.get_ident()]
    pending.remove(state)
    if task is None:  # it raised, as only KeyboardInterrupt and the like do
        recorder.emit(Kind.TASK_STEP_END, state.serial, 0, End.FAILED)
        return
    if tasks.get(task) is None:
        _bind(task, state)
    step_ended(task, state)


MODULES = {
    "asyncio.events": _patch_events,
    "asyncio.tasks": _patch_tasks,
}
