"""Ctrl+C, held back for the moment in which a process is started."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def held_back() -> Iterator[None]:
    """An interrupt that comes inside the block is raised at its end.

    ``subprocess.Popen`` that is interrupted after the fork forgets the child it has started; inside
    this block it is always told to whoever has to end it.  Elsewhere than in the main thread, where
    no interrupt arrives, it does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, frame: came.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if came:
        if callable(before):
            before(signal.SIGINT, None)
        else:
            signal.raise_signal(signal.SIGINT)
