"""``multiprocessing.Pool`` and ``ThreadPool``: jobs submitted, begun and ended in the workers, done.

A job is what one call gives a result object for; a map is one job that begins many times.  In
the worker process it is known by a key made of the pool's pipe and the number that the pool
itself sends along, so nothing is added to what travels.
"""

from __future__ import annotations

from .. import recorder
from ..layout import End, Kind, Wait
from ..trim import drop_own_entry
from . import callables, inner, process_makers, replace, waits
from .frames import caller
from .futures import inode_of, job_key
from .instances import Instances

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any

PROBE = "process_pools"

pools = Instances()  # (serial, inode) by Pool
jobs = Instances()  # serial by result object
#: number of a job of this process → its serial; for the workers of a ThreadPool
_serials: dict[int, int] = {}


def _failed(error: Exception) -> None:
    recorder.probe_failed(PROBE, error)


def _pool_state(pool: Any, frame: FrameType | None) -> tuple[int, int]:
    state = pools.get(pool)
    if state is None:
        inode = inode_of(pool._inqueue)
        extra: dict[str, Any] = {"workers": pool._processes}
        if inode:
            extra["key"] = job_key(inode)
        made_by = process_makers.maker(frame, pool)
        serial = process_makers.describe("Pool", made_by, **extra)
        state = pools.put(pool, (serial, inode))
    return state  # type: ignore[no-any-return]


def _submitted(result: Any, pool: Any, frame: FrameType | None) -> None:
    """``result`` was just made for a call of one of the pool's methods, in or above ``frame``."""
    pool_serial, inode = _pool_state(pool, frame)
    serial = jobs.put(result, recorder.new_serial())
    function, place = None, recorder.nearest(frame)
    above: FrameType | None = frame
    for _ in range(3):
        if above is None:
            break
        if "func" in above.f_locals:
            function = above.f_locals["func"]
            break
        above = above.f_back
    extra: dict[str, Any] = {"family": "multiprocessing"}
    key = job_key(inode, result._job)
    if key:
        extra["key"] = key
    else:
        _serials[result._job] = serial
    recorder.describe(serial, "Job", callables.name_of(function), place, **extra)
    recorder.emit(Kind.SUBMITTED, serial, pool_serial, 0, place)


class _Tasks:
    """The queue from which a worker takes its tasks; ``put`` tells that one is over."""

    def __init__(self, inqueue: Any, outqueue: Any) -> None:
        self.inqueue = inqueue
        self.outqueue = outqueue
        self.inode = inode_of(inqueue)
        self.pool = 0
        self.job: tuple[int, int] = (0, 0)

    def get(self) -> Any:
        task = waits.call_outer(PROBE, self._pool(), Wait.QUEUE_GET, -1, 0, self.inqueue.get, (), {})
        if task is not None and PROBE not in recorder.disabled:
            try:
                number = task[0]
                key = job_key(self.inode, number)
                self.job = (0, key) if key else (_serials.get(number, 0), 0)
                recorder.emit(Kind.JOB_BEGIN, *self.job)
            except Exception as error:
                _failed(error)
        return task

    def put(self, item: Any) -> Any:
        if self.job != (0, 0):
            try:
                (serial, key), self.job = self.job, (0, 0)
                recorder.emit(Kind.JOB_END, serial, key, End.FINISHED if item[2][0] else End.FAILED)
            except Exception as error:
                _failed(error)
        try:
            return self.outqueue.put(item)
        except BaseException as error:
            drop_own_entry(error)
            raise

    def _pool(self) -> int:
        if not self.pool and self.inode:
            try:
                self.pool = process_makers.describe("Pool", None, key=job_key(self.inode))  # type: ignore[arg-type]
            except Exception as error:
                _failed(error)
        return self.pool


class _End:
    """One of the two queues as the worker sees it: it closes the ends of the pipes that it does not use."""

    def __init__(self, queue: Any, **methods: Any) -> None:
        self.__dict__.update(methods)
        for name in ("_reader", "_writer"):
            if hasattr(queue, name):
                self.__dict__[name] = getattr(queue, name)


def _patch_pool(module: Any) -> None:
    pool_class = module.Pool

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        try:
            original_init(self, *args, **kwargs)
        except BaseException as error:
            drop_own_entry(error)
            raise
        if PROBE not in recorder.disabled:
            try:
                _pool_state(self, caller(1))
            except Exception as error:
                _failed(error)

    original_init = replace(pool_class, "__init__", __init__)

    def worker(inqueue: Any, outqueue: Any, *args: Any, **kwargs: Any) -> Any:
        if PROBE not in recorder.disabled:
            try:
                tasks = _Tasks(inqueue, outqueue)
                inqueue, outqueue = _End(inqueue, get=tasks.get), _End(outqueue, put=tasks.put)
            except Exception as error:
                _failed(error)
        try:
            return original_worker(inqueue, outqueue, *args, **kwargs)
        except BaseException as error:
            drop_own_entry(error)
            raise

    original_worker = replace(module, "worker", worker)

    def makes_results(cls: Any) -> None:
        def __init__(self: Any, pool: Any, *args: Any, **kwargs: Any) -> None:
            original(self, pool, *args, **kwargs)
            if PROBE not in recorder.disabled:
                try:
                    _submitted(self, pool, caller(1))
                except Exception as error:
                    _failed(error)

        original = replace(cls, "__init__", __init__)

    makes_results(module.ApplyResult)
    makes_results(module.IMapIterator)

    def sets(cls: Any) -> None:
        def _set(self: Any, i: Any, obj: Any) -> Any:
            serial = jobs.states.get(id(self))
            if serial and PROBE not in recorder.disabled:
                try:
                    left = getattr(self, "_number_left", 1)
                    if left <= 1:
                        recorder.emit(Kind.FUTURE_DONE, serial, 0, End.FINISHED if obj[0] else End.FAILED)
                        _serials.pop(self._job, None)
                except Exception as error:
                    _failed(error)
            try:
                return original(self, i, obj)
            except BaseException as error:
                drop_own_entry(error)
                raise

        original = replace(cls, "_set", _set)

    for cls in (module.ApplyResult, module.MapResult, module.IMapIterator, module.IMapUnorderedIterator):
        sets(cls)

    def of_result(frame: FrameType) -> tuple[int, int]:
        return jobs.get(frame.f_locals["self"]) or 0, Wait.RESULT

    def of_handler(frame: FrameType) -> tuple[int, int]:
        return 0, Wait.QUEUE_GET

    inner.name_waits_of(module.ApplyResult.wait, of_result)
    inner.name_waits_of(module.IMapIterator.next, of_result)
    inner.name_waits_of(pool_class._handle_tasks, of_handler)
    inner.name_waits_of(pool_class._handle_results, of_handler)

    def terminate(self: Any) -> Any:
        state = pools.get(self)
        if state is not None and PROBE not in recorder.disabled:
            try:
                place = recorder.nearest(caller(1))
                recorder.emit(Kind.CALLED, recorder.string("Pool.terminate"), state[0], 0, place)
            except Exception as error:
                _failed(error)
        try:
            return original_terminate(self)
        except BaseException as error:
            drop_own_entry(error)
            raise

    original_terminate = replace(pool_class, "terminate", terminate)


MODULES = {"multiprocessing.pool": _patch_pool}
