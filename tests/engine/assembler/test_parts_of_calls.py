"""A wait may be drawn in several parts: which of them are of one call."""

from __future__ import annotations

import pytest

from engine.agent.layout import Wait
from engine.model import SPAN_DTYPE, SpanFlag, State
from tests.engine.assembler.collect import collect
from tests.helpers.build_records import RecordingBuilder

_STATE, _REASON, _FLAGS = (list(SPAN_DTYPE.fields or ()).index(name) for name in ("state", "reason", "flags"))


@pytest.mark.parametrize("cuts", [(), (2200,), (1000, 2100, 5050)], ids=str)
def test_a_part_says_that_its_call_had_begun_before(cuts: tuple[int, ...]) -> None:
    run = RecordingBuilder()
    process = run.process(100, 0)
    main = process.main(0)
    process.seen(0)
    process.gil(40, main, 1, 20, locked=False)
    main.sleeps(100, 5000)
    process.gil(300, main, 1, 100, locked=False)
    process.gil(2000, main, 2, 20)  # a signal woke it up for a moment
    process.gil(2300, main, 2, 20, locked=False)
    process.gil(5010, main, 3, 20)
    main.sleeps(5100, 9000)
    process.gil(5200, main, 3, 20, locked=False)
    process.looks(5200, 10_000, 1000)
    done = collect(run.batches(*cuts))
    spans = done.spans[done.named("MainThread").id]
    sleeps = [bool(s[_FLAGS] & SpanFlag.CONTINUES) for s in spans if s[_REASON] == Wait.SLEEP]
    assert State.RUNNING in {s[_STATE] for s in spans if 2_000_000 <= s[0] < 2_300_000}
    assert len(sleeps) >= 3
    assert sleeps.count(False) == 2  # calls
    assert not sleeps[0]
