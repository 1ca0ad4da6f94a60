"""Writes the records of this process: the one interface between probes and files.

Every thread has a segment of its own, found through a thread-local; nothing here takes a
lock, starts a thread or waits.  Functions may be called from any thread, from signal
handlers and finalisers, and raise nothing of their own making.  Before ``start`` and after
recording had to stop they do nothing.

After a fork the child opens a folder of its own and goes on counting where the parent was:
numbers below the counters in its PROCESS line mean what they meant in the parent.
"""

from __future__ import annotations

import _thread
import os
import sys
from time import perf_counter_ns

from . import layout
from .layout import Kind, Line
from .places import Places
from .private_modules import fetch
from .segment import NoRoom, open_segment
from .side_file import SideFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

_count = fetch("itertools").count
_repeat = fetch("itertools").repeat
_getframe = sys._getframe
#: The clock of all records.
now = perf_counter_ns

#: More different texts than this are not told apart any more.
MOST_STRINGS = 100_000

session_folder = ""
process_folder = ""
process_name = ""
interpreter = 0
started = False

#: Called without arguments.  ``before_fork``: last before a fork, in order.
before_fork: list[Callable[[], None]] = []
after_fork_parent: list[Callable[[], None]] = []
after_fork_child: list[Callable[[], None]] = []
#: Called with (name, begin_ns, duration_ns) for imports that took over 1 ms.
on_import: list[Callable[[str, int, int], None]] = []
#: Called with nothing in a new thread, before the program's code in it.
on_thread_begin: list[Callable[[], None]] = []


def thread_state() -> int:
    """The address of the current thread's state, 0 when not known (the bootstrap puts gil's in)."""
    return 0


#: Probes that failed and are off.
disabled: set[str] = set()

_argv: list[str] = []
_facts: dict[str, Any] = {}
_start_ns = 0
_fork_counters: dict[str, Any] = {}


def _nothing(kind: int, obj: int = 0, value: int = 0, flags: int = 0, loc: int = 0) -> None:
    """Stands where a segment could not be had."""


def _nothing_at(time_ns: int, kind: int, obj: int = 0, value: int = 0, flags: int = 0, loc: int = 0) -> None:
    """Stands where a segment could not be had."""


class _Local(_thread._local):
    """``serial`` of the thread, ``write`` and ``write_at`` of its segment, and what records of ``with
    lock`` are filled with: see ``segment.Writers``.  Without a segment these go nowhere."""

    serial: int
    write: Callable[..., None]
    write_at: Callable[..., None]
    chunk: Any = memoryview(bytearray(layout.RECORD_SIZE))
    slots: Any = _repeat(0)
    wide: Any = chunk
    ready: tuple[Any, Any]  # ``chunk`` as words of 8 bytes, and ``slots``; missing: ``make_ready``
    sure_slots: Any = slots


#: Hot paths may use ``local.write`` themselves (AttributeError: call ``attach`` first).
local = _Local()

_side = SideFile("")
_places = Places(_side.line)
#: instruction → place, for hot paths (see ``places``); 0 or missing: ask ``nearest``
place_table = _places.table
_serials = _count(1)
_threads = _count(1)
_strings: dict[str, int] = {}
_string_numbers = _count(1)


# --- starting -------------------------------------------------------------------------------


def start(session: str, argv: list[str], facts: dict[str, Any], interpreter_id: int = 0) -> bool:
    """Open the folder of this process in ``session`` and write who we are.

    ``facts`` go into the PROCESS line's flags.  False when the folder cannot be made: then
    nothing will be recorded.
    """
    global session_folder, interpreter, _argv, _facts, started
    session_folder = session
    interpreter = interpreter_id
    _argv = [str(item) for item in argv]
    _facts = dict(facts)
    if not _open_folder({}):
        return False
    started = True
    attach(name=_name_of_current() or "MainThread")
    emit(Kind.PROCESS_BEGIN, 0, os.getppid() if hasattr(os, "getppid") else 0)
    if not interpreter_id and hasattr(os, "register_at_fork"):
        os.register_at_fork(
            before=_before_fork, after_in_parent=_after_fork_parent, after_in_child=_after_fork_child
        )
    return True


def _open_folder(inherited: dict[str, Any]) -> bool:
    global process_folder, process_name, _start_ns
    _start_ns = now()
    process_name = "p%d-%x" % (os.getpid(), _start_ns)
    if interpreter:
        process_name += "i%d" % interpreter
    process_folder = session_folder + "/" + process_name
    try:
        os.mkdir(process_folder, 0o700)
    except OSError:
        return False
    _side.path = process_folder + "/side.jsonl"
    flags = dict(_facts)
    flags["interpreter"] = interpreter
    flags.update(inherited)
    try:
        cwd = os.getcwd()
    except OSError:
        cwd = ""
    _side.line(
        [
            Line.PROCESS,
            os.getpid(),
            os.getppid() if hasattr(os, "getppid") else 0,
            _start_ns,
            sys.version,
            sys.implementation.name,
            sys.executable or "",
            _argv,
            cwd,
            flags,
        ]
    )
    return True


def end() -> None:
    """The interpreter is at its end: the last record that is certain to be written."""
    emit(Kind.PROCESS_END)


# --- threads --------------------------------------------------------------------------------


def new_thread_serial() -> int:
    """A serial for a thread that is about to start."""
    return next(_threads)  # type: ignore[no-any-return]


def attach(serial: int = 0, name: str = "", daemon: bool = False, parent: int = 0, obj: int = 0) -> int:
    """Give the current thread its segment, under ``serial`` (0: a new one), and describe it.

    A thread that has one keeps it.  Gives the thread's serial.
    """
    have = local.__dict__.get("serial")
    if have is not None:
        return have  # type: ignore[no-any-return]
    if not serial:
        serial = next(_threads)
        name = name or _name_of_current()
    _open_current(serial)
    thread_line(serial, name, daemon, parent, obj)
    return serial


def _open_current(serial: int) -> None:
    mine = local.__dict__
    mine["serial"] = serial
    mine["write"] = _nothing
    mine["write_at"] = _nothing_at
    if not process_folder:
        return
    header = layout.SEGMENT_HEADER.pack(
        layout.SEGMENT_MAGIC,
        layout.FORMAT_VERSION,
        layout.WRITER_AGENT,
        os.getpid(),
        serial,
        _thread.get_native_id(),
        _start_ns,
        0,
    )
    try:
        open_segment(process_folder + "/t%d.seg" % serial, session_folder, header, serial, _install, _ask)
    except (OSError, NoRoom, MemoryError, ValueError):
        pass


def _install(
    write: Callable[..., None],
    write_at: Callable[..., None],
    chunk: Any,
    slots: Any,
    wide: Any,
    sure_slots: Any,
) -> None:
    mine = local.__dict__
    mine["write"] = write
    mine["write_at"] = write_at
    mine["chunk"] = chunk
    mine["slots"] = slots
    mine["wide"] = wide
    mine["sure_slots"] = sure_slots
    mine["ready"] = chunk.cast("Q"), slots


def _ask(prepare: Callable[[], None]) -> None:
    mine = local.__dict__
    mine["prepare"] = prepare
    mine.pop("ready", None)


def make_ready() -> None:
    """Make sure that ``local.ready`` is there: that this thread has a segment, and room in it."""
    mine = local.__dict__
    if "serial" not in mine:
        if not started:
            return
        attach()
    prepare = mine.pop("prepare", None)
    if prepare is not None:
        prepare()
    mine["ready"] = local.chunk.cast("Q"), local.slots


def native_id() -> int:
    """The operating system's number of the current thread."""
    return _thread.get_native_id()


def _name_of_current() -> str:
    threading = sys.modules.get("threading")
    try:
        return threading._active[_thread.get_ident()]._name  # type: ignore[union-attr,no-any-return]
    except (AttributeError, KeyError, TypeError):
        return ""


def thread_line(serial: int, name: str, daemon: bool = False, parent: int = 0, obj: int = 0) -> None:
    """Describe the current thread (THREAD line)."""
    _side.line(
        [
            Line.THREAD,
            serial,
            name,
            _thread.get_ident(),
            _thread.get_native_id(),
            thread_state(),
            daemon,
            parent,
            interpreter,
            obj,
            now(),
        ]
    )


def describe_thread(serial: int, name: str, daemon: bool, parent: int, obj: int) -> None:
    """Describe a thread that does not run yet, or under a new name: all that is known of it elsewhere
    (native id, state) is given as 0 and stays as it was."""
    _side.line([Line.THREAD, serial, name, 0, 0, 0, daemon, parent, interpreter, obj, now()])


def current_thread() -> int:
    """The serial of the current thread."""
    try:
        return local.serial
    except AttributeError:
        return attach()


# --- records --------------------------------------------------------------------------------


def emit(kind: int, obj: int = 0, value: int = 0, flags: int = 0, loc: int = 0) -> None:
    """Record that ``kind`` happened now in the current thread."""
    try:
        write = local.write
    except AttributeError:
        if not started:
            return
        attach()
        write = local.write
    write(kind, obj, value, flags, loc)


def emit_at(time_ns: int, kind: int, obj: int = 0, value: int = 0, flags: int = 0, loc: int = 0) -> None:
    """Record that ``kind`` happened at ``time_ns`` in the current thread."""
    try:
        write_at = local.write_at
    except AttributeError:
        if not started:
            return
        attach()
        write_at = local.write_at
    write_at(time_ns, kind, obj, value, flags, loc)


# --- what records refer to ------------------------------------------------------------------


# The methods themselves, no functions around them: a call less for most records.

#: (frame) → the number of the place where ``frame`` is; 0 in the standard library and in the agent.
location = _places.of
#: (frame or None) → as ``here``, from ``frame`` outwards.
nearest = _places.outermost_known
#: (code) → the place where ``code`` begins; 0 in the standard library and in the agent.
beginning = _places.beginning
#: (code) → whether ``code`` belongs to the standard library or to the agent.
is_stdlib = _places.is_stdlib


def here(depth: int = 1) -> int:
    """The place of the program's own code that led here: the nearest frame from ``depth`` (0: the
    caller of this function) outwards that is neither standard library nor ours."""
    try:
        frame = _getframe(depth + 1)
    except ValueError:  # called by C, with no Python code below
        return 0
    return nearest(frame)


def new_serial() -> int:
    """A serial for an object; never used again in this process."""
    return next(_serials)  # type: ignore[no-any-return]


def describe(serial: int, sort: str, name: str = "", loc: int = 0, **extra: Any) -> None:
    """Say what an object is (OBJECT line)."""
    _side.line([Line.OBJECT, serial, sort, name, loc, extra])


def rename(serial: int, name: str) -> None:
    """A better name for an object was found."""
    _side.line([Line.NAME, serial, name])


def string(text: str) -> int:
    """The number of a text (0 when there are too many)."""
    found = _strings.get(text)
    if found is None:
        if len(_strings) >= MOST_STRINGS:
            return 0
        found = next(_string_numbers)
        _strings[text] = found
        _side.line([Line.STRING, found, text])
    return found


def line(items: list[Any]) -> None:
    """Write a line of the side file (for gil.py, which describes itself)."""
    _side.line(items)


# --- probes ---------------------------------------------------------------------------------


def probe_enabled(name: str) -> bool:
    return name not in disabled


def probe_failed(name: str, error: BaseException) -> None:
    """Record that the probe ``name`` raised ``error``, and switch it off.

    A program at the end of its stack or memory is not the probe's fault: that is passed over.
    """
    if isinstance(error, (RecursionError, MemoryError)):
        return
    disabled.add(name)
    try:
        text = type(error).__name__ + ": " + str(error)
        _side.line([Line.PROBE_FAILED, name, text])
        emit(Kind.PROBE_FAILED, 0, string(name + ": " + text))
    except Exception:
        pass


# --- fork -----------------------------------------------------------------------------------


def _run(callbacks: list[Callable[[], None]]) -> None:
    for callback in callbacks:
        try:
            callback()
        except Exception as error:
            probe_failed("fork", error)


def _before_fork() -> None:
    global _fork_counters
    serial, thread = next(_serials), next(_threads)
    text = next(_string_numbers)
    _fork_counters = {
        "forked_from": process_name,
        "forked_by": local.__dict__.get("serial", 0),
        "forked_ns": now(),
        "next_serial": serial,
        "next_thread": thread,
        "next_string": text,
        "next_location": _places.next_number,
    }
    _run(before_fork)


def _after_fork_parent() -> None:
    _run(after_fork_parent)


def _after_fork_child() -> None:
    global started
    serial = local.__dict__.get("serial", 0)
    local.__dict__.clear()
    started = _open_folder(_fork_counters)
    if not started:
        return
    _open_current(serial or next(_threads))
    thread_line(local.serial, _name_of_current())
    emit(Kind.PROCESS_BEGIN, 0, os.getppid())
    _run(after_fork_child)
