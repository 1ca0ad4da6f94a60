"""A session folder is read whole, in order, while it grows and whatever happens to its files."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.agent import layout
from engine.agent.layout import Kind, Line
from engine.batch import Batch, Records
from engine.tail import Tail, files, folder, segment
from tests.helpers.build_session import MS, SessionBuilder, bulk_records, example, records


class Taken:
    """Everything that a number of polls brought, put together."""

    def __init__(self) -> None:
        self.records: dict[tuple[str, int], list[Records]] = defaultdict(list)
        self.lines: dict[str, list[list[object]]] = defaultdict(list)
        self.output = b""
        self.broken = 0

    def add(self, batch: Batch) -> Batch:
        for feed in [*batch.processes, *([batch.observer] if batch.observer else [])]:
            self.lines[feed.folder].extend(feed.lines)
            self.broken += feed.broken
            for thread, rows in feed.records.items():
                self.records[feed.folder, thread].append(rows)
        self.output += b"".join(chunk.text for chunk in batch.output)
        return batch

    def times(self, name: str, thread: int) -> list[int]:
        parts = self.records.get((name, thread), [])
        return [int(t) for part in parts for t in part["time"]]

    def until_complete(self, tail: Tail, max_records: int = 1_000_000) -> Batch:
        for _ in range(10_000):
            batch = self.add(tail.poll(max_records))
            if batch.complete:
                return batch
        raise AssertionError("never complete")


def test_finished_folder_comes_whole_in_one_poll(tmp_path: Path) -> None:
    example(tmp_path, rounds=5)
    taken = Taken()
    with Tail(tmp_path) as tail:
        batch = taken.add(tail.poll())
        assert tail.session["command"] == ["python", "example.py"]
    assert batch.complete
    assert [feed.folder for feed in batch.processes] == ["p100-f4240"]
    feed = batch.processes[0]
    assert (feed.index, feed.pid, feed.native_ids) == (0, 100, {1: 100, 2: 101, 3: 102})
    assert feed.lines[0][0] == Line.PROCESS
    assert batch.observer is not None
    assert list(batch.observer.records) == [0]
    assert feed.records[2]["kind"].tolist() == [7, *[12, 13] * 5, 8]
    assert taken.output == b"working\nTraceback ...\n"
    assert batch.size_bytes > 0


def test_growing_folder_brings_everything_once(tmp_path: Path) -> None:
    session = SessionBuilder(tmp_path)
    taken = Taken()
    with Tail(tmp_path) as tail:
        assert not taken.add(tail.poll()).processes  # not even session.json is there
        session.write_info()
        first = session.process(100)
        taken.add(tail.poll())
        one = first.segment(1)
        taken.add(tail.poll())  # a header and no room yet
        one.add([(10, Kind.PROCESS_BEGIN), (20, Kind.THREAD_BEGIN)])
        taken.add(tail.poll())
        taken.add(tail.poll())
        two = first.segment(2)
        two.add([(30, Kind.THREAD_BEGIN)])
        second = session.process(200, 5_000_000, parent=100)
        second.segment(1).add([(40, Kind.PROCESS_BEGIN)])
        one.add([(50, Kind.EVENT_SET), (60, Kind.EVENT_SET)])
        batch = taken.add(tail.poll())
        assert {feed.folder: feed.index for feed in batch.processes} == {
            first.folder.name: 0,
            second.folder.name: 1,
        }
        assert not batch.complete
        two.add([(70, Kind.THREAD_END)])
        session.end(80)
        taken.until_complete(tail)
    assert taken.times(first.folder.name, 1) == [10, 20, 50, 60]
    assert taken.times(first.folder.name, 2) == [30, 70]
    assert taken.times(second.folder.name, 1) == [40]
    assert [line[0] for line in taken.lines[second.folder.name]] == [Line.PROCESS]


def test_records_past_the_first_chunk_are_read(tmp_path: Path) -> None:
    session = SessionBuilder(tmp_path)
    process = session.process(100)
    seg = process.segment(1)
    taken = Taken()
    with Tail(tmp_path) as tail:
        for part in range(7):
            seg.add(bulk_records(1, 9_001, begin_ns=part * 10**9, step_ns=1000, kinds=[12, 13]))
            taken.add(tail.poll())
        session.end(1)
        taken.until_complete(tail)
    times = taken.times(process.folder.name, 1)
    assert len(times) == 7 * 9_001
    assert times == sorted(times)


def test_half_written_line_waits_for_its_end(tmp_path: Path) -> None:
    session = SessionBuilder(tmp_path)
    process = session.process(100)
    taken = Taken()
    with Tail(tmp_path) as tail:
        taken.add(tail.poll())
        process.raw(b'["string", 1, "a')
        assert not taken.add(tail.poll()).processes
        process.raw('é"]\n["string", 2, '.encode())
        taken.add(tail.poll())
        process.raw(b'"c"]\n')
        taken.add(tail.poll())
    assert taken.lines[process.folder.name][1:] == [["string", 1, "aé"], ["string", 2, "c"]]
    assert taken.broken == 0


def test_broken_lines_are_counted_and_left_out(tmp_path: Path) -> None:
    session = SessionBuilder(tmp_path)
    process = session.process(100)
    process.raw(b'nonsense\n["string", 1, "a"]\n{"a": 1}\n[]\n\xff\xfe\n["string", 2, "b"]\n')
    process.raw(b"[" * 100_000 + b"\n" + b'["string", 3, "c"]\n')
    taken = Taken()
    with Tail(tmp_path, live=False) as tail:
        taken.until_complete(tail)
    assert taken.lines[process.folder.name][1:] == [
        ["string", n, c] for n, c in ((1, "a"), (2, "b"), (3, "c"))
    ]
    assert taken.broken == 5


def test_endless_line_is_dropped_and_the_next_is_read(tmp_path: Path) -> None:
    session = SessionBuilder(tmp_path)
    process = session.process(100)
    taken = Taken()
    with Tail(tmp_path) as tail:
        for _ in range(5):
            process.raw(b"x" * 700_000)
            taken.add(tail.poll())
        process.raw(b'end\n["string", 1, "a"]\n')
        taken.add(tail.poll())
    assert taken.lines[process.folder.name][1:] == [["string", 1, "a"]]
    assert taken.broken == 1


class TestHoles:
    """A slot that its writer reserved and did not fill before others behind it were."""

    @pytest.fixture
    def impatient(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(segment, "HOLE_PATIENCE_NS", 0)

    def test_filled_soon_comes_in_order(self, tmp_path: Path) -> None:
        process = SessionBuilder(tmp_path).process(100)
        seg = process.segment(1)
        seg.add([(10, 1)])
        hole = seg.skip()
        seg.add([(30 * MS, 1)])
        taken = Taken()
        with Tail(tmp_path) as tail:
            batch = taken.add(tail.poll())
            assert taken.times(process.folder.name, 1) == [10]
            assert batch.watermark_ns <= 30 * MS  # what waits behind the hole is not delivered
            seg.put(hole, records(1, [(20, 1)]))
            taken.add(tail.poll())
        assert taken.times(process.folder.name, 1) == [10, 20, 30 * MS]

    @pytest.mark.usefixtures("impatient")
    def test_filled_late_comes_late(self, tmp_path: Path) -> None:
        session = SessionBuilder(tmp_path)
        process = session.process(100)
        seg = process.segment(1)
        seg.add([(10, 1)])
        hole = seg.skip(2)
        seg.add([(30, 1), (40, 1)])
        taken = Taken()
        with Tail(tmp_path) as tail:
            for _ in range(3):
                taken.add(tail.poll())
            assert taken.times(process.folder.name, 1) == [10, 30, 40]
            seg.put(hole + 1, records(1, [(22, 1)]))
            seg.add([(50, 1)])
            taken.add(tail.poll())
            assert taken.times(process.folder.name, 1) == [10, 30, 40, 22, 50]
            seg.put(hole, records(1, [(21, 1)]))
            taken.add(tail.poll())
            session.end(60)
            taken.until_complete(tail)
        assert taken.times(process.folder.name, 1) == [10, 30, 40, 22, 50, 21]

    def test_never_filled_is_given_up_at_the_end(self, tmp_path: Path) -> None:
        session = SessionBuilder(tmp_path)
        process = session.process(100)
        seg = process.segment(1)
        seg.skip()
        seg.add([(10, 1)] * 63)
        seg.skip()  # the last slot of the first read
        seg.add([(20, 1)] * 3000)
        seg.skip(3)
        seg.add([(30, 1)])
        session.end(40)
        taken = Taken()
        with Tail(tmp_path) as tail:
            taken.until_complete(tail)
        assert taken.times(process.folder.name, 1) == [10] * 63 + [20] * 3000 + [30]


def _sources(count: int, per: int) -> list[Records]:
    rng = np.random.default_rng(7)
    parts = []
    for thread in range(1, count + 1):
        rows = bulk_records(thread, per * thread, begin_ns=0, step_ns=1, kinds=[12, 13])
        rows["time"] = np.cumsum(rng.integers(1, 2000 * count // thread, len(rows)))
        parts.append(rows)
    return parts


def test_backlog_comes_in_bounded_polls_in_the_order_of_time(tmp_path: Path) -> None:
    session = SessionBuilder(tmp_path)
    process = session.process(100)
    sources = _sources(4, 30_000)
    for thread, rows in enumerate(sources, 1):
        process.segment(thread).add(rows)
    session.end(10**12)
    taken = Taken()
    delivered_before = 0
    with Tail(tmp_path, margin_ns=0) as tail:
        complete = False
        while not complete:
            batch = taken.add(tail.poll(20_000))
            parts = [part for feed in batch.processes for part in feed.records.values()]
            assert sum(map(len, parts)) < 20_000 + segment.PEEK_SLOTS
            for part in parts:
                assert part["time"].min() >= delivered_before
            delivered_before = batch.watermark_ns
            complete = batch.complete
            # What is held beyond the watermark stays small: a stretch of each thread at most.
            held = sum(int((part["time"] > batch.watermark_ns).sum()) for part in parts)
            assert held < 20_000
    for thread, rows in enumerate(sources, 1):
        assert taken.times(process.folder.name, thread) == rows["time"].tolist()


def test_side_backlog_comes_before_the_records_that_need_it(tmp_path: Path) -> None:
    session = SessionBuilder(tmp_path)
    process = session.process(100)
    template = '["location", %d, "/home/user/example.py", 3, "work", 10, "__main__"]\n'
    process.raw("".join(template % number for number in range(60_000)).encode())
    rows = bulk_records(1, 60_000, begin_ns=10, step_ns=10, kinds=[12, 13])
    rows["location"] = np.arange(60_000)
    process.segment(1).add(rows)
    session.end(10**9)
    known = -1
    polls = 0
    with Tail(tmp_path) as tail:
        while not tail.complete:
            batch = tail.poll()
            polls += 1
            for feed in batch.processes:
                for line in feed.lines:
                    if line[0] == "location":
                        known = int(line[1])
                for part in feed.records.values():
                    assert part["location"].max() <= known
            if not batch.complete:
                assert batch.watermark_ns == 0  # nothing of the only thread was delivered
    assert polls > 3


def test_watermark_stays_before_the_clock_of_the_poll(tmp_path: Path) -> None:
    session = SessionBuilder(tmp_path)
    process = session.process(100)
    process.segment(1).add([(time.perf_counter_ns(), Kind.PROCESS_BEGIN)])
    with Tail(tmp_path) as tail:
        before = time.perf_counter_ns()
        batch = tail.poll()
        after = time.perf_counter_ns()
    assert before - folder.MARGIN_NS <= batch.watermark_ns <= after - folder.MARGIN_NS


def test_files_of_another_kind_are_counted_and_left_out(tmp_path: Path) -> None:
    session = SessionBuilder(tmp_path)
    process = session.process(100)
    (process.folder / "t1.seg").write_bytes(b"something else" * 1000)
    process.segment(2, version=layout.FORMAT_VERSION + 1).add([(10, 1)])
    (process.folder / "t3.seg").write_bytes(b"LKST")
    (process.folder / "notes.txt").write_bytes(b"hello")
    (tmp_path / "p12-xyz").mkdir()
    (tmp_path / "p13-12").write_bytes(b"a file where a folder should be")
    process.segment(4).add([(20, 1)])
    secret = tmp_path / "elsewhere.seg"
    shutil.copy(process.folder / "t4.seg", secret)
    (process.folder / "t5.seg").symlink_to(secret)
    taken = Taken()
    with Tail(tmp_path, live=False) as tail:
        taken.until_complete(tail)
    assert list(taken.records) == [(process.folder.name, 4)]
    assert taken.broken == 2


def test_files_that_vanish_are_files_without_news(tmp_path: Path) -> None:
    session = example(tmp_path, ended=False)
    process = tmp_path / "p100-f4240"
    with Tail(tmp_path) as tail:
        tail.poll(10)
        (process / "t2.seg").unlink()
        tail.poll(10)
        shutil.rmtree(process)
        tail.poll(10)
        shutil.rmtree(session.folder)
        tail.poll()
        tail.finish()
        assert Taken().until_complete(tail).complete


def test_segment_cut_short_does_not_stop_the_reader(tmp_path: Path) -> None:
    session = SessionBuilder(tmp_path)
    process = session.process(100)
    seg = process.segment(1)
    seg.add(bulk_records(1, 5000, begin_ns=1, step_ns=1, kinds=[12, 13]))
    taken = Taken()
    with Tail(tmp_path) as tail:
        taken.add(tail.poll(100))
        with seg.path.open("r+b") as file:
            file.truncate(layout.SEGMENT_HEADER_SIZE + 1000 * layout.RECORD_SIZE + 17)
        session.end(10)
        taken.until_complete(tail)
    assert taken.times(process.folder.name, 1) == list(range(1, 1001))


def test_lost_records_are_added_up(tmp_path: Path) -> None:
    session = SessionBuilder(tmp_path)
    process = session.process(100)
    seg = process.segment(1)
    observer = session.observer()
    with Tail(tmp_path) as tail:
        seg.add([(10, Kind.LOST, 0, 7), (20, 1)])
        assert tail.poll().lost == 7
        seg.add([(30, Kind.LOST, 0, 5)])
        observer.segment(0).add(records(0, [(40, Kind.OBSERVER_LOST, 0, 100), (41, Kind.LOST, 0, 3)]))
        assert tail.poll().lost == 112


def test_unwritten_records_are_read_from_the_headers(tmp_path: Path) -> None:
    session = SessionBuilder(tmp_path)
    process = session.process(100)
    for thread, unwritten in ((1, 30), (2, 4)):
        seg = process.segment(thread)
        seg.add([(10, Kind.THREAD_BEGIN), (20, Kind.LOST, 0, 1)])
        with seg.path.open("r+b") as file:
            file.seek(layout.SEGMENT_HEADER.size - 8)
            file.write(unwritten.to_bytes(8, "little"))
    session.end(30)
    with Tail(tmp_path) as tail:
        assert tail.poll().lost == 36


def test_samples_of_several_writers_are_merged_under_one_number(tmp_path: Path) -> None:
    session = SessionBuilder(tmp_path)
    process = session.process(100)
    process.segment(1).add([(5, Kind.PROCESS_BEGIN)])
    own = session.observer_segment(process, "gil.seg")
    own.add(records(0, [(7, Kind.GIL), (8, Kind.OBSERVER_LOST, 0, 2)]))
    observer = session.observer()
    observer.segment(0).add(records(0, [(10, Kind.PROCESS_SEEN), (30, Kind.GIL)]))
    observer.segment(1).add(records(0, [(20, Kind.OS_STATE), (40, Kind.OS_STATE)]))
    session.end(50)
    with Tail(tmp_path) as tail:
        batch = tail.poll()
    assert batch.processes[0].records[0]["time"].tolist() == [7, 8]
    assert batch.processes[0].records[1]["time"].tolist() == [5]
    assert batch.observer is not None
    assert batch.observer.records[0]["time"].tolist() == [10, 20, 30, 40]
    assert batch.lost == 2


def test_interpreters_of_one_process_have_folders_of_their_own(tmp_path: Path) -> None:
    session = SessionBuilder(tmp_path)
    main = session.process(100)
    main.segment(1).add([(5, Kind.PROCESS_BEGIN)])
    inner = session.process(100, interpreter=3)
    inner.segment(1).add([(6, Kind.PROCESS_BEGIN)])
    session.end(10)
    with Tail(tmp_path) as tail:
        batch = tail.poll()
    assert [(feed.folder, feed.pid, feed.index) for feed in batch.processes] == [
        ("p100-f4240", 100, 0),
        ("p100-f4240i3", 100, 1),
    ]


def test_process_that_is_gone_keeps_no_files_open(tmp_path: Path) -> None:
    session = example(tmp_path, ended=False)
    late = session.process(300, 9_000_000)
    late_segment = late.segment(1)
    late_segment.add([(10, 1)])
    taken = Taken()
    with Tail(tmp_path) as tail:
        taken.add(tail.poll())
        held = tail._files.held
        taken.add(tail.poll())
        assert tail._files.held <= held - 4  # three segments and the side file of process 100
        late_segment.add([(20, 1)])
        taken.add(tail.poll())
        session.end(30)
        taken.until_complete(tail)
    assert taken.times(late.folder.name, 1) == [10, 20]
    assert tail._files.held == 0


def test_more_files_than_may_be_open_are_read_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MOST_OPEN", 8)
    session = SessionBuilder(tmp_path)
    process = session.process(100)
    segments = [process.segment(number) for number in range(1, 101)]
    taken = Taken()
    with Tail(tmp_path) as tail:
        for step in range(3):
            for number, seg in enumerate(segments):
                seg.add([(step * 1000 + number, 1)])
            taken.add(tail.poll())
            assert tail._files.held <= 9
    for number in range(100):
        assert taken.times(process.folder.name, number + 1) == [number, 1000 + number, 2000 + number]


WRITER = """
import itertools, mmap, os, struct, sys
path, count = sys.argv[1], int(sys.argv[2])
pack, size, header = struct.Struct("<QqIIIH").pack_into, 32, 64
kind = struct.Struct("<H").pack_into
with open(path, "r+b") as file:
    room = mmap.mmap(file.fileno(), 0)
    print("go", flush=True)
    for n in range(1, count + 1):
        if n % 10_000 == 1:
            sys.stdin.readline()
        at = header + (n - 1) * size
        pack(room, at, n, -n, n & 0xffff, n * 7 & 0xffffffff, n * 13 & 0xffffffff, n & 0x7fff)
        kind(room, at + 30, 12)
    room.close()
"""


def test_no_record_is_seen_half_written(tmp_path: Path) -> None:
    """A real writer at full speed: whatever is delivered is whole and in order."""
    count = 150_000
    session = SessionBuilder(tmp_path)
    process = session.process(100)
    seg = process.segment(1)
    with seg.path.open("r+b") as file:
        file.truncate(layout.SEGMENT_HEADER_SIZE + (count + 100) * layout.RECORD_SIZE)
    expected = 1
    polls = 0
    with (
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(seg.path), str(count)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as writer,
        Tail(tmp_path) as tail,
    ):
        assert writer.stdin is not None
        assert writer.stdout is not None
        writer.stdout.readline()
        begun = 0
        while expected <= count:
            if expected > begun:  # however the two share a core, they do so this many times
                begun += 10_000
                writer.stdin.write(b"\n")
                writer.stdin.flush()
            for feed in tail.poll().processes:
                for rows in feed.records.values():
                    n = np.arange(expected, expected + len(rows))
                    assert (rows["time"] == n).all()
                    assert (rows["value"] == -n).all()
                    assert (rows["thread"] == n & 0xFFFF).all()
                    assert (rows["object"] == n * 7 & 0xFFFFFFFF).all()
                    assert (rows["location"] == n * 13 & 0xFFFFFFFF).all()
                    assert (rows["flags"] == n & 0x7FFF).all()
                    expected += len(rows)
                    polls += 1
        assert writer.wait(120) == 0
    assert polls > 10


def test_record_caught_while_it_is_written_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A read copies from the front: it may have a record's kind, stored last, but not its time."""
    process = SessionBuilder(tmp_path).process(100)
    process.segment(1).add([(10, 12, 5), (20, 13, 6)])
    read_into = files.GrowingFile.read_into
    reads = 0

    def overtaken(self: files.GrowingFile, buffer: memoryview, at: int) -> int:
        nonlocal reads
        got = read_into(self, buffer, at)
        reads += 1
        if reads == 1:  # the second record is being written during the first read
            buffer[layout.RECORD_SIZE : 2 * layout.RECORD_SIZE - 2] = bytes(layout.RECORD_SIZE - 2)
        return got

    monkeypatch.setattr(files.GrowingFile, "read_into", overtaken)
    with Tail(tmp_path) as tail:
        rows = tail.poll().processes[0].records[1]
    assert rows["time"].tolist() == [10, 20]
    assert rows["object"].tolist() == [5, 6]


@given(
    steps=st.lists(
        st.tuples(st.integers(1, 3), st.integers(0, 200), st.booleans(), st.integers(1, 400)), max_size=25
    )
)
@settings(max_examples=60, deadline=None)
def test_any_growth_brings_each_record_once(steps: list[tuple[int, int, bool, int]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        session = SessionBuilder(Path(name))
        process = session.process(100)
        segments = {n: process.segment(n) for n in (1, 2, 3)}
        expected: dict[int, list[int]] = {1: [], 2: [], 3: []}
        taken = Taken()
        clock = 0
        with Tail(Path(name)) as tail:
            for thread, count, hole, budget in steps:
                if hole:
                    segments[thread].skip()
                events = [(clock + i + 1, 12) for i in range(count)]
                clock += count
                if events:
                    segments[thread].add(records(thread, events))
                expected[thread].extend(event[0] for event in events)
                taken.add(tail.poll(budget))
            session.end(clock)
            taken.until_complete(tail, 500)
        for thread, times in expected.items():
            assert sorted(taken.times(process.folder.name, thread)) == times


@pytest.mark.parametrize("hole", [20, 500, 8000])
@pytest.mark.parametrize("live", [True, False])
def test_what_stands_behind_a_long_hole_is_read(tmp_path: Path, hole: int, live: bool) -> None:
    """A writer leaves the rest of a chunk unfilled and goes on in the next."""
    session = SessionBuilder(tmp_path / "s")
    seg = session.process(100).segment(1)
    room = (layout.NEXT_CHUNK - layout.SEGMENT_HEADER_SIZE) // layout.RECORD_SIZE
    seg.add([(10 * MS + i, 1) for i in range(room - hole)])
    seg.skip(hole)
    seg.add([(50 * MS + i, 1) for i in range(30)])
    session.end(60 * MS)
    with Tail(session.folder, live=live) as tail:
        got = 0
        while not tail.complete:
            batch = tail.poll(100_000)
            got += sum(len(rows) for feed in batch.processes for rows in feed.records.values())
    assert got == room - hole + 30
