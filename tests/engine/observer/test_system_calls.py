"""What a thread waits for, by what Linux says of it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.agent.layout import Os
from engine.observer.system_calls import SystemCalls
from tests.helpers.run_session import waited_for


def test_lines_of_x86_64() -> None:
    calls = SystemCalls("x86_64")
    assert calls.parse(b"running\n") == (Os.RUNNING, -1, 0)
    futex = b"202 0x7f12 0x189 0x0 0x0 0x0 0xffffffff 0x7ffe 0x7f33\n"
    assert calls.parse(futex) == (Os.FUTEX, 202, 0x7F12)
    assert calls.parse(b"230 0x1 0x0 0x7ff 0x0 0x0 0x0 0x7ffe 0x7f33\n") == (Os.SLEEPING, 230, 1)
    assert calls.parse(b"0 0x3 0x0 0x7ff 0x0 0x0 0x0 0x7ffe 0x7f33\n") == (Os.IO, 0, 3)
    assert calls.parse(b"23 0x4 0x0 0x7ff 0x0 0x0 0x0 0x7ffe 0x7f33\n") == (Os.IO, 23, 4)
    assert calls.parse(b"23 0x0 0x0 0x0 0x0 0x7ff 0x0 0x7ffe 0x7f33\n") == (Os.SLEEPING, 23, 0)
    assert calls.parse(b"61 0x3 0x0 0x7ff 0x0 0x0 0x0 0x7ffe 0x7f33\n") == (Os.OTHER_CALL, 61, 3)
    assert calls.parse(b"-1 0x7ffe 0x7f33\n") == (Os.OTHER_CALL, -1, 0)
    assert calls.parse(b"") == (Os.OTHER_CALL, -1, 0)


def test_unknown_machine_knows_nothing() -> None:
    calls = SystemCalls("pdp11")
    assert not calls.known
    assert calls.parse(b"202 0x7f12 0x189 0x0\n")[0] == Os.OTHER_CALL
    assert calls.parse(b"running\n")[0] == Os.RUNNING


@pytest.mark.linux
@pytest.mark.parametrize(
    ("state", "wait"),
    [
        (Os.IO, lambda lock, pipe, event: os.read(pipe, 1)),
        (Os.FUTEX, lambda lock, pipe, event: lock.acquire()),
        (
            Os.SLEEPING,
            lambda lock, pipe, event: [__import__("time").sleep(0.01) for _ in iter(event.is_set, True)],
        ),
    ],
)
def test_real_threads_of_this_machine(state: int, wait: Callable[[object, int, object], object]) -> None:
    calls = SystemCalls.of_this_machine()
    assert calls.known
    lock, event = threading.Lock(), threading.Event()
    lock.acquire()
    read, write = os.pipe()
    thread = threading.Thread(target=wait, args=(lock, read, event))
    thread.start()
    path = Path(f"/proc/self/task/{thread.native_id}/syscall")
    try:
        waited_for(lambda: calls.parse(path.read_bytes())[0] == state, f"state {state}")
    finally:
        event.set()
        lock.release()
        os.write(write, b"x")
        thread.join()
        os.close(read)
        os.close(write)
