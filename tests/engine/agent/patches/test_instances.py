"""State beside instances."""

from __future__ import annotations

import gc

import pytest

from engine.agent.patches.instances import Instances


class Thing:
    pass


class Equal:
    """Equal to everything, and not hashable."""

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return True


def test_state_is_found_while_the_instance_lives() -> None:
    table, thing = Instances(), Thing()
    assert table.get(thing) is None
    assert table.put(thing, 7) == 7
    assert table.get(thing) == 7
    assert vars(thing) == {}
    table.put(thing, 8)
    assert table.get(thing) == 8


def test_state_goes_with_the_instance() -> None:
    table = Instances()
    thing = Thing()
    table.put(thing, "state")
    del thing
    assert table.states == {}


def test_state_goes_with_a_cycle() -> None:
    table = Instances()
    thing = Thing()
    thing.itself = thing  # type: ignore[attr-defined]
    table.put(thing, "state")
    del thing
    gc.collect()
    assert table.states == {}


def test_the_end_of_an_old_instance_leaves_a_newer_state_alone() -> None:
    table, thing = Instances(), Thing()
    table.put(thing, 1)
    old = table.reference(thing)
    table.put(thing, 2)
    del old
    gc.collect()
    assert table.get(thing) == 2


def test_instances_are_told_apart_by_identity() -> None:
    table, one, other = Instances(), Equal(), Equal()
    table.put(one, 1)
    assert table.get(other) is None


def test_forget() -> None:
    table, thing = Instances(), Thing()
    table.put(thing, 1)
    table.forget(thing)
    table.forget(thing)
    assert table.get(thing) is None


def test_what_takes_no_weak_reference_is_refused() -> None:
    table = Instances()
    with pytest.raises(TypeError):
        table.put(object(), 1)
    assert table.states == {}
