"""The container gives back what was written, up to wherever it was cut or changed."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zlib
from pathlib import Path

import pytest

from engine.errors import RecordingError
from engine.recording import container
from engine.recording.container import BlockFlag, BlockKind, Coding, ContainerReader, ContainerWriter

PAYLOADS = [b"manifest", b"x" * 5000, b"", bytes(range(256)) * 40]


def written(payloads: list[bytes] = PAYLOADS) -> bytes:
    file = io.BytesIO()
    writer = ContainerWriter(file)
    writer.block(BlockKind.MANIFEST, payloads[0], last=True)
    for number, payload in enumerate(payloads[1:], 1):
        coding = Coding.PLAIN if number % 2 else Coding.ZLIB
        writer.block(BlockKind.FILE, payload, coding=coding, number=number, offset=7, next_ns=number)
    writer.block(BlockKind.END, b"{}")
    assert writer.size == len(file.getvalue())
    return file.getvalue()


def read(path: Path, data: bytes) -> tuple[list[bytes | None], ContainerReader]:
    path.write_bytes(data)
    with ContainerReader(path) as reader:
        return [block.payload for block in reader.blocks()], reader


def test_what_was_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(written())
    with ContainerReader(path) as reader:
        blocks = list(reader.blocks())
    assert [b.payload for b in blocks] == [*PAYLOADS, b"{}"]
    assert [b.number for b in blocks] == [0, 1, 2, 3, 0]
    assert [b.next_ns for b in blocks[1:4]] == [1, 2, 3]
    assert blocks[0].flags == BlockFlag.LAST
    assert blocks[1].offset == 7
    assert reader.ended
    assert not reader.problem


def test_every_cut_leaves_the_whole_blocks_before_it(tmp_path: Path) -> None:
    whole = written()
    path = tmp_path / "a"
    full, _ = read(path, whole)
    before = -1
    for cut in range(32, len(whole)):
        payloads, reader = read(path, whole[:cut])
        assert payloads == full[: len(payloads)]
        assert len(payloads) >= before
        assert not reader.ended
        assert reader.problem
        before = len(payloads)
    assert before == len(full) - 1


def test_every_changed_byte_is_noticed(tmp_path: Path) -> None:
    whole = written([b"manifest", b"payload " * 20])
    path = tmp_path / "a"
    full, _ = read(path, whole)
    for at in range(32, len(whole)):
        payloads, reader = read(path, whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1 :])
        assert all(p is None or p == q for p, q in zip(payloads, full, strict=False))
        assert reader.problem or None in payloads


def test_every_changed_byte_of_the_header_is_an_error(tmp_path: Path) -> None:
    whole = written()
    path = tmp_path / "a"
    for at in range(32):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1 :])
        with pytest.raises(RecordingError) as caught:
            ContainerReader(path)
        assert caught.value.kind == ("foreign" if at < 8 else "damaged")


def header(major: int, minor: int = 0) -> bytes:
    head = struct.pack("<8sHHIQI", container.MAGIC, major, minor, 0, 0, 0)
    return head + struct.pack("<I", zlib.crc32(head))


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "empty"),
        (b"hello, this is a text that is long enough", "foreign"),
        (b"PK\x03\x04", "foreign"),
        (b"\x93LK", "damaged"),
        (container.MAGIC + bytes(10), "damaged"),
        (header(container.FORMAT[0] + 1), "newer"),
        (header(0), "foreign"),
    ],
)
def test_what_is_not_a_recording_says_so(tmp_path: Path, data: bytes, kind: str) -> None:
    path = tmp_path / "a.lockstep"
    path.write_bytes(data)
    with pytest.raises(RecordingError) as caught:
        ContainerReader(path)
    assert caught.value.kind == kind


def test_missing_folder_and_unreadable(tmp_path: Path) -> None:
    for path, kind in (
        (tmp_path / "nothing", "missing"),
        (tmp_path, "foreign"),
        (tmp_path / "a\0b", "missing"),
        (tmp_path / ("x" * 300), "unreadable"),
    ):
        with pytest.raises(RecordingError) as caught:
            ContainerReader(path)
        assert caught.value.kind == kind


def test_later_minor_format_is_read(tmp_path: Path) -> None:
    payloads, reader = read(tmp_path / "a", header(container.FORMAT[0], 99) + written()[32:])
    assert reader.ended
    assert len(payloads) == 5


def crafted(raw: int, data: bytes, packed: int | None = None, kind: int = 2, coding: int = 1) -> bytes:
    """A block with lengths of one's own and right checksums."""
    head = struct.pack(
        "<4sBBHIQQIII", b"LKbk", kind, coding, 0, 0, 0, 0, raw,
        len(data) if packed is None else packed, zlib.crc32(data),
    )  # fmt: skip
    return head + struct.pack("<I", zlib.crc32(head)) + data


BOMB = zlib.compress(bytes(50 << 20))


@pytest.mark.parametrize(
    "block",
    [
        crafted(100, BOMB),  # unpacks to far more than it says
        crafted(200 << 20, BOMB),  # says so
        crafted(10, b"abc", packed=0xFFFFFFFF),
        crafted(10, zlib.compress(b"abc")),  # unpacks to less
        crafted(3, b"not zlib"),
        crafted(3, b"abc", kind=77, coding=0),
        crafted(3, zlib.compress(b"abc"), coding=9),
    ],
)
def test_no_length_is_trusted(tmp_path: Path, block: bytes) -> None:
    tracemalloc.start()
    try:
        payloads, reader = read(tmp_path / "a", written()[:32] + block)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert payloads in ([], [None])
    assert reader.problem
    assert peak < 4 << 20


def test_all_blocks_together_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "MOST_TOTAL", 10_000)
    with pytest.raises(RecordingError) as caught:
        read(tmp_path / "a", written())
    assert caught.value.kind == "too_large"
