"""Who exists: processes, threads, interpreters, tasks and locks, each with its track.

Tracks get their ids in the order in which things began, whatever the batches were.  Rare events
only: everything here is plain Python, one call per thing that begins or ends.
"""

from __future__ import annotations

import signal
from bisect import bisect_right
from dataclasses import dataclass, field
from pathlib import PurePath

import numpy as np
from numpy.typing import NDArray

from engine.assembler.evidence import Watching
from engine.assembler.identity import Domain, Identities
from engine.model import SORT_HELPER, End, EndKind, Mark, Track, TrackKind

NOTE_NOT_RECORDED = "not_recorded_itself"
#: The processes that multiprocessing starts for itself: what is in their command, and their name.
_HELPERS = {
    "from multiprocessing.resource_tracker import": "resource tracker",
    "from multiprocessing.forkserver import": "fork server",
}
#: A task that asyncio makes for itself.
NOTE_INTERNAL = "internal"
_INTERNAL_COROUTINES = ("shutdown_asyncgens", "shutdown_default_executor", "_cancel_all_tasks")
#: A child that has not recorded itself for so long is said not to.
REACHED_WITHIN_NS = 2_000_000_000
RUNNING = End(EndKind.RUNNING)


@dataclass(slots=True)
class Process:
    """One process, with the folders that came from it (one per interpreter; a new one after exec)."""

    index: int
    pid: int
    track: int
    start_ns: int
    domains: list[Domain] = field(default_factory=list)
    interpreters: dict[int, int] = field(default_factory=dict)
    threads: list[int] = field(default_factory=list)
    begun_ns: int = -1  # its own first record
    ended_cleanly: bool = False  # its interpreter reached its end
    gone_ns: int = -1
    told: bool = False  # the observer knows its status
    failed: str = ""  # what the main thread raised and nobody caught
    expected: bool = True  # the agent should have gone along
    exit_code: int | None = None  # as whoever joined it was told; negative: a signal
    main_thread: int = -1
    made_by: set[int] = field(default_factory=set)  # the processes that said they had made it
    named: bool = False  # by its parent

    @property
    def alive(self) -> bool:
        return self.gone_ns < 0


@dataclass(slots=True)
class Thread:
    """A thread of an observed process."""

    index: int
    track: int
    process: int
    domain: Domain
    serial: int  # 0 until it begins
    object_id: int
    interpreter: int  # index, -1 until known
    tid: int = 0
    daemon: bool = False
    main: bool = False
    begun_ns: int = -1
    started: tuple[int, int] = (-1, -1)  # when start() was called, and in which track


@dataclass(slots=True)
class Interpreter:
    """One interpreter of a process, and what is seen of its GIL."""

    index: int
    process: int
    number: int
    track: int = -1
    without_gil: bool = False
    reason: str = ""
    address: int = 0
    watching: Watching = field(default_factory=Watching)
    samples: int = 0
    switches: int = 0
    missed: int = 0


class Population:
    """Everything that has a track."""

    def __init__(self, identities: Identities) -> None:
        self.identities = identities
        self.tracks: list[Track] = []
        self.changed: set[int] = set()
        self.processes: list[Process] = []
        self.threads: list[Thread] = []
        self.interpreters: list[Interpreter] = []
        self.marks: list[Mark] = []
        #: by thread index
        self.thread_track: NDArray[np.int32] = np.empty(0, np.int32)
        self.thread_interpreter: NDArray[np.int32] = np.empty(0, np.int32)
        self.thread_process: NDArray[np.int32] = np.empty(0, np.int32)
        self.thread_begun: NDArray[np.int64] = np.empty(0, np.int64)
        #: tracks by index of task and lock; index by object id (-1 none)
        self.task_track: NDArray[np.int32] = np.empty(0, np.int32)
        self.lock_track: NDArray[np.int32] = np.empty(0, np.int32)
        self.task_of_object: NDArray[np.int32] = np.empty(0, np.int32)
        self.lock_of_object: NDArray[np.int32] = np.empty(0, np.int32)
        self.lock_objects: list[int] = []
        self.task_objects: list[int] = []
        self._by_pid: dict[int, int] = {}
        self._by_serial: dict[int, int] = {}  # the observer's
        self._writers: dict[tuple[int, int], int] = {}
        self._starting: dict[tuple[int, int], int] = {}  # (domain, object serial) → thread
        self._by_object: dict[int, int] = {}  # object id → thread
        self._states: dict[tuple[int, int], tuple[list[int], list[tuple[int, int]]]] = {}
        self._natives: dict[tuple[int, int], tuple[list[int], list[tuple[int, int]]]] = {}
        self._badges = 0
        self._names_by_pid: dict[int, str] = {}

    # --- processes ---------------------------------------------------------------------------

    def process_of_pid(self, pid: int) -> Process | None:
        """The process that has this pid now."""
        index = self._by_pid.get(pid, -1)
        return self.processes[index] if index >= 0 else None

    def process_of_object(self, object_id: int) -> Process | None:
        """The process that a ``multiprocessing.Process`` object stands for."""
        if object_id < 0:
            return None
        object_ = self.identities.objects[object_id]
        pid = object_.extra.get("pid")
        found = self.process_of_pid(pid) if isinstance(pid, int) else None
        if found is not None and object_.track != found.track and object_.sort == "Process":
            self.identities.update_object(object_id, track=found.track)
        return found

    def see_process(self, pid: int, parent_pid: int, time_ns: int, name: str = "") -> Process:
        """The living process with this pid, made when there is none."""
        found = self.process_of_pid(pid)
        if found is not None and found.alive:
            return found
        parent = self.process_of_pid(parent_pid)
        index = len(self.processes)
        track = self._new_track(
            TrackKind.PROCESS,
            name or f"process {pid}",
            pid,
            pid,
            -1 if parent is None else parent.track,
            time_ns,
        )
        track.name = self._names_by_pid.get(pid, track.name)
        process = Process(index, pid, track.id, time_ns, named=pid in self._names_by_pid)
        self.processes.append(process)
        self._by_pid[pid] = index
        return process

    def begin_process(self, domain: Domain, time_ns: int) -> Process:
        """The process that ``domain`` comes from, at its first record."""
        main_folder = domain.flags.get("main_folder")
        home = self.identities.by_folder.get(main_folder) if isinstance(main_folder, str) else None
        if home is not None and home.process >= 0:
            process = self.processes[home.process]
        else:
            process = self.see_process(domain.pid, domain.parent_pid, time_ns)
        process.domains.append(domain)
        domain.process = process.index
        if process.begun_ns < 0:
            process.begun_ns = time_ns
        track = self.tracks[process.track]
        if process.pid not in self._names_by_pid and track.name == f"process {process.pid}":
            helper = _helper_name(domain.argv)
            if helper:
                self._change(process.track, name=helper, sort=SORT_HELPER)
            self.rename_track(process.track, helper or _program_name(domain.argv))
        if NOTE_NOT_RECORDED in track.notes:
            self._change(process.track, notes=tuple(n for n in track.notes if n != NOTE_NOT_RECORDED))
        return process

    def bind_serial(self, serial: int, process: Process) -> None:
        """The observer calls ``process`` by this number."""
        self._by_serial[serial] = process.index

    def has_serial(self, process: Process) -> bool:
        """Whether the observer has seen ``process``."""
        return process.index in self._by_serial.values()

    def process_of_serial(self, serial: int) -> Process | None:
        index = self._by_serial.get(serial, -1)
        return self.processes[index] if index >= 0 else None

    def name_process(self, pid: int, name: str) -> None:
        """The process with this pid, or the next one that gets it, is called ``name`` by its parent.

        A parent may come to say so when the process has ended already."""
        if not name:
            return
        self._names_by_pid[pid] = name
        process = self.process_of_pid(pid)
        if process is not None and (process.alive or not process.named):
            process.named = True
            self.rename_track(process.track, name)

    def note_unreached(self, now_ns: int, *, all_of_them: bool = False) -> None:
        """Say of processes that they did not record themselves."""
        for process in self.processes:
            if process.domains or NOTE_NOT_RECORDED in self.tracks[process.track].notes:
                continue
            late = now_ns - process.start_ns > REACHED_WITHIN_NS
            if all_of_them or not process.alive or not process.expected or late:
                track = self.tracks[process.track]
                self._change(process.track, notes=(*track.notes, NOTE_NOT_RECORDED))

    # --- interpreters ------------------------------------------------------------------------

    def interpreter(self, process: Process, number: int) -> Interpreter:
        """The interpreter ``number`` of ``process``."""
        index = process.interpreters.get(number)
        if index is None:
            index = len(self.interpreters)
            process.interpreters[number] = index
            self.interpreters.append(Interpreter(index, process.index, number))
        return self.interpreters[index]

    def begin_gil(self, interpreter: Interpreter, time_ns: int) -> None:
        """Its GIL is seen from now on."""
        if interpreter.track >= 0:
            return
        process = self.processes[interpreter.process]
        name = "GIL" if not interpreter.number else f"GIL of interpreter {interpreter.number}"
        track = self._new_track(TrackKind.GIL, name, process.pid, 0, process.track, time_ns)
        track.interpreter = interpreter.number
        interpreter.track = track.id

    # --- threads -----------------------------------------------------------------------------

    def start_thread(self, domain: Domain, object_serial: int, time_ns: int) -> Thread:
        """start() was called for the thread that is object ``object_serial``."""
        known = self._starting.get((domain.index, object_serial))
        if known is not None:
            return self.threads[known]
        thread = self._new_thread(domain, object_serial, time_ns)
        self._starting[(domain.index, object_serial)] = thread.index
        return thread

    def begin_thread(self, domain: Domain, serial: int, object_serial: int, tid: int, time_ns: int) -> Thread:
        """The thread ``serial`` wrote its first record."""
        line = domain.threads.get(serial)
        if line is not None:
            object_serial = object_serial or line.object_serial
            tid = line.native_id or tid
        index = self._starting.get((domain.index, object_serial), -1) if object_serial else -1
        thread = self.threads[index] if index >= 0 and self.threads[index].serial == 0 else None
        if thread is None:
            thread = self._new_thread(domain, object_serial, time_ns)
        process = self.processes[thread.process]
        thread.serial, thread.tid, thread.begun_ns = serial, tid, time_ns
        number = line.interpreter if line is not None else 0
        thread.interpreter = self.interpreter(process, number).index
        self._writers[(domain.index, serial)] = thread.index
        self.thread_interpreter[thread.index] = thread.interpreter
        self.thread_begun[thread.index] = time_ns
        self.describe_thread(domain, serial)
        return thread

    def describe_thread(self, domain: Domain, serial: int) -> None:
        """Take over what the THREAD lines say of a thread that exists."""
        index = self._writers.get((domain.index, serial), -1)
        if index < 0:
            return
        thread, line = self.threads[index], domain.threads.get(serial)
        process = self.processes[thread.process]
        if line is not None:
            thread.daemon = line.daemon
            thread.tid = line.native_id or thread.tid
        track = self.tracks[thread.track]
        object_ = self.identities.objects[thread.object_id] if thread.object_id >= 0 else None
        name = line.name if line is not None and line.name else track.name
        # a child after fork keeps the parent's main thread under whatever name it had
        thread.main = thread.main or thread.tid == process.pid or name == "MainThread"
        if thread.main and process.main_thread < 0:
            process.main_thread = thread.index
        if thread.main:
            sort = "MainThread"
        else:
            sort = "daemon" if thread.daemon else (object_.sort if object_ is not None else "Thread")
        badge = track.badge
        if not thread.main and not badge:
            self._badges += 1
            badge = self._badges
        number = self.interpreters[thread.interpreter].number
        new = (name or f"Thread {serial}", thread.tid, sort, badge if not thread.main else 0, number)
        if new != (track.name, track.tid, track.sort, track.badge, track.interpreter):
            self._change(thread.track, name=new[0], tid=new[1], sort=new[2], badge=new[3], interpreter=new[4])

    def thread_of_writer(self, domain_index: int, serial: int) -> int:
        """Index of the thread with this serial, -1 when it has written nothing yet."""
        return self._writers.get((domain_index, serial), -1)

    def thread_of_object(self, object_id: int) -> int:
        return self._by_object.get(object_id, -1)

    def register(self, domain: Domain, serial: int, address: int, tid: int, time_ns: int) -> None:
        """From ``time_ns`` on the thread state at ``address`` and the native id belong to this thread."""
        for book, key in ((self._states, address), (self._natives, tid)):
            if key:
                times, writers = book.setdefault((domain.pid, key), ([], []))
                at = bisect_right(times, time_ns)
                if at and writers[at - 1] == (domain.index, serial):
                    continue
                times.insert(at, time_ns)
                writers.insert(at, (domain.index, serial))

    def threads_at(self, pid: int, key: int, times: NDArray[np.int64], *, native: bool) -> NDArray[np.int32]:
        """Whose thread state (or native id) ``key`` of process ``pid`` was at each time; -1 nobody's."""
        book = self._natives if native else self._states
        found = book.get((pid, key))
        if found is None:
            return np.full(len(times), -1, np.int32)
        since = np.array(found[0], np.int64)
        threads = np.array([self._writers.get(writer, -1) for writer in found[1]], np.int32)
        at = np.searchsorted(since, times, "right") - 1
        result = np.where(at >= 0, threads[np.maximum(at, 0)], -1)
        begun = self.thread_begun[np.maximum(result, 0)] if len(self.threads) else np.zeros(len(times))
        return np.where((result >= 0) & (begun <= times) & (begun >= 0), result, -1).astype(np.int32)

    def _new_thread(self, domain: Domain, object_serial: int, time_ns: int) -> Thread:
        process = self.processes[domain.process]
        object_id = self.identities.object_id(domain, object_serial)
        object_ = self.identities.objects[object_id] if object_id >= 0 else None
        track = self._new_track(
            TrackKind.THREAD,
            object_.name if object_ is not None else "",
            process.pid,
            0,
            process.track,
            time_ns,
        )
        track.object = object_id
        track.sort = object_.sort if object_ is not None else "Thread"
        thread = Thread(len(self.threads), track.id, process.index, domain, 0, object_id, -1)
        self.threads.append(thread)
        process.threads.append(thread.index)
        if object_id >= 0:
            self.identities.update_object(object_id, track=track.id)
            self._by_object[object_id] = thread.index
        size = len(self.thread_track)
        if thread.index >= size:
            grow = max(16, size)
            self.thread_track = np.concatenate([self.thread_track, np.full(grow, -1, np.int32)])
            self.thread_interpreter = np.concatenate([self.thread_interpreter, np.full(grow, -1, np.int32)])
            self.thread_process = np.concatenate([self.thread_process, np.full(grow, -1, np.int32)])
            self.thread_begun = np.concatenate([self.thread_begun, np.full(grow, -1, np.int64)])
        self.thread_track[thread.index] = track.id
        self.thread_process[thread.index] = process.index
        return thread

    # --- tasks and locks ---------------------------------------------------------------------

    def begin_task(self, object_id: int, thread: int, time_ns: int) -> int:
        """A task on ``thread``; gives its index."""
        object_ = self.identities.objects[object_id]
        owner = self.threads[thread]
        process = self.processes[owner.process]
        track = self._new_track(TrackKind.TASK, object_.name, process.pid, 0, owner.track, time_ns)
        track.object, track.sort = object_id, object_.sort
        if str(object_.extra.get("coroutine", "")).rpartition(".")[2] in _INTERNAL_COROUTINES:
            track.notes = (NOTE_INTERNAL,)
        self.identities.update_object(object_id, track=track.id)
        index = len(self.task_objects)
        self.task_objects.append(object_id)
        self.task_track = _put(self.task_track, index, track.id)
        self.task_of_object = _put(self.task_of_object, object_id, index)
        return index

    def begin_lock(self, object_id: int, thread: int, time_ns: int) -> int:
        """A lock that was used for the first time; gives its index."""
        object_ = self.identities.objects[object_id]
        process = self.processes[self.threads[thread].process]
        track = self._new_track(TrackKind.LOCK, object_.name, process.pid, 0, process.track, time_ns)
        track.object, track.sort = object_id, object_.sort
        self.identities.update_object(object_id, track=track.id)
        index = len(self.lock_objects)
        self.lock_objects.append(object_id)
        self.lock_track = _put(self.lock_track, index, track.id)
        self.lock_of_object = _put(self.lock_of_object, object_id, index)
        return index

    def index_of(self, table: NDArray[np.int32], object_ids: NDArray[np.int32]) -> NDArray[np.int32]:
        """``table`` (``task_of_object`` or ``lock_of_object``) at these object ids; -1 none."""
        if not len(table):
            return np.full(len(object_ids), -1, np.int32)
        inside = (object_ids >= 0) & (object_ids < len(table))
        return np.where(inside, table[np.where(inside, object_ids, 0)], -1).astype(np.int32)

    # --- tracks ------------------------------------------------------------------------------

    def end_track(self, track_id: int, time_ns: int, end: End) -> None:
        """The track is over."""
        track = self.tracks[track_id]
        if track.end.kind is EndKind.RUNNING:
            self._change(track_id, end=end, end_ns=max(time_ns, track.start_ns))

    def revise_end(self, track_id: int, end: End) -> None:
        """More is known of how a track ended than that it did."""
        if self.tracks[track_id].end.kind in (EndKind.CUT_OFF, EndKind.FINISHED):
            self._change(track_id, end=end)

    def rename_track(self, track_id: int, name: str) -> None:
        if name and self.tracks[track_id].name != name:
            self._change(track_id, name=name)

    def _new_track(self, kind: TrackKind, name: str, pid: int, tid: int, parent: int, time_ns: int) -> Track:
        track = Track(len(self.tracks), kind, name, pid, tid, parent, time_ns, time_ns)
        self.tracks.append(track)
        return track

    def _change(self, track_id: int, **changes: object) -> None:
        track = self.tracks[track_id]
        for name, value in changes.items():
            setattr(track, name, value)
        self.changed.add(track_id)


def _put(table: NDArray[np.int32], index: int, value: int) -> NDArray[np.int32]:
    """``table`` with ``value`` at ``index``, grown (filled with -1) when it is too short."""
    if index >= len(table):
        grown = np.full(max(2 * len(table), index + 1, 16), -1, np.int32)
        grown[: len(table)] = table
        table = grown
    table[index] = value
    return table


def _program_name(argv: tuple[str, ...]) -> str:
    """What runs: the script's name, the module, "-c"; of ``sys.orig_argv`` or ``sys.argv``."""
    rest = list(argv)
    if rest and PurePath(rest[0]).name.lower().startswith(("python", "pypy")):
        rest.pop(0)
    while rest and rest[0].startswith("-"):
        option = rest.pop(0)
        if option in ("-m", "-c"):
            return rest[0] if rest and option == "-m" else option
        if option in ("-W", "-X", "--check-hash-based-pycs") and rest:
            rest.pop(0)
    return PurePath(rest[0]).name if rest else ""


def _helper_name(argv: tuple[str, ...]) -> str:
    """What multiprocessing started this process for, empty for the program's own."""
    if "-c" not in argv[:-1]:
        return ""
    code = argv[argv.index("-c") + 1]
    return next((name for words, name in _HELPERS.items() if words in code), "")


def signal_name(number: int) -> str:
    """ "SIGKILL" for 9; works for signals this system does not name."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


#: Exit codes of Windows from here on are errors of the system that ended the process.
_WINDOWS_ERRORS = 0xC0000000
_ACCESS_VIOLATION = 0xC0000005


def end_of_exit_code(code: int) -> End:
    """How a process ended, from its exit code as ``multiprocessing`` gives it (negative: a signal)."""
    if code >= _WINDOWS_ERRORS:
        name = "access violation" if code == _ACCESS_VIOLATION else "error"
        return End(EndKind.KILLED, f"{name} 0x{code:X}")
    if code < 0:
        return End(EndKind.KILLED, signal_name(-code))
    return End(EndKind.FAILED, f"exit code {code}") if code else End(EndKind.FINISHED)


def end_of_process(status: int) -> End:
    """How a process ended, from its wait status (as ``os.waitpid`` gives it on POSIX; -1 unknown)."""
    if status < 0:
        return End(EndKind.CUT_OFF)
    number = status & 0x7F
    if number:
        return End(EndKind.KILLED, signal_name(number))
    code = (status >> 8) & 0xFF
    return End(EndKind.FAILED, f"exit code {code}") if code else End(EndKind.FINISHED)
