"""One process is one track, however late its maker, its observer or its agent come to tell of it."""

from __future__ import annotations

import pytest

from engine.model import EndKind, Track, TrackKind
from tests.engine.assembler.collect import Collected, collect
from tests.helpers.build_records import Kind, ProcessBuilder, RecordingBuilder

SECOND_US = 1_000_000


def _processes(collected: Collected) -> list[Track]:
    return [track for track in collected.tracks.values() if track.kind is TrackKind.PROCESS]


def _parent_and_child(*, forkserver: bool = False) -> tuple[RecordingBuilder, ProcessBuilder]:
    """Process 100, and 200 which lives from 10 to 50 µs: its own child, or its fork server's."""
    run = RecordingBuilder()
    parent = run.process(100)
    parent.main(0)
    parent.seen(0)
    maker = 100
    if forkserver:
        server = run.process(150, 1, parent=100)
        code = "from multiprocessing.forkserver import main; main()"
        server.lines[0][1][7] = ["/usr/bin/python3", "-c", code]
        server.main(2)
        server.seen(2, 100)
        maker = 150
    child = run.process(200, 10, parent=maker)
    child.main(10)
    child.seen(20, maker)
    child.gone(50)
    return run, parent


@pytest.mark.parametrize("cuts", [(), (60,), (60, 90)])
def test_a_name_told_after_the_end(cuts: tuple[int, ...]) -> None:
    run, parent = _parent_and_child()
    parent.threads[1].record(5, Kind.SPAWNED, 0, 200, 1)
    parent.object("Process", "SpawnProcess-1", 80, pid=200, family="multiprocessing")
    parent.threads[1].record(90, Kind.GC)
    collected = collect(run.batches(*cuts))
    assert sorted(track.name for track in _processes(collected)) == ["SpawnProcess-1", "program.py"]


@pytest.mark.parametrize("forkserver", [False, True])
@pytest.mark.parametrize("at_us", [5, 30, 60, 5 * SECOND_US])
def test_a_maker_that_tells_when_its_turn_comes(at_us: int, forkserver: bool) -> None:
    """Before the child's first record, while it lives, just after its end and long after."""
    run, parent = _parent_and_child(forkserver=forkserver)
    parent.threads[1].record(at_us, Kind.SPAWNED, 0, 200, 1)
    for batches in (run.batches(), run.batches(55), run.batches(55, SECOND_US)):
        collected = collect(batches)
        (child,) = (track for track in _processes(collected) if track.pid == 200)
        assert child.end.kind is EndKind.FINISHED
        assert child.end_ns == 50_000


@pytest.mark.parametrize("later_us", [60, 5 * SECOND_US])
def test_a_number_that_is_given_out_again_is_another_process(later_us: int) -> None:
    run, parent = _parent_and_child()
    parent.threads[1].record(5, Kind.FORKED, 0, 200).record(later_us, Kind.FORKED, 0, 200)
    again = run.process(200, later_us + 5, parent=100)
    again.main(later_us + 5)
    again.seen(later_us + 10, 100)
    again.gone(later_us + 50, 9)
    first, second = (track for track in _processes(collect(run.batches())) if track.pid == 200)
    assert (first.end_ns, first.end.kind) == (50_000, EndKind.FINISHED)
    assert (second.start_ns, second.end.kind) == (later_us * 1000, EndKind.KILLED)


@pytest.mark.parametrize("noticed_us", [45, 50, 2000, 0])
@pytest.mark.parametrize("cuts", [(), (60,), (3000,)])
def test_exec_begins_another_program(noticed_us: int, cuts: tuple[int, ...]) -> None:
    """The observer may notice it before the new program's first record (at 50), long after, or never (0)."""
    run = RecordingBuilder()
    first = run.process(100)
    first.main(0)
    first.seen(0)
    second = run.process(100, 48)
    second.lines[0][1][7] = ["/usr/bin/python3", "second.py"]
    main = second.main(50)
    main.ends(4000)
    main.record(4010, Kind.PROCESS_END)
    if noticed_us:
        first.gone(noticed_us, -1, became_another=True)
        second.seen(noticed_us + 1)
    (second if noticed_us else first).gone(5000)
    collected = collect(run.batches(*cuts))
    old, new = _processes(collected)
    assert (old.name, old.end.kind) == ("program.py", EndKind.CUT_OFF)
    assert (new.name, new.end_ns, new.end.kind, new.notes) == ("second.py", 5_000_000, EndKind.FINISHED, ())
    noticed_us = noticed_us or 50
    assert (old.end_ns, new.start_ns) == (1000 * min(noticed_us, 50), 1000 * min(noticed_us + 1, 50))
    threads = [track for track in collected.tracks.values() if track.kind is TrackKind.THREAD]
    assert [(thread.parent, thread.end_ns) for thread in threads] == [
        (old.id, old.end_ns),
        (new.id, 4_000_000),
    ]
