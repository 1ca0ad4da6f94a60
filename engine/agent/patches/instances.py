"""What is known of instances that must stay exactly as they are.

A patched class keeps its ``__dict__``, its pickles and its copies, so nothing of ours is
stored in an instance.  Instead its state stands here, under its ``id``, until it dies: a
weak reference removes the entry before the memory can be used again.
"""

from __future__ import annotations

import _weakref

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class _KeyedReference(_weakref.ref):  # type: ignore[type-arg]
    __slots__ = ("key",)
    key: int


class Instances:
    """States by instance.

    ``states`` is the table itself, id → state, for hot paths that look up without a call.
    May be used from every thread: each step is one indivisible operation of a dict.
    """

    __slots__ = ("_dropped", "_references", "states")

    def __init__(self) -> None:
        states: dict[int, Any] = {}
        references: dict[int, _KeyedReference] = {}
        self.states = states
        self._references = references

        def dropped(reference: Any) -> None:
            key = reference.key
            if references.get(key) is reference:
                references.pop(key, None)
                states.pop(key, None)

        self._dropped = dropped

    def get(self, instance: object) -> Any:
        """The state of ``instance``, ``None`` when nothing is known of it."""
        return self.states.get(id(instance))

    def put(self, instance: object, state: Any) -> Any:
        """Remember ``state`` while ``instance`` lives, and give it back.

        TypeError when the instance takes no weak reference.
        """
        key = id(instance)
        reference = _KeyedReference(instance, self._dropped)
        reference.key = key
        self._references[key] = reference
        self.states[key] = state
        return state

    def reference(self, instance: object) -> Any:
        """A weak reference to an instance that is known: the one that is kept here."""
        return self._references[id(instance)]

    def forget(self, instance: object) -> None:
        """Remove what is known of ``instance``, if anything."""
        key = id(instance)
        self._references.pop(key, None)
        self.states.pop(key, None)
