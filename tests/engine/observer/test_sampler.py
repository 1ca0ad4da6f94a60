"""What a sampler writes of samples that are made up: files stand for those in /proc."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.agent import layout
from engine.agent.layout import Kind, Os
from engine.observer import pace as pace_of
from engine.observer.board import Board
from engine.observer.pace import Pace
from engine.observer.sampler import Sampler
from engine.observer.segment import Segment
from engine.observer.system_calls import SystemCalls
from engine.observer.targets import Gil, Process, Targets, Thread

pytestmark = pytest.mark.linux

GIL_AT, GIL_SIZE = 64, 160
FIRST, SECOND, THIRD = 0x100, 0x200, 0x300  # thread states
MS = 1_000_000


class Scene:
    """One process with three threads; ``show`` lets the sampler look at it."""

    def __init__(self, folder: Path) -> None:
        self._memory, self._segment = folder / "mem", folder / "o0.seg"
        self._memory.write_bytes(bytes(GIL_AT + GIL_SIZE))
        self._board = Board()
        source, self._told = os.pipe()
        targets = Targets(self._board, source)
        self._process = process = Process(1, 0)
        targets.processes[1] = process
        process.memory = os.open(self._memory, os.O_RDONLY)
        process.gils.append(Gil(self._board, 0, 0, GIL_AT, GIL_SIZE, True))
        self._calls: dict[int, Path] = {}
        for slot, tstate in enumerate((FIRST, SECOND, THIRD)):
            thread = Thread(slot, 0, 0, tstate)  # no thread has the id 0: nothing is opened
            thread.tid = tstate
            self._calls[tstate] = folder / f"call{slot}"
            self._calls[tstate].write_bytes(b"running\n")
            thread.call = os.open(self._calls[tstate], os.O_RDONLY)
            process.threads.append(thread)
            process.by_tstate[tstate] = thread
        self._targets, self._writer = targets, Segment(str(self._segment), str(folder / "full"))
        self.pace = Pace(self._board, 0, 1, rescued=False)
        self._sampler = Sampler(
            0, self._board, targets, self._writer, SystemCalls("x86_64"), self.pace,
            lambda *_: None, lambda: None, os.getpid(), "",
        )  # fmt: skip

    def show(self, holder: int, number: int, waiting: tuple[int, ...]) -> None:
        """``holder`` has the GIL, after ``number`` switches, and ``waiting`` wait for it."""
        words = struct.pack("<QQiiQ", 5_000, holder, 1, 0, number)
        self._memory.write_bytes(bytes(GIL_AT) + words.ljust(GIL_SIZE, b"\0"))
        for tstate, call in self._calls.items():
            call.write_bytes(b"202 %#x 0x0\n" % (GIL_AT + 72) if tstate in waiting else b"running\n")
        self._sampler.look_at(self._process, 0)

    def waits_seen(self, thread: int) -> int:
        """How often it was written that the thread waits for the GIL."""
        data = self._segment.read_bytes()[layout.SEGMENT_HEADER_SIZE :]
        return sum(
            kind == Kind.OS_STATE and tid == thread and flags == Os.GIL_WAIT
            for _, _, tid, _, _, flags, kind in layout.RECORD.iter_unpack(data)
        )

    def close(self) -> None:
        self._writer.close()
        self._targets.close()
        self._process.gils.clear()  # they look into the board
        os.close(self._told)
        self._board.close()


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    made = Scene(tmp_path)
    yield made
    made.close()


def test_a_wait_is_told_anew_when_somebody_had_the_gil_unseen(scene: Scene) -> None:
    """Whoever waits for the GIL at two looks may have had it, and have done something, in between."""
    scene.show(FIRST, 1, (SECOND, THIRD))
    scene.show(FIRST, 3, (SECOND, THIRD))  # two switches: there and back
    assert (scene.waits_seen(SECOND), scene.waits_seen(THIRD)) == (2, 2)


def test_a_wait_is_told_once_while_every_switch_is_seen(scene: Scene) -> None:
    scene.show(FIRST, 1, (SECOND, THIRD))
    scene.show(SECOND, 2, (FIRST, THIRD))
    scene.show(FIRST, 3, (SECOND, THIRD))
    assert (scene.waits_seen(THIRD), scene.waits_seen(FIRST)) == (1, 1)
    assert scene.waits_seen(SECOND) == 2


def test_samples_are_dense_where_a_switch_is_due(scene: Scene) -> None:
    """The next round never lies beyond the moment from which on a switch is awaited."""
    toward = scene.pace.toward
    usual = 4 * pace_of.PERIOD_NS
    assert toward(usual, 5 * MS) == usual
    assert toward(usual, pace_of.SWITCH_EARLY_NS + usual // 2) == usual // 2
    assert toward(usual, 0) == pace_of.SWITCH_NS
    assert toward(usual, -MS) == usual
