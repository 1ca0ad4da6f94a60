"""The probes on a real program: do they see what must be so?  Needs root, tracefs and symbols."""

from __future__ import annotations

import os
import shutil
import subprocess

import numpy as np
import pytest

from tests.bench.gil_truth import NOBODY, Core, Truth, breakpoints, timeline
from tests.bench.kernel_probes import TRACEFS, KernelProbes, ProbeError
from tests.helpers.interpreters import Interpreter, installed

#: Three threads that compute side by side; prints from when to when all of them did.
PROGRAM = """\
import threading, time
begun, over = [], []
together = threading.Barrier(3)
def work():
    together.wait()
    begun.append(time.perf_counter_ns())
    while time.thread_time() < 0.15:
        sum(range(1000))
    over.append(time.perf_counter_ns())
threads = [threading.Thread(target=work) for _ in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(max(begun), min(over))
"""

pytestmark = [
    pytest.mark.linux,
    pytest.mark.skipif(
        not hasattr(os, "geteuid")
        or os.geteuid() != 0
        or not TRACEFS.exists()
        or not shutil.which("objdump"),
        reason="kernel probes need root, tracefs and binutils",
    ),
]


@pytest.mark.parametrize("interpreter", installed(), ids=lambda i: i.label)
def test_cpu_bound_threads_share_the_gil_and_nothing_is_out_of_place(interpreter: Interpreter) -> None:
    try:
        probes = KernelProbes(interpreter.path, buffer_mb_per_cpu=16)
        with probes:
            program = subprocess.Popen([interpreter.path, "-c", PROGRAM], stdout=subprocess.PIPE)
            printed, _ = program.communicate()
            assert program.returncode == 0
            capture = probes.capture()
    except ProbeError as error:
        pytest.skip(str(error))
    assert capture.points.exact
    threads = capture.threads_of(program.pid)
    assert len(threads) == 4
    truth = timeline(capture, program.pid)
    assert set(truth.threads) == threads
    # (two holders at once would have raised)
    edges = breakpoints(
        truth.start_ns, truth.end_ns, truth.holder, *truth.threads.values(), *truth.cores.values()
    )
    begun, over = map(int, printed.split())
    edges = np.unique([begun, over, *edges[(edges > begun) & (edges < over)]])
    lengths, at = np.diff(edges), edges[:-1]
    holder = truth.holder.at(at)
    held = {tid: int(lengths[holder == tid].sum()) for tid in threads}
    workers = threads - {program.pid}
    assert all(held[tid] > 0 for tid in workers)
    # free while a worker has no core: other programs' doing, which says nothing of the probes
    no_core = np.any([truth.cores[tid].at(at) == Core.WAITS_FOR_ONE for tid in workers], axis=0)
    assert int(lengths[(holder == NOBODY) & ~no_core].sum()) < 0.5 * (over - begun)
    for tid in threads:
        state, core = truth.threads[tid].at(at), truth.cores[tid].at(at)
        assert np.array_equal(state == Truth.HOLDS, holder == tid)
        asleep_holding = int(lengths[(state == Truth.HOLDS) & (core == Core.SLEEPS)].sum())
        if tid in workers:  # they do nothing but compute: whoever holds it does not sleep
            assert asleep_holding <= 0.1 * held[tid]
    # somebody always waits while three want to compute
    waiting = sum((truth.threads[tid].at(at) == Truth.WANTS).astype(int) for tid in workers)
    assert int(lengths[waiting >= 1].sum()) > 0.3 * (over - begun)
    assert not (TRACEFS / "instances" / probes.name).exists()
