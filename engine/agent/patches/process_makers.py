"""Who makes an object of ``multiprocessing``: the program, or the standard library for itself.

Between ``multiprocessing.Lock()`` in the program and the lock lie its constructors and the
methods of a context.  An object that came from another process by pickle has no maker here: it
is the program's when the program is the first to use it.
"""

from __future__ import annotations

from .. import recorder
from . import naming

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any

#: their functions make objects in somebody's name
_FACTORIES = frozenset(
    {"multiprocessing.context", "multiprocessing.sharedctypes", "multiprocessing.connection"}
)
_CONSTRUCTORS = frozenset({"__init__", "__new__", "_make_methods", "_reset"})


def maker(frame: FrameType | None, instance: Any) -> FrameType | None:
    """The frame that made ``instance``, at or above ``frame``."""
    while frame is not None:
        code = frame.f_code
        if frame.f_globals.get("__name__") not in _FACTORIES and not (
            code.co_name in _CONSTRUCTORS
            and code.co_argcount
            and frame.f_locals.get(code.co_varnames[0]) is instance
        ):
            return frame
        frame = frame.f_back
    return None


def is_programs(frame: FrameType | None) -> bool:
    """Whether ``frame`` is code of the program's."""
    return frame is not None and not naming.made_by_stdlib(frame)


def user(frame: FrameType | None, *modules: str) -> FrameType | None:
    """Who uses what ``modules`` offer: the nearest frame at or above ``frame`` that is not theirs."""
    while frame is not None and frame.f_globals.get("__name__") in modules:
        frame = frame.f_back
    return frame


def describe(sort: str, frame: FrameType | None, key: str = "", **extra: Any) -> int:
    """A new serial, described with the name and place that ``frame``, its maker, gives; the serial."""
    serial = recorder.new_serial()
    name, place = naming.name_and_place(frame)
    if key:
        extra["key"] = key
    recorder.describe(serial, sort, name, place, family="multiprocessing", **extra)
    return serial
