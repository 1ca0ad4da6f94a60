"""The program's output, bounded."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from engine.model import OutputChunk
from gui.panels.output_buffer import MAX_LINE, STDERR, STDOUT, OutputBuffer


def chunk(text: str | bytes, stream: int = STDOUT, time: int = 0) -> OutputChunk:
    return OutputChunk(time, stream, text if isinstance(text, bytes) else text.encode())


class WorkedBuffer(OutputBuffer):
    """One that makes lines at once."""

    def add(self, chunks: Iterable[OutputChunk]) -> None:
        super().add(chunks)
        assert not self.work()


def texts(buffer: OutputBuffer) -> list[str]:
    return [line.text for line in buffer.lines]


def test_lines_and_a_line_without_end() -> None:
    buffer = WorkedBuffer()
    buffer.add([chunk("one\ntw"), chunk("o\nthr", time=5)])
    assert texts(buffer) == ["one", "two", "thr"]
    assert [line.open for line in buffer.lines] == [False, False, True]
    buffer.add([chunk("ee\n")])
    assert texts(buffer) == ["one", "two", "three"]
    assert not buffer.lines[-1].open


def test_streams_do_not_run_into_each_other() -> None:
    buffer = WorkedBuffer()
    buffer.add([chunk("out "), chunk("err\n", STDERR), chunk("again\n")])
    assert [(line.stream, line.text) for line in buffer.lines] == [(STDOUT, "out again"), (STDERR, "err")]
    assert buffer.text(frozenset({STDERR})) == "err"


def test_input_ends_the_line_of_its_prompt() -> None:
    buffer = WorkedBuffer()
    buffer.add([chunk("name? ", STDERR, time=1)])
    buffer.end_lines()
    buffer.add([chunk("hello\n", time=5), chunk("number? ", STDERR, time=6)])
    assert [(line.time_ns, line.text) for line in buffer.lines] == [
        (1, "name? "),
        (5, "hello"),
        (6, "number? "),
    ]


def test_terminals_line_ends_colours_and_returns() -> None:
    buffer = WorkedBuffer()
    buffer.add([chunk("\x1b[31mred\x1b[0m\r\n10 %\r20 %\r30 %\r\nbell\x07\ttab\n")])
    assert texts(buffer) == ["red", "30 %", "bell\ttab"]


def test_a_character_split_between_chunks() -> None:
    buffer = WorkedBuffer()
    data = "线程".encode()
    buffer.add([chunk(data[:2]), chunk(data[2:]), chunk(b"\xff\n")])
    assert texts(buffer) == ["线程\ufffd"]


def test_two_hundred_megabytes_leave_the_end_and_a_count() -> None:
    buffer = WorkedBuffer(max_bytes=100_000, max_lines=1000)
    line = b"x" * 99 + b"\n"
    block = line * 10_000
    for _ in range(200):
        buffer.add([chunk(block)])
    assert len(buffer.lines) <= 1000
    assert sum(len(each.text) for each in buffer.lines) <= 100_000
    assert buffer.dropped_bytes >= 200 * 10**6 - 110_000
    assert buffer.dropped_lines + len(buffer.lines) == 2_000_000


def test_a_line_without_end_is_broken() -> None:
    buffer = WorkedBuffer()
    buffer.add([chunk("y" * (5 * MAX_LINE + 3))])
    assert max(len(text) for text in texts(buffer)) == MAX_LINE
    assert sum(len(text) for text in texts(buffer)) == 5 * MAX_LINE + 3


def test_since_gives_what_is_new() -> None:
    buffer = WorkedBuffer()
    buffer.add([chunk("a\nb\n")])
    seen = buffer.next_number
    buffer.add([chunk("c\nd\n")])
    assert [line.text for line in buffer.since(seen)] == ["c", "d"]
    assert buffer.since(buffer.next_number) == []
    assert [line.text for line in buffer.since(0)] == ["a", "b", "c", "d"]


def test_work_keeps_to_its_time_and_a_flood_in_between_is_dropped() -> None:
    buffer = OutputBuffer(max_bytes=100_000)
    buffer.add([chunk(b"a" * 99 + b"\n")] * 500)
    assert buffer.work(0.0)
    assert 0 < len(buffer.lines) < 500
    for _ in range(100):
        buffer.add([chunk((b"b" * 99 + b"\n") * 100)])
    assert buffer.dropped_bytes > 900_000
    while buffer.work(0.0):
        pass
    assert buffer.lines[-1].text == "b" * 99
    assert not buffer.work()


@given(st.lists(st.tuples(st.binary(max_size=40), st.sampled_from([1, 2])), max_size=30))
def test_nothing_a_program_writes_breaks_it(chunks: list[tuple[bytes, int]]) -> None:
    buffer = WorkedBuffer(max_bytes=200, max_lines=10)
    for data, stream in chunks:
        buffer.add([OutputChunk(0, stream, data)])
    assert len(buffer.lines) <= 10
    numbers = [line.number for line in buffer.lines]
    assert numbers == sorted(numbers)
    assert sum(len(line.text) for line in buffer.lines) <= 200
    assert all("\n" not in line.text and "\x1b" not in line.text for line in buffer.lines)
