"""Single events worth a mark: garbage collections and imports that take over 1 ms, warnings that are
shown, signals that reach Python code, ``os._exit``, ``os.kill`` and their like, a changed switch interval.
"""

from __future__ import annotations

import sys

from .. import hidden, recorder
from ..layout import Kind
from ..private_modules import fetch
from ..trim import drop_own_entry
from . import replace
from .frames import caller
from .stand_in import install as stand_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any

PROBE = "marks"

#: Collections that take less are not told, ns.
SLOW_NS = 1_000_000

_FUNCTION = type(lambda: None)
_OURS = __file__.replace("\\", "/").rsplit("/patches/", 1)[0] + "/"


def _failed(error: Exception) -> None:
    recorder.probe_failed(PROBE, error)


# --- garbage collection, imports --------------------------------------------------------------


def _watch_collections(module: Any) -> None:
    """``gc.callbacks`` is the only way; the program can see that there is one."""
    began = 0
    now = recorder.now

    def collecting(phase: str, info: dict[str, Any]) -> None:
        nonlocal began
        if phase == "start":
            began = now()
        elif began:
            duration, began = now() - began, 0
            if duration >= SLOW_NS and PROBE not in recorder.disabled:
                try:
                    recorder.emit(Kind.GC, 0, duration, info.get("generation", 0))
                except Exception as error:
                    _failed(error)

    module.callbacks.append(collecting)


def _imported(name: str, begin_ns: int, duration_ns: int) -> None:
    if PROBE in recorder.disabled:
        return
    try:
        place = recorder.nearest(caller(1))
        recorder.emit(Kind.IMPORT, recorder.string(name), duration_ns, 0, place)
    except Exception as error:
        _failed(error)


recorder.on_import.append(_imported)


# --- warnings ---------------------------------------------------------------------------------


def _patch_warnings(module: Any) -> None:
    """Warnings that are shown, such as that of a coroutine which was never awaited."""

    def _showwarnmsg(msg: Any) -> Any:
        if PROBE not in recorder.disabled:
            try:
                text = msg.message.args[0] if msg.message.args else ""
                text = "%s: %s" % (msg.category.__name__, text if type(text) is str else "")
                recorder.emit(Kind.WARNING, 0, recorder.string(text[:300]), 0, recorder.here(1))
            except Exception as error:
                _failed(error)
        try:
            return original(msg)
        except BaseException as error:
            drop_own_entry(error)
            raise

    original = replace(module, "_showwarnmsg", _showwarnmsg)


# --- calls of note ----------------------------------------------------------------------------


def _called(name: str, value: Any, frame: FrameType | None) -> None:
    try:
        number = int.__index__(value) if isinstance(value, int) and -(1 << 63) <= value < 1 << 63 else 0
        recorder.emit(Kind.CALLED, recorder.string(name), number, 0, recorder.nearest(frame))
    except Exception as error:
        _failed(error)


def _notes(name: str, index: int) -> Any:
    """Record a call; ``index``: of the argument that is told."""

    def action(original: Any, args: Any, kwargs: Any) -> Any:
        if PROBE not in recorder.disabled:
            _called(name, args[index] if len(args) > index else 0, caller(2))
        try:
            return original(*args, **kwargs)
        except BaseException as error:
            drop_own_entry(error)
            raise

    return action


def _exits(original: Any, args: Any, kwargs: Any) -> Any:
    """``os._exit``: nothing runs after it, so this is the process's last word."""
    if PROBE not in recorder.disabled and recorder.started:
        frame = caller(2)
        try:
            if frame is None or not recorder.is_stdlib(frame.f_code):
                _called("os._exit", args[0] if args else kwargs.get("status", 0), frame)
            recorder.end()
        except Exception as error:
            _failed(error)
    return original(*args, **kwargs)


def _patch_os(module: Any) -> None:
    stand_in(module, "_exit", _exits)
    stand_in(module, "abort", _notes("os.abort", 0))
    stand_in(module, "kill", _notes("os.kill", 1))
    stand_in(module, "killpg", _notes("os.killpg", 1))


def _set_switch_interval(original: Any, args: Any, kwargs: Any) -> Any:
    try:
        result = original(*args, **kwargs)
    except BaseException as error:
        drop_own_entry(error)
        raise
    if PROBE not in recorder.disabled:
        try:
            interval = int(sys.getswitchinterval() * 1e9)
            recorder.emit(Kind.SWITCH_INTERVAL, 0, interval, 0, recorder.nearest(caller(2)))
        except Exception as error:
            _failed(error)
    return result


def _patch_sys(module: Any) -> None:
    stand_in(module, "setswitchinterval", _set_switch_interval)
    _watch_collections(fetch("gc"))  # also of programs that do not import it


# --- signals ----------------------------------------------------------------------------------


class _Handler:
    """Called for a signal instead of the program's handler, which it hands out to whoever asks."""

    __slots__ = ("handler",)

    def __init__(self, handler: Any) -> None:
        self.handler = handler

    def __call__(self, number: int, frame: Any) -> Any:
        if PROBE not in recorder.disabled:
            try:
                recorder.emit(Kind.SIGNAL, 0, number, 0, recorder.nearest(frame))
            except Exception as error:
                _failed(error)
        # the program's own frame was interrupted, even if it is one of ours that called the system for it
        while frame is not None and frame.f_code.co_filename.startswith(_OURS):
            frame = frame.f_back
        try:
            return self.handler(number, frame)
        except BaseException as error:
            drop_own_entry(error)
            raise


def _inside(handler: Any) -> Any:
    return handler.handler if type(handler) is _Handler else handler


def _patch_signal(module: Any) -> None:
    hidden.hide(_Handler.__call__.__code__)
    default_int_handler = module.default_int_handler

    def signal(original: Any, args: Any, kwargs: Any) -> Any:
        try:
            if len(args) == 2 and _is_handler(args[1]) and args[1] is not default_int_handler:
                return _inside(original(args[0], _Handler(args[1])))
            return _inside(original(*args, **kwargs))
        except BaseException as error:
            drop_own_entry(error)
            raise

    def getsignal(original: Any, args: Any, kwargs: Any) -> Any:
        try:
            return _inside(original(*args, **kwargs))
        except BaseException as error:
            drop_own_entry(error)
            raise

    _c_function(module, "signal", signal)
    _c_function(module, "getsignal", getsignal)


def _is_handler(handler: Any) -> bool:
    """A function of the program's: not SIG_DFL or SIG_IGN, which are numbers."""
    return callable(handler) and not isinstance(handler, int) and type(handler) is not _Handler


def _c_function(module: Any, name: str, action: Any) -> None:
    """Stand in for ``_signal.name``, which ``signal.name`` calls where it is written in Python."""
    function = getattr(module, name)
    if type(function) is not _FUNCTION:
        stand_in(module, name, action)
        return
    stand_in(sys.modules["_signal"], name, action)


MODULES = {
    "warnings": _patch_warnings,
    "os": _patch_os,
    "sys": _patch_sys,
    "signal": _patch_signal,
}
