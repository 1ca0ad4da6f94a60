"""``multiprocessing.Process``: started, joined, ended, and how.

That a child came to be is recorded where it is made (``children``); here it gets the name that
the program knows it by, its exit code, and the reason of its end.
"""

from __future__ import annotations

import sys

from .. import recorder
from ..layout import Kind, Result, Wait
from ..trim import drop_own_entry
from . import callables, replace, waits
from .frames import caller
from .instances import Instances

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any

PROBE = "processes"

processes = Instances()  # serial by Process


def _failed(error: Exception) -> None:
    recorder.probe_failed(PROBE, error)


def _describe(process: Any, frame: FrameType | None) -> int:
    """The serial of a Process; described anew when its pid has become known."""
    serial = processes.get(process)
    if serial is None:
        serial = processes.put(process, recorder.new_serial())
    popen = process._popen
    extra: dict[str, Any] = {"family": "multiprocessing"}
    target = process.__dict__.get("_target")
    if target is not None:
        extra["target"] = callables.name_of(target)
    if popen is not None:
        extra["pid"] = popen.pid
        extra["method"] = popen.method
    extra["daemon"] = bool(process._config.get("daemon"))
    recorder.describe(serial, "Process", process._name, recorder.nearest(frame), **extra)
    return serial  # type: ignore[no-any-return]


def serial_of(process: Any) -> int:
    serial = processes.get(process)
    return _describe(process, None) if serial is None else serial


def _patch_process(module: Any) -> None:
    cls = module.BaseProcess

    def start(self: Any) -> Any:
        described: dict[str, Any] = {}
        active = PROBE not in recorder.disabled
        if active:
            try:
                _describe(self, caller(1))
                described["target"] = callables.name_of(self.__dict__.get("_target"))
            except Exception as error:
                _failed(error)
        try:
            result = original_start(self)
        except BaseException as error:
            drop_own_entry(error)
            raise
        if active:
            try:
                frame = caller(1)
                serial = _describe(self, frame)
                if self._popen.method == "forkserver":
                    # made by the fork server, which has no part in it
                    recorder.emit(Kind.SPAWNED, serial, self._popen.pid, 1, recorder.nearest(frame))
            except Exception as error:
                _failed(error)
        return result

    def join(self: Any, timeout: Any = None) -> Any:
        def ended(value: Any) -> tuple[int, int]:
            status = self._popen.returncode
            return (Result.TIMEOUT, 0) if status is None else (Result.GOT, status)

        try:
            popen = self._popen
            over = popen is None or popen.returncode is not None
            if over or PROBE in recorder.disabled or waits.silent():
                return original_join(self, timeout)
            serial = place = 0
            try:
                serial, place = serial_of(self), recorder.nearest(caller(1))
            except Exception as error:
                _failed(error)
            seconds = waits.timeout_ns(timeout)
            return waits.call_outer(
                PROBE, serial, Wait.PROCESS_JOIN, seconds, place, original_join, (self, timeout), {}, ended
            )
        except BaseException as error:
            drop_own_entry(error)
            raise

    def ends(name: str) -> None:
        def method(self: Any) -> Any:
            if PROBE not in recorder.disabled:
                try:
                    if self._popen is not None:
                        text = recorder.string("Process." + name)
                        place = recorder.nearest(caller(1))
                        recorder.emit(Kind.CALLED, text, self._popen.pid, 0, place)
                except Exception as error:
                    _failed(error)
            try:
                return original(self)
            except BaseException as error:
                drop_own_entry(error)
                raise

        original = replace(cls, name, method)

    original_start = replace(cls, "start", start)
    original_join = replace(cls, "join", join)
    ends("terminate")
    ends("kill")


def _patch_traceback(module: Any) -> None:
    """What ends a child is caught and printed by ``BaseProcess._bootstrap``."""

    def print_exc(*args: Any, **kwargs: Any) -> Any:
        try:
            process = sys.modules.get("multiprocessing.process")
            frame = caller(1)
            bootstrap = process.BaseProcess._bootstrap.__code__ if process is not None else None
            if frame is not None and frame.f_code is bootstrap:
                from .threads import failed

                error = sys.exc_info()[1]
                if error is not None and PROBE not in recorder.disabled:
                    failed(error, error.__traceback__)
        except Exception as error:
            _failed(error)
        return original(*args, **kwargs)

    original = replace(module, "print_exc", print_exc)


MODULES = {"multiprocessing.process": _patch_process, "traceback": _patch_traceback}
