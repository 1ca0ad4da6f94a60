"""asyncio in a controlled run: which ready callback an event loop takes next is a decision.

An event loop takes its ready callbacks in the order in which they became ready, which depends on
when answers and timers arrive.  Here they are taken in an order that is chosen; a step of a task
is one such callback (``asyncio.events.Handle``).  Its timers run on the controlled clock.
"""

from __future__ import annotations

import collections
import sys

from .gate_actors import Wait

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .gate import Gate


class _Ready(collections.deque):  # type: ignore[type-arg]
    """``BaseEventLoop._ready``: ``_run_once`` takes ``len`` callbacks with ``popleft``."""

    gate: Gate

    def popleft(self) -> Any:
        count = len(self)
        if count > 1:
            position = self.gate.choose_task([_label(handle) for handle in self])
            if position:
                self.rotate(-position)
                handle = super().popleft()
                self.rotate(position)
                return handle
        return super().popleft()


def _label(handle: Any) -> str:
    callback = getattr(handle, "_callback", None)
    task = getattr(callback, "__self__", None)
    name = getattr(task, "get_name", None)
    if name is not None:
        try:
            return str(name())
        except Exception:
            return "task"
    return str(getattr(callback, "__qualname__", None) or type(callback).__name__)


class _SelectWait(Wait):
    sort = "select"
    name = ""

    def __init__(self, look: Any, keys: Any) -> None:
        self.look = look
        self.keys = keys
        self.found: Any = []

    def ready(self) -> bool:
        self.found = self.look(0)
        return bool(self.found)

    def outside(self) -> bool:
        return any(not _wakes_itself(key) for key in self.keys)


def _wakes_itself(key: Any) -> bool:
    """Whether a selector's entry is the pipe by which threads wake an event loop."""
    handles = key.data if isinstance(key.data, tuple) else (None,)
    callback = getattr(handles[0], "_callback", None)
    return getattr(callback, "__name__", "") == "_read_from_self"


def install(gate: Gate) -> None:
    """Call before the program imports asyncio; imports it."""
    import asyncio
    import asyncio.base_events

    _Ready.gate = gate
    kind: Any = asyncio.base_events.BaseEventLoop
    original = kind.__init__

    def __init__(self: Any) -> None:
        original(self)
        self._ready = _Ready()

    kind.__init__ = __init__
    if sys.platform == "win32":
        return
    import selectors

    for selector in (selectors.DefaultSelector, selectors.SelectSelector):
        _patch_select(gate, selector)


def _patch_select(gate: Gate, kind: Any) -> None:
    original = kind.select
    if getattr(original, "_lockstep", False):
        return

    def select(self: Any, timeout: Any = None) -> Any:
        actor = gate.me()
        if actor is None or not gate.active:
            return original(self, timeout)
        found = original(self, 0)
        if found or (timeout is not None and timeout <= 0):
            return found
        wait = _SelectWait(lambda seconds: original(self, seconds), list(self.get_map().values()))
        gate.wait_until(actor, wait, None if timeout is None else gate.now + timeout)
        return wait.found

    select._lockstep = True  # type: ignore[attr-defined]
    kind.select = select
