"""``concurrent.futures``: submitted, begun, ended, done; who waits for a result.

Thread pools: the work item that ``submit`` makes says that a job was submitted, its ``run``
says when it begins and ends.  Process pools: the number under which the pool keeps a work
item, together with the inode of the pool's call queue, is the key of the job; the worker
process knows both as well, so nothing is added to what is pickled.

Waits for results are inner waits (see ``inner``): nothing stands around ``result()``.
"""

from __future__ import annotations

import os
import sys

from .. import recorder
from ..layout import End, Kind, Wait
from ..trim import drop_own_entry
from . import callables, inner, naming, replace
from .frames import caller
from .instances import Instances

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any

PROBE = "futures"
KEY_MASK = (1 << 63) - 1

futures = Instances()  # serial by Future
executors = Instances()  # serial by executor
_unfinished = ("PENDING", "RUNNING")


def serial_of(future: Any) -> int:
    """The serial of a future; it gets one when it is seen for the first time."""
    serial = futures.get(future)
    if serial is None:
        serial = recorder.new_serial()
        futures.put(future, serial)
        recorder.describe(serial, "Future", "", 0, family="futures")
    return serial  # type: ignore[no-any-return]


def executor_serial(executor: Any, frame: FrameType | None = None, sort: str = "ThreadPoolExecutor") -> int:
    """The serial of an executor; ``frame``: the one that makes or first uses it."""
    serial = executors.get(executor)
    if serial is None:
        serial = recorder.new_serial()
        executors.put(executor, serial)
        name, location = naming.name_and_place(frame, executor)
        prefix = getattr(executor, "_thread_name_prefix", "")
        if type(prefix) is str and prefix and not prefix.startswith("ThreadPoolExecutor-"):
            name = prefix
        recorder.describe(serial, sort, name, location, family="futures")
    return serial  # type: ignore[no-any-return]


def _failed(error: Exception) -> None:
    recorder.probe_failed(PROBE, error)


# --- Future -----------------------------------------------------------------------------------


def _patch_base(module: Any) -> None:
    future_class = module.Future
    known = futures.states

    original_result = future_class.set_result
    original_exception = future_class.set_exception
    original_cancel = future_class.cancel

    # Each is recorded before it happens: nobody may be seen to go on before the reason why.
    def set_result(self: Any, result: Any) -> Any:
        serial = known.get(id(self))
        if serial is not None and self._state in _unfinished:
            try:
                recorder.emit(Kind.FUTURE_DONE, serial, 0, End.FINISHED)
            except Exception as error:
                _failed(error)
        try:
            return original_result(self, result)
        except BaseException as error:
            drop_own_entry(error)
            raise

    def set_exception(self: Any, exception: Any) -> Any:
        serial = known.get(id(self))
        if serial is not None and self._state in _unfinished:
            try:
                recorder.emit(Kind.FUTURE_DONE, serial, 0, End.FAILED)
            except Exception as error:
                _failed(error)
        try:
            return original_exception(self, exception)
        except BaseException as error:
            drop_own_entry(error)
            raise

    def cancel(self: Any) -> Any:
        serial = known.get(id(self))
        begun = recorder.now() if serial is not None and self._state == "PENDING" else 0
        try:
            cancelled = original_cancel(self)
        except BaseException as error:
            drop_own_entry(error)
            raise
        if begun and cancelled is True and serial is not None:
            try:
                recorder.emit_at(begun, Kind.FUTURE_DONE, serial, 0, End.CANCELLED, recorder.here(1))
            except Exception as error:
                _failed(error)
        return cancelled

    replace(future_class, "set_result", set_result)
    replace(future_class, "set_exception", set_exception)
    replace(future_class, "cancel", cancel)

    def of_one(frame: FrameType) -> tuple[int, int]:
        return serial_of(frame.f_locals["self"]), Wait.FUTURE

    def of_several(frame: FrameType) -> tuple[int, int]:
        waited = frame.f_locals.get("pending") or frame.f_locals.get("not_done") or ()
        return (serial_of(next(iter(waited))) if len(waited) == 1 else 0), Wait.FUTURE

    inner.name_waits_of(future_class.result, of_one)
    inner.name_waits_of(future_class.exception, of_one)
    inner.name_waits_of(module.wait, of_several)
    inner.name_waits_of(module.as_completed, of_several)


def _submitted(future: Any, frame: FrameType, executor: int, key: int) -> None:
    """``frame`` is the executor's ``submit``, which has just made ``future``."""
    serial = recorder.new_serial()
    futures.put(future, serial)
    location = recorder.here(3)
    function = frame.f_locals.get("fn")
    extra: dict[str, Any] = {"family": "futures"}
    if key:
        extra["key"] = key
    recorder.describe(serial, "Future", callables.name_of(function), location, **extra)
    recorder.emit(Kind.SUBMITTED, serial, executor, 0, location)


# --- threads ----------------------------------------------------------------------------------


def _patch_thread(module: Any) -> None:
    item_class = module._WorkItem
    executor_class = module.ThreadPoolExecutor
    known = futures.states

    original_init = item_class.__init__
    original_run = item_class.run
    original_executor_init = executor_class.__init__

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        original_init(self, *args, **kwargs)
        if recorder.probe_enabled(PROBE):
            try:
                frame = sys._getframe(1)  # of submit
                _submitted(self.future, frame, executor_serial(frame.f_locals["self"], frame), 0)
            except Exception as error:
                _failed(error)

    def run(self: Any, *args: Any) -> Any:
        future = self.future
        serial = known.get(id(future))
        begun = False
        if serial is not None and future._state == "PENDING":
            try:
                recorder.emit(Kind.JOB_BEGIN, serial)
                begun = True
            except Exception as error:
                _failed(error)
        try:
            return original_run(self, *args)
        except BaseException as error:
            drop_own_entry(error)
            raise
        finally:
            if begun and serial is not None:
                try:
                    failed = future._state != "FINISHED" or future._exception is not None
                    recorder.emit(Kind.JOB_END, serial, 0, End.FAILED if failed else End.FINISHED)
                except Exception as error:
                    _failed(error)
            self = future = None  # as the original does: an exception that is kept keeps our frame too

    def executor_init(self: Any, *args: Any, **kwargs: Any) -> None:
        try:
            original_executor_init(self, *args, **kwargs)
        except BaseException as error:
            drop_own_entry(error)
            raise
        if recorder.probe_enabled(PROBE):
            try:
                executor_serial(self, caller(1))
            except Exception as error:
                _failed(error)

    def idle(frame: FrameType) -> tuple[int, int] | None:
        executor = frame.f_locals["executor_reference"]()
        return None if executor is None else (executor_serial(executor), Wait.QUEUE_GET)

    replace(item_class, "__init__", __init__)
    replace(item_class, "run", run)
    replace(executor_class, "__init__", executor_init)
    inner.name_waits_of(module._worker, idle)


# --- processes --------------------------------------------------------------------------------

_pools = Instances()  # inode of the call queue by ProcessPoolExecutor


def inode_of(queue: Any) -> int:
    """What names a pool in all its processes: the inode of the pipe in its call queue, 0 if there is none."""
    try:
        return os.fstat(queue._reader.fileno()).st_ino
    except (AttributeError, OSError, ValueError):
        return 0


def job_key(*parts: int) -> int:
    """The same number in every process of a pool for the same job; positive, 63 bits, 0: no inode."""
    return hash(parts) & KEY_MASK if parts[0] else 0


def _patch_process(module: Any) -> None:
    item_class = module._WorkItem
    executor_class = module.ProcessPoolExecutor
    queue_class = module._SafeQueue
    call_class = module._CallItem

    original_init = item_class.__init__
    original_executor_init = executor_class.__init__
    original_sendback = module._sendback_result
    current: list[int] = [0]  # key of the job that this worker process runs
    own_pool: list[int] = []  # inode of the pool it works for

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        original_init(self, *args, **kwargs)
        if recorder.probe_enabled(PROBE):
            try:
                frame = sys._getframe(1)  # of submit
                executor = frame.f_locals["self"]
                pool = _pools.get(executor)
                if pool is None:
                    pool = _pools.put(executor, inode_of(executor._call_queue))
                key = job_key(pool, executor._queue_count)
                serial = executor_serial(executor, frame, "ProcessPoolExecutor")
                _submitted(self.future, frame, serial, key)
            except Exception as error:
                _failed(error)

    def executor_init(self: Any, *args: Any, **kwargs: Any) -> None:
        try:
            original_executor_init(self, *args, **kwargs)
        except BaseException as error:
            drop_own_entry(error)
            raise
        if recorder.probe_enabled(PROBE):
            try:
                executor_serial(self, caller(1), "ProcessPoolExecutor")
            except Exception as error:
                _failed(error)

    def get(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            item = super(queue_class, self).get(*args, **kwargs)
        except BaseException as error:
            drop_own_entry(error)
            raise
        if type(item) is call_class and recorder.probe_enabled(PROBE):
            try:
                if not own_pool:
                    own_pool.append(inode_of(self))
                current[0] = job_key(own_pool[0], item.work_id)
                recorder.emit(Kind.JOB_BEGIN, 0, current[0])
            except Exception as error:
                _failed(error)
        return item

    def _sendback_result(result_queue: Any, work_id: Any, *args: Any, **kwargs: Any) -> Any:
        if current[0]:
            try:
                key, current[0] = current[0], 0
                failed = kwargs.get("exception") is not None
                recorder.emit(Kind.JOB_END, 0, key, End.FAILED if failed else End.FINISHED)
            except Exception as error:
                _failed(error)
        return original_sendback(result_queue, work_id, *args, **kwargs)

    replace(item_class, "__init__", __init__)
    replace(executor_class, "__init__", executor_init)
    get.__qualname__ = "_SafeQueue.get"
    get.__module__ = queue_class.__module__
    get.__doc__ = queue_class.get.__doc__
    queue_class.get = get
    replace(module, "_sendback_result", _sendback_result)


MODULES = {
    "concurrent.futures._base": _patch_base,
    "concurrent.futures.thread": _patch_thread,
    "concurrent.futures.process": _patch_process,
}
