"""Segments: what a thread writes, chunk after chunk, also when it is interrupted or has no room."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.agent import layout, segment

WRITE = Callable[..., None]


class Writers:
    """Stands for the thread-local that keeps the writers in force."""

    def __init__(self, folder: Path, name: str = "t1.seg") -> None:
        self.path = folder / name
        self.chunks = 0
        header = layout.SEGMENT_HEADER.pack(layout.SEGMENT_MAGIC, layout.FORMAT_VERSION, 1, 1, 1, 1, 1, 0)
        segment.open_segment(str(self.path), str(folder), header, 1, self.install)

    def install(
        self,
        write: WRITE,
        write_at: WRITE,
        chunk: memoryview,
        slots: Iterator[int],
        wide: memoryview,
        sure_slots: Iterator[int],
    ) -> None:
        self.write, self.write_at = write, write_at
        self.chunk, self.slots, self.wide, self.sure_slots = chunk, slots, wide, sure_slots
        self.chunks += 1

    def records(self) -> list[tuple[Any, ...]]:
        data = self.path.read_bytes()
        found = [
            layout.RECORD.unpack_from(data, offset)
            for offset in range(layout.SEGMENT_HEADER_SIZE, len(data), layout.RECORD_SIZE)
        ]
        return [record for record in found if record[-1]]

    @property
    def lost(self) -> int:
        return int(layout.SEGMENT_HEADER.unpack_from(self.path.read_bytes())[-1])


def test_every_record_is_there_across_chunks(tmp_path: Path) -> None:
    writers = Writers(tmp_path)
    count = 20_000  # the first chunk, and two more
    for number in range(count):
        writers.write(layout.Kind.PUT, 5, number, 3, 7)
    assert writers.chunks == 4  # installed: the small one and three more
    records = writers.records()
    assert [record[1] for record in records] == list(range(count))
    assert {record[2:] for record in records} == {(1, 5, 7, 3, layout.Kind.PUT)}
    times = [record[0] for record in records]
    assert times == sorted(times)


def test_a_writer_kept_from_an_earlier_chunk_still_writes(tmp_path: Path) -> None:
    writers = Writers(tmp_path)
    old = writers.write
    for number in range(2_000):
        old(layout.Kind.PUT, 1, number)
    assert [record[1] for record in writers.records()] == list(range(2_000))


def test_a_number_out_of_range_raises_and_loses_nothing_else(tmp_path: Path) -> None:
    writers = Writers(tmp_path)
    import struct

    with pytest.raises(struct.error):
        writers.write(layout.Kind.PUT, -1)
    writers.write(layout.Kind.PUT, 2)
    assert [record[3] for record in writers.records()] == [2]


@pytest.mark.parametrize("inside", [1, 3, 9_000, 30_000])
@pytest.mark.parametrize("during", ["_write", "_map"])
def test_who_interrupts_the_making_of_a_chunk_overwrites_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, during: str, inside: int
) -> None:
    """A signal handler or finaliser that writes while the next chunk is being made."""
    writers = Writers(tmp_path)
    really = getattr(segment, during)
    pending = [True]

    def interrupted(*arguments: Any) -> Any:
        if pending and pending.pop():
            for number in range(inside):
                writers.write(layout.Kind.GET, 2, number)
        return really(*arguments)

    monkeypatch.setattr(segment, during, interrupted)
    room = (layout.FIRST_CHUNK - layout.SEGMENT_HEADER_SIZE) // layout.RECORD_SIZE
    count = room + 10_000
    for number in range(count):
        writers.write(layout.Kind.PUT, 1, number)
    records = writers.records()
    assert sorted(r[1] for r in records if r[3] == 1) == list(range(count))
    assert sorted(r[1] for r in records if r[3] == 2) == list(range(inside))
    assert writers.lost == 0
    filled = layout.SEGMENT_HEADER_SIZE + len(records) * layout.RECORD_SIZE
    spare = segment._PIECE if during == "_write" else 0  # zeros that both wrote
    assert writers.path.stat().st_size - filled < layout.NEXT_CHUNK + spare  # no chunk was left empty
    assert not pending


def test_without_room_records_are_counted_as_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writers = Writers(tmp_path)

    def full(descriptor: int, begin: int, size: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(segment, "_allocate", full)
    room = (layout.FIRST_CHUNK - layout.SEGMENT_HEADER_SIZE) // layout.RECORD_SIZE
    for number in range(room + 25):
        writers.write(layout.Kind.PUT, 1, number)
    assert len(writers.records()) == room
    assert writers.lost == 25


def test_the_size_limit_stops_recording_at_the_next_chunk(tmp_path: Path) -> None:
    writers = Writers(tmp_path)
    (tmp_path / "full").touch()
    room = (layout.FIRST_CHUNK - layout.SEGMENT_HEADER_SIZE) // layout.RECORD_SIZE
    for _ in range(room + 3):
        writers.write(layout.Kind.PUT, 1)
    assert writers.lost == 3


def test_no_descriptor_stays_open(tmp_path: Path) -> None:
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    many = [Writers(tmp_path, f"t{i}.seg") for i in range(20)]
    for writers in many:
        for _ in range(600):
            writers.write(layout.Kind.PUT, 1)
    after = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    # this interpreter may be one whose mmap keeps a descriptor only when the C library cannot be called
    assert after == before


def test_who_cannot_turn_back_finds_room_at_the_end_of_a_chunk(tmp_path: Path) -> None:
    """``wide`` and ``sure_slots``: packing never raises, every record lies where readers look for it."""
    writers = Writers(tmp_path)
    count = 20_000
    for number in range(count):
        layout.RECORD.pack_into(writers.wide, next(writers.sure_slots), 1, number, 1, 5, 7, 3, 20)
        if number % 3 == 0:
            writers.write(layout.Kind.GET)
    values = [record[1] for record in writers.records() if record[-1] == 20]
    assert values == list(range(count))
    assert writers.lost == 0


def test_who_cannot_turn_back_where_no_room_is_to_be_had(tmp_path: Path) -> None:
    writers = Writers(tmp_path)
    (tmp_path / "full").touch()
    room = (layout.FIRST_CHUNK - layout.SEGMENT_HEADER_SIZE) // layout.RECORD_SIZE
    for number in range(room + 10):
        layout.RECORD.pack_into(writers.wide, next(writers.sure_slots), 1, number, 1, 5, 7, 3, 20)
    assert [record[1] for record in writers.records()][:room] == list(range(room))
    assert writers.lost == 10


def test_a_chunk_asks_for_the_next_before_it_is_full(tmp_path: Path) -> None:
    asked: list[Callable[[], None]] = []
    header = layout.SEGMENT_HEADER.pack(layout.SEGMENT_MAGIC, layout.FORMAT_VERSION, 1, 1, 1, 1, 1, 0)
    installed: list[Any] = []
    path = tmp_path / "t1.seg"
    segment.open_segment(
        str(path), str(tmp_path), header, 1, lambda *writers: installed.append(writers), asked.append
    )
    room = (layout.FIRST_CHUNK - layout.SEGMENT_HEADER_SIZE) // layout.RECORD_SIZE
    for _ in range(room):
        installed[-1][0](layout.Kind.GET)
        if asked and path.stat().st_size < layout.NEXT_CHUNK:
            asked[0]()
            assert path.stat().st_size > layout.NEXT_CHUNK
            assert len(installed) == 1  # made, not used yet
    assert len(asked) == 1
    installed[-1][0](layout.Kind.GET)
    assert len(installed) == 2
