"""Frames above a probe.

What the program hands to C is called without any frame of Python's below it: a function
registered with ``atexit``, the callback of a weak reference, what a bare thread runs.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType

_getframe = sys._getframe


def caller(depth: int = 1) -> FrameType | None:
    """The frame ``depth`` above that of the function that asks; None where there is none."""
    try:
        return _getframe(depth + 1)
    except ValueError:
        return None
