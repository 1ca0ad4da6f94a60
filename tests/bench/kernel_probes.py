"""Kernel probes on CPython's GIL: what take_gil and drop_gil did, in every thread, to the nanosecond.

For measuring ourselves only: needs root on Linux, tracefs, and binutils (``nm``, ``objdump``,
``readelf``).  Nothing here is shared with what it judges: the events come from the kernel
(uprobes in the interpreter's text, and scheduler tracepoints), stamped with CLOCK_MONOTONIC,
which is ``time.perf_counter_ns()``.

Where the probes sit (``Python/ceval_gil.c``, CPython 3.9 to 3.15 with a GIL):

========= ==========================================================================
TAKE      entry of ``take_gil``: from here on the thread wants the GIL
GOT       just before ``gil->locked = 1``, inside both mutexes: it has it
RELEASED  just before ``gil->locked = 0``, inside the mutex: it has it no more
FORCED    before the wait on ``switch_cond``: it gives way until another has taken the GIL
WOKEN     after that wait
========= ==========================================================================

The two stores are found by disassembly: the first ``movl $1`` (``movl $0``) after a call of
``pthread_mutex_lock``.  The probe is put on the conditional jump between the two, which the
kernel emulates (a ``movl`` would be single-stepped, at twice the cost).
"""

from __future__ import annotations

import mmap
import os
import re
import struct
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import numpy as np

TRACEFS = Path("/sys/kernel/tracing")

TAKE, GOT, RELEASED, FORCED, WOKEN = 1, 2, 3, 4, 5
SWITCHED_IN, PREEMPTED, WENT_TO_SLEEP, WOKEN_UP = 10, 11, 12, 13
NEW_THREAD, NEW_PROCESS, EXITED = 20, 21, 22

#: One event: ``time`` ns of CLOCK_MONOTONIC, ``tid`` whom it is about, ``kind`` one of the
#: constants above, ``value`` the new thread's or process's id (NEW_*), else 0.
EVENT_DTYPE = np.dtype([("time", "<i8"), ("tid", "<i4"), ("value", "<i4"), ("kind", "u1")])

_WAKES = ("sched_waking", "sched_wakeup", "sched_wakeup_new")

CLONE_THREAD = 0x00010000


class ProbeError(Exception):
    """The kernel probes cannot be set here; the text says why."""


@dataclass(frozen=True)
class ProbePoints:
    """File offsets in ``library`` of the places named in the module's docstring."""

    library: Path
    offsets: dict[int, int]  # kind → file offset
    exact: bool  # both stores were found; False: GOT is the return of take_gil, RELEASED drop_gil's entry


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ProbeError(f"{command[0]}: {done.stderr.strip()}")
    return done.stdout


def _library_with_gil(interpreter: Path) -> Path:
    """The interpreter, or the shared library it is linked with, that has ``take_gil``."""
    executable = interpreter.resolve()
    candidates = [executable]
    for line in _run("ldd", str(executable)).splitlines():
        found = re.search(r"=> (\S*libpython\S*)", line)
        if found:
            candidates.append(Path(found.group(1)).resolve())
    for candidate in candidates:
        symbols = subprocess.run(["nm", str(candidate)], capture_output=True, text=True, check=False).stdout
        if re.search(r" [tT] take_gil(\.\S+)?$", symbols, re.MULTILINE):
            return candidate
    raise ProbeError(f"no symbol take_gil in {', '.join(map(str, candidates))} (a stripped build?)")


def _file_offset(library: Path, address: int) -> int:
    """Where in the file the instruction at virtual ``address`` stands."""
    for line in _run("readelf", "-lW", str(library)).splitlines():
        fields = line.split()
        if fields[:1] == ["LOAD"]:
            offset, start, size = int(fields[1], 16), int(fields[2], 16), int(fields[4], 16)
            if start <= address < start + size:
                return address - start + offset
    raise ProbeError(f"address {address:#x} is in no segment of {library}")


def _instructions(library: Path, function: str) -> list[tuple[int, str]]:
    """``(address, text)`` of the instructions of ``function`` (also as ``function.isra.0`` and so on)."""
    found = re.search(
        rf"^([0-9a-f]+) ([0-9a-f]+) [tT] {function}(\.\S+)?$", _run("nm", "-S", str(library)), re.MULTILINE
    )
    if not found:
        raise ProbeError(f"no symbol {function} in {library}")
    start, size = int(found.group(1), 16), int(found.group(2), 16)
    listing = _run(
        "objdump", "-d", "--no-show-raw-insn", f"--start-address={start}", f"--stop-address={start + size}",
        str(library),
    )  # fmt: skip
    lines = re.findall(r"^\s*([0-9a-f]+):\s+(\S.*)$", listing, re.MULTILINE)
    return [(int(address, 16), text.strip()) for address, text in lines]


def _before_store(instructions: list[tuple[int, str]], constant: int) -> int | None:
    """The conditional jump between ``pthread_mutex_lock`` and the store of ``constant`` behind it."""
    for number, (_, text) in enumerate(instructions):
        if not (text.startswith("call") and "pthread_mutex_lock" in text):
            continue
        jump = None
        for address, following in instructions[number + 1 : number + 6]:
            if re.match(r"j(ne|e)\b", following):
                jump = address
            if re.match(rf"movl\s+\$0x{constant},", following):
                return jump if jump is not None else address
    return None


def find_probe_points(interpreter: Path) -> ProbePoints:
    """Where to probe this interpreter.  Raises ProbeError when it has no symbols."""
    library = _library_with_gil(interpreter)
    take, drop = _instructions(library, "take_gil"), _instructions(library, "drop_gil")
    got, released = _before_store(take, 1), _before_store(drop, 0)
    addresses = {TAKE: take[0][0]}
    exact = got is not None and released is not None
    if got is not None and released is not None:
        addresses[GOT], addresses[RELEASED] = got, released
    else:
        addresses[GOT] = next(address for address, text in take if text.startswith("ret"))
        addresses[RELEASED] = drop[0][0]
    for number, (address, text) in enumerate(drop):
        if text.startswith("call") and "pthread_cond_wait" in text:
            addresses[FORCED], addresses[WOKEN] = address, drop[number + 1][0]
            break
    offsets = {kind: _file_offset(library, address) for kind, address in addresses.items()}
    return ProbePoints(library, offsets, exact)


# --- the ring buffer --------------------------------------------------------------------

_PADDING, _TIME_EXTEND, _TIME_STAMP = 29, 30, 31
_MISSED = 1 << 31


@dataclass
class _Decoder:
    """Binary pages of ``trace_pipe_raw`` → events.  Layout: Documentation/trace/ring-buffer-design.rst
    and ``events/header_page``, ``events/header_event`` of tracefs."""

    probe_ids: dict[int, int]  # event id → kind
    switch_id: int
    wakeup_ids: frozenset[int]
    newtask_id: int
    exit_id: int
    missed: bool = False
    events: list[tuple[int, int, int, int]] = field(default_factory=list)

    def page(self, data: bytes) -> None:
        time_ns, commit = struct.unpack_from("<QQ", data, 0)
        if commit & _MISSED:
            self.missed = True
        position, end = 16, 16 + (commit & 0xFFFFF)
        header = struct.Struct("<I").unpack_from
        while position < end:
            (word,) = header(data, position)
            kind, delta = word & 31, word >> 5
            if kind == _PADDING:
                if delta == 0:
                    break
                time_ns += delta
                position += 4 + header(data, position + 4)[0]
                continue
            if kind == _TIME_EXTEND:
                time_ns += (header(data, position + 4)[0] << 27) | delta
                position += 8
                continue
            if kind == _TIME_STAMP:
                absolute = (header(data, position + 4)[0] << 27) | delta
                time_ns = (time_ns & ~((1 << 59) - 1)) | absolute
                position += 8
                continue
            time_ns += delta
            if kind:
                body, length = position + 4, kind * 4
            else:
                body, length = position + 8, header(data, position + 4)[0] - 4
            self._event(time_ns, data, body)
            position = body + length

    def _event(self, time_ns: int, data: bytes, at: int) -> None:
        event_id, _, _, tid = struct.unpack_from("<HBBi", data, at)
        kind = self.probe_ids.get(event_id)
        if kind is not None:
            self.events.append((time_ns, tid, 0, kind))
        elif event_id == self.switch_id:
            prev, _prio, state = struct.unpack_from("<iiq", data, at + 24)
            (following,) = struct.unpack_from("<i", data, at + 56)
            # TASK_REPORT states below 0x100; 0 or the preempted bit: it could have gone on
            asleep = bool(state & 0xFF)
            self.events.append((time_ns, prev, 0, WENT_TO_SLEEP if asleep else PREEMPTED))
            self.events.append((time_ns, following, 0, SWITCHED_IN))
        elif event_id in self.wakeup_ids:
            self.events.append((time_ns, struct.unpack_from("<i", data, at + 24)[0], 0, WOKEN_UP))
        elif event_id == self.newtask_id:
            (new,) = struct.unpack_from("<i", data, at + 8)
            (flags,) = struct.unpack_from("<Q", data, at + 32)
            self.events.append((time_ns, tid, new, NEW_THREAD if flags & CLONE_THREAD else NEW_PROCESS))
        elif event_id == self.exit_id:
            self.events.append((time_ns, tid, 0, EXITED))


@dataclass(frozen=True)
class Capture:
    """What the probes saw: ``events`` in time order, ``missed`` when the kernel's buffer was too small."""

    events: np.ndarray
    missed: bool
    points: ProbePoints

    def threads_of(self, pid: int) -> set[int]:
        """Native ids of all threads of process ``pid``: those it was seen to start, and its first."""
        threads = {pid}
        for event in self.events[self.events["kind"] == NEW_THREAD]:
            if int(event["tid"]) in threads:
                threads.add(int(event["value"]))
        return threads

    def children_of(self, pid: int) -> set[int]:
        """Processes started by ``pid``, directly or not."""
        members, children = {pid}, set()
        births = self.events[(self.events["kind"] == NEW_THREAD) | (self.events["kind"] == NEW_PROCESS)]
        for event in births:
            if int(event["tid"]) in members:
                members.add(int(event["value"]))
                if event["kind"] == NEW_PROCESS:
                    children.add(int(event["value"]))
        return children


class KernelProbes:
    """Context manager: probes are set on entry and removed on exit; ``capture()`` reads what was seen.

    A trace instance of our own is used, so other users of tracefs are not disturbed.  Raises
    ProbeError when not root, no tracefs, or no symbols.
    """

    def __init__(self, interpreter: Path, buffer_mb_per_cpu: int = 96, schedule: bool = True) -> None:
        self.points = find_probe_points(interpreter)
        self.name = f"lockstep_truth_{os.getpid()}"
        self._instance = TRACEFS / "instances" / self.name
        self._buffer_kb = buffer_mb_per_cpu * 1024
        self._schedule = schedule
        self._made: list[str] = []

    def __enter__(self) -> KernelProbes:
        if os.geteuid() != 0:
            raise ProbeError("kernel probes need root")
        if not (TRACEFS / "uprobe_events").exists():
            mounted = subprocess.run(
                ["mount", "-t", "tracefs", "nodev", str(TRACEFS)], capture_output=True, text=True, check=False
            )
            if mounted.returncode:
                raise ProbeError(f"tracefs cannot be mounted: {mounted.stderr.strip()}")
        try:
            self._set()
        except OSError as error:
            self._remove()
            raise ProbeError(f"tracefs refused a probe: {error}") from error
        return self

    def _set(self) -> None:
        for kind, offset in self.points.offsets.items():
            definition = f"p:{self.name}/k{kind} {self.points.library}:{offset:#x}\n"
            self._define(definition)
            self._made.append(f"k{kind}")
        self._instance.mkdir()
        self._write("trace_clock", "mono")
        self._write("options/overwrite", "0")
        self._write("buffer_size_kb", str(self._buffer_kb))
        wanted = ["task/task_newtask", "sched/sched_process_exit"]
        if self._schedule:
            # waking: on the waker's core; wakeup: on the woken one's, where it may be left out
            wanted += ["sched/sched_switch"] + [f"sched/{name}" for name in _WAKES]
        wanted += [f"{self.name}/{name}" for name in self._made]
        for event in wanted:
            self._write(f"events/{event}/enable", "1")
        self._write("tracing_on", "1")

    @staticmethod
    def _define(definition: str) -> None:
        # open(..., "a") would seek to the end, which this file refuses
        descriptor = os.open(TRACEFS / "uprobe_events", os.O_WRONLY | os.O_APPEND)
        try:
            os.write(descriptor, definition.encode())
        finally:
            os.close(descriptor)

    def _write(self, name: str, text: str) -> None:
        (self._instance / name).write_text(text)

    def _event_id(self, name: str) -> int:
        return int((self._instance / "events" / name / "id").read_text())

    def capture(self) -> Capture:
        """Stop recording and give the events.  May be called once."""
        self._write("tracing_on", "0")
        decoder = _Decoder(
            {self._event_id(f"{self.name}/k{kind}"): kind for kind in self.points.offsets},
            self._event_id("sched/sched_switch"),
            frozenset(self._event_id(f"sched/{name}") for name in _WAKES),
            self._event_id("task/task_newtask"),
            self._event_id("sched/sched_process_exit"),
        )
        for cpu in sorted((self._instance / "per_cpu").iterdir()):
            statistics = (cpu / "stats").read_text()
            lost = re.findall(r"^(?:overrun|commit overrun|dropped events): (\d+)$", statistics, re.MULTILINE)
            decoder.missed = decoder.missed or any(int(number) for number in lost)
            descriptor = os.open(cpu / "trace_pipe_raw", os.O_RDONLY | os.O_NONBLOCK)
            try:
                while True:
                    try:
                        page = os.read(descriptor, mmap.PAGESIZE)
                    except BlockingIOError:
                        break
                    if not page:
                        break
                    decoder.page(page)
            finally:
                os.close(descriptor)
        events = np.array(decoder.events, dtype=EVENT_DTYPE)
        events = events[np.argsort(events["time"], kind="stable")]
        return Capture(events, decoder.missed, self.points)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._remove()

    def _remove(self) -> None:
        if self._instance.exists():
            self._write("tracing_on", "0")
            self._write("events/enable", "0")
            self._instance.rmdir()
        for name in self._made:
            self._define(f"-:{self.name}/{name}\n")
        self._made.clear()
