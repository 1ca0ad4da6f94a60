"""Tracks of several processes are told apart where they stand side by side."""

from __future__ import annotations

from engine.model import State, TrackKind
from gui.sentences import names as told
from gui.track_names import TrackNames
from gui.wording import told_name
from tests.helpers.synthetic_store import StoreBuilder


def test_a_name_that_several_processes_have_carries_the_process() -> None:
    builder = StoreBuilder()
    first = builder.process("shop")
    second = builder.process("bank", parent=first, pid=5000)
    ours, theirs = (builder.thread("MainThread", each) for each in (first, second))
    alone = builder.thread("worker", second)
    for thread in (ours, theirs, alone):
        builder.span(thread, 0, 10, State.RUNNING)
    names = TrackNames(builder.store().tracks)
    assert names.of(ours) == "MainThread · shop"
    assert names.of(theirs) == "MainThread · bank"
    assert names.of(alone) == "worker"
    assert names.of(-1) == ""
    store = builder.store()
    assert told(store, (ours, theirs)) == "MainThread · shop and MainThread · bank"
    assert told_name(store, alone) == "worker"
    assert told_name(store, -1) == ""


def test_processes_of_one_name_are_told_apart_by_their_number() -> None:
    builder = StoreBuilder()
    first = builder.process("shop")
    second = builder.process("shop", parent=first, pid=5000)
    builder.thread("MainThread", first)
    thread = builder.thread("MainThread", second)
    tracks = builder.store().tracks
    assert TrackNames(tracks).of(thread) == "MainThread · pid 5000"
    assert TrackNames(tracks).of(second) == "shop · pid 5000"


def test_in_one_process_a_name_stays_as_it_is() -> None:
    builder = StoreBuilder()
    process = builder.process("shop")
    threads = [builder.thread("worker", process) for _ in range(2)]
    tracks = builder.store().tracks
    assert [TrackNames(tracks).of(thread) for thread in threads] == ["worker", "worker"]
    assert tracks[process].kind is TrackKind.PROCESS
