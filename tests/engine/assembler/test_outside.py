"""Stretches in which nobody looked at threads from outside."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.assembler import outside


@given(
    st.lists(st.integers(0, 4), max_size=12),
    st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=12),
)
def test_a_gap_is_of_one_thread_or_of_all_of_its_process(
    thread_process: list[int], wanted: list[tuple[int, bool]]
) -> None:
    processes = np.array(thread_process, np.int32)
    gaps = np.zeros(len(wanted), outside.LOOK_DTYPE)
    expected = []
    for row, (process, named) in enumerate(wanted):
        named = named and bool(thread_process)
        gaps["process"][row] = process
        gaps["thread"][row] = row % len(thread_process) if named else -1
        mine = [row % len(thread_process)] if named else np.flatnonzero(processes == process).tolist()
        expected += [(row, thread) for thread in mine]
    which, threads = outside._threads_of_gaps(gaps, processes)
    assert list(zip(which.tolist(), threads.tolist(), strict=True)) == expected
