"""Recorded lock waits against the program's own clock: edges, owners, and what is in between."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.recording import load
from tests.end_to_end.lock_truth import compare_locks
from tests.end_to_end.runs import PROGRAMS, record
from tests.helpers.interpreters import Interpreter, installed

pytestmark = [pytest.mark.linux]


@pytest.mark.parametrize("interpreter", installed(), ids=lambda i: i.label)
@pytest.mark.parametrize("lock", ["Lock", "RLock"])
@pytest.mark.parametrize("beside", ["idle", "busy"])
def test_waits_have_the_edges_and_owners_they_had(
    interpreter: Interpreter, lock: str, beside: str, tmp_path: Path
) -> None:
    ran = record(tmp_path, interpreter.path, PROGRAMS / "contended.py", lock, beside)
    assert ran.status == 0
    found = compare_locks(ran.out, load(ran.recording).store)
    assert found.calls > 50
    assert found.overlooked <= 0.03 * found.calls, ran.info["tracks"]
    assert found.owners_wrong == 0
    assert found.owners_right >= 0.95 * (found.calls - found.overlooked - found.late - found.between)
    # The agent reads its clock inside the call, the program around it: so the wait lies within.
    # (How closely is for tests/bench/measure_locks.py to say.)
    assert found.begin_ns.min() >= 0
    assert found.end_ns.max() <= 0
    assert found.owners_unknown == 0 or found.owners_right > found.owners_unknown
