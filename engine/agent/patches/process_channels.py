"""``multiprocessing``: pipes and connections, Queue, JoinableQueue, SimpleQueue.

A connection counts its messages at each end.  The items of a queue carry their number from one
process to the other behind their pickle, where ``pickle.loads`` does not look: sixteen bytes,
which a process without us never notices either.  They travel over a pipe that belongs to
the queue alone.
"""

from __future__ import annotations

import os
import stat

from .. import recorder
from ..layout import Kind, Result, Wait
from ..private_modules import fetch
from ..trim import drop_own_entry
from . import inner, process_locks, process_makers, replace, waits
from .frames import caller
from .instances import Instances

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any

PROBE = "process_channels"
_CONNECTION = "multiprocessing.connection"

_TRAILER = fetch("_struct").Struct("<8sQ")
_MAGIC = b"\x00LOCKST\xff"
#: Larger items travel without a number: it would cost a copy.
MOST_BYTES = 1 << 20
#: Numbers of items are unique in all processes: the pid in the upper bits.
_PID_SHIFT = 40


class ConnectionState:
    """What is known of one end of a pipe.

    ``serial``: of the connection, or of the queue whose pipe it is (``queue`` says which);
    0: the standard library's own.  ``undecided``: nobody has used it yet.
    """

    __slots__ = ("queue", "received", "sent", "serial", "undecided")

    def __init__(self) -> None:
        self.serial = 0
        self.queue: QueueState | None = None
        self.sent = 0
        self.received = 0
        self.undecided = True


class QueueState:
    """What is known of one queue in this process."""

    __slots__ = ("buffered", "count", "sending", "serial")

    def __init__(self, serial: int, buffered: bool) -> None:
        self.serial = serial
        self.buffered = buffered  # a thread feeds the pipe
        self.count = 0  # items put by this process
        self.sending = 0  # number of the item that is about to go into the pipe


connections = Instances()  # ConnectionState by Connection
queues = Instances()  # QueueState by queue


def _failed(error: Exception) -> None:
    recorder.probe_failed(PROBE, error)


def _next_number(state: QueueState) -> int:
    state.count = count = state.count + 1
    return (os.getpid() & 0x3FFFFF) << _PID_SHIFT | count


# --- connections ------------------------------------------------------------------------------


def _key_of(connection: Any) -> str:
    """What names an end of a pipe in all processes; empty where the platform does not tell."""
    try:
        status = os.fstat(connection.fileno())
    except (OSError, ValueError):
        return ""
    if stat.S_ISFIFO(status.st_mode):
        return "pipe:%d:%s" % (status.st_ino, "r" if connection.readable else "w")
    return "socket:%d" % status.st_ino if stat.S_ISSOCK(status.st_mode) else ""


def _state_of(connection: Any, frame: FrameType | None) -> ConnectionState:
    """The state of a connection; who uses it first, in or above ``frame``, decides whose it is."""
    state = connections.get(connection)
    if state is None:
        state = connections.put(connection, ConnectionState())
    if state.undecided:
        state.undecided = False
        if process_makers.is_programs(process_makers.user(frame, _CONNECTION)):
            state.serial = process_makers.describe("Connection", None, _key_of(connection))
    return state  # type: ignore[no-any-return]


def _own(connection: Any, queue: QueueState | None) -> None:
    """``connection`` is the pipe of ``queue``; None: of something that is not shown."""
    state = connections.put(connection, ConnectionState())
    state.undecided = False
    if queue is not None:
        state.serial = queue.serial
        state.queue = queue


def _patch_connection(module: Any) -> None:
    cls = module.Connection

    def _send_bytes(self: Any, buf: Any) -> Any:
        try:
            if PROBE in recorder.disabled or waits.silent():
                return original_send(self, buf)
            frame = caller(1)
            serial = reason = place = 0
            try:
                state = _state_of(self, frame)
                if state.serial:
                    serial, reason, place = state.serial, Wait.WRITE, recorder.nearest(frame)
                    if state.queue is not None:
                        buf = _numbered(state.queue, buf, place)
                    else:
                        state.sent += 1
                        recorder.emit(Kind.SEND, serial, state.sent, 0, place)
            except Exception as error:
                _failed(error)
            if not serial:
                return original_send(self, buf)
            return waits.call_outer(PROBE, serial, reason, -1, place, original_send, (self, buf), {})
        except BaseException as error:
            drop_own_entry(error)
            raise

    def _recv_bytes(self: Any, *args: Any) -> Any:
        try:
            if PROBE in recorder.disabled or waits.silent():
                return original_recv(self, *args)
            frame = caller(1)
            state = None
            place = 0
            try:
                state = _state_of(self, frame)
                place = recorder.nearest(frame)
            except Exception as error:
                _failed(error)
            if state is None or not state.serial:
                return original_recv(self, *args)
            reason = Wait.READ if state.queue is None else Wait.QUEUE_GET
            buf = waits.call_outer(PROBE, state.serial, reason, -1, place, original_recv, (self, *args), {})
            try:
                if state.queue is not None:
                    recorder.emit(Kind.GET, state.serial, _number_of(buf), 0, place)
                else:
                    state.received += 1
                    recorder.emit(Kind.RECEIVE, state.serial, state.received, 0, place)
            except Exception as error:
                _failed(error)
            return buf
        except BaseException as error:
            drop_own_entry(error)
            raise

    def _poll(self: Any, timeout: Any) -> Any:
        try:
            if PROBE in recorder.disabled or (timeout is not None and timeout <= 0) or waits.silent():
                return original_poll(self, timeout)
            frame = caller(1)
            serial = place = 0
            reason = Wait.SELECT
            try:
                state = _state_of(self, frame)
                serial, place = state.serial, recorder.nearest(frame)
                reason = Wait.SELECT if state.queue is None else Wait.QUEUE_GET
            except Exception as error:
                _failed(error)
            if not serial:
                return original_poll(self, timeout)
            seconds = waits.timeout_ns(timeout)
            return waits.call_outer(
                PROBE, serial, reason, seconds, place, original_poll, (self, timeout), {}, _polled
            )
        except BaseException as error:
            drop_own_entry(error)
            raise

    original_send = replace(cls, "_send_bytes", _send_bytes)
    original_recv = replace(cls, "_recv_bytes", _recv_bytes)
    original_poll = replace(cls, "_poll", _poll)

    def Pipe(*args: Any, **kwargs: Any) -> Any:
        try:
            ends = original_pipe(*args, **kwargs)
        except BaseException as error:
            drop_own_entry(error)
            raise
        try:
            if PROBE not in recorder.disabled:
                _made(ends, process_makers.maker(caller(1), None))
        except Exception as error:
            _failed(error)
        return ends

    original_pipe = replace(module, "Pipe", Pipe)


def _polled(ready: Any) -> tuple[int, int]:
    return (Result.GOT if ready else Result.TIMEOUT), 0


def _made(ends: Any, made_by: FrameType | None) -> None:
    """Both ends of a new pipe; the standard library's own are not shown."""
    if not process_makers.is_programs(made_by):
        for end in ends:
            _own(end, None)
        return
    serials = [recorder.new_serial() for _end in ends]
    place = recorder.nearest(made_by)
    for index, end in enumerate(ends):
        state = connections.put(end, ConnectionState())
        state.serial, state.undecided = serials[index], False
        extra = {"key": _key_of(end), "peer": serials[1 - index]}
        recorder.describe(serials[index], "Connection", "", place, family="multiprocessing", **extra)


def _numbered(queue: QueueState, buf: Any, place: int) -> Any:
    """``buf``, an item of ``queue`` on its way into the pipe, with its number behind it."""
    if queue.buffered:
        number, queue.sending = queue.sending, 0
    else:
        number = _next_number(queue)
        recorder.emit(Kind.PUT, queue.serial, number, 0, place)
    if not number or len(buf) > MOST_BYTES:
        return buf
    return b"".join((buf, _TRAILER.pack(_MAGIC, number)))


def _number_of(buf: Any) -> int:
    """The number behind an item that came out of the pipe; 0: none."""
    view = buf.getbuffer()
    if len(view) <= _TRAILER.size:
        return 0
    magic, number = _TRAILER.unpack(view[-_TRAILER.size :])
    return number if magic == _MAGIC and number < 1 << 63 else 0


# --- queues -----------------------------------------------------------------------------------


def _buffer_class(deque: Any, sentinel: Any) -> Any:
    class deque_(deque):  # type: ignore[misc]
        """What a process has put and not yet sent, with the numbers of the items.

        ``append`` is called with the queue's condition held, ``popleft`` by the feeder thread.
        """

        __slots__ = ("numbers", "queue")

        def append(self, item: Any) -> None:
            try:
                number = 0
                if item is not sentinel and PROBE not in recorder.disabled:
                    number = _next_number(self.queue)
                    recorder.emit(Kind.PUT, self.queue.serial, number, 0, recorder.nearest(caller(1)))
                self.numbers.append(number)
            except Exception as error:
                _failed(error)
            deque.append(self, item)

        def popleft(self) -> Any:
            item = deque.popleft(self)  # IndexError ends the feeder's loop
            try:
                self.queue.sending = self.numbers.popleft() if len(self.numbers) == len(self) + 1 else 0
            except Exception as error:
                _failed(error)
            return item

        def clear(self) -> None:
            self.numbers.clear()
            deque.clear(self)

    deque_.__name__ = deque_.__qualname__ = "deque"
    deque_.__module__ = deque.__module__
    return deque_


def _patch_queues(module: Any) -> None:
    cls = module.Queue
    simple = module.SimpleQueue
    deque = module.collections.deque
    buffer_class = _buffer_class(deque, module._sentinel)

    def sort_of(queue: Any) -> str:
        return "JoinableQueue" if isinstance(queue, module.JoinableQueue) else "Queue"

    def prepare(queue: Any, state: QueueState) -> None:
        """Let the parts of ``queue`` speak for it."""
        process_locks.serve(queue._sem, state.serial, Wait.QUEUE_PUT)
        process_locks.serve(queue._rlock, state.serial, Wait.QUEUE_GET)
        _own(queue._reader, state)
        _own(queue._writer, state)
        put_buffer(queue, state)

    def put_buffer(queue: Any, state: QueueState) -> None:
        buffer = buffer_class()
        buffer.numbers = deque()
        buffer.queue = state
        queue._buffer = buffer

    def hide(queue: Any) -> None:
        _own(queue._reader, None)
        _own(queue._writer, None)
        for name in ("_sem", "_rlock", "_wlock"):
            if getattr(queue, name, None) is not None:
                process_locks.serve(getattr(queue, name), 0, 0)

    def decide(queue: Any, made_by: FrameType | None, by_pickle: bool) -> None:
        if PROBE in recorder.disabled:
            return
        # a queue that came by pickle is the program's, unless its class is the standard library's own
        is_own = by_pickle and type(queue).__module__.startswith("concurrent.")
        if is_own or not (by_pickle or process_makers.is_programs(made_by)):
            hide(queue)
            return
        key = process_locks.key_of(queue._rlock._semlock)
        most = queue._maxsize
        extra = {"maxsize": most} if type(most) is int and most < 1 << 30 else {}
        serial = process_makers.describe(sort_of(queue), made_by, key, **extra)
        prepare(queue, queues.put(queue, QueueState(serial, True)))

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        try:
            original_init(self, *args, **kwargs)
        except BaseException as error:
            drop_own_entry(error)
            raise
        try:
            decide(self, process_makers.maker(caller(1), self), False)
        except Exception as error:
            _failed(error)

    def __setstate__(self: Any, state: Any) -> None:
        original_setstate(self, state)
        try:
            decide(self, None, True)
        except Exception as error:
            _failed(error)

    def _reset(self: Any, *args: Any, **kwargs: Any) -> None:
        original_reset(self, *args, **kwargs)
        state = queues.get(self)
        if state is not None:  # after a fork
            try:
                state.count = 0
                put_buffer(self, state)
            except Exception as error:
                _failed(error)

    original_init = replace(cls, "__init__", __init__)
    original_setstate = replace(cls, "__setstate__", __setstate__)
    original_reset = replace(cls, "_reset", _reset)

    def feeder_waits(frame: FrameType) -> tuple[int, int] | None:
        buffer: Any = frame.f_locals["buffer"]
        return (buffer.queue.serial, Wait.QUEUE_GET) if type(buffer) is buffer_class else None

    inner.name_waits_of(cls._feed, feeder_waits)
    _patch_joinable(module.JoinableQueue)
    _patch_simple(simple)


def _patch_joinable(cls: Any) -> None:
    def know(queue: Any) -> None:
        state = queues.get(queue)
        if state is not None:
            process_locks.condition_serves(queue._cond, state.serial, Wait.QUEUE_JOIN)
        else:
            process_locks.condition_serves(queue._cond, 0, 0)
        process_locks.serve(queue._unfinished_tasks, 0, 0)

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        try:
            original_init(self, *args, **kwargs)
        except BaseException as error:
            drop_own_entry(error)
            raise
        try:
            know(self)
        except Exception as error:
            _failed(error)

    def __setstate__(self: Any, state: Any) -> None:
        original_setstate(self, state)
        try:
            know(self)
        except Exception as error:
            _failed(error)

    def task_done(self: Any) -> Any:
        try:
            result = original_task_done(self)
        except BaseException as error:
            drop_own_entry(error)
            raise
        state = queues.get(self)
        if state is not None and PROBE not in recorder.disabled:
            try:
                recorder.emit(Kind.TASK_DONE, state.serial, 0, 0, recorder.nearest(caller(1)))
            except Exception as error:
                _failed(error)
        return result

    original_init = replace(cls, "__init__", __init__)
    original_setstate = replace(cls, "__setstate__", __setstate__)
    original_task_done = replace(cls, "task_done", task_done)


def _patch_simple(cls: Any) -> None:
    """Here the thread that puts writes to the pipe itself."""

    def know(queue: Any, made_by: FrameType | None) -> None:
        key = process_locks.key_of(queue._rlock._semlock)
        serial = process_makers.describe("SimpleQueue", made_by, key)
        state = queues.put(queue, QueueState(serial, False))
        process_locks.serve(queue._rlock, serial, Wait.QUEUE_GET)
        if queue._wlock is not None:
            process_locks.serve(queue._wlock, serial, Wait.QUEUE_PUT)
        _own(queue._reader, state)
        _own(queue._writer, state)

    def hide(queue: Any) -> None:
        queues.put(queue, None)
        _own(queue._reader, None)
        _own(queue._writer, None)
        process_locks.serve(queue._rlock, 0, 0)
        if queue._wlock is not None:
            process_locks.serve(queue._wlock, 0, 0)

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        try:
            original_init(self, *args, **kwargs)
        except BaseException as error:
            drop_own_entry(error)
            raise
        if PROBE in recorder.disabled:
            return
        try:
            made_by = process_makers.maker(caller(1), self)
            if process_makers.is_programs(made_by):
                know(self, made_by)
            else:
                hide(self)
        except Exception as error:
            _failed(error)

    original_init = replace(cls, "__init__", __init__)

    # One that came by pickle is the program's if the program is the first to use it: the workers of
    # a Pool get theirs the same way.
    def first(self: Any, frame: FrameType | None) -> None:
        if id(self) not in queues.states and PROBE not in recorder.disabled:
            try:
                if process_makers.is_programs(frame):
                    know(self, None)
                else:
                    hide(self)
            except Exception as error:
                _failed(error)

    def get(self: Any) -> Any:
        first(self, caller(1))
        try:
            return original_get(self)
        except BaseException as error:
            drop_own_entry(error)
            raise

    def put(self: Any, obj: Any) -> Any:
        first(self, caller(1))
        try:
            return original_put(self, obj)
        except BaseException as error:
            drop_own_entry(error)
            raise

    original_get = replace(cls, "get", get)
    original_put = replace(cls, "put", put)


MODULES = {"multiprocessing.connection": _patch_connection, "multiprocessing.queues": _patch_queues}
