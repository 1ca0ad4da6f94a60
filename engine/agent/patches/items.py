"""Numbers for the items of a queue, so that a put and the get of the same item match.

Every kind of order has its own way to tell which item came out, and each notices when the
program changed the container behind the queue's back (``q.queue.clear()``): what cannot be
known is number 0.  All calls are made with the queue's mutex held, or on the one thread of
an event loop.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sized
    from typing import Any


class InOrder:
    """First in, first out: the number follows from how many are left."""

    __slots__ = ("count",)

    def __init__(self) -> None:
        self.count = 0

    def put(self, item: object, container: Sized) -> int:
        """``item`` was just put into ``container``."""
        self.count = number = self.count + 1
        return number

    def got(self, item: object, container: Sized) -> int:
        """``item`` was just taken out of ``container``."""
        number = self.count - len(container)
        return number if number > 0 else 0


class LastFirst:
    """Last in, first out: a second stack, of numbers."""

    __slots__ = ("count", "numbers")

    def __init__(self) -> None:
        self.count = 0
        self.numbers: list[int] = []

    def put(self, item: object, container: Sized) -> int:
        self.count = number = self.count + 1
        numbers = self.numbers
        numbers.append(number)
        if len(numbers) != len(container):
            numbers[:] = [0] * (len(container) - 1) + [number]
        return number

    def got(self, item: object, container: Sized) -> int:
        numbers = self.numbers
        if len(numbers) == len(container) + 1:
            return numbers.pop()
        numbers[:] = [0] * len(container)
        return 0


class ByIdentity:
    """Any other order: the item itself says which it is.  While it is in the queue its id is its own.

    The same object may be in the queue several times; then the oldest number is taken, which
    nobody can tell from the others.
    """

    __slots__ = ("count", "inside", "numbers")

    def __init__(self) -> None:
        self.count = 0
        self.inside = 0  # how many items the container should have
        self.numbers: dict[int, list[int]] = {}

    def put(self, item: object, container: Sized) -> int:
        self.inside += 1
        self.count = number = self.count + 1
        if self.inside != len(container):
            # not one more than before: nothing that was inside is known for certain any more
            grew = len(container) - self.inside
            self.inside = len(container)
            self.numbers.clear()
            if grew < 0:
                return 0  # it may have been dropped, as a set drops what it has already
        self.numbers.setdefault(id(item), []).append(number)
        return number

    def got(self, item: object, container: Sized) -> int:
        self.inside -= 1
        if self.inside != len(container):
            self.inside = len(container)
            self.numbers.clear()
            return 0
        numbers = self.numbers.get(id(item))
        if numbers is None:
            return 0
        number = numbers.pop(0)
        if not numbers:
            del self.numbers[id(item)]
        return number


class Unknown:
    """An order that cannot be followed."""

    __slots__ = ()

    def put(self, item: object, container: Any) -> int:
        return 0

    def got(self, item: object, container: Any) -> int:
        return 0
