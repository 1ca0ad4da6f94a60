"""What happens once: processes and threads begin and end, tracks are made, marks are set.

Works through everything rare of a window in the order of time, before the stages run over the
window's records.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from engine.agent.layout import End as EndFlag
from engine.agent.layout import Kind, Result, Wait
from engine.assembler import arrows, opening, pids
from engine.assembler.flow import Flow, Flowed, Work
from engine.assembler.identity import Domain, Identities
from engine.assembler.intake import Source
from engine.assembler.opening import RANK_GIL, RANK_OTHER, RANK_PROCESS, Happening, Raw
from engine.assembler.population import (
    Population,
    Process,
    end_of_exit_code,
    end_of_process,
    signal_name,
)
from engine.batch import Records
from engine.model import SPAN_DTYPE, ArrowKind, End, EndKind, Mark, MarkKind, SpanFlag, State

_OBSERVED_KINDS = (
    Kind.PROCESS_SEEN,
    Kind.PROCESS_GONE,
    Kind.STOP_SENT,
    Kind.OBSERVER_LOST,
)
_ENDS = {
    EndFlag.FINISHED: EndKind.FINISHED,
    EndFlag.FAILED: EndKind.FAILED,
    EndFlag.CANCELLED: EndKind.CANCELLED,
    EndFlag.KILLED: EndKind.KILLED,
}


class Life:
    """Follows who lives."""

    def __init__(self, identities: Identities, population: Population, flow: Flow) -> None:
        self.identities = identities
        self.population = population
        self.flow = flow
        #: the observer's serial → pid, parent's pid, folder (its OBSERVED lines)
        self.observed: dict[int, tuple[int, int, str]] = {}
        #: GIL lines whose time has not come: time, domain, interpreter, address, reason
        self.gil_lines: list[tuple[int, Domain, int, int, str]] = []
        #: spans of process tracks that ended, by track
        self.process_spans: dict[int, list[tuple[int, int, State]]] = {}
        self._reasons: dict[tuple[int, int], str] = {}
        self._since: dict[int, tuple[int, State]] = {}  # the open span of each process
        self._ended: list[tuple[Process, int, End]] = []  # their tasks have to be ended yet
        #: arrows that were found since the last call of ``take_arrows``
        self._arrows: list[NDArray[np.void]] = []
        self._births: dict[int, tuple[int, int, ArrowKind]] = {}  # pid → time, track of who made it

    def happenings(self, raw: Raw, chunks: list[tuple[Source, Records]], until: int) -> list[Happening]:
        """Everything rare before ``until``, in the order of time."""
        found = opening.happenings(raw)
        found.extend(opening.new_tracks(raw, self.population))
        for source, records in chunks:
            found.extend(self._sampler_happenings(source, records))
        due = [line for line in self.gil_lines if line[0] < until]
        self.gil_lines = [line for line in self.gil_lines if line[0] >= until]
        found.extend(
            Happening(
                time, RANK_GIL, domain.index, "gil_line", serial=number, value=address, object=domain.index
            )
            for time, domain, number, address, _ in due
        )
        for _, domain, number, address, reason in due:
            self._reasons[(domain.index, number)] = "" if address else reason
        found.sort()
        return found

    def _sampler_happenings(self, source: Source, records: Records) -> list[Happening]:
        found = []
        for row in records[np.isin(records["kind"], _OBSERVED_KINDS)]:
            rank = RANK_PROCESS if row["kind"] == Kind.PROCESS_SEEN else RANK_OTHER
            found.append(
                Happening(
                    int(row["time"]), rank, int(row["location"]), "observed",
                    serial=int(row["location"]), kind=int(row["kind"]), value=int(row["value"]),
                    object=int(row["object"]), flags=int(row["flags"]),
                )
            )  # fmt: skip
        if source.domain is None:
            serials, first = np.unique(records["location"], return_index=True)
            for serial, row in zip(serials.tolist(), first.tolist(), strict=True):
                if serial and self.population.process_of_serial(serial) is None:
                    time = int(records["time"][row])
                    found.append(Happening(time, RANK_PROCESS, serial, "bind", serial=serial))
        mine = records[records["kind"] == Kind.GIL]
        which = mine["location"].astype(np.int64) << 8 | mine["flags"] >> 8
        pairs, first = np.unique(which, return_index=True)
        own = source.domain.index if source.domain is not None else -1
        for pair, row in zip(pairs.tolist(), first.tolist(), strict=True):
            time = int(mine["time"][row])
            found.append(
                Happening(time, RANK_GIL, pair, "gil", serial=pair >> 8, value=pair & 0xFF, object=own)
            )
        return found

    def live_through(self, found: Iterable[Happening], work: Work) -> None:
        """Let all of it happen."""
        for happening in found:
            if happening.what == "begin":
                self._begin(happening, work)
            elif happening.what == "record":
                self._record(happening, work)
            elif happening.what == "task":
                self._new_task(happening)
            elif happening.what == "lock":
                self._new_lock(happening)
            elif happening.what == "observed":
                self._observe(happening, work)
            elif happening.what == "bind":
                self._bind(happening.serial, happening.time)
            elif happening.what == "gil":
                self._see_gil(happening)
            else:
                self._gil_line(happening)

    def _begin(self, happening: Happening, work: Work) -> None:
        writer = happening.writer
        if writer is None:
            return
        domain, time = writer.domain, happening.time
        fresh = domain.process < 0
        if fresh:
            replaced = pids.replaced_by(self.population, domain)
            if replaced is not None:
                self._end_process(replaced, time, -1, work)
            process = self.population.begin_process(domain, time)
            self._process_runs(process, time)
            if domain.flags.get("gil_enabled") is False:
                number = domain.flags.get("interpreter")
                which = number if isinstance(number, int) else 0
                self.population.interpreter(process, which).without_gil = True
        thread = self.population.begin_thread(domain, writer.serial, happening.serial, writer.tid, time)
        work.begun.append((thread.index, time))
        started, by = thread.started
        if by >= 0:
            self._arrow(ArrowKind.START, started, time, (by, thread.track), thread.object_id)
        made = self._births.pop(domain.pid, None) if fresh else None
        if made is not None:
            self._arrow(made[2], made[0], time, (made[1], thread.track), -1)

    def _process_runs(self, process: Process, time: int) -> None:
        since, state = self._since.get(process.index, (time, State.NONE))
        if state is State.STARTING and time > since:
            self._process_span(process, since, time, state)
            self._since[process.index] = (time, State.RUNNING)
        elif state is not State.RUNNING:
            self._since[process.index] = (min(since, time), State.RUNNING)

    def _record(self, happening: Happening, work: Work) -> None:
        writer = happening.writer
        if writer is None:
            return
        kind, time, domain = happening.kind, happening.time, writer.domain
        thread = self.population.thread_of_writer(domain.index, writer.serial)
        track = self.population.threads[thread].track if thread >= 0 else -1
        if kind == Kind.THREAD_START:
            if domain.process >= 0 and happening.serial:
                started = self.population.start_thread(domain, happening.serial, time)
                if started.begun_ns < 0:
                    work.starting.append((started.index, time))
                    started.started = (time, track)
        elif kind == Kind.THREAD_END:
            self._end_thread(thread, time, happening.flags & 0xFF, domain.string(happening.value))
        elif kind in (Kind.FORKED, Kind.SPAWNED):
            self._child(happening, track)
        elif kind == Kind.PROCESS_END and domain.process >= 0:
            self.population.processes[domain.process].ended_cleanly = True
        elif kind == Kind.WAIT_END:
            self._told_exit_code(happening.object, happening.value)
        elif kind == Kind.EXCEPTION and thread >= 0:
            process = self.population.processes[self.population.threads[thread].process]
            text = domain.string(happening.value)
            if self.population.threads[thread].main:
                process.failed = text
            self._mark(time, track, MarkKind.EXCEPTION, text, 0, happening.location)
        else:
            self._mark_of(happening, track, domain)

    def _mark_of(self, happening: Happening, track: int, domain: Domain) -> None:
        kind, value = happening.kind, happening.value
        text, duration, mark = "", 0, None
        if kind == Kind.GC:
            mark, duration, text = MarkKind.GC, max(0, value), f"generation {happening.flags}"
        elif kind == Kind.IMPORT:
            mark, duration, text = MarkKind.IMPORT, max(0, value), domain.string(happening.serial)
        elif kind == Kind.SIGNAL:
            mark, text = MarkKind.SIGNAL, signal_name(value)
        elif kind == Kind.WARNING:
            mark, text = MarkKind.WARNING, domain.string(value)
        elif kind == Kind.CALLED:
            mark, text = MarkKind.CALLED, f"{domain.string(happening.serial)}({value})"
        elif kind == Kind.LOST:
            mark, text = MarkKind.LOST, str(value)
        elif kind == Kind.PROBE_FAILED:
            mark, text = MarkKind.PROBE_FAILED, domain.string(value)
        if mark is not None:
            begin = max(0, happening.time - duration)
            self._mark(begin, track, mark, text, duration, happening.location)

    def _mark(
        self, time: int, track: int, kind: MarkKind, text: str, duration: int = 0, location: int = -1
    ) -> None:
        self.population.marks.append(Mark(time, track, kind, text, duration, location))

    def _child(self, happening: Happening, track: int) -> None:
        """A process made another one."""
        writer = happening.writer
        if writer is None or happening.value <= 0:
            return
        population, time, pid = self.population, happening.time, happening.value
        known = population.process_of_pid(pid)
        new = known is None or not known.alive
        maker = writer.domain.process
        if known is not None and pids.told_late(population, known, maker, time):
            process, new = known, False  # it ended before its parent came to say that it was made
        else:
            process = population.see_process(pid, writer.domain.pid, time)
        process.made_by.add(maker)
        if happening.object >= 0:
            population.name_process(pid, self.identities.objects[happening.object].name)
            self.identities.update_object(happening.object, track=process.track)
        forked = happening.kind == Kind.FORKED
        if not forked:
            process.expected = bool(happening.flags & 1)
        if new:
            starts = not forked and process.expected
            self._since[process.index] = (time, State.STARTING if starts else State.RUNNING)
        kind = ArrowKind.FORK if forked else ArrowKind.START
        if process.main_thread >= 0:
            begun = population.threads[process.main_thread]
            self._arrow(kind, time, max(begun.begun_ns, process.start_ns), (track, begun.track), -1)
        elif forked or process.expected:
            self._births[pid] = (time, track, kind)
        else:
            self._arrow(kind, time, time, (track, process.track), -1)
        self._mark(time, track, MarkKind.FORK, str(happening.value), 0, happening.location)

    def _arrow(
        self, kind: ArrowKind, from_time: int, to_time: int, tracks: tuple[int, int], obj: int
    ) -> None:
        if min(tracks) >= 0 and tracks[0] != tracks[1]:
            self._arrows.append(arrows.single(kind, from_time, to_time, tracks, obj))

    def take_arrows(self) -> list[NDArray[np.void]]:
        """Starts, forks and joins since the last call."""
        found, self._arrows = self._arrows, []
        return found

    def joins(self, waits: NDArray[np.void]) -> None:
        """Waits for threads and processes that ended because these did."""
        reason = waits["reason"]
        joined = ((reason == Wait.THREAD_JOIN) | (reason == Wait.PROCESS_JOIN)) & (waits["object"] >= 0)
        for wait in waits[joined & ((waits["result"] & Result.GOT) != 0)]:
            if wait["reason"] == Wait.PROCESS_JOIN:
                self.population.process_of_object(int(wait["object"]))  # it may have got its pid late
            track_id = self.identities.objects[int(wait["object"])].track
            if track_id < 0:
                continue
            track, end = self.population.tracks[track_id], int(wait["end"])
            over = track.end.kind is not EndKind.RUNNING and track.end_ns <= end
            to_track = int(self.population.thread_track[wait["thread"]])
            began = track.end_ns if over else end
            self._arrow(ArrowKind.JOIN, began, end, (track_id, to_track), int(wait["object"]))

    def _new_task(self, happening: Happening) -> None:
        thread = self._thread_of(happening)
        if thread >= 0:
            self.population.begin_task(happening.object, thread, happening.time)
            self.flow.tasks.add([thread])

    def _new_lock(self, happening: Happening) -> None:
        thread = self._thread_of(happening)
        if thread < 0:
            return
        self.population.begin_lock(happening.object, thread, happening.time)
        object_ = self.identities.objects[happening.object]
        permits = 0
        if "Semaphore" in object_.sort:
            known = object_.extra.get("permits")
            permits = known if isinstance(known, int) and 0 < known < 1 << 31 else -1
        self.flow.locks.add([permits], [happening.time])

    def _thread_of(self, happening: Happening) -> int:
        writer = happening.writer
        if writer is None:
            return -1
        return self.population.thread_of_writer(writer.domain.index, writer.serial)

    def _observe(self, happening: Happening, work: Work) -> None:
        population, kind, time = self.population, happening.kind, happening.time
        if kind == Kind.PROCESS_SEEN:
            if happening.value > 0:
                known = population.process_of_pid(happening.value)
                if (
                    known is not None
                    and pids.just_over(population, known, time)
                    and not population.has_serial(known)
                ):
                    process = known  # seen late: its records told of its end before
                else:
                    process = population.see_process(happening.value, happening.object, time)
                    self._since.setdefault(process.index, (time, State.RUNNING))
                population.bind_serial(happening.serial, process)
        elif kind == Kind.PROCESS_GONE:
            self._bind(happening.serial, time)
            gone = population.process_of_serial(happening.serial)
            if gone is None or not (gone.alive or happening.flags):
                # it became another program unnoticed
                gone = population.process_of_pid(happening.object)
            if gone is not None and gone.alive:
                self._end_process(gone, time, happening.value, work)
        elif kind == Kind.STOP_SENT:
            stopped = population.process_of_pid(happening.object)
            track = stopped.track if stopped is not None else -1
            self._mark(time, track, MarkKind.STOP, signal_name(happening.value))
        else:
            self._mark(time, -1, MarkKind.LOST, str(happening.value))

    def _bind(self, serial: int, time: int) -> None:
        """Find the process that the observer calls ``serial``."""
        population = self.population
        if population.process_of_serial(serial) is not None:
            return
        pid, parent_pid, folder = self.observed.get(serial, (0, 0, ""))
        domain = self.identities.by_folder.get(folder)
        if domain is not None and domain.process >= 0:
            population.bind_serial(serial, population.processes[domain.process])
        elif pid:
            process = population.see_process(pid, parent_pid, time)
            self._since.setdefault(process.index, (time, State.RUNNING))
            population.bind_serial(serial, process)

    def _see_gil(self, happening: Happening) -> None:
        if happening.object >= 0:
            index = self.identities.domains[happening.object].process
            process = self.population.processes[index] if index >= 0 else None
        else:
            process = self.population.process_of_serial(happening.serial)
        if process is not None:
            interpreter = self.population.interpreter(process, happening.value)
            interpreter.without_gil = False
            self.population.begin_gil(interpreter, happening.time)

    def _gil_line(self, happening: Happening) -> None:
        domain = self.identities.domains[happening.object]
        if domain.process < 0:
            return
        process = self.population.processes[domain.process]
        interpreter = self.population.interpreter(process, happening.serial)
        interpreter.address = happening.value
        interpreter.reason = self._reasons.get((domain.index, happening.serial), "")
        interpreter.without_gil = not happening.value and interpreter.reason.startswith("gil_disabled")

    # --- ends --------------------------------------------------------------------------------

    def _end_thread(self, thread: int, time: int, flag: int, text: str) -> None:
        if thread < 0:
            return
        kind = _ENDS.get(flag, EndKind.FINISHED)
        track = self.population.threads[thread].track
        self.population.end_track(track, time, End(kind, text if kind is not EndKind.FINISHED else ""))

    def _end_process(self, process: Process, time: int, status: int, work: Work) -> None:
        population = self.population
        process.gone_ns, process.told = time, status >= 0
        end = end_of_process(status)
        if status < 0 and process.exit_code is not None:
            end = end_of_exit_code(process.exit_code)
        elif status < 0 and process.ended_cleanly:
            end = End(EndKind.FINISHED)
        population.end_track(process.track, time, end)
        since, state = self._since.pop(process.index, (process.start_ns, State.RUNNING))
        self._process_span(process, since, time, state)
        for index in process.threads:
            thread = population.threads[index]
            population.end_track(thread.track, time, self._end_with(process, thread.main, end))
        self._end_rest(process, time, end, work)

    def _told_exit_code(self, object_id: int, code: int) -> None:
        """Somebody joined a process and was told how it ended; the observer may not know."""
        if object_id < 0:
            return
        info = self.identities.objects[object_id]
        if info.track < 0 and info.sort == "Process":
            # made by a fork: the record of it has only the pid
            forked = self.population.process_of_pid(int(str(info.extra.get("pid") or 0)))
            if forked is not None:
                self.identities.update_object(object_id, track=forked.track)
        track = self.identities.objects[object_id].track
        process = next((p for p in self.population.processes if p.track == track >= 0), None)
        if process is None or process.exit_code is not None:
            return
        process.exit_code = code
        known = self.population.tracks[track].end
        if known.kind is EndKind.CUT_OFF or (known.kind is EndKind.FINISHED and not process.told):
            end = end_of_exit_code(code)
            self.population.revise_end(track, end)
            for index in process.threads:
                thread = self.population.threads[index]
                if self.population.tracks[thread.track].end.kind is EndKind.CUT_OFF:
                    self.population.revise_end(thread.track, self._end_with(process, thread.main, end))

    def _end_with(self, process: Process, main: bool, end: End) -> End:
        """How a thread ends that was there when its process went."""
        if end.kind is EndKind.KILLED:
            return end
        if not process.ended_cleanly:
            # os._exit, or the observer did not see how: nobody had the chance to end
            if end.kind is EndKind.CUT_OFF:
                return end
            return End(EndKind.KILLED, end.detail or "exit code 0")
        if not main:
            return End(EndKind.CUT_OFF)
        if process.failed:
            return End(EndKind.FAILED, process.failed)
        return End(EndKind.FINISHED, end.detail)

    def _end_rest(self, process: Process, time: int, end: End, work: Work) -> None:
        """Tasks, locks and GILs of a process end with it."""
        population = self.population
        work.over.append((process.index, time))
        self._ended.append((process, time, end))
        for index in process.interpreters.values():
            track = population.interpreters[index].track
            if track >= 0:
                population.end_track(track, time, End(EndKind.FINISHED))
        for lock, object_id in enumerate(population.lock_objects):
            track = int(population.lock_track[lock])
            shared = "key" in self.identities.objects[object_id].extra
            if population.tracks[track].parent == process.track and not shared:
                population.end_track(track, time, End(EndKind.FINISHED))
                work.closing.append((time, lock))

    def end_everything(self, work: Work, time: int) -> None:
        """The recording ends: what goes on is cut off there."""
        population = self.population
        for process in population.processes:
            if not process.alive:
                continue
            process.gone_ns = time
            end = End(EndKind.FINISHED) if process.ended_cleanly else End(EndKind.CUT_OFF)
            population.end_track(process.track, time, end)
            since, state = self._since.pop(process.index, (process.start_ns, State.RUNNING))
            self._process_span(process, since, time, state)
            for index in process.threads:
                thread = population.threads[index]
                main_end = self._end_with(process, thread.main, End(EndKind.FINISHED))
                population.end_track(
                    thread.track, time, main_end if process.ended_cleanly else End(EndKind.CUT_OFF)
                )
            self._end_rest(process, time, end, work)
        closing = {lock for _, lock in work.closing}
        for lock, track in enumerate(population.lock_track[: len(population.lock_objects)].tolist()):
            if population.tracks[track].end.kind is EndKind.RUNNING and lock not in closing:
                population.end_track(track, time, End(EndKind.FINISHED))
                work.closing.append((time, lock))
        population.note_unreached(time, all_of_them=True)

    def end_tasks(self, flowed: Flowed) -> None:
        """Tasks that ended in the window, and those whose process did."""
        for event in flowed.following.ends:
            if event["kind"] != Kind.TASK_STEP_END:
                continue
            task = int(event["task"])
            thread = self.population.threads[int(self.flow.tasks.states["thread"][task])]
            kind = _ENDS.get(int(event["flags"]) & 0xFF, EndKind.FINISHED)
            text = thread.domain.string(int(event["value"])) if kind is EndKind.FAILED else ""
            self.population.end_track(
                int(self.population.task_track[task]), int(event["time"]), End(kind, text)
            )
        for process, time, end in self._ended:
            killed = end.kind is EndKind.KILLED
            how = End(EndKind.KILLED, end.detail) if killed else End(EndKind.CUT_OFF)
            threads = {self.population.threads[index].track for index in process.threads}
            for track in self.population.task_track[: len(self.population.task_objects)].tolist():
                if self.population.tracks[track].parent in threads:
                    self.population.end_track(track, time, how)
        self._ended.clear()

    # --- spans of processes ------------------------------------------------------------------

    def _process_span(self, process: Process, since: int, until: int, state: State) -> None:
        if until > since and state is not State.NONE:
            self.process_spans.setdefault(process.track, []).append((since, until, state))

    def take_process_spans(self) -> dict[int, NDArray[np.void]]:
        """Spans of process tracks that ended since the last call."""
        spans = {track: _plain_spans(rows) for track, rows in self.process_spans.items()}
        self.process_spans.clear()
        return spans

    def open_process_spans(self, now: int) -> dict[int, NDArray[np.void]]:
        """What the processes that live show at ``now``."""
        spans = {}
        for index, (since, state) in self._since.items():
            if now > since:
                spans[self.population.processes[index].track] = _plain_spans([(since, now, state)])
        for open_ in spans.values():
            open_["flags"] = int(SpanFlag.OPEN)
        return spans


def _plain_spans(rows: list[tuple[int, int, State]]) -> NDArray[np.void]:
    spans = np.zeros(len(rows), SPAN_DTYPE)
    for row, (start, end, state) in enumerate(rows):
        spans["start"][row], spans["end"][row], spans["state"][row] = start, end, state
    spans["object"] = spans["owner"] = spans["location"] = -1
    return spans
