"""The sampler processes: started, bound to their cores, started again when one is lost."""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from dataclasses import dataclass

from engine.agent.layout import Line
from engine.observer import launcher, linux, pace
from engine.observer.board import Board
from engine.observer.sampler import Sampler
from engine.observer.segment import Segment
from engine.observer.system_calls import SystemCalls
from engine.observer.targets import Targets

_MOST_RESTARTS = 5


@dataclass
class Member:
    """``cores``: what it is bound to; empty for the rescue sampler."""

    pid: int
    pipe: int  # messages to it
    cores: frozenset[int]
    rescue: bool


class Crew:
    """``folder`` is the observer's; ``poke`` is written to when the follower should look at once;
    ``keep`` are the descriptors that a sampler may keep open."""

    def __init__(self, folder: str, board: Board, full: str, side_fd: int, poke: int, realtime: bool) -> None:
        self._folder = folder
        self._board = board
        self._full = full
        self._side_fd = side_fd
        self._poke = poke
        self.realtime = realtime
        self._segments = 1
        self._restarts = 0
        self.members: list[Member] = []

    def start(self) -> None:
        """One for each half of the cores (one when there is one core), and one that may take a core
        from others where that is permitted.  Call with one thread."""
        for cores in pace.halves():
            self.members.append(self._start_one(len(self.members), cores, False))
        if self.realtime:
            self.members.append(self._start_one(len(self.members), frozenset(), True))

    def pipe_of(self, pid: int) -> int:
        """The pipe to the member ``pid``."""
        return next(member.pipe for member in self.members if member.pid == pid)

    def replace(self, pid: int) -> Member | None:
        """The member ``pid`` has ended: start another in its place; None when that is no use."""
        for place, member in enumerate(self.members):
            if member.pid == pid:
                os.close(member.pipe)
                self._board.busy_since[place] = 0
                if self._board.control[Board.STOP] or self._restarts >= _MOST_RESTARTS:
                    del self.members[place]
                    return None
                self._restarts += 1
                self.members[place] = self._start_one(place, member.cores, member.rescue)
                return self.members[place]
        return None

    def pids(self) -> frozenset[int]:
        return frozenset(member.pid for member in self.members)

    def stop(self) -> None:
        """End them all and wait for it."""
        self._board.control[Board.STOP] = 1
        for member in self.members:
            try:
                os.kill(member.pid, signal.SIGCONT)
                os.waitpid(member.pid, 0)
            except (ProcessLookupError, ChildProcessError):
                pass
            os.close(member.pipe)
        self.members.clear()

    def _start_one(self, place: int, cores: frozenset[int], rescue: bool) -> Member:
        source, pipe = os.pipe()
        os.set_blocking(source, False)
        os.set_blocking(pipe, False)
        parent = os.getpid()
        path = os.path.join(self._folder, f"o{self._segments}.seg")
        self._segments += 1
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                launcher.let_go_of_streams()
                _close_all_but({0, 1, 2, source, self._side_fd, self._poke})
                self._sample(place, cores, rescue, source, path, parent)
                status = 0
            except BaseException:
                _tell_why(self._folder)
            finally:
                os._exit(status)
        os.close(source)
        return Member(pid, pipe, cores, rescue)

    def _sample(
        self, place: int, cores: frozenset[int], rescue: bool, source: int, path: str, parent: int
    ) -> None:
        """In the sampler's process."""
        _raise_limit_of_files()
        linux.wake_on_time()
        if rescue:
            pace.become_realtime()
            rhythm: pace.Pace = pace.RescuePace(self._board, place)
        else:
            pace.bind(cores)
            rhythm = pace.Pace(self._board, place, len(pace.halves()), self.realtime)
        targets = Targets(self._board, source)
        segment = Segment(path, self._full)
        side_fd, poke = self._side_fd, self._poke

        def name_holder(number: int, process: int, tstate: int) -> None:
            os.write(side_fd, json.dumps([Line.HOLDER, number, process, tstate]).encode() + b"\n")

        def call_follower() -> None:
            try:
                os.write(poke, b"!")
            except OSError:  # it is full: the follower has been called; or the follower is gone
                pass

        calls = SystemCalls.of_this_machine()
        session = os.path.dirname(self._folder)
        sampler = Sampler(
            place, self._board, targets, segment, calls, rhythm, name_holder, call_follower, parent, session
        )
        sampler.run()
        segment.close()
        targets.close()


def _raise_limit_of_files() -> None:
    try:
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    except (ImportError, ValueError, OSError):
        pass


def _close_all_but(keep: set[int]) -> None:
    try:
        descriptors = [int(name) for name in os.listdir("/proc/self/fd")]
    except OSError:
        return
    for descriptor in descriptors:
        if descriptor not in keep:
            try:
                os.close(descriptor)
            except OSError:  # the listing's own
                pass


def _tell_why(folder: str) -> None:
    """A failure of ours is kept where it can be found."""
    try:
        with open(os.path.join(folder, "problems.txt"), "a", encoding="utf-8") as file:
            traceback.print_exc(file=file)
    except OSError:
        traceback.print_exc(file=sys.stderr)
