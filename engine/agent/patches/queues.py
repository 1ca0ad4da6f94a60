"""``queue``: Queue, LifoQueue, PriorityQueue and what subclasses them, SimpleQueue.

The classes written in Python are patched at the two methods that move an item, ``_put`` and
``_get``, which run with the queue's mutex held: so a put is recorded before anybody can get
the item, and each item has a number by which both ends match.  Waits for a full or empty
queue are seen where they happen (see ``inner``).  A subclass with a ``_put`` or ``_get`` of
its own has these patched in its place.

SimpleQueue is written in C and replaced by a subclass of it that keeps the number beside
the item.  Queues made by the standard library itself stay raw.
"""

from __future__ import annotations

import sys

from .. import recorder
from ..layout import Kind, Result, Wait
from ..private_modules import fetch
from ..trim import drop_own_entry
from . import inner, naming, waits
from .frames import caller
from .instances import Instances
from .queue_hooks import QueueHooks
from .stand_in import StandIn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any

PROBE = "queues"
_count = fetch("itertools").count


simple_queues = Instances()  # (serial, counter of its items) by SimpleQueue


def _patch_queue(module: Any) -> None:
    hooks = QueueHooks(module, "queue", "queue", PROBE)

    def waits(method: str, reason: int) -> None:
        def namer(frame: FrameType) -> tuple[int, int] | None:
            serial = hooks.serial_of(frame.f_locals["self"])
            return (serial, reason) if serial else None

        inner.name_waits_of(getattr(hooks.base, method), namer)

    waits("get", Wait.QUEUE_GET)
    waits("put", Wait.QUEUE_PUT)
    waits("join", Wait.QUEUE_JOIN)
    hooks.patch_methods()
    _patch_simple_queue(module)


def _patch_simple_queue(module: Any) -> None:
    raw: Any = module.SimpleQueue
    c_module: Any = sys.modules.get("_queue")
    if c_module is None or raw is not c_module.SimpleQueue:
        return  # written in Python here: nothing stands for it
    raw_put, raw_get = raw.put, raw.get
    empty_error = module.Empty
    states = simple_queues.states

    # Each item of a queue that has a state is kept with its number beside it.

    def put(self: Any, /, item: Any, block: Any = True, timeout: Any = None) -> None:
        state = states.get(id(self))
        if state is None:
            return raw_put(self, item)  # type: ignore[no-any-return]
        number = next(state[1])
        try:
            recorder.emit(Kind.PUT, state[0], number, 0, recorder.nearest(caller(1)))
        except Exception as error:
            recorder.probe_failed(PROBE, error)
        return raw_put(self, (number, item))  # type: ignore[no-any-return]

    def get(self: Any, /, block: Any = True, timeout: Any = None) -> Any:
        state = states.get(id(self))
        found = False
        got: Any = None
        try:
            if block is True and (timeout is None or (type(timeout) in (int, float) and timeout > 0)):
                try:
                    got = raw_get(self, False)
                    found = True
                except empty_error:
                    pass
                if not found:
                    got = waited(self, state, caller(1), timeout)
            else:
                got = raw_get(self, block, timeout)
        except BaseException as error:
            drop_own_entry(error)
            raise
        if state is None:
            return got
        number, item = got
        try:
            recorder.emit(Kind.GET, state[0], number, 0, recorder.nearest(caller(1)))
        except Exception as error:
            recorder.probe_failed(PROBE, error)
        return item

    def put_nowait(self: Any, /, item: Any) -> None:
        return self.put(item)  # type: ignore[no-any-return]

    def get_nowait(self: Any, /) -> Any:
        try:
            return self.get(False)
        except BaseException as error:
            drop_own_entry(error)
            raise

    def waited(self: Any, state: Any, frame: FrameType | None, timeout: Any) -> Any:
        """Take the next item of an empty queue, waiting as long as asked; the wait is recorded."""
        serial = reason = 0
        try:
            known = (state[0], Wait.QUEUE_GET) if state is not None else inner.named(frame)
            if known is not None:
                serial, reason = known
                place = recorder.nearest(frame)
                recorder.emit(Kind.WAIT_BEGIN, serial, waits.timeout_ns(timeout), reason, place)
        except Exception as error:
            recorder.probe_failed(PROBE, error)
        result = Result.FAILED
        try:
            got = raw_get(self, True, timeout)
            result = Result.GOT
            return got
        except BaseException as error:
            if type(error) is empty_error:
                result = Result.TIMEOUT
            drop_own_entry(error)
            raise
        finally:
            if reason:
                waits.record(PROBE, Kind.WAIT_END, serial, 0, reason | result)

    def make(original: Any, args: Any, kwargs: Any) -> Any:
        self = original(*args, **kwargs)
        try:
            frame = caller(2)
            if PROBE not in recorder.disabled and not naming.made_by_stdlib(frame):
                serial = recorder.new_serial()
                name, location = naming.name_and_place(frame)
                recorder.describe(serial, "SimpleQueue", name, location, family="queue")
                simple_queues.put(self, (serial, _count(1)))
        except Exception as error:
            recorder.probe_failed(PROBE, error)
        return self

    # made by calling ``type``: a class statement would leave traces of the compiler's in it
    names: dict[str, Any] = {"__slots__": (), "__new__": StandIn(raw.__new__, make)}
    for method in (put, get, put_nowait, get_nowait):
        original = getattr(raw, method.__name__)
        method.__doc__ = original.__doc__
        method.__qualname__ = original.__qualname__
        method.__module__ = raw.__module__
        method.__annotations__ = {}
        names[method.__name__] = method
    for name in ("__doc__", "__module__", "__qualname__"):
        names[name] = getattr(raw, name)
    stands_in: Any = type("SimpleQueue", (raw,), names)
    del stands_in.__slots__
    module.SimpleQueue = c_module.SimpleQueue = stands_in


MODULES = {"queue": _patch_queue}
