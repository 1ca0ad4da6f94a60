"""Calls in which a thread sleeps or waits for the operating system: ``time.sleep``, ``os.read`` and
``os.write``, waiting for children, ``select.select``, ``input``, signals, file locks.

Each gets a record before and after, for as long as it lasts nobody knows beforehand, and a
call that hangs must be seen to.  Files are not among them: ``open`` and what it gives stay
untouched, their reads and writes are seen from outside.  Sockets are in ``sockets``, selectors
in ``selecting``.
"""

from __future__ import annotations

import os
import sys

from .. import recorder
from ..layout import Result, Wait
from ..trim import drop_own_entry
from . import replace, waits
from .frames import caller
from .instances import Instances
from .stand_in import install as stand_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

PROBE = "blocking"

#: serial by subprocess.Popen
popens = Instances()


def _place() -> int:
    # this function, the action, StandIn.__call__, the caller
    return waits.place_of(PROBE, caller(3))


def _off() -> bool:
    return PROBE in recorder.disabled or waits.silent()


def _plain(original: Any, args: Any, kwargs: Any) -> Any:
    try:
        return original(*args, **kwargs)
    except BaseException as error:
        drop_own_entry(error)
        raise


def _argument(args: Any, kwargs: Any, index: int, name: str, default: Any) -> Any:
    if len(args) > index:
        return args[index]
    return kwargs.get(name, default) if kwargs else default


def _always(reason: int) -> Callable[[Any, Any, Any], Any]:
    """Record every call."""

    def action(original: Any, args: Any, kwargs: Any) -> Any:
        try:
            place = 0 if _off() else _place()
            if not place:  # also when the call is our own
                return _plain(original, args, kwargs)
            return waits.call(PROBE, 0, reason, -1, place, original, args, kwargs)
        except BaseException as error:
            drop_own_entry(error)
            raise

    return action


# --- time -------------------------------------------------------------------------------------


def _sleep(original: Any, args: Any, kwargs: Any) -> Any:
    try:
        seconds = args[0] if args else 0
        if (type(seconds) is int and seconds == 0) or _off():
            return _plain(original, args, kwargs)
        timeout = waits.timeout_ns(seconds)
        return waits.call(PROBE, 0, Wait.SLEEP, timeout, _place(), original, args, kwargs)
    except BaseException as error:
        drop_own_entry(error)
        raise


def _patch_time(module: Any) -> None:
    stand_in(module, "sleep", _sleep)


# --- os ---------------------------------------------------------------------------------------


def _waits_for_child(index: int, name: str) -> Callable[[Any, Any, Any], Any]:
    """``index`` and ``name`` of the argument that may hold WNOHANG."""
    no_hang = getattr(os, "WNOHANG", 0)

    def action(original: Any, args: Any, kwargs: Any) -> Any:
        try:
            options: Any = _argument(args, kwargs, index, name, 0) if index >= 0 else 0
            if (type(options) is int and options & no_hang) or _off():
                return _plain(original, args, kwargs)
            return waits.call(PROBE, 0, Wait.PROCESS_JOIN, -1, _place(), original, args, kwargs)
        except BaseException as error:
            drop_own_entry(error)
            raise

    return action


def _patch_os(module: Any) -> None:
    for name, reason in (
        ("read", Wait.READ),
        ("readv", Wait.READ),
        ("write", Wait.WRITE),
        ("writev", Wait.WRITE),
        ("sendfile", Wait.WRITE),
    ):
        stand_in(module, name, _always(reason))
    stand_in(module, "wait", _waits_for_child(-1, ""))
    stand_in(module, "waitpid", _waits_for_child(1, "options"))
    stand_in(module, "wait3", _waits_for_child(0, "options"))
    stand_in(module, "wait4", _waits_for_child(1, "options"))
    stand_in(module, "waitid", _waits_for_child(2, "options"))


# --- select, input, signals, file locks -------------------------------------------------------


def _select(original: Any, args: Any, kwargs: Any) -> Any:
    try:
        timeout: Any = args[3] if len(args) > 3 else None
        if (type(timeout) in (int, float) and timeout <= 0) or _off():
            return _plain(original, args, kwargs)
        seconds = waits.timeout_ns(timeout)
        return waits.call(PROBE, 0, Wait.SELECT, seconds, _place(), original, args, kwargs)
    except BaseException as error:
        drop_own_entry(error)
        raise


def _patch_select(module: Any) -> None:
    stand_in(module, "select", _select)


def _patch_builtins(module: Any) -> None:
    stand_in(module, "input", _always(Wait.INPUT))


def _patch_signal(module: Any) -> None:
    # the functions of ``signal`` are Python's around those of ``_signal``
    for name in ("pause", "sigwait", "sigwaitinfo", "sigtimedwait"):
        function = getattr(module, name, None)
        if isinstance(function, type(len)):
            stand_in(module, name, _always(Wait.OTHER))
        elif function is not None:
            _around(module, name, Wait.OTHER)


def _around(module: Any, name: str, reason: int) -> None:
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        try:
            if _off():
                return _plain(original, args, kwargs)
            place = waits.place_of(PROBE, caller(1))
            return waits.call(PROBE, 0, reason, -1, place, original, args, kwargs)
        except BaseException as error:
            drop_own_entry(error)
            raise

    original = replace(module, name, wrapper)


def _locks_file(index: int) -> Callable[[Any, Any, Any], Any]:
    def action(original: Any, args: Any, kwargs: Any) -> Any:
        try:
            fcntl = sys.modules["fcntl"]
            operation = args[index] if len(args) > index else 0
            immediate = fcntl.LOCK_NB | fcntl.LOCK_UN
            if (type(operation) is int and operation & immediate) or _off():
                return _plain(original, args, kwargs)
            return waits.call(PROBE, 0, Wait.LOCK, -1, _place(), original, args, kwargs)
        except BaseException as error:
            drop_own_entry(error)
            raise

    return action


def _patch_fcntl(module: Any) -> None:
    stand_in(module, "flock", _locks_file(1))
    stand_in(module, "lockf", _locks_file(1))


# --- subprocess -------------------------------------------------------------------------------


def popen_serial(popen: Any) -> int:
    """The serial of a subprocess.Popen, described with its pid and command when it is new."""
    serial = popens.get(popen)
    if serial is None:
        serial = recorder.new_serial()
        popens.put(popen, serial)
        args = popen.args
        first = args[0] if isinstance(args, (list, tuple)) and args else args
        name = first if type(first) is str else ""
        recorder.describe(serial, "Process", os.path.basename(name), 0, family="subprocess", pid=popen.pid)
    return serial  # type: ignore[no-any-return]


def _patch_subprocess(module: Any) -> None:
    cls = module.Popen

    def ended(status: Any) -> tuple[int, int]:
        return Result.GOT, status if type(status) is int else 0

    def wait(self: Any, timeout: Any = None) -> Any:
        try:
            if self.returncode is not None or _off():
                return original(self, timeout)
            serial = place = 0
            try:
                serial, place = popen_serial(self), recorder.nearest(caller(1))
            except Exception as error:
                recorder.probe_failed(PROBE, error)
            seconds = waits.timeout_ns(timeout)
            return waits.call_outer(
                PROBE, serial, Wait.PROCESS_JOIN, seconds, place, original, (self, timeout), {}, ended
            )
        except BaseException as error:
            drop_own_entry(error)
            raise

    original = replace(cls, "wait", wait)


MODULES = {
    "time": _patch_time,
    "os": _patch_os,
    "select": _patch_select,
    "builtins": _patch_builtins,
    "signal": _patch_signal,
    "fcntl": _patch_fcntl,
    "subprocess": _patch_subprocess,
}
