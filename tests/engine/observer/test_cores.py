"""The cores a program can use are those of the process that starts it."""

from __future__ import annotations

import os
import threading

import pytest

from engine.observer import cores


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no way to be confined")
def test_a_process_confined_to_one_core_has_one() -> None:
    found: list[int] = []

    def confined() -> None:
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # of this thread alone
        found.append(cores.usable())

    thread = threading.Thread(target=confined)
    thread.start()
    thread.join()
    assert found == [1]
    assert cores.usable() == len(os.sched_getaffinity(0))
