"""From a session folder to a store, growing or at once, live or from a file: the same recording."""

from __future__ import annotations

import random
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from engine.errors import RecordingError
from engine.model import EndKind, State, TrackKind
from engine.recording import load, save
from engine.store import Store
from engine.watch import Watch
from tests.helpers.build_session import example


def watched(folder: Path, max_records: int = 200_000) -> Store:
    with Watch(folder, live=False) as watch:
        while not watch.complete:
            watch.poll(max_records)
        return watch.store


def content(store: Store) -> dict[str, Any]:
    """All that a store says, without the numbers of tracks and objects, which depend on the order
    in which they were met."""
    names = {track.id: (track.kind, track.name, track.start_ns) for track in store.tracks.values()}
    objects = {info.id: (info.sort, info.name) for info in store.objects.values()}
    spans = {}
    for track_id, name in names.items():
        spans[name] = [
            (start, end, State(state), objects.get(obj), names.get(owner), store.locations.get(location))
            for start, end, obj, owner, location, state, *_ in store.spans(track_id).tolist()
        ]
    return {
        "tracks": {name: store.tracks[track_id].end for track_id, name in names.items()},
        "spans": spans,
        "arrows": sorted(
            (begin, end, str(names.get(origin)), str(names.get(target)), kind)
            for begin, end, origin, target, _, kind, _ in store.arrows.tolist()
        ),
        "marks": sorted((mark.time_ns, mark.kind.value, mark.text) for mark in store.marks),
        "output": [(chunk.time_ns, chunk.stream, chunk.text) for chunk in store.output],
        "records": store.records,
        "lost": store.lost,
    }


def test_example_is_understood(tmp_path: Path) -> None:
    example(tmp_path)
    store = watched(tmp_path)
    threads = {track.name: track for track in store.of_kind(TrackKind.THREAD)}
    assert set(threads) == {"MainThread", "left", "right"}
    assert threads["right"].end.kind is EndKind.FAILED
    assert "ValueError" in threads["right"].end.detail
    waits = store.totals(threads["right"].id)[State.WAIT_LOCK]
    assert waits > 20 * 500_000
    lock = store.of_kind(TrackKind.LOCK)[0]
    assert lock.name == "lock"
    owned = store.spans(lock.id)
    owners = {int(owner) for owner in owned["owner"][owned["state"] == State.OWNED]}
    assert owners == {threads["left"].id, threads["right"].id}
    assert store.complete


def test_small_polls_give_what_one_gives(tmp_path: Path) -> None:
    example(tmp_path)
    assert content(watched(tmp_path, 7)) == content(watched(tmp_path))


def test_recording_is_the_session(tmp_path: Path) -> None:
    session = example(tmp_path / "s")
    saved = save(session.folder, tmp_path / "a.lockstep")
    told: list[float] = []

    def progress(done: int, total: int) -> bool:
        told.append(done / total)
        return True

    loaded = load(tmp_path / "a.lockstep", progress)
    assert content(loaded.store) == content(watched(session.folder))
    assert loaded.store.records == saved.records
    assert (loaded.truncated, loaded.warnings) == (False, [])
    assert loaded.info.command == ["python", "example.py"]
    assert loaded.info.exit_status == 0
    assert told[-1] == 1.0


def test_store_is_left_to_the_caller_where_asked(tmp_path: Path) -> None:
    example(tmp_path)
    with Watch(tmp_path, live=False, apply=False) as watch:
        delta = watch.poll()
        assert delta.complete
        assert watch.store.revision == 0
        watch.store.apply(delta)
        assert watch.store.tracks
        assert watch.records == delta.records > 0


def test_loading_can_be_given_up(tmp_path: Path) -> None:
    session = example(tmp_path / "s")
    save(session.folder, tmp_path / "a.lockstep")
    with pytest.raises(RecordingError) as caught:
        load(tmp_path / "a.lockstep", lambda done, total: False)
    assert caught.value.kind == "cancelled"


def test_any_damage_is_a_recording_error_or_a_warning(tmp_path: Path) -> None:
    session = example(tmp_path / "s", rounds=200)
    path = tmp_path / "a.lockstep"
    save(session.folder, path)
    whole = path.read_bytes()
    full = load(path).store
    rng = random.Random(3)
    seen = set()
    tracemalloc.start()
    try:
        for _ in range(150):
            data = bytearray(whole[: rng.randrange(len(whole) + 1)] if rng.random() < 0.5 else whole)
            for _ in range(rng.randrange(4)):
                if data:
                    data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
            path.write_bytes(data)
            try:
                loaded = load(path)
            except RecordingError as error:
                assert error.kind != "not_understood", error  # noqa: PT017
                seen.add(error.kind)
            else:
                seen.add("truncated" if loaded.truncated else "whole")
                assert loaded.store.records <= full.records
                assert loaded.truncated or loaded.warnings or loaded.store.records == full.records
                assert loaded.store.end_ns <= full.end_ns
        assert tracemalloc.get_traced_memory()[1] < 64 << 20
    finally:
        tracemalloc.stop()
    assert {"truncated", "whole", "damaged"} <= seen


def test_cut_recording_is_true_up_to_its_end(tmp_path: Path) -> None:
    """Up to where it ends, a recording that was cut off says what the whole one says."""
    session = example(tmp_path / "s", rounds=30)
    path = tmp_path / "a.lockstep"
    save(session.folder, path)
    full = load(path).store
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    cut = load(path)
    assert cut.truncated
    assert content(cut.store)["spans"] == content(full)["spans"]
