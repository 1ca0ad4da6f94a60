"""Numbers of items in queues, against a queue that knows them."""

from __future__ import annotations

import heapq
from collections import deque
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.agent.patches.items import ByIdentity, InOrder, LastFirst, Unknown


class _Fifo:
    def __init__(self) -> None:
        self.container: Any = deque()

    def put(self, item: Any) -> None:
        self.container.append(item)

    def get(self) -> Any:
        return self.container.popleft()


class _Lifo(_Fifo):
    def __init__(self) -> None:
        self.container = []

    def get(self) -> Any:
        return self.container.pop()


class _Priority(_Lifo):
    def put(self, item: Any) -> None:
        heapq.heappush(self.container, item)

    def get(self) -> Any:
        return heapq.heappop(self.container)


class Item:
    """Compares by ``rank`` alone, so that only identity tells items apart."""

    def __init__(self, rank: int) -> None:
        self.rank = rank
        self.number = 0

    def __lt__(self, other: Item) -> bool:
        return self.rank < other.rank


ORDERS = pytest.mark.parametrize(
    ("queue_class", "numbers_class"), [(_Fifo, InOrder), (_Lifo, LastFirst), (_Priority, ByIdentity)]
)

steps = st.lists(st.one_of(st.integers(0, 3), st.just("get"), st.just("clear")), max_size=60)


@ORDERS
@given(steps=steps)
def test_a_get_has_the_number_of_its_put_or_none(
    queue_class: type[_Fifo], numbers_class: type[Any], steps: list[int | str]
) -> None:
    queue, numbers = queue_class(), numbers_class()
    cleared = False
    for step in steps:
        if step == "clear":  # behind the queue's back
            queue.container.clear()
            cleared = True
        elif step == "get":
            if queue.container:
                item = queue.get()
                number = numbers.got(item, queue.container)
                assert number == item.number or (cleared and number == 0)
        else:
            item = Item(int(step))
            queue.put(item)
            number = numbers.put(item, queue.container)
            item.number = number
            assert number > 0 or cleared


@ORDERS
def test_numbers_count_from_one(queue_class: type[_Fifo], numbers_class: type[Any]) -> None:
    queue, numbers = queue_class(), numbers_class()
    given_out = []
    for rank in range(5):
        item = Item(rank)
        queue.put(item)
        given_out.append(numbers.put(item, queue.container))
    assert given_out == [1, 2, 3, 4, 5]


def test_the_same_object_twice() -> None:
    numbers, container = ByIdentity(), []
    item = Item(1)
    for _ in range(2):
        container.append(item)
        numbers.put(item, container)
    container.pop()
    assert numbers.got(item, container) == 1
    container.pop()
    assert numbers.got(item, container) == 2


def test_an_item_that_a_set_has_already_gets_no_number() -> None:
    numbers, container = ByIdentity(), set[int]()
    container.add(7)
    assert numbers.put(7, container) == 1
    container.add(7)
    assert numbers.put(7, container) == 0
    container.discard(7)
    assert numbers.got(7, container) == 0, "one of the two, nobody knows which"


def test_an_unknown_order_gives_no_numbers() -> None:
    numbers = Unknown()
    assert numbers.put(1, None) == 0
    assert numbers.got(1, None) == 0
