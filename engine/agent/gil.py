"""Where the GIL of an interpreter lies, and whose thread state is whose.

Runs in the observed process.  The observer (or, with the second way, a sampler in an
interpreter of its own: see ``gil_interpreter``) reads the words that are found here.

How the structure is found, without a table of offsets per version: the switch interval is
set to an odd number of microseconds; that 64-bit word, followed by the address of the thread
state that holds the GIL, is searched in the memory of ``_PyRuntime`` (main interpreter) or of
the interpreter's own state (interpreters with their own GIL); done twice with two numbers,
one address fits both.  The interval is put back.  ``struct _gil_runtime_state`` begins, on
CPython 3.9 to 3.15: ``unsigned long interval; PyThreadState *last_holder; int locked;
unsigned long switch_number; cond; mutex; switch_cond; switch_mutex`` (Python/ceval_gil.c,
Include/internal/pycore_gil.h).  ``last_holder`` names the holder only while ``locked``.

Standard library only; what it imports is taken out of ``sys.modules`` again.
"""

import sys
import time

from . import gil_interpreter, layout
from .private_modules import fetch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Optional

    WriteLine = Callable[[list[Any]], None]
    Emit = Callable[..., None]

#: The two odd intervals, microseconds.
_TRIALS_US = (12347, 54323)
#: Memory is searched in pieces of this size, up to this much.
_PIECE = 64 * 1024
_MOST = 1536 * 1024

#: Bytes of an ``unsigned long`` and of a pointer: on 64-bit Windows 4 and 8.
_POINTER = 8 if sys.maxsize > 2**32 else 4
_LONG = 4 if sys.platform == "win32" else _POINTER


def gil_layout() -> "dict[str, int]":
    """Offsets in bytes from the interval word: what stands in the GIL line of the side file.

    ``end`` is where the structure ends at the latest (four POSIX synchronisation objects);
    a futex between ``switch_number`` and ``end`` belongs to the GIL.
    """
    switch_number = -(-(2 * _POINTER + 4) // _LONG) * _LONG
    return {
        "interval": 0,
        "last_holder": _POINTER,
        "locked": 2 * _POINTER,
        "switch_number": switch_number,
        "long": _LONG,
        "pointer": _POINTER,
        "size": switch_number + _LONG,
        "end": switch_number + _LONG + 192,
    }


class GilNotFound(Exception):
    """Why the GIL cannot be seen: ``code: text`` (see docs/observing.md for the codes)."""


class _Api:
    """The few functions of the C API that are needed, called with the GIL held."""

    def __init__(self) -> None:
        try:
            _ctypes = fetch("_ctypes")
        except ImportError as error:
            raise GilNotFound("no_ctypes: " + str(error)) from None
        self._ctypes = _ctypes

        class Pointer(_ctypes._SimpleCData):  # type: ignore[misc,name-defined,unused-ignore]
            _type_ = "P"

        class Byte(_ctypes._SimpleCData):  # type: ignore[misc,name-defined,unused-ignore]
            _type_ = "B"

        class Function(_ctypes.CFuncPtr):  # type: ignore[misc,name-defined,unused-ignore]
            _flags_ = _ctypes.FUNCFLAG_CDECL | _ctypes.FUNCFLAG_PYTHONAPI
            _restype_ = Pointer

        class Library:
            _handle: "Any" = getattr(sys, "dllhandle", None) or _ctypes.dlopen(None, 0)

        self._byte = Byte
        try:
            self.thread_state = Function(("PyThreadState_Get", Library))
            self.interpreter_state = Function(("PyInterpreterState_Get", Library))
            # in_dll needs a Library only for its handle
            self.runtime = int(_ctypes.addressof(Byte.in_dll(Library, "_PyRuntime")))
        except (AttributeError, ValueError, OSError) as error:
            raise GilNotFound("no_symbols: " + str(error)) from None

    def copy(self, address: int, size: int) -> bytes:
        """``size`` bytes at ``address`` of this process; only for memory known to be there."""
        array = type("Bytes", (self._ctypes.Array,), {"_type_": self._byte, "_length_": size})
        return bytes(array.from_address(address))  # type: ignore[attr-defined]


class _Memory:
    """Reads this process's memory without a chance of a segmentation fault."""

    def __init__(self, api: _Api) -> None:
        import os

        self._api = api
        self._os = os
        self._fd = -1
        try:
            self._fd = os.open("/proc/self/mem", os.O_RDONLY | os.O_CLOEXEC)
        except (OSError, AttributeError):
            pass

    def close(self) -> None:
        if self._fd >= 0:
            self._os.close(self._fd)
            self._fd = -1

    def read(self, address: int, size: int) -> bytes:
        """What lies there; without ``/proc`` only for memory known to be there."""
        if self._fd < 0:
            return self._api.copy(address, size)
        try:
            return self._os.pread(self._fd, size, address)
        except (OSError, OverflowError):
            return b""

    def pieces(self, base: int, known_size: int) -> "Any":
        """(offset, bytes) of what lies from ``base`` on; neighbours overlap by a few words.

        Ends at ``known_size``, or where no memory is mapped any more.
        """
        if self._fd < 0 and not known_size:
            return
        most = min(known_size, _MOST) if known_size else _MOST
        for offset in range(0, most, _PIECE):
            size = min(_PIECE + 4 * _POINTER, most - offset)
            data = self.read(base + offset, size)
            yield offset, data
            if len(data) < size:
                return


def _known_size(api: _Api, word: int) -> int:
    """Size of ``_PyRuntime`` (word 3) or of an interpreter's state (word 5) from the debug
    offsets that stand at the start of ``_PyRuntime`` since 3.13; 0 when not known."""
    if sys.hexversion < 0x030D0000:
        return 0
    head = api.copy(api.runtime, 64)
    if head[:8] != b"xdebugpy":
        return 0
    size = int.from_bytes(head[8 * word : 8 * word + 8], sys.byteorder)
    return size if 1024 <= size <= 16 * 1024 * 1024 else 0


def _set_interval(microseconds: int) -> None:
    # The product is truncated to whole microseconds; a quarter keeps it on the right side.
    sys.setswitchinterval((microseconds + 0.25) * 1e-6)


def _pattern(interval_us: int, thread_state: int) -> bytes:
    order = sys.byteorder
    return interval_us.to_bytes(_LONG, order).ljust(_POINTER, b"\0") + thread_state.to_bytes(_POINTER, order)


def _search(memory: _Memory, base: int, size: int, thread_state: int) -> "Optional[int]":
    """The address of the structure that shows both trial intervals and this thread state."""
    original_us = round(sys.getswitchinterval() * 1e6)
    first = _pattern(_TRIALS_US[0], thread_state)
    second = _pattern(_TRIALS_US[1], thread_state)
    try:
        _set_interval(_TRIALS_US[0])
        for offset, data in memory.pieces(base, size):
            places = []
            at = data.find(first)
            while at >= 0:
                places.append(offset + at)
                at = data.find(first, at + 1)
            if not places:
                continue
            _set_interval(_TRIALS_US[1])
            both = [place for place in places if memory.read(base + place, len(second)) == second]
            if len(both) == 1:
                return base + int(both[0])
            _set_interval(_TRIALS_US[0])
    finally:
        _set_interval(original_us)
    return None


def free_threaded() -> bool:
    """Whether this build can run without a GIL."""
    return "t" in getattr(sys, "abiflags", "") or "free-threading" in sys.version


def gil_enabled() -> bool:
    """Whether there is a GIL now; on a free-threaded build an import can switch it on."""
    asks = getattr(sys, "_is_gil_enabled", None)
    return bool(asks()) if asks is not None else True


def facts() -> "dict[str, Any]":
    """For the flags of the PROCESS line."""
    return {
        "free_threaded": free_threaded(),
        "gil_enabled": gil_enabled(),
        "switch_interval_ns": round(sys.getswitchinterval() * 1e6) * 1000,
    }


def _no_tstate() -> int:
    return 0


#: The address of the current thread's state (``PyThreadState_Get()``), 0 when it cannot be
#: asked.  Any thread; it must hold the GIL.
current_tstate: "Callable[[], int]" = _no_tstate
#: True on free-threaded builds: call ``recheck()`` after imports of extension modules.
wants_recheck = False

_write_line: "Optional[WriteLine]" = None
_emit: "Optional[Emit]" = None
_conf: "dict[str, str]" = {}
_folder = ""
_interpreter = 0
_address = 0
_reason = ""
_had_gil = True
_sampler: "Optional[gil_interpreter.OwnInterpreter]" = None


def _is_mains(address: int) -> bool:
    """Whether this address lies in ``_PyRuntime``, where the main interpreter's GIL is."""
    api = _Api()
    begin = api.runtime
    return begin <= address < begin + (_known_size(api, 3) or _MOST) and not (
        begin <= int(api.interpreter_state()) < begin + (_known_size(api, 3) or _MOST)
    )


def calibrate(interpreter: int = 0) -> int:
    """The address of the current interpreter's GIL structure.  Takes about a millisecond.

    ``interpreter``: 0 for the main one.  An interpreter that shares the main one's GIL gives
    the main one's address.  Raises ``GilNotFound``.  To be called while no other thread of
    the interpreter runs; the switch interval is as before afterwards.
    """
    global current_tstate
    if not gil_enabled():
        raise GilNotFound("gil_disabled: this build runs without a GIL")
    api = _Api()
    current_tstate = api.thread_state
    memory = _Memory(api)
    try:
        places = [(api.runtime, _known_size(api, 3))]
        if interpreter:
            places.insert(0, (int(api.interpreter_state()), _known_size(api, 5)))
        for base, size in places:
            for _ in range(3):  # another interpreter with the same GIL may have come between
                address = _search(memory, base, size, int(api.thread_state()))
                if address is not None:
                    return address
    finally:
        memory.close()
    raise GilNotFound("not_found: the GIL was not found in the interpreter's memory")


def start(
    write_line: "WriteLine",
    folder: str,
    conf: "dict[str, str]",
    interpreter: int = 0,
    emit: "Optional[Emit]" = None,
) -> None:
    """Find the GIL, write the GIL line, start the sampler when the session wants it in here.

    ``write_line`` writes one line of the side file; ``folder`` is the process's folder;
    ``conf`` is the session's agent.conf (``gil``: proc, interpreter or off); ``emit`` is
    ``recorder.emit``, for the marks around a pause.  Before the user's code, in the main
    thread; never raises.
    """
    global _write_line, _folder, _conf, _interpreter, _emit, wants_recheck
    _write_line, _folder, _conf, _interpreter, _emit = write_line, folder, conf, interpreter, emit
    wants_recheck = free_threaded()
    try:
        _find()
    except Exception as error:  # nothing of ours may reach the program
        _not_found("failed: " + type(error).__name__ + ": " + str(error))
    _tell()
    _start_sampler()


def _find() -> None:
    global _address, _reason, _had_gil
    _had_gil = gil_enabled()
    if _conf.get("gil") == "off":
        _not_found("off: not asked for")
        return
    try:
        address = calibrate(_interpreter)
        if _interpreter and _is_mains(address):
            _not_found("shared: this interpreter has the main interpreter's GIL")
        else:
            _address, _reason = address, ""
    except GilNotFound as error:
        _not_found(str(error))


def _not_found(reason: str) -> None:
    global _address, _reason
    _address, _reason = 0, reason


def _tell() -> None:
    if _write_line is not None:
        layout_or_none = gil_layout() if _address else {}
        _write_line(
            [layout.Line.GIL, _interpreter, _address, layout_or_none, _reason, time.perf_counter_ns()]
        )


def recheck() -> None:
    """On a free-threaded build: see whether the GIL was switched on since, and say so."""
    if not wants_recheck or _write_line is None or gil_enabled() == _had_gil:
        return
    try:
        _find()
    except Exception as error:  # nothing of ours may reach the program
        _not_found("failed: " + type(error).__name__ + ": " + str(error))
    _tell()
    _start_sampler()


# --- the second way: sampling from an interpreter of its own -------------------------------


def _start_sampler() -> None:
    global _sampler
    if not _address or _conf.get("gil") != "interpreter" or _interpreter != 0 or _sampler is not None:
        return
    try:
        _sampler = gil_interpreter.OwnInterpreter(_address, gil_layout(), _folder, _say_sampler_failed)
        _sampler.start()
    except Exception as error:  # nothing of ours may reach the program
        _sampler = None
        _say_sampler_failed(str(error) or type(error).__name__)


def _say_sampler_failed(reason: str) -> None:
    if _write_line is not None:
        _write_line(
            [layout.Line.GIL, _interpreter, 0, {}, "own_interpreter: " + reason, time.perf_counter_ns()]
        )


def before_fork() -> None:
    """Directly before ``os.fork``: while another interpreter exists, every forked child dies.

    May let go of the GIL while it waits for the sampler to end.
    """
    if _sampler is not None and _sampler.stop() and _emit is not None:
        _emit(layout.Kind.GIL_GAP_BEGIN)


#: Whoever stands in for the calls that fork sets this and calls ``resume`` when they have returned:
#: CPython 3.13 counts the process's threads after the hooks of the parent, and warns of a second one.
resumed_by_caller = False
_paused = False


def after_fork_parent() -> None:
    """In the parent after ``os.fork``, also when it failed."""
    global _paused
    _paused = _sampler is not None
    if not resumed_by_caller:
        resume()


def resume() -> None:
    """Start the sampler again that a fork has ended; any thread, nothing when there is none."""
    global _paused
    if _paused and _sampler is not None:
        _paused = False
        if _emit is not None:
            _emit(layout.Kind.GIL_GAP_END)
        _sampler.start()


def after_fork_child(write_line: "WriteLine", folder: str) -> None:
    """In a forked child, once its own folder and side file are open.

    The structure is where it was; this process's side file has to say so.
    """
    global _write_line, _folder, _sampler, _paused
    _write_line, _folder, _sampler, _paused = write_line, folder, None, False
    _tell()
    _start_sampler()


def stop() -> None:
    """At the interpreter's exit, as late as can be."""
    global _sampler
    sampler, _sampler = _sampler, None
    if sampler is not None:
        sampler.stop()
    if _interpreter and _address:  # its memory goes with the interpreter, the main one's does not
        _not_found("ended: the interpreter has ended")
        _tell()
