"""What goes into a recording comes out of it: records, lines, output, sources."""

from __future__ import annotations

import json
import os
import random
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

from engine.agent.layout import Kind
from engine.batch import Batch, Records
from engine.errors import LockstepError, RecordingError
from engine.recording import RecordingFeed, feed, sources
from engine.recording import save as save_recording
from engine.recording.container import Block, BlockKind, Coding, ContainerReader, ContainerWriter
from engine.recording.packing import packed
from engine.recording.save import whole_chunks
from engine.tail import Tail
from tests.helpers.build_session import SessionBuilder, bulk_records, example, records


class Taken:
    """All that a tail or a recording brings."""

    def __init__(self, poll: Callable[[int], Batch], step: int = 1_000_000) -> None:
        parts: dict[tuple[str, int, int], list[Records]] = defaultdict(list)
        self.lines: dict[str, list[list[Any]]] = defaultdict(list)
        self.output: list[tuple[int, int, bytes]] = []
        self.batches = 0
        self.watermarks_ns: list[int] = []
        while True:
            batch = poll(step)
            self.batches += 1
            self.watermarks_ns.append(batch.watermark_ns)
            for one in [*batch.processes, *([batch.observer] if batch.observer else [])]:
                self.lines[one.folder].extend(one.lines)
                for thread, rows in one.records.items():
                    parts[one.folder, one.index, thread].append(rows)
            self.output.extend((c.time_ns, c.stream, c.text) for c in batch.output)
            if batch.complete:
                break
        self.lost = batch.lost
        self.records = {key: np.concatenate(rows) for key, rows in parts.items()}

    def same_as(self, other: Taken) -> bool:
        return (
            self.lines == other.lines
            and self.output == other.output
            and self.lost == other.lost
            and self.records.keys() == other.records.keys()
            and all((rows == other.records[key]).all() for key, rows in self.records.items())
        )


def large(folder: Path, threads: int = 4, count: int = 40_000) -> SessionBuilder:
    """Threads of very different rates, over several blocks each."""
    session = example(folder, ended=False)
    process = session.process(500, 2_000_000, parent=100)
    for thread in range(1, threads + 1):
        rows = bulk_records(
            thread, count // thread**2, begin_ns=thread * 1000, step_ns=500 * thread**2, kinds=[12, 13]
        )
        process.segment(thread).add(rows)
    session.end(10**9, 3)
    return session


def read(path: Path, step: int = 1_000_000) -> tuple[Taken, RecordingFeed]:
    with RecordingFeed(path) as recording:
        return Taken(recording.poll, step), recording


@pytest.mark.parametrize("step", [1_000, 1_000_000])
def test_recording_brings_what_the_folder_brings(tmp_path: Path, step: int) -> None:
    session = large(tmp_path / "s")
    path = tmp_path / "a.lockstep"
    saved = save_recording(session.folder, path)
    with Tail(session.folder) as tail:
        expected = Taken(tail.poll)
    taken, recording = read(path, step)
    assert taken.same_as(expected)
    assert not recording.truncated
    assert recording.warnings == []
    assert recording.session["exit_status"] == 3
    assert saved.records == sum(map(len, expected.records.values()))
    assert saved.size_bytes == path.stat().st_size
    assert (taken.batches > 3) == (step == 1_000)


def test_manifest_keeps_to_its_schema(tmp_path: Path) -> None:
    session = large(tmp_path / "s")
    save_recording(session.folder, tmp_path / "a.lockstep")
    _, recording = read(tmp_path / "a.lockstep")
    schema = Path(__file__).parents[3] / "resources" / "schemas" / "recording.json"
    jsonschema.validate(recording.manifest, json.loads(schema.read_text(encoding="utf-8")))


def test_nothing_comes_behind_the_watermark(tmp_path: Path) -> None:
    session = large(tmp_path / "s")
    save_recording(session.folder, tmp_path / "a.lockstep")
    with RecordingFeed(tmp_path / "a.lockstep") as recording:
        before = 0
        while not recording.complete:
            batch = recording.poll(1_000)
            for one in batch.processes:
                for rows in one.records.values():
                    assert rows["time"].min() >= before
            assert batch.watermark_ns >= before
            before = batch.watermark_ns


@pytest.mark.parametrize("step", [1, 1_000, 20_000])
def test_the_end_of_time_is_said_only_with_the_end(tmp_path: Path, step: int) -> None:
    """However much is read at once: a stretch that ends just before the file does is not the end."""
    session = large(tmp_path / "s")
    save_recording(session.folder, tmp_path / "a.lockstep")
    taken, recording = read(tmp_path / "a.lockstep", step)
    assert recording.complete
    assert all(watermark < 1 << 62 for watermark in taken.watermarks_ns[:-1])


def test_cut_recording_ends_at_one_moment_for_all(tmp_path: Path) -> None:
    session = large(tmp_path / "s")
    path = tmp_path / "a.lockstep"
    save_recording(session.folder, path)
    full, _ = read(path)
    whole = path.read_bytes()
    lengths = []
    rng = random.Random(4)
    for cut in sorted({32, 33, len(whole) - 1, *(rng.randrange(32, len(whole)) for _ in range(150))}):
        path.write_bytes(whole[:cut])
        taken, recording = read(path)
        assert recording.truncated
        assert recording.warnings
        lengths.append(sum(map(len, taken.records.values())))
        last = max((int(rows["time"][-1]) for rows in taken.records.values() if len(rows)), default=-1)
        for key, rows in full.records.items():
            # Of every writer all records before the last that is shown are there, and no others.
            got = taken.records.get(key, rows[:0])
            assert (rows[: len(got)] == got).all()
            assert len(got) >= int((rows["time"] < last).sum())
    assert lengths == sorted(lengths)
    assert len(set(lengths)) > 3
    assert lengths[-1] == sum(map(len, full.records.values()))  # only the END block is missing


def test_damage_ends_the_recording_there(tmp_path: Path) -> None:
    session = large(tmp_path / "s")
    path = tmp_path / "a.lockstep"
    save_recording(session.folder, path)
    full, _ = read(path)
    whole = path.read_bytes()
    at = len(whole) * 4 // 5
    path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
    taken, recording = read(path)
    assert recording.truncated
    assert "checksum" in recording.warnings[0]
    assert 0 < sum(map(len, taken.records.values())) < sum(map(len, full.records.values()))


def test_damaged_source_leaves_the_records(tmp_path: Path) -> None:
    session = SessionBuilder(tmp_path / "s")
    (tmp_path / "s").joinpath("prog.py").write_text("needle = 1\n" * 3)
    session.write_info(script=str(tmp_path / "s" / "prog.py"), ended_ns=10)
    session.process(100).segment(1).add([(5, Kind.PROCESS_BEGIN)])
    path = tmp_path / "a.lockstep"
    save_recording(session.folder, path)
    full, good = read(path)
    assert good.sources[str(tmp_path / "s" / "prog.py")].text.startswith("needle")
    data = bytearray(path.read_bytes())
    positions = [block.position for block in _blocks(path) if _kind(path, block.number) == "sources"]
    data[positions[0] + 50] ^= 0xFF
    path.write_bytes(data)
    taken, recording = read(path)
    assert taken.same_as(full)
    assert not recording.truncated
    assert "sources" in recording.warnings[0]
    assert recording.sources == {}


def _blocks(path: Path) -> list[Block]:
    with ContainerReader(path) as reader:
        return list(reader.blocks())


def _kind(path: Path, number: int) -> str:
    _, recording = read(path)
    kind: str = recording.manifest["files"][number]["kind"]
    return kind


def test_random_damage_is_an_error_or_a_warning_and_nothing_else(tmp_path: Path) -> None:
    session = large(tmp_path / "s", threads=2, count=3000)
    path = tmp_path / "a.lockstep"
    save_recording(session.folder, path)
    whole = path.read_bytes()
    full, _ = read(path)
    count = sum(map(len, full.records.values()))
    rng = random.Random(11)
    outcomes = set()
    for _ in range(400):
        data = bytearray(whole[: rng.randrange(len(whole))] if rng.random() < 0.3 else whole)
        for _ in range(rng.randrange(1, 6)):
            if data:
                data[rng.randrange(len(data))] = rng.randrange(256)
        path.write_bytes(data)
        try:
            taken, recording = read(path)
        except RecordingError as error:
            outcomes.add(error.kind)
        else:
            outcomes.add("opened")
            assert recording.truncated or recording.warnings or taken.same_as(full)
            assert sum(map(len, taken.records.values())) <= count
    assert {"opened", "damaged"} <= outcomes


def test_holes_are_left_out_and_unwritten_records_counted(tmp_path: Path) -> None:
    session = SessionBuilder(tmp_path / "s")
    session.write_info(ended_ns=10)
    seg = session.process(100).segment(1)
    seg.add([(1, 1), (2, 1)])
    seg.skip(2)
    seg.add([(3, Kind.LOST, 0, 5)])
    with seg.path.open("r+b") as file:
        file.seek(32)
        file.write((9).to_bytes(8, "little"))
    saved = save_recording(session.folder, tmp_path / "a.lockstep")
    assert (saved.records, saved.lost) == (3, 14)
    taken, _ = read(tmp_path / "a.lockstep")
    assert [rows["time"].tolist() for rows in taken.records.values()] == [[1, 2, 3]]
    assert taken.lost == 14


def test_session_without_anything_is_a_recording(tmp_path: Path) -> None:
    session = SessionBuilder(tmp_path / "s")
    session.write_info()
    save_recording(session.folder, tmp_path / "a.lockstep")
    taken, recording = read(tmp_path / "a.lockstep")
    assert taken.records == {}
    assert not recording.truncated


def test_output_larger_than_a_block_and_cut_within_a_chunk(tmp_path: Path) -> None:
    session = SessionBuilder(tmp_path / "s")
    session.write_info(ended_ns=10**6)
    for at in range(60):
        session.output(at * 1000, bytes([at]) * 30_000)
    with (session.folder / "output.bin").open("ab") as file:
        file.write(b"\1\2\3")
    save_recording(session.folder, tmp_path / "a.lockstep")
    taken, _ = read(tmp_path / "a.lockstep")
    assert taken.output == [(at * 1000, 1, bytes([at]) * 30_000) for at in range(60)]
    assert whole_chunks(b"") == whole_chunks(b"\0" * 15) == 0


class TestSources:
    def recorded(self, tmp_path: Path, **info: Any) -> dict[str, Any]:
        session = SessionBuilder(tmp_path / "s")
        process = session.process(100)
        for number, name in enumerate(info.pop("names"), 1):
            process.line("location", number, name, 1, "f", 0, "m")
        session.write_info(ended_ns=10, **info)
        save_recording(session.folder, tmp_path / "a.lockstep")
        return read(tmp_path / "a.lockstep")[1].sources

    def test_files_that_locations_name(self, tmp_path: Path) -> None:
        mine = tmp_path / "mine.py"
        mine.write_text("a = 'é'\n", encoding="utf-8")
        installed = tmp_path / "lib" / "python3.13" / "site-packages" / "other.py"
        library = tmp_path / "lib" / "python3.13" / "threading.py"
        for path in (installed, library):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("b = 2\n")
        names = [
            str(mine),
            str(installed),
            str(library),
            "<string>",
            str(tmp_path / "gone.py"),
            str(tmp_path),
        ]
        found = self.recorded(tmp_path, names=names)
        assert {path: source.text for path, source in found.items()} == {
            str(mine): "a = 'é'\n",
            str(installed): "b = 2\n",
        }

    def test_changed_since_the_start_is_said(self, tmp_path: Path) -> None:
        for name, moment in (("old.py", 1_500_000_000), ("new.py", 1_900_000_000)):
            (tmp_path / name).write_text("")
            os.utime(tmp_path / name, (moment, moment))
        names = [str(tmp_path / "old.py"), str(tmp_path / "new.py")]
        found = self.recorded(tmp_path, names=names, started_at="2026-01-01T00:00:00+00:00")
        assert {Path(path).name: source.changed for path, source in found.items()} == {
            "old.py": False,
            "new.py": True,
        }

    def test_size_is_bounded(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sources, "MOST_FILE", 1000)
        monkeypatch.setattr(sources, "MOST_FILES", 2500)
        names = []
        for at, size in enumerate((900, 1100, 900, 900, 500)):
            names.append(str(tmp_path / f"{at}.py"))
            (tmp_path / f"{at}.py").write_text("x" * size)
        found = self.recorded(tmp_path, names=names)
        assert [Path(path).name for path in found] == ["0.py", "2.py", "4.py"]


class TestSaving:
    def test_name_taken_is_kept_unless_replacing(self, tmp_path: Path) -> None:
        session = example(tmp_path / "s")
        path = tmp_path / "a.lockstep"
        path.write_text("precious")
        with pytest.raises(LockstepError) as caught:
            save_recording(session.folder, path, replace=False)
        assert caught.value.code == "output_exists"
        assert path.read_text() == "precious"
        save_recording(session.folder, path)
        read(path)
        assert sorted(p.name for p in tmp_path.iterdir()) == ["a.lockstep", "s"]
        save_recording(session.folder, tmp_path / "b.lockstep", replace=False)
        assert sorted(p.name for p in tmp_path.iterdir()) == ["a.lockstep", "b.lockstep", "s"]

    def test_cancelled_leaves_nothing(self, tmp_path: Path) -> None:
        session = large(tmp_path / "s")
        told = []

        def stop_half_way(done: int, total: int) -> bool:
            told.append(done / total)
            return done * 2 < total

        with pytest.raises(LockstepError) as caught:
            save_recording(session.folder, tmp_path / "a.lockstep", progress=stop_half_way)
        assert caught.value.code == "recording_cancelled"
        assert sorted(p.name for p in tmp_path.iterdir()) == ["s"]
        assert told == sorted(told)

    def test_folder_that_is_not_there(self, tmp_path: Path) -> None:
        session = example(tmp_path / "s")
        with pytest.raises(LockstepError) as caught:
            save_recording(session.folder, tmp_path / "no" / "a.lockstep")
        assert caught.value.code == "output_unwritable"
        with pytest.raises(LockstepError) as caught:
            save_recording(tmp_path / "none", tmp_path / "a.lockstep")
        assert caught.value.code == "session_folder"

    def test_disk_full_leaves_nothing(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        session = example(tmp_path / "s")

        def full(_: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(LockstepError, match="No space left on device"):
            save_recording(session.folder, tmp_path / "a.lockstep")
        assert sorted(p.name for p in tmp_path.iterdir()) == ["s"]

    def test_links_out_of_the_folder_are_not_followed(self, tmp_path: Path) -> None:
        session = SessionBuilder(tmp_path / "s")
        session.write_info(ended_ns=10)
        process = session.process(100)
        other = SessionBuilder(tmp_path / "other").process(7).segment(1)
        other.add([(99, 1)])
        (process.folder / "t1.seg").symlink_to(other.path)
        save_recording(session.folder, tmp_path / "a.lockstep")
        assert read(tmp_path / "a.lockstep")[0].records == {}


def crafted(path: Path, manifest: dict[str, Any], *blocks: tuple[int, bytes, dict[str, Any]]) -> Path:
    """A container with a manifest of one's own."""
    with path.open("wb") as file:
        writer = ContainerWriter(file)
        writer.block(BlockKind.MANIFEST, json.dumps(manifest).encode(), last=True)
        for number, payload, more in blocks:
            writer.block(BlockKind.FILE, payload, number=number, **more)
        writer.block(BlockKind.END, b"{}")
    return path


SEGMENT = {"kind": "segment", "folder": 0, "thread": 1, "first_ns": 1}


@pytest.mark.parametrize(
    "manifest",
    [
        {},
        {"folders": 3, "files": {}},
        {"folders": [], "files": []},
        {"folders": [{}], "files": [{"kind": "segment", "folder": 9}]},
    ],
)
def test_manifest_without_sense_is_an_error(tmp_path: Path, manifest: dict[str, Any]) -> None:
    with pytest.raises(RecordingError) as caught:
        read(crafted(tmp_path / "a", manifest))
    assert caught.value.kind == "damaged"


def test_values_of_other_types_are_as_if_absent(tmp_path: Path) -> None:
    manifest = {
        "folders": [{"name": 3, "pid": "x"}, None],
        "files": [
            {**SEGMENT, "thread": -4, "unwritten": 10**40, "native_id": [], "first_ns": True},
            7,
            {"kind": 5},
        ],
    }
    rows = records(1, [(5, 1)])
    path = crafted(
        tmp_path / "a",
        manifest,
        (0, packed(rows), {"coding": Coding.RECORDS, "last": True}),
        (1, b"whatever", {}),
    )
    taken, recording = read(path)
    assert list(taken.records) == [("", 0, 0)]
    assert not recording.truncated


def test_records_that_wait_for_ever_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "MOST_WAITING", 1_000_000)
    rows = bulk_records(1, 10_000, begin_ns=10, step_ns=1, kinds=[12])
    manifest = {"folders": [{"name": "p1-1"}], "files": [SEGMENT, {**SEGMENT, "thread": 2}]}
    blocks = [
        (0, packed(rows), {"coding": Coding.RECORDS, "offset": n * 10_000, "next_ns": 5}) for n in range(9)
    ]
    with pytest.raises(RecordingError, match="order of time"):
        read(crafted(tmp_path / "a", manifest, *blocks))


def test_blocks_out_of_place_end_the_recording(tmp_path: Path) -> None:
    rows = packed(records(1, [(5, 1), (6, 1)]))
    manifest = {"folders": [{"name": "p1-1"}], "files": [SEGMENT, {"kind": "side", "folder": 0}]}
    for block in (
        (0, rows, {"coding": Coding.RECORDS, "offset": 3}),
        (0, rows, {}),
        (1, rows, {"coding": Coding.RECORDS}),
        (5, rows, {"coding": Coding.RECORDS}),
        (0, rows[:-1], {"coding": Coding.RECORDS}),
    ):
        taken, recording = read(crafted(tmp_path / "a", manifest, block))
        assert recording.truncated
        assert taken.records == {}


def test_later_kinds_of_file_are_left_alone(tmp_path: Path) -> None:
    manifest = {"folders": [{"name": "p1-1"}], "files": [{"kind": "notes"}, {"kind": "side", "folder": 0}]}
    taken, recording = read(
        crafted(tmp_path / "a", manifest, (0, b"anything", {}), (1, b'["string", 1, "a"]\n', {}))
    )
    assert taken.lines["p1-1"] == [["string", 1, "a"]]
    assert not recording.truncated
