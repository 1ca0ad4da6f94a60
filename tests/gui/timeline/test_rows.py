"""Which tracks are shown, in which order, how high."""

from __future__ import annotations

import itertools

from engine.model import Track, TrackKind
from gui.timeline.rows import Arrangement, Row, RowKind, RowSizes, arrange, row_at, total_height
from tests.helpers.synthetic_store import StoreBuilder, contended

SIZES = RowSizes(tallest=80, lowest=26, heading=30)


def tracks_of(builder: StoreBuilder) -> dict[int, Track]:
    return {track.id: track for track in builder.tracks}


def names(rows: list[Row], tracks: dict[int, Track]) -> list[str]:
    return [tracks[row.track].name for row in rows]


def one_process() -> dict[int, Track]:
    builder = StoreBuilder()
    process = builder.process()
    builder.lock("total_lock", process)
    builder.thread("worker-1", process, 1)
    builder.thread("MainThread", process)
    builder.track(TrackKind.GIL, "GIL", parent=process)
    builder.thread("worker-2", process, 2)
    return tracks_of(builder)


def processes(count: int) -> dict[int, Track]:
    builder = StoreBuilder()
    first = builder.process("parent")
    builder.thread("MainThread", first)
    for number in range(count - 1):
        child = builder.process(f"child-{number}", parent=first, pid=5000 + number)
        builder.track(TrackKind.GIL, "GIL", parent=child, pid=5000 + number)
        builder.thread("MainThread", child)
    return tracks_of(builder)


def test_one_process_needs_no_heading_and_has_its_gil_first() -> None:
    tracks = one_process()
    rows = arrange(tracks, Arrangement(), 400, SIZES)
    assert names(rows, tracks) == ["GIL", "MainThread", "worker-1", "worker-2", "total_lock"]
    assert [row.kind for row in rows][::4] == [RowKind.GIL, RowKind.LOCK]


def test_rows_fill_the_room_to_the_pixel() -> None:
    for room in range(240, 310, 7):
        rows = arrange(one_process(), Arrangement(), room, SIZES)
        assert total_height(rows) == room
        assert all(a.y + a.height == b.y for a, b in itertools.pairwise(rows))


def test_few_rows_do_not_grow_beyond_measure_and_many_do_not_vanish() -> None:
    tracks = one_process()
    assert max(row.height for row in arrange(tracks, Arrangement(), 5000, SIZES)) == SIZES.tallest
    assert min(row.height for row in arrange(tracks, Arrangement(), 20, SIZES)) >= SIZES.lowest - 1


def test_as_many_rows_as_may_be_in_sight_are() -> None:
    """On a projector: a main thread's row, which is lower than others, does not push the last one out."""
    sizes = RowSizes(tallest=200, lowest=20, heading=30, most=8)
    heights = {}
    for workers in range(1, 7):
        builder = StoreBuilder()
        process = builder.process()
        builder.track(TrackKind.GIL, "GIL", parent=process)
        builder.thread("MainThread", process)
        for number in range(workers):
            builder.thread(f"worker-{number}", process, number + 1)
        rows = arrange(tracks_of(builder), Arrangement(), 541, sizes)
        heights[workers] = total_height(rows)
        assert min(row.height for row in rows) >= 541 // 8
    assert max(heights.values()) <= 541, heights
    assert heights[6] >= 540  # eight rows fill it


def test_rows_that_can_all_be_in_sight_are() -> None:
    """They keep their proportions only while none would have to be scrolled to for it."""
    rows = arrange(one_process(), Arrangement(), 5 * SIZES.lowest + 3, SIZES)
    assert total_height(rows) == 5 * SIZES.lowest + 3
    assert min(row.height for row in rows) >= SIZES.lowest


def test_several_processes_have_headings() -> None:
    tracks = processes(3)
    rows = arrange(tracks, Arrangement(), 600, SIZES)
    assert names(rows, tracks) == [
        "parent", "MainThread", "child-0", "GIL", "MainThread", "child-1", "GIL", "MainThread",
    ]  # fmt: skip


def test_many_processes_begin_collapsed_but_the_first() -> None:
    tracks = processes(12)
    rows = arrange(tracks, Arrangement(), 600, SIZES)
    assert [row.collapsed for row in rows] == [False, False, *[True] * 11]
    child = rows[2].track
    assert [tracks[t].name for t in rows[2].summary] == ["MainThread"]
    opened = arrange(tracks, Arrangement(expanded={child}), 600, SIZES)
    assert len(opened) == len(rows) + 2


def test_tasks_stand_below_their_thread() -> None:
    builder = StoreBuilder()
    process = builder.process()
    main = builder.thread("MainThread", process)
    other = builder.thread("worker", process, 1)
    builder.track(TrackKind.TASK, "task-1", parent=main)
    builder.track(TrackKind.TASK, "task-2", parent=main)
    tracks = tracks_of(builder)
    rows = arrange(tracks, Arrangement(), 600, SIZES)
    assert names(rows, tracks) == ["MainThread", "task-1", "task-2", "worker"]
    assert [row.depth for row in rows] == [0, 1, 1, 0]
    closed = arrange(tracks, Arrangement(collapsed={main}), 600, SIZES)
    assert names(closed, tracks) == ["MainThread", "worker"]
    assert other in {row.track for row in closed}


def test_hiding_pinning_and_order_by_hand() -> None:
    tracks = one_process()
    by_name = {track.name: track.id for track in tracks.values()}
    hidden = arrange(tracks, Arrangement(hidden={by_name["worker-1"]}), 400, SIZES)
    assert "worker-1" not in names(hidden, tracks)
    pinned = arrange(tracks, Arrangement(pinned=[by_name["total_lock"]]), 400, SIZES)
    assert names(pinned, tracks) == ["total_lock", "GIL", "MainThread", "worker-1", "worker-2"]
    assert pinned[0].pinned
    order = {by_name["worker-2"]: 0.0, by_name["worker-1"]: 1.0, by_name["GIL"]: -1.0}
    moved = arrange(tracks, Arrangement(order=order), 400, SIZES)
    assert names(moved, tracks).index("worker-2") < names(moved, tracks).index("worker-1")


def test_the_filter_finds_by_words_and_drops_empty_headings() -> None:
    tracks = processes(12)
    rows = arrange(tracks, Arrangement(filter="child-3"), 600, SIZES)
    assert rows == []
    rows = arrange(tracks, Arrangement(filter="gil 5003"), 600, SIZES)
    assert names(rows, tracks) == ["child-3", "GIL"]


def test_a_row_is_found_by_height() -> None:
    rows = arrange(one_process(), Arrangement(), 300, SIZES)
    for index, row in enumerate(rows):
        assert row_at(rows, row.y) == index
        assert row_at(rows, row.y + row.height - 1) == index
    assert row_at(rows, -1) == -1
    assert row_at(rows, 301) == -1
    assert row_at([], 0) == -1


def test_two_hundred_tracks_take_little_time() -> None:
    builder = StoreBuilder()
    process = builder.process()
    for number in range(200):
        builder.thread(f"worker-{number}", process, number + 1)
    tracks = tracks_of(builder)
    rows = arrange(tracks, Arrangement(), 700, SIZES)
    assert len(rows) == 200
    assert {row.stripe for row in rows} == {True, False}


def test_a_filter_that_nothing_matches_leaves_no_rows() -> None:
    store = contended()
    assert arrange(store.tracks, Arrangement(filter="there is none"), 400, RowSizes()) == []
