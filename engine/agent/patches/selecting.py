"""``selectors`` and the poll and epoll objects of ``select``.

Selectors are classes written in Python; a loop of asyncio that waits in one is recorded as the
loop's wait.  ``select.poll`` and ``select.epoll`` give objects written in C, which the program
gets behind a stand-in; the standard library gets them as they are.
"""

from __future__ import annotations

import _thread

from .. import recorder
from ..layout import Kind, Wait
from ..trim import drop_own_entry
from . import inner, naming, replace, waits
from .frames import caller
from .stand_in import install as stand_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any

PROBE = "selecting"

_ident = _thread.get_ident


def _patch_selectors(module: Any) -> None:
    names = ("SelectSelector", "_PollLikeSelector", "EpollSelector", "KqueueSelector", "DevpollSelector")
    for name in names:
        cls = getattr(module, name, None)
        if cls is not None and "select" in cls.__dict__:
            _watch(cls)


def _watch(cls: Any) -> None:
    def select(self: Any, timeout: Any = None) -> Any:
        try:
            if (
                (timeout is not None and timeout <= 0)
                or PROBE in recorder.disabled
                or _ident() in waits.inside
            ):
                return original(self, timeout)
            frame = caller(1)
            whose = None if frame is None else inner.loops.get(id(frame.f_code))
            if frame is not None and whose is not None:
                return _loop_waits(whose, frame, original, self, timeout)
            if frame is not None and frame.f_globals.get("__name__") == "multiprocessing.connection":
                # A pool looks for results in a loop, thousands of times without waiting.
                ready = original(self, 0)
                if ready:
                    return ready
            place = waits.place_of(PROBE, frame)
            seconds = waits.timeout_ns(timeout)
            return waits.call_outer(PROBE, 0, Wait.SELECT, seconds, place, original, (self, timeout), {})
        except BaseException as error:
            drop_own_entry(error)
            raise

    original = replace(cls, "select", select)


def _loop_waits(whose: Any, frame: FrameType, original: Any, selector: Any, timeout: Any) -> Any:
    ident = _ident()
    loop = 0
    try:
        loop = whose(frame)
    except Exception as error:
        recorder.probe_failed(PROBE, error)
    waits.record(PROBE, Kind.LOOP_WAIT_BEGIN, loop, waits.timeout_ns(timeout))
    waits.inside.add(ident)
    try:
        return original(selector, timeout)
    except BaseException as error:
        drop_own_entry(error)
        raise
    finally:
        waits.inside.discard(ident)
        waits.record(PROBE, Kind.LOOP_WAIT_END, loop)


class _Polling:
    """Stands for a poll or epoll object: ``poll`` is recorded, everything else passed on."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        raise TypeError("cannot create '%s.%s' instances" % (cls.__module__, cls.__name__))

    def poll(self, *args: Any, **kwargs: Any) -> Any:
        raw = self.__dict__["_raw"]
        try:
            timeout: Any = args[0] if args else kwargs.get("timeout")
            if timeout == 0 or PROBE in recorder.disabled or waits.silent():
                return raw.poll(*args, **kwargs)
            # milliseconds for poll, seconds for epoll
            scale = 1.0 if hasattr(raw, "fileno") else 1e-3
            seconds = -1
            if type(timeout) in (int, float) and timeout >= 0:
                seconds = waits.timeout_ns(timeout * scale)
            place = waits.place_of(PROBE, caller(1))
            return waits.call(PROBE, 0, Wait.SELECT, seconds, place, raw.poll, args, kwargs)
        except BaseException as error:
            drop_own_entry(error)
            raise

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["_raw"], name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self.__dict__["_raw"], name, value)

    def __delattr__(self, name: str) -> None:
        delattr(self.__dict__["_raw"], name)

    def __dir__(self) -> list[str]:
        return dir(self.__dict__["_raw"])

    def __repr__(self) -> str:
        return repr(self.__dict__["_raw"])

    def __enter__(self) -> Any:
        self.__dict__["_raw"].__enter__()
        return self

    def __exit__(self, *error: Any) -> Any:
        return self.__dict__["_raw"].__exit__(*error)

    def __reduce_ex__(self, protocol: Any) -> Any:
        try:
            return self.__dict__["_raw"].__reduce_ex__(protocol)
        except BaseException as error:
            drop_own_entry(error)
            raise

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return type(self.__dict__["_raw"])


def _stand_for(raw: Any, cls: Any, frame: Any) -> Any:
    """``raw`` behind an instance of ``cls``; as it is when the standard library makes it, in ``frame``."""
    if PROBE in recorder.disabled or naming.made_by_stdlib(frame):
        return raw
    stands_in = object.__new__(cls)
    stands_in.__dict__["_raw"] = raw
    return stands_in


def _patch_select(module: Any) -> None:
    if hasattr(module, "poll"):
        names = {"__module__": "select", "__doc__": None}
        polling = type("poll", (_Polling,), names)
        stand_in(
            module,
            "poll",
            lambda original, args, kwargs: _stand_for(original(*args, **kwargs), polling, caller(2)),
        )
    if hasattr(module, "epoll"):
        module.epoll = _epoll_class(module.epoll)


def _epoll_class(raw: Any) -> Any:
    """``select.epoll`` as a class: called, it gives stand-ins; ``isinstance`` knows the raw ones."""

    class Meta(type):
        def __call__(cls, *args: Any, **kwargs: Any) -> Any:
            try:
                return _stand_for(raw(*args, **kwargs), cls, caller(1))
            except BaseException as error:
                drop_own_entry(error)
                raise

        def __instancecheck__(cls, instance: Any) -> bool:
            return isinstance(instance, raw)

        def __subclasscheck__(cls, kind: Any) -> bool:
            return kind is cls or issubclass(kind, raw)

        def __repr__(cls) -> str:
            return repr(raw)

        def __getattribute__(cls, name: str) -> Any:
            if name in ("__dict__", "__class__", "__mro__", "fromfd"):
                return type.__getattribute__(cls, name)
            return getattr(raw, name)

    def fromfd(descriptor: Any) -> Any:
        return _stand_for(raw.fromfd(descriptor), epoll, caller(1))

    names = {"__module__": raw.__module__, "__doc__": raw.__doc__, "fromfd": staticmethod(fromfd)}
    epoll = Meta("epoll", (_Polling,), names)
    return epoll


MODULES = {"selectors": _patch_selectors, "select": _patch_select}
