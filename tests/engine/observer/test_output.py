"""Captured output on disk: bounded, its end kept."""

from __future__ import annotations

import json
from pathlib import Path

from engine.agent import layout
from engine.observer.output import OutputFile


def _records(path: Path) -> list[tuple[int, int, int, bytes]]:
    data = path.read_bytes()
    found = []
    at = 0
    while at < len(data):
        time, pid, stream, size = layout.OUTPUT_HEADER.unpack_from(data, at)
        at += layout.OUTPUT_HEADER.size
        found.append((time, pid, stream, data[at : at + size]))
        at += size
    return found


def test_records_carry_time_and_stream(tmp_path: Path) -> None:
    file = OutputFile(tmp_path / "output.bin", 10_000)
    file.pid = 77
    file.add(1, b"one")
    file.add(2, b"two")
    file.close()
    first, second = _records(tmp_path / "output.bin")
    assert first[1:] == (77, 1, b"one")
    assert second[1:] == (77, 2, b"two")
    assert first[0] <= second[0]


def test_long_pieces_are_parted(tmp_path: Path) -> None:
    file = OutputFile(tmp_path / "output.bin", 1_000_000)
    file.add(1, b"x" * 100_000)
    file.close()
    records = _records(tmp_path / "output.bin")
    assert b"".join(record[3] for record in records) == b"x" * 100_000
    assert len(records) == 4


def test_beginning_and_end_of_too_much_are_kept(tmp_path: Path) -> None:
    file = OutputFile(tmp_path / "output.bin", 10_000)
    for number in range(20_000):
        file.add(1, b"%07d " % number * 8)
    file.close()
    records = _records(tmp_path / "output.bin")
    (notice,) = [index for index, record in enumerate(records) if record[2] == 0]
    dropped = json.loads(records[notice][3])["dropped"]
    assert records[0][3].startswith(b"0000000 ")
    assert records[-1][3].startswith(b"0019999 ")
    assert sum(len(record[3]) for record in records if record[2]) + dropped == 20_000 * 64
    assert (tmp_path / "output.bin").stat().st_size < 400_000


def test_little_more_than_the_limit_is_kept_whole(tmp_path: Path) -> None:
    file = OutputFile(tmp_path / "output.bin", 1_000)
    for _ in range(100):
        file.add(1, b"y" * 100)
    file.close()
    records = _records(tmp_path / "output.bin")
    assert all(record[2] == 1 for record in records)
    assert len(records) == 100
